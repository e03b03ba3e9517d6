//! Requests that are trouble as bytes: bodies, headers, framing.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::Duration,
};

/// A request's bytes by its name, and the statuses one of which it gets; 0: the connection is closed without any.
type Bytes = (&'static str, fn() -> Vec<u8>, &'static [u16]);

/// Every request.
pub const ALL: &[Bytes] = &[
    (
        "body of 16 MB",
        || post("application/json", &format!("{{\"query\":\"{}\"}}", "x".repeat(16 << 20))),
        &[413],
    ),
    (
        "body that is never sent",
        || head("POST", "Content-Type: application/json\r\nContent-Length: 100\r\n"),
        &[408, 504],
    ),
    ("text/plain", || post("text/plain", r#"{"query":"{ platform { revision } }"}"#), &[415]),
    ("a form", || post("application/x-www-form-urlencoded", "query=mutation+%7B+x+%7D"), &[415]),
    (
        "a form of several parts",
        || {
            post(
                "multipart/form-data; boundary=x",
                "--x\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{}\r\n--x--",
            )
        },
        &[415],
    ),
    ("JSON lists 100 000 deep", || post("application/json", &"[".repeat(100_000)), &[400, 422]),
    ("JSON objects 100 000 deep", || post("application/json", &"{\"query\":".repeat(100_000)), &[400, 422]),
    (
        "variables 10 000 deep",
        || {
            post(
                "application/json",
                &format!(
                    "{{\"query\":\"{{a}}\",\"variables\":{{\"v\":{}{}}}}}",
                    "[".repeat(10_000),
                    "]".repeat(10_000)
                ),
            )
        },
        &[400, 422],
    ),
    (
        "a batch",
        || {
            post(
                "application/json",
                &format!("[{}]", vec![r#"{"query":"{ platform { revision } }"}"#; 1_000].join(",")),
            )
        },
        &[400, 422],
    ),
    ("an empty body", || post("application/json", ""), &[400]),
    (
        "bytes that are no UTF-8",
        || {
            head_and(
                "POST",
                "Content-Type: application/json\r\nContent-Length: 14\r\n",
                b"{\"query\":\"\xFF\xFE\"}",
            )
        },
        &[400],
    ),
    (
        "content length and chunks",
        || {
            head_and(
                "POST",
                "Content-Type: application/json\r\nContent-Length: 60\r\nTransfer-Encoding: chunked\r\n",
                b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
            )
        },
        &[400, 0],
    ),
    (
        "two content lengths",
        || {
            head_and(
                "POST",
                "Content-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 40\r\n",
                b"{}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
            )
        },
        &[400, 0],
    ),
    (
        "content length with a sign",
        || head_and("POST", "Content-Type: application/json\r\nContent-Length: +2\r\n", b"{}"),
        &[400, 0],
    ),
    (
        "chunks in two codings",
        || {
            head_and(
                "POST",
                "Content-Type: application/json\r\nTransfer-Encoding: chunked, identity\r\n",
                b"0\r\n\r\n",
            )
        },
        &[400, 501, 0],
    ),
    (
        "chunk without an end",
        || {
            head_and(
                "POST",
                "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n",
                b"fffffffffffffffff\r\n",
            )
        },
        &[400, 0],
    ),
    ("a header over two lines", || head("GET", "X-A: b\r\n c\r\n"), &[400, 0]),
    ("a header with NUL", || head("GET", "X-A: b\0c\r\n"), &[400, 0]),
    (
        "a space before the colon",
        || head_and("POST", "Content-Type: application/json\r\nContent-Length : 2\r\n", b"{}"),
        &[400, 0],
    ),
    ("a thousand headers", || head("GET", &"X-A: b\r\n".repeat(1_000)), &[431, 400, 0]),
    ("a header of 1 MB", || head("GET", &format!("X-A: {}\r\n", "b".repeat(1 << 20))), &[431, 400, 0]),
    (
        "an address of 1 MB",
        || {
            format!(
                "GET /graphql?query={} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "x".repeat(1 << 20)
            )
            .into_bytes()
        },
        &[414, 431, 400, 0],
    ),
    ("no HTTP at all", || b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(), &[400, 0]),
];

fn head_and(method: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("{method} /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}

fn head(method: &str, headers: &str) -> Vec<u8> {
    head_and(method, headers, b"")
}

fn post(kind: &str, body: &str) -> Vec<u8> {
    head_and("POST", &format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len()), body.as_bytes())
}

/// Sends bytes on a connection of their own; the status of each answer until it is closed.
pub fn send(address: &str, bytes: &[u8]) -> Vec<u16> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut reading = stream.try_clone().unwrap();
    // A server that has read enough does not take the rest.
    let bytes = bytes.to_vec();
    let writing = std::thread::spawn(move || drop(stream.write_all(&bytes)));
    let mut answer = Vec::new();
    match reading.read_to_end(&mut answer) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}"),
    }
    writing.join().unwrap();
    let text = String::from_utf8_lossy(&answer);
    text.split("HTTP/1.1 ").skip(1).map(|rest| rest[..3].parse().unwrap()).collect()
}
