//! Programs of others read our files: libraries of Python to the same table, LibreOffice with its Chinese intact.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use mulu::import::{File, source};

use super::{exported, exported_with, table, written};
use crate::kit::{Backend, TestApp, root, run};

/// What has to be said of open data.
const TERMS: [(&str, &str); 3] = [
    ("MULU_DATA_PUBLISHER", "壤塘县人民政府办公室"),
    ("MULU_DATA_LICENCE", "https://creativecommons.org/licenses/by/4.0/"),
    ("MULU_DATA_ATTRIBUTION", "来源：壤塘县人民政府"),
];

#[tokio::test]
async fn libraries_of_python_read_every_file_to_the_same_table() {
    let app = TestApp::example(Backend::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    for format in ["csv", "parquet", "sqlite", "xlsx"] {
        let bytes = exported_with(&app, &TERMS, &["--all", "--format", format]);
        std::fs::write(folder.path().join(format!("all.{format}")), bytes).unwrap();
    }
    let official = folder.path().join("official.xlsx");
    let official = official.to_str().unwrap();
    app.ok(&["export", "513230000000-12", "--format", "xlsx", "--layout", "official", "--out", official]);
    let clients = root().join("tests/clients");
    let mut command = Command::new(clients.join("venv/bin/python"));
    command.current_dir(&clients).arg("with_files.py").arg(folder.path());
    let output = run(command);
    assert_eq!(output.code, Some(0), "{}{}", output.stdout, output.stderr);
    assert!(output.stdout.contains(" rows"), "{}", output.stdout);
}

/// A file as LibreOffice saves what it has opened, by a filter where it needs to be told.
fn saved(directory: &Path, file: &Path, filter: Option<&str>, kind: &str) -> PathBuf {
    let mut command = Command::new("timeout");
    command.args(["120", "soffice"]);
    command.arg(format!("-env:UserInstallation=file://{}/profile", directory.display()));
    command.args(filter.map(|filter| format!("--infilter={filter}")));
    command.args(["--headless", "--convert-to", kind, "--outdir"]).arg(directory.join("saved")).arg(file);
    let said = run(command);
    let name = file.with_extension(kind);
    let path = directory.join("saved").join(name.file_name().unwrap());
    assert!(path.exists(), "LibreOffice (make deps installs it): {}{}", said.stdout, said.stderr);
    path
}

#[tokio::test]
async fn what_libreoffice_saves_of_a_workbook_comes_in_again() {
    let full = TestApp::example(Backend::Sqlite).await;
    let bytes = exported(&full, &["--division", "5132", "--descendants", "--format", "xlsx"]);
    let path = written(&full, "some.xlsx", &bytes);
    let rows = |app: &TestApp| {
        let rows = table(&exported(app, &["--division", "5132", "--descendants", "--format", "csv"]));
        let columns = ["item", "contentDigest", "localDigest"];
        let cells = |row: &super::Named| columns.map(|column| row[column].clone());
        rows.iter().map(cells).collect::<Vec<_>>()
    };
    for kind in ["ods", "xlsx"] {
        let saved = saved(full.database.directory.path(), path.as_ref(), None, kind);
        let empty = TestApp::bundled(Backend::Sqlite).await;
        empty.ok(&["import", saved.to_str().unwrap(), "--publish"]);
        assert!(rows(&empty) == rows(&full), "{kind}");
    }
}

#[tokio::test]
async fn libreoffice_reads_csv_for_spreadsheets_with_its_chinese_intact() {
    let app = TestApp::example(Backend::Sqlite).await;
    let bytes = exported(&app, &["513230000000-12", "--format", "excel-csv"]);
    let path = written(&app, "some.csv", &bytes);
    // With a window it proposes what it takes from the byte order mark: commas, quotation marks, UTF-8.
    let saved = saved(app.database.directory.path(), path.as_ref(), Some("CSV:44,34,UTF8,1"), "xlsx");
    let file = File { name: "some.xlsx".to_owned(), bytes: std::fs::read(saved).unwrap() };
    let grid = source::read(&file).unwrap().grids.remove(0);
    let told = csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[3..]).into_records();
    let mut rows = 0;
    for (row, record) in told.map(Result::unwrap).enumerate() {
        for (column, cell) in record.iter().enumerate() {
            // A number is one there, and what is true is shown in capitals.
            let shown = grid.text(row, column);
            assert!(
                shown == cell || shown.eq_ignore_ascii_case(cell),
                "{row}, {column}: {cell} is shown as {shown}"
            );
        }
        rows += 1;
    }
    assert_eq!((rows, grid.text(0, 0)), (9, "目录代码"));
}
