//! Servers as processes of their own, so that what they take is theirs alone.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};

use crate::database::NOW;

/// A server, which ends with this value.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// From its start to its address.
    pub ready: Duration,
}

impl Server {
    /// `mulu serve` as it is by default, but that nothing is logged of each request and one address may ask as much as
    /// it likes. Settings of the environment reach it.
    pub fn mulu(database: &Path) -> Result<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mulu"));
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("MULU_DATABASE_URL", format!("sqlite://{}", database.display()))
            .env("MULU_NOW", NOW)
            .env("MULU_LOG_FILTER", "warn")
            .env("MULU_HTTP_REQUESTS_PER_CLIENT", "512");
        Self::start(command)
    }

    /// What it is compared with: this program once more, see `stand_in`.
    pub fn stand_in(database: &Path, answers: &Path) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--stand-in").arg(database).arg(answers);
        Self::start(command)
    }

    fn start(mut command: Command) -> Result<Self> {
        let begun = std::time::Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("its output")?).read_line(&mut line)?;
        let address = line.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let address = address.parse().with_context(|| format!("a server said: {line}"))?;
        Ok(Self { child, address, ready: begun.elapsed() })
    }

    /// How long its threads have been at work.
    pub fn cpu(&self) -> Duration {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id()));
        let threads = threads.into_iter().flatten().flatten();
        let spent = threads.filter_map(|thread| {
            let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(spent.sum())
    }

    /// Its memory in MB: as it is, and at most.
    pub fn memory(&self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or_default()
                >> 10
        };
        (of("VmRSS:"), of("VmHWM:"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
