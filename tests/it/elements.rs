//! Further elements that places and domains declare: how columns are read and checked, what is refused and where, which
//! declaration holds.

use serde_json::{Value, json};

use crate::kit::{Asking, Backend, TestApp};

const CODE: &str = "513230000000-20";
const TITLE: &str = "壤塘县社会救助领域基层政务公开标准目录";
const SCHEMA: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "壤塘县扩展要素",
  "type": "object",
  "properties": {
    "phone": {
      "title": "咨询电话", "x-aliases": ["联系电话"], "type": "string",
      "pattern": "^[0-9-]{7,13}$", "examples": ["0837-2378123"]
    },
    "公开格式": { "enum": ["文本", "表格"] }
  },
  "required": ["phone"]
}"#;

fn json_of(app: &TestApp, arguments: &[&str]) -> Value {
    let output = app.cli(&[arguments, &["--json"]].concat());
    serde_json::from_str(&output.stdout).unwrap_or_else(|_| panic!("{}{}", output.stdout, output.stderr))
}

fn set(app: &TestApp, whose: &[&str], schema: &str) -> Value {
    json_of(app, &[&["elements", "set", &app.file("schema.json", schema)], whose].concat())
}

fn found<'v>(outcome: &'v Value, code: &str) -> Vec<&'v Value> {
    outcome["findings"].as_array().unwrap().iter().filter(|finding| finding["code"] == code).collect()
}

/// A workbook with one row for each list of further cells.
fn workbook(app: &TestApp, name: &str, columns: &[&str], rows: &[&[&str]]) -> String {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let head = ["序号", "公开事项", "公开内容", "公开依据", "公开时限", "公开主体", "公开渠道"];
    let mut lines = vec![vec![TITLE.to_owned()]];
    lines.push(head.iter().chain(columns).map(ToString::to_string).collect());
    for (at, cells) in rows.iter().enumerate() {
        let own = [
            (at + 1).to_string(),
            format!("救助事项{}", at + 1),
            format!("救助政策{}", at + 1),
            "《社会救助暂行办法》".to_owned(),
            "信息形成或者变更之日起20个工作日内".to_owned(),
            "县民政局".to_owned(),
            "■政府网站".to_owned(),
        ];
        lines.push(own.into_iter().chain(cells.iter().map(ToString::to_string)).collect());
    }
    for (row, cells) in (0u32..).zip(&lines) {
        for (column, text) in (0u16..).zip(cells) {
            sheet.write_string(row, column, text).unwrap();
        }
    }
    let path = app.file(name, "");
    std::fs::write(&path, book.save_to_buffer().unwrap()).unwrap();
    path
}

fn ndjson(rows: &[Value]) -> String {
    let header = json!({ "catalogue": CODE, "label": "一", "effectiveFrom": "2026-11-01" });
    let row = |(at, extensions): (usize, &Value)| {
        let mut row = json!({
            "content": { "names": [format!("事项{at}")], "timeLimits": [{ "kind": "OTHER", "text": "公示后5日内" }] },
            "local": {},
        });
        if extensions.is_object() {
            row["local"]["extensions"] = extensions.clone();
        }
        row
    };
    std::iter::once(header).chain(rows.iter().enumerate().map(row)).map(|line| format!("{line}\n")).collect()
}

