//! Backups: taken under load, restored elsewhere, equal in every answer. What is refused leaves all as it was.

use std::{
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::{NaiveDate, TimeDelta};
use mulu::{
    catalogue::{digest::Digest, scope::Scope, text::Text},
    store::{Store, Then, Withdrawal},
};
use proptest::{prelude::*, strategy::ValueTree};
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::{
    append_only::populate,
    kit::{Asking, Backend, Server, TABLES, TestApp, cases, document, everything, publish, run, runner},
};

const CODES: [&str; 3] = ["513230000000-01", "513230100000-12", "513230100000-20"];

fn day(days: i64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + TimeDelta::days(days)
}

/// Publishes version after version of a catalogue until it is told to stop; now and then one is withdrawn, or a draft
/// is kept.
fn publisher(store: Store, code: &'static str, stop: Arc<AtomicBool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        for round in 1..10_000 {
            if stop.load(Ordering::SeqCst) {
                return;
            }
            let document = document(code, &day(round).to_string(), 1 + round as usize % 5);
            let then = if round % 5 == 0 { Then::Keep } else { Then::Publish };
            let (staged, _) = store.stage(vec![document], then, || {}).await.unwrap();
            if round % 7 == 0 {
                let (catalogue, number) = (staged[0].catalogue.clone(), 1);
                let withdrawal =
                    Withdrawal { catalogue, number, from: day(round), reason: Text::new("误发") };
                store.withdraw(withdrawal).await.unwrap();
            }
        }
    })
}

