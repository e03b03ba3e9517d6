//! What is exported comes in again, from what anyone can see of it.

use std::io::{Cursor, Read, Write};

use mulu::{
    catalogue::{
        adopt::Edition,
        code::CatalogueCode,
        draft::Document,
        format::Format,
        layout::{Layout, Table},
        scope::ScopeRequest,
    },
    export::{FileKind, write},
    import::{File, Options, read},
    store::Then,
};

use super::KINDS;
use crate::kit::{Backend, TestApp, documents, runner, source};

/// The last version of a catalogue.
async fn last(app: &TestApp, code: &CatalogueCode) -> Edition {
    let scope = app.store.scope(ScopeRequest::default()).await.unwrap();
    let view = app.store.catalogue(code, scope).await.unwrap().unwrap();
    let number = view.history.known(scope).map(|version| version.number).max().unwrap();
    app.store.edition(&view, number, scope).await.unwrap()
}

/// The file without all that a reader does not see: document properties, and attributes of the page that no browser
/// shows.
pub(super) fn visible(kind: FileKind, bytes: &[u8]) -> Vec<u8> {
    if kind == FileKind::Html {
        let page = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(!page.contains("<!--") && !page.contains(" data-") && !page.contains("hidden"), "{page}");
        return page.into_bytes();
    }
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..from.len() {
        let mut part = from.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        assert!(
            !["comments", "customXml", "custom.xml"].iter().any(|hidden| name.contains(hidden)),
            "{name}"
        );
        if name.starts_with("docProps/") {
            continue;
        }
        let mut text = Vec::new();
        part.read_to_end(&mut text).unwrap();
        assert!(!String::from_utf8_lossy(&text).contains("state=\"hidden\""), "{name}");
        to.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(&text).unwrap();
    }
    to.finish().unwrap().into_inner()
}

/// A published document and its table; `None` for one that cannot come back: a cell that says 同上 means the one above
/// it, whatever was published.
pub(super) async fn published(document: Document) -> Option<(TestApp, Edition, Table)> {
    if document.rows.iter().any(|row| serde_json::to_string(row).unwrap().contains("\"同上")) {
        return None;
    }
    let app = TestApp::new(Backend::Sqlite).await;
    let lists = ["schema/codelists/channels.csv", "schema/codelists/domains.csv"];
    let list = |path: &str| File { name: path.to_owned(), bytes: std::fs::read(source(path)).unwrap() };
    app.load(lists.map(list).into()).await;
    let code = document.header.catalogue.clone();
    let (staged, findings) = app.store.stage(vec![document], Then::Publish, || {}).await.unwrap();
    assert_eq!(staged.len(), 1, "{findings:?}");
    let edition = last(&app, &code).await;
    let scope = app.store.scope(ScopeRequest::default()).await.unwrap();
    let table = Layout::of(&edition, app.store.glossary(&code, scope).await.unwrap()).table(&edition.rows);
    Some((app, edition, table))
}

/// Fails where a file of a table says anything else than was published.
pub(super) async fn comes_back(app: &TestApp, edition: &Edition, table: &Table, kind: &str, bytes: Vec<u8>) {
    let file = File { name: "export".to_owned(), bytes };
    let (mut documents, report) = read(&app.store, &[file], &Options::default()).await.unwrap();
    let errors: Vec<String> =
        report.findings.iter().filter(|f| f.code.starts_with('E')).map(ToString::to_string).collect();
    assert_eq!((documents.len(), &errors), (1, &Vec::new()), "{kind} {:?}", table.rows);
    let document = documents.remove(0).document;
    assert_eq!(document.header.catalogue, edition.version.catalogue, "{kind}");
    let told: Vec<_> =
        edition.rows.iter().map(|row| (Some(row.entry.item.clone()), &row.content, &row.local)).collect();
    let read: Vec<_> = document.rows.iter().map(|row| (row.item.clone(), &row.content, &row.local)).collect();
    assert_eq!(told, read, "{kind} {:?}", table.rows);
    let digests = |row: &mulu::catalogue::draft::Row| {
        (row.content.to_object().unwrap().digest, row.local.to_object().unwrap().digest)
    };
    let own: Vec<_> = edition.rows.iter().map(|row| (row.entry.content, row.entry.local)).collect();
    assert_eq!(own, document.rows.iter().map(digests).collect::<Vec<_>>(), "{kind}");
    let (staged, findings) = app.store.stage(vec![document], Then::Forget, || {}).await.unwrap();
    assert!(staged.iter().all(|staged| staged.unchanged), "{kind} {findings:?}");
}

#[test]
fn any_catalogue_comes_back_from_what_is_seen_of_its_export() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = runner("exports that come back", 1_000);
    runner
        .run(&documents(), |document| {
            runtime.block_on(async {
                let Some((app, edition, table)) = published(document).await else { return };
                for kind in KINDS {
                    let Ok(bytes) = write(&table, kind) else { continue };
                    comes_back(&app, &edition, &table, kind.extension(), visible(kind, &bytes)).await;
                }
                app.store.close().await.unwrap();
            });
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn the_catalogues_of_the_example_come_back() {
    let app = TestApp::example(Backend::Sqlite).await;
    let scope = app.store.scope(ScopeRequest::default()).await.unwrap();
    let all = app.store.catalogues(&Default::default(), scope).await.unwrap();
    assert!(all.len() > 70);
    for view in all {
        let edition = last(&app, &view.code).await;
        let table =
            Layout::of(&edition, app.store.glossary(&view.code, scope).await.unwrap()).table(&edition.rows);
        for kind in KINDS {
            let file =
                File { name: view.code.to_string(), bytes: visible(kind, &write(&table, kind).unwrap()) };
            let (documents, report) = read(&app.store, &[file], &Options::default()).await.unwrap();
            assert_eq!(documents.len(), 1, "{kind:?} {} {:?}", view.code, report.findings);
            let documents = documents.into_iter().map(|one| one.document).collect();
            let (staged, findings) = app.store.stage(documents, Then::Forget, || {}).await.unwrap();
            assert!(staged.len() == 1 && staged[0].unchanged, "{kind:?} {} {findings:?}", view.code);
        }
    }
}
