//! `mulu reparse`: the wording of the last version read anew, and all that no wording tells left as it is.

use serde_json::{Value, json};

use crate::kit::{Asking, Backend, TestApp};

const CODE: &str = "513230000000-20";

/// What somebody typed of a table: words that say more than the values beside them.
fn document() -> String {
    let header = json!({
        "catalogue": CODE, "label": "2026年版", "effectiveFrom": "2026-01-01", "publisher": "县民政局",
        "sources": [{ "title": "一张表" }],
        "elements": [{ "key": "备注", "label": "备注", "part": "content", "schema": {} }],
    });
    let rows = [
        json!({
            "content": {
                "names": ["临时救助", "办事指南"],
                "points": [{ "text": "办理条件" }, { "text": "申请材料", "required": true }],
                "basis": [{ "text": "《社会救助暂行办法》（国务院令第649号）第四条" }],
                "timeLimits": [{ "kind": "OTHER", "text": "信息形成之日起20个工作日内" }],
                "channels": [{ "code": "GOV_WEBSITE" }],
                "audience": { "groups": [{ "text": "困难群众", "code": "POOR" }] },
                "extensions": { "备注": "无" },
            },
            "local": {
                "units": [{ "text": "县民政局" }, { "text": "乡镇人民政府" }],
                "levels": { "COUNTY": true }, "addresses": { "GOV_WEBSITE": "https://www.rangtang.gov.cn/" },
                "inferred": ["LEVEL"],
            },
            "source": 0,
        }),
        json!({
            "content": {
                "names": ["临时救助", "救助结果"],
                "points": [{ "text": "救助对象名单" }],
                "timeLimits": [{ "kind": "WITHIN", "count": 7, "unit": "DAY", "trigger": "审批" }],
                "publicityPeriod": { "count": 5, "unit": "WORKING_DAY", "atLeast": true },
            },
            "local": { "units": [{ "text": "县民政局", "alternatives": ["县民政局"] }] },
        }),
    ];
    std::iter::once(header).chain(rows).map(|line| format!("{line}\n")).collect()
}

fn json_of(app: &TestApp, arguments: &[&str]) -> Value {
    let output = app.cli(&[arguments, &["--json"]].concat());
    serde_json::from_str(&output.stdout).unwrap_or_else(|_| panic!("{}{}", output.stdout, output.stderr))
}

fn entries(app: &TestApp) -> Value {
    json_of(app, &["catalogue", "show", CODE])["entries"].clone()
}

