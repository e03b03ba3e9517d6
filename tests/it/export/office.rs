//! What was exported comes in again after LibreOffice has opened it and saved it as files of its own.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use mulu::{
    catalogue::draft::Document,
    export::{FileKind, write},
};
use proptest::{prelude::*, strategy::ValueTree};
use serde::{Serialize, de::DeserializeOwned};

use super::back::{comes_back, published, visible};
use crate::kit::{cases, documents, run, runner};

/// How many catalogues are saved.
const MANY: u32 = 20;

/// Saves workbooks as another kind, without a window and with settings of its own.
fn saved(directory: &Path, files: &[PathBuf], kind: &str) -> Vec<Vec<u8>> {
    let out = directory.join(kind);
    let mut command = Command::new("timeout");
    command.arg("300").arg("soffice");
    command.arg(format!("-env:UserInstallation=file://{}/profile", directory.display()));
    command.args(["--headless", "--convert-to", kind, "--outdir"]).arg(&out).args(files);
    let said = run(command);
    let read = |file: &PathBuf| {
        let path = out.join(file.with_extension(kind).file_name().unwrap());
        std::fs::read(&path).unwrap_or_else(|error| {
            let (out, err) = (&said.stdout, &said.stderr);
            panic!("LibreOffice (make deps installs it) has not written {kind}: {error}\n{out}{err}")
        })
    };
    files.iter().map(read).collect()
}

/// LibreOffice saves the words `_x0041_` in .xlsx as they are, where Excel escapes them because they mean an A there: what
/// it was given is lost. A tab in a cell of .ods is left out by the library that reads it. So no text has them.
fn without_escapes(document: Document) -> Document {
    let rows = document.rows.iter().map(plain).collect();
    Document { header: plain(&document.header), rows }
}

fn plain<T: Serialize + DeserializeOwned>(part: &T) -> T {
    serde_json::from_str(&serde_json::to_string(part).unwrap().replace("_x", "x").replace("\\t", " "))
        .unwrap()
}

/// The texts of these catalogues are short, so that .xls holds them: 32,767 letters a cell, 256 columns, 65,536 rows.
#[tokio::test]
async fn what_libreoffice_saves_of_an_export_comes_back() {
    let directory = tempfile::tempdir().unwrap();
    let mut runner = runner("exports through LibreOffice", MANY);
    let (mut all, mut files) = (Vec::new(), Vec::new());
    while all.len() < cases(MANY) as usize {
        let document = documents().new_tree(&mut runner).unwrap().current();
        let Some((app, edition, table)) = published(without_escapes(document)).await else { continue };
        let path = directory.path().join(format!("{}.xlsx", all.len()));
        std::fs::write(&path, visible(FileKind::Xlsx, &write(&table, FileKind::Xlsx).unwrap())).unwrap();
        all.push((app, edition, table));
        files.push(path);
    }
    for kind in ["xlsx", "ods", "xls"] {
        for ((app, edition, table), bytes) in all.iter().zip(saved(directory.path(), &files, kind)) {
            comes_back(app, edition, table, kind, bytes).await;
        }
    }
}
