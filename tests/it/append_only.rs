//! What was published cannot be changed unnoticed: triggers refuse it, `verify` names it, `rebuild` mends what it can.

use mulu::{
    catalogue::{event::Closed, text::Text},
    store::{Then, Withdrawal},
};

use crate::kit::{Backend, Database, Signing, TABLES, TestApp, document};

/// Two catalogues with a withdrawal, a closure, a redaction and a draft, signed: every table has a row.
pub(crate) async fn populate(app: &TestApp) {
    let store = Signing::register(app).await.store;
    let documents =
        vec![document("513230000000-12", "2026-01-01", 3), document("513230000000-20", "2026-01-01", 1)];
    let (staged, _) = store.stage(documents, Then::Publish, || {}).await.unwrap();
    let (next, _) =
        store.stage(vec![document("513230000000-12", "2026-06-01", 3)], Then::Publish, || {}).await.unwrap();
    store.stage(vec![document("513230000000-12", "2026-07-01", 2)], Then::Keep, || {}).await.unwrap();
    let withdrawal = Withdrawal {
        catalogue: next[0].catalogue.clone(),
        number: 2,
        from: "2026-07-01".parse().unwrap(),
        reason: Text::new("误发"),
    };
    store.withdraw(withdrawal).await.unwrap();
    let closed = Closed {
        catalogue: staged[1].catalogue.clone(),
        from: "2026-08-01".parse().unwrap(),
        reason: Text::new("机构改革"),
        successor: Some(staged[0].catalogue.clone()),
    };
    store.close_catalogue(closed).await.unwrap();
    store.redact(staged[1].digest, Text::new("个人信息")).await.unwrap();
}

