//! The example of inheritance: its page runs as shown, on both stores, and shows what it promises.

use std::{fs, process::Command};

use serde_json::{Value, json};

use crate::{
    docs::{blocks, compare, shown},
    kit::{Asking, Backend, TestApp, mulu, run, source},
};

const FOLDER: &str = "examples/inheritance";
const GUIDELINE: &str = "100000000000-20G";
const COUNTY: &str = "530115000000-20";
const TOWN: &str = "530115201000-20";
const VILLAGE: &str = "530115201201-20V";

/// Runs the page's commands in a copy of its directory.
async fn toured(backend: Backend) -> TestApp {
    let app = TestApp::empty(backend).await;
    let directory = app.database.directory.path().to_owned();
    for file in fs::read_dir(source(FOLDER)).unwrap().map(|file| file.unwrap()) {
        if file.file_type().unwrap().is_file() {
            fs::copy(file.path(), directory.join(file.file_name())).unwrap();
        }
    }
    let page = fs::read_to_string(source(&format!("{FOLDER}/README.md"))).unwrap();
    for shown in blocks(&page).iter().filter(|block| block.language == "console").flat_map(shown) {
        let arguments: Vec<&str> = shown.command.strip_prefix("mulu ").unwrap().split_whitespace().collect();
        let mut command = mulu(&arguments);
        command.current_dir(&directory).env("MULU_DATABASE_URL", &app.database.url).env_remove("COLUMNS");
        let done = run(command);
        compare(FOLDER, &shown, done.code, &format!("{}\n{}", done.stdout, done.stderr));
    }
    app
}

fn version(app: &TestApp, code: &str, number: &str) -> Value {
    serde_json::from_str(&app.ok(&["catalogue", "show", code, "--version", number, "--json"])).unwrap()
}

/// One member of the entries of a version.
fn all<'a>(version: &'a Value, member: &str) -> Vec<&'a Value> {
    version["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row.pointer(member).unwrap_or(&Value::Null))
        .collect()
}

async fn shows_what_it_promises(backend: Backend) -> Vec<Value> {
    let app = toured(backend).await;
    let [guideline, county, town, village] =
        [GUIDELINE, COUNTY, TOWN, VILLAGE].map(|code| version(&app, code, "1"));
    // Another unit, and still adopted; one adaptation and one omission, each with its reason.
    assert_eq!(county["entries"][0]["entry"]["relation"], "ADOPTED");
    assert_eq!(county["entries"][0]["entry"]["content"], guideline["entries"][0]["entry"]["content"]);
    assert_ne!(all(&county, "/local/units/0/text")[0], all(&guideline, "/local/units/0/text")[0]);
    assert_eq!(county["entries"][3]["entry"]["relation"], "ADAPTED");
    let reasons = [&county["entries"][3]["entry"]["reason"], &county["version"]["omissions"][0]["reason"]];
    assert!(reasons.iter().all(|reason| reason.as_str().unwrap().starts_with("\u{793A}\u{4F8B}")));
    // Down to the village the wording is one object.
    assert_eq!(all(&town, "/entry/content"), all(&county, "/entry/content"));
    assert_eq!(all(&village, "/entry/content"), all(&county, "/entry/content"));
    assert_eq!(all(&village, "/local/units/0/text"), all(&town, "/local/units/0/text"));
    assert_ne!(all(&town, "/local/units/0/text"), all(&county, "/local/units/0/text"));
    // The renewed adoption follows, keeps the adaptation, adds the new row and keeps codes.
    let [guideline, renewed, below] = [GUIDELINE, COUNTY, VILLAGE].map(|code| version(&app, code, "2"));
    assert_eq!(renewed["entries"][2]["content"], guideline["entries"][2]["content"]);
    assert_ne!(renewed["entries"][2]["content"], county["entries"][2]["content"]);
    let channels = "/content/channels";
    assert_eq!(all(&renewed, channels)[3], all(&county, channels)[3]);
    assert_ne!(all(&renewed, channels)[3], all(&guideline, channels)[3]);
    let items: Vec<_> =
        all(&renewed, "/entry/item").into_iter().map(|item| &item.as_str().unwrap()[16..]).collect();
    assert_eq!(items, ["0001", "0002", "0003", "0004", "0005", "0007", "0006"]);
    assert_eq!(all(&below, "/entry/content"), all(&renewed, "/entry/content"));
    assert!(all(&below, "/entry/relation").iter().all(|relation| *relation == "ADOPTED"));
    // What is made up says so.
    for made in [&guideline, &county, &town, &village, &renewed, &below] {
        assert!(made["version"]["note"].as_str().unwrap().starts_with("\u{793A}\u{4F8B}"));
    }
    read_api_agrees(&app).await;
    app.ok(&["verify"]);
    let digests = [GUIDELINE, COUNTY, TOWN, VILLAGE].map(|code| version(&app, code, "2")["digest"].clone());
    digests.into()
}

