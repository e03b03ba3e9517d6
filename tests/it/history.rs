//! An oracle of plain vectors replays random histories and agrees with scope resolution through the store.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mulu::{
    catalogue::{
        code::CatalogueCode,
        digest::Digest,
        event::Closed,
        scope::{Scope, ScopeRequest, VersionState},
        text::Text,
        unit::UnitState,
    },
    import::File,
    store::{Then, Withdrawal},
};
use proptest::prelude::*;
use serde_json::Value;

use crate::kit::{Asking, Backend, NOW, TestApp, document, runner};

const UNIT: &str = "513230000000-U001";

/// Something that happens to the log. Days are counted from the day on which the tests begin.
#[derive(Clone, Debug)]
pub enum Step {
    Publish { catalogue: u8, day: i64, rows: usize },
    Withdraw { catalogue: u8, pick: usize, day: i64 },
    Close { catalogue: u8, day: i64 },
    Rename { day: i64 },
    Redact { pick: usize },
    Wait { hours: i64 },
}

pub fn step() -> impl Strategy<Value = Step> {
    let day = -40i64..40;
    prop_oneof![
        5 => (0u8..3, day.clone(), 0usize..4).prop_map(|(catalogue, day, rows)| Step::Publish { catalogue, day, rows }),
        2 => (0u8..3, any::<usize>(), day.clone()).prop_map(|(catalogue, pick, day)| Step::Withdraw { catalogue, pick, day }),
        1 => (0u8..3, day.clone()).prop_map(|(catalogue, day)| Step::Close { catalogue, day }),
        2 => day.prop_map(|day| Step::Rename { day }),
        1 => any::<usize>().prop_map(|pick| Step::Redact { pick }),
        2 => (1i64..72).prop_map(|hours| Step::Wait { hours }),
    ]
}

/// What the oracle remembers: one line an event, nothing else.
enum Line {
    Published { catalogue: u8, number: u32, day: NaiveDate, version: Digest, label: String },
    Withdrawn { catalogue: u8, number: u32, day: NaiveDate },
    Closed { catalogue: u8, day: NaiveDate },
    Renamed { states: Vec<(Option<NaiveDate>, String)> },
    Redacted { version: Digest },
    Other,
}

#[derive(Default)]
struct Oracle {
    lines: Vec<(DateTime<Utc>, Line)>,
}

impl Oracle {
    fn until(&self, revision: u64) -> &[(DateTime<Utc>, Line)] {
        &self.lines[..revision as usize]
    }

    fn known_at(&self, at: DateTime<Utc>) -> u64 {
        self.lines.iter().filter(|(recorded, _)| *recorded <= at).count() as u64
    }

    fn void(&self, which: u8, version: u32, revision: u64, on: NaiveDate) -> bool {
        self.until(revision).iter().any(|(_, line)| {
            matches!(line, Line::Withdrawn { catalogue, number, day }
                if *catalogue == which && *number == version && *day <= on)
        })
    }

    fn in_force(&self, which: u8, revision: u64, on: NaiveDate) -> Option<u32> {
        let mut best: Option<(NaiveDate, u32)> = None;
        for (_, line) in self.until(revision) {
            match line {
                Line::Closed { catalogue, day } if *catalogue == which && *day <= on => return None,
                Line::Published { catalogue, number, day, .. }
                    if *catalogue == which && *day <= on && !self.void(which, *number, revision, on) =>
                {
                    best = best.max(Some((*day, *number)));
                }
                _ => {}
            }
        }
        best.map(|(_, number)| number)
    }

    fn versions(&self, which: u8, revision: u64) -> Vec<(u32, NaiveDate, Digest, &str)> {
        let published = self.until(revision).iter().filter_map(|(_, line)| match line {
            Line::Published { catalogue, number, day, version, label } if *catalogue == which => {
                Some((*number, *day, *version, label.as_str()))
            }
            _ => None,
        });
        published.collect()
    }

    fn unit(&self, revision: u64, on: NaiveDate) -> &str {
        let last = self.until(revision).iter().rev().find_map(|(_, line)| match line {
            Line::Renamed { states } => Some(states),
            _ => None,
        });
        let Some(states) = last else { return "县文化局" };
        let mut name = states[0].1.as_str();
        for (from, state) in states {
            if from.is_none_or(|from| from <= on) {
                name = state;
            }
        }
        name
    }

    fn redacted(&self, digest: Digest) -> bool {
        self.lines.iter().any(|(_, line)| matches!(line, Line::Redacted { version } if *version == digest))
    }
}

pub fn start() -> NaiveDate {
    NOW[..10].parse().unwrap()
}

fn code(catalogue: u8) -> CatalogueCode {
    ["513230000000-12", "513230000000-20", "513230100000-12V"][catalogue as usize].parse().unwrap()
}

