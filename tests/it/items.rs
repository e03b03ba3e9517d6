//! Lists of items: what they select, in which order, how they are counted, and that both ways of reading agree.

use async_graphql::{Request, Variables};
use mulu::catalogue::text::Text;
use proptest::{prelude::*, strategy::ValueTree};
use serde_json::{Value, json};

use crate::kit::{Asking, Backend, TestApp, publish, runner};

const CODE: &str = "513230000000-12";
/// What a list shows of its rows.
const ROWS: &str = "nodes { name content { text } responsibleUnits { text } version { label } }";

/// A row of a catalogue of several domains and units, with all that lists are filtered by.
const SEVERAL: &str = r#"{"catalogue":"513230000000-00S","label":"第一版","effectiveFrom":"2026-01-01"}
{"content":{"names":["财政","预算"],"basis":[{"text":"《中华人民共和国政府信息公开条例》（国务院令第711号）","title":"中华人民共和国政府信息公开条例","documentNumber":"国务院令第711号"}],"methods":{"proactive":true,"onRequest":false},"audience":{"wholeSociety":true,"groups":[]},"channels":[]},"local":{"domain":"20","units":[{"text":"县文化局"},{"text":"县财政局"}],"levels":{"COUNTY":true,"TOWNSHIP":true}}}
{"content":{"names":["财政","决算"],"basis":[{"text":"条例"}],"methods":{"proactive":true,"onRequest":true},"audience":{"wholeSociety":false,"groups":[{"text":"低保户"}]},"timeLimits":[{"kind":"TIMELY","text":"及时"}],"channels":[{"code":"GOV_WEBSITE"},{"code":"OTHER"}]},"local":{"units":[{"text":"文化局或财政局","alternatives":["文化局","县财政局"]}]}}
{"content":{"names":["其他"],"points":[{"text":"其他信息"}]},"local":{}}
"#;

async fn several(app: &TestApp) {
    app.load(vec![mulu::import::File {
        name: "legal_bases.csv".to_owned(),
        bytes: "code,title,documentNumber,kind,status,aliases\nL1,中华人民共和国政府信息公开条例,国务院令第711号,REGULATION,IN_FORCE,政府信息公开条例\n".as_bytes().to_vec(),
    }])
    .await;
    let file = app.file("several.ndjson", SEVERAL);
    app.ok(&["import", &file, "--publish"]);
    publish(app, CODE, "2026-01-01", 3).await;
}

async fn codes(asking: &Asking, arguments: &str) -> Vec<String> {
    let answer = asking.data(&format!("{{ items{arguments} {{ nodes {{ code }} }} }}")).await;
    let nodes = answer["items"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["code"].as_str().unwrap().to_owned()).collect()
}

