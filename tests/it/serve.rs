//! `mulu serve`: the address comes last, health tells life from readiness, SIGTERM ends it in order.

use serde_json::Value;

use crate::kit::{Backend, Server, TestApp};

on_both_stores! {
    async fn it_lives_is_ready_and_stops_in_order(app: TestApp) {
        let server = Server::start(&app, &["serve", "--listen", "127.0.0.1:0"]);
        assert_eq!(server.get("/healthz").status(), 200);
        let mut ready = server.get("/readyz");
        assert_eq!(ready.status(), 200);
        let body: Value = serde_json::from_str(&ready.body_mut().read_to_string().unwrap()).unwrap();
        assert_eq!(body["ready"], true);
        assert_eq!(ready.headers()["x-content-type-options"], "nosniff");
        assert!(!ready.headers()["x-request-id"].is_empty());
        let mut home = server.get("/");
        let page = home.body_mut().read_to_string().unwrap();
        for part in ["mulu 目录", "行政区划 · divisions</dt><dd>5</dd>"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        for part in ["http-equiv", "<script", "src=", "href=\"http", "//cdn"] {
            assert!(!page.contains(part), "the page needs neither scripts nor other hosts: {part}");
        }
        let links: Vec<&str> =
            page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(links.len(), 4, "{links:?}");
        for (link, start) in links.iter().zip(["graphiql", "graphql?query=", "healthz", "readyz"]) {
            assert!(link.starts_with(start), "{links:?}");
            let mut answer = server.get(&format!("/{link}"));
            let text = answer.body_mut().read_to_string().unwrap();
            assert!(answer.status() == 200 && !text.contains("errors"), "{link}: {text}");
        }
        // The question that the page shows, as a shell would send it.
        let asked = page.split_once("-d '").and_then(|(_, rest)| rest.split_once('\'')).unwrap().0;
        let (status, answer) = server.post("/graphql", &asked.replace('\n', " "));
        assert_eq!((status, &answer["errors"]), (200, &Value::Null), "{asked}");
        assert_eq!(answer["data"]["catalogues"]["nodes"], serde_json::json!([]));
        assert_eq!(server.get("/nothing").status(), 404);
        let (code, log) = server.stop();
        assert_eq!(code, Some(0), "{log}");
        assert!(log.contains("stopping"), "{log}");
    }

    async fn it_answers_graphql_and_follows_what_others_publish(app: TestApp) {
        let server = Server::start(&app, &["serve", "--listen", "127.0.0.1:0"]);
        let post = |body: &str| server.post("/graphql", body);
        let question = r#"{"query":"query Q($c: String!) { catalogue(code: $c) { version { itemCount } } }","operationName":"Q","variables":{"c":"513230000000-12"}}"#;
        assert_eq!(post(question), (200, serde_json::json!({ "data": { "catalogue": null } })));
        let file = app.file("a.ndjson", &crate::kit::ndjson("513230000000-12", "2026-01-01", 3));
        app.ok(&["import", &file, "--publish"]);
        let published = serde_json::json!({ "data": { "catalogue": { "version": { "itemCount": 3 } } } });
        let seen = (0..100).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(100));
            post(question).1 == published
        });
        assert!(seen, "what another process publishes is seen within seconds");
        let linked = server.get("/graphql?query=%7Bplatform%7Brevision%7D%7D").body_mut().read_to_string().unwrap();
        assert!(linked.starts_with("{\"data\":{\"platform\":{\"revision\":"), "{linked}");
        for body in ["{", "{}", "{\"query\": 1}", "[]"] {
            let (status, answer) = post(body);
            assert!((400..500).contains(&status), "{body}: {status}");
            assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_INPUT", "{body}");
        }
    }

    async fn it_lives_but_is_not_ready_when_its_tables_are_gone(app: TestApp) {
        let server = Server::start(&app, &["serve", "--listen", "[::1]:0"]);
        assert!(server.address.starts_with("http://[::1]:"), "{}", server.address);
        app.store.migrate_down(1).await.unwrap();
        assert_eq!(server.get("/healthz").status(), 200);
        let mut ready = server.get("/readyz");
        assert_eq!(ready.status(), 503);
        let body: Value = serde_json::from_str(&ready.body_mut().read_to_string().unwrap()).unwrap();
        assert_eq!(body["code"], "NOT_MIGRATED");
        assert!(!body["zh"].as_str().unwrap().is_empty() && !body["en"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_example_is_loaded_once_and_logs_are_json_when_asked() {
    let app = TestApp::empty(Backend::Sqlite).await;
    let arguments = ["serve", "--example", "--listen", "127.0.0.1:0"];
    let first = Server::start(&app, &arguments);
    assert_eq!(first.get("/readyz").status(), 200);
    let page = first.get("/").body_mut().read_to_string().unwrap();
    assert!(page.contains("目录 · catalogues</dt><dd>73</dd>"), "{page}");
    let revision = app.store.head().await.unwrap();
    first.stop();
    let mut command = app.command(&arguments);
    command.env("MULU_LOG_FORMAT", "json");
    let second = Server::spawn(command);
    assert_eq!(app.store.head().await.unwrap(), revision);
    let (_, log) = second.stop();
    for line in log.lines() {
        serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
    }
}
