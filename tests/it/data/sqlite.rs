//! SQLite: tables, views, and the same bytes each time.

use sea_orm::{ConnectionTrait, Database, Statement};

use super::{exported, exported_with, table, written};
use crate::kit::{TestApp, publish, publish_texts};

/// Asks the database in a file: each row with its cells as text, `NULL` for none.
async fn asked(path: &str, question: &str) -> Vec<Vec<String>> {
    let database = Database::connect(format!("sqlite://{path}?mode=ro")).await.unwrap();
    let statement = Statement::from_string(database.get_database_backend(), question);
    let rows = database.query_all_raw(statement).await.unwrap();
    let cell = |row: &sea_orm::QueryResult, at: usize| {
        let text =
            row.try_get_by_index::<Option<String>>(at).map(|text| text.unwrap_or_else(|| "NULL".to_owned()));
        text.or_else(|_| row.try_get_by_index::<i64>(at).map(|number| number.to_string())).unwrap()
    };
    let cells = |row: &sea_orm::QueryResult| (0..row.column_names().len()).map(|at| cell(row, at)).collect();
    let rows = rows.iter().map(cells).collect();
    database.close().await.unwrap();
    rows
}

/// Versions without rows are versions all the same.
fn empty() -> String {
    "{\"catalogue\":\"513230000000-20\",\"label\":\"空\",\"effectiveFrom\":\"2026-01-01\",\"sources\":[{\"title\":\"甲\"},{\"url\":\"https://a.cn\"}]}\n".to_owned()
}

on_both_stores! {
    async fn a_database_is_ready_to_be_asked(app: TestApp) {
        publish(&app, "513230000000-12", "2026-01-01", 2).await;
        publish_texts(&app, vec![empty()]).await;
        let bytes = exported_with(&app, &[("MULU_DATA_LICENCE", "https://a.cn/l")], &["--all", "--format", "sqlite"]);
        assert!(bytes.starts_with(b"SQLite format 3\0"));
        assert_eq!(&bytes[68..72], b"mulu", "the application id");
        let path = written(&app, "all.sqlite", &bytes);
        let ask = async |question: &str| asked(&path, question).await;
        assert_eq!(ask("SELECT catalogue, number, effective_from, first_item FROM versions ORDER BY id").await, [
            ["513230000000-12", "1", "2026-01-01", "1"],
            ["513230000000-20", "1", "2026-01-01", "NULL"],
        ]);
        assert_eq!(ask("SELECT item, position, basis_text FROM items ORDER BY id").await[1], [
            "513230000000-12-0002", "2", "《政府信息公开条例》",
        ]);
        assert_eq!(ask("SELECT place, url, title FROM version_sources").await, [["1", "NULL", "甲"], ["2", "https://a.cn", "NULL"]]);
        assert_eq!(ask("SELECT text FROM item_points WHERE item_id = 1 AND place = 1").await, [["服务指南 2026-01-01"]]);
        assert_eq!(ask("SELECT key, value FROM item_levels WHERE item_id = 1").await, [["COUNTY", "1"], ["TOWNSHIP", "0"]]);
        assert_eq!(ask("SELECT title, document_number, items FROM cited_documents").await, Vec::<Vec<String>>::new());
        assert_eq!(ask("SELECT division_name, unit, domain_name, item FROM items_of_units").await[0], [
            "壤塘县", "县文化局", "公共文化服务", "513230000000-12-0001",
        ]);
        assert_eq!(ask("SELECT name FROM divisions_in_force WHERE code = '513230000000'").await, [["壤塘县"]]);
        assert_eq!(ask("SELECT name, level FROM divisions WHERE parent IS NULL").await.len(), 1);
        assert_eq!(ask("SELECT value FROM meta WHERE name = 'licence'").await, [["https://a.cn/l"]]);
        assert_eq!(ask("SELECT label FROM codes WHERE list = 'timeUnit' AND code = 'WORKING_DAY'").await, [["工作日"]]);
        assert_eq!(ask("SELECT label, zh FROM columns WHERE \"table\" = 'items' AND \"column\" = 'position'").await, [["序号", "在表中的位置，从 1 起"]]);
        let views = ask("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name").await;
        for view in &views {
            ask(&format!("SELECT * FROM {}", view[0])).await;
        }
        assert_eq!(views.len(), 8);
    }

    async fn the_flat_view_is_the_csv_file(app: TestApp) {
        let full = TestApp::example(app.database.backend).await;
        let path = written(&full, "some.sqlite", &exported(&full, &["--division", "5132", "--descendants", "--format", "sqlite"]));
        let csv = table(&exported(&full, &["--division", "5132", "--descendants", "--format", "csv"]));
        let names: Vec<Vec<String>> = asked(&path, "SELECT name FROM pragma_table_info('flat')").await;
        let rows = asked(&path, "SELECT * FROM flat").await;
        assert_eq!(rows.len(), csv.len());
        for (row, cells) in rows.iter().zip(&csv) {
            assert_eq!(row.len(), cells.len());
            for (name, value) in names.iter().zip(row) {
                let told = match (cells[&name[0]].as_str(), value.as_str()) {
                    ("", "NULL") => "",
                    ("true", "1") => "true",
                    ("false", "0") => "false",
                    (_, value) => value,
                };
                assert_eq!(told, cells[&name[0]], "{name:?}");
            }
        }
        // Of the registers only what names things goes along with less than everything.
        let tables = asked(&path, "SELECT name FROM sqlite_schema WHERE name IN ('domains', 'channels', 'divisions', 'units') ORDER BY name").await;
        assert_eq!(tables, [["channels"], ["domains"]]);
        let register = written(&full, "unit.sqlite", &exported(&full, &["--register", "unit", "--format", "sqlite"]));
        assert_eq!(asked(&register, "SELECT count(*) FROM units").await, [["50"]]);
    }
}
