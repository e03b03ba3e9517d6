//! Following the log: a client that applies what `changes` says holds exactly what a full read gives.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    history::{self, Step},
    kit::{Asking, Backend, TestApp, publish, runner},
};

/// Codes and digests of a version's items, in table order.
type Rows = Vec<(String, String)>;

/// What a follower keeps: it never asks for a whole catalogue.
#[derive(Default)]
struct Follower {
    revision: u64,
    /// By catalogue and number: the day, the event, the items.
    versions: BTreeMap<(String, u32), (NaiveDate, u64, Rows)>,
    void: Vec<(String, u32, NaiveDate, u64)>,
    closed: Vec<(String, NaiveDate, u64)>,
}

const CHANGE: &str = "revision kind catalogue { code } version { number } effectiveFrom from";
const ITEMS: &str = "{ nodes { kind before { position } after { position code digest } } pageInfo { hasNextPage endCursor } }";

impl Follower {
    /// Pulls one page; false when there is no more.
    async fn pull(&mut self, asking: &Asking, size: usize) -> bool {
        let question = format!(
            "{{ changes(since: {}, first: {size}) {{ nodes {{ {CHANGE} items(first: 3) {ITEMS} }} pageInfo {{ hasNextPage }} }} }}",
            self.revision
        );
        let answer = asking.data(&question).await;
        for change in answer["changes"]["nodes"].as_array().unwrap() {
            self.apply(asking, change).await;
        }
        answer["changes"]["pageInfo"]["hasNextPage"] == true
    }

    async fn apply(&mut self, asking: &Asking, change: &Value) {
        let revision = change["revision"].as_u64().unwrap();
        assert!(revision > self.revision, "oldest first");
        let catalogue = || change["catalogue"]["code"].as_str().unwrap().to_owned();
        let number = || u32::try_from(change["version"]["number"].as_u64().unwrap()).unwrap();
        let day = |key: &str| change[key].as_str().unwrap().parse().unwrap();
        match change["kind"].as_str().unwrap() {
            "PUBLISHED" => {
                let (code, number) = (catalogue(), number());
                let before = self.versions.get(&(code.clone(), number - 1)).map(|(.., rows)| rows.clone());
                let rows = self.rows(asking, change, before.unwrap_or_default()).await;
                self.versions.insert((code, number), (day("effectiveFrom"), revision, rows));
            }
            "WITHDRAWN" => self.void.push((catalogue(), number(), day("from"), revision)),
            "CLOSED" => self.closed.push((catalogue(), day("from"), revision)),
            _ => {}
        }
        self.revision = revision;
    }

    /// The rows of a version: those before it, and all pages of what differs.
    async fn rows(&self, asking: &Asking, change: &Value, before: Rows) -> Rows {
        let mut differing = change["items"]["nodes"].as_array().unwrap().clone();
        let mut page = change["items"]["pageInfo"].clone();
        while page["hasNextPage"] == true {
            let since = change["revision"].as_u64().unwrap() - 1;
            let question = format!(
                "{{ changes(since: {since}, first: 1) {{ nodes {{ items(first: 3, after: {}) {ITEMS} }} }} }}",
                page["endCursor"]
            );
            let answer = asking.data(&question).await;
            let items = &answer["changes"]["nodes"][0]["items"];
            differing.extend(items["nodes"].as_array().unwrap().clone());
            page = items["pageInfo"].clone();
        }
        let place = |side: &Value| side["position"].as_u64().map(|position| position as usize - 1);
        let gone: BTreeSet<usize> = differing.iter().filter_map(|change| place(&change["before"])).collect();
        let kept = before.into_iter().enumerate().filter(|(at, _)| !gone.contains(at)).map(|(_, row)| row);
        let mut rows: Rows = kept.collect();
        for change in &differing {
            if let Some(at) = place(&change["after"]) {
                let text = |key: &str| change["after"][key].as_str().unwrap().to_owned();
                rows.insert(at, (text("code"), text("digest")));
            }
        }
        rows
    }

