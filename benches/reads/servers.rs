//! Servers as processes of their own, so that what they take is theirs alone.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};

use crate::database::NOW;

/// Where a database is.
#[derive(Clone, Debug)]
pub struct Url(pub String);

impl Url {
    pub fn of_file(path: &Path) -> Self {
        Self(format!("sqlite://{}", path.display()))
    }

    pub fn is_postgres(&self) -> bool {
        self.0.starts_with("postgres")
    }
}

/// A server, which ends with this value.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// From its start to its first answer.
    pub ready: Duration,
}

impl Server {
    /// `mulu serve` as it is by default, but that nothing is logged of each request and one address may ask as much as
    /// it likes. Settings of the environment reach it.
    pub fn mulu(database: &Url) -> Result<Self> {
        Self::start(Self::command(database))
    }

    /// The same, but that no answers are kept: each question is executed.
    pub fn executing(database: &Url) -> Result<Self> {
        let mut command = Self::command(database);
        command.env("MULU_CACHE_RESPONSES", "0");
        Self::start(command)
    }

    fn command(database: &Url) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mulu"));
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("MULU_DATABASE_URL", &database.0)
            .env("MULU_NOW", NOW)
            .env("MULU_LOG_FILTER", "warn")
            .env("MULU_HTTP_REQUESTS_PER_CLIENT", "512");
        command
    }

    /// What it is compared with: this program once more, see `stand_in`.
    pub fn stand_in(database: &Url, answers: &Path) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--stand-in").arg(&database.0).arg(answers);
        Self::start(command)
    }

    fn start(mut command: Command) -> Result<Self> {
        let begun = std::time::Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("its output")?).read_line(&mut line)?;
        let address = line.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let address: SocketAddr = address.parse().with_context(|| format!("a server said: {line}"))?;
        let mut server = Self { child, address, ready: Duration::ZERO };
        // Whoever connects is heard once it is ready.
        server.hear()?;
        server.ready = begun.elapsed();
        Ok(server)
    }

    /// Waits until it says anything to a request.
    fn hear(&self) -> Result<()> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: bench.example\r\nconnection: close\r\n\r\n")?;
        stream.read_to_end(&mut Vec::new())?;
        Ok(())
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
