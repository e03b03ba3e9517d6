//! `kill -9` at random instants: everything acknowledged is there, nothing half is, `mulu verify` passes.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use proptest::{prelude::*, strategy::ValueTree};

use crate::kit::{Backend, TestApp, cases, ndjson, runner};

const CODES: [&str; 4] = ["513230000000-12", "513230000000-20", "513230100000-12", "513230100000-20"];

/// What is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Import,
    ImportAndPublish,
    Publish,
}

/// What the database holds of the four catalogues: last version and number of drafts of each.
async fn state(app: &TestApp) -> Vec<(i64, usize)> {
    let drafts = app.store.drafts().await.unwrap();
    let scope = app.store.scope(Default::default()).await.unwrap();
    let mut state = Vec::new();
    for code in CODES {
        let view = app.store.catalogue(&code.parse().unwrap(), scope).await.unwrap();
        let versions = view.map_or(0, |view| view.history.versions.len() as i64);
        state.push((versions, drafts.iter().filter(|draft| draft.catalogue == code).count()));
    }
    state
}

/// Runs one command, kills it after a part of the time that it needs, and looks at what is left.
async fn crash(app: &TestApp, round: usize, act: Act, after: f64, usual: &mut [Duration; 3]) {
    for draft in app.store.drafts().await.unwrap() {
        app.store.discard(draft.digest).await.unwrap();
    }
    // A day of its own, so that every round says something new.
    let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + chrono::TimeDelta::days(round as i64);
    let files: Vec<String> = CODES
        .iter()
        .map(|code| app.file(&format!("{code}.ndjson"), &ndjson(code, &day.to_string(), 60)))
        .collect();
    let mut import = vec!["import"];
    import.extend(files.iter().map(String::as_str));
    let arguments = match act {
        Act::Import => import,
        Act::ImportAndPublish => [import.as_slice(), &["--publish"]].concat(),
        Act::Publish => {
            app.ok(&import);
            [&["publish"][..], &CODES].concat()
        }
    };
    let before = state(app).await;
    let mut command = app.command(&arguments);
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(usual[act as usize].mul_f64(after));
    // Too late is fine: then it has been acknowledged.
    let _ = child.kill();
    let acknowledged = child.wait().unwrap().success();
    if acknowledged {
        usual[act as usize] = begun.elapsed();
    }
    let after: Vec<(i64, usize)> = before
        .iter()
        .map(|(versions, drafts)| match act {
            Act::Import => (*versions, drafts + 1),
            Act::ImportAndPublish => (versions + 1, *drafts),
            Act::Publish => (versions + 1, drafts - 1),
        })
        .collect();
    let found = state(app).await;
    if acknowledged {
        assert_eq!(found, after, "{act:?} was acknowledged");
    } else {
        assert!(found == before || found == after, "{act:?} is half done: {before:?} became {found:?}");
    }
    app.ok(&["verify"]);
}

async fn survives(app: TestApp) {
    let backend = app.database.backend;
    let acts = prop_oneof![Just(Act::Import), Just(Act::ImportAndPublish), Just(Act::Publish)];
    let mut runner = runner(&format!("kill -9 on {backend:?}"), 100);
    let plan = prop::collection::vec((acts, 0.0..1.1f64), cases(100) as usize);
    let plan = plan.new_tree(&mut runner).unwrap().current();
    let mut usual = [Duration::from_secs(1); 3];
    // One run of each to the end says how long it takes here and now.
    for (round, act) in [Act::Import, Act::ImportAndPublish, Act::Publish].into_iter().enumerate() {
        crash(&app, round, act, 5.0, &mut usual).await;
    }
    for (round, (act, after)) in plan.into_iter().enumerate() {
        crash(&app, round + 3, act, after, &mut usual).await;
    }
}

#[tokio::test]
async fn killed_writers_leave_all_or_nothing_on_sqlite() {
    survives(TestApp::new(Backend::Sqlite).await).await;
}

#[tokio::test]
async fn killed_writers_leave_all_or_nothing_on_postgres() {
    survives(TestApp::new(Backend::Postgres).await).await;
}
