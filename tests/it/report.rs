//! Reports of imports: the same findings as JSON, as a page and in the table itself.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
    path::Path,
};

use mulu::import::{
    File,
    grid::{Grid, Row},
    source,
};
use rust_xlsxwriter::{Format, Workbook};
use serde_json::Value;

use crate::kit::{Backend, Output, TestApp};

const HEAD: [&str; 14] = [
    "序号",
    "一级事项",
    "二级事项",
    "公开内容",
    "公开依据",
    "公开时限",
    "公开主体",
    "公开渠道和载体",
    "全社会",
    "特定群体",
    "主动",
    "依申请",
    "县级",
    "乡级",
];

/// Rows of a table; an error only where the first says 同上.
fn rows(first: &'static str) -> Vec<[&'static str; 14]> {
    let basis = "《中华人民共和国政府信息公开条例》";
    let within = "信息形成或变更之日起20个工作日内";
    vec![
        [
            "1",
            "资金信息",
            "年度安排",
            "1.金额\n2.<script>alert('&')</script>",
            basis,
            first,
            "县民政局",
            "■政府网站",
            "√",
            "",
            "√",
            "",
            "√",
            "",
        ],
        [
            "2",
            "",
            "执行情况",
            "=1+1",
            basis,
            "20个工作日",
            "县文化局",
            "■政府网站",
            "√",
            "",
            "√",
            "",
            "√",
            "",
        ],
        [
            "5",
            "服务信息",
            "办事指南",
            "@明细",
            basis,
            within,
            "县文化局",
            "■政府网站\n□其他",
            "√",
            "",
            "√",
            "",
            "√",
            "√",
        ],
    ]
}

/// A workbook whose second sheet holds a table from B4 on, its names and its title merged.
fn workbook(rows: &[[&str; 14]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let (plain, at) = (Format::new(), |column: usize| u16::try_from(column + 1).unwrap());
    workbook.add_worksheet().set_name("说明").unwrap().write_string(1, 0, "填表说明").unwrap();
    let sheet = workbook.add_worksheet().set_name("社会救助").unwrap();
    sheet.merge_range(1, 1, 1, 14, "壤塘县社会救助领域基层政务公开标准目录", &plain).unwrap();
    for (column, label) in HEAD.iter().enumerate() {
        sheet.write_string(3, at(column), *label).unwrap();
    }
    for (row, cells) in (4..).zip(rows) {
        for (column, words) in cells.iter().enumerate().filter(|(_, words)| !words.is_empty()) {
            sheet.write_string(row, at(column), *words).unwrap();
        }
    }
    sheet.merge_range(4, 2, 5, 2, "资金信息", &plain).unwrap();
    workbook.save_to_buffer().unwrap()
}

fn page(rows: &[[&str; 14]]) -> String {
    let cell = |words: &&str| {
        format!("<td>{}</td>", words.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "<br>"))
    };
    let line = |cells: &[&str; 14]| format!("<tr>{}</tr>", cells.iter().map(cell).collect::<String>());
    let lines: String = std::iter::once(&HEAD).chain(rows).map(line).collect();
    format!("<html><body><p>壤塘县社会救助领域基层政务公开标准目录</p><table>{lines}</table></body></html>")
}

fn write(app: &TestApp, name: &str, bytes: &[u8]) -> String {
    let path = app.database.directory.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path.display().to_string()
}

/// Imports a file with a report, whose bytes it gives back.
fn report(app: &TestApp, file: &str, name: &str, more: &[&str]) -> (Output, Vec<u8>) {
    let path = app.database.directory.path().join(name);
    let output = app.cli(&[&["import", file, "--report", path.to_str().unwrap()], more].concat());
    let said = format!("报告 report: {}", path.display());
    assert!(
        output.stdout.contains(&said) || output.stderr.contains(&said),
        "{}{}",
        output.stdout,
        output.stderr
    );
    (output, std::fs::read(path).unwrap())
}