/// Does to the log what steps say, and has the oracle remember it.
pub struct Player {
    oracle: Oracle,
    names: Vec<(Option<NaiveDate>, String)>,
    index: usize,
}

impl Default for Player {
    fn default() -> Self {
        Self { oracle: Oracle::default(), names: vec![(None, "县文化局".to_owned())], index: 0 }
    }
}

impl Player {
    pub async fn play(&mut self, app: &TestApp, step: &Step) {
        let index = self.index;
        self.index += 1;
        let now = app.clock.now().utc();
        let line = match step {
            Step::Wait { hours } => {
                app.clock.advance(TimeDelta::hours(*hours));
                return;
            }
            Step::Publish { catalogue, day, rows } => {
                let day = start() + TimeDelta::days(*day);
                let mut document = document(code(*catalogue).as_str(), &day.to_string(), *rows);
                let label = format!("第{index}步");
                document.header.label = Text::new(&label);
                let (staged, _) = app.store.stage(vec![document], Then::Publish, || {}).await.unwrap();
                let [staged] = staged.as_slice() else { panic!("{staged:?}") };
                let number =
                    self.oracle.versions(*catalogue, self.oracle.lines.len() as u64).len() as u32 + 1;
                assert_eq!(staged.number, number);
                Line::Published { catalogue: *catalogue, number, day, version: staged.digest, label }
            }
            Step::Withdraw { catalogue, pick, day } => {
                let from = start() + TimeDelta::days(*day);
                let versions = self.oracle.versions(*catalogue, self.oracle.lines.len() as u64);
                let Some((number, ..)) = versions.get(pick % versions.len().max(1)).copied() else {
                    return;
                };
                let withdrawal =
                    Withdrawal { catalogue: code(*catalogue), number, from, reason: Text::new("误发") };
                app.store.withdraw(withdrawal).await.unwrap();
                Line::Withdrawn { catalogue: *catalogue, number, day: from }
            }
            Step::Close { catalogue, day } => {
                let from = start() + TimeDelta::days(*day);
                if self.oracle.versions(*catalogue, self.oracle.lines.len() as u64).is_empty() {
                    return;
                }
                let reason = Text::new("机构改革");
                let closed = Closed { catalogue: code(*catalogue), from, reason, successor: None };
                app.store.close_catalogue(closed).await.unwrap();
                Line::Closed { catalogue: *catalogue, day: from }
            }
            Step::Rename { day } => {
                let from = start() + TimeDelta::days(*day);
                if self.names.iter().any(|(day, _)| *day == Some(from)) {
                    return;
                }
                self.names.push((Some(from), format!("县文化局{index}")));
                self.names.sort();
                let lines = self.names.iter().map(|(from, name)| {
                    let from = from.map(|from| from.to_string()).unwrap_or_default();
                    format!("{UNIT},513230,{name},{from}\n")
                });
                let text = format!("code,division,name,validFrom\n{}", lines.collect::<String>());
                app.load(vec![File { name: "units.csv".to_owned(), bytes: text.into_bytes() }]).await;
                Line::Renamed { states: self.names.clone() }
            }
            Step::Redact { pick } => {
                let all: Vec<Digest> = (0..3)
                    .flat_map(|catalogue| self.oracle.versions(catalogue, self.oracle.lines.len() as u64))
                    .map(|(_, _, version, _)| version)
                    .filter(|version| !self.oracle.redacted(*version))
                    .collect();
                let Some(version) = all.get(pick % all.len().max(1)).copied() else { return };
                app.store.redact(version, Text::new("个人信息")).await.unwrap();
                Line::Redacted { version }
            }
        };
        self.oracle.lines.push((now, line));
    }
}

async fn play(app: &TestApp, steps: &[Step]) -> Oracle {
    let mut player = Player::default();
    // The kit's own events: the beginning, and one load for each of its registers.
    for _ in 0..app.store.head().await.unwrap() {
        player.oracle.lines.push((app.clock.now().utc(), Line::Other));
    }
    for step in steps {
        player.play(app, step).await;
        assert_eq!(app.store.head().await.unwrap(), player.oracle.lines.len() as u64);
    }
    player.oracle
}

