//! Workbooks of data: what stands in their sheets, and that they come in again.

use mulu::{
    catalogue::{draft::Document, scope::ScopeRequest},
    export::data::DataFormat,
    import::{File, Options, read, source},
    store::{Reader, Then},
};
use serde_json::{Value, json};

use super::{exported, exported_with, made, table, words, written};
use crate::kit::{Backend, TestApp, documents, publish, publish_texts, runner, source as path_of};

fn opened(bytes: Vec<u8>) -> source::Source {
    source::read(&File { name: "a.xlsx".to_owned(), bytes }).unwrap()
}

on_both_stores! {
    async fn a_workbook_has_rows_codes_and_terms(app: TestApp) {
        publish(&app, "513230000000-12", "2026-01-01", 2).await;
        let terms = [("MULU_DATA_PUBLISHER", "县政府"), ("MULU_DATA_LICENCE", "https://a.cn/l")];
        let bytes = exported_with(&app, &terms, &["--all", "--format", "xlsx"]);
        assert!(!words("xlsx", &bytes).contains("<f>"), "no formula");
        let book = opened(bytes);
        let sheets: Vec<&str> = book.grids.iter().filter_map(|grid| grid.sheet.as_deref()).collect();
        assert_eq!(sheets, ["数据", "代码", "说明"]);
        let csv = table(&exported(&app, &["--all", "--format", "csv"]));
        let [data, codes, about] = &book.grids[..] else { panic!() };
        assert_eq!((data.rows.len(), data.text(0, 0), data.text(1, 0)), (4, "目录代码", "catalogue"));
        for (row, cells) in (2..).zip(&csv) {
            for column in 0..cells.len() {
                let cell = &cells[data.text(1, column)];
                assert!(data.text(row, column).eq_ignore_ascii_case(cell), "{row} {column} {cell}");
            }
        }
        let row = |grid: &mulu::import::grid::Grid, first: &str, second: usize| {
            let found = (0..grid.rows.len()).find(|row| grid.text(*row, second) == first).unwrap();
            (0..5).map(|column| grid.text(found, column).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(row(codes, "WORKING_DAY", 2), ["时间单位", "timeUnit", "WORKING_DAY", "工作日", ""]);
        assert_eq!(row(codes, "公共文化服务", 3)[2], "12");
        assert_eq!(row(about, "发布者 publisher", 0)[1], "县政府");
        assert_eq!(row(about, "许可协议 licence", 0)[1], "https://a.cn/l");
        assert_eq!(row(about, "标题 title", 0)[1], "基层政务公开目录-2026-11-21");
        assert_eq!(row(about, "position", 0)[1..4], ["序号", "integer", "在表中的位置，从 1 起"]);
        let register = opened(exported(&app, &["--register", "domain", "--format", "xlsx"]));
        assert_eq!((register.grids[0].text(0, 0), register.grids[0].text(1, 0)), ("领域代码", "code"));
    }

    async fn what_no_cell_holds_is_refused_by_its_place(app: TestApp) {
        let header = json!({ "catalogue": "513230000000-12", "label": "1", "effectiveFrom": "2026-01-01" });
        let row = json!({ "content": { "names": ["甲"], "points": [{ "text": "长".repeat(33_000) }] }, "local": {} });
        publish_texts(&app, vec![format!("{header}\n{row}\n")]).await;
        let mine = app.file("mine.xlsx", "mine");
        let output = app.cli(&["export", "--all", "--format", "xlsx", "--out", &mine, "--force"]);
        assert_eq!((output.code, std::fs::read_to_string(&mine).unwrap().as_str()), (Some(1), "mine"));
        assert!(output.stderr.starts_with("BAD_INPUT") && output.stderr.contains("AE3"), "{}", output.stderr);
        for format in ["csv", "parquet", "sqlite"] {
            assert!(words(format, &exported(&app, &["--all", "--format", format])).contains("长长"), "{format}");
        }
    }

    async fn an_unknown_column_or_a_wrong_cell_is_told_by_its_row(app: TestApp) {
        publish(&app, "513230000000-12", "2026-01-01", 2).await;
        let rows = [
            vec!["目录代码", "版本名称", "施行日期", "公开事项", "公开时限"],
            vec!["catalogue", "label", "effectiveFrom", "content.names.0", "content.timeLimits"],
            vec!["513230000000-20", "1", "2026-01-01", "甲", r#"[{"kind":"TIMELY"}]"#],
            vec!["", "", "", "乙", r#"[{"kind":"SOON"}]"#],
        ];
        let sheet = |rows: &[Vec<&str>]| {
            let mut book = rust_xlsxwriter::Workbook::new();
            let sheet = book.add_worksheet();
            for (row, cells) in (0..).zip(rows) {
                sheet.write_row(row, 0, cells.iter().copied()).unwrap();
            }
            book.save_to_buffer().unwrap()
        };
        let output = app.cli(&["import", &written(&app, "a.xlsx", &sheet(&rows)), "--publish"]);
        assert_eq!(output.code, Some(1));
        assert!(output.stderr.contains("a.xlsx:4 [content.timeLimits] /content/timeLimits/0/kind"), "{}", output.stderr);
        let mut other = rows.clone();
        other[1][3] = "content.nonsense";
        let output = app.cli(&["import", &written(&app, "b.xlsx", &sheet(&other)), "--publish"]);
        assert_eq!(output.code, Some(1));
        assert!(output.stderr.contains("content.nonsense"), "{}", output.stderr);
        app.ok(&["import", &written(&app, "c.xlsx", &sheet(&rows[..3])), "--publish"]);
        assert_eq!(table(&exported(&app, &["--all", "--format", "csv"])).len(), 3);
    }
}

/// A workbook parts lines at a vertical tab, as it does where office software writes one: such a text comes back with a
/// line end.
fn without_vertical_tabs(document: Document) -> Document {
    fn plain<T: serde::Serialize + serde::de::DeserializeOwned>(part: &T) -> T {
        serde_json::from_str(&serde_json::to_string(part).unwrap().replace("\\u000b", "v")).unwrap()
    }
    Document { header: plain(&document.header), rows: document.rows.iter().map(plain).collect() }
}

#[test]
fn any_catalogue_comes_back_from_a_workbook() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runner("workbooks of data that come back", 400)
        .run(&documents(), |document| {
            let document = without_vertical_tabs(document);
            // A table of items has no line for a version without any; the page on data says so.
            if document.rows.is_empty() {
                return Ok(());
            }
            runtime.block_on(async {
                let app = TestApp::new(Backend::Sqlite).await;
                let lists = ["schema/codelists/channels.csv", "schema/codelists/domains.csv"];
                let list =
                    |path: &str| File { name: path.to_owned(), bytes: std::fs::read(path_of(path)).unwrap() };
                app.load(lists.map(list).into()).await;
                let (staged, findings) =
                    app.store.stage(vec![document.clone()], Then::Publish, || {}).await.unwrap();
                assert_eq!(staged.len(), 1, "{findings:?}");
                let reader = Reader::new(app.store.clone()).await.unwrap();
                let scope = app.store.scope(ScopeRequest::default()).await.unwrap();
                let catalogue = document.header.catalogue.clone();
                let dataset = mulu::catalogue::dataset::Dataset::Version { catalogue, number: 1 };
                let bytes = made(&reader, &dataset, scope, DataFormat::Xlsx).await;
                let file = File { name: "a.xlsx".to_owned(), bytes };
                let (mut read, report) = read(&app.store, &[file], &Options::default()).await.unwrap();
                assert_eq!((read.len(), report.findings.len()), (1, 0), "{:?}", report.findings);
                let read = read.remove(0).document;
                let told = |document: &Document| -> Vec<Value> {
                    let rows = document.rows.iter().map(|row| serde_json::to_value(row).unwrap());
                    rows.map(|mut row| {
                        row["item"] = Value::Null;
                        row
                    })
                    .collect()
                };
                assert_eq!(told(&read), told(&document));
                let (staged, findings) = app.store.stage(vec![read], Then::Forget, || {}).await.unwrap();
                assert!(staged.iter().all(|staged| staged.unchanged), "{findings:?}");
                app.store.close().await.unwrap();
            });
            Ok(())
        })
        .unwrap();
}