/// The grids of a file as mulu reads them. What formats and blank ends add is no difference.
fn grids(name: &str, bytes: &[u8]) -> Vec<Grid> {
    let file = File { name: name.to_owned(), bytes: bytes.to_vec() };
    let mut grids = source::read(&file).unwrap().grids;
    for row in grids.iter_mut().flat_map(|grid| &mut grid.rows) {
        let holds = |cell: &mulu::import::grid::Cell| !cell.text.is_empty() || cell.merged.is_some();
        row.cells.truncate(row.cells.iter().rposition(holds).map_or(0, |last| last + 1));
    }
    grids
}

/// The parts of a package.
fn parts(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let many = package.len();
    let read = |at| {
        let mut part = package.by_index(at).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        (part.name().unwrap().into_owned(), text)
    };
    (0..many).map(read).collect()
}

/// Fails where elements of a page are not closed in their order.
fn well_formed(page: &str) {
    let (head, rest) = page.split_once("<style>").unwrap();
    let body = rest.split_once("</style>").unwrap().1;
    let mut open = Vec::new();
    for piece in head.split('<').chain(body.split('<')).filter(|piece| piece.contains('>')) {
        let (tag, text) = piece.split_once('>').unwrap();
        assert!(!text.contains('>') && tag.matches('"').count() % 2 == 0, "{piece}");
        let name = tag.split_whitespace().next().unwrap();
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{piece}"),
            None if ["!DOCTYPE", "meta", "br"].contains(&name) => {}
            None => open.push(name),
        }
    }
    assert_eq!(open, Vec::<&str>::new());
    let lower = page.to_lowercase();
    for never in ["<script", "javascript:", "http://", "https://", "<img", "<link", " style=", " onclick"] {
        assert!(!lower.contains(never), "{never}");
    }
}

/// Every link of a page leads to something on it.
fn links_lead_somewhere(page: &str) {
    let mut links = page.split("href=\"").skip(1).map(|rest| rest.split_once('"').unwrap().0);
    assert!(links.clone().count() > 0);
    let broken = links.find(|link| !page.contains(&format!("id=\"{}\"", link.trim_start_matches('#'))));
    assert_eq!(broken, None);
}

fn count(findings: &Value, severity: &str) -> usize {
    findings.as_array().unwrap().iter().filter(|finding| finding["severity"] == severity).count()
}

on_both_stores! {
    async fn a_refused_table_comes_back_in_three_ways(app: TestApp) {
        let input = workbook(&rows("同上"));
        let file = write(&app, "表.xlsx", &input);
        let before = app.database.dump().await;

        let (output, json) = report(&app, &file, "report.json", &["--json"]);
        assert_eq!((output.code, output.stdout.as_bytes()), (Some(1), json.as_slice()));
        let outcome: Value = serde_json::from_slice(&json).unwrap();
        let findings = &outcome["findings"];
        assert_eq!((&outcome["refused"], &outcome["versions"]), (&true.into(), &Value::Array(Vec::new())));
        let [errors, warnings, infos] = ["error", "warning", "info"].map(|severity| count(findings, severity));
        assert!(errors == 1 && warnings > 1 && infos > 1, "{findings:#}");

        let (output, page) = report(&app, &file, "report.html", &["--publish"]);
        assert_eq!(output.code, Some(1));
        let page = String::from_utf8(page).unwrap();
        well_formed(&page);
        links_lead_somewhere(&page);
        assert!(page.contains("&lt;script&gt;alert('&amp;')&lt;/script&gt;"));
        for (class, many) in [("e", errors), ("w", warnings), ("i", infos)] {
            let dd = page.split(&format!("<div class=\"{class}\"><dt>")).nth(1).unwrap();
            assert!(dd.split_once("</div>").unwrap().0.ends_with(&format!("<dd>{many}</dd>")), "{class}");
        }
        assert_eq!(page.matches("<li id=\"f").count(), errors + warnings + infos);
        assert!(page.contains("首行的“同上”没有所指 <span lang=\"en\">同上 in the first row points at nothing</span>"));
        assert!(page.contains(" rowspan=\"2\">资金信息") && page.contains(" colspan=\"14\">壤塘县"));

        let (output, bytes) = report(&app, &file, "report.xlsx", &[]);
        assert_eq!(output.code, Some(1));
        assert_eq!(grids("report.xlsx", &bytes)[2..], grids("表.xlsx", &input));
        let parts = parts(&bytes);
        let sheets: Vec<&String> =
            parts.iter().filter(|(name, _)| name.starts_with("xl/worksheets/sheet")).map(|(_, text)| text).collect();
        assert!(sheets.len() == 4 && sheets.iter().all(|text| !text.contains("<f>") && !text.contains("<f ")));
        let note = |address: &str| {
            let comments = parts.iter().find(|(name, _)| name.starts_with("xl/comments")).unwrap().1;
            let rest = comments.split(&format!("<comment ref=\"{address}\"")).nth(1).unwrap();
            rest.split_once("</comment>").unwrap().0.to_owned()
        };
        for finding in findings.as_array().unwrap().iter().filter(|finding| finding["cell"].is_string()) {
            // What is said of a cell of a merged area stands at its first.
            let cell = finding["cell"].as_str().unwrap();
            let note = note(if cell == "C6" { "C5" } else { cell });
            assert!(note.contains(finding["code"].as_str().unwrap()), "{finding}: {note}");
        }
        for fill in ["FFFBC8C2", "FFFFE699", "FFDDEBF7"] {
            assert!(parts["xl/styles.xml"].contains(&format!("<fgColor rgb=\"{fill}\"/>")), "{fill}");
        }
        assert!(parts["xl/worksheets/sheet4.xml"].contains("<mergeCell ref=\"C5:C6\"/>"));
        let list = &parts["xl/worksheets/sheet1.xml"];
        let last = 5 + errors + warnings + infos;
        assert!(list.contains(&format!("<autoFilter ref=\"A5:K{last}\"/>")) && list.contains("'社会救助'!G5"));
        assert_eq!(report(&app, &file, "again.xlsx", &[]).1, bytes);
        assert_eq!(app.database.dump().await, before);
    }
}

