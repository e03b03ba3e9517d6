//! Apollo's automatic persisted queries: a hash in place of a document that was sent before.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::kit::{Backend, Reply, Server, TestApp};

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn extension(hash: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

fn post(server: &Server, text: Option<&str>, hash: &str) -> Reply {
    server.ask(&json!({ "query": text, "extensions": extension(hash) }).to_string())
}

fn get(server: &Server, hash: &str) -> Reply {
    let extensions: String = extension(hash).to_string().bytes().map(|byte| format!("%{byte:02x}")).collect();
    server.send("GET", &format!("/graphql?extensions={extensions}"), &[], b"")
}

on_both_stores! {
    async fn a_document_is_sent_once_and_named_by_its_hash_from_then_on(app: TestApp) {
        let server = Server::with(&app, &[]);
        let text = "query Known { platform { revision } }";
        let name = hash(text);
        for unknown in [get(&server, &name), post(&server, None, &name), post(&server, Some(""), &name)] {
            // Apollo's clients look for exactly this.
            assert_eq!((unknown.status, unknown.code().as_str()), (200, "PERSISTED_QUERY_NOT_FOUND"));
            assert_eq!(unknown.json()["errors"][0]["message"], "PersistedQueryNotFound");
            assert_eq!(unknown.header("cache-control"), "no-store", "it is known a moment later");
        }
        let data = json!({ "data": { "platform": { "revision": app.store.head().await.unwrap() } } });
        assert_eq!(post(&server, Some(text), &name).json(), data);
        let known = get(&server, &name);
        assert_eq!((known.status, known.json()), (200, data.clone()));
        assert_eq!(known.header("cache-control"), "public, max-age=10, stale-while-revalidate=50");
        assert_eq!(post(&server, None, &name.to_uppercase()).json(), data);
    }
}

#[tokio::test]
async fn a_hash_of_something_else_is_refused_and_an_invalid_document_is_not_kept() {
    let app = TestApp::new(Backend::Sqlite).await;
    let server = Server::with(&app, &[]);
    let text = "{ platform { revision } }";
    let wrong = post(&server, Some(text), &hash("{ __typename }"));
    assert_eq!((wrong.status, wrong.code().as_str()), (400, "BAD_INPUT"));
    assert_eq!(post(&server, None, &hash(text)).code(), "PERSISTED_QUERY_NOT_FOUND");
    for invalid in ["{ nothing }", "{", "{ items(first: \"x\") { totalCount } }"] {
        assert_eq!(post(&server, Some(invalid), &hash(invalid)).status, 400);
        assert_eq!(post(&server, None, &hash(invalid)).code(), "PERSISTED_QUERY_NOT_FOUND", "{invalid}");
    }
    for extension in [
        json!({ "version": 2, "sha256Hash": hash(text) }),
        json!({ "sha256Hash": hash(text) }),
        json!({ "version": 1, "sha256Hash": &hash(text)[1..] }),
        json!({ "version": 1, "sha256Hash": "g".repeat(64) }),
        json!({ "version": 1 }),
        json!(["x"]),
    ] {
        let reply =
            server.ask(&json!({ "query": text, "extensions": { "persistedQuery": extension } }).to_string());
        assert_eq!((reply.status, reply.code().as_str()), (400, "BAD_INPUT"), "{extension}");
    }
}

#[tokio::test]
async fn documents_that_are_kept_have_a_bound() {
    let app = TestApp::new(Backend::Sqlite).await;
    let server = Server::with(&app, &[("MULU_HTTP_PERSISTED_BYTES", "5000")]);
    for number in 0..100 {
        let text = format!("{{ a{number}: __typename }}");
        assert_eq!(post(&server, Some(&text), &hash(&text)).status, 200);
    }
    let metrics = server.send("GET", "/metrics", &[], b"").body;
    let kept = metrics
        .lines()
        .find_map(|line| line.strip_prefix("mulu_cache_entries{cache=\"persisted\"} "))
        .unwrap();
    assert!((1..=25).contains(&kept.parse::<u32>().unwrap()), "{kept}");
}
