//! Walking any connection, in either direction and at any page size, visits every element once and in order, also while
//! versions are published: the cursor keeps the state in which the walk began.

use proptest::{prelude::*, strategy::ValueTree};
use serde_json::Value;

use crate::kit::{Asking, TestApp, cases, publish, runner};

const CODE: &str = "513230000000-12";

/// Every kind of connection: a question with the paging arguments to come, and where the connection is in the answer.
const CONNECTIONS: [(&str, &str); 17] = [
    ("{ items(ARGUMENTS) PAGE }", "/items"),
    ("{ items(orderBy: CODE, ARGUMENTS) PAGE }", "/items"),
    ("{ items(orderBy: RECENTLY_CHANGED, ARGUMENTS) PAGE }", "/items"),
    (
        "{ items(filter: { division: \"5132\", includeDescendants: true, level: [COUNTY], name: \"\u{4e8b}\u{9879}\" }, ARGUMENTS) PAGE }",
        "/items",
    ),
    (
        "{ items(filter: { division: \"513230100\", includeAncestors: true }, orderBy: CODE, ARGUMENTS) PAGE }",
        "/items",
    ),
    ("{ catalogues(ARGUMENTS) PAGE }", "/catalogues"),
    ("{ domains(ARGUMENTS) PAGE }", "/domains"),
    ("{ channels(ARGUMENTS) PAGE }", "/channels"),
    ("{ units(ARGUMENTS) PAGE }", "/units"),
    ("{ legalBases(ARGUMENTS) PAGE }", "/legalBases"),
    ("{ divisions(level: TOWNSHIP, ARGUMENTS) PAGE }", "/divisions"),
    ("{ division(code: \"5132\") { children(ARGUMENTS) PAGE } }", "/division/children"),
    ("{ division(code: \"513230\") { catalogues(ARGUMENTS) PAGE } }", "/division/catalogues"),
    ("{ domain(code: \"12\") { catalogues(ARGUMENTS) PAGE } }", "/domain/catalogues"),
    ("{ catalogue(code: \"513230000000-12\") { versions(ARGUMENTS) PAGE } }", "/catalogue/versions"),
    (
        "{ catalogue(code: \"513230000000-12\") { version(number: 1) { items(ARGUMENTS) PAGE } } }",
        "/catalogue/version/items",
    ),
    ("{ legalBases(first: 1) { nodes { citedBy(ARGUMENTS) PAGE } } }", "/legalBases/nodes/0/citedBy"),
];

const PAGE: &str = "{ totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }";

/// One page, and what it says about itself.
async fn page(asking: &Asking, (question, place): (&str, &str), arguments: &str) -> Value {
    let question = question.replace("ARGUMENTS", arguments).replace("PAGE", PAGE);
    let answer = asking.data(&question).await;
    answer.pointer(place).unwrap_or_else(|| panic!("{question}: {answer}")).clone()
}

fn ids(page: &Value) -> Vec<Value> {
    page["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["id"].clone()).collect()
}

/// A few of everything that is listed.
async fn populate(app: &TestApp) {
    let file =
        |name: &str, text: String| mulu::import::File { name: name.to_owned(), bytes: text.into_bytes() };
    let towns: String = (2..9).map(|n| format!("5132301{n:02},\u{9547}{n},TOWNSHIP,513230\n")).collect();
    let counties: String = (31..34).map(|n| format!("5132{n},\u{53bf}{n},COUNTY,5132\n")).collect();
    let units: String = (2..9).map(|n| format!("513230000000-U00{n},513230,\u{5c40}{n}\n")).collect();
    let laws: String = (1..5).map(|n| format!("L{n},\u{653f}\u{5e9c}\u{4fe1}\u{606f}\u{516c}\u{5f00}\u{6761}\u{4f8b}{},REGULATION,IN_FORCE\n", if n == 1 { "" } else { "X" })).collect();
    app.load(vec![
        file("divisions.csv", format!("code,name,level,parent\n{counties}{towns}")),
        file("units.csv", format!("code,division,name\n{units}")),
        file("legal_bases.csv", format!("code,title,kind,status\n{laws}")),
    ])
    .await;
    publish(app, CODE, "2026-01-01", 13).await;
    for number in 2..7 {
        publish(app, CODE, &format!("2026-01-{number:02}"), 11 + number).await;
    }
    publish(app, "513230000000-20", "2026-01-01", 6).await;
    publish(app, "513230100000-12", "2026-01-01", 4).await;
    publish(app, "513230102000-12V", "2026-01-01", 3).await;
}

on_both_stores! {
    async fn a_walk_sees_one_state_while_versions_are_published(app: TestApp) {
        populate(&app).await;
        let ways = Asking::in_all_ways(&app).await;
        let mut runner = runner(&format!("walks on {:?}", app.database.backend), 400);
        for case in 0..cases(400) {
            let some = (0..CONNECTIONS.len(), prop_oneof![Just(1usize), 2usize..20, Just(100)], any::<bool>(), 0usize..3);
            let (connection, size, forward, way) = some.new_tree(&mut runner).unwrap().current();
            let (connection, asking) = (CONNECTIONS[connection], &ways[way]);
            let (count, cursor, edge, more, less) = if forward {
                ("first", "after", "endCursor", "hasNextPage", "hasPreviousPage")
            } else {
                ("last", "before", "startCursor", "hasPreviousPage", "hasNextPage")
            };
            let all = ids(&page(asking, connection, "first: 100").await);
            let mut seen: Vec<Value> = Vec::new();
            let mut position = String::new();
            loop {
                let page = page(asking, connection, &format!("{count}: {size} {position}")).await;
                assert_eq!(page["totalCount"], all.len(), "{connection:?}");
                assert_eq!(page["pageInfo"][less], !seen.is_empty(), "{connection:?}");
                for (place, at) in [("startCursor", 0), ("endCursor", ids(&page).len().saturating_sub(1))] {
                    assert_eq!(page["pageInfo"][place], page["edges"][at]["cursor"], "{connection:?}");
                }
                seen = if forward { [seen, ids(&page)].concat() } else { [ids(&page), seen].concat() };
                if page["pageInfo"][more] != true {
                    break;
                }
                position = format!("{cursor}: {}", page["pageInfo"][edge]);
                if seen.len() % 5 == 1 {
                    // Something in force from today on, with other rows than before.
                    let step = u32::try_from(seen.len()).unwrap() + case;
                    let day = format!("2026-{:02}-{:02}", 1 + step % 10, 1 + step % 28);
                    publish(&app, "513230000000-20", &day, 5 + seen.len() % 7).await;
                }
            }
            assert!(!all.is_empty(), "{connection:?}");
            assert_eq!(seen, all, "{connection:?} {size} a page, forward: {forward}, way {way}");
        }
    }
}
