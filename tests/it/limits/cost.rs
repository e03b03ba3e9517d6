//! What a question was said to cost is never less than what was done for it.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use async_graphql::Request;
use proptest::{
    prelude::*,
    test_runner::{TestCaseError, TestError, TestRunner},
};
use serde_json::Value;

use super::generate::{Generator, Known, Schema};
use crate::kit::{Asking, Backend, Server, TestApp, runner};

const LISTS: &str = "{
    items(first: 60) { nodes { id code version { id } } } catalogues(first: 40) { nodes { id code version { id } } }
    divisions(first: 5, level: COUNTY) { nodes { id } } units(first: 5) { nodes { id } }
    legalBases(first: 5) { nodes { id } } domains(first: 3) { nodes { id } } channels(first: 3) { nodes { id } }
    platform { revision }
}";

/// What the example has to ask for.
pub async fn known(asking: &Asking) -> Known {
    let data = asking.data(LISTS).await;
    let texts = |list: &str, path: &str| -> Vec<String> {
        let nodes = data[list]["nodes"].as_array().unwrap().iter();
        nodes.filter_map(|node| node.pointer(path)?.as_str().map(str::to_owned)).collect()
    };
    let lists = ["items", "catalogues", "divisions", "units", "legalBases", "domains", "channels"];
    let mut versions = texts("catalogues", "/version/id");
    let mut ids: Vec<String> = lists.iter().flat_map(|list| texts(list, "/id")).collect();
    ids.extend(versions.iter().cloned());
    versions.extend(texts("catalogues", "/id"));
    Known {
        ids,
        versions,
        items: texts("items", "/code"),
        catalogues: texts("catalogues", "/code"),
        revision: data["platform"]["revision"].as_u64().unwrap(),
    }
}

/// How many fields and objects an answer holds.
fn resolved(value: &Value) -> u64 {
    match value {
        Value::Object(fields) => fields.values().map(|value| 1 + resolved(value)).sum(),
        Value::Array(values) => {
            let object = |value: &&Value| matches!(value, Value::Object(_) | Value::Null);
            values.iter().filter(object).count() as u64 + values.iter().map(resolved).sum::<u64>()
        }
        _ => 0,
    }
}

/// How it went over all questions.
#[derive(Default)]
struct Tally {
    asked: Cell<u32>,
    refused: Cell<u32>,
    resolved: Cell<u64>,
    cost: Cell<u64>,
    statements: Cell<u64>,
}

async fn never_exceeded(backend: Backend, runner: &mut TestRunner) {
    let app = TestApp::example(backend).await;
    let warm = Asking::new(&app).await;
    let (schema, known, tally) = (Schema::published(), known(&warm).await, Tally::default());
    let runtime = tokio::runtime::Handle::current();
    let asking = RefCell::new(Rc::new(warm));
    let outcome = tokio::task::block_in_place(|| {
        runner.run(&prop::collection::vec(any::<u16>(), 0..400), |choices| {
            let request = || Generator::new(&schema, &known, &choices).question();
            runtime.block_on(async {
                // Every so often with nothing in memory, where all must be asked of the database.
                if tally.asked.get() % 5 == 0 {
                    asking.replace(Rc::new(Asking::new(&app).await));
                }
                tally.asked.set(tally.asked.get() + 1);
                let asking = asking.borrow().clone();
                check(&asking, request(), &tally).await?;
                // Its document is known now, and answered in another way.
                check(&asking, request(), &Tally::default()).await
            })
        })
    });
    eprintln!(
        "{} questions, {} refused; cost {}, resolved {}, statements {}",
        tally.asked.get(),
        tally.refused.get(),
        tally.cost.get(),
        tally.resolved.get(),
        tally.statements.get()
    );
    match outcome {
        Ok(()) => {}
        // The numbers that the question was made of say nothing; the seed makes them again.
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        Err(error) => panic!("{error}"),
    }
    assert!(tally.refused.get() * 2 < tally.asked.get(), "too few were answered to say anything");
}

async fn check(asking: &Asking, request: Request, tally: &Tally) -> Result<(), TestCaseError> {
    let question = request.query.clone();
    let before = asking.reader.store().statements();
    let answer = asking.answer(request).await;
    let statements = asking.reader.store().statements() - before;
    if let Some(errors) = answer["errors"].as_array() {
        for error in errors {
            let refused = error["extensions"]["code"] == "QUERY_TOO_COSTLY";
            if refused {
                tally.refused.set(tally.refused.get() + 1);
                return Ok(());
            }
            prop_assert!(error["path"].is_array(), "the question is not valid: {error}\n{question}");
        }
    }
    let (cost, resolved) = (answer["extensions"]["cost"].as_u64().unwrap(), resolved(&answer["data"]));
    prop_assert!(resolved <= cost, "{resolved} resolved, cost {cost}: {question}");
    prop_assert!(statements <= cost, "{statements} statements, cost {cost}: {question}");
    tally.cost.set(tally.cost.get() + cost);
    tally.resolved.set(tally.resolved.get() + resolved);
    tally.statements.set(tally.statements.get() + statements);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_costs_more_than_was_said_sqlite() {
    never_exceeded(Backend::Sqlite, &mut runner("cost on SQLite", 10_000)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_costs_more_than_was_said_postgres() {
    never_exceeded(Backend::Postgres, &mut runner("cost on PostgreSQL", 1_000)).await;
}

#[tokio::test]
async fn all_below_a_place_is_counted_where_nothing_is_in_memory() {
    let place = r#"division: "100000000000", includeDescendants: true"#;
    let lists = [
        format!("catalogues({place}, domain: \"20\")"),
        format!("items(filter: {{ {place}, domain: [\"20\"] }})"),
    ];
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let app = TestApp::example(backend).await;
        for list in &lists {
            let cold = Asking::new(&app).await;
            let request = Request::new(format!("{{ {list} {{ __typename }} }}"));
            check(&cold, request, &Tally::default()).await.unwrap();
        }
    }
}

#[tokio::test]
async fn the_cost_is_said_to_those_who_ask_for_it() {
    let app = TestApp::new(Backend::Sqlite).await;
    let server = Server::start(&app, &["serve", "--listen", "127.0.0.1:0"]);
    let path = "/graphql?query=%7Bplatform%7Brevision%7D%7D";
    let said = |headers: &[(&str, &str)]| {
        let text = server.get_with(path, headers).body_mut().read_to_string().unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["extensions"]["cost"].clone()
    };
    assert_eq!((said(&[("x-mulu-cost", "1")]), said(&[])), (6.into(), Value::Null));
}
