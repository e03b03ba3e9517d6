//! What became of a dataset from one scope to another: whoever applies it to the file of the one has the file of the
//! other.

use std::collections::{BTreeMap, BTreeSet};

use mulu::{
    catalogue::{dataset::Dataset, event::Closed, scope::Scope, text::Text},
    export::data::DataFormat,
    import::{File, read_documents},
    store::{Reader, Then, Withdrawal},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Named, OPEN, exported, exported_with, lines, made, parquet, table, words};
use crate::kit::{Backend, Server, TestApp, publish, publish_texts, root, runner};

const COUNTY: &str = "513230000000-12";
const TOWN: &str = "513230100000-00";
const CATALOGUES: [&str; 3] = [COUNTY, "513230000000-20", TOWN];

/// A row of a table: its name, what it says, and where it is from.
#[derive(Clone, Copy, Debug)]
struct Cell {
    name: u8,
    says: u8,
    domain: u8,
    source: u8,
}

/// What happens to the log.
#[derive(Clone, Debug)]
enum Step {
    Publish { catalogue: usize, day: i64, rows: Vec<Cell> },
    Withdraw { catalogue: usize, day: i64 },
    Close { catalogue: usize, day: i64 },
}

fn step() -> impl Strategy<Value = Step> {
    let day = -3i64..4;
    let cell = (0u8..6, 0u8..3, 0u8..3, 0u8..2).prop_map(|(name, says, domain, source)| Cell {
        name,
        says,
        domain,
        source,
    });
    // Each name once, in any order.
    let rows = prop::collection::vec(cell, 0..7).prop_map(|rows| {
        let mut known = BTreeSet::new();
        rows.into_iter().filter(|row| known.insert(row.name)).collect::<Vec<_>>()
    });
    prop_oneof![
        8 => (0usize..3, day.clone(), rows).prop_map(|(catalogue, day, rows)| Step::Publish { catalogue, day, rows }),
        1 => (0usize..3, day.clone()).prop_map(|(catalogue, day)| Step::Withdraw { catalogue, day }),
        1 => (0usize..3, day).prop_map(|(catalogue, day)| Step::Close { catalogue, day }),
    ]
}

fn on(day: i64) -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2026, 11, 21).unwrap() + chrono::TimeDelta::days(day)
}

/// A version as text.
fn version(catalogue: &str, day: i64, rows: &[Cell]) -> String {
    let header = json!({
        "catalogue": catalogue, "label": format!("{day}"), "effectiveFrom": on(day),
        "sources": [{ "title": "甲" }, { "title": "乙" }],
    });
    let row = |cell: &Cell| {
        let mut local = json!({ "units": [{ "text": format!("单位{}", cell.says / 2) }] });
        // None of its own, of the one domain, of the other.
        if let Some(domain) = [None, Some("12"), Some("20")][usize::from(cell.domain)]
            && catalogue == TOWN
        {
            local["domain"] = domain.into();
        }
        json!({
            "content": { "names": [format!("事项{}", cell.name)], "points": [{ "text": format!("内容{}", cell.says % 2) }] },
            "local": local, "source": cell.source,
        })
    };
    std::iter::once(header).chain(rows.iter().map(row)).map(|line| format!("{line}\n")).collect()
}

async fn play(app: &TestApp, step: &Step) {
    match step {
        Step::Publish { catalogue, day, rows } => {
            let bytes = version(CATALOGUES[*catalogue], *day, rows).into_bytes();
            let (documents, _) = read_documents(&[File { name: "step.ndjson".to_owned(), bytes }]);
            let documents = documents.into_iter().map(|parsed| parsed.document).collect();
            // It may change nothing, or be of a catalogue that was closed.
            let _ = app.store.stage(documents, Then::Publish, || {}).await;
        }
        Step::Withdraw { catalogue, day } => {
            let catalogue = CATALOGUES[*catalogue].parse().unwrap();
            let withdrawal = Withdrawal { catalogue, number: 1, from: on(*day), reason: Text::new("误发") };
            // There may be nothing to withdraw.
            let _ = app.store.withdraw(withdrawal).await;
        }
        Step::Close { catalogue, day } => {
            let catalogue = CATALOGUES[*catalogue].parse().unwrap();
            let closed = Closed { catalogue, from: on(*day), reason: Text::new("撤销"), successor: None };
            let _ = app.store.close_catalogue(closed).await;
        }
    }
}

