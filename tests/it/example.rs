//! The example catalogue: converted from its rows by a program, and the same everywhere, digest for digest.

use std::{collections::BTreeMap, process::Command};

use serde_json::Value;

use crate::kit::{Asking, Backend, TestApp, source};

/// Objects and events as NDJSON, for the second implementation.
async fn dump(app: &TestApp) -> String {
    let encoded = |column: &str| match app.database.backend {
        Backend::Sqlite => format!("hex({column})"),
        Backend::Postgres => format!("encode({column}, 'hex')"),
    };
    let (digest, bytes) = (encoded("digest"), encoded("bytes"));
    let objects = format!("SELECT lower({digest}) || ' ' || lower({bytes}) FROM object ORDER BY digest");
    let events = format!("SELECT revision || ' ' || lower({bytes}) FROM event ORDER BY revision");
    let mut lines = String::new();
    for row in app.database.texts(&objects).await {
        let (digest, hex) = row.split_once(' ').unwrap();
        lines += &format!("{{\"digest\":\"sha256:{digest}\",\"bytes\":\"{}\"}}\n", base64(hex));
    }
    for row in app.database.texts(&events).await {
        let (revision, hex) = row.split_once(' ').unwrap();
        lines += &format!("{{\"revision\":{revision},\"bytes\":\"{}\"}}\n", base64(hex));
    }
    lines
}

/// Base64 (RFC 4648, 4) of bytes given as hex digits.
fn base64(hex: &str) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes: Vec<u8> =
        (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect();
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let word =
            group.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for i in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * i) & 63) as usize] as char;
            text.push(if i <= group.len() { letter } else { '=' });
        }
    }
    text
}

#[tokio::test]
async fn digests_and_root_are_the_same_from_both_stores_and_both_implementations() {
    let mut verified = Vec::new();
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let app = TestApp::example(backend).await;
        let root: Value = serde_json::from_str(&app.ok(&["verify"])).unwrap();
        let file = app.file("dump.ndjson", &dump(&app).await);
        let python = Command::new("python3")
            .args([&source("schema/vectors/check.py"), "dump", &file])
            .output()
            .unwrap();
        assert!(python.status.success(), "{}", String::from_utf8_lossy(&python.stderr));
        let python: Value = serde_json::from_slice(&python.stdout).unwrap();
        assert_eq!(python["root"], root["root"], "{backend:?}");
        assert_eq!(python["events"], root["events"]);
        verified.push(python);
    }
    assert_eq!(verified[0], verified[1]);
    let pinned = std::fs::read_to_string(source("examples/catalogue/digests.csv")).unwrap_or_default();
    let versions = verified[0]["versions"].as_object().unwrap();
    let made: BTreeMap<&str, &str> =
        versions.iter().map(|(code, digest)| (code.as_str(), digest.as_str().unwrap())).collect();
    let made: String = made.iter().map(|(version, digest)| format!("{version},{digest}\n")).collect();
    let made = format!("version,digest\n{made}");
    assert!(made == pinned, "examples/catalogue/digests.csv should be:\n{made}");
}

/// Whoever holds an answer can check it: the canonical text hashes to the digest, for every row and version.
#[tokio::test]
async fn canonical_texts_hash_to_their_digests_outside() {
    let app = TestApp::example(Backend::Sqlite).await;
    let asking = Asking::new(&app).await;
    let mut pairs = Vec::new();
    let mut after = String::new();
    loop {
        let page = asking
            .data(&format!(
                "{{ items(first: 100 {after}) {{ pageInfo {{ hasNextPage endCursor }}
                   nodes {{ canonical digest version {{ canonical digest }} }} }} }}"
            ))
            .await;
        for item in page["items"]["nodes"].as_array().unwrap() {
            pairs.push([item["canonical"].clone(), item["digest"].clone()]);
            pairs.push([item["version"]["canonical"].clone(), item["version"]["digest"].clone()]);
        }
        if page["items"]["pageInfo"]["hasNextPage"] != true {
            break;
        }
        after = format!("after: {}", page["items"]["pageInfo"]["endCursor"]);
    }
    assert_eq!(pairs.len(), 2 * 225);
    let file = app.file("pairs.json", &serde_json::to_string(&pairs).unwrap());
    let script = "import hashlib, json, sys\nfor text, digest in json.load(open(sys.argv[1])):\n    \
                  assert 'sha256:' + hashlib.sha256(text.encode()).hexdigest() == digest, digest";
    let python = Command::new("python3").args(["-c", script, &file]).output().unwrap();
    assert!(python.status.success(), "{}", String::from_utf8_lossy(&python.stderr));
}

#[test]
fn the_files_are_what_the_program_makes_of_the_rows() {
    let output =
        Command::new("python3").args([&source("examples/catalogue/convert.py"), "--check"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn the_example_loads_once_and_shows_rangtang_as_a_table() {
    let app = TestApp::example(Backend::Sqlite).await;
    let table = app.ok(&["catalogue", "show", "513230"]);
    for part in ["壤塘县公共文化服务领域", "513230000000-12 #1 节录", "文化馆服务", "20个工作日", "政府网站"]
    {
        assert!(table.contains(part), "{part}: {table}");
    }
    let listed: Value = serde_json::from_str(&app.ok(&["catalogue", "list", "--json"])).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 73);
}
