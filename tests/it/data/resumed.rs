//! Transfers that break: on the side of the client, on that of the server, and in the store. What is left is had by
//! `Range`, and nobody takes a part for the whole.

use std::io::{Read, Write};

use serde_json::json;

use super::{OPEN, exported_with, lines};
use crate::kit::{Backend, Server, TestApp, publish, publish_texts};

pub(super) const COUNTY: &str = "513230000000-12";
pub(super) const SERIAL: usize = 2_100;

type Response = ureq::http::Response<ureq::Body>;

pub(super) fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
}

pub(super) fn body(mut response: Response) -> Vec<u8> {
    let mut bytes = Vec::new();
    response.body_mut().as_reader().read_to_end(&mut bytes).unwrap();
    bytes
}

/// A version whose files are larger than what connections hold, and do not become small when they are compressed.
pub(super) fn long() -> String {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut character = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from_u32(0x4E00 + u32::try_from(state % 0x5000).unwrap()).unwrap()
    };
    let header = json!({ "catalogue": COUNTY, "label": "1", "effectiveFrom": "2026-01-01" });
    let mut text = format!("{header}\n");
    for row in 1..=SERIAL {
        let words: String = (0..1_000).map(|_| character()).collect();
        let row = json!({ "content": { "names": [format!("事项{row}")], "points": [{ "text": words }] } });
        text += &format!("{row}\n");
    }
    text
}

/// Breaks what an item says, so that the store refuses to read it: the object's bytes are no object.
pub(super) async fn spoil(app: &TestApp, item: usize) {
    let item = format!("{COUNTY}-{item:04}");
    app.database.disarm().await;
    let bytes = match app.database.backend {
        Backend::Sqlite => "x'00'",
        Backend::Postgres => "'\\x00'::bytea",
    };
    let broken = format!(
        "UPDATE object SET bytes = {bytes} WHERE digest = (SELECT content FROM entry WHERE item = '{item}' LIMIT 1)"
    );
    assert_eq!(app.database.execute(&broken).await, Ok(1));
}

/// All that comes over a connection until the server closes it: the head, and the body with its chunks.
pub(super) fn wire(server: &Server, request: &str) -> (String, Vec<u8>) {
    let mut stream = server.connect();
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    // How it breaks off is up to the system.
    let _ = stream.read_to_end(&mut bytes);
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let rest = bytes.split_off(end + 4);
    (String::from_utf8(bytes).unwrap().to_ascii_lowercase(), rest)
}

pub(super) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: mulu.example\r\nConnection: close\r\n\r\n")
}

/// What ends a body that is sent in chunks.
const LAST_CHUNK: &[u8] = b"0\r\n";

pub(super) fn has_ended(body: &[u8]) -> bool {
    body.windows(LAST_CHUNK.len() + 2).any(|some| some == b"\r\n0\r\n")
}

