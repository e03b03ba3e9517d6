//! Documents that are kept parsed.

use serde_json::{Value, json};

use super::metric;
use crate::kit::{Backend, Reply, Server, TestApp};

const KEPT: &str = "mulu_cache_entries{cache=\"documents\"}";

fn ask(server: &Server, query: &str, operation: Option<&str>, variables: Value) -> Reply {
    server.ask(&json!({ "query": query, "operationName": operation, "variables": variables }).to_string())
}

#[tokio::test]
async fn a_document_that_is_kept_is_refused_for_the_same_reasons_as_before() {
    let app = TestApp::new(Backend::Sqlite).await;
    let question = "query One($n: Int!, $all: Boolean = false, $name: String) {
        items(first: $n, filter: { name: $name }) { totalCount nodes { code history(first: 50) @include(if: $all) {
            nodes { code } } } } }
        query Two { platform { revision } } query Three { platform { revision } platform { digest: revision } }";
    let settings = [("MULU_LIMITS_COST", "2000"), ("MULU_LIMITS_LITERAL_BYTES", "60")];
    let (kept, fresh) = (
        Server::with(&app, &settings),
        Server::with(&app, &[&settings[..], &[("MULU_CACHE_DOCUMENTS", "0")]].concat()),
    );
    let long = "x".repeat(61);
    let deep = json!([[[[[[[[["x"]]]]]]]]]);
    for (operation, variables, status, code) in [
        (Some("One"), json!({ "n": 5 }), 200, None),
        (Some("One"), json!({ "n": 5, "all": true }), 200, None),
        (Some("One"), json!({ "n": 60, "all": true }), 400, Some("QUERY_TOO_COSTLY")),
        (Some("One"), json!({ "n": 101 }), 400, Some("PAGE_TOO_LARGE")),
        (Some("One"), json!({ "n": 5, "name": long }), 400, Some("INPUT_TOO_LARGE")),
        (Some("One"), json!({ "n": 5, "name": deep }), 400, Some("INPUT_TOO_LARGE")),
        (Some("One"), json!({ "n": "5" }), 400, Some("BAD_INPUT")),
        (Some("One"), json!({}), 400, Some("BAD_INPUT")),
        (Some("Two"), json!({}), 200, None),
        (Some("Four"), json!({}), 400, Some("BAD_INPUT")),
        (None, json!({}), 400, Some("BAD_INPUT")),
    ] {
        for again in 0..3 {
            let reply = ask(&kept, question, operation, variables.clone());
            assert_eq!(reply.status, status, "{operation:?} {variables} {again}: {}", reply.body);
            if let Some(code) = code {
                assert_eq!(reply.code(), code, "{operation:?} {variables} {again}");
            }
            assert_eq!(reply.body, ask(&fresh, question, operation, variables.clone()).body);
        }
    }
    assert_eq!((metric(&kept, KEPT), metric(&fresh, KEPT)), (1, 0));
    // Whose other operation cannot be answered is not kept for the sake of this one.
    let conflict =
        "query Good { platform { revision } } query Bad { platform { a: revision } platform { a: digest } }";
    for _ in 0..2 {
        assert_eq!(ask(&kept, conflict, Some("Good"), json!({})).status, 200);
        assert_eq!(ask(&kept, conflict, Some("Bad"), json!({})).code(), "BAD_INPUT");
    }
    assert_eq!(metric(&kept, KEPT), 1);
    // What is not valid is not kept either.
    assert_eq!(ask(&kept, "{ nothing }", None, json!({})).code(), "BAD_INPUT");
    assert_eq!(metric(&kept, KEPT), 1);
}

#[tokio::test]
async fn documents_that_are_kept_parsed_have_a_bound() {
    let app = TestApp::new(Backend::Sqlite).await;
    let server = Server::with(&app, &[("MULU_CACHE_DOCUMENTS", "10000")]);
    for number in 0..100 {
        assert_eq!(ask(&server, &format!("{{ a{number}: __typename }}"), None, json!({})).status, 200);
    }
    let kept = metric(&server, KEPT);
    assert!((1..=50).contains(&kept), "{kept}");
}
