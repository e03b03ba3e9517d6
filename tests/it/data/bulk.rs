//! Questions that are run to their end: `POST /data/query` and `mulu query`.

use serde_json::{Value, json};

use super::lines;
use crate::kit::{Server, mulu, ndjson, publish, publish_texts, run};

const COUNTY: &str = "513230000000-12";

/// Every item, a page of three at a time.
const ITEMS: &str = "query Items($after: String, $first: Int = 3) {
    items(first: $first, after: $after, orderBy: CODE) {
        nodes { code names }
        pageInfo { hasNextPage endCursor }
    }
}";

type Response = ureq::http::Response<ureq::Body>;

fn sent(server: &Server, question: &Value) -> Response {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let request =
        agent.post(format!("{}/data/query", server.address)).header("content-type", "application/json");
    request.send(question.to_string()).unwrap()
}

fn asked(server: &Server, question: &Value) -> (u16, String) {
    let mut response = sent(server, question);
    (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
}

on_both_stores! {
    async fn a_question_is_run_to_the_end_of_its_list(app: TestApp) {
        publish(&app, COUNTY, "2026-01-01", 8).await;
        let server = Server::with(&app, &[]);
        let headers = sent(&server, &json!({ "query": ITEMS })).headers().clone();
        assert_eq!(headers["content-type"], "application/x-ndjson");
        assert_eq!(headers["x-mulu-revision"], "6");
        let (status, body) = asked(&server, &json!({ "query": ITEMS }));
        let codes = |text: &str| lines(text.as_bytes()).iter().map(|node| node["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        let all: Vec<String> = (1..=8).map(|serial| format!("{COUNTY}-{serial:04}")).collect();
        assert_eq!((status, codes(&body)), (200, all.clone()));
        // Members stand in the order in which they are asked for.
        assert!(body.starts_with("{\"code\":\"513230000000-12-0001\",\"names\":"), "{body}");
        for first in [1, 8, 100] {
            let (status, body) = asked(&server, &json!({ "query": ITEMS, "variables": { "first": first } }));
            assert_eq!((status, codes(&body)), (200, all.clone()), "{first}");
        }
        // An edge without a node is a line itself; a list without anything is no line.
        let edges = ITEMS.replace("nodes { code names }", "edges { cursor node { code } }");
        assert_eq!(codes(&asked(&server, &json!({ "query": edges })).1), all);
        let none = json!({ "query": ITEMS.replace("orderBy: CODE", "orderBy: CODE, filter: { division: \"513230100000\" }") });
        assert_eq!(asked(&server, &none), (200, String::new()));
        // The same on the command line.
        let path = app.file("items.graphql", ITEMS);
        let printed = app.ok(&["query", &path, "--variables", r#"{"first":5}"#]);
        assert_eq!(codes(&printed), all);
        let more = format!("{ITEMS} query Other {{ platform {{ revision }} }}");
        let path = app.file("several.graphql", &more);
        assert_eq!(codes(&app.ok(&["query", &path, "--operation", "Items"])), all);
        let output = app.cli(&["query", &path, "--operation", "Other"]);
        assert_eq!((output.code, output.stdout.as_str()), (Some(1), ""));
        assert!(output.stderr.contains("pageInfo"), "{}", output.stderr);
    }

    async fn what_is_wrong_with_a_question_is_told_by_a_status(app: TestApp) {
        publish(&app, COUNTY, "2026-01-01", 8).await;
        let server = Server::with(&app, &[("MULU_LIMITS_COST", "200")]);
        for (question, status, code) in [
            (json!({ "query": "{ platform { revision } }" }), 400, "BAD_INPUT"),
            (json!({ "query": ITEMS.replace("after: $after, ", "").replace("$after: String, ", "") }), 400, "BAD_INPUT"),
            (json!({ "query": "{ nothing }" }), 400, "BAD_INPUT"),
            (json!({ "query": ITEMS, "variables": { "first": 99 } }), 400, "QUERY_TOO_COSTLY"),
            (json!({ "query": ITEMS, "variables": { "after": "nonsense" } }), 400, "BAD_CURSOR"),
            (json!({}), 400, "BAD_INPUT"),
        ] {
            let (told, body) = asked(&server, &question);
            let answer: Value = serde_json::from_str(&body).unwrap();
            assert_eq!((told, answer["errors"][0]["extensions"]["code"].as_str()), (status, Some(code)), "{question} {body}");
        }
        let plain = server.send("POST", "/data/query", &[("content-type", "text/plain")], b"{}");
        assert_eq!(plain.status, 415);
        assert_eq!(server.send("GET", "/data/query", &[], b"").status, 405);
    }

    async fn the_list_stays_what_it_was_when_the_log_grows(app: TestApp) {
        publish_texts(&app, vec![ndjson(COUNTY, "2026-01-01", 3_000)]).await;
        let question = ITEMS.replace("$first: Int = 3", "$first: Int = 100");
        let path = app.file("items.graphql", &question);
        let mut command = app.command(&["query", &path]);
        let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
        let mut read = std::io::BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        std::io::BufRead::read_line(&mut read, &mut first).unwrap();
        publish(&app, "513230000000-01", "2026-01-01", 5).await;
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut read, &mut rest).unwrap();
        assert!(child.wait().unwrap().success());
        assert_eq!(rest.lines().count() + 1, 3_000);
    }
}

#[test]
fn a_question_that_cannot_be_read_is_refused() {
    let output = run(mulu(&["query", "/nowhere.graphql"]));
    assert_eq!(output.code, Some(1), "{}", output.stderr);
}
