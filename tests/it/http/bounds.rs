//! How much one client, and all together, may take: just inside is answered, just outside is sent away.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait, DatabaseTransaction, TransactionTrait};

use crate::kit::{Backend, Reply, Server, TestApp};

const QUESTION: &str = r#"{"query":"{ __typename }"}"#;

/// A question of so many bytes.
fn padded(bytes: usize) -> String {
    format!("{}{QUESTION}", " ".repeat(bytes - QUESTION.len()))
}

/// The head of a question by POST whose body is not there yet.
fn head(headers: &str) -> String {
    format!(
        "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\n{headers}\r\n"
    )
}

/// A question that stays open: the server has begun to wait for its body.
fn open(server: &Server, client: &str) -> TcpStream {
    let mut stream = server.connect();
    let length = QUESTION.len();
    let headers =
        format!("Content-Length: {length}\r\nExpect: 100-continue\r\nX-Forwarded-For: {client}\r\n");
    stream.write_all(head(&headers).as_bytes()).unwrap();
    let mut told = [0; 25];
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.read_exact(&mut told).unwrap();
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

fn finish(mut stream: TcpStream) -> Reply {
    stream.write_all(QUESTION.as_bytes()).unwrap();
    Reply::read(&mut stream)
}

#[tokio::test]
async fn a_body_has_a_number_of_bytes() {
    let app = TestApp::new(Backend::Sqlite).await;
    let server = Server::with(&app, &[("MULU_HTTP_BODY_BYTES", "2000")]);
    assert_eq!(server.ask(&padded(2000)).status, 200);
    let over = server.ask(&padded(2001));
    assert_eq!((over.status, over.code().as_str()), (413, "REQUEST_TOO_LARGE"));
    assert!(over.body.contains("2000"), "{}", over.body);
    // One that says so beforehand is sent away before anything of it came.
    let mut announced = server.connect();
    announced.write_all(head("Content-Length: 16000000\r\n").as_bytes()).unwrap();
    assert_eq!(Reply::read(&mut announced).status, 413);
    for (bytes, status) in [(2000, 200), (2001, 413)] {
        let mut unannounced = server.connect();
        let chunk = format!("{bytes:x}\r\n{}\r\n0\r\n\r\n", padded(bytes));
        unannounced.write_all((head("Transfer-Encoding: chunked\r\n") + &chunk).as_bytes()).unwrap();
        assert_eq!(Reply::read(&mut unannounced).status, status, "{bytes}");
    }
}

#[tokio::test]
async fn a_link_has_a_number_of_bytes() {
    let app = TestApp::new(Backend::Sqlite).await;
    let server = Server::with(&app, &[("MULU_HTTP_URI_BYTES", "300")]);
    let link = |start: &str, bytes: usize| format!("{start}{}", "x".repeat(bytes - start.len()));
    assert_eq!(server.send("GET", &link("/graphql?query={__typename}&x=", 300), &[], b"").status, 200);
    for start in ["/graphql?query={__typename}&x=", "/proof/item/"] {
        let over = server.send("GET", &link(start, 301), &[], b"");
        assert_eq!((over.status, over.code().as_str()), (414, "REQUEST_TOO_LARGE"), "{start}");
    }
}

#[tokio::test]
async fn who_is_slow_is_not_waited_for() {
    let app = TestApp::new(Backend::Sqlite).await;
    let server = Server::with(&app, &[("MULU_HTTP_BODY_TIMEOUT_S", "1"), ("MULU_HTTP_IDLE_TIMEOUT_S", "2")]);
    let begun = Instant::now();
    let mut body = server.connect();
    body.write_all((head("Content-Length: 100\r\n") + "{").as_bytes()).unwrap();
    let mut start = server.connect();
    start.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ").unwrap();
    let mut silent = server.connect();
    let late = Reply::read(&mut body);
    assert_eq!((late.status, late.code().as_str()), (408, "TIMEOUT"));
    assert_eq!(late.header("connection"), "close");
    for stream in [&mut start, &mut silent] {
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap();
        assert!(!rest.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&rest));
    }
    assert!(begun.elapsed() >= Duration::from_secs(2), "nobody was hurried");
}

