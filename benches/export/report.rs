//! What was measured, as a table and as JSON.

use std::time::Duration;

use serde_json::{Value, json};

use crate::transfer::Seen;

/// What one file took.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    seen: Seen,
    rows: u64,
    /// Of the server; `None` where that is not known.
    pub cpu: Option<Duration>,
    /// In MB, at most.
    pub memory: Option<u64>,
}

impl Figures {
    pub fn new(seen: Seen, rows: u64) -> Self {
        Self { seen, rows, cpu: None, memory: None }
    }

    fn seconds(&self) -> f64 {
        self.seen.took.as_secs_f64().max(1e-9)
    }

    fn megabytes(&self) -> f64 {
        self.seen.bytes as f64 / 1e6
    }

    fn json(&self) -> Value {
        json!({
            "bytes": self.seen.bytes, "rows": self.rows, "seconds": self.seconds(),
            "firstByteSeconds": self.seen.first.as_secs_f64(),
            "megabytesPerSecond": self.megabytes() / self.seconds(), "rowsPerSecond": self.rows as f64 / self.seconds(),
            "cpuSeconds": self.cpu.map(|cpu| cpu.as_secs_f64()), "peakMegabytes": self.memory,
        })
    }
}

/// All of it, in the order in which it was measured.
#[derive(Debug, Default)]
pub struct Report(Vec<(&'static str, String, Figures)>);

impl Report {
    pub fn add(&mut self, from: &'static str, format: impl Into<String>, figures: Figures) {
        self.0.push((from, format.into(), figures));
    }

    pub fn print(&self) {
        let unknown = || "-".to_owned();
        println!(
            "{:<11} {:<15} {:>9} {:>9} {:>10} {:>11} {:>9} {:>9}",
            "from", "format", "MB", "MB/s", "rows/s", "first byte", "CPU s", "peak MB"
        );
        for (from, format, figures) in &self.0 {
            let cpu = figures.cpu.map_or_else(unknown, |cpu| format!("{:.1}", cpu.as_secs_f64()));
            let memory = figures.memory.map_or_else(unknown, |memory| memory.to_string());
            println!(
                "{from:<11} {format:<15} {:>9.1} {:>9.1} {:>10.0} {:>8.0} ms {cpu:>9} {memory:>9}",
                figures.megabytes(),
                figures.megabytes() / figures.seconds(),
                figures.rows as f64 / figures.seconds(),
                figures.seen.first.as_secs_f64() * 1e3,
            );
        }
    }

    pub fn json(&self) -> String {
        let of = |(from, format, figures): &(&str, String, Figures)| {
            let mut one = figures.json();
            one["from"] = (*from).into();
            one["format"] = format.as_str().into();
            one
        };
        serde_json::to_string_pretty(&self.0.iter().map(of).collect::<Value>()).unwrap_or_default()
    }
}
