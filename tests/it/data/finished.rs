//! Files that are kept on disk once they were made: sent again without the store, and gone with what was erased.

use std::{
    io::Read,
    time::{Duration, Instant},
};

use super::{
    OPEN, exported_with, lines,
    resumed::{COUNTY, SERIAL, body, get, has_ended, header, long, spoil, wire},
    table,
};
use crate::kit::{Server, publish_texts};

/// How many files a server has open that have no name.
fn nameless(server: &Server) -> usize {
    let open = std::fs::read_dir(format!("/proc/{}/fd", server.pid())).unwrap();
    let targets = open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    targets.filter(|target| target.to_string_lossy().ends_with(" (deleted)")).count()
}

fn metric(server: &Server, name: &str) -> u64 {
    let text = String::from_utf8(body(server.get("/metrics"))).unwrap();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}: {text}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

fn link(format: &str) -> String {
    format!("/data/versions/{COUNTY}/1.{format}")
}

/// Whether a file that the store can no longer give comes whole.
fn is_kept(server: &Server, format: &str) -> bool {
    let (head, sent) = wire(server, &get(&link(format)));
    assert!(head.starts_with("http/1.1 200"), "{head}");
    match head.lines().find_map(|line| line.strip_prefix("content-length: ")) {
        Some(length) => sent.len() == length.parse::<usize>().unwrap(),
        None => has_ended(&sent),
    }
}

on_both_stores! {
    async fn what_was_made_once_is_sent_without_the_store(app: TestApp) {
        publish_texts(&app, vec![long()]).await;
        let whole = exported_with(&app, &OPEN, &[COUNTY, "--format", "csv"]);
        // The store is asked for whatever is no finished file.
        let server = Server::with(&app, &[&OPEN[..], &[("MULU_CACHE_PARTS", "0")]].concat());
        let zipped = [("accept-encoding", "gzip")];
        let first = server.get(&link("csv"));
        let tag = header(&first, "etag");
        assert_eq!(header(&first, "content-length"), "");
        assert!(body(first) == whole);
        let packed = body(server.get_with(&link("csv"), &zipped));
        // A part of a file that nobody has asked for before: it is made for that, and kept.
        let part = server.get_with(&link("ndjson"), &[("range", "bytes=5-9")]);
        assert_eq!((part.status().as_u16(), body(part).len()), (206, 5));
        assert_eq!(metric(&server, "mulu_cache_entries{cache=\"files\"}"), 3);
        assert!(metric(&server, "mulu_cache_bytes{cache=\"files\"}") > whole.len() as u64);

        spoil(&app, SERIAL - 50).await;
        let again = server.get(&link("csv"));
        assert_eq!(header(&again, "content-length"), whole.len().to_string());
        assert!(header(&again, "repr-digest").starts_with("sha-256=:") && header(&again, "etag") == tag);
        assert!(header(&again, "content-disposition").contains("filename*"));
        assert!(body(again) == whole);
        let again = server.get_with(&link("csv"), &zipped);
        assert_eq!(header(&again, "content-encoding"), "gzip");
        assert!(body(again) == packed);
        for (range, bytes) in [("bytes=0-0", 0..1), ("bytes=700000-1700000", 700_000..1_700_001), ("bytes=-9", whole.len() - 9..whole.len())] {
            let part = server.get_with(&link("csv"), &[("range", range), ("if-range", &tag)]);
            let said = format!("bytes {}-{}/{}", bytes.start, bytes.end - 1, whole.len());
            assert_eq!((part.status().as_u16(), header(&part, "content-range")), (206, said));
            assert!(body(part) == whole[bytes], "{range}");
        }
        assert_eq!(server.get_with(&link("csv"), &[("range", &format!("bytes={}-", whole.len()))]).status(), 416);
        assert_eq!(server.get_with(&link("csv"), &[("if-none-match", &tag)]).status(), 304);
        assert!(is_kept(&server, "ndjson") && !is_kept(&server, "json"));
    }

    async fn what_has_no_room_or_was_broken_off_is_not_kept(app: TestApp) {
        publish_texts(&app, vec![long()]).await;
        let settings = |bytes| [&OPEN[..], &[("MULU_CACHE_FILES", bytes), ("MULU_CACHE_PARTS", "0")]].concat();
        // The file is larger than six million bytes.
        let (none, little) = (Server::with(&app, &settings("0")), Server::with(&app, &settings("5000000")));
        let enough = Server::with(&app, &settings("50000000"));
        for server in [&none, &little] {
            assert!(is_kept(server, "csv"));
            assert_eq!(metric(server, "mulu_cache_entries{cache=\"files\"}"), 0);
        }
        let mut left = enough.get(&link("csv"));
        left.body_mut().as_reader().read_exact(&mut [0; 100_000]).unwrap();
        drop(left);
        spoil(&app, SERIAL - 50).await;
        for server in [&none, &little, &enough] {
            assert!(!is_kept(server, "csv"));
            assert_eq!(nameless(server), 0);
        }
    }

    async fn nothing_is_kept_of_what_was_erased(app: TestApp) {
        publish_texts(&app, vec![long()]).await;
        let server = Server::with(&app, &OPEN);
        let before = body(server.get(&link("ndjson")));
        assert_eq!(nameless(&server), 1);
        let rows = table(&exported_with(&app, &OPEN, &[COUNTY, "--format", "csv"]));
        app.ok(&["redact", &rows[7]["contentDigest"], "--reason", "误含个人信息"]);
        let begun = Instant::now();
        while nameless(&server) > 0 {
            assert!(begun.elapsed() < Duration::from_secs(20), "it is on disk still");
            std::thread::sleep(Duration::from_millis(50));
        }
        let after = body(server.get(&link("ndjson")));
        let (before, after) = (lines(&before), lines(&after));
        // The header stands before the rows.
        assert_eq!(after[8]["redacted"], serde_json::json!(["content"]));
        assert!((0..before.len()).all(|line| line == 8 || before[line] == after[line]));
    }
}
