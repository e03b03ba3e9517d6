//! What a router of a federated graph asks: the SDL with its keys, and objects by them.

use async_graphql::{Request, Variables};
use serde_json::{Value, json};

use crate::kit::{Asking, Backend, TestApp, mulu, run};

const CODE: &str = "513230000000-12";

async fn entities(asking: &Asking, representations: Value) -> Value {
    let question = "query($of: [_Any!]!) { _entities(representations: $of) { __typename
        ... on Division { name } ... on Domain { name } ... on Channel { name } ... on Catalogue { kind }
        ... on Item { name version { number } } ... on Unit { name } ... on LegalBasis { title } } }";
    let variables = Variables::from_json(json!({ "of": representations }));
    asking.answer(Request::new(question).variables(variables)).await
}

async fn found_by_their_keys(backend: Backend) {
    let app = TestApp::example(backend).await;
    let asking = Asking::new(&app).await;
    let known = asking
        .data(
            "{ division(code: \"513230\") { name } domain(code: \"12\") { name } channels(first: 1) { nodes { code name } }
            item(code: \"513230000000-12-0001\") { name version { number } }
            units(first: 1) { nodes { id name } } legalBases(first: 1) { nodes { id title } } }",
        )
        .await;
    let first = |list: &str| &known[list]["nodes"][0];
    let (channel, unit, law) = (first("channels"), first("units"), first("legalBases"));
    let representations = json!([
        { "__typename": "Division", "code": "513230" },
        { "__typename": "Domain", "code": "12" },
        { "__typename": "Channel", "code": channel["code"] },
        { "__typename": "Catalogue", "code": CODE },
        { "__typename": "Item", "code": format!("{CODE}-0001") },
        { "__typename": "Unit", "id": unit["id"] },
        { "__typename": "LegalBasis", "id": law["id"] },
        { "__typename": "Item", "code": format!("{CODE}-9999") },
        { "__typename": "Division", "code": "990000" },
    ]);
    let answer = entities(&asking, representations).await;
    assert_eq!(answer["errors"], Value::Null, "{answer}");
    let item = &known["item"];
    let expected = json!([
        { "__typename": "Division", "name": known["division"]["name"] },
        { "__typename": "Domain", "name": known["domain"]["name"] },
        { "__typename": "Channel", "name": channel["name"] },
        { "__typename": "Catalogue", "kind": "STANDARD" },
        { "__typename": "Item", "name": item["name"], "version": item["version"] },
        { "__typename": "Unit", "name": unit["name"] },
        { "__typename": "LegalBasis", "title": law["title"] },
        null,
        null,
    ]);
    assert_eq!(answer["data"]["_entities"], expected);
}

#[tokio::test]
async fn objects_are_found_by_their_keys_sqlite() {
    found_by_their_keys(Backend::Sqlite).await;
}

#[tokio::test]
async fn objects_are_found_by_their_keys_postgres() {
    found_by_their_keys(Backend::Postgres).await;
}

#[tokio::test]
async fn representations_are_bounded_and_cost() {
    let app = TestApp::new(Backend::Sqlite).await;
    let asking = Asking::new(&app).await;
    let some = |n: usize| json!(vec![json!({ "__typename": "Domain", "code": "12" }); n]);
    let (few, many) = (entities(&asking, some(2)).await, entities(&asking, some(100)).await);
    let cost = |answer: &Value| answer["extensions"]["cost"].as_u64().unwrap();
    assert!(cost(&many) > 10 * cost(&few), "{few} {many}");
    let refused = entities(&asking, some(101)).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "PAGE_TOO_LARGE", "{refused}");
    let strange = entities(&asking, json!([{ "__typename": "Version", "number": 1 }])).await;
    assert_eq!(strange["errors"][0]["extensions"]["code"], "BAD_INPUT", "{strange}");
}

#[tokio::test]
async fn the_sdl_for_routers_has_the_keys_and_the_published_one_has_none() {
    let app = TestApp::new(Backend::Sqlite).await;
    let asking = Asking::new(&app).await;
    let served = asking.data("{ _service { sdl } }").await["_service"]["sdl"].as_str().unwrap().to_owned();
    for (name, key) in [
        ("Division", "code"),
        ("Domain", "code"),
        ("Channel", "code"),
        ("Catalogue", "code"),
        ("Item", "code"),
        ("Unit", "id"),
        ("LegalBasis", "id"),
    ] {
        let line = served.lines().find(|line| line.starts_with(&format!("type {name} implements Node")));
        assert!(line.unwrap().contains(&format!("@key(fields: \"{key}\")")), "{line:?}");
    }
    let printed = run(mulu(&["schema", "--federation"]));
    assert_eq!((printed.code, printed.stdout.trim()), (Some(0), served.trim()), "{}", printed.stderr);
    let published = std::fs::read_to_string(crate::kit::source("schema/schema.graphql")).unwrap();
    for word in ["@key", "_service", "_entities", "_Any", "_Entity"] {
        assert!(!published.contains(word), "{word}");
    }
}