on_both_stores! {
    async fn a_transfer_that_broke_on_either_side_goes_on_by_range(app: TestApp) {
        publish_texts(&app, vec![long()]).await;
        for format in ["csv", "ndjson", "parquet"] {
            let path = format!("/data/versions/{COUNTY}/1.{format}");
            let whole = exported_with(&app, &OPEN, &[COUNTY, "--format", format]);
            let mut server = Server::with(&app, &OPEN);
            let (mut begun, mut tag) = (Vec::new(), String::new());
            // The client goes away, then the server is killed, then the client once more.
            for turn in 0..3 {
                let asked = format!("bytes={}-", begun.len());
                let resumed = [("range", asked.as_str()), ("if-range", tag.as_str())];
                let mut response = server.get_with(&path, if begun.is_empty() { &[] } else { &resumed });
                assert_eq!(response.status(), if begun.is_empty() { 200 } else { 206 }, "{format} {turn}");
                assert!(tag.is_empty() || header(&response, "etag") == tag, "{format} {turn}");
                tag = header(&response, "etag");
                let mut some = vec![0; 100_003];
                response.body_mut().as_reader().read_exact(&mut some).unwrap();
                begun.extend(some);
                if turn == 1 {
                    let pid = server.pid().to_string();
                    assert!(std::process::Command::new("kill").args(["-9", &pid]).status().unwrap().success());
                    if format != "parquet" {
                        let mut rest = Vec::new();
                        assert!(response.body_mut().as_reader().read_to_end(&mut rest).is_err(), "{format}");
                    }
                    server = Server::with(&app, &OPEN);
                }
            }
            let asked = format!("bytes={}-", begun.len());
            let rest = server.get_with(&path, &[("range", &asked), ("if-range", &tag)]);
            let (first, last, end) = (begun.len(), whole.len() - 1, whole.len());
            assert_eq!(header(&rest, "content-range"), format!("bytes {first}-{last}/{end}"));
            assert!([begun, body(rest)].concat() == whole, "{format}");
        }
    }

    async fn a_store_that_fails_half_way_leaves_no_end_of_the_body(app: TestApp) {
        publish_texts(&app, vec![long()]).await;
        let server = Server::with(&app, &[&OPEN[..], &[("MULU_CACHE_FILES", "0"), ("MULU_CACHE_PARTS", "0")]].concat());
        let links = ["csv", "ndjson"].map(|format| format!("/data/versions/{COUNTY}/1.{format}"));
        // The one is known, with its length, before anything breaks; the other is not.
        let whole = body(server.get(&links[0])).len();
        spoil(&app, SERIAL - 50).await;
        let (head, sent) = wire(&server, &get(&links[0]));
        assert!(head.starts_with("http/1.1 200") && head.contains(&format!("content-length: {whole}")), "{head}");
        assert!(!sent.is_empty() && sent.len() < whole, "{}", sent.len());
        let (head, sent) = wire(&server, &get(&links[1]));
        assert!(head.starts_with("http/1.1 200") && head.contains("transfer-encoding: chunked"), "{head}");
        assert!(!sent.is_empty() && !has_ended(&sent));
        server.logged("a data file broke off");
        // A difference is read in the same way.
        let since = "/data/6/2026-11-21/since/5/2026-11-21/platform.ndjson";
        let (head, sent) = wire(&server, &get(since));
        assert!(head.starts_with("http/1.1 200") && !sent.is_empty() && !has_ended(&sent), "{head}");
    }

    async fn a_question_that_fails_half_way_leaves_no_end_of_the_body(app: TestApp) {
        publish_texts(&app, vec![long()]).await;
        let question = "query($after: String) { items(first: 50, after: $after, orderBy: CODE) {
            nodes { code content { text } } pageInfo { hasNextPage endCursor } } }";
        let post = |question: &str| {
            let body = json!({ "query": question }).to_string();
            let length = body.len();
            format!("POST /data/query HTTP/1.1\r\nHost: mulu.example\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
        };
        let whole = wire(&Server::with(&app, &[]), &post(question)).1;
        assert!(has_ended(&whole));
        spoil(&app, SERIAL - 50).await;
        let (head, sent) = wire(&Server::with(&app, &[]), &post(question));
        assert!(head.starts_with("http/1.1 200") && head.contains("transfer-encoding: chunked"), "{head}");
        assert!(sent.len() > whole.len() / 2 && !has_ended(&sent), "{} {}", sent.len(), whole.len());
        // The first page is looked at before anything is sent, so that it is told by a status.
        spoil(&app, 7).await;
        let (head, _) = wire(&Server::with(&app, &[]), &post(question));
        assert!(!head.starts_with("http/1.1 200"), "{head}");
    }

    async fn pages_of_a_question_stand_under_one_head_while_somebody_publishes(app: TestApp) {
        publish_texts(&app, vec![long()]).await;
        let server = Server::with(&app, &[]);
        let question = "query($after: String) { items(first: 50, after: $after, orderBy: CODE) {
            nodes { code version { number } content { text } } pageInfo { hasNextPage endCursor } } }";
        let agent: ureq::Agent = ureq::Agent::config_builder().build().into();
        let request = agent.post(format!("{}/data/query", server.address)).header("content-type", "application/json");
        let mut response = request.send(json!({ "query": question }).to_string()).unwrap();
        assert_eq!(header(&response, "x-mulu-revision"), "6");
        let mut read = std::io::BufReader::new(response.body_mut().as_reader());
        let mut first = String::new();
        std::io::BufRead::read_line(&mut read, &mut first).unwrap();
        // More than connections hold is still to come: nobody reads it before all this is in force.
        publish(&app, COUNTY, "2026-02-01", 3).await;
        publish(&app, "513230000000-20", "2026-01-01", 3).await;
        assert!(server.get("/data/8/2026-11-21/platform.csv").status() == 200, "the server knows of it");
        let mut rest = String::new();
        read.read_to_string(&mut rest).unwrap();
        let nodes = lines((first + &rest).as_bytes());
        assert_eq!(nodes.len(), SERIAL);
        for (line, serial) in nodes.iter().zip(1..) {
            assert_eq!(line["code"], format!("{COUNTY}-{serial:04}"));
            assert_eq!(line["version"]["number"], 1);
        }
    }
}