on_both_stores! {
    async fn what_is_now_read_otherwise_becomes_a_draft(app: TestApp) {
        let app = TestApp::bundled(app.database.backend).await;
        app.ok(&["import", &app.file("typed.ndjson", &document()), "--publish"]);
        let (before, dump) = (entries(&app), app.database.dump().await);
        let dry = json_of(&app, &["reparse", CODE, "--dry-run"]);
        assert_eq!((&dry["refused"], &dry["dryRun"], &dry["versions"][0]["number"]), (&json!(false), &json!(true), &json!(2)));
        let difference = &dry["versions"][0]["difference"];
        assert_eq!((&difference["changed"], &difference["unchanged"]), (&json!(1), &json!(1)), "{dry}");
        let labels: Vec<&Value> = difference["items"][0]["elements"].as_array().unwrap().iter().map(|one| &one["label"]).collect();
        assert_eq!(labels, ["公开依据", "公开时限"]);
        assert_eq!(app.database.dump().await, dump);
        let said = app.ok(&["reparse", CODE]);
        assert!(said.contains("草案 draft") && said.contains("~ 513230000000-20-0001 临时救助 / 办事指南"), "{said}");
        app.ok(&["publish", CODE]);
        let asking = Asking::new(&app).await;
        let question = format!(
            "{{ catalogue(code: \"{CODE}\") {{ version {{ number label effectiveFrom items {{ nodes {{
               timeLimit {{ kind count unit trigger text }} basis {{ title documentNumber article }} }} }} }} }} }}"
        );
        let version = asking.data(&question).await["catalogue"]["version"].clone();
        assert_eq!((&version["number"], &version["label"], &version["effectiveFrom"]), (&json!(2), &json!("2026年版"), &json!("2026-01-01")));
        assert_eq!(version["items"]["nodes"][0], json!({
            "timeLimit": { "kind": "WITHIN", "count": 20, "unit": "WORKING_DAY", "trigger": "信息形成", "text": "信息形成之日起20个工作日内" },
            "basis": [{ "title": "社会救助暂行办法", "documentNumber": "国务院令第649号", "article": "第四条" }],
        }));
        // All else is as it was, to the letter.
        let mut now = entries(&app);
        for member in ["basis", "timeLimits"] {
            now[0]["content"][member] = before[0]["content"][member].clone();
        }
        for row in [0, 1] {
            assert_eq!(now[row]["content"], before[row]["content"]);
            assert_eq!(now[row]["local"], before[row]["local"]);
            for member in ["item", "relation", "source", "local"] {
                assert_eq!(now[row]["entry"][member], before[row]["entry"][member], "{member}");
            }
        }
        let again = json_of(&app, &["reparse", CODE, "--publish"]);
        assert_eq!((&again["versions"][0]["unchanged"], &again["versions"][0]["number"]), (&json!(true), &json!(2)), "{again}");
        assert!(app.ok(&["reparse", CODE]).contains("无变化 unchanged"));
        assert_eq!(app.ok(&["draft", "list", "--json"]).trim(), "[]");
        app.ok(&["verify"]);
    }

    async fn an_adopted_row_becomes_an_adapted_one(app: TestApp) {
        let app = TestApp::bundled(app.database.backend).await;
        app.ok(&["import", &app.file("typed.ndjson", &document()), "--publish"]);
        let towns = "code,name,level,parent\n513230100,壤柯镇,TOWNSHIP,513230\n";
        app.ok(&["reference", "load", &app.file("divisions.csv", towns)]);
        app.ok(&["adopt", "--from", CODE, "--division", "513230100", "--publish"]);
        app.ok(&["reparse", "513230100000-20", "--publish", "--label", "重读"]);
        let shown = json_of(&app, &["catalogue", "show", "513230100000-20"]);
        assert_eq!(shown["version"]["label"], "重读");
        let entries: Vec<(&Value, &Value)> = shown["entries"].as_array().unwrap().iter()
            .map(|row| (&row["entry"]["relation"], &row["entry"]["reason"])).collect();
        assert_eq!(entries, [(&json!("ADAPTED"), &json!("未说明")), (&json!("ADOPTED"), &Value::Null)]);
        assert_eq!(shown["version"]["basedOn"]["catalogue"], CODE);
    }
}

#[tokio::test]
async fn a_channel_that_was_registered_since_gets_its_code() {
    let app = TestApp::new(Backend::Sqlite).await;
    let header = json!({ "catalogue": CODE, "label": "一", "effectiveFrom": "2026-01-01" });
    let row = json!({
        "content": { "names": ["甲"], "points": [{ "text": "乙" }],
            "channels": [{ "code": "GOV_WEBSITE" }, { "code": "OTHER", "required": true, "text": "浙里办" }] },
        "local": { "addresses": { "OTHER": "https://example.gov.cn/" } },
    });
    app.ok(&["import", &app.file("one.ndjson", &format!("{header}\n{row}\n")), "--publish"]);
    assert_eq!(json_of(&app, &["reparse", CODE])["versions"][0]["unchanged"], true);
    app.ok(&[
        "reference",
        "load",
        &app.file("c.csv", "code,name,nameEn,template\nAPP,浙里办,Zheliban,false\n"),
    ]);
    app.ok(&["reparse", CODE, "--publish"]);
    let row = entries(&app)[0].clone();
    assert_eq!(
        row["content"]["channels"],
        json!([{ "code": "GOV_WEBSITE" }, { "code": "APP", "required": true }])
    );
    assert_eq!(row["local"]["addresses"], json!({ "APP": "https://example.gov.cn/" }));
    assert_eq!(app.cli(&["reparse", "513230000000-12"]).code, Some(1));
}

/// The example's tables were read by these readers, so nothing is read otherwise that would not settle at once.
#[tokio::test]
async fn a_second_reading_finds_nothing_more() {
    let app = TestApp::example(Backend::Sqlite).await;
    let store = &app.store;
    let scope = store.scope(Default::default()).await.unwrap();
    for view in store.catalogues(&Default::default(), scope).await.unwrap() {
        let wanted = mulu::import::Wanted::default();
        let once = mulu::import::reparse(store, &view.code, &wanted).await.unwrap();
        if once.unchanged {
            continue;
        }
        let (staged, findings) =
            store.stage_next(&once.document, Some(once.last), mulu::store::Then::Publish).await.unwrap();
        assert!(staged.is_some(), "{}: {findings:?}", view.code);
        let twice = mulu::import::reparse(store, &view.code, &wanted).await.unwrap();
        assert!(twice.unchanged, "{}", view.code);
    }
}
