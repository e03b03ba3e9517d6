//! What was measured, as a table and as JSON.

use std::{collections::BTreeMap, ops::AddAssign, time::Duration};

use serde_json::json;

use crate::{clients::Seen, servers::Server};

/// What some requests took together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    requests: usize,
    cpu: Duration,
    took: Duration,
    p50: Duration,
    p99: Duration,
}

impl Figures {
    pub fn new(requests: usize, cpu: Duration, seen: Seen) -> Self {
        Self { requests, cpu, took: seen.took, p50: seen.p50, p99: seen.p99 }
    }

    /// Of the server, in µs.
    fn cpu_per_request(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.requests.max(1) as f64
    }

    fn per_second(&self) -> f64 {
        self.requests as f64 / self.took.as_secs_f64().max(1e-9)
    }
}

/// Of several turns the slowest has its say on how long one had to wait.
impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.requests += other.requests;
        self.cpu += other.cpu;
        self.took += other.took;
        self.p50 = self.p50.max(other.p50);
        self.p99 = self.p99.max(other.p99);
    }
}

/// All that was measured at one scale.
pub struct Report {
    store: &'static str,
    scale: &'static str,
    rows: Vec<(&'static str, usize, String, Figures)>,
    bytes: BTreeMap<&'static str, usize>,
    ready: Duration,
    memory: [(u64, u64); 2],
    /// How long each version took that was published meanwhile.
    publishing: Vec<Duration>,
}

impl Report {
    pub fn new(store: &'static str, scale: &'static str) -> Self {
        Self {
            store,
            scale,
            rows: Vec::new(),
            bytes: BTreeMap::new(),
            ready: Duration::ZERO,
            memory: [(0, 0); 2],
            publishing: Vec::new(),
        }
    }

    /// What tells it from others.
    pub fn name(&self) -> String {
        format!("{}-{}", self.scale, self.store)
    }

    pub fn ready(&mut self, server: &Server) {
        self.ready = server.ready;
        self.memory[0] = server.memory();
    }

    pub fn memory(&mut self, server: &Server) {
        self.memory[1] = server.memory();
    }

    pub fn bytes(&mut self, operation: &'static str, bytes: usize) {
        self.bytes.insert(operation, bytes);
    }

    pub fn publishing(&mut self, mut took: Vec<Duration>) {
        took.sort();
        self.publishing = took;
    }

    pub fn add(&mut self, operation: &'static str, clients: usize, what: &str, figures: Figures) {
        self.rows.push((operation, clients, what.to_owned(), figures));
    }

    /// What a row is compared with: the bare handler in the same turns.
    fn bare(&self, operation: &str, clients: usize, what: &str) -> Figures {
        let bare = match what.strip_prefix("kept").or(what.strip_prefix("304")) {
            Some(when) => format!("bare kept{when}"),
            None if what.starts_with("bare kept") => what.to_owned(),
            None => "bare".to_owned(),
        };
        let known = self.rows.iter().find(|row| (row.0, row.1, &row.2) == (operation, clients, &bare));
        known.map_or(Figures::default(), |row| row.3)
    }

    pub fn print(&self) {
        let [(begun, _), (ended, most)] = self.memory;
        println!(
            "\n{}, scale {}: ready after {:.2} s; {begun} MB then, {ended} MB after all, {most} MB at most",
            self.store,
            self.scale,
            self.ready.as_secs_f64()
        );
        let took = self.publishing.get(self.publishing.len() / 2).copied().unwrap_or_default();
        println!(
            "{} versions were published meanwhile, each in {} ms",
            self.publishing.len(),
            took.as_millis()
        );
        println!("operation clients  pass           CPU µs  to bare   requests/s  to bare   p50 µs   p99 µs");
        for (operation, clients, what, figures) in &self.rows {
            let bare = self.bare(operation, *clients, what);
            println!(
                "{operation:9} {clients:7}  {what:11} {:9.1} {:8.1} {:12.0} {:8.2} {:8} {:8}",
                figures.cpu_per_request(),
                figures.cpu_per_request() / bare.cpu_per_request(),
                figures.per_second(),
                figures.per_second() / bare.per_second(),
                figures.p50.as_micros(),
                figures.p99.as_micros(),
            );
        }
    }

    pub fn json(&self) -> String {
        let row = |(operation, clients, what, figures): &(&str, usize, String, Figures)| {
            json!({
                "operation": operation, "clients": clients, "pass": what, "requests": figures.requests,
                "cpuUs": figures.cpu_per_request(), "perSecond": figures.per_second(),
                "p50Us": figures.p50.as_micros() as u64, "p99Us": figures.p99.as_micros() as u64,
            })
        };
        let [begun, ended] = self.memory.map(|(now, most)| json!({ "nowMb": now, "mostMb": most }));
        let all = json!({
            "store": self.store, "scale": self.scale, "answerBytes": self.bytes, "readyS": self.ready.as_secs_f64(),
            "memoryAtStart": begun, "memoryAtEnd": ended, "rows": self.rows.iter().map(row).collect::<Vec<_>>(),
        });
        format!("{all:#}\n")
    }
}