async fn file(reader: &Reader, dataset: &Dataset, scope: Scope) -> Vec<Value> {
    lines(&made(reader, dataset, scope, DataFormat::Ndjson).await)
}

/// The catalogues of a canonical file: header and rows.
fn catalogues(file: &[Value]) -> BTreeMap<String, (Value, Vec<Value>)> {
    let mut all: BTreeMap<String, (Value, Vec<Value>)> = BTreeMap::new();
    let mut last = String::new();
    for line in file {
        match line["catalogue"].as_str() {
            Some(code) => {
                last = code.to_owned();
                all.insert(last.clone(), (line.clone(), Vec::new()));
            }
            None => all.get_mut(&last).unwrap().1.push(line.clone()),
        }
    }
    all
}

/// What a file of changes makes of a canonical file.
fn applied(base: &[Value], changes: &[Value]) -> Vec<Value> {
    let mut all = catalogues(base);
    let mut of: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for change in changes {
        of.entry(change["catalogue"].as_str().unwrap()).or_default().push(change);
    }
    for (code, changes) in of {
        let (first, items) = changes.split_first().unwrap();
        assert_eq!(first["subject"], "VERSION", "a version's own row comes first");
        if first["change"] == "REMOVED" {
            let (_, rows) = all.remove(code).unwrap();
            assert_eq!(items.len(), rows.len());
            continue;
        }
        let (header, rows) = all.entry(code.to_owned()).or_insert((Value::Null, Vec::new()));
        assert_eq!(first["change"] == "ADDED", header.is_null());
        *header = first["header"].clone();
        let place = |item: &Value, side: &str| Some(item[side]["position"].as_u64()? as usize - 1);
        let gone: BTreeSet<usize> = items.iter().filter_map(|item| place(item, "before")).collect();
        for item in items {
            assert_eq!(item["subject"], "ITEM");
            if let Some(at) = place(item, "before") {
                assert_eq!(rows[at]["item"], item["item"], "it stood there");
            }
        }
        let kept = rows.drain(..).enumerate().filter(|(at, _)| !gone.contains(at)).map(|(_, row)| row);
        let mut kept: Vec<Value> = kept.collect();
        for item in items {
            if let Some(at) = place(item, "after") {
                kept.insert(at, item["row"].clone());
            }
        }
        *rows = kept;
    }
    all.into_values().flat_map(|(header, rows)| std::iter::once(header).chain(rows)).collect()
}

/// Random histories: between any two scopes, of any dataset, the law holds both ways.
async fn obeys(backend: Backend, steps: Vec<Step>, pick: [usize; 4]) {
    let app = TestApp::new(backend).await;
    let reader = Reader::new(app.store.clone()).await.unwrap();
    // From there on the registers are known.
    let first = reader.revision();
    for step in &steps {
        play(&app, step).await;
    }
    let head = reader.refresh().await.unwrap();
    let scope = |revision: usize, day: usize| Scope {
        revision: first + revision as u64 % (head - first + 1),
        effective_on: on(day as i64 % 9 - 4),
    };
    let (base, head) = (scope(pick[0], pick[1]), scope(pick[2], pick[3]));
    for path in ["platform", "divisions/513230000000", "divisions/513230000000/all", "domains/12"] {
        let dataset: Dataset = path.parse().unwrap();
        for (base, head) in [(base, head), (head, base)] {
            let since = dataset.clone().changes_since(base).unwrap();
            let (before, after) = (file(&reader, &dataset, base).await, file(&reader, &dataset, head).await);
            let changes = file(&reader, &since, head).await;
            assert_eq!(applied(&before, &changes), after, "{since} under {head:?}: {changes:?}");
            // Nothing is said of what is the same.
            let same = |change: &Value| change["change"] == "CHANGED" && change["subject"] == "ITEM";
            for change in changes.iter().filter(|change| same(change)) {
                let find = |file: &[Value]| file.iter().find(|row| row["item"] == change["item"]).cloned();
                assert_ne!(find(&before), find(&after), "{change}");
            }
        }
    }
    app.store.close().await.unwrap();
}

