//! Data files: what they hold, that they are the same wherever they are made, and that they come in again.

mod back;
mod bundle;
mod docs;
mod linked;
mod links;
mod metadata;
mod rows;

use std::process::Command;

use crate::kit::{Output, TestApp, root, run};

/// The formats that an import reads.
const READ: [&str; 3] = ["ndjson", "csv", "json"];
/// All formats, as the command line names them.
const FORMATS: [&str; 5] = ["ndjson", "csv", "excel-csv", "json", "json-ld"];

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

/// What `mulu export` writes, at an instant.
fn exported_at(app: &TestApp, now: &str, arguments: &[&str]) -> Vec<u8> {
    let out = app.database.directory.path().join("exported");
    let all = [&["export"][..], arguments, &["--out", out.to_str().unwrap(), "--force"]].concat();
    let mut command = app.command(&all);
    command.env("MULU_NOW", now);
    let output = run(command);
    assert_eq!(output.code, Some(0), "{all:?}: {}{}", output.stdout, output.stderr);
    let bytes = std::fs::read(&out).unwrap();
    let digest = mulu::catalogue::digest::Digest::of(&bytes).to_string();
    assert!(output.stdout.contains(&digest), "{}", output.stdout);
    bytes
}

fn exported(app: &TestApp, arguments: &[&str]) -> Vec<u8> {
    exported_at(app, crate::kit::NOW, arguments)
}

/// The rows of a CSV file, cell by cell under the name of its column.
fn table(bytes: &[u8]) -> Vec<std::collections::BTreeMap<String, String>> {
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
