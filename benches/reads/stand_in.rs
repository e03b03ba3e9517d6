//! What mulu is compared with: a bare handler that has its answer in memory, and the same data by one statement written
//! by hand, whose rows are pushed out as they come.

use std::{collections::HashMap, path::Path, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path as Named, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, Value};
use serde_json::Value as Parameter;

use crate::operations::NAMES;

#[derive(Clone)]
struct App {
    answers: Arc<HashMap<String, Bytes>>,
    database: DatabaseConnection,
}

/// Serves until it is killed. `answers` is a folder with one answer an operation.
pub async fn serve(database: &str, answers: &Path) -> Result<()> {
    let read = |name: &str| {
        let answer = std::fs::read(answers.join(format!("{name}.json")))?;
        Ok((name.to_owned(), Bytes::from(answer)))
    };
    let answers: Result<HashMap<String, Bytes>> = NAMES.into_iter().map(read).collect();
    let mut options = ConnectOptions::new(database);
    options.max_connections(4).sqlx_logging(false).test_before_acquire(false);
    options.idle_timeout(None::<Duration>).max_lifetime(None::<Duration>);
    options.map_sqlx_sqlite_opts(|o| {
        o.pragma("cache_size", "-65536").pragma("query_only", "ON").statement_cache_capacity(256)
    });
    let app = App { answers: Arc::new(answers?), database: Database::connect(options).await? };
    let routes = Router::new().route("/bare/{name}", post(bare)).route("/sql/{name}", post(by_statement));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/", listener.local_addr()?);
    Ok(axum::serve(listener, routes.with_state(app)).await?)
}

async fn bare(State(app): State<App>, Named(name): Named<String>, _body: Bytes) -> Response {
    match app.answers.get(&name) {
        Some(answer) => ([(header::CONTENT_TYPE, "application/json")], answer.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn by_statement(
    State(app): State<App>,
    Named(name): Named<String>,
    Json(parameters): Json<Vec<Parameter>>,
) -> Response {
    match rows(&app.database, &name, parameters).await {
        Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// The number of the version of a catalogue that is in force.
fn in_force(catalogue: &str) -> String {
    format!(
        "(SELECT v.number FROM version v WHERE v.catalogue = {catalogue} AND v.effective_from <= '2026-11-21' \
         ORDER BY v.effective_from DESC, v.number DESC LIMIT 1)"
    )
}

fn statement(name: &str) -> Option<String> {
    let objects = "JOIN object c ON c.digest = e.content JOIN object l ON l.digest = e.local";
    let (known, of_row) = (in_force("?1"), in_force("e.catalogue"));
    Some(match name {
        "item" => format!(
            "SELECT e.item, e.relation, e.origin_item, CAST(c.bytes AS TEXT), CAST(l.bytes AS TEXT), \
             CAST(h.bytes AS TEXT), CAST(d.bytes AS TEXT) FROM entry e {objects} \
             JOIN version w ON w.catalogue = e.catalogue AND w.number = e.number JOIN object h ON h.digest = w.digest \
             LEFT JOIN record d ON d.register = 'division' AND d.code = substr(e.catalogue, 1, 12) \
             WHERE e.item = ?1 AND e.number = {of_row}"
        ),
        "list" => format!(
            "SELECT e.item, CAST(c.bytes AS TEXT), CAST(l.bytes AS TEXT) FROM entry e {objects} \
             WHERE e.catalogue = ?1 AND e.number = {known} ORDER BY e.position LIMIT 20"
        ),
        "deep" => format!(
            "SELECT e.item, CAST(c.bytes AS TEXT) FROM entry e JOIN object c ON c.digest = e.content \
             WHERE (e.catalogue, e.number, e.position) > (?1, 1, ?2) AND e.catalogue < ?3 || '.' \
             AND e.number = {of_row} ORDER BY e.catalogue, e.number, e.position LIMIT 20"
        ),
        "board" => format!(
            "SELECT e.item, CAST(c.bytes AS TEXT), CAST(l.bytes AS TEXT) FROM entry e {objects} \
             WHERE e.catalogue = ?1 AND e.number = {known} ORDER BY e.position LIMIT ?2"
        ),
        "counts" => {
            let of_catalogue = in_force("c.code");
            format!(
                "SELECT c.domain, CAST(COUNT(*) AS TEXT) FROM catalogue c \
                 JOIN entry e ON e.catalogue = c.code AND e.number = {of_catalogue} \
                 WHERE c.code >= ?1 || '-' AND c.code < ?1 || '.' GROUP BY c.domain"
            )
        }
        _ => return None,
    })
}

/// The same statement in the words of PostgreSQL.
fn of_postgres(sql: &str) -> String {
    let mut sql = sql.replace('?', "$");
    for table in ["c", "l", "h", "d"] {
        let bytes = format!("{table}.bytes");
        sql = sql.replace(&format!("CAST({bytes} AS TEXT)"), &format!("convert_from({bytes}, 'UTF8')"));
    }
    sql
}

/// Rows as lists; what is JSON stays as it is.
async fn rows(database: &DatabaseConnection, name: &str, parameters: Vec<Parameter>) -> Result<String> {
    let values = parameters.into_iter().map(|parameter| match parameter {
        Parameter::Number(number) => Value::from(number.as_i64()),
        other => Value::from(other.as_str().unwrap_or_default().to_owned()),
    });
    let sql = statement(name).context("an operation of ours")?;
    let backend = database.get_database_backend();
    let sql = if backend == DbBackend::Postgres { of_postgres(&sql) } else { sql };
    let found = database.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    let columns = found.first().map_or(0, |row| row.column_names().len());
    let mut body = "[".to_owned();
    for (number, row) in found.iter().enumerate() {
        body += if number == 0 { "[" } else { ",[" };
        for column in 0..columns {
            let text: Option<String> = row.try_get_by_index(column)?;
            body += if column == 0 { "" } else { "," };
            match text.as_deref() {
                None => body += "null",
                Some(json) if json.starts_with('{') => body += json,
                Some(text) => body += &serde_json::to_string(text)?,
            }
        }
        body += "]";
    }
    Ok(body + "]")
}