#[tokio::test]
async fn a_table_that_goes_in_has_a_report_too() {
    let app = TestApp::new(Backend::Sqlite).await;
    let file = write(&app, "目录.html", page(&rows("20个工作日")).as_bytes());
    let texts = [["--dry-run"], ["--publish"]].map(|how| {
        let (output, bytes) = report(&app, &file, "report.html", &how);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        String::from_utf8(bytes).unwrap()
    });
    for (text, said) in
        texts.iter().zip(["可导入 <span lang=\"en\">would be a draft", "已发布 <span lang=\"en\">published"])
    {
        well_formed(text);
        links_lead_somewhere(text);
        assert!(text.contains("<b>513230000000-20 #1</b>") && text.contains(said), "{text}");
        assert!(text.contains("目录.html</th><td class=\"n\">3</td><td class=\"n\">0</td>"));
    }
    let (_, bytes) = report(&app, &file, "report.xlsx", &["--dry-run"]);
    let (there, here) = (grids("report.xlsx", &bytes), grids("目录.html", &std::fs::read(&file).unwrap()));
    let texts = |rows: &[Row]| -> Vec<Vec<String>> {
        rows.iter().map(|row| row.cells.iter().map(|cell| cell.text.clone()).collect()).collect()
    };
    assert_eq!(there[2].sheet.as_deref(), Some("目录"));
    assert_eq!(texts(&there[2].rows), texts(&here[0].rows));
}