    /// The five lines.
    fn in_force(&self, catalogue: &str, revision: u64, on: NaiveDate) -> Option<(u32, &Rows)> {
        if self.closed.iter().any(|(code, from, at)| code == catalogue && *at <= revision && *from <= on) {
            return None;
        }
        let void = |number: u32| {
            let holds = |(code, of, from, at): &(String, u32, NaiveDate, u64)| {
                code == catalogue && *of == number && *at <= revision && *from <= on
            };
            self.void.iter().any(holds)
        };
        self.versions
            .iter()
            .filter(|((code, number), (day, at, _))| {
                code == catalogue && *at <= revision && *day <= on && !void(*number)
            })
            .max_by_key(|((_, number), (day, ..))| (*day, *number))
            .map(|((_, number), (.., rows))| (*number, rows))
    }

    /// Every day on which something begins or ends, and the day before.
    fn days(&self) -> BTreeSet<NaiveDate> {
        let versions = self.versions.values().map(|(day, ..)| *day);
        let days = versions
            .chain(self.void.iter().map(|(_, _, day, _)| *day))
            .chain(self.closed.iter().map(|(_, day, _)| *day));
        days.flat_map(|day| [day, day.pred_opt().unwrap()]).chain([history::start()]).collect()
    }
}

/// What full reads give on a day, each at a revision of its own.
async fn full(asking: &Asking, on: NaiveDate, wanted: &[(u64, &str)]) -> Vec<Option<(u32, Rows)>> {
    let at = |(revision, catalogue): &(u64, &str)| {
        format!(
            "r{revision}: at(revision: {revision}, effectiveOn: \"{on}\") {{ catalogue(code: \"{catalogue}\") {{
               version {{ number items(first: 100) {{ nodes {{ code digest }} }} }} }} }}"
        )
    };
    let answer = asking.data(&format!("{{ {} }}", wanted.iter().map(at).collect::<String>())).await;
    let version = |(revision, _): &(u64, &str)| {
        let version = &answer[format!("r{revision}")]["catalogue"]["version"];
        let number = u32::try_from(version["number"].as_u64()?).unwrap();
        let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
        let rows = version["items"]["nodes"].as_array().unwrap().iter();
        Some((number, rows.map(|row| (text(row, "code"), text(row, "digest"))).collect()))
    };
    wanted.iter().map(version).collect()
}

/// A follower pulls while others publish; then it holds what full reads give, at every revision and day.
async fn follows(backend: Backend, steps: Vec<Step>, size: usize) {
    let app = TestApp::new(backend).await;
    let asking = Asking::new(&app).await;
    let mut follower = Follower::default();
    let store = app.store.clone();
    // Others publish meanwhile, from another connection and in their own time.
    let others = tokio::spawn(async move {
        for day in 1..4 {
            let document = crate::kit::document("513230100000-20", &format!("2026-11-{day:02}"), day);
            store.stage(vec![document], mulu::store::Then::Publish, || {}).await.unwrap();
            tokio::task::yield_now().await;
        }
    });
    let mut player = history::Player::default();
    for step in &steps {
        player.play(&app, step).await;
        follower.pull(&asking, size).await;
    }
    others.await.unwrap();
    while follower.pull(&asking, size).await {}
    assert_eq!(follower.revision, app.store.head().await.unwrap(), "nothing that was committed is missed");
    let catalogues = ["513230000000-12", "513230000000-20", "513230100000-12V", "513230100000-20"];
    for day in follower.days() {
        let catalogue = |revision: u64| catalogues[(revision as usize) % catalogues.len()];
        let wanted: Vec<(u64, &str)> = (1..=follower.revision).map(|at| (at, catalogue(at))).collect();
        for ((revision, catalogue), full) in wanted.iter().zip(full(&asking, day, &wanted).await) {
            let held = follower.in_force(catalogue, *revision, day);
            let held = held.map(|(number, rows)| (number, rows.clone()));
            assert_eq!(held, full, "{catalogue} at {revision} on {day}");
        }
    }
    app.store.close().await.unwrap();
}