#[tokio::test]
async fn a_client_has_a_number_of_requests_at_once_and_so_have_all_together() {
    let app = TestApp::new(Backend::Sqlite).await;
    let settings = [
        ("MULU_HTTP_REQUESTS", "3"),
        ("MULU_HTTP_REQUESTS_PER_CLIENT", "2"),
        ("MULU_TRUSTED_PROXIES", "127.0.0.0/8"),
        ("MULU_HTTP_BODY_TIMEOUT_S", "600"),
    ];
    let server = Server::with(&app, &settings);
    let from = |client: &str, method: &str, target: &str| {
        server.send(method, target, &[("X-Forwarded-For", client)], b"")
    };
    let (first, second) = (open(&server, "2001:db8::1"), open(&server, "2001:db8::2"));
    let many = from("2001:db8::3", "GET", "/graphql?query={__typename}");
    assert_eq!((many.status, many.code().as_str()), (429, "TOO_MANY_REQUESTS"), "one network is one client");
    assert_eq!(many.header("retry-after"), "1");
    assert_eq!(from("2001:db8::3", "GET", "/").code(), "TOO_MANY_REQUESTS");
    assert_eq!(from("192.0.2.1", "GET", "/graphql?query={__typename}").status, 200);
    let third = open(&server, "192.0.2.1");
    let busy = from("192.0.2.2", "POST", "/graphql");
    assert_eq!((busy.status, busy.code().as_str()), (503, "UNAVAILABLE"));
    assert_eq!(busy.header("retry-after"), "1");
    // Whoever watches over the server is answered all the same.
    for route in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(from("192.0.2.2", "GET", route).status, 200, "{route}");
    }
    let text = from("192.0.2.2", "GET", "/metrics").body;
    assert!(text.contains("\nmulu_http_requests_in_flight 3\n"), "{text}");
    for stream in [first, third] {
        assert_eq!(finish(stream).status, 200);
    }
    assert_eq!(
        from("2001:db8::3", "GET", "/graphql?query={__typename}").status,
        200,
        "a place is free again"
    );
    // Who goes away leaves his place as well.
    drop(second);
    let freed = (0..6000).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        from("192.0.2.2", "GET", "/metrics").body.contains("\nmulu_http_requests_in_flight 0\n")
    });
    assert!(freed);
}

#[tokio::test]
async fn a_client_has_a_number_of_connections() {
    let app = TestApp::new(Backend::Sqlite).await;
    let server = Server::with(&app, &[("MULU_HTTP_CONNECTIONS_PER_CLIENT", "2")]);
    let ask = |stream: &mut TcpStream| {
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")?;
        let mut start = [0; 12];
        stream.read_exact(&mut start).map(|()| start)
    };
    let mut streams: Vec<TcpStream> = (0..2).map(|_| server.connect()).collect();
    for stream in &mut streams {
        assert_eq!(&ask(stream).unwrap(), b"HTTP/1.1 200");
    }
    assert!(ask(&mut server.connect()).is_err());
    drop(streams);
    let again = (0..6000).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        ask(&mut server.connect()).is_ok()
    });
    assert!(again);
    let text = server.send("GET", "/metrics", &[], b"").body;
    let refused =
        text.lines().find_map(|line| line.strip_prefix("mulu_http_connections_refused_total ")).unwrap();
    assert!(refused.parse::<u32>().unwrap() >= 1, "{refused}");
}

/// A database in which nobody gets to read any more, until what comes back is undone.
async fn locked(app: &TestApp, server: &Server) -> DatabaseTransaction {
    // It has read what it begins with.
    assert_eq!(server.send("GET", "/healthz", &[], b"").status, 200);
    let locking = app.database.connect().await.begin().await.unwrap();
    let tables = "LOCK TABLE head, log, event, record, checkpoint IN ACCESS EXCLUSIVE MODE";
    locking.execute_unprepared(tables).await.unwrap();
    locking
}

#[tokio::test]
async fn what_takes_too_long_is_ended() {
    let app = TestApp::new(Backend::Postgres).await;
    let server = Server::with(&app, &[("MULU_REQUEST_TIMEOUT_S", "1")]);
    let locking = locked(&app, &server).await;
    for late in [
        server.ask(r#"{"query":"{ at(knownAt: \"2026-01-01T00:00:00Z\") { platform { revision } } }"}"#),
        server.send("GET", "/checkpoint", &[], b""),
    ] {
        assert_eq!((late.status, late.code().as_str()), (504, "TIMEOUT"));
    }
    assert_eq!(server.send("GET", "/healthz", &[], b"").status, 200);
    locking.rollback().await.unwrap();
    assert_eq!(server.send("GET", "/checkpoint/1", &[], b"").status, 404, "there is none, and it says so");
}

#[tokio::test]
async fn who_goes_away_leaves_a_line_in_the_log() {
    let app = TestApp::new(Backend::Postgres).await;
    let server = Server::with(&app, &[]);
    let locking = locked(&app, &server).await;
    let mut stream = server.connect();
    stream.write_all(b"GET /checkpoint HTTP/1.1\r\nHost: a\r\nX-Request-Id: left\r\n\r\n").unwrap();
    let begun = (0..6000).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        server.send("GET", "/metrics", &[], b"").body.contains("\nmulu_http_requests_in_flight 1\n")
    });
    assert!(begun);
    drop(stream);
    let line = server.logged("gone");
    assert!(
        line.contains("status=499") && line.contains("id=\"left\"") && line.contains("/checkpoint"),
        "{line}"
    );
    locking.rollback().await.unwrap();
}

#[tokio::test]
async fn who_takes_nothing_of_an_answer_is_hung_up_on() {
    let app = TestApp::new(Backend::Sqlite).await;
    let server = Server::with(&app, &[("MULU_HTTP_IDLE_TIMEOUT_S", "1")]);
    let page = server.send("GET", "/graphiql", &[], b"").body;
    let script =
        page.split("src=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("run: make explorer");
    let mut stream = server.connect();
    // Far more than the system keeps for somebody who does not read.
    let question = format!("GET /{script} HTTP/1.1\r\nHost: a\r\n\r\n").repeat(200);
    stream.write_all(question.as_bytes()).unwrap();
    let gone = (0..6000).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        // Its own connection is the only one.
        server.send("GET", "/metrics", &[], b"").body.contains("\nmulu_http_connections 1\n")
    });
    assert!(gone);
}
