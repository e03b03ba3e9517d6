//! What a process costs, as Linux counts it.

use std::{fs, path::PathBuf, time::Duration};

/// A process by its number.
pub struct Process(PathBuf);

/// What it had cost when something began.
pub struct Before {
    processor: Duration,
    memory_kb: u64,
}

impl Process {
    pub fn new(pid: u32) -> Self {
        Self(PathBuf::from(format!("/proc/{pid}")))
    }

    /// Begins a measurement: its greatest memory is what it holds now.
    pub fn begin(&self) -> Before {
        fs::write(self.0.join("clear_refs"), "5").unwrap();
        Before { processor: self.processor(), memory_kb: self.status("VmRSS") }
    }

    /// The processor time since then, and how much more memory it held at most.
    pub fn since(&self, before: Before) -> (Duration, u64) {
        let memory = self.status("VmHWM").saturating_sub(before.memory_kb);
        (self.processor().saturating_sub(before.processor), memory)
    }

    /// To the nanosecond, which the ticks of `stat` are not: ten milliseconds each.
    fn processor(&self) -> Duration {
        let threads = fs::read_dir(self.0.join("task")).unwrap().flatten();
        let time = threads.filter_map(|thread| {
            let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(time.sum())
    }

    fn status(&self, name: &str) -> u64 {
        let status = fs::read_to_string(self.0.join("status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}
