//! What is exported comes in again, with the same digests.

use mulu::{
    catalogue::{dataset::Dataset, draft::Document, reference::Register, scope::ScopeRequest},
    export::data::DataFormat,
    import::{File, read_documents},
    store::{Reader, Then},
};
use serde_json::Value;

use super::{FORMATS, READ, exported, exported_at, made, table, written};
use crate::kit::{Backend, TestApp, documents, runner, source};

/// Every version in force by its digest, and every item by its two parts.
fn digests(app: &TestApp) -> Vec<Vec<String>> {
    let rows = table(&exported(app, &["--all", "--format", "csv"]));
    let columns = ["versionDigest", "item", "contentDigest", "localDigest", "relation"];
    rows.iter().map(|row| columns.iter().map(|column| row[*column].clone()).collect()).collect()
}

on_both_stores! {
    async fn the_platform_comes_in_again_in_every_format_that_is_read(app: TestApp) {
        let full = TestApp::example(app.database.backend).await;
        let before = digests(&full);
        assert!(before.len() > 200, "{}", before.len());
        for format in READ {
            let empty = TestApp::bundled(app.database.backend).await;
            let bytes = exported(&full, &["--all", "--format", format]);
            let path = written(&empty, &format!("all.{format}"), &bytes);
            empty.ok(&["import", &path, "--publish"]);
            assert!(digests(&empty) == before, "{format}");
        }
    }

    async fn registers_come_in_again(app: TestApp) {
        let full = TestApp::bundled(app.database.backend).await;
        for (format, nothing) in [("ndjson", 0), ("csv", 1), ("json", 2)] {
            let empty = TestApp::empty(app.database.backend).await;
            empty.ok(&["migrate"]);
            for register in Register::ALL {
                let bytes = exported(&full, &["--register", register.name(), "--format", format]);
                // A register that nobody filled has nothing to load.
                if std::str::from_utf8(&bytes).unwrap().lines().count() <= nothing {
                    continue;
                }
                let path = empty.file(&format!("{register}.{format}"), std::str::from_utf8(&bytes).unwrap());
                empty.ok(&["reference", "load", &path]);
                // A file of JSON says under which revision it was made.
                let rows = if format == "json" { "ndjson" } else { format };
                let same = |app: &TestApp| exported(app, &["--register", register.name(), "--format", rows]);
                assert!(same(&empty) == same(&full), "{register} {format}");
            }
            // Told from its columns alone; and nothing changes when it is loaded where it came from.
            let bytes = exported(&full, &["--register", "unit", "--format", format]);
            let path = full.file(&format!("unit.{format}"), std::str::from_utf8(&bytes).unwrap());
            assert!(full.ok(&["reference", "load", &path]).contains(", 0 changed"), "{format}");
        }
    }
}

#[tokio::test]
async fn one_scope_makes_the_same_bytes_from_either_store_on_any_day() {
    let [sqlite, postgres] =
        [TestApp::example(Backend::Sqlite).await, TestApp::example(Backend::Postgres).await];
    let head = sqlite.store.head().await.unwrap().to_string();
    let scope = ["--revision", &head, "--effective-on", "2026-11-21"];
    for dataset in [
        &["--all"][..],
        &["--division", "5132", "--descendants"],
        &["--domain", "12"],
        &["513230000000-12"],
        &["--register", "unit"],
        &["--register", "division"],
    ] {
        for format in FORMATS {
            let asked = [dataset, &scope, &["--format", format]].concat();
            let first = exported_at(&sqlite, "2026-11-22T00:00:00Z", &asked);
            assert!(first == exported_at(&postgres, "2031-02-03T00:00:00Z", &asked), "{asked:?}");
            assert!(!first.is_empty(), "{asked:?}");
        }
    }
}

/// The documents that an exported version is read as.
async fn read_back(app: &TestApp, document: &Document, format: DataFormat) -> Document {
    let reader = Reader::new(app.store.clone()).await.unwrap();
    let scope = app.store.scope(ScopeRequest::default()).await.unwrap();
    let dataset = Dataset::Version { catalogue: document.header.catalogue.clone(), number: 1 };
    let bytes = made(&reader, &dataset, scope, format).await;
    let file = File { name: format!("a.{}", format.extension()), bytes };
    let (mut read, report) = read_documents(&[file]);
    assert_eq!((read.len(), report.findings.len()), (1, 0), "{format:?} {:?}", report.findings);
    read.remove(0).document
}

#[test]
fn any_catalogue_comes_back_as_it_was_published() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runner("data files that come back", 400)
        .run(&documents(), |document| {
            runtime.block_on(async {
                let app = TestApp::new(Backend::Sqlite).await;
                let lists = ["schema/codelists/channels.csv", "schema/codelists/domains.csv"];
                let list =
                    |path: &str| File { name: path.to_owned(), bytes: std::fs::read(source(path)).unwrap() };
                app.load(lists.map(list).into()).await;
                let (staged, findings) =
                    app.store.stage(vec![document.clone()], Then::Publish, || {}).await.unwrap();
                assert_eq!(staged.len(), 1, "{findings:?}");
                for format in [DataFormat::Ndjson, DataFormat::Csv, DataFormat::Json] {
                    // A table of items has no line for a version without any; the page on data says so.
                    if format == DataFormat::Csv && document.rows.is_empty() {
                        continue;
                    }
                    let read = read_back(&app, &document, format).await;
                    let told = |document: &Document| -> Vec<Value> {
                        let rows = document.rows.iter().map(|row| serde_json::to_value(row).unwrap());
                        rows.map(|mut row| {
                            row["item"] = Value::Null;
                            row
                        })
                        .collect()
                    };
                    assert_eq!(told(&read), told(&document), "{format:?}");
                    let header = |document: &Document| serde_json::to_value(&document.header).unwrap();
                    assert_eq!(header(&read), header(&document), "{format:?}");
                    let (staged, findings) = app.store.stage(vec![read], Then::Forget, || {}).await.unwrap();
                    assert!(staged.iter().all(|staged| staged.unchanged), "{format:?} {findings:?}");
                }
                app.store.close().await.unwrap();
            });
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_replacement_character_in_a_text_is_no_fault_of_the_coding() {
    let header = r#"{"catalogue":"513230000000-12","label":"a","effectiveFrom":"2026-01-01"}"#;
    let file = |name: &[u8]| {
        let row =
            [br#"{"content":{"names":[""#, name, br#""],"points":[{"text":"b"}]},"local":{}}"#].concat();
        File { name: "a.ndjson".to_owned(), bytes: [header.as_bytes(), b"\n", &row].concat() }
    };
    let (read, report) = read_documents(&[file("a\u{FFFD}".as_bytes())]);
    assert_eq!(read[0].document.rows[0].content.names[0].as_str(), "a\u{FFFD}", "{:?}", report.findings);
    let (read, report) = read_documents(&[file(b"a\xff")]);
    assert!(read.iter().all(|one| one.document.rows.is_empty()) && report.refused(), "{:?}", report.findings);
}
