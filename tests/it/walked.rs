//! What is answered by one walk is, byte for byte, what the derived resolvers answer, and what fails fails alike.

use std::cell::Cell;

use async_graphql::{Request, Response, Value};
use mulu::{catalogue::text::Text, graphql};
use proptest::{
    prelude::*,
    test_runner::{TestCaseError, TestRunner},
};

use crate::{
    kit::{Asking, Backend, TestApp, runner},
    limits::{
        cost::known,
        generate::{Generator, Schema},
    },
};

/// The fields of the root below which walks begin, and one below which they do not.
const ROOTS: [&str; 9] =
    ["item", "items", "catalogue", "catalogues", "domain", "domains", "division", "at", "node"];

/// A row with every element that there is, and two that show little of themselves.
const ROWS: &str = r#"{"catalogue":"530115000000-00S","label":"第一版","effectiveFrom":"2026-01-01","elements":[{"key":"方式","label":"监督方式","part":"content","schema":{"type":"string"}}],"sources":[{"title":"表","url":"https://x.example/表"}]}
{"content":{"names":["一级","二级","三级 \"引\"\n\\"],"points":[{"text":"甲","required":true},{"text":"乙"}],"basis":[{"text":"《中华人民共和国政府信息公开条例》第一条","title":"中华人民共和国政府信息公开条例","article":"第一条"},{"text":"无"}],"timeLimits":[{"kind":"WITHIN","count":20,"unit":"WORKING_DAY"},{"kind":"PERIODIC","period":"YEAR","scope":"年报"}],"publicityPeriod":{"count":5,"unit":"DAY","atLeast":true},"methods":{"proactive":true,"onRequest":false},"channels":[{"code":"GOV_WEBSITE","required":true},{"code":"OTHER","text":"村口"}],"audience":{"wholeSociety":false,"groups":[{"text":"低保户","code":"x"}]},"extensions":{"方式":"电话"}},"local":{"domain":"20","units":[{"text":"区民政局"},{"text":"甲或乙","alternatives":["甲","乙"]}],"levels":{"COUNTY":true,"TOWNSHIP":false},"addresses":{"GOV_WEBSITE":"https://x.example/"},"inferred":["LEVEL"]},"source":0}
{"content":{"names":["无"],"points":[]},"local":{}}
{"content":{"names":["空"],"basis":[],"timeLimits":[],"channels":[],"methods":{}},"local":{"units":[],"levels":{}}}
"#;

/// How it went over all questions.
#[derive(Default)]
struct Tally {
    asked: Cell<u32>,
    walked: Cell<u32>,
    failed: Cell<u32>,
}

/// The example with such rows, of which some were erased.
async fn app(backend: Backend) -> TestApp {
    let app = TestApp::example(backend).await;
    let file = app.file("rows.ndjson", ROWS);
    app.ok(&["import", &file, "--publish"]);
    let asking = Asking::new(&app).await;
    let found = asking
        .data("{ items(first: 60) { nodes { contentDigest } } catalogue(code: \"530115000000-00S\") { version { items { nodes { code contentDigest } } } } }")
        .await;
    let digest = |pointer: &str| found.pointer(pointer).unwrap().as_str().unwrap().parse().unwrap();
    app.store.redact(digest("/items/nodes/7/contentDigest"), Text::new("个人信息")).await.unwrap();
    app
}

