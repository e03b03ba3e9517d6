//! `mulu import` of tables: whose they are, what they become, what is refused, and what next year's file changes.

use serde_json::{Value, json};

use crate::kit::{Asking, TestApp, source};

const CODE: &str = "513230000000-20";
const HEAD: &str = "<tr><th rowspan=2>序号<th colspan=2>公开事项<th rowspan=2>公开内容(要素)<th rowspan=2>公开依据<th rowspan=2>公开时限\
    <th rowspan=2>公开主体<th rowspan=2>公开渠道和载体<th colspan=2>公开对象<th colspan=2>公开方式<th colspan=2>公开层级\
    <tr><th>一级事项<th>二级事项<th>全社会<th>特定群体<th>主动<th>依申请公开<th>县级<th>乡级";

/// A page with a table of these rows, each the inner name, the content and the unit.
fn page(title: &str, rows: &[[&str; 3]]) -> String {
    let row = |(at, [name, content, unit]): (usize, &[&str; 3])| {
        let outer = if at == 0 { format!("<td rowspan={}>综合业务", rows.len()) } else { String::new() };
        format!(
            "<tr><td>{}{outer}<td>{name}<td>{content}<td>《社会救助暂行办法》<td>信息形成或者变更之日起20个工作日内<td>{unit}\
             <td>■政府网站 □政府公报<td>√<td><td>√<td><td>√<td>",
            at + 1
        )
    };
    let rows: String = rows.iter().enumerate().map(row).collect();
    format!("<meta charset=utf-8><h1>{title}</h1><table>{HEAD}{rows}</table>")
}

const TITLE: &str = "壤塘县社会救助领域基层政务公开标准目录";
const ROWS: [[&str; 3]; 3] = [
    ["政策法规", "救助政策文件全文及解读材料", "县民政局"],
    ["办事指南", "办理条件<br>申请材料<br>办理流程", "县民政局"],
    ["救助结果", "救助对象名单<br>救助标准", "县民政局"],
];

fn outcome(app: &TestApp, arguments: &[&str]) -> Value {
    let output = app.cli(&[&["import"], arguments, &["--json"]].concat());
    serde_json::from_str(&output.stdout).unwrap_or_else(|_| panic!("{}{}", output.stdout, output.stderr))
}

fn codes(outcome: &Value) -> Vec<&str> {
    outcome["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

fn only<'v>(outcome: &'v Value, code: &str) -> &'v Value {
    let mut found = outcome["findings"].as_array().unwrap().iter().filter(|finding| finding["code"] == code);
    let one = found.next().unwrap_or_else(|| panic!("no {code} in {outcome}"));
    assert!(found.next().is_none(), "{code} twice in {outcome}");
    one
}

fn items(app: &TestApp) -> Vec<(String, String)> {
    let shown: Value = serde_json::from_str(&app.ok(&["catalogue", "show", CODE, "--json"])).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let entries = shown["entries"].as_array().unwrap().iter();
    entries.map(|row| (text(&row["entry"]["item"]), text(&row["content"]["names"][1]))).collect()
}

