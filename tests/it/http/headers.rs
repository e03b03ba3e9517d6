//! What every answer carries, and who may read it in a browser.

use crate::kit::{Backend, Server, TestApp, mulu, ndjson, run};

on_both_stores! {
    async fn every_answer_names_the_revision_under_which_it_was_given(app: TestApp) {
        let server = Server::with(&app, &[]);
        let head = app.store.head().await.unwrap().to_string();
        let routes = ["/", "/graphiql", "/healthz", "/readyz", "/metrics", "/nothing", "/checkpoint", "/checkpoint/1",
            "/proof/inclusion?revision=1", "/proof/inclusion?revision=x", "/graphql?query={__typename}", "/graphql"];
        for route in routes {
            assert_eq!(server.send("GET", route, &[], b"").header("x-mulu-revision"), head, "{route}");
        }
        let file = app.file("a.ndjson", &ndjson("513230000000-12", "2026-01-01", 1));
        app.ok(&["import", &file, "--publish"]);
        let grown = app.store.head().await.unwrap();
        // What asks the database knows it at once, and nobody ever says one thing in the header and another in the body.
        assert_eq!(server.send("GET", "/proof/inclusion?revision=1", &[], b"").header("x-mulu-revision"), grown.to_string());
        let seen = (0..6000).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(10));
            let reply = server.ask(r#"{"query":"{ platform { revision } }"}"#);
            let revision = reply.json()["data"]["platform"]["revision"].to_string();
            assert_eq!(reply.header("x-mulu-revision"), revision);
            revision == grown.to_string()
        });
        assert!(seen);
    }
}

#[tokio::test]
async fn an_id_is_taken_over_when_it_is_short_and_printable() {
    let app = TestApp::new(Backend::Sqlite).await;
    let server = Server::with(&app, &[]);
    let id = |given: &[(&str, &str)]| server.send("GET", "/healthz", given, b"").header("x-request-id");
    let long = "x".repeat(65);
    for good in ["a", "trace-7/a.b", &long[1..], "{\"a\":1}"] {
        assert_eq!(id(&[("X-Request-Id", good)]), good);
    }
    for bad in [&long, "two words", "", "目录", "a\tb"] {
        let new = id(&[("X-Request-Id", bad)]);
        assert!(new != *bad && new.len() == 36, "{bad}: {new}");
    }
    assert_eq!(id(&[("X-Request-Id", "a"), ("X-Request-Id", "b")]).len(), 36);
    assert_ne!(id(&[]), id(&[]));
}

#[tokio::test]
async fn every_answer_has_the_headers_of_safety_and_no_cookie() {
    let app = TestApp::new(Backend::Sqlite).await;
    let server = Server::with(&app, &[("MULU_HTTP_URI_BYTES", "200")]);
    let long = format!("/?{}", "x".repeat(300));
    for (method, route) in
        [("GET", "/"), ("GET", "/nothing"), ("PUT", "/graphql"), ("POST", "/graphql"), ("GET", &long)]
    {
        let reply = server.send(method, route, &[], b"");
        for (name, value) in
            [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("set-cookie", "")]
        {
            assert_eq!(reply.header(name), value, "{method} {route}");
        }
        let policy = reply.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{route}: {policy}"
        );
    }
}

#[tokio::test]
async fn pages_of_all_hosts_may_read_unless_the_settings_say_which() {
    let app = TestApp::new(Backend::Sqlite).await;
    let from = |server: &Server, origin: &str| {
        let headers = [("Origin", origin)];
        let reply = server.send("GET", "/graphql?query={__typename}", &headers, b"");
        (
            reply.header("access-control-allow-origin"),
            reply.header("vary"),
            reply.header("access-control-expose-headers"),
        )
    };
    let exposed =
        "x-mulu-revision,x-request-id,repr-digest,accept-ranges,content-disposition,content-range,etag,link,\
                   retry-after"
            .to_owned();
    let open = Server::with(&app, &[]);
    assert_eq!(
        from(&open, "https://any.example"),
        ("*".to_owned(), "accept, accept-encoding, x-mulu-cost".to_owned(), exposed.clone())
    );
    let asked = [
        ("Origin", "https://any.example"),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "content-type"),
    ];
    let preflight = open.send("OPTIONS", "/graphql", &asked, b"");
    assert_eq!(preflight.status, 200);
    assert_eq!(preflight.header("access-control-allow-methods"), "GET,HEAD,POST");
    assert_eq!(preflight.header("access-control-allow-headers"), "*");
    assert_eq!(preflight.header("access-control-max-age"), "86400");
    assert_eq!(preflight.header("access-control-allow-credentials"), "");
    // Refusals, too, can be read.
    assert_eq!(
        open.send("GET", "/graphql", &[("Origin", "https://any.example")], b"")
            .header("access-control-allow-origin"),
        "*"
    );

    let some = Server::with(&app, &[("MULU_CORS_ORIGINS", "https://a.example, https://b.example:8443")]);
    let vary = "accept, accept-encoding, x-mulu-cost,origin".to_owned();
    assert_eq!(
        from(&some, "https://b.example:8443"),
        ("https://b.example:8443".to_owned(), vary.clone(), exposed.clone())
    );
    assert_eq!(from(&some, "https://c.example").0, "");
    assert_eq!(from(&some, "https://c.example").1, vary, "whoever keeps the answer must know");
    let none = Server::with(&app, &[("MULU_CORS_ORIGINS", "")]);
    assert_eq!(from(&none, "https://a.example").0, "");
    for bad in ["https://a.example/", "a.example", "*,https://a.example", "https://*.a.example"] {
        let mut command = mulu(&["--database-url", &app.database.url, "serve", "--listen", "127.0.0.1:0"]);
        command.env("MULU_CORS_ORIGINS", bad);
        let output = run(command);
        assert!(output.code == Some(1) && output.stderr.contains("cors_origins"), "{bad}: {}", output.stderr);
    }
}
