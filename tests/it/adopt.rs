//! `mulu adopt`: what it makes, what it leaves alone and what it refuses.

use mulu::{
    catalogue::adopt::Side,
    import::File,
    store::{AdoptionRequest, Then},
};
use serde_json::{Value, json};

use crate::kit::{Signing, TestApp, ndjson, publish};

const COUNTY: &str = "513230000000-12";
const TOWN: &str = "513230100000-12";
const BUREAU: &str = "\u{53BF}\u{6587}\u{5316}\u{5C40}";
const ADOPT: [&str; 5] = ["adopt", "--from", COUNTY, "--division", "513230100"];

fn file(name: &str, text: &str) -> File {
    File { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
}

/// A village below the township, units of the township, and who is assigned there to domain 12.
async fn below(app: &TestApp, assignments: &str) {
    let divisions = "code,name,level,parent\n513230100001,\u{7532}\u{6751},VILLAGE,513230100\n513231,\u{963F}\u{575D}\u{53BF},COUNTY,5132\n";
    let units = "code,division,name,validTo\n513230100000-U001,513230100,\u{9547}\u{6587}\u{5316}\u{7AD9},\n\
                 513230100000-U002,513230100,\u{9547}\u{653F}\u{5E9C},\n513230100000-U003,513230100,\u{65E7}\u{7AD9},2025-12-31\n";
    let assignments = format!("division,domain,unit,role,order\n{assignments}");
    let files =
        [("divisions.csv", divisions), ("units.csv", units), ("assignments.csv", assignments.as_str())];
    app.load(files.map(|(name, text)| file(name, text)).into()).await;
}

/// The kit's document with one change to the JSON of a line, 0 being the header.
fn with(text: &str, line: usize, change: impl Fn(&mut Value)) -> String {
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    change(&mut lines[line]);
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn shown(app: &TestApp, code: &str) -> Value {
    serde_json::from_str(&app.ok(&["catalogue", "show", code, "--json"])).unwrap()
}

/// Relation, content digest, unit and item of every row.
fn rows(app: &TestApp, code: &str) -> Vec<(String, String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let row = |row: &Value| {
        let (entry, units) = (&row["entry"], &row["local"]["units"]);
        (text(&entry["relation"]), text(&entry["content"]), text(&units[0]["text"]), text(&entry["item"]))
    };
    shown(app, code)["entries"].as_array().unwrap().iter().map(row).collect()
}

/// The outcome of a command with `--json`.
fn outcome(app: &TestApp, arguments: &[&str]) -> Value {
    let output = app.cli(&[arguments, &["--json"]].concat());
    serde_json::from_str(&output.stdout).unwrap_or_else(|_| panic!("{}", output.stderr))
}

fn rules(outcome: &Value, rule: &str) -> usize {
    outcome["findings"].as_array().unwrap().iter().filter(|finding| finding["code"] == rule).count()
}

on_both_stores! {
    async fn what_it_publishes_is_sealed(app: TestApp) {
        let signing = Signing::register(&app).await;
        publish(&app, COUNTY, "2026-01-01", 3).await;
        signing.ok(&app, &[&ADOPT[..], &["--publish"]].concat());
        let head = app.store.head().await.unwrap();
        assert_eq!(app.store.checkpoint(head).await.unwrap().map(|(revision, _)| revision), Some(head));
    }

    async fn units_are_replaced_and_wording_is_not(app: TestApp) {
        publish(&app, COUNTY, "2026-01-01", 3).await;
        below(&app, "513230100,12,513230100000-U002,LEAD,1\n513230100,12,513230100000-U003,RESPONSIBLE,1\n").await;
        // The kit's rows are ticked as not for townships.
        let none = outcome(&app, &[&ADOPT[..], &["--dry-run"]].concat());
        assert_eq!(none["coverage"], json!({ "upstream": 0, "adopted": 0, "adapted": 0, "omitted": 0, "own": 0 }));
        let text = ndjson(COUNTY, "2026-02-01", 3);
        let text = with(&text, 1, |row| row["local"]["levels"] = json!({ "COUNTY": true, "VILLAGE": false }));
        let text = with(&text, 2, |row| row["local"]["addresses"] = json!({ "GOV_WEBSITE": "http://example.cn/" }));
        let text = with(&text, 2, |row| drop(row["local"].as_object_mut().unwrap().remove("levels")));
        app.ok(&["import", &app.file("county.ndjson", &text), "--publish"]);
        let dump = app.database.dump().await;
        app.ok(&[&ADOPT[..], &["--dry-run"]].concat());
        assert_eq!(app.database.dump().await, dump);
        let drafted = app.ok(&ADOPT);
        assert!(drafted.contains(&format!("{TOWN} #1 sha256:")) && drafted.contains("draft"), "{drafted}");
        app.ok(&["publish", TOWN]);
        let (county, town) = (rows(&app, COUNTY), rows(&app, TOWN));
        // Who is responsible has ended, so who leads answers; the third row is not for townships.
        let unit = "\u{9547}\u{653F}\u{5E9C}";
        assert_eq!(town.len(), 2);
        for (row, upper) in town.iter().zip(&county) {
            assert_eq!((row.0.as_str(), &row.1, row.2.as_str()), ("ADOPTED", &upper.1, unit));
        }
        let shown = shown(&app, TOWN);
        assert_eq!(shown["entries"][1]["local"], json!({ "units": [{ "text": unit }], "inferred": ["RESPONSIBLE_UNIT"] }));
        assert_eq!(shown["version"]["basedOn"]["catalogue"], COUNTY);
        assert_eq!((&shown["version"]["label"], &shown["version"]["effectiveFrom"]), (&json!("2026-02-01"), &json!("2026-11-21")));
        for again in [&[][..], &["--publish"], &["--dry-run"]] {
            assert!(app.ok(&[&ADOPT[..], again].concat()).contains("unchanged"));
        }
        // Nobody is assigned in the village: upstream's words stay, and the row that says no is not for it.
        let village = ["adopt", "--from", TOWN, "--division", "513230100001", "--publish"];
        assert_eq!(rules(&outcome(&app, &village), "R302"), 1);
        let village = rows(&app, "513230100001-12V");
        assert_eq!(village.len(), 1);
        assert_eq!((&village[0].1, village[0].2.as_str()), (&town[1].1, unit));
        app.ok(&["verify"]);
    }

    async fn what_is_written_out_comes_in_again(app: TestApp) {
        publish(&app, COUNTY, "2026-01-01", 3).await;
        below(&app, "").await;
        let village = ["adopt", "--from", COUNTY, "--division", "513230100001"];
        let omit = format!("{COUNTY}-0002=\u{65E0}\u{6B64}\u{4E1A}\u{52A1}");
        let path = app.file("village.ndjson", "");
        let arguments = [&village[..], &["--omit", &omit]].concat();
        let dump = app.database.dump().await;
        let written = app.ok(&[&arguments[..], &["--out", &path]].concat());
        assert_eq!(app.database.dump().await, dump);
        let digest = |said: &str| said.split_whitespace().nth(2).unwrap().to_owned();
        assert_eq!(digest(&app.ok(&["import", &path, "--dry-run"])), digest(&written));
        assert_eq!(digest(&app.ok(&arguments)), digest(&written));
        // Edited, it is an adaptation: with a reason it goes in, and adopting again leaves it alone.
        let text = std::fs::read_to_string(&path).unwrap();
        let text = with(&text, 1, |row| {
            row["content"]["points"] = json!([{ "text": "\u{672C}\u{6751}" }]);
            row["reason"] = json!("\u{672C}\u{5730}");
        });
        app.ok(&["import", &app.file("edited.ndjson", &text), "--publish"]);
        let relations: Vec<_> = rows(&app, "513230100001-12V").into_iter().map(|row| row.0).collect();
        assert_eq!(relations, ["ADAPTED", "ADOPTED"]);
        assert!(app.ok(&village).contains("unchanged"));
        let included = outcome(&app, &[&village[..], &["--include", &format!("{COUNTY}-0002"), "--dry-run"]].concat());
        assert_eq!(included["coverage"], json!({ "upstream": 3, "adopted": 2, "adapted": 1, "omitted": 0, "own": 0 }));
    }

    async fn a_renewed_adoption_follows_keeps_and_says(app: TestApp) {
        publish(&app, COUNTY, "2026-01-01", 5).await;
        below(&app, "").await;
        let village = ["adopt", "--from", COUNTY, "--division", "513230100001"];
        let path = app.file("village.ndjson", "");
        app.ok(&[&village[..], &["--out", &path]].concat());
        let text = std::fs::read_to_string(&path).unwrap();
        let own = |row: &mut Value| {
            row["content"]["points"] = json!([{ "text": "\u{672C}\u{6751}" }]);
            row["reason"] = json!("\u{672C}\u{5730}");
        };
        // Rows 1 and 3 are adapted, the second is dropped without a word, one of its own follows the first.
        let text = with(&with(&text, 1, own), 3, own);
        let mut lines: Vec<&str> = text.lines().collect();
        let local = json!({ "content": { "names": ["\u{6751}\u{52A1}"], "points": [] } }).to_string();
        lines[2] = &local;
        app.ok(&["import", &app.file("village.ndjson", &lines.join("\n")), "--publish"]);
        // Upstream changes the first in the same element, withdraws the third and fourth, and has a new one.
        let text = ndjson(COUNTY, "2026-02-01", 6);
        let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let before: Vec<Value> = ndjson(COUNTY, "2026-01-01", 6).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        lines[2] = before[2].clone();
        lines.drain(3..5);
        app.ok(&["import", &app.file("county.ndjson", &lines.iter().map(|line| format!("{line}\n")).collect::<String>()), "--publish"]);
        let renewed = outcome(&app, &[&village[..], &["--publish"]].concat());
        let counts = ["R209", "R210", "R207"].map(|rule| rules(&renewed, rule));
        assert_eq!(counts, [1, 1, 1], "{renewed}");
        assert_eq!(renewed["coverage"], json!({ "upstream": 4, "adopted": 2, "adapted": 1, "omitted": 1, "own": 2 }));
        let relations: Vec<_> = rows(&app, "513230100001-12V").into_iter().map(|row| (row.0, row.3[17..].to_owned())).collect();
        let expected = [("ADAPTED", "0001"), ("LOCAL", "0002"), ("ADAPTED", "0003"), ("ADOPTED", "0005"), ("ADOPTED", "0006")];
        assert_eq!(relations, expected.map(|(relation, item)| (relation.to_owned(), item.to_owned())));
        let shown = shown(&app, "513230100001-12V");
        assert_eq!(shown["version"]["omissions"], json!([{ "item": format!("{COUNTY}-0002"), "reason": "\u{672A}\u{8BF4}\u{660E}" }]));
        // The row that lost its origin keeps the one that it was adapted from.
        assert_ne!(shown["entries"][2]["entry"]["origin"]["version"], shown["entries"][0]["entry"]["origin"]["version"]);
        app.ok(&["verify"]);
    }

    async fn a_table_from_before_is_taken_for_what_it_names(app: TestApp) {
        publish(&app, COUNTY, "2026-01-01", 2).await;
        below(&app, "").await;
        let text = with(&ndjson("513230100001-12V", "2026-01-01", 2), 1, |row| row["content"]["points"] = json!([]));
        app.ok(&["import", &app.file("old.ndjson", &text), "--publish"]);
        let village = ["adopt", "--from", COUNTY, "--division", "513230100001"];
        let first = outcome(&app, &[&village[..], &["--publish"]].concat());
        assert_eq!((rules(&first, "R207"), rules(&first, "R209")), (1, 0), "{first}");
        let relations: Vec<_> = rows(&app, "513230100001-12V").into_iter().map(|row| row.0).collect();
        assert_eq!(relations, ["ADAPTED", "ADOPTED"]);
        let theirs = outcome(&app, &[&village[..], &["--take", "theirs", "--dry-run"]].concat());
        assert_eq!(theirs["versions"][0]["unchanged"], true, "once it has an origin, only conflicts are taken");
    }

    async fn what_does_not_fit_is_refused(app: TestApp) {
        publish(&app, COUNTY, "2026-12-01", 2).await;
        below(&app, "").await;
        let dump = app.database.dump().await;
        let omit = "513230000000-12-0009=x";
        for (from, place, more, code) in [
            ("513230000000-12", "513230100", &[][..], "NOT_FOUND"),
            ("513230000000-20", "513230100", &[], "NOT_FOUND"),
            ("513230000000-12#2", "513230100", &[], "NOT_FOUND"),
            ("513230000000-12#1", "513230100999", &[], "NOT_FOUND"),
            ("513230000000-12#1", "513230", &[], "BAD_INPUT"),
            ("513230000000-12#1", "5132", &[], "BAD_INPUT"),
            ("513230000000-12#1", "513231", &[], "BAD_INPUT"),
            ("513230000000-12#1", "513230100", &["--omit", omit], "R115"),
        ] {
            let refused = app.cli(&[&["adopt", "--from", from, "--division", place], more].concat());
            assert_eq!(refused.code, Some(1), "{from} {place}");
            assert!(refused.stderr.contains(code), "{from} {place}: {}", refused.stderr);
        }
        let early = app.ok(&[&ADOPT[..], &["--effective-from", "2026-12-01", "--dry-run"]].concat());
        assert!(early.contains(TOWN), "{early}");
        for wrong in [&["--omit", "513230000000-12-0001"][..], &["--omit", "x=y"], &["--kind", "x"]] {
            assert_eq!(app.cli(&[&ADOPT[..], wrong].concat()).code, Some(2));
        }
        assert_eq!(app.database.dump().await, dump);
        app.ok(&["withdraw", COUNTY, "1", "--from", "2026-01-01", "--reason", "x"]);
        let refused = app.cli(&["adopt", "--from", "513230000000-12#1", "--division", "513230100"]);
        assert!(refused.stderr.contains("BAD_INPUT"), "{}", refused.stderr);
    }

    async fn a_version_published_meanwhile_is_a_conflict(app: TestApp) {
        publish(&app, COUNTY, "2026-01-01", 2).await;
        let request = AdoptionRequest {
            from: COUNTY.parse().unwrap(),
            number: None,
            division: "513230100".parse().unwrap(),
            kind: None,
            label: None,
            effective_from: None,
            note: None,
            omissions: Vec::new(),
            include: Vec::new(),
            take: Side::Ours,
        };
        let prepared = app.store.adoption(request).await.unwrap();
        publish(&app, TOWN, "2026-01-01", 1).await;
        let refused = app.store.stage_adoption(&prepared, Then::Keep).await;
        assert_eq!(refused.unwrap_err().code(), "CONFLICT");
        assert_eq!(rows(&app, TOWN)[0].2, BUREAU);
    }
}
