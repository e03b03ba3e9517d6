//! The read API: one question, the whole answer.

use mulu::{catalogue::text::Text, store::Withdrawal};
use serde_json::{Value, json};

use crate::kit::{Asking, Backend, TestApp, publish, source};

const CODE: &str = "513230000000-12";

on_both_stores! {
    async fn an_item_is_answered_whole(app: TestApp) {
        publish(&app, CODE, "2026-01-01", 2).await;
        let asking = Asking::new(&app).await;
        let item = asking.data(r#"{ item(code: "513230000000-12-0002") {
            code position topic name names relation reason origin { code }
            content { text required } basis { text title legalBasis { title } }
            timeLimit { kind count unit period trigger scope otherLawPrevails text } furtherTimeLimits { kind }
            publicityPeriod { count } methods levels audience { wholeSociety } extensions { key } inferred
            responsibleUnits { text alternatives unit { name division { code } supervisor { name } } }
            channels { channel { code name template } required text url }
            domain { code name nameEn } division { name fullName level zone ancestors { name } parent { code } }
            catalogue { code kind title publisherText } version { number state label effectiveFrom itemCount }
            elements { kind label text values } source { url }
        } }"#).await;
        let expected = json!({ "item": {
            "code": "513230000000-12-0002", "position": 2, "topic": "文化服务", "name": "事项2",
            "names": ["文化服务", "事项2"], "relation": "LOCAL", "reason": null, "origin": null,
            "content": [{ "text": "服务指南 2026-01-01", "required": null }],
            "basis": [{ "text": "《政府信息公开条例》", "title": null, "legalBasis": null }],
            "timeLimit": { "kind": "WITHIN", "count": 20, "unit": "WORKING_DAY", "period": null, "trigger": null,
                "scope": null, "otherLawPrevails": false, "text": "20个工作日内" },
            "furtherTimeLimits": [], "publicityPeriod": null, "methods": null, "levels": ["COUNTY"],
            "audience": null, "extensions": [], "inferred": [],
            "responsibleUnits": [{ "text": "县文化局", "alternatives": [],
                "unit": { "name": "县文化局", "division": { "code": "513230000000" }, "supervisor": null } }],
            "channels": [{ "channel": { "code": "GOV_WEBSITE", "name": "政府网站", "template": true },
                "required": null, "text": null, "url": null }],
            "domain": { "code": "12", "name": "公共文化服务", "nameEn": "Public Cultural Services" },
            "division": { "name": "壤塘县", "fullName": "四川省阿坝藏族羌族自治州壤塘县", "level": "COUNTY", "zone": false,
                "ancestors": [{ "name": "中华人民共和国" }, { "name": "四川省" }, { "name": "阿坝藏族羌族自治州" }],
                "parent": { "code": "513200000000" } },
            "catalogue": { "code": CODE, "kind": "STANDARD", "title": "壤塘县公共文化服务领域基层政务公开标准目录",
                "publisherText": null },
            "version": { "number": 1, "state": "IN_FORCE", "label": "2026-01-01", "effectiveFrom": "2026-01-01",
                "itemCount": 2 },
            "elements": [
                { "kind": "NAME", "label": "公开事项", "text": "文化服务\n事项2", "values": ["文化服务", "事项2"] },
                { "kind": "CONTENT", "label": "公开内容", "text": "服务指南 2026-01-01", "values": ["服务指南 2026-01-01"] },
                { "kind": "BASIS", "label": "公开依据", "text": "《政府信息公开条例》", "values": ["《政府信息公开条例》"] },
                { "kind": "TIME_LIMIT", "label": "公开时限", "text": "20个工作日内", "values": ["20个工作日内"] },
                { "kind": "RESPONSIBLE_UNIT", "label": "公开主体", "text": "县文化局", "values": ["县文化局"] },
                { "kind": "CHANNEL", "label": "公开渠道和载体", "text": "政府网站", "values": ["政府网站"] },
                { "kind": "LEVEL", "label": "公开层级", "text": "县级", "values": ["县级"] },
            ],
            "source": null,
        } });
        assert_eq!(item, expected);
    }

    async fn statements_do_not_grow_with_rows_and_none_are_needed_when_warm(app: TestApp) {
        publish(&app, CODE, "2026-01-01", 120).await;
        let question = |first: usize| format!(r#"{{ items(filter: {{ division: "513230" }}, first: {first}) {{ nodes {{
            name domain {{ name }} division {{ name ancestors {{ name }} }} responsibleUnits {{ unit {{ name }} }}
            channels {{ channel {{ name }} }} basis {{ legalBasis {{ title }} }} version {{ number }} }} }} }}"#);
        let mut fewest = [u64::MAX; 2];
        // Which fields share a batch depends on which answer of the database comes first; the best of some runs does
        // not, and were it to grow with the rows it would never be the same.
        for run in 0..20 {
            // Both are more than is read ahead.
            for (first, fewest) in [21, 100].into_iter().zip(&mut fewest) {
                let asking = Asking::new(&app).await;
                let before = app.store.statements();
                let answer = asking.ask_stale(&question(first)).await;
                assert_eq!(answer["data"]["items"]["nodes"].as_array().unwrap().len(), first, "{answer}");
                *fewest = (*fewest).min(app.store.statements() - before);
                let warm = app.store.statements();
                asking.ask_stale(&question(first)).await;
                assert_eq!(app.store.statements(), warm, "a warm answer asks the database nothing");
            }
            if run >= 4 && fewest[0] == fewest[1] {
                break;
            }
        }
        assert_eq!(fewest[0], fewest[1]);
        assert!(fewest[0] > 0);
    }

    async fn every_refusal_has_its_code(app: TestApp) {
        publish(&app, CODE, "2026-01-01", 3).await;
        publish(&app, CODE, "2026-12-01", 3).await;
        let asking = Asking::new(&app).await;
        let head = app.store.head().await.unwrap();
        for (question, code) in [
            ("{ items(first: 101) { totalCount } }".to_owned(), "PAGE_TOO_LARGE"),
            ("{ items(first: -1) { totalCount } }".to_owned(), "BAD_INPUT"),
            ("{ items(first: 1, last: 1) { totalCount } }".to_owned(), "BAD_INPUT"),
            ("{ items(filter: { division: \"5132300\" }) { totalCount } }".to_owned(), "BAD_INPUT"),
            ("{ division(code: \"x\") { name } }".to_owned(), "BAD_INPUT"),
            ("{ node(id: \"x\") { id } }".to_owned(), "BAD_INPUT"),
            ("{ at(revision: 1, knownAt: \"2026-01-01T00:00:00Z\") { platform { revision } } }".to_owned(), "BAD_INPUT"),
            (format!("{{ at(revision: {}) {{ platform {{ revision }} }} }}", head + 1), "UNKNOWN_REVISION"),
            ("{ items(after: \"x\") { totalCount } }".to_owned(), "BAD_CURSOR"),
        ] {
            assert_eq!(asking.refused(&question).await, code, "{question}");
        }
        let cursor = asking.data("{ items(first: 1) { pageInfo { endCursor } } }").await;
        let cursor = cursor["items"]["pageInfo"]["endCursor"].clone();
        for other in [
            format!("{{ items(filter: {{ name: \"事项\" }}, after: {cursor}) {{ totalCount }} }}"),
            format!("{{ catalogues(after: {cursor}) {{ totalCount }} }}"),
            format!("{{ at(effectiveOn: \"2026-12-24\") {{ items(after: {cursor}) {{ totalCount }} }} }}"),
        ] {
            assert_eq!(asking.refused(&other).await, "BAD_CURSOR", "{other}");
        }
        let version = asking.data(&format!("{{ catalogue(code: \"{CODE}\") {{ version(number: 1) {{ digest }} }} }}")).await;
        let digest = version["catalogue"]["version"]["digest"].as_str().unwrap().parse().unwrap();
        app.store.redact(digest, Text::new("个人信息")).await.unwrap();
        // Not even a reader that had it in memory answers it again.
        let question = format!("{{ catalogue(code: \"{CODE}\") {{ version(number: 1) {{ label }} }} }}");
        assert_eq!(asking.refused(&question).await, "REDACTED");
        let item = asking.data("{ item(code: \"513230000000-12-0001\") { name contentDigest } }").await;
        let digest = item["item"]["contentDigest"].as_str().unwrap().parse().unwrap();
        app.store.redact(digest, Text::new("个人信息")).await.unwrap();
        assert_eq!(asking.refused("{ item(code: \"513230000000-12-0001\") { name } }").await, "REDACTED");
        let answer = asking.data("{ items { totalCount } known: items(filter: { name: \"事项\" }) { totalCount } }").await;
        assert_eq!(answer, json!({ "items": { "totalCount": 3 }, "known": { "totalCount": 2 } }), "unknown fits nothing");
        for question in ["{", "{ nothing }", "mutation { x }", "{ at(effectiveOn: \"soon\") { platform { revision } } }"] {
            let answer = asking.ask(question).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_INPUT", "{question}");
        }
    }

    async fn a_failure_of_the_database_is_said_and_not_explained(app: TestApp) {
        publish(&app, CODE, "2026-01-01", 2).await;
        app.database.execute("UPDATE tree SET bytes = version").await.unwrap();
        let asking = Asking::wide(&app).await;
        let question = "{ items { totalCount nodes { code } } }";
        assert_eq!(asking.refused(question).await, "INCONSISTENT");
        assert!(!asking.text(question).await.contains("tree"), "what is broken is for the log alone");
        app.database.execute("ALTER TABLE tree RENAME COLUMN bytes TO bytes_of_it").await.unwrap();
        assert_eq!(Asking::wide(&app).await.refused("{ items { totalCount nodes { code } } }").await, "INTERNAL");
        app.database.execute("DROP TABLE entry").await.unwrap();
        assert_eq!(asking.refused("{ items { totalCount } }").await, "NOT_MIGRATED");
        app.store.clone().close().await.unwrap();
        let closed: Value = serde_json::to_value(asking.ask_stale("{ items { totalCount } }").await).unwrap();
        assert_eq!(closed["errors"][0]["extensions"]["code"], "UNAVAILABLE", "{closed}");
        assert_eq!(closed["data"]["items"]["totalCount"], Value::Null, "a failure is no number");
    }

    async fn at_opens_the_whole_root_again_and_inherits(app: TestApp) {
        publish(&app, CODE, "2026-01-01", 1).await;
        let first = app.store.head().await.unwrap();
        publish(&app, CODE, "2026-12-01", 2).await;
        let withdrawal = Withdrawal { catalogue: CODE.parse().unwrap(), number: 1, from: "2026-06-01".parse().unwrap(), reason: Text::new("误发") };
        app.store.withdraw(withdrawal).await.unwrap();
        let asking = Asking::new(&app).await;
        let count = |arguments: &str| format!("{{ at({arguments}) {{ items {{ totalCount }} platform {{ revision }} }} }}");
        for (arguments, items) in [
            ("effectiveOn: \"2026-05-31\"".to_owned(), 1),
            ("effectiveOn: \"2026-06-01\"".to_owned(), 0),
            ("effectiveOn: \"2026-12-01\"".to_owned(), 2),
            (format!("effectiveOn: \"2026-12-01\", revision: {first}"), 1),
            ("effectiveOn: \"2026-12-01\", knownAt: \"2020-01-01T00:00:00Z\"".to_owned(), 0),
        ] {
            assert_eq!(asking.data(&count(&arguments)).await["at"]["items"]["totalCount"], items, "{arguments}");
        }
        let nested = format!("{{ at(revision: {first}) {{ at(effectiveOn: \"2026-12-01\") {{ platform {{ revision }} items {{ totalCount }} }} }} }}");
        assert_eq!(asking.data(&nested).await["at"]["at"], json!({ "platform": { "revision": first }, "items": { "totalCount": 1 } }));
        let states = asking.data(&format!("{{ catalogue(code: \"{CODE}\") {{ versions {{ nodes {{ number state }} }} }} }}")).await;
        assert_eq!(states["catalogue"]["versions"]["nodes"], json!([
            { "number": 2, "state": "SCHEDULED" }, { "number": 1, "state": "WITHDRAWN" },
        ]));
    }

    async fn an_id_read_under_a_pinned_scope_has_one_value_for_ever(app: TestApp) {
        publish(&app, CODE, "2026-01-01", 1).await;
        let revision = app.store.head().await.unwrap();
        let asking = Asking::new(&app).await;
        let question = format!("{{ at(revision: {revision}, effectiveOn: \"2026-11-21\") {{ catalogue(code: \"{CODE}\") {{ id }} }} }}");
        let id = asking.data(&question).await["at"]["catalogue"]["id"].clone();
        let now = asking.data(&format!("{{ catalogue(code: \"{CODE}\") {{ id }} }}")).await["catalogue"]["id"].clone();
        assert_ne!(id, now);
        let nested = format!("{{ at(revision: {revision}) {{ at(effectiveOn: \"2026-11-21\") {{ catalogue(code: \"{CODE}\") {{ id }} }} }} }}");
        assert_eq!(asking.data(&nested).await["at"]["at"]["catalogue"]["id"], id, "two steps pin as one does");
        publish(&app, CODE, "2026-02-01", 3).await;
        let count = |id: &Value| format!("{{ node(id: {id}) {{ id ... on Catalogue {{ version {{ itemCount }} }} }} }}");
        assert_eq!(asking.data(&count(&id)).await["node"], json!({ "id": id, "version": { "itemCount": 1 } }));
        assert_eq!(asking.data(&count(&now)).await["node"]["version"]["itemCount"], 3);
        let every = asking.data("{ items(first: 1) { nodes { id version { id } domain { id } division { id }
            channels { channel { id } } responsibleUnits { unit { id } } } } }").await;
        let item = &every["items"]["nodes"][0];
        let ids = [&item["id"], &item["version"]["id"], &item["domain"]["id"], &item["division"]["id"],
            &item["channels"][0]["channel"]["id"], &item["responsibleUnits"][0]["unit"]["id"]];
        let list = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let nodes = asking.data(&format!("{{ nodes(ids: [{list}]) {{ __typename id }} }}")).await;
        let kinds: Vec<&str> = nodes["nodes"].as_array().unwrap().iter().map(|node| node["__typename"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["Item", "Version", "Domain", "Division", "Channel", "Unit"]);
    }

    async fn divisions_are_found_by_name_level_and_parent(app: TestApp) {
        let asking = Asking::new(&app).await;
        for (arguments, codes) in [
            ("", json!(["510000000000"])),
            ("(parent: \"51\")", json!(["513200000000"])),
            ("(name: \"壤塘县\")", json!(["513230000000"])),
            ("(name: \"壤塘县\", level: COUNTY, parent: \"5132\")", json!(["513230000000"])),
            ("(name: \"壤塘县\", level: TOWNSHIP)", json!([])),
            ("(name: \"壤塘\")", json!([])),
            ("(level: COUNTY)", json!(["513230000000"])),
            ("(level: VILLAGE)", json!([])),
            ("(level: TOWNSHIP, last: 1)", json!(["513230100000"])),
        ] {
            let answer = asking.data(&format!("{{ divisions{arguments} {{ nodes {{ code }} }} }}")).await;
            let found: Vec<Value> = answer["divisions"]["nodes"].as_array().unwrap().iter().map(|d| d["code"].clone()).collect();
            assert_eq!(Value::from(found), codes, "{arguments}");
        }
    }

    async fn a_place_that_moved_is_listed_where_it_is(app: TestApp) {
        let before = app.store.head().await.unwrap();
        let moved = "code,name,level,parent\n5133,甘孜藏族自治州,PREFECTURE,51\n513230,壤塘县,COUNTY,5133\n";
        app.load(vec![mulu::import::File { name: "divisions.csv".to_owned(), bytes: moved.as_bytes().to_vec() }]).await;
        let asking = Asking::new(&app).await;
        let children = "{ old: division(code: \"5132\") { children { nodes { code } } } divisions(level: COUNTY) { totalCount nodes { parent { code } } } }";
        let (was, is) = (asking.data(&format!("{{ at(revision: {before}) {children} }}")).await, asking.data(children).await);
        let county = |parent: &str| json!({ "totalCount": 1, "nodes": [{ "parent": { "code": parent } }] });
        assert_eq!(was["at"]["old"]["children"]["nodes"], json!([{ "code": "513230000000" }]));
        assert_eq!(was["at"]["divisions"], county("513200000000"));
        assert_eq!(is, json!({ "old": { "children": { "nodes": [] } }, "divisions": county("513300000000") }));
    }

    async fn filters_match_what_is_known_only(app: TestApp) {
        publish(&app, CODE, "2026-01-01", 3).await;
        publish(&app, "513230100000-20", "2026-01-01", 2).await;
        let asking = Asking::new(&app).await;
        for (filter, items) in [
            ("{}", 5),
            ("{ division: \"513230\" }", 3),
            ("{ division: \"513230\", includeDescendants: true }", 5),
            ("{ division: \"51\", includeDescendants: true }", 5),
            ("{ division: \"513230100\", includeAncestors: true }", 5),
            ("{ division: \"513230100\" }", 2),
            ("{ domain: [\"20\"] }", 2),
            ("{ domain: [\"20\", \"12\"] }", 5),
            ("{ kind: [VILLAGE] }", 0),
            ("{ channel: [\"GOV_WEBSITE\"] }", 5),
            ("{ channel: [\"OTHER\"] }", 0),
            ("{ level: [COUNTY] }", 5),
            ("{ level: [TOWNSHIP] }", 0),
            ("{ method: [PROACTIVE] }", 0),
            ("{ wholeSociety: true }", 0),
            ("{ wholeSociety: false }", 0),
            ("{ timeLimit: [WITHIN] }", 5),
            ("{ timeLimit: [TIMELY] }", 0),
            ("{ name: \"事项3\" }", 1),
            ("{ origin: \"513230000000-12-0001\" }", 0),
        ] {
            let answer = asking.data(&format!("{{ items(filter: {filter}) {{ totalCount }} }}")).await;
            assert_eq!(answer["items"]["totalCount"], items, "{filter}");
        }
    }
}