on_both_stores! {
    async fn filters_select_what_is_known(app: TestApp) {
        several(&app).await;
        let asking = Asking::new(&app).await;
        let ids = asking.data("{ units { nodes { id } } legalBases { nodes { id } } }").await;
        let (unit, law) = (&ids["units"]["nodes"][0]["id"], &ids["legalBases"]["nodes"][0]["id"]);
        let (wide, without) = (Asking::wide(&app).await, Asking::without_refs(&app).await);
        for (filter, items) in [
            ("domain: [\"20\"]".to_owned(), 1),
            ("kind: [SUPPLEMENTARY]".to_owned(), 3),
            ("method: [ON_REQUEST]".to_owned(), 1),
            ("wholeSociety: true".to_owned(), 1),
            ("wholeSociety: false".to_owned(), 1),
            ("audienceGroup: \"低保户\"".to_owned(), 1),
            ("timeLimit: [TIMELY]".to_owned(), 1),
            ("timeLimit: [UNSTATED]".to_owned(), 2),
            ("timeLimit: [TIMELY, WITHIN]".to_owned(), 4),
            ("channel: [\"OTHER\"]".to_owned(), 1),
            ("channel: []".to_owned(), 0),
            ("level: [TOWNSHIP]".to_owned(), 1),
            ("name: \"财政\"".to_owned(), 2),
            ("name: \"政\\n预\"".to_owned(), 1),
            (format!("unit: [{unit}]"), 4),
            (format!("legalBasis: {law}"), 4),
            (format!("legalBasis: {law}, method: [PROACTIVE]"), 1),
        ] {
            let question = format!("{{ items(filter: {{ {filter} }}) {{ totalCount nodes {{ code }} }} }}");
            let answer = asking.data(&question).await;
            assert_eq!(answer["items"]["totalCount"], items, "{filter}");
            assert_eq!(answer["items"]["nodes"].as_array().unwrap().len(), items, "{filter}");
            assert_eq!(wide.data(&question).await, answer, "{filter}");
            assert_eq!(without.data(&question).await, answer, "{filter}");
        }
        let cited = asking.data("{ legalBases { nodes { citedBy(last: 1) { totalCount nodes { code } } } } }").await;
        assert_eq!(cited["legalBases"]["nodes"][0]["citedBy"], json!({ "totalCount": 4, "nodes": [{ "code": "513230000000-12-0003" }] }));
        for refused in [format!("unit: [{law}]"), format!("legalBasis: {unit}"), "legalBasis: \"x\"".to_owned()] {
            let question = format!("{{ items(filter: {{ {refused} }}) {{ totalCount }} }}");
            assert_eq!(asking.refused(&question).await, "BAD_INPUT", "{refused}");
        }
    }

    async fn a_decided_name_means_the_unit_in_filters_too(app: TestApp) {
        several(&app).await;
        let asking = Asking::new(&app).await;
        let unit = asking.data("{ units(name: \"县文化局\") { nodes { id name } } }").await["units"]["nodes"][0]["id"].clone();
        let question = format!("{{ items(filter: {{ unit: [{unit}], kind: [SUPPLEMENTARY] }}) {{ totalCount }} }}");
        assert_eq!(asking.data(&question).await["items"]["totalCount"], 1);
        app.load(vec![mulu::import::File {
            name: "aliases.csv".to_owned(),
            bytes: "register,division,text,target\nunit,,文化局,513230000000-U001\n".as_bytes().to_vec(),
        }]).await;
        assert_eq!(asking.data(&question).await["items"]["totalCount"], 2, "decided for everywhere");
        let found = asking.data(&format!("{{ unit(id: {unit}) {{ name }} none: units(name: \"县文化局\", division: \"51\") {{ totalCount }} all: units {{ totalCount }} }}")).await;
        assert_eq!(found, json!({ "unit": { "name": "县文化局" }, "none": { "totalCount": 0 }, "all": { "totalCount": 1 } }));
    }

    async fn lists_are_ordered_as_asked(app: TestApp) {
        several(&app).await;
        let file = app.file("again.ndjson", &SEVERAL.replace("第一版", "第二版").replace("决算", "决算报告"));
        app.ok(&["import", &file, "--publish"]);
        for asking in Asking::in_all_ways(&app).await {
            let listed = codes(&asking, "").await;
            let mut sorted = listed.clone();
            sorted.sort();
            assert_eq!(codes(&asking, "(orderBy: CODE)").await, sorted);
            let recent = codes(&asking, "(orderBy: RECENTLY_CHANGED)").await;
            let changed = listed.iter().find(|code| code.contains("00S") && !recent[1..].contains(code)).unwrap();
            assert_eq!(&recent[0], changed, "what was reworded last comes first");
            let names = asking.data("{ items(orderBy: RECENTLY_CHANGED, first: 1) { nodes { name version { number } } } }").await;
            assert_eq!(names["items"]["nodes"], json!([{ "name": "决算报告", "version": { "number": 2 } }]));
            // The rows that read as before keep the day on which they came.
            assert_eq!(recent[1..4].iter().filter(|code| code.contains("-12-")).count(), 3, "{recent:?}");
        }
    }

    async fn facets_count_the_whole_list(app: TestApp) {
        several(&app).await;
        for asking in Asking::in_all_ways(&app).await {
            let answer = asking.data("{ items(first: 1) { facets {
                domains { domain { code } count } channels { channel { code } count } levels { level count }
                methods { method count } units { unit { name } text count } } } }").await;
            assert_eq!(answer["items"]["facets"], json!({
                "domains": [{ "domain": { "code": "12" }, "count": 3 }, { "domain": { "code": "20" }, "count": 1 },
                    { "domain": null, "count": 2 }],
                "channels": [{ "channel": { "code": "GOV_WEBSITE" }, "count": 4 }, { "channel": { "code": "OTHER" }, "count": 1 },
                    { "channel": null, "count": 1 }],
                "levels": [{ "level": "COUNTY", "count": 4 }, { "level": "TOWNSHIP", "count": 1 }, { "level": null, "count": 2 }],
                "methods": [{ "method": "PROACTIVE", "count": 2 }, { "method": "ON_REQUEST", "count": 1 }, { "method": null, "count": 4 }],
                "units": [{ "unit": { "name": "县文化局" }, "text": null, "count": 4 }, { "unit": null, "text": "县财政局", "count": 2 },
                    { "unit": null, "text": "文化局", "count": 1 }, { "unit": null, "text": "文化局或财政局", "count": 1 },
                    { "unit": null, "text": null, "count": 1 }],
            }));
            let none = asking.data("{ items(filter: { name: \"无此事\" }) { totalCount facets { domains { count } units { count } } } }").await;
            assert_eq!(none["items"], json!({ "totalCount": 0, "facets": { "domains": [], "units": [] } }));
        }
    }

    async fn wide_questions_take_as_many_statements_whatever_the_rows(app: TestApp) {
        publish(&app, CODE, "2026-01-01", 100).await;
        publish(&app, "513230100000-20", "2026-01-01", 40).await;
        let mut taken = Vec::new();
        for first in [5, 100] {
            let asking = Asking::wide(&app).await;
            let question = format!("{{ items(first: {first}, filter: {{ level: [COUNTY] }}) {{ totalCount facets {{ levels {{ count }} }}
                nodes {{ code name catalogue {{ code }} }} }} }}");
            let before = app.store.statements();
            let answer = asking.data(&question).await;
            assert_eq!(answer["items"]["totalCount"], 140);
            assert_eq!(answer["items"]["nodes"].as_array().unwrap().len(), first);
            taken.push(app.store.statements() - before);
        }
        assert_eq!(taken[0], taken[1]);
    }

    async fn what_was_never_asked_takes_a_statement_or_two(app: TestApp) {
        publish(&app, CODE, "2026-01-01", 30).await;
        publish(&app, "513230000000-20", "2026-01-01", 5).await;
        let page = Asking::new(&app).await.ask("{ items(filter: { division: \"513230\" }, first: 10) { pageInfo { endCursor } } }").await;
        let after = page["data"]["items"]["pageInfo"]["endCursor"].as_str().unwrap().to_owned();
        for (statements, question) in [
            (1, format!("{{ item(code: \"{CODE}-0007\") {{ name content {{ text }} responsibleUnits {{ text }} version {{ label }} }} }}")),
            (1, "{ items(filter: { division: \"513230\" }) { totalCount } }".to_owned()),
            (1, format!("{{ items(filter: {{ division: \"513230\" }}) {{ {ROWS} }} }}")),
            (1, format!("{{ items(filter: {{ division: \"513230\" }}, orderBy: CODE, first: 7) {{ {ROWS} }} }}")),
            (1, format!("{{ items(filter: {{ division: \"513230\" }}, first: 7, after: \"{after}\") {{ {ROWS} }} }}")),
            // Which rows come first cannot be told before the table is read, nor that a page goes on in the next.
            (2, format!("{{ items(filter: {{ division: \"513230\" }}, orderBy: RECENTLY_CHANGED, first: 7) {{ {ROWS} }} }}")),
            (2, format!("{{ items(filter: {{ division: \"513230\" }}, last: 7) {{ {ROWS} }} }}")),
            (2, format!("{{ items(filter: {{ division: \"513230\" }}, first: 31) {{ {ROWS} }} }}")),
        ] {
            let asking = Asking::new(&app).await;
            let before = app.store.statements();
            let answer = asking.ask_stale(&question).await;
            assert_eq!(app.store.statements() - before, statements, "{question}: {answer}");
            assert_eq!(answer["errors"], Value::Null, "{answer}");
        }
        // The same document once more, of which only the trunk is executed.
        publish(&app, "513230100000-12", "2026-01-01", 5).await;
        let asking = Asking::new(&app).await;
        let document = format!("query($place: String!) {{ items(filter: {{ division: $place }}) {{ {ROWS} }} }}");
        for place in ["513230000000", "513230100000"] {
            let variables = Variables::from_json(json!({ "place": place }));
            let before = app.store.statements();
            let (answer, _) = asking.written(Request::new(&document).variables(variables)).await;
            assert_eq!(app.store.statements() - before, 1, "{place}");
            assert!(answer.errors.is_empty(), "{:?}", answer.errors);
        }
        // What is not there fails, and is no item that was never published, nor an empty list.
        app.database.disarm().await;
        // What was read ahead and is broken fails for those alone who ask for it.
        app.database.execute("UPDATE object SET bytes = digest WHERE digest IN (SELECT content FROM entry)").await.unwrap();
        let asking = Asking::new(&app).await;
        for (field, code) in [("code", Value::Null), ("name", json!("INCONSISTENT"))] {
            let answer = asking.ask_stale(&format!("{{ items(filter: {{ division: \"513230\" }}) {{ nodes {{ {field} }} }} }}")).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{answer}");
        }
        assert_eq!(app.database.execute("DELETE FROM tree").await, Ok(3));
        for question in [format!("{{ item(code: \"{CODE}-0007\") {{ name }} }}"), "{ items(filter: { division: \"513230\" }) { totalCount } }".to_owned()] {
            let answer = Asking::new(&app).await.ask_stale(&question).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "INCONSISTENT", "{answer}");
        }
    }

    async fn what_portals_ask_takes_no_statement_once_warm(app: TestApp) {
        several(&app).await;
        publish(&app, "513230100000-12", "2026-01-01", 5).await;
        let asking = Asking::new(&app).await;
        for question in [
            "{ item(code: \"513230000000-12-0001\") { name elements { text } domain { name } division { ancestors { name } } } }",
            "{ items(filter: { division: \"513230\", domain: [\"12\"] }, first: 100) { totalCount nodes { code name timeLimit { text } } } }",
            "{ items(filter: { division: \"513230100\", includeAncestors: true, channel: [\"GOV_WEBSITE\"] }) { nodes { name division { name } responsibleUnits { text unit { name } } } } }",
            "{ items(filter: { division: \"51\", includeDescendants: true }) { totalCount facets { domains { domain { name } count } levels { level count } units { unit { name } count } } } }",
            "{ catalogues(division: \"51\", includeDescendants: true) { totalCount nodes { title version { itemCount } } } }",
            "{ division(code: \"513230\") { children { nodes { name catalogues { totalCount } } } assignments { totalCount } units { totalCount } } }",
        ] {
            let cold = asking.ask(question).await;
            assert_eq!(cold["errors"], Value::Null, "{question}");
            let before = app.store.statements();
            assert_eq!(asking.ask_stale(question).await, cold);
            assert_eq!(app.store.statements(), before, "{question}");
        }
    }

    async fn what_is_redacted_no_longer_counts_as_the_state_before(app: TestApp) {
        publish(&app, CODE, "2026-01-01", 2).await;
        let file = app.file("next.ndjson", &crate::kit::ndjson(CODE, "2026-01-01", 2).replacen("2026-01-01", "2026-02-01", 2));
        app.ok(&["import", &file, "--publish"]);
        let asking = Asking::wide(&app).await;
        let leaves = app.database.texts("SELECT CAST(count(*) AS TEXT) FROM entry WHERE number = 2 AND changed < revision").await;
        assert_eq!(leaves, ["2"], "both rows read as before");
        let version = asking.data(&format!("{{ catalogue(code: \"{CODE}\") {{ version(number: 1) {{ entriesRoot }} }} }}")).await;
        let entries = version["catalogue"]["version"]["entriesRoot"].as_str().unwrap().parse().unwrap();
        app.store.redact(entries, Text::new("个人信息")).await.unwrap();
        app.store.verify(|_, _| {}).await.unwrap();
        let before = app.database.dump().await;
        app.store.rebuild(|_, _| {}).await.unwrap();
        assert_eq!(app.database.dump().await, before);
    }
}

