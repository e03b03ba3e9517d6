//! A question that never ends is given up in time, and the database stops as well.

use std::time::{Duration, Instant};

use async_graphql::Request;
use mulu::{config::Limits, store::Store};
use serde_json::Value;

use crate::kit::{Asking, Backend, Server, TestApp, publish};

const CODE: &str = "513230000000-12";
const QUESTION: &str = "{ items { totalCount nodes { code } } }";

/// How long one may take here, and how long we wait for what should have ended by then: machines do much else.
const LIMIT: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(30);

/// Makes whoever reads the entries count to infinity first.
async fn endless(app: &TestApp) {
    app.database.execute("ALTER TABLE tree RENAME TO tree_was").await.unwrap();
    let view = "CREATE VIEW tree AS SELECT tree_was.* FROM tree_was WHERE 0 < (
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n)";
    app.database.execute(view).await.unwrap();
}

async fn as_before(app: &TestApp) {
    app.database.execute("DROP VIEW tree").await.unwrap();
    app.database.execute("ALTER TABLE tree_was RENAME TO tree").await.unwrap();
}

/// A store whose database stops by itself.
async fn limited(app: &TestApp) -> Store {
    Store::connect_within(&app.database.url, app.clock.clone(), Some(LIMIT)).await.unwrap()
}

/// Waits until the database does nothing for anyone.
async fn idle(app: &TestApp) {
    let busy = "SELECT count(*)::text FROM pg_stat_activity
        WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()";
    let begun = Instant::now();
    while app.database.backend == Backend::Postgres && app.database.texts(busy).await != ["0"] {
        assert!(begun.elapsed() < PATIENCE, "PostgreSQL goes on");
    }
}

/// Every connection answers again.
async fn answers(asking: &Asking) {
    let begun = Instant::now();
    let asked = (0..16).map(|_| asking.answer(Request::new(QUESTION)));
    for answer in futures_util::future::join_all(asked).await {
        assert_eq!(answer["data"]["items"]["totalCount"], 2, "{answer}");
    }
    assert!(begun.elapsed() < PATIENCE);
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

on_both_stores! {
    async fn the_database_stops_a_statement_that_takes_too_long(app: TestApp) {
        publish(&app, CODE, "2026-01-01", 2).await;
        endless(&app).await;
        let patient = Limits { time_ms: 600_000, ..Limits::default() };
        let asking = Asking::over(limited(&app).await, patient).await;
        let begun = Instant::now();
        let answer = asking.answer(Request::new(QUESTION)).await;
        assert_eq!(code(&answer), "TIMEOUT", "{answer}");
        assert!(answer["errors"][0]["path"].is_array(), "the field failed: {answer}");
        assert!(begun.elapsed() < PATIENCE);
        idle(&app).await;
        as_before(&app).await;
        answers(&asking).await;
    }

    async fn a_question_is_given_up_in_time(app: TestApp) {
        publish(&app, CODE, "2026-01-01", 2).await;
        endless(&app).await;
        let limits = Limits { time_ms: 100, ..Limits::default() };
        let asking = Asking::over(limited(&app).await, limits).await;
        let begun = Instant::now();
        let answer = asking.answer(Request::new(QUESTION)).await;
        assert_eq!((code(&answer), &answer["data"]), ("TIMEOUT", &Value::Null));
        let zh = answer["errors"][0]["extensions"]["zh"].as_str().unwrap();
        assert!(zh.contains("用时"), "{zh}");
        assert!(begun.elapsed() < PATIENCE);
        idle(&app).await;
        as_before(&app).await;
        let asking = Asking::over(asking.reader.store().clone(), Limits::default()).await;
        answers(&asking).await;
    }

    async fn the_server_answers_in_time_and_goes_on(app: TestApp) {
        publish(&app, CODE, "2026-01-01", 2).await;
        endless(&app).await;
        let mut command = app.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.env("MULU_LIMITS_TIME_MS", "1000");
        let server = Server::spawn(command);
        let question = format!("{{\"query\":\"{QUESTION}\"}}");
        let (_, answer) = server.post("/graphql", &question);
        assert_eq!(code(&answer), "TIMEOUT", "{answer}");
        idle(&app).await;
        as_before(&app).await;
        let (status, answer) = server.post("/graphql", &question);
        assert_eq!((status, &answer["data"]["items"]["totalCount"]), (200, &2.into()), "{answer}");
    }
}
