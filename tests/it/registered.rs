//! Registered operations: a folder that is checked against the schema, and what a server makes of it.

use std::{fs, path::Path};

use mulu::config::Limits;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::kit::{Backend, Output, Reply, Server, TestApp, mulu, run, source};

/// The folder of the documentation.
const EXAMPLE: &str = "examples/operations";

/// How long others may keep what is about now.
const SHORT: &str = "public, max-age=10, stale-while-revalidate=50";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// `mulu operations …` on a folder, without a database.
fn operations(folder: &Path, arguments: &[&str]) -> Output {
    let place = folder.to_str().unwrap();
    run(mulu(&[&["operations", arguments[0], place], &arguments[1..]].concat()))
}

fn findings(folder: &Path) -> Vec<Value> {
    let output = operations(folder, &["check", "--json"]);
    let answer: Value = serde_json::from_str(&output.stdout).unwrap();
    let findings = answer["findings"].as_array().unwrap().clone();
    assert_eq!(output.code, Some(i32::from(!findings.is_empty())), "{findings:?}");
    findings
}

fn id(text: &str) -> String {
    let digits: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

/// A server of the example with its registered operations and further settings.
fn serve(app: &TestApp, settings: &[(&str, &str)]) -> Server {
    let folder = source(EXAMPLE);
    Server::with(app, &[&[("MULU_OPERATIONS_FOLDER", folder.as_str())], settings].concat())
}

fn get(server: &Server, target: &str) -> Reply {
    server.send("GET", target, &[("Accept", "application/graphql-response+json")], b"")
}

#[test]
fn a_field_that_the_schema_does_not_have_is_told_with_operation_and_line() {
    let mut text = fs::read_to_string(source("examples/operations/board.graphql")).unwrap();
    assert!(operations(Path::new(&source(EXAMPLE)), &["check"]).stdout.contains('4'));
    let line_of = |text: &str, part: &str| 1 + text.lines().position(|line| line.contains(part)).unwrap();
    text = text.replace("hasNextPage", "hasMorePages");
    let broken = folder(&[("board.graphql", &text)]);
    let [finding] = &findings(broken.path())[..] else { panic!("one finding") };
    assert_eq!(finding["operations"], json!(["ChangesSince"]));
    assert_eq!((&finding["line"], &finding["column"]), (&line_of(&text, "hasMorePages").into(), &16.into()));
    assert!(finding["en"].as_str().unwrap().contains("hasMorePages"), "{finding}");
    assert!(finding["zh"].as_str().unwrap().contains("模式"), "{finding}");
    let shown = operations(broken.path(), &["check"]);
    let place = format!("board.graphql:{}:16 ChangesSince: ", line_of(&text, "hasMorePages"));
    assert!(shown.code == Some(1) && shown.stdout.contains(&place), "{}", shown.stdout);

    // In a fragment: all that spread it, also through another one.
    let text = "query A { item(code: \"x\") { ...F } }\nquery B { item(code: \"x\") { ...G } }\n\
                query C { platform { revision } }\nfragment G on Item { ...F }\nfragment F on Item { nmae }\n";
    let [finding] = &findings(folder(&[("all.graphql", text)]).path())[..] else { panic!("one finding") };
    assert_eq!((&finding["operations"], &finding["line"]), (&json!(["A", "B"]), &5.into()));
}

#[test]
fn what_cannot_be_registered_is_told_with_its_place() {
    let deep = format!("query Deep {{ items(first: 100) {{ nodes {{ {} }} }} }}", {
        let adoptions = "adoptions(first: 100) { nodes { item { code } } }";
        format!("a: {adoptions} b: {adoptions} c: {adoptions} d: {adoptions} e: {adoptions} f: {adoptions}")
    });
    for (text, place, names, part) in [
        ("\n{ platform { revision } }", (2, 1), json!([]), "name"),
        ("mutation M { platform { revision } }", (1, 1), json!(["M"]), "queries"),
        ("query Q {", (1, 10), json!([]), "GraphQL document"),
        ("query Q { platform { revision(x: 1) } }", (1, 31), json!(["Q"]), "x"),
        ("query Q($code: Int!) { item(code: $code) { code } }", (1, 35), json!(["Q"]), "$code is Int!"),
        ("query Q($code: String) { item(code: $code) { code } }", (1, 37), json!(["Q"]), "String!"),
        (
            "query Q($at: String) { ...F } fragment F on Query { items(filter: { domain: [$at] }) { totalCount } }",
            (1, 67),
            json!(["Q"]),
            "$at",
        ),
        ("query Q($no: Int) { platform @skip(if: $no) { revision } }", (1, 40), json!(["Q"]), "Boolean!"),
        ("query Q($code: Strng) { platform { revision } }", (1, 9), json!(["Q"]), "Strng"),
        (deep.as_str(), (1, 1), json!(["Deep"]), "cost"),
    ] {
        let found = findings(folder(&[("a.graphql", text)]).path());
        let first = &found[0];
        assert_eq!(
            (&first["line"], &first["column"]),
            (&place.0.into(), &place.1.into()),
            "{text}: {found:?}"
        );
        assert_eq!(first["operations"], names, "{text}: {found:?}");
        assert!(first["en"].as_str().unwrap().contains(part), "{text}: {found:?}");
        assert!(!first["zh"].as_str().unwrap().is_ascii(), "{found:?}");
    }
    let twice = folder(&[
        ("a.graphql", "query Same { platform { revision } }"),
        ("b.graphql", "# The second\nquery Same { __typename }"),
    ]);
    let [finding] = &findings(twice.path())[..] else { panic!("one finding") };
    assert!(finding["file"].as_str().unwrap().ends_with("b.graphql") && finding["line"] == 2, "{finding}");
    assert!(finding["en"].as_str().unwrap().contains("a.graphql:1"), "{finding}");
    let bytes = folder(&[]);
    fs::write(bytes.path().join("a.graphql"), b"query Q { platform { revision } } # \xff").unwrap();
    assert!(findings(bytes.path())[0]["en"].as_str().unwrap().contains("UTF-8"));
    for (place, part) in [(folder(&[]).path(), ".graphql"), (Path::new("/nowhere"), "/nowhere")] {
        let refused = operations(place, &["check"]);
        assert!(refused.code == Some(1) && refused.stderr.contains(part), "{}", refused.stderr);
    }
}

#[test]
fn a_manifest_and_a_list_name_every_operation() {
    let example = source(EXAMPLE);
    let listed: Value =
        serde_json::from_str(&operations(Path::new(&example), &["list", "--json"]).stdout).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("manifest.json");
    let loaded = operations(Path::new(&example), &["load", "--out", file.to_str().unwrap()]);
    assert_eq!(loaded.code, Some(0), "{}", loaded.stderr);
    let manifest: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(manifest["format"], "apollo-persisted-query-manifest");
    let names: Vec<&Value> = listed.as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["Catalogues", "ChangesSince", "Item", "NoticeBoard"]);
    for (listed, entry) in listed.as_array().unwrap().iter().zip(manifest["operations"].as_array().unwrap()) {
        let body = entry["body"].as_str().unwrap();
        assert_eq!(listed["documentId"], id(body));
        assert_eq!(format!("sha256:{}", entry["id"].as_str().unwrap()), id(body));
        assert_eq!(fs::read_to_string(listed["file"].as_str().unwrap()).unwrap(), body);
        assert!(listed["cost"].as_u64().unwrap() < Limits::default().cost, "{listed}");
    }
    let text = operations(Path::new(&example), &["list"]).stdout;
    let board = "NoticeBoard($division: String!, $channels: [String!] = [\"COMMUNITY_BOARD\"])";
    assert!(text.contains(board), "{text}");
}