fn obeying(backend: Backend) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = runner(&format!("differences on {backend:?}"), 200);
    let pick = prop::array::uniform4(0usize..100);
    runner
        .run(&(prop::collection::vec(step(), 1..9), pick), |(steps, pick)| {
            runtime.block_on(obeys(backend, steps, pick));
            Ok(())
        })
        .unwrap();
}

#[test]
fn changes_make_the_later_file_of_the_earlier_on_sqlite() {
    obeying(Backend::Sqlite);
}

#[test]
fn changes_make_the_later_file_of_the_earlier_on_postgres() {
    obeying(Backend::Postgres);
}

/// Two versions of one catalogue, in force from two days: of five items one says something else, one has another
/// source, one is gone, one is new and one has moved.
async fn two_versions(app: &TestApp) -> u64 {
    let cell = |name, says, source| Cell { name, says, domain: 0, source };
    let first = [cell(1, 0, 0), cell(2, 0, 0), cell(3, 0, 0), cell(4, 0, 0), cell(5, 0, 0)];
    publish_texts(app, vec![version(COUNTY, -5, &first)]).await;
    let earlier = app.store.head().await.unwrap();
    let second = [cell(5, 0, 0), cell(1, 3, 0), cell(2, 0, 1), cell(4, 0, 0), cell(6, 0, 0)];
    publish_texts(app, vec![version(COUNTY, 0, &second)]).await;
    publish(app, "513230000000-20", "2026-01-01", 1).await;
    earlier
}

/// `change item`, or `change` of a version.
fn told(rows: &[Named]) -> Vec<String> {
    let item = |row: &Named| row["item"].strip_prefix("513230000000-").unwrap_or_default().to_owned();
    rows.iter().map(|row| format!("{} {}", row["change"], item(row)).trim_end().to_owned()).collect()
}

