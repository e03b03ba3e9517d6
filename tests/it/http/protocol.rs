//! Media types, methods and parameters, as the draft on GraphQL over HTTP has them.

use std::process::Command;

use serde_json::{Value, json};

use crate::kit::{Backend, Reply, Server, TestApp, run};

const GRAPHQL: &str = "application/graphql-response+json; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";

async fn served() -> (TestApp, Server) {
    let app = TestApp::new(Backend::Sqlite).await;
    let server = Server::with(&app, &[]);
    (app, server)
}

/// A link with parameters, percent-encoded wherever that is possible.
fn link(parameters: &[(&str, &str)]) -> String {
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let pairs: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    format!("/graphql?{}", pairs.join("&"))
}

#[tokio::test]
async fn the_media_type_is_the_best_that_the_client_admits() {
    let (_app, server) = served().await;
    let post = |accept: &[(&str, &str)]| {
        let headers = [&[("Content-Type", "application/json")], accept].concat();
        server.send("POST", "/graphql", &headers, br#"{"query":"{ __typename }"}"#)
    };
    for (accept, status, kind) in [
        ("application/json", 200, JSON),
        ("application/graphql-response+json", 200, GRAPHQL),
        ("application/graphql-response+json, application/json;q=0.9", 200, GRAPHQL),
        ("application/graphql-response+json;q=0.1, application/json;q=0.9", 200, JSON),
        ("*/*", 200, JSON),
        ("text/html, application/*;q=0.1", 200, JSON),
        ("text/html", 406, JSON),
        ("application/json;q=0", 406, JSON),
    ] {
        let reply = post(&[("Accept", accept)]);
        assert_eq!((reply.status, reply.header("content-type").as_str()), (status, kind), "{accept}");
        assert_eq!(reply.header("vary"), "accept, accept-encoding, x-mulu-cost", "{accept}");
        if status == 406 {
            assert_eq!(reply.code(), "NOT_ACCEPTABLE", "{accept}");
        }
    }
    assert_eq!(post(&[]).header("content-type"), JSON);
    let twice = post(&[("Accept", "text/html"), ("Accept", "application/graphql-response+json")]);
    assert_eq!(twice.header("content-type"), GRAPHQL, "two lines are one list");
}

#[tokio::test]
async fn what_was_not_executed_has_no_data_and_in_its_own_media_type_400() {
    let (_app, server) = served().await;
    let under = |media: &str, body: &str| {
        server.send(
            "POST",
            "/graphql",
            &[("Content-Type", "application/json"), ("Accept", media)],
            body.as_bytes(),
        )
    };
    for body in [
        r#"{"query":"{"}"#,
        r#"{"query":"{ nothing }"}"#,
        r#"{"query":"query A { __typename } query B { __typename }"}"#,
        r#"{"query":"{ __typename }","operationName":"B"}"#,
        r#"{"query":"query($n: Int!) { items(first: $n) { totalCount } }"}"#,
        r#"{"query":"subscription { nothing }"}"#,
        r#"{"query":"mutation { nothing }"}"#,
        r#"{"query":"  "}"#,
    ] {
        for (media, status) in [("application/graphql-response+json", 400), ("application/json", 200)] {
            let reply = under(media, body);
            assert_eq!((reply.status, reply.code().as_str()), (status, "BAD_INPUT"), "{body}");
            assert_eq!(reply.json().get("data"), None, "{body}");
        }
    }
    // A field that failed while others were answered is another matter.
    for media in ["application/graphql-response+json", "application/json"] {
        let reply =
            under(media, r#"{"query":"{ platform { revision } items(after: \"x\") { totalCount } }"}"#);
        assert_eq!((reply.status, reply.code().as_str()), (200, "BAD_CURSOR"));
        assert!(reply.json().get("data").is_some(), "{}", reply.body);
    }
}

#[tokio::test]
async fn get_reads_and_nothing_else_is_taken_but_post() {
    let (_app, server) = served().await;
    let get = |parameters: &[(&str, &str)]| server.send("GET", &link(parameters), &[], b"");
    let two =
        "query A { a: __typename } query B($n: Int) { b: __typename items(first: $n) { nodes { code } } }";
    for (parameters, data) in [
        (&[("query", "{ a: __typename }")][..], json!({ "a": "Query" })),
        (&[("query", two), ("operationName", "A")], json!({ "a": "Query" })),
        (
            &[
                ("query", two),
                ("operationName", "B"),
                ("variables", r#"{"n":0}"#),
                ("extensions", r#"{"x":[1]}"#),
            ],
            json!({ "b": "Query", "items": { "nodes": [] } }),
        ),
        (
            &[
                ("query", "{ a: __typename }"),
                ("operationName", ""),
                ("variables", ""),
                ("extensions", ""),
                ("其他", "x"),
            ],
            json!({ "a": "Query" }),
        ),
        (&[("query", "{ a: __typename }"), ("variables", "null")], json!({ "a": "Query" })),
    ] {
        let reply = get(parameters);
        assert_eq!((reply.status, reply.json()), (200, json!({ "data": data })), "{parameters:?}");
        assert_eq!(reply.header("cache-control"), "public, max-age=10, stale-while-revalidate=50");
    }
    let plus = server.send("GET", "/graphql?query={+a:__typename+}&&x", &[], b"");
    assert_eq!(plus.json(), json!({ "data": { "a": "Query" } }));
    let head = server.send("HEAD", &link(&[("query", "{ a: __typename }")]), &[], b"");
    assert_eq!((head.status, head.body.as_str(), head.header("content-length").as_str()), (200, "", "22"));

    let mutation = get(&[("query", "query A { a: __typename } mutation B { b }"), ("operationName", "B")]);
    assert_eq!((mutation.status, mutation.header("allow").as_str()), (405, "POST"));
    assert_eq!(mutation.code(), "METHOD_NOT_ALLOWED");
    for method in ["PUT", "DELETE", "PATCH", "QUERY"] {
        let reply = server.send(
            method,
            "/graphql",
            &[("Content-Type", "application/json")],
            br#"{"query":"{ __typename }"}"#,
        );
        assert_eq!((reply.status, reply.header("allow").as_str()), (405, "GET, HEAD, POST"), "{method}");
        assert_eq!(reply.code(), "METHOD_NOT_ALLOWED");
    }
}

fn refused(reply: &Reply, part: &str) {
    let said = reply.json()["errors"][0]["message"].as_str().unwrap().to_owned();
    assert_eq!((reply.status, reply.code().as_str()), (400, "BAD_INPUT"), "{part}: {said}");
    assert!(said.contains(part), "{part}: {said}");
}

#[tokio::test]
async fn a_body_is_one_object_of_json_with_members_of_the_right_types() {
    let (_app, server) = served().await;
    for (body, part) in [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("query", "not JSON"),
        ("{} {}", "trailing"),
        ("null", "JSON object"),
        ("\"{ __typename }\"", "JSON object"),
        ("{}", "`query` is missing"),
        (r#"{"query":null}"#, "`query` is missing"),
        (r#"{"query":""}"#, "`query` is missing"),
        (r#"{"query":{"obj":"ect"}}"#, "query should be a string"),
        (r#"{"query":"{ __typename }","operationName":0}"#, "operationName should be a string"),
        (r#"{"query":"{ __typename }","variables":[]}"#, "variables should be a JSON object"),
        (r#"{"query":"{ __typename }","variables":"{}"}"#, "variables should be a JSON object"),
        (r#"{"query":"{ __typename }","extensions":false}"#, "extensions should be a JSON object"),
        (r#"[{"query":"{ __typename }"}]"#, "one request asks one question"),
        (r#"{"query":"{ a: __typename }","query":"{ b: __typename }"}"#, "\"query\" stands twice"),
        (r#"{"query":"{ __typename }","variables":{"a":{"b":1,"b":2}}}"#, "\"b\" stands twice"),
        (r#"{"query":"{ \ud800 }"}"#, "not JSON"),
        (r#"{"query":"{ __typename }","variables":{"n":1e999}}"#, "not JSON"),
    ] {
        refused(&server.ask(body), part);
    }
    let headers = [("Content-Type", "application/json")];
    refused(&server.send("POST", "/graphql", &headers, b"{\"query\":\"{ \xff }\"}"), "not JSON");
    let deep = format!(
        r#"{{"query":"{{ __typename }}","variables":{{"a":{}1{}}}}}"#,
        "[".repeat(500),
        "]".repeat(500)
    );
    refused(&server.ask(&deep), "recursion");
    for body in [
        r#"{"query":"{ __typename }"}"#,
        "\u{feff}{\"query\":\"{ __typename }\"}",
        r#"{"query":"{ __typename }","operationName":null,"variables":null,"extensions":null}"#,
        r#"{"query":"{ __typename }","id":7,"documentId":null,"扩展":{"任意":[1.5]},"extensions":{"code":1}}"#,
        " \n{\"query\" : \"{ __typename }\"}\n",
    ] {
        let reply = server.ask(body);
        assert_eq!(
            (reply.status, reply.json()),
            (200, json!({ "data": { "__typename": "Query" } })),
            "{body}"
        );
    }
    let typed = r#"{"query":"query($i: Int, $s: String, $l: [String!]) { items(first: $i, after: $s, filter: { domain: $l }) { totalCount } }",
        "variables":{"i":1,"s":null,"l":["12"],"unused":{"deep":[true]}}}"#;
    assert_eq!(server.ask(typed).json(), json!({ "data": { "items": { "totalCount": 0 } } }));
}

#[tokio::test]
async fn a_link_is_utf_8_with_each_parameter_once() {
    let (_app, server) = served().await;
    for (target, part) in [
        ("/graphql", "`query` is missing"),
        ("/graphql?query=", "`query` is missing"),
        ("/graphql?query={__typename}&query={__typename}", "\"query\" stands twice"),
        ("/graphql?query=%FF", "UTF-8"),
        ("/graphql?query={__typename}&variables={", "variables is not JSON"),
        ("/graphql?query={__typename}&variables=[]", "variables should be a JSON object"),
        ("/graphql?query={__typename}&extensions=1", "extensions should be a JSON object"),
        ("/graphql?query={__typename}&extensions={\"a\":1,\"a\":2}", "stands twice"),
    ] {
        refused(&server.send("GET", &target.replace('"', "%22"), &[], b""), part);
    }
}

#[tokio::test]
async fn a_body_of_another_kind_is_not_read() {
    let (_app, server) = served().await;
    let question = br#"{"query":"{ __typename }"}"#;
    for headers in [
        &[][..],
        &[("Content-Type", "text/plain")],
        &[("Content-Type", "application/graphql")],
        &[("Content-Type", "application/x-www-form-urlencoded")],
        &[("Content-Type", "multipart/form-data; boundary=x")],
        &[("Content-Type", "application/json; charset=gbk")],
        &[("Content-Type", "application/json"), ("Content-Type", "text/plain")],
        &[("Content-Type", "application/json"), ("Content-Encoding", "gzip")],
    ] {
        let reply = server.send("POST", "/graphql", headers, question);
        assert_eq!((reply.status, reply.code().as_str()), (415, "UNSUPPORTED_MEDIA_TYPE"), "{headers:?}");
    }
    let reply =
        server.send("POST", "/graphql", &[("Content-Type", "Application/JSON; Charset=\"utf-8\"")], question);
    assert_eq!((reply.status, reply.json()["errors"].clone()), (200, Value::Null));
}

#[tokio::test]
async fn http_2_is_spoken_by_whoever_begins_with_it() {
    let (_app, server) = served().await;
    let mut curl = Command::new("curl");
    curl.args([
        "-s",
        "--http2-prior-knowledge",
        "-w",
        " %{http_version} %{http_code}",
        "-H",
        "Content-Type: application/json",
    ]);
    curl.args(["-d", r#"{"query":"{ __typename }"}"#, &format!("{}/graphql", server.address)]);
    assert_eq!(run(curl).stdout, r#"{"data":{"__typename":"Query"}} 2 200"#);
}
