//! The corpus of `tests/corpus/tables`: made-up files that are true to life, at least one for each oddity (quirk) of
//! published tables. Beside each stands what it becomes, `….expected.ndjson` in the canonical form (none where it is
//! refused), and what is said of it, `….findings.json`.
//!
//! `MULU_BLESS=1 cargo test --test it -- corpus::` writes the expectations anew; read the difference before it is
//! committed. `quirks.csv` names the files of each quirk and the codes that must be said, `options.csv` what the
//! person says of a file. Workbooks and documents are made of pages of the same name by `tests/corpus/office.py`.

mod manifest;

use std::{fs, path::PathBuf};

use mulu::{
    import::{Asked, File, Located, Options, Report, Wanted, read, write_ndjson},
    store::Then,
};
use serde::Serialize;

use crate::kit::{Backend, ORIGIN, TestApp, root, source};

/// The ends of the names of expectations.
const EXPECTED: &str = ".expected.ndjson";
const FINDINGS: &str = ".findings.json";

fn folder() -> PathBuf {
    root().join("tests/corpus/tables")
}

/// The names of all files in the folder, sorted.
fn names() -> Vec<String> {
    let entries = fs::read_dir(folder()).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The files that are imported: neither expectations nor the two lists.
fn inputs() -> Vec<String> {
    let own = |name: &String| {
        ![EXPECTED, FINDINGS].iter().any(|end| name.ends_with(end))
            && !["quirks.csv", "options.csv"].contains(&name.as_str())
    };
    names().into_iter().filter(own).collect()
}

fn file(path: &str) -> File {
    let name = path.rsplit('/').next().unwrap().to_owned();
    File { name, bytes: fs::read(source(path)).unwrap() }
}

/// A store with what the corpus takes.
async fn app() -> TestApp {
    let app = TestApp::empty(Backend::Sqlite).await;
    app.store.migrate(ORIGIN).await.unwrap();
    fill(&app).await;
    app
}

/// Loads the bundled lists, the corpus's own places and units, and the versions that came before.
pub async fn fill(app: &TestApp) {
    let bundled =
        ["codelists/channels.csv", "codelists/domains.csv", "reference/legal_bases.csv"].map(|list| {
            let list = format!("schema/{list}");
            file(&list)
        });
    app.load(bundled.into()).await;
    let own = ["divisions.csv", "units.csv", "legal_bases.csv", "domains.csv"];
    app.load(own.map(|list| file(&format!("tests/corpus/registers/{list}"))).into()).await;
    let entries = fs::read_dir(root().join("tests/corpus/published")).unwrap();
    let mut published: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    published.sort();
    for name in published {
        let files = [file(&format!("tests/corpus/published/{name}"))];
        let (parsed, report) = read(&app.store, &files, &Options::default()).await.unwrap();
        assert!(!report.refused(), "{name}: {:?}", report.findings);
        let documents = parsed.into_iter().map(|one| one.document).collect();
        let (staged, findings) = app.store.stage(documents, Then::Publish, || {}).await.unwrap();
        assert!(!staged.is_empty(), "{name}: {findings:?}");
    }
}

/// What the person says of a file.
fn options(name: &str) -> Options {
    let mut list = csv::Reader::from_path(folder().join("options.csv")).unwrap();
    let lines: Vec<[String; 4]> = list.deserialize().map(Result::unwrap).collect();
    let Some([_, division, domain, complete]) = lines.into_iter().find(|line| line[0] == name) else {
        return Options::default();
    };
    let domain = match domain.as_str() {
        "" => None,
        "00" => Some(None),
        code => Some(Some(code.parse().unwrap())),
    };
    let division = (!division.is_empty()).then(|| division.parse().unwrap());
    let wanted = Wanted { complete: complete == "yes", ..Wanted::default() };
    Options { asked: Asked { division, domain, kind: None }, wanted }
}

/// What an import of one file comes to, as `mulu import --dry-run` would say it.
async fn outcome(app: &TestApp, name: &str) -> (Option<String>, String) {
    let files = [File { name: name.to_owned(), bytes: fs::read(folder().join(name)).unwrap() }];
    let (parsed, mut report) = read(&app.store, &files, &options(name)).await.unwrap();
    if report.refused() {
        return (None, findings(&report));
    }
    let documents: String = parsed.iter().map(|one| write_ndjson(&one.document).unwrap()).collect();
    let (documents_made, origins): (Vec<_>, Vec<_>) =
        parsed.into_iter().map(|one| (one.document, one.origin)).unzip();
    let (_, found) = app.store.stage(documents_made, Then::Forget, || {}).await.unwrap();
    found.into_iter().for_each(|(at, finding)| report.extend([finding], &origins[at]));
    ((!report.refused()).then_some(documents), findings(&report))
}

/// A finding as it is checked in: without the words that only repeat its code.
#[derive(Serialize)]
struct Found<'r> {
    code: &'r str,
    severity: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<&'r String>,
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<&'r String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<&'r String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pointer: &'r str,
    value: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    understood: Option<&'r String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'r String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<&'r String>,
}