/// Asks the store and the oracle the same question.
async fn agree(app: &TestApp, oracle: &Oracle, scope: Scope) {
    for which in 0..3 {
        let code = code(which);
        let expected = oracle.versions(which, scope.revision);
        let Some(view) = app.store.catalogue(&code, scope).await.unwrap() else {
            assert!(expected.is_empty(), "{code} at {scope:?}");
            continue;
        };
        let in_force = oracle.in_force(which, scope.revision, scope.effective_on);
        assert_eq!(view.in_force, in_force, "{code} at {scope:?}");
        assert_eq!(view.history.known(scope).count(), expected.len());
        for (number, day, digest, label) in expected {
            let state = if oracle.void(which, number, scope.revision, scope.effective_on) {
                VersionState::Withdrawn
            } else if day > scope.effective_on {
                VersionState::Scheduled
            } else if in_force == Some(number) {
                VersionState::InForce
            } else {
                VersionState::Superseded
            };
            let version = app.store.version(&view, number, scope).await;
            if oracle.redacted(digest) {
                assert_eq!(version.unwrap_err().code(), "REDACTED");
                continue;
            }
            let version = version.unwrap().unwrap();
            assert_eq!((version.state, version.digest), (state, digest), "{code} {number} at {scope:?}");
            assert_eq!(version.version.label.as_str(), label);
            assert_eq!(app.store.entries(&version).await.unwrap().len(), version.version.size as usize);
        }
    }
    let unit: UnitState = app.store.record(UNIT, scope).await.unwrap().unwrap();
    assert_eq!(unit.name.as_str(), oracle.unit(scope.revision, scope.effective_on), "{scope:?}");
}

/// Asks the read API what is in force, three levels deep: every level answers under the scope of `at`.
async fn graphql_agrees(asking: &Asking, oracle: &Oracle, scope: Scope) {
    for which in 0..3 {
        let code = code(which);
        let question = format!(
            r#"{{ at(effectiveOn: "{}", revision: {}) {{ catalogue(code: "{code}") {{ version {{ number label
               items {{ totalCount nodes {{ responsibleUnits {{ unit {{ name }} }}
               catalogue {{ version {{ number }} }} }} }} }} }} }} }}"#,
            scope.effective_on, scope.revision
        );
        let answer = asking.ask(&question).await;
        let version = &answer["data"]["at"]["catalogue"]["version"];
        let in_force = oracle.in_force(which, scope.revision, scope.effective_on);
        let Some(number) = in_force else {
            assert_eq!((version, &answer["errors"]), (&Value::Null, &Value::Null), "{question}");
            continue;
        };
        let versions = oracle.versions(which, scope.revision);
        let (_, _, digest, label) = versions[number as usize - 1];
        if oracle.redacted(digest) {
            assert_eq!(answer["errors"][0]["extensions"]["code"], "REDACTED", "{question}");
            continue;
        }
        assert_eq!(answer["errors"], Value::Null, "{question}");
        assert_eq!((&version["number"], &version["label"]), (&number.into(), &label.into()), "{question}");
        for item in version["items"]["nodes"].as_array().unwrap() {
            assert_eq!(item["catalogue"]["version"]["number"], number, "{question}");
            let unit = oracle.unit(scope.revision, scope.effective_on);
            let named = if unit == "县文化局" { Value::from(unit) } else { Value::Null };
            assert_eq!(item["responsibleUnits"][0]["unit"]["name"], named, "{question}");
        }
    }
}

async fn history(backend: Backend, steps: Vec<Step>, questions: Vec<(u64, i64)>) {
    let app = TestApp::new(backend).await;
    let oracle = play(&app, &steps).await;
    let head = oracle.lines.len() as u64;
    let asking = Asking::new(&app).await;
    // Before the unit's own load there is none to ask for.
    let first = oracle.lines.iter().take_while(|(_, line)| matches!(line, Line::Other)).count() as u64;
    for (revision, day) in questions {
        let revision = first + revision % (head - first + 1);
        let scope = Scope { revision, effective_on: start() + TimeDelta::days(day) };
        agree(&app, &oracle, scope).await;
        graphql_agrees(&asking, &oracle, scope).await;
        let at = start().and_hms_opt(0, 0, 0).unwrap().and_utc() + TimeDelta::hours(day * 5);
        let asked = ScopeRequest { known_at: Some(at), ..ScopeRequest::default() };
        assert_eq!(app.store.scope(asked).await.unwrap().revision, oracle.known_at(at));
    }
    let checked = app.store.verify(|_, _| {}).await.unwrap();
    assert_eq!(checked.events, head);
    let before = app.database.dump().await;
    assert_eq!(app.store.rebuild(|_, _| {}).await.unwrap().root, checked.root);
    assert_eq!(app.database.dump().await, before);
    app.store.close().await.unwrap();
}

fn agrees(backend: Backend) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let steps = prop::collection::vec(step(), 1..14);
    let questions = prop::collection::vec((any::<u64>(), -50i64..50), 6);
    let mut runner = runner(&format!("histories on {backend:?}"), 1000);
    runner
        .run(&(steps, questions), |(steps, questions)| {
            runtime.block_on(history(backend, steps, questions));
            Ok(())
        })
        .unwrap();
}

#[test]
fn an_oracle_of_vectors_agrees_with_the_store_on_sqlite() {
    agrees(Backend::Sqlite);
}

#[test]
fn an_oracle_of_vectors_agrees_with_the_store_on_postgres() {
    agrees(Backend::Postgres);
}