on_both_stores! {
    async fn update_and_delete_are_refused(app: TestApp) {
        populate(&app).await;
        let before = app.database.dump().await;
        let mut attempts = vec![
            "UPDATE object SET bytes = NULL".to_owned(),
            "UPDATE object SET digest = digest".to_owned(),
            "DELETE FROM object".to_owned(),
            "UPDATE event SET revision = revision + 100".to_owned(),
            "UPDATE event SET bytes = bytes".to_owned(),
            "DELETE FROM event WHERE revision = 1".to_owned(),
            "UPDATE checkpoint SET note = note".to_owned(),
            "DELETE FROM checkpoint".to_owned(),
            "INSERT INTO checkpoint SELECT max(revision), 'x' FROM checkpoint".to_owned(),
            "INSERT INTO checkpoint SELECT 1000, note FROM checkpoint LIMIT 1".to_owned(),
            "INSERT INTO event SELECT 1000, bytes FROM event WHERE revision = 1".to_owned(),
        ];
        attempts.extend(match app.database.backend {
            Backend::Sqlite => vec![
                "INSERT OR REPLACE INTO object SELECT digest, X'00' FROM object LIMIT 1".to_owned(),
                "INSERT OR REPLACE INTO checkpoint SELECT max(revision), 'x' FROM checkpoint".to_owned(),
                "INSERT OR REPLACE INTO event SELECT revision, X'00' FROM event WHERE revision = 1".to_owned(),
            ],
            Backend::Postgres => ["object", "event", "checkpoint"].map(|table| format!("TRUNCATE {table}")).to_vec(),
        });
        for attempt in attempts {
            let refused = app.database.execute(&attempt).await.expect_err(&attempt);
            assert!(refused.contains("append-only") || refused.to_uppercase().contains("UNIQUE"), "{attempt}: {refused}");
        }
        assert_eq!(app.database.dump().await, before);
    }

    async fn every_changed_value_is_named_and_projections_are_mended(app: TestApp) {
        populate(&app).await;
        let intact = app.database.dump().await;
        app.store.verify(|_, _| {}).await.unwrap();
        app.database.disarm().await;
        for (table, columns) in TABLES {
            for column in columns {
                // When a draft was made is nobody's promise; the one id of `head` is held by a constraint.
                if matches!((table, *column), ("draft", "created_at") | ("head", "id")) {
                    continue;
                }
                flip(&app, table, column).await;
                let error = app.store.verify(|_, _| {}).await.expect_err(&format!("{table}.{column}"));
                assert_eq!(error.code(), "INCONSISTENT", "{table}.{column}: {error}");
                assert!(error.to_string().contains(table), "{table}.{column}: {error}");
                if !matches!(table, "object" | "event" | "checkpoint" | "draft") {
                    app.store.rebuild(|_, _| {}).await.unwrap();
                    assert_eq!(app.database.dump().await, intact, "{table}.{column}");
                }
                restore(&app, table).await;
            }
        }
        app.store.verify(|_, _| {}).await.unwrap();
    }

    async fn a_lost_row_and_an_extra_row_are_named(app: TestApp) {
        populate(&app).await;
        app.database.disarm().await;
        for (table, columns) in TABLES.iter().filter(|(table, _)| !matches!(*table, "object" | "event" | "checkpoint" | "draft")) {
            let key = columns[0];
            let last = format!("SELECT {key} FROM {table} ORDER BY {key} DESC LIMIT 1");
            app.database.execute(&format!("DELETE FROM {table} WHERE {key} = ({last})")).await.unwrap();
            let error = app.store.verify(|_, _| {}).await.expect_err(table);
            assert!(error.to_string().contains(table), "{table}: {error}");
            app.store.rebuild(|_, _| {}).await.unwrap();
            app.store.verify(|_, _| {}).await.unwrap();
        }
        app.database.execute("INSERT INTO redaction (revision, object, reason) SELECT 9999, object, reason FROM redaction").await.unwrap();
        let error = app.store.verify(|_, _| {}).await.unwrap_err();
        assert!(error.to_string().contains("redact"), "{error}");
    }

    async fn redaction_erases_and_stays_erased(app: TestApp) {
        let (staged, _) = app.store.stage(vec![document("513230000000-12", "2026-01-01", 2)], Then::Publish, || {}).await.unwrap();
        let secret = app.ok(&["catalogue", "show", "513230000000-12", "--json"]);
        let secret: serde_json::Value = serde_json::from_str(&secret).unwrap();
        assert_eq!(secret["entries"][0]["content"]["names"][1], "事项1");
        let contents = app.database.texts(&format!("SELECT {} FROM entry ORDER BY position", hex(&app, "content"))).await;
        let digest = format!("sha256:{}", contents[0]);
        app.ok(&["redact", &digest, "--reason", "个人信息"]);
        let shown = app.ok(&["catalogue", "show", "513230000000-12", "--json"]);
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(shown["entries"][0]["content"], serde_json::Value::Null);
        assert_eq!(shown["entries"][1]["content"]["names"][1], "事项2");
        assert_eq!(shown["digest"], staged[0].digest.to_string());
        app.ok(&["verify"]);
        app.ok(&["rebuild"]);
        app.ok(&["verify"]);
        let again = app.cli(&["redact", &digest, "--reason", "再次"]);
        assert_eq!(again.code, Some(1));
        assert!(again.stderr.contains("REDACTED"), "{}", again.stderr);
        // The same words, published in another catalogue, would bring the bytes back.
        let file = app.file("again.ndjson", &crate::kit::ndjson("513230000000-20", "2026-01-01", 2));
        let refused = app.cli(&["import", &file, "--publish"]);
        assert_eq!(refused.code, Some(1));
        assert!(refused.stderr.contains("REDACTED"), "{}", refused.stderr);
        if app.database.backend == Backend::Sqlite {
            let file = app.database.directory.path().join("mulu.db");
            let bytes = std::fs::read(file).unwrap();
            let gone = "事项1".as_bytes();
            assert!(!bytes.windows(gone.len()).any(|window| window == gone), "erased words are still in the file");
        }
    }

    async fn a_redacted_entry_or_record_is_reported_not_hidden(app: TestApp) {
        app.store.stage(vec![document("513230000000-12", "2026-01-01", 2)], Then::Publish, || {}).await.unwrap();
        let leaf = app.database.texts(&format!("SELECT {} FROM entry WHERE position = 0", hex(&app, "leaf"))).await;
        app.ok(&["redact", &format!("sha256:{}", leaf[0]), "--reason", "个人信息"]);
        let shown = app.cli(&["catalogue", "show", "513230000000-12"]);
        assert!(shown.stderr.contains("REDACTED"), "{}", shown.stderr);
        let unit = app.database.texts(&format!("SELECT {} FROM record WHERE register = 'unit'", hex(&app, "object"))).await;
        app.ok(&["redact", &format!("sha256:{}", unit[0]), "--reason", "个人信息"]);
        let scope = app.store.scope(Default::default()).await.unwrap();
        let read = app.store.record::<mulu::catalogue::unit::UnitState>("513230000000-U001", scope).await;
        assert_eq!(read.unwrap_err().code(), "REDACTED");
        app.ok(&["verify"]);
        // The serial of the lost entry is not minted again.
        let file = app.file("next.ndjson", &crate::kit::ndjson("513230000000-12", "2026-02-01", 3));
        app.ok(&["import", &file, "--publish"]);
        let items = app.database.texts("SELECT item FROM entry WHERE number = 2 ORDER BY position").await;
        assert!(!items.contains(&"513230000000-12-0001".to_owned()), "{items:?}");
    }
}