/// One of some texts, as a literal.
fn one_of(texts: Vec<String>) -> impl Strategy<Value = String> {
    prop::sample::select(texts)
}

/// A random question over the example: filter, order and page.
fn question(places: Vec<String>, units: Vec<String>, laws: Vec<String>) -> impl Strategy<Value = String> {
    let list = |key: &'static str, values: &[&str]| {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        prop::collection::vec(one_of(values), 1..3)
            .prop_map(move |all| format!("{key}: [{}]", all.join(", ")))
            .boxed()
    };
    let place = (one_of(places), any::<bool>(), any::<bool>()).prop_map(|(place, below, above)| {
        format!("division: {place}, includeDescendants: {below}, includeAncestors: {above}")
    });
    let conditions = prop_oneof![
        3 => place,
        1 => list("domain", &["\"05\"", "\"12\"", "\"20\"", "\"X01\""]),
        1 => list("kind", &["STANDARD", "SUPPLEMENTARY", "VILLAGE", "GUIDELINE"]),
        1 => list("channel", &["\"GOV_WEBSITE\"", "\"NOTICE_BOARD\"", "\"GAZETTE\""]),
        1 => list("method", &["PROACTIVE", "ON_REQUEST"]),
        1 => list("level", &["COUNTY", "TOWNSHIP", "VILLAGE"]),
        1 => list("timeLimit", &["WITHIN", "REAL_TIME", "UNSTATED", "TIMELY"]),
        1 => any::<bool>().prop_map(|whole| format!("wholeSociety: {whole}")),
        1 => one_of(units).prop_map(|unit| format!("unit: [{unit}]")),
        1 => one_of(laws).prop_map(|law| format!("legalBasis: {law}")),
        1 => one_of(["公开", "救助", "服务", "_", "%"].map(String::from).to_vec()).prop_map(|name| format!("name: \"{name}\"")),
    ];
    // A name may stand once in a filter: of two conditions of one kind the first is taken.
    let filter = prop::collection::vec(conditions, 0..3).prop_map(|conditions| {
        let mut named = std::collections::BTreeMap::new();
        for condition in conditions {
            let key = condition.split(':').next().unwrap().to_owned();
            named.entry(key).or_insert(condition);
        }
        named.into_values().collect::<Vec<_>>().join(", ")
    });
    let order = prop::sample::select(vec!["CATALOGUE", "CODE", "RECENTLY_CHANGED"]);
    (filter, order, prop::sample::select(vec!["first", "last"]), 0usize..30).prop_map(
        |(filter, order, end, count)| format!("filter: {{ {filter} }}, orderBy: {order}, {end}: {count}"),
    )
}

