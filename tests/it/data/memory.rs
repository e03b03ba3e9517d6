//! How much memory a file takes while it is made.

use super::OPEN;
use crate::kit::{Server, TestApp, cases, ndjson, publish_texts};

/// The greatest size in kB of a new server that gives a file away; 0 where the system does not tell.
fn peak_kb(app: &TestApp, path: &str, rows: usize) -> u64 {
    // Parts that differ from each other would all be kept, up to a hundred megabytes of them.
    let server = Server::with(app, &[&OPEN[..], &[("MULU_CACHE_PARTS", "8000000")]].concat());
    let mut response = server.get(path);
    let mut file = response.body_mut().as_reader();
    let read = csv::Reader::from_reader(&mut file).into_byte_records().map(Result::unwrap).count();
    assert_eq!(read, rows, "{path}");
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap_or_default();
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
    peak.unwrap_or(0)
}

on_both_stores! {
    async fn thirty_times_the_rows_take_no_more_memory(app: TestApp) {
        // It takes minutes to publish 90,000 in a debug build.
        let rows = cases(3_000) as usize;
        publish_texts(&app, vec![ndjson("513230000000-12", "2026-01-01", rows)]).await;
        let few = peak_kb(&app, "/data/6/2026-11-21/platform.csv", rows);
        for domain in ["01", "20"] {
            publish_texts(&app, vec![ndjson(&format!("513230000000-{domain}"), "2026-01-01", 15 * rows)]).await;
        }
        let many = peak_kb(&app, "/data/8/2026-11-21/platform.csv", 31 * rows);
        // What connections keep of the database, and a batch or two more.
        assert!(many < few + 50_000, "{few} kB became {many} kB");
    }
}
