//! What is kept of questions and answers changes no answer, only how fast it is there.

mod documents;
mod responses;
mod walk;

use crate::kit::Server;

/// The value of a metric; 0 where nothing was counted yet.
fn metric(server: &Server, name: &str) -> u64 {
    let text = server.send("GET", "/metrics", &[], b"").body;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map_or(0, |value| value.parse().unwrap())
}