on_both_stores! {
    async fn a_page_becomes_a_version_and_the_same_page_changes_nothing(app: TestApp) {
        let app = TestApp::bundled(app.database.backend).await;
        let file = app.file("a.html", &page(TITLE, &ROWS));
        let head = app.store.head().await.unwrap();
        let dry = outcome(&app, &[&file, "--dry-run"]);
        assert_eq!((&dry["refused"], &dry["versions"][0]["catalogue"]), (&json!(false), &json!(CODE)));
        assert_eq!(app.store.head().await.unwrap(), head);
        app.ok(&["import", &file, "--effective-from", "2026-01-01", "--publish"]);
        let again = outcome(&app, &[&file]);
        assert_eq!(again["versions"][0]["unchanged"], true, "{again}");
        assert_eq!(items(&app).len(), 3);
        let asking = Asking::new(&app).await;
        let question = format!(
            "{{ catalogue(code: \"{CODE}\") {{ title version {{ items {{ nodes {{ names
               timeLimit {{ count unit trigger }} channels {{ channel {{ code }} }} }} }} }} }} }}"
        );
        let catalogue = asking.data(&question).await["catalogue"].clone();
        assert_eq!(catalogue["title"], TITLE);
        let item = &catalogue["version"]["items"]["nodes"][1];
        assert_eq!(item["names"], json!(["综合业务", "办事指南"]));
        assert_eq!(item["timeLimit"], json!({ "count": 20, "unit": "WORKING_DAY", "trigger": "信息形成或变更" }));
        assert_eq!(item["channels"], json!([{ "channel": { "code": "GOV_WEBSITE" } }]));
    }

    async fn a_level_that_was_inferred_stays(app: TestApp) {
        let app = TestApp::bundled(app.database.backend).await;
        let without = page(TITLE, &ROWS)
            .replace("<th colspan=2>公开层级", "")
            .replace("<th>县级<th>乡级", "")
            .replace("<td>√<td><td>√<td><td>√<td>", "<td>√<td><td>√<td>");
        let file = app.file("a.html", &without);
        let made = outcome(&app, &[&file, "--effective-from", "2026-01-01", "--publish"]);
        assert_eq!(only(&made, "W340")["understood"], "县级");
        let again = outcome(&app, &[&file, "--dry-run"]);
        assert_eq!(again["versions"][0]["unchanged"], true, "{again}");
    }

    async fn next_years_page_keeps_the_codes_of_its_items(app: TestApp) {
        let app = TestApp::bundled(app.database.backend).await;
        app.ok(&["import", &app.file("a.html", &page(TITLE, &ROWS)), "--effective-from", "2026-01-01", "--publish"]);
        let before = items(&app);
        // One goes, one has another spelling and place, one is new, one is reworded.
        let next = [
            ["办 事 指 南", "办理条件<br>申请材料<br>办理流程<br>办理时限", "县民政局"],
            ["结果公示", "救助对象名单<br>救助标准", "县民政局"],
            ["监督检查", "投诉举报电话", "县民政局"],
        ];
        let file = app.file("b.html", &page(TITLE, &next));
        let proposed = outcome(&app, &[&file, "--dry-run"]);
        assert_eq!(only(&proposed, "W351")["proposal"], before[2].0);
        app.ok(&["import", &file, "--effective-from", "2026-06-01", "--accept", "--publish"]);
        let now: Vec<String> = items(&app).into_iter().map(|(code, _)| code).collect();
        assert_eq!(now, [before[1].0.clone(), before[2].0.clone(), format!("{CODE}-0004")]);
    }

    async fn whose_a_table_is_is_never_guessed(app: TestApp) {
        let app = TestApp::bundled(app.database.backend).await;
        let refused = |title: &str, arguments: &[&str]| {
            let file = app.file("t.html", &page(title, &ROWS));
            let outcome = outcome(&app, &[&[file.as_str()], arguments].concat());
            assert_eq!((&outcome["refused"], &outcome["versions"]), (&json!(true), &json!([])), "{title}");
            codes(&outcome).into_iter().filter(|code| code.starts_with('E')).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(refused(TITLE, &["--division", "530115"]), "E401");
        assert_eq!(refused(TITLE, &["--domain", "12"]), "E402");
        assert_eq!(refused(TITLE, &["--division", "530115", "--domain", "12"]), "E401 E402");
        assert_eq!(refused("青禾县社会救助领域基层政务公开标准目录", &[]), "E404");
        assert_eq!(refused("社会救助领域基层政务公开标准目录", &[]), "E404");
        assert_eq!(refused("壤塘县柳编领域基层政务公开标准目录", &[]), "E104");
        assert_eq!(refused("壤塘县基层政务公开标准目录", &[]), "E404");
        let file = app.file("t.html", &page("社会救助领域基层政务公开标准目录", &ROWS));
        let told = outcome(&app, &[&file, "--division", "513230", "--kind", "supplementary", "--dry-run"]);
        assert_eq!(told["versions"][0]["catalogue"], format!("{CODE}S"));
    }

    async fn several_domains_are_several_drafts_all_or_none(app: TestApp) {
        let app = TestApp::bundled(app.database.backend).await;
        let two = page(TITLE, &ROWS) + &page("壤塘县养老服务领域基层政务公开标准目录", &ROWS[..2]);
        let made = outcome(&app, &[&app.file("two.html", &two), "--dry-run"]);
        let catalogues: Vec<&str> =
            made["versions"].as_array().unwrap().iter().map(|one| one["catalogue"].as_str().unwrap()).collect();
        assert_eq!(catalogues, [CODE, "513230000000-21"]);
        let bad = two + &page("壤塘县柳编领域标准目录", &ROWS);
        let none = outcome(&app, &[&app.file("bad.html", &bad)]);
        assert_eq!((&none["refused"], &none["versions"]), (&json!(true), &json!([])));
        assert_eq!(app.ok(&["draft", "list", "--json"]).trim(), "[]");
    }

    async fn units_are_looked_up_and_decisions_count(app: TestApp) {
        let app = TestApp::bundled(app.database.backend).await;
        let units = "code,division,name,shortName\n513230000000-U020,513230,壤塘县民政局,县民政局\n513230000000-U021,513230,壤塘县财政局,县财政局\n";
        app.ok(&["reference", "load", &app.file("units.csv", units)]);
        let rows = [["政策法规", "全文", "县民政局"], ["办事指南", "条件", "壤塘县民政局"], ["救助结果", "名单", "民政局救助股"]];
        let file = app.file("u.html", &page(TITLE, &rows));
        let found = outcome(&app, &[&file, "--dry-run"]);
        assert_eq!(only(&found, "U4")["understood"], "513230000000-U020 壤塘县民政局");
        let unknown = only(&found, "W342");
        assert_eq!((&unknown["value"], &unknown["column"], &unknown["line"]), (&json!("民政局救助股"), &json!("公开主体"), &json!(6)));
        assert!(unknown["proposal"].as_str().is_some(), "{unknown}");
        assert!(unknown["proposal"].as_str().unwrap().starts_with("513230000000-U020 壤塘县民政局"), "{unknown}");
        app.ok(&["unit", "alias", "民政局救助股", "--means", "513230000000-U020", "--division", "513230"]);
        assert!(!codes(&outcome(&app, &[&file, "--dry-run"])).contains(&"W342"));
    }

    async fn a_workbook_that_shows_no_sheet_is_refused(app: TestApp) {
        for (name, code) in [("hidden-sheet.xlsx", "E008"), ("dangling-sheet.xlsx", "E005")] {
            let output = app.cli(&["import", &source(&format!("tests/corpus/mutations/{name}")), "--json"]);
            let report: Value = serde_json::from_str(&output.stdout).unwrap();
            let findings = report["findings"].as_array().unwrap();
            let errors: Vec<&str> = findings
                .iter()
                .filter(|finding| finding["severity"] == "error")
                .map(|finding| finding["code"].as_str().unwrap())
                .collect();
            assert_eq!((output.code, errors), (Some(1), vec![code]), "{report:#}");
        }
    }

    async fn findings_name_the_cell_of_a_workbook(app: TestApp) {
        let app = TestApp::bundled(app.database.backend).await;
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        let lines = [
            vec![TITLE],
            vec!["序号", "公开事项", "公开内容", "公开依据", "公开时限", "公开主体", "公开渠道"],
            vec!["1", "政策法规", "全文", "同上", "* 个工作日", "县民政局", "■政府网站"],
        ];
        for (row, cells) in (3u32..).zip(&lines) {
            for (column, text) in (1u16..).zip(cells) {
                sheet.write_string(row, column, *text).unwrap();
            }
        }
        let path = app.file("book.xlsx", "");
        std::fs::write(&path, book.save_to_buffer().unwrap()).unwrap();
        let refused = outcome(&app, &[&path]);
        assert_eq!(refused["refused"], true);
        let place = |code: &str| {
            let finding = only(&refused, code);
            (finding["cell"].as_str().unwrap().to_owned(), finding["column"].as_str().unwrap().to_owned())
        };
        assert_eq!(place("E102"), ("E6".to_owned(), "公开依据".to_owned()));
        assert_eq!(place("E103"), ("F6".to_owned(), "公开时限".to_owned()));
    }

    async fn a_domain_column_must_agree_with_the_catalogue(app: TestApp) {
        let app = TestApp::bundled(app.database.backend).await;
        let domains = |names: [&str; 3]| {
            let page = page(TITLE, &ROWS).replacen("<tr><th rowspan=2>", "<tr><th rowspan=2>领域<th rowspan=2>", 1);
            names.iter().enumerate().fold(page, |page, (at, name)| {
                page.replacen(&format!("<tr><td>{}<td", at + 1), &format!("<tr><td>{name}<td>{}<td", at + 1), 1)
            })
        };
        let same = app.file("same.html", &domains(["社会救助"; 3]).replace("<tr><td>3<td>", "<tr><td>社会救助<td>3<td>"));
        assert_eq!(outcome(&app, &[&same, "--dry-run"])["refused"], json!(false));
        let other = app.file("other.html", &domains(["社会救助", "养老服务", "社会救助"]));
        let refused = outcome(&app, &[&other, "--dry-run"]);
        let found = only(&refused, "E402");
        assert_eq!((&refused["refused"], &found["value"], &found["line"]), (&json!(true), &json!("养老服务"), &json!(5)));
    }

    async fn a_fourth_level_is_not_lost(app: TestApp) {
        let app = TestApp::bundled(app.database.backend).await;
        let four = page(TITLE, &ROWS)
            .replacen("<th colspan=2>公开事项", "<th colspan=4>公开事项", 1)
            .replacen("<tr><th>一级事项<th>二级事项", "<tr><th>一级目录<th>二级目录<th>三级目录<th>四级目录", 1)
            .replace("<td>政策法规", "<td>甲类<td>乙类<td>政策法规")
            .replace("<td>办事指南", "<td>甲类<td>乙类<td>办事指南")
            .replace("<td>救助结果", "<td>甲类<td>乙类<td>救助结果");
        let file = app.file("four.html", &four);
        let made = outcome(&app, &[&file, "--effective-from", "2026-01-01", "--publish"]);
        assert_eq!(codes(&made).iter().filter(|code| **code == "W212").count(), 3, "{made}");
        let shown: Value = serde_json::from_str(&app.ok(&["catalogue", "show", CODE, "--json"])).unwrap();
        assert_eq!(shown["entries"][1]["content"]["names"], json!(["综合业务/甲类", "乙类", "办事指南"]));
    }

    async fn remarks_are_kept_and_come_back_from_an_export(app: TestApp) {
        let app = TestApp::bundled(app.database.backend).await;
        let remark = "注\u{ff1a}可推送至省级网";
        app.ok(&["import", &app.file("o.html", &page(TITLE, &ROWS)), "--effective-from", "2025-01-01", "--publish"]);
        let printed = page(TITLE, &ROWS).replacen("□政府公报", &format!("□政府公报<br>{remark}"), 1);
        let file = app.file("a.html", &format!("{printed}<p>注\u{ff1a}标★的为必须公开</p><p>打印 关闭</p>"));
        app.ok(&["import", &file, "--effective-from", "2026-01-01", "--publish"]);
        let asking = Asking::new(&app).await;
        let question = format!(
            "{{ catalogue(code: \"{CODE}\") {{ version {{ note items {{ nodes {{ elements {{ label text }} }} }} }} }} }}"
        );
        let version = async || asking.data(&question).await["catalogue"]["version"].clone();
        let before = version().await;
        assert_eq!(before["note"], "注\u{ff1a}标★的为必须公开");
        let told = |row: usize| before["items"]["nodes"][row].to_string().contains(remark);
        assert_eq!([0, 1, 2].map(told), [true, false, false], "{before}");
        // The national layout has a column for it, and none for the note, which stays.
        for kind in ["html", "xlsx", "docx"] {
            let out = app.file(&format!("out.{kind}"), "");
            app.ok(&["export", CODE, "--layout", "official", "--format", kind, "--out", &out, "--force"]);
            assert_eq!(outcome(&app, &[&out])["versions"][0]["unchanged"], true, "{kind}");
        }
        // Another remark alone makes no version; what a person says does.
        let file = app.file("b.html", &format!("{printed}<p>注\u{ff1a}另有说明</p>"));
        assert_eq!(outcome(&app, &[&file])["versions"][0]["unchanged"], true);
        app.ok(&["import", &file, "--note", "年度更新", "--effective-from", "2026-02-01", "--publish"]);
        assert_eq!(version().await["note"], "年度更新");
    }

    async fn a_file_that_lacks_an_element_is_refused_where_all_are_wanted(app: TestApp) {
        let app = TestApp::bundled(app.database.backend).await;
        let text = page(TITLE, &ROWS).replacen("信息形成或者变更之日起20个工作日内", "", 1);
        let file = app.file("a.html", &text);
        let usual = outcome(&app, &[&file, "--dry-run"]);
        assert_eq!(only(&usual, "W403")["expected"]["zh"], "公开时限");
        let wanted = outcome(&app, &[&file, "--complete", "--dry-run"]);
        assert_eq!((&wanted["refused"], &only(&wanted, "E403")["column"]), (&json!(true), &json!("公开时限")));
        assert!(!codes(&wanted).contains(&"W403") && !codes(&wanted).contains(&"W324"), "{wanted}");
        // What was published without it is refused, too, once all are wanted.
        app.ok(&["import", &file, "--publish"]);
        assert_eq!(outcome(&app, &[&file, "--complete"])["refused"], true);
        assert_eq!(outcome(&app, &[&file])["versions"][0]["unchanged"], true);
    }

    async fn what_would_change_is_shown_before_it_does(app: TestApp) {
        let app = TestApp::bundled(app.database.backend).await;
        let first = app.file("a.html", &page(TITLE, &ROWS));
        let dry = outcome(&app, &[&first, "--dry-run"]);
        assert!(dry["versions"][0].get("difference").is_none(), "{dry}");
        app.ok(&["import", &first, "--effective-from", "2026-01-01"]);
        assert_eq!(app.ok(&["draft", "diff", CODE, "--json"]).trim(), "null");
        app.ok(&["publish", CODE]);
        let rows = [ROWS[0], ["办事指南", "办理条件<br>申请材料", "县民政局、县财政局"], ["监督检查", "监督电话", "县民政局"]];
        let next = app.file("b.html", &page(TITLE, &rows));
        let difference = outcome(&app, &[&next, "--dry-run"])["versions"][0]["difference"].clone();
        let counts = ["added", "changed", "removed", "moved", "unchanged"].map(|kind| difference[kind].as_u64().unwrap());
        assert_eq!(counts, [1, 1, 1, 0, 1], "{difference}");
        let changed = difference["items"].as_array().unwrap().iter().find(|item| item["kind"] == "CHANGED").unwrap();
        let labels: Vec<&str> = changed["elements"].as_array().unwrap().iter().map(|one| one["label"].as_str().unwrap()).collect();
        assert_eq!(labels, ["公开内容", "公开主体"]);
        assert_eq!(changed["elements"][1]["after"], "县民政局\n县财政局");
        let said = app.ok(&["import", &next, "--dry-run"]);
        assert!(said.contains("新增 1 · 修改 1 · 删除 1 · 移动 0 · 未变 1"), "{said}");
        assert!(said.contains("      + 县财政局") && said.contains("      - 办理流程"), "{said}");
        // The draft, once it is kept, says the same; so do the two versions, once it is published.
        app.ok(&["import", &next, "--effective-from", "2026-02-01"]);
        let of_draft: Value = serde_json::from_str(&app.ok(&["draft", "diff", CODE, "--json"])).unwrap();
        assert_eq!((&of_draft["items"], &of_draft["head"]["number"]), (&difference["items"], &json!(2)));
        app.ok(&["publish", CODE]);
        let versions = [format!("{CODE}#1"), format!("{CODE}#2")];
        let published: Value = serde_json::from_str(&app.ok(&["diff", &versions[0], &versions[1], "--json"])).unwrap();
        assert_eq!(published, of_draft);
    }
}