fn following(backend: Backend) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let steps = prop::collection::vec(history::step(), 1..9);
    let mut runner = runner(&format!("followers on {backend:?}"), 1000);
    runner
        .run(&(steps, 1usize..5), |(steps, size)| {
            runtime.block_on(follows(backend, steps, size));
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_follower_holds_what_a_full_read_gives_on_sqlite() {
    following(Backend::Sqlite);
}

#[test]
fn a_follower_holds_what_a_full_read_gives_on_postgres() {
    following(Backend::Postgres);
}

on_both_stores! {
    async fn changes_are_of_a_place_and_a_domain(app: TestApp) {
        let begun = app.store.head().await.unwrap();
        publish(&app, "510000000000-12G", "2026-01-01", 1).await;
        publish(&app, "513230000000-12", "2026-01-01", 2).await;
        publish(&app, "513230000000-20", "2026-01-01", 1).await;
        publish(&app, "513230100000-00", "2026-01-01", 1).await;
        let files = vec![mulu::import::File { name: "units.csv".to_owned(), bytes: "code,division,name\n513230000000-U002,513230,县财政局\n".as_bytes().to_vec() }];
        app.load(files).await;
        let asking = Asking::new(&app).await;
        let kinds = async |arguments: &str| {
            let answer = asking.data(&format!("{{ changes(since: {begun}{arguments}) {{ totalCount nodes {{ revision catalogue {{ code }} register }} }} }}")).await;
            let nodes = answer["changes"]["nodes"].as_array().unwrap().clone();
            assert_eq!(answer["changes"]["totalCount"], nodes.len());
            nodes.iter().map(|node| match node["catalogue"]["code"].as_str() {
                Some(code) => code.to_owned(),
                None => node["register"].as_str().unwrap().to_owned(),
            }).collect::<Vec<_>>()
        };
        let (guideline, county, other, town, unit) = ("510000000000-12G", "513230000000-12", "513230000000-20", "513230100000-00", "unit");
        for (arguments, expected) in [
            ("", vec![guideline, county, other, town, unit]),
            (", division: \"513230\"", vec![county, other, unit]),
            (", division: \"513230\", includeDescendants: true", vec![county, other, town, unit]),
            (", division: \"513230100\", includeAncestors: true", vec![guideline, county, other, town, unit]),
            (", domain: \"12\"", vec![guideline, county, town, unit]),
            (", division: \"513230\", domain: \"20\"", vec![other, unit]),
            (", first: 2", vec![guideline, county]),
            (", last: 2", vec![town, unit]),
        ] {
            if arguments.contains("first") || arguments.contains("last") {
                let answer = asking.data(&format!("{{ changes(since: {begun}{arguments}) {{ nodes {{ catalogue {{ code }} register }} }} }}")).await;
                assert_eq!(answer["changes"]["nodes"].as_array().unwrap().len(), expected.len());
                continue;
            }
            assert_eq!(kinds(arguments).await, expected, "{arguments}");
        }
        let last = asking.data(&format!("{{ changes(since: {}) {{ nodes {{ kind nodes {{ totalCount nodes {{ __typename id ... on Unit {{ name }} }} }} items {{ totalCount }} version {{ number }} }} }} }}", begun + 4)).await;
        let last = &last["changes"]["nodes"][0];
        assert_eq!((&last["kind"], &last["items"], &last["version"]), (&json!("REFERENCE"), &Value::Null, &Value::Null));
        assert_eq!((&last["nodes"]["totalCount"], &last["nodes"]["nodes"][0]["name"]), (&json!(1), &json!("县财政局")));
        assert_eq!(asking.refused("{ changes(since: 999) { totalCount } }").await, "UNKNOWN_REVISION");
        let pinned = asking.data(&format!("{{ at(revision: {}) {{ changes(since: {begun}) {{ totalCount nodes {{ items {{ nodes {{ kind }} }} }} }} }} }}", begun + 1)).await;
        assert_eq!(pinned["at"]["changes"], json!({ "totalCount": 1, "nodes": [{ "items": { "nodes": [{ "kind": "ADDED" }] } }] }));
    }
}
