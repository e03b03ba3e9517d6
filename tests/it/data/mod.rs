//! Data files: what they hold, that they are the same wherever they are made, and that they come in again.

mod back;
mod bulk;
mod bundle;
mod changes;
mod docs;
mod finished;
mod linked;
mod links;
mod memory;
mod metadata;
mod others;
mod parquet;
mod resumed;
mod rows;
mod sqlite;
mod xlsx;

use std::process::Command;

use mulu::{
    catalogue::{
        dataset::{Dataset, Publication},
        scope::Scope,
    },
    export::data::{DataFormat, FileName, Files, Pinned},
    store::Reader,
};

use crate::kit::{Output, TestApp, root, run};

/// The formats that an import reads.
const READ: [&str; 4] = ["ndjson", "csv", "json", "xlsx"];
/// All formats, as the command line names them.
const FORMATS: [&str; 8] = ["ndjson", "csv", "excel-csv", "json", "json-ld", "xlsx", "parquet", "sqlite"];

/// What has to be said before data are open.
const OPEN: [(&str, &str); 3] = [
    ("MULU_DATA_PUBLISHER", "壤塘县人民政府办公室"),
    ("MULU_DATA_LICENCE", "https://creativecommons.org/licenses/by/4.0/"),
    ("MULU_DATA_ATTRIBUTION", "来源：壤塘县人民政府"),
];
/// What a program of the Python clients answers.
fn asked_of(program: &str, arguments: &[&str]) -> Output {
    let folder = root().join("tests/clients");
    let interpreter = folder.join("venv/bin/python");
    assert!(interpreter.exists(), "run: tests/clients/install");
    let mut command = Command::new(interpreter);
    command.current_dir(&folder).arg(program).args(arguments);
    run(command)
}

/// What it says, which has to be content.
fn python(program: &str, arguments: &[&str]) -> String {
    let output = asked_of(program, arguments);
    assert_eq!(output.code, Some(0), "{program} {arguments:?}: {}{}", output.stdout, output.stderr);
    output.stdout
}

/// The bytes of a dataset under a scope.
async fn made(reader: &Reader, dataset: &Dataset, scope: Scope, format: DataFormat) -> Vec<u8> {
    let name = FileName { dataset: dataset.clone(), format };
    let files = Files::new(reader.clone(), Publication::default());
    let mut download = files.open(&Pinned { name, scope }).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = download.next().await.unwrap() {
        bytes.extend(piece);
    }
    assert!(download.most() >= download.written());
    bytes
}

/// The cells of a row under the names of their columns.
type Named = std::collections::BTreeMap<String, String>;

/// What `mulu export` writes, under some settings.
fn exported_with(app: &TestApp, settings: &[(&str, &str)], arguments: &[&str]) -> Vec<u8> {
    let out = app.database.directory.path().join("exported");
    let all = [&["export"][..], arguments, &["--out", out.to_str().unwrap(), "--force"]].concat();
    let mut command = app.command(&all);
    command.envs(settings.iter().copied());
    let output = run(command);
    assert_eq!(output.code, Some(0), "{all:?}: {}{}", output.stdout, output.stderr);
    let bytes = std::fs::read(&out).unwrap();
    let digest = mulu::catalogue::digest::Digest::of(&bytes).to_string();
    assert!(output.stdout.contains(&digest), "{}", output.stdout);
    bytes
}

/// The same at an instant.
fn exported_at(app: &TestApp, now: &str, arguments: &[&str]) -> Vec<u8> {
    exported_with(app, &[("MULU_NOW", now)], arguments)
}

fn exported(app: &TestApp, arguments: &[&str]) -> Vec<u8> {
    exported_at(app, crate::kit::NOW, arguments)
}

/// A file of these bytes in the database's own directory.
fn written(app: &TestApp, name: &str, bytes: &[u8]) -> String {
    let path = app.database.directory.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path.display().to_string()
}

/// All words that stand in a file, however it is packed.
fn words(format: &str, bytes: &[u8]) -> String {
    match format {
        "xlsx" => {
            let mut book = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
            let mut words = String::new();
            for at in 0..book.len() {
                std::io::Read::read_to_string(&mut book.by_index(at).unwrap(), &mut words).unwrap();
            }
            words
        }
        "parquet" => parquet::rows(bytes).iter().map(ToString::to_string).collect(),
        "sqlite" => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

/// The rows of a CSV file, cell by cell under the name of its column.
fn table(bytes: &[u8]) -> Vec<Named> {
    let mut reader = csv::Reader::from_reader(bytes);
    let names = reader.headers().unwrap().clone();
    let named =
        |row: csv::StringRecord| names.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect();
    reader.records().map(|row| named(row.unwrap())).collect()
}

/// The lines of an NDJSON file.
fn lines(bytes: &[u8]) -> Vec<serde_json::Value> {
    std::str::from_utf8(bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
