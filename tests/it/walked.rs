//! What is answered by one walk is, byte for byte, what the derived resolvers answer, and what fails fails alike.

use std::cell::Cell;

use async_graphql::{Request, Response, Value, Variables};
use mulu::{catalogue::text::Text, graphql};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{TestCaseError, TestRunner},
};
use serde_json::json;

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
    // The document is known now, and may be executed by its trunk.
    let again = warm.walked(request()).await;
    prop_assert_eq!(text(&derived.data), text(&again.data), "again: {}", request().query);
    prop_assert_eq!(errors(&derived), errors(&again), "again: {}", request().query);
    prop_assert_eq!(is_walked(&walked.data), is_walked(&again.data), "again: {}", request().query);
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

/// Documents whose variables change; each of these takes some of its own.
const DOCUMENTS: [&str; 8] = [
    "query($division: String!, $first: Int) { division(code: $division) { name } items(filter: { division: $division }, first: $first) {
        totalCount nodes { code name elements { kind text } } pageInfo { endCursor } } }",
    "query($item: String!) { __typename item(code: $item) { name ...F channels { channel { name } } } } fragment F on Item { code division { ...G } }
        fragment G on Division { name }",
    "query($item: String!, $division: String!) { item(code: $item) { ...F proof } division(code: $division) { ...G }
        domains { totalCount } } fragment F on Item { division { ...G } } fragment G on Division { name level }",
    "query($id: ID!) { node(id: $id) { __typename id ... on Item { name } ... on Division { name } ... on Domain { code } } }",
    "query($division: String, $first: Int) { catalogues(division: $division, first: $first) { ...C nodes { code } } divisions(level: COUNTY, first: $first) {
        totalCount nodes { code } } } fragment C on CatalogueConnection { n: totalCount }",
    "query($day: Date, $first: Int) { at(effectiveOn: $day) { items(first: $first) { nodes { code name } } } }",
    "query($first: Int) { ...R } fragment R on Query { items(first: $first, orderBy: CODE) { nodes { code basis { text } } } }",
    "query($item: String!, $order: ItemOrder) { items(first: 3, orderBy: $order) { nodes { code } }
        again: items(first: 2, orderBy: $order) { edges { node { name } } } item(code: $item) { version { number } } }",
];

/// Values for the variables of [`DOCUMENTS`], good and bad ones.
fn values(name: &str, items: &[String], ids: &[String]) -> Vec<serde_json::Value> {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).into()).collect::<Vec<_>>();
    match name {
        "division" => texts(&["530115", "530115001", "5301", "99", "x"]),
        "first" => {
            vec![2.into(), serde_json::Value::Null, 0.into(), 30.into(), 101.into(), (-1).into(), "x".into()]
        }
        "item" => items
            .iter()
            .map(|item| item.as_str().into())
            .chain(texts(&["530115000000-04-9999", "x"]))
            .collect(),
        "id" => ids.iter().map(|id| id.as_str().into()).chain(texts(&["x"])).collect(),
        "day" => texts(&["2026-06-01", "2019-01-01", "2026-13-01"]),
        _ => texts(&["CODE", "RECENTLY_CHANGED", "NONE"]),
    }
}

on_both_stores! {
    async fn the_only_field_of_a_document_that_is_known_is_the_whole_answer(empty: TestApp) {
        let app = app(empty.database.backend).await;
        let asking = Asking::new(&app).await;
        let code = asking.data("{ items(first: 1) { nodes { code } } }").await["items"]["nodes"][0]["code"].take();
        let (code, nobody) = (code.as_str().unwrap(), "513230000000-12-9999");
        // What is asked, which codes come one after the other, and which of their answers are one text.
        for (question, codes, whole) in [
            ("query($code: String!) { item(code: $code) { code elements { text } } }", [code, code, nobody, code], [false, true, false, true]),
            ("query($code: String!) { mine: item(code: $code) { code __typename } }", [code; 4], [false, true, true, true]),
            ("query($code: String!) { item(code: $code) { code } __typename }", [code; 4], [false; 4]),
            ("query($code: String!) { item(code: $code) { history { nodes { code } } } }", [code; 4], [false; 4]),
            ("query($code: String!) { node(id: $code) { id } }", [nobody; 4], [false; 4]),
            ("query($code: String!) { items(filter: { origin: $code }) { nodes { code } } }", [code; 4], [false, true, true, true]),
        ] {
            for (code, expected) in codes.into_iter().zip(whole) {
                let variables = || Variables::from_json(json!({ "code": code }));
                let (response, whole) = asking.written(Request::new(question).variables(variables())).await;
                assert_eq!(whole, expected, "{question} {code}");
                let [derived, _] = asking.both(|| Request::new(question).variables(variables())).await;
                assert_eq!(text(&response.data), text(&derived.data), "{question} {code}");
            }
        }
    }

    async fn a_document_that_is_known_is_answered_alike_whatever_its_variables_are(empty: TestApp) {
        let app = app(empty.database.backend).await;
        let asking = Asking::new(&app).await;
        let found = asking.data("{ items(first: 60) { nodes { id code } } division(code: \"530115\") { id } domain(code: \"12\") { id } units(first: 1) { nodes { id } } }").await;
        let at = |pointer: &str| found.pointer(pointer).unwrap().as_str().unwrap().to_owned();
        // What the one at 7 says was erased.
        let items = [6, 7, 20].map(|place| at(&format!("/items/nodes/{place}/code")));
        let ids = ["/items/nodes/7/id", "/items/nodes/9/id", "/division/id", "/domain/id", "/units/nodes/0/id"].map(at);
        let mut runner = runner("trunks", 4_000);
        for _ in 0..crate::kit::cases(4_000) {
            let some = (0..DOCUMENTS.len(), prop::collection::vec(any::<prop::sample::Index>(), 4)).new_tree(&mut runner);
            let (document, choices) = some.unwrap().current();
            let document = DOCUMENTS[document];
            let names = ["division", "first", "item", "id", "day", "order"];
            let asked = names.into_iter().filter(|name| document.contains(&format!("${name}:")));
            let variables: serde_json::Map<String, serde_json::Value> = asked.zip(&choices).map(|(name, choice)| {
                (name.to_owned(), choice.get(&values(name, &items, &ids)).clone())
            }).collect();
            let request = || Request::new(document).variables(async_graphql::Variables::from_json(variables.clone().into()));
            let [derived, answer] = asking.both(request).await;
            assert_eq!(text(&derived.data), text(&answer.data), "{document} {variables:?}");
            assert_eq!(errors(&derived), errors(&answer), "{document} {variables:?}");
        }
    }

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
        // Both are more than is read ahead.
        for first in [21, 60] {
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
