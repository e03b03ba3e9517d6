//! Requests that mean harm, to the running server: each gets its answer, and costs next to nothing.
//!
//! [`questions`] are well-formed requests whose question is the trouble, [`wire`] is trouble with HTTP itself. What a
//! request costs is measured on the server's process: its processor time, not the time that passes, and how much more
//! memory it held at most. Of several runs the best counts, so that other work on the machine changes nothing.

mod process;
mod questions;
mod wire;

use std::time::Duration;

use serde_json::{Value, json};

use self::process::Process;
use crate::kit::{Backend, Server, TestApp};

/// What a request may cost at most, also in the tests' build, which is slower than a release.
const PROCESSOR: Duration = Duration::from_millis(50);
const MEMORY_KB: u64 = 50 << 10;

/// Runs of which the best counts.
const RUNS: usize = 5;

/// Has something done some times; the least that it cost.
fn measured(name: &str, process: &Process, mut run: impl FnMut()) -> (Duration, u64) {
    let (mut least, mut least_kb) = (Duration::MAX, u64::MAX);
    for _ in 0..RUNS {
        let before = process.begin();
        run();
        let (processor, kb) = process.since(before);
        (least, least_kb) = (least.min(processor), least_kb.min(kb));
        if least < PROCESSOR / 5 && least_kb < MEMORY_KB / 5 {
            break;
        }
    }
    eprintln!("{name}: {least:?}, {least_kb} KB");
    (least, least_kb)
}

fn hold(name: &str, (processor, kb): (Duration, u64)) {
    assert!(processor < PROCESSOR, "{name} took {processor:?} of the processor");
    assert!(kb < MEMORY_KB, "{name} took {kb} KB");
}

#[tokio::test]
async fn no_question_hurts() {
    let app = TestApp::example(Backend::Sqlite).await;
    let server = Server::start(&app, &["serve", "--listen", "127.0.0.1:0"]);
    let process = Process::new(server.pid());
    assert!(questions::ALL.len() >= 40);
    for (name, make, code) in questions::ALL {
        let body = make().to_string();
        let cost = measured(name, &process, || {
            let (status, answer) = server.post("/graphql", &body);
            assert!([200, 400, 413].contains(&status), "{name}: {status}");
            let said = answer.pointer("/errors/0/extensions/code").cloned().unwrap_or_default();
            let expected = if code.is_empty() { Value::Null } else { json!(code) };
            assert_eq!(said, expected, "{name}: {:.600}", answer.to_string());
            let errors = answer["errors"].as_array().map_or(0, Vec::len);
            assert!(errors <= 20, "{name}: {errors} errors");
        });
        hold(name, cost);
    }
    let (status, answer) = server.post("/graphql", r#"{"query":"{ platform { revision } }"}"#);
    assert_eq!((status, &answer["errors"]), (200, &Value::Null), "it goes on answering");
}

#[tokio::test]
async fn no_bytes_hurt() {
    let app = TestApp::new(Backend::Sqlite).await;
    let mut command = app.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("MULU_REQUEST_TIMEOUT_S", "2");
    let server = Server::spawn(command);
    let process = Process::new(server.pid());
    let address = server.address.trim_start_matches("http://").to_owned();
    for (name, make, statuses) in wire::ALL {
        let bytes = make();
        let cost = measured(name, &process, || {
            let answered = wire::send(&address, &bytes);
            assert!(answered.len() <= 1, "{name}: one request was answered as {answered:?}");
            let status = answered.first().copied().unwrap_or_default();
            assert!(statuses.contains(&status), "{name}: {status}");
        });
        hold(name, cost);
    }
    assert_eq!(server.get("/healthz").status(), 200, "it goes on answering");
}