fn text(data: &Value) -> String {
    let mut text = Vec::new();
    graphql::write(data, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// Whether some of it was walked.
fn is_walked(data: &Value) -> bool {
    match data {
        Value::Binary(_) => true,
        Value::List(values) => values.iter().any(is_walked),
        Value::Object(members) => members.values().any(is_walked),
        _ => false,
    }
}

/// Errors as they are told, in an order of their own: fields that wait for the database fail when it answers.
fn errors(response: &Response) -> Vec<String> {
    let told = response.errors.iter().map(|error| serde_json::to_string(error).unwrap());
    let mut told: Vec<String> = told.collect();
    told.sort();
    told
}

async fn equal(backend: Backend, runner: &mut TestRunner) {
    let app = app(backend).await;
    let warm = Asking::new(&app).await;
    let (schema, mut known, tally) = (Schema::published(), known(&warm).await, Tally::default());
    known.items.extend((1..=3).map(|serial| format!("530115000000-00S-000{serial}")));
    known.catalogues.push("530115000000-00S".to_owned());
    let runtime = tokio::runtime::Handle::current();
    let outcome = tokio::task::block_in_place(|| {
        runner.run(&prop::collection::vec(any::<u16>(), 0..300), |choices| {
            let request = || Generator::new(&schema, &known, &choices).of_roots(&ROOTS).question();
            runtime.block_on(async {
                // Every so often with nothing in memory, where a walk must begin anew.
                let cold = match tally.asked.get() % 20 {
                    0 => Some(Asking::new(&app).await),
                    10 => Some(Asking::without_refs(&app).await),
                    _ => None,
                };
                check(&warm, cold.as_ref(), request, &tally).await
            })
        })
    });
    let (asked, walked, failed) = (tally.asked.get(), tally.walked.get(), tally.failed.get());
    eprintln!("{asked} questions, {walked} walked, {failed} with errors");
    if let Err(error) = outcome {
        panic!("{error}");
    }
    assert!(walked * 4 > asked, "too few were walked to say anything");
    assert!(failed > 0, "none failed");
}

async fn check(
    warm: &Asking,
    cold: Option<&Asking>,
    request: impl Fn() -> Request,
    tally: &Tally,
) -> Result<(), TestCaseError> {
    let [derived, walked] = warm.both(&request).await;
    prop_assert!(!is_walked(&derived.data));
    let add = |count: &Cell<u32>, holds: bool| count.set(count.get() + u32::from(holds));
    add(&tally.asked, true);
    add(&tally.walked, is_walked(&walked.data));
    add(&tally.failed, !walked.errors.is_empty());
    prop_assert_eq!(text(&derived.data), text(&walked.data), "{}", request().query);
    prop_assert_eq!(errors(&derived), errors(&walked), "{}", request().query);
    if let Some(cold) = cold {
        let answer = cold.walked(request()).await;
        prop_assert_eq!(text(&derived.data), text(&answer.data), "cold: {}", request().query);
        prop_assert_eq!(errors(&derived), errors(&answer), "cold: {}", request().query);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_answers_what_the_derived_resolvers_answer_on_sqlite() {
    equal(Backend::Sqlite, &mut runner("walked on SQLite", 8_000)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_answers_what_the_derived_resolvers_answer_on_postgres() {
    equal(Backend::Postgres, &mut runner("walked on PostgreSQL", 2_000)).await;
}

on_both_stores! {
    async fn fields_that_stand_twice_are_answered_together(app: TestApp) {
        crate::kit::publish(&app, "513230000000-12", "2026-01-01", 3).await;
        let asking = Asking::new(&app).await;
        for (question, walked) in [
            ("{ items(first: 2) { nodes { code } nodes { name } pageInfo { hasNextPage } } }", true),
            ("{ items(first: 2) { nodes { code } } items(first: 2) { nodes { name } } }", false),
            ("{ ...A ...B } fragment A on Query { domains { nodes { code } } } fragment B on Query { domains { nodes { name } } }", false),
            ("{ items { nodes { proof code division { name } } } }", false),
            ("{ items { nodes { ... on Item { name } ... on Node { id } __typename } __typename } }", true),
            ("{ item(code: \"513230000000-12-0001\") { name @skip(if: true) } }", false),
            ("{ at(effectiveOn: \"2026-06-01\") { items { totalCount facets { domains { count domain { code } } } } } }", true),
        ] {
            let [derived, answer] = asking.both(|| Request::new(question)).await;
            assert_eq!(text(&derived.data), text(&answer.data), "{question}");
            assert_eq!(errors(&derived), errors(&answer), "{question}");
            assert_eq!(is_walked(&answer.data), walked, "{question}");
        }
    }

    async fn a_cold_walk_asks_in_as_many_rounds_as_its_parts_lie_behind_another(app: TestApp) {
        crate::kit::publish(&app, "513230000000-12", "2026-01-01", 60).await;
        let mut statements = Vec::new();
        for first in [5, 60] {
            let asking = Asking::new(&app).await;
            let before = app.store.statements();
            let question = format!("{{ items(first: {first}) {{ nodes {{ name division {{ fullName }} responsibleUnits {{ unit {{ name }} }} }} }} }}");
            let answer = asking.walked(Request::new(question)).await;
            assert!(is_walked(&answer.data), "{answer:?}");
            statements.push(app.store.statements() - before);
        }
        assert_eq!(statements[0], statements[1]);
    }
}