/// Wherever a catalogue is read, it is the one of the sketch's first reader: a county's portal.
#[tokio::test]
async fn jinning_shows_its_assignments_and_names_its_supervisors() {
    let app = TestApp::empty(Backend::Sqlite).await;
    app.ok(&["migrate"]);
    app.ok(&["reference", "load", "--bundled"]);
    let asking = Asking::new(&app).await;
    let answer = asking.data("{ division(code: \"530115\") { assignments(first: 100) { totalCount nodes { domain { name } unit { name supervisor { name } } role } } } }").await;
    let assignments = &answer["division"]["assignments"];
    assert_eq!(assignments["totalCount"], 34);
    let police = json!({ "domain": { "name": "户籍管理" }, "unit": { "name": "市公安局晋宁分局", "supervisor": { "name": "市公安局" } }, "role": "RESPONSIBLE" });
    assert!(assignments["nodes"].as_array().unwrap().contains(&police));
}

#[test]
fn the_published_sdl_is_that_of_the_code() {
    let published = std::fs::read_to_string(source("schema/schema.graphql")).unwrap_or_default();
    assert!(published == mulu::graphql::sdl(), "schema/schema.graphql is stale: run `mulu schema schema`");
}

#[tokio::test]
async fn every_element_of_the_schema_is_described() {
    let app = TestApp::new(Backend::Sqlite).await;
    let asking = Asking::new(&app).await;
    let schema = asking
        .data(
            "{ __schema { types { name kind description fields { name description args { name description } }
        inputFields { name description } enumValues { name description } } } }",
        )
        .await;
    let (mut all, mut bare) = (0, Vec::new());
    let mut look = |place: String, element: &Value| {
        all += 1;
        if element["description"].as_str().is_none_or(|text| text.trim().is_empty()) {
            bare.push(place);
        }
    };
    for kind in schema["__schema"]["types"].as_array().unwrap() {
        let name = kind["name"].as_str().unwrap();
        // Those of introspection and of federation are not ours.
        if name.starts_with('_') || ["Boolean", "Float", "ID", "Int", "String"].contains(&name) {
            continue;
        }
        look(name.to_owned(), kind);
        for member in ["fields", "inputFields", "enumValues"] {
            for element in kind[member].as_array().into_iter().flatten() {
                let own = element["name"].as_str().unwrap();
                if own.starts_with('_') {
                    continue;
                }
                let place = format!("{name}.{own}");
                for argument in element["args"].as_array().into_iter().flatten() {
                    look(format!("{place}({})", argument["name"].as_str().unwrap()), argument);
                }
                look(place, element);
            }
        }
    }
    assert!(all > 300, "{all}");
    assert_eq!(bare, Vec::<String>::new(), "of {all} elements");
}