/// Every operation of the example: its link and the variables that it says.
const ASKED: [(&str, &str, &str); 6] = [
    ("Item", "?code=513230000000-12-0001", r#"{"code":"513230000000-12-0001"}"#),
    ("Item", "?code=nowhere", r#"{"code":"nowhere"}"#),
    ("Catalogues", "?division=513230&first=3&after=", r#"{"division":"513230","first":3}"#),
    (
        "NoticeBoard",
        "?division=530902202000&channels=COMMUNITY_BOARD&channels=BROADCAST",
        r#"{"division":"530902202000","channels":["COMMUNITY_BOARD","BROADCAST"]}"#,
    ),
    (
        "NoticeBoard",
        "?channels=%5B%22COMMUNITY_BOARD%22%5D&division=530902202000",
        r#"{"division":"530902202000","channels":["COMMUNITY_BOARD"]}"#,
    ),
    ("ChangesSince", "?since=75", r#"{"since":75}"#),
];

async fn links_answer_like_post(app: TestApp) {
    let server = serve(&app, &[]);
    let list = get(&server, "/q").json();
    assert_eq!(list["only"], false);
    for (name, query, variables) in ASKED {
        let listed = list["operations"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap();
        assert!(listed["link"].as_str().unwrap().starts_with(&format!("/q/{name}{{?")), "{listed}");
        let target = format!("/q/{name}{query}");
        let read = get(&server, &target);
        let by_id = format!(
            r#"{{"documentId":{},"operationName":"{name}","variables":{variables}}}"#,
            listed["documentId"]
        );
        let posted = server.ask(&by_id);
        assert_eq!((read.status, posted.status), (200, 200), "{target}: {} {}", read.body, posted.body);
        assert_eq!(read.body, posted.body, "{target}");
        assert!(
            read.json()["errors"].is_null() && read.json()["data"].is_object(),
            "{target}: {}",
            read.body
        );
        assert_eq!(read.header("content-type"), posted.header("content-type"));
        assert_eq!(read.header("cache-control"), SHORT);
        assert_eq!(posted.header("cache-control"), "no-store");
        assert_eq!(read.header("access-control-allow-origin"), "*");
        assert!(read.header("vary").contains("accept") && read.header("vary").contains("x-mulu-cost"));
        let head = server.send("HEAD", &target, &[("Accept", "application/graphql-response+json")], b"");
        assert_eq!((head.status, head.body.as_str()), (200, ""));
        assert_eq!(head.header("content-length"), read.body.len().to_string());
        let tag = read.header("etag");
        let again = [("Accept", "application/graphql-response+json"), ("If-None-Match", tag.as_str())];
        let unchanged = server.send("GET", &target, &again, b"");
        assert_eq!((unchanged.status, unchanged.body.as_str()), (304, ""), "{tag}");
        assert_eq!(unchanged.header("cache-control"), SHORT);
    }
    let metrics = server.send("GET", "/metrics", &[], b"").body;
    for (name, count) in [("Item", 8), ("NoticeBoard", 8), ("Catalogues", 4), ("ChangesSince", 4)] {
        let line = format!(
            "mulu_graphql_operations_total{{kind=\"query\",operation=\"{name}\",outcome=\"ok\"}} {count}"
        );
        assert!(metrics.lines().any(|known| known == line), "{line}: {metrics}");
    }
}

#[tokio::test]
async fn links_answer_like_post_on_sqlite() {
    links_answer_like_post(TestApp::example(Backend::Sqlite).await).await;
}

#[tokio::test]
async fn links_answer_like_post_on_postgres() {
    links_answer_like_post(TestApp::example(Backend::Postgres).await).await;
}

on_both_stores! {
    async fn what_does_not_fit_is_refused_with_what_there_is(app: TestApp) {
        let kinds = "query Kinds($yes: Boolean!, $filter: ItemFilter, $ids: [ID!] = [], $kind: CatalogueKind) {\n  \
                     items(filter: $filter) { totalCount }\n  nodes(ids: $ids) @include(if: $yes) { id }\n  \
                     catalogues(kind: $kind) { totalCount }\n}\n";
        let folder = folder(&[("kinds.graphql", kinds), ("plain.graphql", "query Plain { __typename }")]);
        let server = Server::with(&app, &[("MULU_OPERATIONS_FOLDER", folder.path().to_str().unwrap())]);
        let answer = get(&server, "/q/Kinds?yes=false&kind=STANDARD&ids=a&filter=%7B%22name%22%3A%22x%22%7D");
        assert_eq!(answer.status, 200, "{}", answer.body);
        for (target, status, code, part) in [
            ("/q/Kinds", 400, "BAD_INPUT", "$yes"),
            ("/q/Kinds?yes=1", 400, "BAD_INPUT", "Boolean!"),
            ("/q/Kinds?yes=true&yes=true", 400, "BAD_INPUT", "more than once"),
            ("/q/Kinds?yes=false&filter=x", 400, "BAD_INPUT", "JSON"),
            ("/q/Kinds?yes=false&ids=%5Bx", 400, "BAD_INPUT", "array"),
            ("/q/Kinds?yes=false&kind=NONE", 400, "BAD_INPUT", "kind"),
            ("/q/Kinds?yes=false&Kind=STANDARD", 400, "BAD_INPUT", "kind: CatalogueKind"),
            ("/q/Kinds?yes=%ff", 400, "BAD_INPUT", "UTF-8"),
            ("/q/Plain?x=1", 400, "BAD_INPUT", "none"),
            ("/q/Nothing", 404, "UNKNOWN_OPERATION", "/q"),
        ] {
            let reply = get(&server, target);
            assert_eq!((reply.status, reply.code().as_str()), (status, code), "{target}: {}", reply.body);
            let message = &reply.json()["errors"][0]["message"];
            assert!(message.as_str().unwrap().contains(part), "{target}: {message}");
            assert_eq!(reply.header("cache-control"), "no-store", "{target}");
        }
        let posted = server.send("POST", "/q/Plain", &[("Content-Type", "application/json")], b"{}");
        assert_eq!((posted.status, posted.header("allow")), (405, "GET, HEAD".to_owned()));
        let plain = id("query Plain { __typename }");
        assert_eq!(get(&server, &format!("/graphql?documentId={plain}")).status, 200);
        for (body, status, code) in [
            (json!({ "documentId": plain, "query": "{ __typename }" }), 400, "BAD_INPUT"),
            (json!({ "documentId": "sha256:12" }), 400, "BAD_INPUT"),
            (json!({ "documentId": 1 }), 400, "BAD_INPUT"),
            (json!({ "documentId": id("{ __typename }") }), 404, "UNKNOWN_OPERATION"),
        ] {
            let reply = server.ask(&body.to_string());
            assert_eq!((reply.status, reply.code().as_str()), (status, code), "{body}");
        }
        // Whoever writes a registered name over a question of his own is one of many.
        server.ask(r#"{"query":"query Plain { a: __typename }"}"#);
        let metrics = server.send("GET", "/metrics", &[], b"").body;
        let line = "mulu_graphql_operations_total{kind=\"query\",operation=\"other\",outcome=\"ok\"} 1";
        assert!(metrics.lines().any(|known| known == line), "{metrics}");
    }

    async fn registered_operations_may_be_the_only_ones(app: TestApp) {
        let plain = "query Plain { __typename }";
        let folder = folder(&[("plain.graphql", plain)]);
        let place = folder.path().to_str().unwrap();
        let only = [("MULU_OPERATIONS_FOLDER", place), ("MULU_OPERATIONS_ONLY", "true")];
        let server = Server::with(&app, &only);
        let persisted = |text: &str| json!({ "persistedQuery": { "version": 1, "sha256Hash": &id(text)[7..] } });
        for body in [
            json!({ "documentId": id(plain) }),
            json!({ "query": plain }),
            json!({ "extensions": persisted(plain) }),
        ] {
            let reply = server.ask(&body.to_string());
            assert_eq!((reply.status, reply.json()), (200, json!({ "data": { "__typename": "Query" } })), "{body}");
        }
        assert_eq!(get(&server, "/q/Plain").status, 200);
        assert_eq!(get(&server, "/q").json()["only"], true);
        assert_ne!(get(&server, "/graphiql").status, 403);
        let refused = "OPERATION_NOT_REGISTERED";
        for (body, code) in [
            (json!({ "query": "{ __typename }" }), refused),
            (json!({ "query": "{ __schema { queryType { name } } }" }), refused),
            (json!({ "query": "{" }), refused),
            (json!({ "extensions": persisted("{ __typename }") }), refused),
            (json!({ "query": "{ a: __typename }", "extensions": persisted("{ a: __typename }") }), refused),
        ] {
            let reply = server.ask(&body.to_string());
            assert_eq!((reply.status, reply.code().as_str()), (403, code), "{body}");
        }
    }

    async fn a_server_does_not_start_where_an_operation_is_not_valid(app: TestApp) {
        let folder = folder(&[("a.graphql", "query Fine { __typename }"), ("b.graphql", "query Odd {\n  nmae\n}")]);
        let place = folder.path().to_str().unwrap();
        for (folder, only, parts) in [
            (place, "false", &["b.graphql:2:3 Odd", "nmae"][..]),
            ("/nowhere", "false", &["/nowhere"][..]),
            ("", "true", &["operations.folder"][..]),
            (place, "perhaps", &["perhaps"][..]),
        ] {
            let mut command = app.command(&["serve", "--listen", "127.0.0.1:0"]);
            command.env("MULU_OPERATIONS_FOLDER", folder).env("MULU_OPERATIONS_ONLY", only);
            let output = run(command);
            assert_eq!(output.code, Some(1), "{folder} {only}");
            assert!(parts.iter().all(|part| output.stderr.contains(part)), "{}", output.stderr);
        }
        let none = Server::with(&app, &[]);
        assert_eq!(get(&none, "/q").json(), json!({ "only": false, "operations": [] }));
        assert_eq!(get(&none, "/q/Fine").status, 404);
    }
}