/// The read API counts as the command did, and leads up the chain and down again.
async fn read_api_agrees(app: &TestApp) {
    let asking = Asking::new(app).await;
    let answer = asking
        .data(&format!(
            r#"{{ at(effectiveOn: "2026-12-01") {{
                 alignments(division: "100000000000", includeDescendants: true, domain: "20") {{
                   nodes {{ catalogue {{ code }} behind adopted adapted local omitted coverage missing {{ totalCount }} }} }}
                 item(code: "{VILLAGE}-0004") {{ relation origin {{ code relation origin {{ code relation reason origin {{ code
                   adoptions {{ nodes {{ code }} }} }} }} }} }} }} }}"#
        ))
        .await;
    let stands = |code: &str, adopted: u32, adapted: u32, omitted: u32, coverage: f64| {
        json!({ "catalogue": { "code": code }, "behind": false, "adopted": adopted, "adapted": adapted, "local": 0,
            "omitted": omitted, "coverage": coverage, "missing": { "totalCount": 0 } })
    };
    assert_eq!(
        answer["at"]["alignments"]["nodes"],
        json!([stands(COUNTY, 6, 1, 1, 0.875), stands(TOWN, 7, 0, 0, 1.0), stands(VILLAGE, 7, 0, 0, 1.0)])
    );
    let item = &answer["at"]["item"];
    assert_eq!(
        (&item["relation"], &item["origin"]["code"]),
        (&json!("ADOPTED"), &json!(format!("{TOWN}-0004")))
    );
    let county = &item["origin"]["origin"];
    assert_eq!((&county["code"], &county["relation"]), (&json!(format!("{COUNTY}-0004")), &json!("ADAPTED")));
    assert!(county["reason"].as_str().unwrap().starts_with("\u{793A}\u{4F8B}"));
    assert_eq!(county["origin"]["adoptions"]["nodes"], json!([{ "code": format!("{COUNTY}-0004") }]));
}

#[tokio::test]
async fn the_tour_runs_as_shown_and_has_one_set_of_digests() {
    let sqlite = shows_what_it_promises(Backend::Sqlite).await;
    assert_eq!(sqlite, shows_what_it_promises(Backend::Postgres).await);
}

/// What was edited by hand is what the page says, and nothing else.
#[tokio::test]
async fn the_county_s_file_is_what_adopt_writes_with_one_row_edited() {
    let app = toured(Backend::Sqlite).await;
    let written = fs::read_to_string(app.database.directory.path().join("draft.ndjson")).unwrap();
    let committed = fs::read_to_string(source(&format!("{FOLDER}/jinning.ndjson"))).unwrap();
    let parse =
        |text: &str| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>();
    let (written, mut committed) = (parse(&written), parse(&committed));
    assert_ne!(written[4]["content"]["channels"], committed[4]["content"]["channels"]);
    committed[4].as_object_mut().unwrap().remove("reason").unwrap();
    committed[4]["content"]["channels"] = written[4]["content"]["channels"].clone();
    assert_eq!(written, committed);
}

#[test]
fn the_guideline_is_assembled_from_published_rows() {
    let output = Command::new("python3")
        .args([&source("examples/inheritance/assemble.py"), "--check"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