/// An array with a finding a line, in the order in which they were made.
fn findings(report: &Report) -> String {
    let line = |found: &Located| {
        let found = Found {
            code: found.code,
            severity: found.severity.name().en,
            sheet: found.sheet.as_ref(),
            line: found.line,
            cell: found.cell.as_ref(),
            column: found.column.as_ref(),
            pointer: &found.pointer,
            value: &found.value,
            understood: found.understood.as_ref(),
            expected: found.expected.as_ref().map(|expected| &expected.zh),
            proposal: found.proposal.as_ref(),
        };
        serde_json::to_string(&found).unwrap()
    };
    let lines: Vec<String> = report.findings.iter().map(line).collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

/// Says how an outcome differs from what is checked in; nothing where it is blessed.
fn compare(name: &str, end: &str, now: Option<&str>) -> Option<String> {
    let path = folder().join(format!("{name}{end}"));
    if std::env::var_os("MULU_BLESS").is_some() {
        match now {
            Some(now) => fs::write(path, now).unwrap(),
            None if path.exists() => fs::remove_file(path).unwrap(),
            None => {}
        }
        return None;
    }
    let then = fs::read_to_string(&path).ok();
    if then.as_deref() == now {
        return None;
    }
    let (then, now) = (then.unwrap_or_default(), now.unwrap_or_default());
    let gone = then.lines().filter(|line| !now.lines().any(|other| other == *line)).map(|l| format!("- {l}"));
    let new = now.lines().filter(|line| !then.lines().any(|other| other == *line)).map(|l| format!("+ {l}"));
    let lines: Vec<String> = gone.chain(new).collect();
    Some(format!("{name}{end}\n{}", lines.join("\n")))
}

#[tokio::test]
async fn every_file_becomes_what_stands_beside_it() {
    let app = app().await;
    let mut odd = Vec::new();
    for name in inputs() {
        let (documents, findings) = outcome(&app, &name).await;
        odd.extend(compare(&name, EXPECTED, documents.as_deref()));
        odd.extend(compare(&name, FINDINGS, Some(&findings)));
    }
    app.store.close().await.unwrap();
    assert!(odd.is_empty(), "{}", odd.join("\n\n"));
}

/// The same table in another kind of file says the same.
#[test]
fn a_table_says_the_same_in_every_kind_of_file() {
    let rows = |name: &str| {
        let text = fs::read_to_string(folder().join(format!("{name}{EXPECTED}"))).unwrap_or_default();
        let rows = text.lines().filter(|line| !line.starts_with("{\"catalogue\""));
        rows.map(str::to_owned).collect::<Vec<_>>()
    };
    let stem = |name: &str| name.rsplit_once('.').unwrap().0.to_owned();
    let names = inputs();
    let mut twins = 0;
    for pair in names.windows(2).filter(|pair| stem(&pair[0]) == stem(&pair[1])) {
        assert_eq!(rows(&pair[0]), rows(&pair[1]), "{pair:?}");
        twins += 1;
    }
    assert!(twins >= 8, "{twins}");
}