fn hex(app: &TestApp, column: &str) -> String {
    match app.database.backend {
        Backend::Sqlite => format!("lower(hex({column}))"),
        Backend::Postgres => format!("encode({column}, 'hex')"),
    }
}

/// Which row is changed: the first by key that has a value to change.
fn row(database: &Database, table: &str, column: &str) -> String {
    let value = if column == "parent" || column == "level" || column == "bytes" || column == "domain" {
        column
    } else {
        "1"
    };
    let id = if database.backend == Backend::Sqlite { "rowid" } else { "ctid" };
    format!("{id} = (SELECT {id} FROM {table} WHERE {value} IS NOT NULL ORDER BY {id} LIMIT 1)")
}

/// Changes one value by one: a bit of bytes, a letter of text, a number, a day.
async fn flip(app: &TestApp, table: &str, column: &str) {
    let database = &app.database;
    let row = row(database, table, column);
    let keep = format!("CREATE TABLE kept AS SELECT * FROM {table}");
    database.execute(&keep).await.unwrap();
    let old = database
        .texts(&format!("SELECT {} FROM {table} WHERE {row}", database.literal(column)))
        .await
        .remove(0);
    database
        .execute(&format!("UPDATE {table} SET {column} = {} WHERE {row}", changed(database, column, &old)))
        .await
        .unwrap();
}

async fn restore(app: &TestApp, table: &str) {
    for statement in [
        format!("DELETE FROM {table}"),
        format!("INSERT INTO {table} SELECT * FROM kept"),
        "DROP TABLE kept".to_owned(),
    ] {
        app.database.execute(&statement).await.unwrap();
    }
}

fn changed(database: &Database, column: &str, old: &str) -> String {
    if let Ok(number) = old.trim_matches('\'').parse::<i64>()
        && matches!(column, "revision" | "changed" | "number" | "size" | "position" | "serial" | "part")
    {
        return (number + 1000).to_string();
    }
    if column == "effective_from" || column == "from_day" {
        return "'2031-01-01'".to_owned();
    }
    let bytes = match database.backend {
        Backend::Sqlite => old.strip_prefix("X'"),
        Backend::Postgres => old.strip_prefix("'\\x").or(old.strip_prefix("E'\\\\x")),
    };
    if let Some(hex) = bytes.and_then(|rest| rest.strip_suffix('\'')) {
        let (rest, last) = hex.split_at(hex.len().saturating_sub(1));
        let flipped =
            u8::from_str_radix(last, 16).map_or("00".to_owned(), |nibble| format!("{rest}{:x}", nibble ^ 1));
        return match database.backend {
            Backend::Sqlite => format!("X'{flipped}'"),
            Backend::Postgres => format!("'\\x{flipped}'"),
        };
    }
    match old {
        "NULL" => match (database.backend, column) {
            (_, "source") => "7".to_owned(),
            (Backend::Sqlite, "origin_version") => "X'00'".to_owned(),
            (Backend::Postgres, "origin_version") => "'\\x00'".to_owned(),
            _ => "'x'".to_owned(),
        },
        text => format!("'x{}", &text[1..]),
    }
}
