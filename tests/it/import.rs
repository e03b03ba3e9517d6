//! Import: bad input is refused whole, with the place, the value and what was expected, in both languages.

use mulu::catalogue::check::Rule;
use serde_json::{Value, json};

use crate::kit::{TestApp, mulu, ndjson, run, source};

const CODE: &str = "513230000000-12";

/// The kit's document with one change to the JSON of a line, 0 being the header.
fn with(line: usize, change: impl Fn(&mut Value)) -> String {
    let mut lines: Vec<Value> =
        ndjson(CODE, "2026-01-01", 3).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    change(&mut lines[line]);
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// The rules that a file breaks, with line and pointer.
fn findings(app: &TestApp, name: &str, text: &str) -> Vec<(String, u64, String)> {
    let file = app.file(name, text);
    let output = app.cli(&["import", &file, "--dry-run", "--json"]);
    let report: Value = serde_json::from_str(&output.stdout).unwrap_or_else(|_| panic!("{}", output.stderr));
    assert_eq!(report["refused"], output.code == Some(1));
    let found = report["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] != "info");
    found
        .map(|f| {
            for text in [&f["message"], &f["expected"]] {
                assert!(!text["zh"].as_str().unwrap().is_empty() && !text["en"].as_str().unwrap().is_empty());
            }
            (
                f["code"].as_str().unwrap().to_owned(),
                f["line"].as_u64().unwrap(),
                f["pointer"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

on_both_stores! {
    async fn a_bad_line_300_is_named_and_nothing_goes_in(app: TestApp) {
        let mut lines: Vec<String> = ndjson(CODE, "2026-01-01", 400).lines().map(str::to_owned).collect();
        lines[299] = lines[299].replace("\"WITHIN\"", "\"WITHIN TWENTY\"");
        let good = app.file("good.ndjson", &ndjson("513230000000-20", "2026-01-01", 5));
        let bad = app.file("bad.ndjson", &(lines.join("\n") + "\n"));
        let before = app.database.dump().await;
        for publish in [&["--publish"][..], &[]] {
            let output = app.cli(&[&["import", &good, &bad], publish].concat());
            assert_eq!(output.code, Some(1));
            for part in ["bad.ndjson:300", "/content/timeLimits/0/kind", "WITHIN TWENTY", "应为", "之一", "one of", "REAL_TIME"] {
                assert!(output.stderr.contains(part), "{part} is missing: {}", output.stderr);
            }
            assert_eq!(app.database.dump().await, before);
        }
    }
}

/// Each rule with a change that breaks it: rule, line that it names, pointer.
#[tokio::test]
async fn every_rule_names_its_place() {
    let app = TestApp::new(crate::kit::Backend::Sqlite).await;
    type Change = Box<dyn Fn(&mut Value)>;
    let set = |path: &'static str, value: Value| -> Change {
        Box::new(move |line: &mut Value| {
            let (parent, member) = path.rsplit_once('/').unwrap();
            let parent = line.pointer_mut(parent).unwrap();
            match member.parse::<usize>() {
                Ok(index) if parent.is_array() => parent[index] = value.clone(),
                _ => parent[member] = value.clone(),
            }
        })
    };
    let digest = format!("sha256:{}", "0".repeat(64));
    let element = |schema: Value| json!([{ "key": "监督渠道", "label": "监督渠道", "part": "local", "schema": schema }]);
    let cases: Vec<(&str, usize, Change, &str)> = vec![
        ("R002", 1, set("/content/names", json!([])), "/content/names"),
        ("R002", 1, set("/content/names/0", json!("  ")), "/content/names/0"),
        ("R002", 2, set("/content/colour", json!("red")), "/content"),
        ("R002", 2, set("/content/points", Value::Null), "/content/points"),
        ("R002", 0, set("/effectiveFrom", json!("2026-02-30")), "/effectiveFrom"),
        ("R002", 0, set("/catalogue", json!("513230-12")), "/catalogue"),
        (
            "R101",
            1,
            Box::new(|line| {
                line["content"] = json!({ "names": ["甲"] });
                line["local"] = json!({});
            }),
            "/content",
        ),
        ("R102", 1, set("/content/channels/0/code", json!("PIGEON")), "/content/channels/0/code"),
        ("R104", 1, set("/content/timeLimits/0/kind", json!("TIMELY")), "/content/timeLimits/0"),
        ("R104", 1, set("/content/timeLimits/0", json!({ "kind": "WITHIN" })), "/content/timeLimits/0"),
        ("R104", 1, set("/content/timeLimits/0", json!({ "kind": "PERIODIC" })), "/content/timeLimits/0"),
        (
            "R105",
            1,
            set("/local/addresses", json!({ "OTHER": "https://example.cn" })),
            "/local/addresses/OTHER",
        ),
        (
            "R105",
            1,
            set("/local/addresses", json!({ "GOV_WEBSITE": "ftp://x" })),
            "/local/addresses/GOV_WEBSITE",
        ),
        ("R106", 1, set("/local/domain", json!("20")), "/local/domain"),
        ("R107", 0, set("/catalogue", json!("513230000000-19")), "/catalogue"),
        ("R108", 0, set("/catalogue", json!("110000000000-12")), "/catalogue"),
        ("R109", 2, set("/item", json!("513230000000-20-0001")), "/item"),
        ("R111", 2, set("/source", json!(0)), "/source"),
        ("R112", 2, set("/origin", json!({ "item": "513230000000-20-0001", "version": digest })), "/origin"),
        ("R114", 0, set("/basedOn", json!({ "catalogue": "513230000000-20", "number": 1 })), "/basedOn"),
        (
            "R115",
            0,
            set("/omissions", json!([{ "item": "513230000000-20-0001", "reason": "无此业务" }])),
            "/omissions/0/item",
        ),
        ("R116", 1, set("/local/inferred", json!(["AUDIENCE"])), "/local/inferred/0"),
        ("R117", 1, set("/local/extensions", json!({ "监督渠道": "12345" })), "/local/extensions/监督渠道"),
        ("R118", 0, set("/elements", element(json!({ "type": "nothing" }))), "/elements/0/schema/type"),
        (
            "R201",
            1,
            set("/content/audience", json!({ "wholeSociety": true, "groups": [{ "text": "申请人" }] })),
            "/content/audience",
        ),
        (
            "R202",
            1,
            set("/content/methods", json!({ "proactive": true, "onRequest": true })),
            "/content/methods",
        ),
        (
            "R203",
            1,
            set("/content/basis/0/documentNumber", json!("青政办[2020]3号")),
            "/content/basis/0/documentNumber",
        ),
        ("R204", 1, set("/content/basis/0/text", json!("XX省实施方案")), "/content/basis/0/text"),
        ("R208", 1, set("/content/channels", json!([{ "code": "OTHER" }])), "/content/channels/0/text"),
    ];
    for (rule, line, change, pointer) in cases {
        let found = findings(&app, "case.ndjson", &with(line, change));
        let expected = (rule.to_owned(), line as u64 + 1, pointer.to_owned());
        assert!(found.contains(&expected), "{expected:?} is not among {found:?}");
    }
    let twice = with(2, |line| line["content"]["names"][1] = "事项1".into());
    assert_eq!(findings(&app, "twice.ndjson", &twice), [("R205".to_owned(), 3, String::new())]);
    let same_code = with(1, |line| line["item"] = "513230000000-12-0001".into());
    let mut lines: Vec<Value> = same_code.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines[2]["item"] = "513230000000-12-0001".into();
    let same_code: String = lines.iter().map(|line| format!("{line}\n")).collect();
    assert_eq!(findings(&app, "same.ndjson", &same_code), [("R110".to_owned(), 3, "/item".to_owned())]);
    for (text, line) in [("{\"catalogue\": 1", 1), ("[]\n", 1), ("{\"content\":{}}\n", 1), ("", 1)] {
        let found = findings(&app, "form.ndjson", text);
        assert!(matches!(found[0].0.as_str(), "R001" | "R003"), "{text}: {found:?}");
        assert_eq!(found[0].1, line);
    }
    let file = app.file("published.ndjson", &ndjson(CODE, "2026-01-01", 3));
    app.ok(&["import", &file, "--publish"]);
    let reused = with(1, |line| line["item"] = "513230000000-12-0009".into());
    assert_eq!(findings(&app, "new.ndjson", &reused), []);
    app.ok(&["import", &app.file("nine.ndjson", &reused), "--publish"]);
    let gap = with(1, |line| line["item"] = "513230000000-12-0005".into());
    assert_eq!(findings(&app, "gap.ndjson", &gap), [("R123".to_owned(), 2, "/item".to_owned())]);
}

/// Values that have no canonical form are findings with a place, whichever member they stand in.
#[tokio::test]
async fn values_without_a_canonical_form_are_named() {
    let app = TestApp::new(crate::kit::Backend::Sqlite).await;
    let element = |schema: Value| json!([{ "key": "监督电话", "label": "监督电话", "part": "local", "schema": schema }]);
    for (schema, pointer) in [
        (json!({ "multipleOf": 0.5 }), "/elements/0/schema/multipleOf"),
        (json!({ "const": null }), "/elements/0/schema/const"),
    ] {
        let found =
            findings(&app, "schema.ndjson", &with(0, |line| line["elements"] = element(schema.clone())));
        assert_eq!(found, [("R118".to_owned(), 1, pointer.to_owned())]);
    }
    // What only needs trimming is trimmed.
    let trimmed = with(1, |line| {
        line["content"]["audience"] = json!({ "groups": [{ "text": "申请人", "code": " A " }] });
        line["local"]["addresses"] = json!({ "GOV_WEBSITE": " http://example.cn/ " });
    });
    assert_eq!(findings(&app, "trimmed.ndjson", &trimmed), []);
    let blank = with(1, |line| line["content"]["names"][0] = "\u{85}".into());
    assert_eq!(
        findings(&app, "blank.ndjson", &blank),
        [("R002".to_owned(), 2, "/content/names/0".to_owned())]
    );
    let level = with(1, |line| line["local"]["levels"] = json!({ "DISTRICT": true }));
    assert_eq!(findings(&app, "level.ndjson", &level)[0].2, "/local/levels");
    for name in ["table.xlsx", "TABLE"] {
        assert_eq!(findings(&app, name, "x")[0].0, "E008", "no name makes a table of it");
    }
    app.ok(&["import", &app.file("UPPER.NDJSON", &ndjson(CODE, "2026-01-01", 1)), "--dry-run"]);
}

#[tokio::test]
async fn declared_elements_are_checked_by_their_schema() {
    let app = TestApp::new(crate::kit::Backend::Sqlite).await;
    let document = |text: &str| {
        let mut lines: Vec<Value> =
            ndjson(CODE, "2026-01-01", 1).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let schema = json!({ "type": "string", "pattern": "^[0-9-]+$" });
        lines[0]["elements"] =
            json!([{ "key": "监督电话", "label": "监督电话", "part": "local", "schema": schema }]);
        lines[1]["local"]["extensions"] = json!({ "监督电话": text });
        lines.iter().map(|line| format!("{line}\n")).collect::<String>()
    };
    assert_eq!(findings(&app, "good.ndjson", &document("0837-123")), []);
    let refused = [("R117".to_owned(), 2, "/local/extensions/监督电话".to_owned())];
    assert_eq!(findings(&app, "bad.ndjson", &document("不详")), refused);
    app.ok(&["import", &app.file("good.ndjson", &document("0837-123")), "--publish"]);
    app.ok(&["verify"]);
}

#[tokio::test]
async fn csv_and_ndjson_of_one_table_have_one_digest() {
    let app = TestApp::new(crate::kit::Backend::Sqlite).await;
    let csv = app.file(
        "table.csv",
        "\u{feff}catalogue,label,effectiveFrom,content.names,content.points,content.basis,content.timeLimits.0.kind,\
         content.timeLimits.0.count,content.timeLimits.0.unit,content.channels,content.methods.proactive,\
         content.audience,local.units,local.levels.COUNTY,local.levels.VILLAGE,source.publisher,source.url\r\n\
         513230000000-12,2026年版,2026-01-01,\"文化服务\n文化馆\",\"服务指南\n开放时间\",政府信息公开条例,WITHIN,20,WORKING_DAY,\
         GOV_WEBSITE,true,\"{\"\"wholeSociety\"\":true}\",县文化局,true,false,壤塘县,http://example.cn/1\r\n\
         ,,,图书馆,[],政府信息公开条例,TIMELY,,,\"[{\"\"code\"\":\"\"OTHER\"\",\"\"text\"\":\"\"广播\"\"}]\",,,县文化局,,,壤塘县,http://example.cn/1\r\n",
    );
    let lines = [
        json!({ "catalogue": CODE, "label": "2026年版", "effectiveFrom": "2026-01-01",
                "sources": [{ "publisher": "壤塘县", "url": "http://example.cn/1" }] }),
        json!({ "content": {
                    "names": ["文化服务", "文化馆"], "points": [{ "text": "服务指南" }, { "text": "开放时间" }],
                    "basis": [{ "text": "政府信息公开条例" }],
                    "timeLimits": [{ "kind": "WITHIN", "count": 20, "unit": "WORKING_DAY" }],
                    "channels": [{ "code": "GOV_WEBSITE" }], "methods": { "proactive": true },
                    "audience": { "wholeSociety": true } },
                "local": { "units": [{ "text": "县文化局" }], "levels": { "COUNTY": true, "VILLAGE": false } }, "source": 0 }),
        json!({ "content": { "names": ["图书馆"], "points": [], "basis": [{ "text": "政府信息公开条例" }],
                    "timeLimits": [{ "kind": "TIMELY" }], "channels": [{ "code": "OTHER", "text": "广播" }] },
                "local": { "units": [{ "text": "县文化局" }] }, "source": 0 }),
    ];
    let ndjson = app.file("table.ndjson", &lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    let digest =
        |file: &str| app.ok(&["import", file, "--dry-run"]).split_whitespace().nth(2).unwrap().to_owned();
    assert_eq!(digest(&csv), digest(&ndjson));
    let wrong = app.file(
        "wrong.csv",
        "catalogue,label,effectiveFrom,content.names,content.basis,content.timeLimits.0.kind\n\
         513230000000-12,x,2026-01-01,甲,依据,TIMELY\n,,,乙,依据,SOON\n",
    );
    let output = app.cli(&["import", &wrong]);
    for part in ["wrong.csv:3", "[content.timeLimits.0.kind]", "SOON", "one of"] {
        assert!(output.stderr.contains(part), "{part}: {}", output.stderr);
    }
    let unknown = app.file("unknown.csv", "catalogue,label,effectiveFrom,content.nmaes\n");
    assert!(app.cli(&["import", &unknown]).stderr.contains("content.nmaes"));
}

#[test]
fn published_schemas_are_those_of_the_code() {
    let directory = tempfile::tempdir().unwrap();
    let output = run(mulu(&["schema", directory.path().to_str().unwrap()]));
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let mut names = Vec::new();
    for file in std::fs::read_dir(directory.path().join("json")).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        let published = std::fs::read_to_string(source(&format!("schema/json/{name}"))).unwrap_or_default();
        let made = std::fs::read_to_string(file.path()).unwrap();
        assert!(made == published, "schema/json/{name} is stale: run `mulu schema schema`");
        names.push(name);
    }
    for name in ["vocabulary.ttl", "context.jsonld"] {
        let published = std::fs::read_to_string(source(&format!("schema/{name}"))).unwrap_or_default();
        let made = std::fs::read_to_string(directory.path().join(name)).unwrap();
        assert!(made == published, "schema/{name} is stale: run `mulu schema schema`");
    }
    assert_eq!(names.len(), std::fs::read_dir(source("schema/json")).unwrap().count());
}

#[test]
fn rules_have_numbers_of_their_own() {
    let codes: std::collections::BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.code()).collect();
    assert_eq!(codes.len(), Rule::ALL.len());
}