async fn grown(store: &Store, beyond: u64) {
    let mut waited = 0;
    while store.head().await.unwrap() <= beyond {
        assert!(waited < 1000, "publishing stands still");
        waited += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A backup that was taken while others published, with its revision and root.
async fn taken_under_load(app: &TestApp, file: &str) -> (u64, Digest) {
    let server = Server::start(app, &["serve", "--listen", "127.0.0.1:0"]);
    let stop = Arc::<AtomicBool>::default();
    let publishers = CODES.map(|code| publisher(app.store.clone(), code, stop.clone()));
    let begun = app.store.head().await.unwrap();
    grown(&app.store, begun + 20).await;
    let before = app.store.head().await.unwrap();
    let command = app.command(&["backup", file, "--force", "--json"]);
    let taken = tokio::task::spawn_blocking(move || run(command)).await.unwrap();
    assert_eq!(taken.code, Some(0), "{}", taken.stderr);
    let taken: Value = serde_json::from_str(&taken.stdout).unwrap();
    let revision = taken["revision"].as_u64().unwrap();
    assert!(revision >= before, "what was acknowledged before is in it: {revision}, {before}");
    assert_eq!(server.get("/readyz").status(), 200);
    grown(&app.store, revision + 20).await;
    stop.store(true, Ordering::SeqCst);
    for publisher in publishers {
        publisher.await.unwrap();
    }
    assert_eq!(server.stop().0, Some(0));
    let bytes = std::fs::read(file).unwrap();
    assert_eq!(taken["bytes"], bytes.len());
    assert_eq!(taken["digest"], Digest::of(&bytes).to_string());
    (revision, taken["root"].as_str().unwrap().parse().unwrap())
}

/// Both answer every question alike under several scopes up to a revision.
async fn answer_alike(one: &TestApp, other: &TestApp, revision: u64, picks: &[(f64, i64)]) {
    let asking = [Asking::new(one).await, Asking::new(other).await];
    for (part, days) in [&[(1.0, 30)], picks].concat() {
        let revision = (revision as f64 * part).ceil().max(1.0) as u64;
        let scope = Scope { revision, effective_on: day(days) };
        let expected = everything(&asking[0], scope).await;
        let found = everything(&asking[1], scope).await;
        assert_eq!(expected.len(), found.len());
        for (expected, found) in expected.iter().zip(&found) {
            assert_eq!(expected, found);
        }
    }
}

async fn nothing_is_lost(backend: Backend) {
    let app = TestApp::new(backend).await;
    populate(&app).await;
    let file = app.file("mulu.backup", "");
    let mut runner = runner(&format!("backups under load of {backend:?}"), 5);
    let picks = prop::collection::vec((0.0..1.0f64, -10i64..200), 3);
    for _ in 0..cases(5) {
        let (revision, root) = taken_under_load(&app, &file).await;
        assert_eq!(app.store.root(revision).await.unwrap(), root);
        let picks = picks.new_tree(&mut runner).unwrap().current();
        for target in [Backend::Sqlite, Backend::Postgres] {
            let elsewhere = TestApp::empty(target).await;
            let restored = elsewhere.ok(&["restore", &file]);
            assert!(
                restored.contains(&format!("revision {revision}\n")) && restored.contains(&root.to_string())
            );
            let checked: Value = serde_json::from_str(&elsewhere.ok(&["verify"])).unwrap();
            assert_eq!((&checked["events"], &checked["root"]), (&revision.into(), &root.to_string().into()));
            assert_eq!(elsewhere.store.root(revision).await.unwrap(), root);
            answer_alike(&app, &elsewhere, revision, &picks).await;
            // Work goes on there.
            publish(&elsewhere, "513230000000-12", "2026-09-01", 2).await;
            assert_eq!(elsewhere.store.head().await.unwrap(), revision + 1);
        }
    }
}

#[tokio::test]
async fn a_backup_under_load_answers_alike_elsewhere_from_sqlite() {
    nothing_is_lost(Backend::Sqlite).await;
}

#[tokio::test]
async fn a_backup_under_load_answers_alike_elsewhere_from_postgres() {
    nothing_is_lost(Backend::Postgres).await;
}

/// Changes every occurrence of some bytes in a file.
fn replaced(file: &str, old: &str, new: &str) -> Vec<u8> {
    let mut bytes = std::fs::read(file).unwrap();
    let places: Vec<usize> =
        (0..bytes.len()).filter(|place| bytes[*place..].starts_with(old.as_bytes())).collect();
    assert!(!places.is_empty() && old.len() == new.len(), "{old}");
    places.iter().for_each(|place| bytes[*place..*place + new.len()].copy_from_slice(new.as_bytes()));
    bytes
}

/// Every row but those of drafts, of which the time is nobody's promise.
async fn public_rows(app: &TestApp) -> Vec<String> {
    app.database.dump().await.into_iter().filter(|row| !row.starts_with("draft ")).collect()
}

async fn is_empty(app: &TestApp) -> bool {
    app.store.head().await.is_err_and(|error| error.code() == "NOT_MIGRATED")
}

on_both_stores! {
    async fn every_row_comes_back_drafts_included(app: TestApp) {
        populate(&app).await;
        let file = app.file("mulu.backup", "");
        app.ok(&["backup", &file, "--force"]);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        for target in [Backend::Sqlite, Backend::Postgres] {
            let elsewhere = TestApp::empty(target).await;
            // Tables without a publication are no obstacle; the log's name comes from the backup.
            elsewhere.store.migrate("elsewhere.example/log").await.unwrap();
            elsewhere.ok(&["restore", &file]);
            assert_eq!(elsewhere.store.drafts().await.unwrap(), app.store.drafts().await.unwrap());
            if target == app.database.backend {
                assert_eq!(elsewhere.database.dump().await, app.database.dump().await);
            }
            elsewhere.ok(&["publish", "513230000000-12"]);
        }
    }

    async fn what_is_there_is_left_alone(app: TestApp) {
        let directory = app.database.directory.path();
        let file = app.file("mulu.backup", "mine");
        let refused = |arguments: &[&str], part: &str| {
            let output = app.cli(arguments);
            assert_eq!(output.code, Some(1), "{arguments:?}");
            assert!(output.stderr.contains(part) && output.stderr.contains("BAD_INPUT"), "{}", output.stderr);
        };
        refused(&["backup", &file], "--force");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
        refused(&["backup", &directory.display().to_string(), "--force"], "is there already");
        refused(&["backup", &format!("{}/nowhere/file", directory.display())], "cannot write");
        if app.database.backend == Backend::Sqlite {
            refused(&["backup", &format!("{}/mulu.db", directory.display()), "--force"], "is the database itself");
        }
        refused(&["restore", &file], "is no backup");
        app.ok(&["backup", &file, "--force"]);
        let before = app.database.dump().await;
        refused(&["restore", &file], "is not empty");
        refused(&["restore", &format!("{file}.lost")], "cannot read");
        assert_eq!(app.database.dump().await, before);
        let left = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
        let left: Vec<_> = left.filter(|name| name.to_string_lossy().contains("partial")).collect();
        assert!(left.is_empty(), "{left:?}");
        let empty = TestApp::empty(app.database.backend).await;
        let output = empty.cli(&["backup", &format!("{file}.empty")]);
        assert!(output.stderr.contains("NOT_MIGRATED"), "{}", output.stderr);
        assert!(!Path::new(&format!("{file}.empty")).exists());
    }

    async fn a_damaged_backup_changes_nothing(app: TestApp) {
        populate(&app).await;
        let file = app.file("mulu.backup", "");
        app.ok(&["backup", &file, "--force"]);
        let whole = std::fs::read(&file).unwrap();
        let expected = public_rows(&app).await;
        let mut target = TestApp::empty(app.database.backend).await;
        let length = whole.len();
        let mut damaged: Vec<Vec<u8>> = [20, length / 3, length - 1].map(|end| whole[..end].to_vec()).to_vec();
        if app.database.backend == Backend::Sqlite {
            // A lie that the backup itself bears out: the log's tree and the digests do not.
            damaged.push(replaced(&file, "\u{8bef}\u{53d1}", "\u{8bef}\u{5f55}"));
            damaged.push(replaced(&file, "\u{670d}\u{52a1}\u{6307}\u{5357}", "\u{670d}\u{52a1}\u{6307}\u{5317}"));
        }
        if app.database.backend == Backend::Postgres {
            // The name of a table in the list of contents, without which nothing would be read of it.
            let names = ["object", "event", "checkpoint", "draft", "log"].map(|table| format!("COPY public.{table} ("));
            damaged.extend(names.map(|name| replaced(&file, &name, &name.replace(" (", "_("))));
        }
        let certain = damaged.len();
        let mut runner = runner(&format!("damaged backups of {:?}", app.database.backend), 400);
        for _ in 0..cases(400) {
            let (place, bit) = (0..length, 0..8u8).new_tree(&mut runner).unwrap().current();
            let mut bytes = whole.clone();
            bytes[place] ^= 1 << bit;
            damaged.push(bytes);
        }
        for (i, bytes) in damaged.into_iter().enumerate() {
            std::fs::write(&file, bytes).unwrap();
            match target.store.restore(Path::new(&file), |_, _| {}).await {
                Err(error) => {
                    assert_eq!(error.code(), "BAD_INPUT", "{error}: {:?}", std::error::Error::source(&error));
                    assert!(is_empty(&target).await, "{error}");
                }
                // A bit that nothing depends on: free space, a derived row.
                Ok(_) => {
                    assert!(i >= certain, "case {i} was not noticed");
                    assert_eq!(public_rows(&target).await, expected);
                    target = TestApp::empty(app.database.backend).await;
                }
            }
        }
        std::fs::write(&file, whole).unwrap();
        target.ok(&["restore", &file]);
        assert_eq!(target.database.dump().await, app.database.dump().await);
    }

    async fn two_tables_are_enough(app: TestApp) {
        populate(&app).await;
        let scopes: Vec<Scope> = (1..=app.store.head().await.unwrap())
            .flat_map(|revision| [0, 160, 190, 220].map(|days| Scope { revision, effective_on: day(days) }))
            .collect();
        let asking = Asking::new(&app).await;
        let mut expected = Vec::new();
        for scope in &scopes {
            expected.push(everything(&asking, *scope).await);
        }
        let rows = app.database.dump().await;
        for (table, _) in TABLES.iter().filter(|(table, _)| !matches!(*table, "object" | "event" | "checkpoint" | "draft")) {
            app.database.execute(&format!("DELETE FROM {table}")).await.unwrap();
        }
        app.ok(&["rebuild"]);
        assert_eq!(app.database.dump().await, rows);
        // A reader that remembers nothing.
        let asking = Asking::wide(&app).await;
        for (scope, expected) in scopes.iter().zip(&expected) {
            assert_eq!(&everything(&asking, *scope).await, expected);
        }
    }
}