on_both_stores! {
    async fn columns_are_read_as_declared_and_findings_point_at_the_cell(app: TestApp) {
        let app = TestApp::bundled(app.database.backend).await;
        set(&app, &["--division", "513230"], SCHEMA);
        let bad = workbook(&app, "bad.xlsx", &["联 系 电 话", "公开格式"], &[
            &["0837-2378123", "文本"],
            &["县民政局", "表格"],
            &["", "图片"],
        ]);
        let refused = json_of(&app, &["import", &bad]);
        assert_eq!((&refused["refused"], &refused["versions"]), (&json!(true), &json!([])));
        let unfit = found(&refused, "E105");
        let places: Vec<(&str, &str)> =
            unfit.iter().map(|one| (one["cell"].as_str().unwrap(), one["value"].as_str().unwrap())).collect();
        assert_eq!(places, [("H4", "县民政局"), ("I5", "图片")], "{refused}");
        assert_eq!(unfit[0]["expected"], json!({
            "zh": "咨询电话：形如 ^[0-9-]{7,13}$，如 0837-2378123",
            "en": "咨询电话: a text that matches ^[0-9-]{7,13}$, such as 0837-2378123",
        }));
        assert_eq!(unfit[1]["expected"]["zh"], "公开格式：[\"文本\",\"表格\"] 之一");
        let missing = found(&refused, "E106");
        assert_eq!((missing.len(), &missing[0]["cell"], &missing[0]["expected"]["en"]),
            (1, &json!("H5"), &json!("the required element 咨询电话")), "{refused}");
        // A table without the column is told so once.
        let without = workbook(&app, "without.xlsx", &[], &[&[], &[]]);
        let refused = json_of(&app, &["import", &without]);
        assert_eq!(found(&refused, "E106").iter().map(|one| &one["line"]).collect::<Vec<_>>(), [&json!(2)], "{refused}");
        let good = workbook(&app, "good.xlsx", &["联 系 电 话", "公开格式"], &[&["0837-2378123", "文本"], &["12345678", ""]]);
        app.ok(&["import", &good, "--effective-from", "2026-01-01", "--publish"]);
        let again = json_of(&app, &["import", &good, "--dry-run"]);
        assert_eq!(again["versions"][0]["unchanged"], true, "{again}");
        let shown = json_of(&app, &["catalogue", "show", CODE]);
        assert_eq!(shown["entries"][0]["local"]["extensions"], json!({ "phone": "0837-2378123" }));
        assert_eq!(shown["version"]["elementSchemas"].as_array().map(Vec::len), Some(2), "{shown}");
        let asking = Asking::new(&app).await;
        let question = format!("{{ catalogue(code: \"{CODE}\") {{ version {{ items {{ nodes {{ extensions {{ key label text }} }} }} }} }} }}");
        let items = asking.data(&question).await["catalogue"]["version"]["items"]["nodes"].clone();
        assert_eq!(items[1]["extensions"], json!([{ "key": "phone", "label": "咨询电话", "text": "12345678" }]));
        app.ok(&["verify"]);
    }

    async fn documents_in_the_canonical_form_are_held_to_it(app: TestApp) {
        let refused = |rows: &[Value]| json_of(&app, &["import", &app.file("t.ndjson", &ndjson(rows))]);
        assert_eq!(found(&refused(&[json!({ "phone": "1" })]), "R117").len(), 1);
        set(&app, &["--division", "513230"], SCHEMA);
        let outcome = refused(&[json!({ "phone": "电话" }), json!(null), json!({ "phone": "0837-2378123" })]);
        let unfit = found(&outcome, "R117");
        assert_eq!((unfit.len(), &unfit[0]["line"], &unfit[0]["pointer"]), (1, &json!(2), &json!("/local/extensions/phone")));
        assert_eq!(unfit[0]["expected"]["en"], "咨询电话: a text that matches ^[0-9-]{7,13}$, such as 0837-2378123");
        let missing = found(&outcome, "R127");
        assert_eq!((missing.len(), &missing[0]["line"]), (1, &json!(3)), "{outcome}");
        // What the header says of the same element does not undo what the place says.
        let own = r#"{"catalogue":"513230000000-20","label":"一","effectiveFrom":"2026-11-01","elements":[{"key":"phone","label":"电话","part":"local","schema":{}}]}"#;
        let rows = ndjson(&[json!({ "phone": "电话" })]);
        let rows = rows.lines().nth(1).unwrap();
        let outcome = json_of(&app, &["import", &app.file("own.ndjson", &format!("{own}\n{rows}\n"))]);
        assert_eq!(found(&outcome, "R117").len(), 1, "{outcome}");
        let file = app.file("good.ndjson", &ndjson(&[json!({ "phone": "0837-2378123" })]));
        let made = json_of(&app, &["import", &file, "--dry-run"]);
        assert_eq!(made["refused"], false, "{made}");
        app.ok(&["import", &file, "--publish"]);
        let shown = json_of(&app, &["catalogue", "show", CODE, "--effective-on", "2026-11-21"]);
        assert_eq!((&shown["version"]["elementSchemas"].as_array().unwrap().len(), &shown["digest"]), (&1, &made["versions"][0]["digest"]));
        // A new declaration makes no new version of rows that are as they were.
        set(&app, &["--division", "513230"], &SCHEMA.replace("7,13", "7,20"));
        assert_eq!(json_of(&app, &["import", &file])["versions"][0]["unchanged"], true);
        app.ok(&["verify"]);
        let dump = app.database.dump().await;
        app.ok(&["rebuild"]);
        assert_eq!(app.database.dump().await, dump);
    }

    async fn setting_again_changes_nothing_and_days_follow_each_other(app: TestApp) {
        let dump = app.database.dump().await;
        let dry = set(&app, &["--division", "513230", "--dry-run"], SCHEMA);
        assert_eq!((&dry["refused"], &dry["code"], &dry["loaded"]["changed"]), (&json!(false), &json!("513230000000"), &json!(1)));
        assert!(dry["loaded"].get("revision").is_none());
        assert_eq!(app.database.dump().await, dump);
        let head = app.store.head().await.unwrap();
        assert_eq!(set(&app, &["--division", "513230"], SCHEMA)["loaded"]["revision"], head + 1);
        assert_eq!(set(&app, &["--division", "513230"], SCHEMA)["loaded"]["changed"], 0);
        // What is shown is what would be set.
        let shown = app.ok(&["elements", "show", "513230"]);
        assert_eq!(set(&app, &["--division", "513230"], &shown)["loaded"]["changed"], 0, "{shown}");
        let properties: Vec<usize> = ["phone", "公开格式"].map(|key| shown.find(&format!("\"{key}\": {{")).unwrap()).into();
        assert!(properties.is_sorted());
        let later = SCHEMA.replace("\"required\": [\"phone\"]", "\"required\": []");
        assert_eq!(set(&app, &["--division", "513230", "--valid-from", "2027-01-01"], &later)["loaded"]["changed"], 1);
        assert_eq!(set(&app, &["--division", "513230", "--valid-from", "2027-01-01"], &later)["loaded"]["changed"], 0);
        let list = |day: &str| app.ok(&["elements", "list", "--division", "513230100", "--effective-on", day]);
        assert_eq!(list("2026-12-31"), "513230000000: phone（咨询电话） · local · 必填 required\n513230000000: 公开格式 · content · 可选 optional\n");
        assert_eq!(list("2027-01-01"), "513230000000: phone（咨询电话） · local · 可选 optional\n513230000000: 公开格式 · content · 可选 optional\n");
        set(&app, &["--domain", "12", "--valid-from", "2027-01-01"], r#"{"type":"object","properties":{"备注":{}}}"#);
        assert!(!app.ok(&["elements", "list"]).contains("备注"));
        assert!(app.ok(&["elements", "list", "--effective-on", "2027-01-01"]).contains("12: 备注 · content · 可选 optional"));
        assert_eq!(app.cli(&["elements", "show", "513230-20"]).code, Some(1));
        assert_eq!(app.cli(&["elements", "set", "x.json"]).code, Some(2));
        app.ok(&["verify"]);
    }

    async fn a_schema_that_is_none_is_refused_with_its_place(app: TestApp) {
        let dump = app.database.dump().await;
        let of = |property: &str| format!(r#"{{"type":"object","properties":{{"甲":{property}}}}}"#);
        let cases = [
            ("{", "R001", ""),
            ("[]", "R002", ""),
            (r#"{"type":"object"}"#, "R002", "/properties"),
            (r#"{"type":"object","properties":{},"allOf":[]}"#, "R002", ""),
            (r#"{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{}}"#, "R002", "/$schema"),
            (&of(r#"{"type":"integer"}"#), "R002", "/properties/甲/type"),
            (&of(r#"{"patern":"x"}"#), "R002", "/properties/甲"),
            (&of(r#"{"minLength":-1}"#), "R002", "/properties/甲/minLength"),
            (&of(r#"{"format":"phone"}"#), "R002", "/properties/甲/format"),
            (&of(r#"{"enum":[]}"#), "R002", "/properties/甲/enum"),
            (&of(r#"{"$ref":"http://127.0.0.1:9/x"}"#), "R002", "/properties/甲"),
            (&of(r#"{"pattern":"("}"#), "R118", "/properties/甲/pattern"),
            (&of(r#"{"minLength":3,"maxLength":2}"#), "R118", "/properties/甲/maxLength"),
            (&of(r#"{"maxLength":2,"examples":["一二三"]}"#), "R118", "/properties/甲/examples/0"),
            (&of(r#"{"format":"date","enum":["2026-01-01","昨天"]}"#), "R118", "/properties/甲/enum/1"),
            (&of(r#"{"title":"公开时限"}"#), "R118", "/properties/甲/title"),
            (&of(r#"{"x-aliases":["县级"]}"#), "R118", "/properties/甲/x-aliases/0"),
            (&of(r#"{},"甲":{}"#), "R118", "/properties/甲"),
            (&of(r#"{},"乙":{"title":" 甲 "}"#), "R118", "/properties/乙/title"),
            (r#"{"type":"object","properties":{"甲":{}},"required":["乙"]}"#, "R118", "/required/0"),
        ];
        for (text, rule, pointer) in cases {
            let outcome = set(&app, &["--domain", "12"], text);
            assert_eq!(outcome["refused"], true, "{text}");
            let finding = found(&outcome, rule);
            assert!(finding.iter().any(|finding| finding["pointer"] == pointer), "{text}: {outcome}");
            for language in ["zh", "en"] {
                assert!(!finding[0]["expected"][language].as_str().unwrap().is_empty(), "{outcome}");
            }
        }
        for whose in [["--division", "999999"], ["--domain", "26"]] {
            assert_eq!(found(&set(&app, &whose, SCHEMA), "R119").len(), 1);
        }
        assert_eq!(app.database.dump().await, dump);
    }

    async fn the_most_specific_declaration_holds(app: TestApp) {
        let one = |label: &str, more: &str| {
            format!(r#"{{"type":"object","properties":{{"格式":{{"title":"{label}"}}{more}}}}}"#)
        };
        set(&app, &["--division", "513230", "--domain", "12"], &one("县文化", ""));
        set(&app, &["--division", "513230"], &one("县", ""));
        set(&app, &["--division", "51", "--domain", "12"], &one("省文化", r#","仅省":{}"#));
        set(&app, &["--domain", "12"], &one("文化", r#","仅文化":{}"#));
        set(&app, &["--division", "100000000000"], &one("全国", r#","仅全国":{}"#));
        let held = |whose: &[&str]| {
            let all = json_of(&app, &[&["elements", "list"], whose].concat());
            let text = |one: &Value| format!("{} {}", one["code"].as_str().unwrap(), one["element"]["label"].as_str().unwrap());
            all.as_array().unwrap().iter().map(text).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(held(&["--division", "513230100", "--domain", "12"]),
            "513230000000-12 县文化, 510000000000-12 仅省, 12 仅文化, 100000000000 仅全国");
        assert_eq!(held(&["--division", "513230"]), "513230000000 县, 100000000000 仅全国");
        assert_eq!(held(&["--division", "5132", "--domain", "12"]),
            "510000000000-12 省文化, 510000000000-12 仅省, 12 仅文化, 100000000000 仅全国");
        assert_eq!(held(&["--domain", "12"]), "12 文化, 12 仅文化");
        // One column has one meaning, under whichever key.
        set(&app, &["--division", "5132", "--domain", "20"], r#"{"type":"object","properties":{"我的":{"title":"仅 全国"}}}"#);
        assert_eq!(held(&["--division", "513230", "--domain", "20"]), "513230000000 县, 513200000000-20 仅 全国");
        assert_eq!(held(&["--domain", "20"]), "");
        // The read API says the same, and what each declares itself.
        crate::kit::publish(&app, "513230000000-12", "2026-01-01", 1).await;
        let asking = Asking::new(&app).await;
        let data = asking.data(
            r#"{ catalogue(code: "513230000000-12") { elements { label division { code } domain { code } } }
                 division(code: "513230") { elements { key label aliases part required schema validFrom domain { code } } }
                 domain(code: "12") { elements { label division { code } } }
                 changes(since: 0, first: 100) { nodes { register nodes { totalCount nodes { __typename } } } } }"#,
        ).await;
        let catalogue = &data["catalogue"]["elements"];
        assert_eq!(catalogue[0], json!({ "label": "县文化", "division": { "code": "513230000000" }, "domain": { "code": "12" } }));
        assert_eq!(catalogue.as_array().map(Vec::len), Some(4), "{data}");
        assert_eq!(data["division"]["elements"][0], json!({
            "key": "格式", "label": "县", "aliases": [], "part": "CONTENT", "required": false,
            "schema": "{\"type\":\"string\"}", "validFrom": null, "domain": null,
        }));
        assert_eq!(data["division"]["elements"][1]["domain"]["code"], "12");
        assert_eq!(data["domain"]["elements"], json!([{ "label": "文化", "division": null }, { "label": "仅文化", "division": null }]));
        let kinds: Vec<&Value> = data["changes"]["nodes"].as_array().unwrap().iter()
            .filter(|change| change["register"] == "element").map(|change| &change["nodes"]["nodes"][0]["__typename"]).collect();
        assert_eq!(kinds, ["Division", "Division", "Division", "Domain", "Division", "Division"]);
        let before = asking.data(r#"{ at(revision: 2) { division(code: "513230") { elements { key } } } }"#).await;
        assert_ne!(before["at"]["division"]["elements"], data["division"]["elements"]);
    }

    async fn an_adoption_leaves_required_elements_to_be_filled_in(app: TestApp) {
        app.ok(&["import", &app.file("county.ndjson", &ndjson(&[json!(null), json!(null)])), "--publish"]);
        set(&app, &["--division", "513230100"], SCHEMA);
        let adopted = json_of(&app, &["adopt", "--from", "513230000000-20", "--division", "513230100"]);
        assert_eq!((&adopted["refused"], found(&adopted, "R211").len(), found(&adopted, "R127").len()), (&json!(false), 2, 0), "{adopted}");
        // Nor is it in the way of reading anew what was adopted.
        app.ok(&["publish", "513230100000-20"]);
        let read = json_of(&app, &["reparse", "513230100000-20"]);
        assert_eq!((&read["refused"], &read["versions"][0]["number"], found(&read, "R211").len()), (&json!(false), &json!(2), 2), "{read}");
    }

    async fn the_register_loads_from_files_as_well(app: TestApp) {
        set(&app, &["--division", "513230", "--domain", "20"], SCHEMA);
        let element = |key: &str, more: Value| {
            let mut element = json!({ "key": key, "label": key, "part": "content", "required": false, "schema": { "type": "string" } });
            element.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            element
        };
        let elements = json!([
            element("phone", json!({ "label": "咨询电话", "aliases": ["联系电话"], "part": "local", "required": true,
                "schema": { "type": "string", "pattern": "^[0-9-]{7,13}$", "examples": ["0837-2378123"] } })),
            element("公开格式", json!({ "schema": { "type": "string", "enum": ["文本", "表格"] } })),
        ]);
        let line = json!({ "division": "513230", "domain": "20", "elements": elements, "title": "壤塘县扩展要素" });
        let loaded = json_of(&app, &["reference", "load", &app.file("elements.ndjson", &line.to_string())]);
        assert_eq!((&loaded["registers"][0]["register"], &loaded["registers"][0]["changed"]), (&json!("element"), &json!(0)), "{loaded}");
        let csv = format!("division,domain,elements\n513230,20,\"{}\"\n", json!([element("甲", json!({}))]).to_string().replace('"', "\"\""));
        assert_eq!(json_of(&app, &["reference", "load", &app.file("elements.csv", &csv)])["registers"][0]["changed"], 1);
        let bad = [
            (json!({ "elements": [] }), "R002"),
            (json!({ "domain": "20", "elements": [element("甲", json!({ "label": "公开时限" }))] }), "R118"),
            (json!({ "domain": "20", "elements": [element("甲", json!({ "schema": { "pattern": "(" } }))] }), "R118"),
            (json!({ "domain": "20", "elements": [element("甲", json!({ "schema": { "const": "x" } }))] }), "R002"),
        ];
        for (line, rule) in bad {
            let outcome = json_of(&app, &["reference", "load", "--register", "element", &app.file("bad.ndjson", &line.to_string())]);
            assert_eq!((&outcome["refused"], found(&outcome, rule).len()), (&json!(true), 1), "{line}: {outcome}");
        }
        app.ok(&["verify"]);
    }
}

#[tokio::test]
async fn declarations_go_through_a_backup() {
    let app = TestApp::new(Backend::Sqlite).await;
    set(&app, &["--division", "513230"], SCHEMA);
    let file = app.file("all.backup", "");
    std::fs::remove_file(&file).unwrap();
    app.ok(&["backup", &file]);
    let other = TestApp::empty(Backend::Postgres).await;
    other.ok(&["restore", &file]);
    assert_eq!(other.ok(&["elements", "show", "513230"]), app.ok(&["elements", "show", "513230"]));
    assert_eq!(set(&other, &["--division", "513230"], SCHEMA)["loaded"]["changed"], 0);
}
