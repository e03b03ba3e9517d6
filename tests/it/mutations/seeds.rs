//! Sound files to begin with: those of `tests/corpus/`, and catalogues of the example in every form.

use std::path::Path;

use mulu::{
    catalogue::{
        layout::{Layout, Table},
        scope::ScopeRequest,
    },
    export::{FileKind, write},
};

use crate::kit::{TestApp, root, source};

/// Catalogues of the example: boxes and several limits, a row with one name, ticks.
const EXAMPLES: [&str; 3] = ["513230000000-12", "340722000000-25", "120115000000-20"];
/// Larger ones are left out, so that every trial is short.
const LARGEST: usize = 64 << 10;

/// A file that is to be changed.
pub(super) struct Seed {
    pub(super) name: String,
    /// Whose it is, where one asks.
    pub(super) catalogue: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// All files. The catalogues of the example are published in the app's store, so that there are last versions.
pub(super) async fn all(app: &TestApp) -> Vec<Seed> {
    app.ok(&["migrate"]);
    app.ok(&["reference", "load", "--bundled"]);
    let mut seeds = Vec::new();
    corpus(&root().join("tests/corpus"), &mut seeds);
    let files = EXAMPLES.map(|code| source(&format!("examples/catalogue/catalogues/{code}.ndjson")));
    app.ok(&[&["import", "--publish"][..], &files.each_ref().map(String::as_str)].concat());
    for (code, file) in EXAMPLES.into_iter().zip(&files) {
        let table = table(app, code).await;
        let mut add = |end: &str, bytes: Vec<u8>| {
            seeds.push(Seed { name: format!("{code}.{end}"), catalogue: code, bytes })
        };
        for kind in [FileKind::Xlsx, FileKind::Html, FileKind::Docx] {
            add(kind.extension(), write(&table, kind).unwrap());
        }
        for (end, between) in [("md", "|"), ("csv", ","), ("tsv", "\t"), ("txt", "\n")] {
            add(end, plain(&table, between).into_bytes());
        }
        add("ndjson", std::fs::read(file).unwrap());
    }
    seeds
}

fn corpus(directory: &Path, seeds: &mut Vec<Seed>) {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            corpus(&path, seeds);
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        // Lines of facts, by which cells are compared, are no files to import.
        if bytes.len() > LARGEST || directory.ends_with("cells") {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        seeds.push(Seed { name, catalogue: EXAMPLES[0], bytes });
    }
}

async fn table(app: &TestApp, code: &str) -> Table {
    let code = code.parse().unwrap();
    let scope = app.store.scope(ScopeRequest::default()).await.unwrap();
    let view = app.store.catalogue(&code, scope).await.unwrap().unwrap();
    let edition = app.store.edition(&view, 1, scope).await.unwrap();
    Layout::of(&edition, app.store.glossary(&code, scope).await.unwrap()).table(&edition.rows)
}

/// The table as text, its cells parted by a mark.
fn plain(table: &Table, between: &str) -> String {
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let words = cells.map(|cell| cell.replace(['\n', ','], " ")).collect::<Vec<_>>();
        format!("{}\n", words.join(between))
    };
    let head = line(&mut table.layout.columns.iter().map(|column| column.label.as_str()));
    let rows = table.rows.iter().map(|row| line(&mut row.iter().map(String::as_str)));
    format!("{}\n{}\n{head}{}", table.layout.title, table.layout.about, rows.collect::<String>())
}
