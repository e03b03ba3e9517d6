//! Sound files to begin with: those of `tests/corpus/`, and catalogues of the example in every form; and the databases
//! that they are imported into, without last versions and with.

use std::{collections::BTreeMap, path::Path};

use mulu::{
    catalogue::{
        draft::Document,
        layout::{Layout, Table},
        scope::ScopeRequest,
    },
    export::{FileKind, write},
    import::{File, Options, read},
    store::Then,
};

use crate::{
    corpus,
    kit::{Database, TestApp, root, source},
};

/// Catalogues of the example: boxes and several limits, a row with one name, ticks.
const EXAMPLES: [&str; 3] = ["513230000000-12", "340722000000-25", "120115000000-20"];
/// Whose a file of the corpus is that does not say it.
const CORPUS: &str = "990121000000-20";
/// Larger ones are left out, so that every trial is short.
const LARGEST: usize = 72 << 10;
/// In how many databases there are last versions of the corpus's catalogues, in each others.
const LAST: usize = 4;

/// A file that is to be changed.
pub(super) struct Seed {
    pub(super) name: String,
    /// Whose it is, where one asks.
    pub(super) catalogue: String,
    pub(super) bytes: Vec<u8>,
    /// The database in which it was published, where one has it.
    pub(super) published: Option<usize>,
}

/// All files, and the databases. The catalogues of the example are published in each; in all but the first, so are
/// tables of the corpus, as they are.
pub(super) async fn all(app: TestApp) -> (Vec<Seed>, Vec<Database>) {
    app.ok(&["migrate"]);
    app.ok(&["reference", "load", "--bundled"]);
    corpus::fill(&app).await;
    let mut seeds = Vec::new();
    gather(&root().join("tests/corpus"), &mut seeds);
    let last = last(&app, &mut seeds).await;
    let files = EXAMPLES.map(|code| source(&format!("examples/catalogue/catalogues/{code}.ndjson")));
    app.ok(&[&["import", "--publish"][..], &files.each_ref().map(String::as_str)].concat());
    for (code, file) in EXAMPLES.into_iter().zip(&files) {
        let table = table(&app, code).await;
        let mut add = |end: &str, bytes: Vec<u8>| {
            let (name, catalogue) = (format!("{code}.{end}"), code.to_owned());
            seeds.push(Seed { name, catalogue, bytes, published: Some(0) });
        };
        for kind in [FileKind::Xlsx, FileKind::Html, FileKind::Docx] {
            add(kind.extension(), write(&table, kind).unwrap());
        }
        for (end, between) in [("md", "|"), ("csv", ","), ("tsv", "\t"), ("txt", "\n")] {
            add(end, plain(&table, between).into_bytes());
        }
        add("ndjson", std::fs::read(file).unwrap());
    }
    let mut databases = app.copies(LAST + 1).await.into_iter();
    let mut ready: Vec<Database> = databases.next().into_iter().collect();
    for (database, documents) in databases.zip(last) {
        let app = TestApp::on(database).await;
        app.store.stage(documents, Then::Publish, || {}).await.unwrap();
        app.store.close().await.unwrap();
        ready.push(app.database);
    }
    (seeds, ready)
}

/// What is published in each of the other databases: of every catalogue of which the corpus has tables another one.
/// Each seed is told whose it is.
async fn last(app: &TestApp, seeds: &mut [Seed]) -> Vec<Vec<Document>> {
    let mut last: Vec<Vec<Document>> = vec![Vec::new(); LAST];
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    for seed in seeds {
        let file = File { name: seed.name.clone(), bytes: seed.bytes.clone() };
        // What cannot be read at all is tried, too.
        let Ok((parsed, report)) = read(&app.store, &[file], &Options::default()).await else { continue };
        let Ok([one]) = <[_; 1]>::try_from(parsed) else { continue };
        seed.catalogue = one.document.header.catalogue.to_string();
        let (done, _) = app.store.stage(vec![one.document.clone()], Then::Forget, || {}).await.unwrap();
        if report.refused() || done.is_empty() {
            continue;
        }
        let nth = met.entry(seed.catalogue.clone()).or_default();
        if let Some(documents) = last.get_mut(*nth) {
            documents.push(one.document);
            seed.published = Some(*nth + 1);
        }
        *nth += 1;
    }
    last
}

fn gather(directory: &Path, seeds: &mut Vec<Seed>) {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            gather(&path, seeds);
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        // Lines of facts, by which cells are compared, are no files to import; nor is what becomes of those that are.
        let told = [".findings.json", ".expected.ndjson", "quirks.csv", "options.csv", ".py"];
        let no_table = directory.ends_with("cells") || told.iter().any(|end| name.ends_with(end));
        if bytes.len() <= LARGEST && !no_table {
            seeds.push(Seed { name, catalogue: CORPUS.to_owned(), bytes, published: None });
        }
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