const WHOLE: &str = "{ totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { code } }
    facets { domains { domain { code } count } channels { channel { code } count } units { unit { name } text count }
    levels { level count } methods { method count } } }";

/// Trees in memory and the projections' SQL are two ways to one answer.
async fn both_ways_agree(backend: Backend) {
    let app = TestApp::example(backend).await;
    let (here, wide) = (Asking::new(&app).await, Asking::wide(&app).await);
    let texts = |value: &Value, key: &str| -> Vec<String> {
        value["nodes"].as_array().unwrap().iter().map(|node| node[key].to_string()).collect()
    };
    let known =
        here.data("{ units(first: 100) { nodes { id } } legalBases(first: 100) { nodes { id } } }").await;
    let places =
        here.data("{ catalogues(first: 100) { nodes { division { code parent { code } } } } }").await;
    let places = places["catalogues"]["nodes"].as_array().unwrap().iter();
    let places: Vec<String> = places
        .flat_map(|c| [c["division"]["code"].to_string(), c["division"]["parent"]["code"].to_string()])
        .collect();
    let questions = question(places, texts(&known["units"], "id"), texts(&known["legalBases"], "id"));
    let mut runner = runner(&format!("both ways on {backend:?}"), 1000);
    let (mut found, cases) = (0, runner.config().cases);
    for _ in 0..cases {
        let arguments = questions.new_tree(&mut runner).unwrap().current();
        let question = format!("{{ items({arguments}) {WHOLE} }}");
        let answer = here.data(&question).await;
        assert_eq!(wide.data(&question).await, answer, "{question}");
        found += usize::from(answer["items"]["totalCount"] != 0);
        let Some(cursor) = answer["items"]["pageInfo"]["endCursor"].as_str() else { continue };
        let next = format!(
            "{{ items({arguments}, after: \"{cursor}\") {{ edges {{ cursor node {{ code }} }} pageInfo {{ hasNextPage }} }} }}"
        );
        assert_eq!(wide.data(&next).await, here.data(&next).await, "{next}");
    }
    assert!(found * 4 > cases as usize, "{found} of {cases} questions found something");
}

#[tokio::test]
async fn both_ways_agree_on_sqlite() {
    both_ways_agree(Backend::Sqlite).await;
}

#[tokio::test]
async fn both_ways_agree_on_postgres() {
    both_ways_agree(Backend::Postgres).await;
}