#[tokio::test]
async fn a_report_says_what_changes_of_the_last_version() {
    let app = TestApp::new(Backend::Sqlite).await;
    let mut all = rows("20个工作日");
    app.ok(&["import", &write(&app, "a.html", page(&all).as_bytes()), "--publish"]);
    all[0][5] = "7个工作日";
    all[0][3] = "1.金额\n2.<b>用途</b>";
    all.remove(1);
    let file = write(&app, "b.html", page(&all).as_bytes());
    for (how, number) in [("--dry-run", 2), ("--json", 2), ("--publish", 2)] {
        let (output, text) = report(&app, &file, "report.html", &[how]);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        let text = String::from_utf8(text).unwrap();
        well_formed(&text);
        links_lead_somewhere(&text);
        let part = text.split("<h2>变更").nth(1).unwrap().split("<h2>").next().unwrap();
        assert!(part.contains(&format!("513230000000-20#1 → 513230000000-20#{number}")), "{part}");
        assert!(part.contains("修改 1 ") && part.contains("删除 1 ") && part.contains("未变 1 "), "{part}");
        assert!(part.contains("<del>20个工作日</del><ins>7个工作日</ins>"), "{part}");
        assert!(part.contains("&lt;b&gt;用途&lt;/b&gt;") && part.contains("执行情况"), "{part}");
    }
    all[0][5] = "8个工作日";
    let file = write(&app, "c.html", page(&all).as_bytes());
    let (_, json) = report(&app, &file, "report.json", &[]);
    let json: Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["versions"][0]["difference"]["changed"], 1);
    let (_, bytes) = report(&app, &file, "report.xlsx", &["--dry-run"]);
    let there = grids("report.xlsx", &bytes);
    let sheet = there.iter().find(|grid| grid.sheet.as_deref() == Some("变更 Changes")).unwrap();
    let cells: Vec<&str> = sheet.rows[1].cells.iter().map(|cell| cell.text.as_str()).collect();
    assert_eq!(cells[1..2], ["~ 修改 changed"]);
    assert_eq!(cells[4..], ["公开时限", "7个工作日", "8个工作日"]);
}

#[tokio::test]
async fn files_without_tables_have_reports() {
    let app = TestApp::new(Backend::Sqlite).await;
    let files = [app.file("bad.ndjson", "{\"catalogue\": 1}\n{<b>}\n"), app.file("none.html", "<p>你好</p>")];
    for file in &files {
        let (output, page) = report(&app, file, "report.html", &[]);
        assert_eq!(output.code, Some(1));
        let page = String::from_utf8(page).unwrap();
        well_formed(&page);
        links_lead_somewhere(&page);
        assert!(!grids("r.xlsx", &report(&app, file, "r.xlsx", &[]).1).is_empty());
    }
}

#[tokio::test]
async fn of_a_long_table_the_page_shows_what_is_wrong() {
    let app = TestApp::new(Backend::Sqlite).await;
    let good = rows("20个工作日")[2];
    let mut all = vec![good; 2_500];
    all[1_999][5] = "";
    all[1_999][6] = "不存在的单位";
    let file = write(&app, "长.html", page(&all).as_bytes());
    let (_, bytes) = report(&app, &file, "report.html", &["--dry-run"]);
    let page = String::from_utf8(bytes).unwrap();
    well_formed(&page);
    links_lead_somewhere(&page);
    assert!(page.contains("rows left out") && page.contains("不存在的单位"));
    assert!(page.matches("<td>@明细").count() < 2_100, "{}", page.matches("@明细").count());
}

#[tokio::test]
async fn a_report_that_cannot_be_written_is_said_before_anything_is_done() {
    let app = TestApp::new(Backend::Sqlite).await;
    let file = write(&app, "目录.html", page(&rows("20个工作日")).as_bytes());
    let before = app.database.dump().await;
    let inside = |name: &str| app.database.directory.path().join(name).display().to_string();
    std::fs::create_dir(inside("directory.json")).unwrap();
    for (path, said) in [
        (inside("report.pdf"), "report.pdf"),
        (inside("none/report.html"), "No such file"),
        (inside("directory.json"), "directory.json"),
        (file.clone(), "to be imported"),
    ] {
        let output = app.cli(&["import", &file, "--publish", "--report", &path]);
        assert_eq!((output.code, output.stdout.as_str()), (Some(1), ""), "{path}");
        assert!(output.stderr.contains("BAD_INPUT") && output.stderr.contains(said), "{}", output.stderr);
    }
    assert_eq!(app.database.dump().await, before);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), page(&rows("20个工作日")));

    // What fails for another reason leaves nothing behind, and an older report as it was.
    let empty = TestApp::empty(Backend::Sqlite).await;
    std::fs::write(inside("old.json"), "old").unwrap();
    for name in ["new.json", "old.json"] {
        let output = empty.cli(&["import", &file, "--report", &inside(name)]);
        assert!(output.stderr.contains("NOT_MIGRATED"), "{}", output.stderr);
    }
    assert!(!Path::new(&inside("new.json")).exists());
    assert_eq!(std::fs::read_to_string(inside("old.json")).unwrap(), "old");
}
