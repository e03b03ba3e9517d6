//! What the operator sees of requests: one line each in the log, and metrics with few labels.

use serde_json::Value;

use crate::kit::{Backend, Server, TestApp, ndjson};

/// The lines about requests that were answered.
fn answered(log: &str) -> Vec<Value> {
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["message"] == "answered").collect()
}

#[tokio::test]
async fn a_request_is_one_line_with_what_was_asked_and_how_it_went() {
    let app = TestApp::new(Backend::Sqlite).await;
    let server = Server::with(&app, &[("MULU_LOG_FORMAT", "json")]);
    let long = "N".repeat(100);
    server.send(
        "GET",
        "/checkpoint/1?secret=1",
        &[("X-Request-Id", "abc"), ("X-Forwarded-For", "203.0.113.9")],
        b"",
    );
    let known = server
        .ask(r#"{"query":"query Known { a: platform { revision } items(after: \"x\") { totalCount } }"}"#);
    server.ask(r#"{"query":"query Invalid { nothing }"}"#);
    server.ask(&format!(r#"{{"query":"query {long} {{ __typename }}"}}"#));
    server.send("GET", &format!("/{long}{long}{long}"), &[], b"");
    let (_, log) = server.stop();
    let lines = answered(&log);
    assert_eq!(lines.len(), 5, "{log}");
    let first = &lines[0];
    assert_eq!(
        (&first["route"], &first["status"], &first["client"]),
        (&"/checkpoint/{revision}".into(), &404.into(), &"127.0.0.1".into())
    );
    assert_eq!(
        (&first["span"]["id"], &first["span"]["method"], &first["span"]["path"]),
        (&"abc".into(), &"GET".into(), &"/checkpoint/1".into())
    );
    assert!(first["latency_us"].as_u64().unwrap() > 0 && first["bytes"].as_u64().unwrap() > 50, "{first}");
    assert!(!log.contains("secret"), "what is asked in a link is not logged");
    let second = &lines[1];
    assert_eq!(
        (&second["route"], &second["status"], &second["operation"]),
        (&"/graphql".into(), &200.into(), &"Known".into())
    );
    assert_eq!(
        (&second["codes"], second["bytes"].as_u64()),
        (&"BAD_CURSOR".into(), Some(known.body.len() as u64))
    );
    assert_eq!((&lines[2]["operation"], &lines[2]["codes"]), (&Value::Null, &"BAD_INPUT".into()));
    assert_eq!(lines[3]["operation"], long[..64]);
    assert_eq!(
        (&lines[4]["route"], lines[4]["span"]["path"].as_str().unwrap().len()),
        (&"unmatched".into(), 200)
    );
}

#[tokio::test]
async fn the_address_is_that_of_the_client_where_a_trusted_proxy_names_it() {
    let app = TestApp::new(Backend::Sqlite).await;
    let server = Server::with(
        &app,
        &[("MULU_LOG_FORMAT", "json"), ("MULU_TRUSTED_PROXIES", "127.0.0.1/32, 10.0.0.0/8")],
    );
    server.send("GET", "/healthz", &[("X-Forwarded-For", "198.51.100.1, 203.0.113.9, 10.1.2.3")], b"");
    server.send("GET", "/healthz", &[], b"");
    let clients: Vec<Value> = answered(&server.stop().1).iter().map(|line| line["client"].clone()).collect();
    assert_eq!(clients, ["203.0.113.9", "127.0.0.1"]);
}

/// The value of a metric.
fn metric(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{name} is not in {text}")).parse().unwrap()
}

on_both_stores! {
    async fn metrics_count_requests_statements_and_refusals(app: TestApp) {
        let file = app.file("a.ndjson", &ndjson("513230000000-12", "2026-01-01", 3));
        app.ok(&["import", &file, "--publish"]);
        let server = Server::with(&app, &[]);
        let question = r#"{"query":"query Items { catalogues { nodes { version { items { nodes { name content { text } } } } } } }"}"#;
        for _ in 0..3 {
            assert_eq!(server.ask(question).json()["data"]["catalogues"]["nodes"][0]["version"]["items"]["nodes"].as_array().unwrap().len(), 3);
        }
        server.ask(r#"{"query":"{ __typename }"}"#);
        server.ask(r#"{"query":"query Attack { nothing }"}"#);
        server.ask("[]");
        server.send("BREW", "/pot/of/tea", &[], b"");
        let reply = server.send("GET", "/metrics", &[], b"");
        assert_eq!(reply.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
        let text = reply.body;
        for (name, value) in [
            ("mulu_http_requests_total{method=\"POST\",route=\"/graphql\",status=\"200\"}", 4.0),
            ("mulu_http_requests_total{method=\"POST\",route=\"/graphql\",status=\"400\"}", 2.0),
            ("mulu_http_requests_total{method=\"other\",route=\"unmatched\",status=\"404\"}", 1.0),
            ("mulu_http_request_duration_seconds_count{route=\"/graphql\"}", 6.0),
            ("mulu_graphql_operations_total{kind=\"query\",operation=\"other\",outcome=\"ok\"}", 3.0),
            ("mulu_graphql_operations_total{kind=\"query\",operation=\"anonymous\",outcome=\"ok\"}", 1.0),
            ("mulu_errors_total{code=\"BAD_INPUT\"}", 2.0),
            ("mulu_cache_entries{cache=\"persisted\"}", 0.0),
        ] {
            assert!((metric(&text, name) - value).abs() < 0.5, "{name}: {text}");
        }
        assert!((metric(&text, "mulu_log_revision") - app.store.head().await.unwrap() as f64).abs() < 0.5);
        // Loaders work in tasks of their own, and their statements count for the request all the same: the first one's.
        let statements = metric(&text, "mulu_http_request_statements_sum{route=\"/graphql\"}");
        assert!((3.0..=12.0).contains(&statements), "{statements}");
        assert!((metric(&text, "mulu_http_request_statements_bucket{le=\"0.0\",route=\"/graphql\"}") - 5.0).abs() < 0.5, "{text}");
        assert!(metric(&text, "mulu_sql_statements_total") >= statements);
        assert!(text.contains("mulu_build_info{version=") && text.ends_with("# EOF\n"), "{text}");
        assert!(!text.contains("Attack") && !text.contains("Items") && !text.contains("tea") && !text.contains("BREW"), "{text}");
    }
}

#[tokio::test]
async fn metrics_are_off_or_at_an_address_of_their_own_when_asked() {
    let app = TestApp::new(Backend::Sqlite).await;
    let off = Server::with(&app, &[("MULU_METRICS", "off")]);
    assert_eq!(off.send("GET", "/metrics", &[], b"").status, 404);
    let apart = Server::with(&app, &[("MULU_METRICS", "127.0.0.1:0"), ("MULU_LOG_FORMAT", "json")]);
    assert_eq!(apart.send("GET", "/metrics", &[], b"").status, 404);
    let line: Value = serde_json::from_str(&apart.logged("\"metrics\"")).unwrap();
    let address = line["address"].as_str().unwrap();
    let text =
        ureq::get(format!("http://{address}/metrics")).call().unwrap().body_mut().read_to_string().unwrap();
    assert!(
        text.contains("mulu_http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"} 1\n"),
        "{text}"
    );
    let refused = ureq::Agent::config_builder().http_status_as_error(false).build();
    let graphql = ureq::Agent::from(refused).get(format!("http://{address}/graphql")).call().unwrap();
    assert_eq!(graphql.status(), 404, "nothing else is there");
}