on_both_stores! {
    async fn a_difference_names_what_became_of_versions_and_items(app: TestApp) {
        let earlier = two_versions(&app).await.to_string();
        let since = ["--all", "--since", &earlier];
        let csv = exported(&app, &[&since[..], &["--format", "csv"]].concat());
        let rows = table(&csv);
        assert_eq!(told(&rows), [
            "CHANGED", "MOVED 12-0005", "CHANGED 12-0001", "CHANGED 12-0002", "REMOVED 12-0003", "ADDED 12-0006",
            "ADDED", "ADDED 20-0001",
        ]);
        let cells = |row: usize, names: &[&str]| names.iter().map(|name| rows[row][*name].as_str()).collect::<Vec<_>>();
        let sides = ["before.number", "before.position", "after.number", "after.position"];
        assert_eq!(cells(0, &sides), ["1", "", "2", ""]);
        assert_eq!(cells(1, &sides), ["1", "5", "2", "1"]);
        assert_eq!(cells(4, &sides), ["1", "3", "", ""]);
        assert_eq!(cells(7, &sides), ["", "", "1", "1"]);
        let said = ["name", "changedElements", "changedElementsText", "divisionName", "domainName"];
        assert_eq!(cells(2, &said), ["事项1", r#"["CONTENT","RESPONSIBLE_UNIT"]"#, "公开内容\n公开主体", "壤塘县", "公共文化服务"]);
        assert_eq!(cells(3, &said)[..3], ["事项2", "[]", ""], "only its source differs");
        assert_eq!(cells(4, &said)[..3], ["事项3", "", ""]);
        let digests = ["before.contentDigest", "before.localDigest", "after.contentDigest", "after.localDigest"];
        let [was, is] = ["2026-11-20", "2026-11-21"].map(|day| table(&exported(&app, &["--division", "513230", "--effective-on", day, "--format", "csv"])));
        let of = |rows: &[Named], item: &str| rows.iter().find(|row| row["item"].ends_with(item)).map(|row| [row["contentDigest"].clone(), row["localDigest"].clone()]).unwrap();
        assert_eq!(cells(2, &digests), [of(&was, "12-0001"), of(&is, "12-0001")].concat());
        let header: Value = serde_json::from_str(&rows[0]["header"]).unwrap();
        assert_eq!((&header["label"], rows[0]["row"].as_str()), (&json!("0"), ""));
        let row: Value = serde_json::from_str(&rows[3]["row"]).unwrap();
        assert_eq!((&row["item"], &row["source"], rows[3]["header"].as_str()), (&json!("513230000000-12-0002"), &json!(1), ""));

        // The same rows in every format, and no other formats.
        let ndjson = lines(&exported(&app, &[&since[..], &["--format", "ndjson"]].concat()));
        assert_eq!(ndjson.len(), rows.len());
        let json: Value = serde_json::from_slice(&exported(&app, &[&since[..], &["--format", "json"]].concat())).unwrap();
        assert_eq!(json["changes"], Value::from(ndjson.clone()));
        assert_eq!((&json["format"], &json["since"]), (&json!("mulu.changes/1"), &json!({ "revision": earlier.parse::<u64>().unwrap(), "effectiveOn": "2026-11-21" })));
        let schema = std::fs::read(root().join("schema/json/changes.schema.json")).unwrap();
        let schema = jsonschema::draft202012::new(&serde_json::from_slice(&schema).unwrap()).unwrap();
        assert!(schema.is_valid(&json), "{:?}", schema.iter_errors(&json).map(|error| error.to_string()).collect::<Vec<_>>());
        let excel = exported(&app, &[&since[..], &["--format", "excel-csv"]].concat());
        let excel = table(excel.strip_prefix(b"\xef\xbb\xbf").unwrap());
        assert_eq!((excel[2]["变化"].as_str(), excel[2]["修改的要素（文字）"].as_str(), excel[2].get("该行")), ("CHANGED", "公开内容\n公开主体", None));
        let parquet = parquet::rows(&exported(&app, &[&since[..], &["--format", "parquet"]].concat()));
        assert_eq!(parquet.len(), rows.len());
        assert!(parquet[2].to_string().contains("after.position: 2"), "{}", parquet[2]);
        assert!(words("xlsx", &exported(&app, &[&since[..], &["--format", "xlsx"]].concat())).contains("事项6"));
        for format in ["sqlite", "json-ld"] {
            let output = app.cli(&[&["export"][..], &since, &["--format", format, "--out", "-"]].concat());
            assert_eq!((output.code, output.stderr.starts_with("BAD_INPUT")), (Some(1), true), "{format} {}", output.stderr);
        }
    }

    async fn each_side_has_a_day_of_its_own(app: TestApp) {
        two_versions(&app).await;
        let head = app.store.head().await.unwrap().to_string();
        let since = |day: &str, arguments: &[&str]| {
            let all = [&["--all", "--since", &head, "--since-effective-on", day, "--format", "csv"], arguments].concat();
            told(&table(&exported(&app, &all)))
        };
        assert_eq!(since("2026-11-20", &[]).len(), 6, "nothing was recorded, but a day has passed");
        assert_eq!(since("2026-11-20", &["--effective-on", "2026-11-20"]), [""; 0]);
        assert_eq!(since("2026-11-21", &["--effective-on", "2026-11-20"])[..2], ["CHANGED", "CHANGED 12-0001"], "and back");
        assert_eq!(since("2025-12-31", &["--effective-on", "2026-01-01"]), ["ADDED", "ADDED 20-0001"]);
        for wrong in [&["--since-effective-on", "2026-11-20", "--all"][..], &["--since", "1", COUNTY], &["--since", "1", "--register", "unit"]] {
            assert_eq!(app.cli(&[&["export", "--format", "csv"][..], wrong].concat()).code, Some(2), "{wrong:?}");
        }
        let output = app.cli(&["export", "--all", "--since", "999", "--format", "csv"]);
        assert_eq!((output.code, output.stderr.starts_with("UNKNOWN_REVISION")), (Some(1), true), "{}", output.stderr);
    }

    async fn a_difference_has_a_link_that_stays(app: TestApp) {
        let earlier = two_versions(&app).await;
        let server = Server::with(&app, &OPEN);
        let head = app.store.head().await.unwrap();
        for (asked, led) in [
            (format!("since/{earlier}/2026-11-21/platform.csv"), format!("/data/{head}/2026-11-21/since/{earlier}/2026-11-21/platform.csv")),
            (
                format!("since/{earlier}/2026-11-20/divisions/513200000000/all.ndjson?effectiveOn=2026-12-01"),
                format!("/data/{head}/2026-12-01/since/{earlier}/2026-11-20/divisions/513200000000/all.ndjson"),
            ),
            (format!("since/{earlier}/2026-11-21/domains/12.datapackage.json"), format!("/data/{head}/2026-11-21/since/{earlier}/2026-11-21/domains/12.datapackage.json")),
        ] {
            let reply = server.send("GET", &format!("/data/latest/{asked}"), &[], b"");
            assert_eq!((reply.status, reply.header("location")), (307, led.clone()), "{asked}");
            assert_eq!(server.get(&led).status(), 200, "{led}");
        }
        let path = format!("/data/{head}/2026-11-21/since/{earlier}/2026-11-21/divisions/513230000000.json");
        let mut response = server.get(&path);
        let header = |name: &str| response.headers().get(name).unwrap().to_str().unwrap().to_owned();
        assert_eq!(header("cache-control"), "public, max-age=86400");
        assert!(header("content-disposition").contains(&format!("since-{earlier}-2026-11-21-divisions-513230000000.json")), "{response:?}");
        let tag = header("etag");
        let package = response.headers().get_all("link").iter().any(|link| link.to_str().unwrap().contains("divisions/513230000000.datapackage.json"));
        assert!(package, "{response:?}");
        let body = response.body_mut().read_to_string().unwrap();
        let since = earlier.to_string();
        let same = exported_with(&app, &OPEN, &["--division", "513230", "--since", &since, "--format", "json"]);
        assert!(body.as_bytes() == same);
        assert_eq!(server.get_with(&path, &[("if-none-match", &tag)]).status(), 304);
        let part = server.get_with(&path, &[("range", "bytes=9-"), ("if-range", &tag)]).body_mut().read_to_string().unwrap();
        assert_eq!(part, body[9..]);
        let pinned = format!("{head}/2026-11-21/since");
        for (path, code) in [
            (format!("{pinned}/999/2026-11-21/platform.csv"), "UNKNOWN_REVISION"),
            (format!("{pinned}/0{earlier}/2026-11-21/platform.csv"), "NOT_FOUND"),
            (format!("{pinned}/{earlier}/2026-11-21/registers/unit.csv"), "NOT_FOUND"),
            (format!("{pinned}/{earlier}/2026-11-21/platform.sqlite"), "NOT_FOUND"),
            (format!("{pinned}/{earlier}/2026-11-21/divisions/110000000000.csv"), "NOT_FOUND"),
            (format!("since/{earlier}/2026-11-21/platform"), "NOT_FOUND"),
            (format!("since/{earlier}/2026-11-21/platform.csv"), "NOT_FOUND"),
        ] {
            let reply = server.send("GET", &format!("/data/{path}"), &[], b"");
            assert_eq!((reply.status, reply.code().as_str()), (404, code), "{path}");
        }
    }

    async fn what_was_redacted_is_said_in_a_difference(app: TestApp) {
        let earlier = two_versions(&app).await.to_string();
        let ask = || table(&exported(&app, &["--all", "--since", &earlier, "--format", "csv"]));
        let digest = ask()[2]["before.contentDigest"].clone();
        app.ok(&["redact", &digest, "--reason", "误含个人信息"]);
        let row = &ask()[2];
        let cells = ["change", "redacted", "changedElements", "name", "before.contentDigest"].map(|name| row[name].clone());
        assert_eq!(cells, ["CHANGED", "content", "", "事项1", &digest]);
    }
}
