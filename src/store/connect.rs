//! Opening a database by its URL, with the settings that each of the two needs.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection, DatabaseTransaction,
    DbErr, RuntimeErr, SqliteTransactionMode, SqlxSqliteConnector, TransactionOptions, TransactionTrait,
    sqlx::{
        self, Executor,
        sqlite::{
            SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
        },
    },
};

use crate::{
    config::without_password,
    error::{Error, Result},
};

/// How long a writer of another process may keep us waiting.
const BUSY: Duration = Duration::from_secs(30);

/// How many connections read a SQLite file; more gave no more requests a second on two cores.
const SQLITE_READERS: u32 = 4;

/// How many pages of the file a connection keeps, in KiB: the writer until it has written, and each of the others. What
/// these ask for they keep as values, and the system keeps the file; they would fill whatever they may, and so take the
/// more memory the larger the file is.
const WRITER_PAGES_KIB: u32 = 65_536;
const PAGES_KIB: u32 = 8_192;
/// The same of those that go through all there is, and never come back to a page.
const PASSING_PAGES_KIB: u32 = 2_048;

/// How many connections one process holds to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 10;

/// The advisory lock under which a PostgreSQL database is migrated: the bytes `mulu`.
const MIGRATION_LOCK: i64 = 0x6d75_6c75;

/// How many of them only write where reads have a time limit.
const POSTGRES_WRITERS: u32 = 2;

/// How many steps of its machine SQLite goes before it looks at the clock: far less than a millisecond.
const STEPS: i32 = 1_000;

/// The connections of a store.
pub(super) struct Connections {
    /// For questions.
    pub reader: DatabaseConnection,
    /// For what goes through all there is.
    pub passing: DatabaseConnection,
    pub writer: DatabaseConnection,
}

/// The readers and the writer. Where there is a limit, the database stops a statement of a reader that takes longer.
/// To drop the future that waits for it would stop neither of the two: PostgreSQL goes on to the end, and so does
/// SQLite, in the thread of its connection.
pub(super) async fn connect(url: &str, limit: Option<Duration>) -> Result<Connections> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        let Some(limit) = limit else {
            let reader = postgres(url, POSTGRES_CONNECTIONS, None).await?;
            return Ok(Connections { passing: reader.clone(), writer: reader.clone(), reader });
        };
        let writer = postgres(url, POSTGRES_WRITERS, None).await?;
        let reader = postgres(url, POSTGRES_CONNECTIONS - POSTGRES_WRITERS, Some(limit)).await?;
        Ok(Connections { passing: reader.clone(), reader, writer })
    } else if url.starts_with("sqlite:") {
        let writer = sqlite(url, 1, Purpose::Writing, None).await?;
        let reader = sqlite(url, SQLITE_READERS, Purpose::Asking, limit).await?;
        Ok(Connections {
            passing: sqlite(url, SQLITE_READERS, Purpose::Passing, limit).await?,
            reader,
            writer,
        })
    } else {
        let url = without_password(url);
        Err(Error::bad_input(
            format!("数据库地址应以 sqlite: 或 postgres:// 开头：{url}"),
            format!("a database URL begins with sqlite: or postgres://, not `{url}`"),
        ))
    }
}

async fn postgres(url: &str, connections: u32, limit: Option<Duration>) -> Result<DatabaseConnection> {
    let mut options = pool(url, connections);
    options.test_before_acquire_if_idle_for(Duration::from_secs(5)).map_sqlx_postgres_opts(move |o| {
        let o = o.statement_cache_capacity(256).application_name("mulu");
        match limit {
            Some(limit) => o.options([("statement_timeout", limit.as_millis().to_string())]),
            None => o,
        }
    });
    Database::connect(options).await.map_err(Error::Unavailable)
}

/// What all pools have in common. Connections are never too old or too long idle, because of the task that would close
/// them: where a connection comes back just as it looks, sqlx 0.9.0 counts 2^64 idle ones, and the task goes through
/// them without a pause while others wait in vain (mended upstream by sqlx#4289, which is in no release yet).
fn pool(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(BUSY)
        .idle_timeout(None)
        .max_lifetime(None)
        .sqlx_logging(false);
    options
}

/// What connections to a SQLite file are for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Writing,
    /// Questions, which come back to the same pages.
    Asking,
    /// Going through all there is, once.
    Passing,
}

async fn sqlite(
    url: &str,
    connections: u32,
    purpose: Purpose,
    limit: Option<Duration>,
) -> Result<DatabaseConnection> {
    let mut options = pool(url, connections);
    let pages = match purpose {
        Purpose::Writing => WRITER_PAGES_KIB,
        Purpose::Asking => PAGES_KIB,
        Purpose::Passing => PASSING_PAGES_KIB,
    };
    // Most commands and servers have nothing to go through.
    let (least, lazy) = if purpose == Purpose::Passing { (0, true) } else { (1, false) };
    options.min_connections(least).connect_lazy(lazy).test_before_acquire(false);
    options.map_sqlx_sqlite_opts(move |o| {
        // FULL: what was acknowledged survives a power cut. Publishing is rare enough to wait for the disk.
        o.create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("cache_size", format!("-{pages}"))
            .pragma("temp_store", "MEMORY")
            .pragma("query_only", if purpose == Purpose::Writing { "OFF" } else { "ON" })
            .statement_cache_capacity(256)
    });
    if purpose == Purpose::Writing {
        options.map_sqlx_sqlite_pool_opts(|pool| {
            pool.after_release(|connection, _| {
                Box::pin(async { connection.execute("PRAGMA shrink_memory").await.map(|_| true) })
            })
        });
    }
    if let Some(limit) = limit {
        // A connection is taken for one statement: new, or one that was used before.
        options
            .map_sqlx_sqlite_pool_opts(move |pool| {
                pool.after_connect(move |connection, _| Box::pin(stop_after(connection, limit)))
            })
            .map_sqlx_sqlite_before_acquire(move |connection, _| {
                Box::pin(async move { stop_after(connection, limit).await.map(|()| true) })
            });
    }
    Database::connect(options).await.map_err(Error::Unavailable)
}

/// Has SQLite stop whatever a connection is doing once a time has passed.
async fn stop_after(connection: &mut SqliteConnection, limit: Duration) -> sqlx::Result<()> {
    let end = Instant::now() + limit;
    connection.lock_handle().await?.set_progress_handler(STEPS, move || Instant::now() < end);
    Ok(())
}

/// One connection that reads a file which is not the store's own: a backup. The file's settings stay as they are.
pub(super) async fn sqlite_file(path: &Path) -> Result<DatabaseConnection> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(BUSY);
    let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(BUSY);
    let pool = pool.idle_timeout(None).max_lifetime(None).connect_with(options).await;
    let pool = pool.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

/// A transaction in which tables are made, one process after another. Both stores undo what fails half-way.
pub(super) async fn begin_migration(writer: &DatabaseConnection) -> Result<DatabaseTransaction> {
    let transaction = begin_immediate(writer).await?;
    if writer.get_database_backend() == DatabaseBackend::Postgres {
        transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
    }
    Ok(transaction)
}

/// Ends a transaction: what it did lasts where all went well, otherwise it is undone before anybody hears of it.
/// One that is only dropped is undone when its connection is next looked after, and holds its locks until then.
pub(super) async fn settle<T>(transaction: DatabaseTransaction, outcome: Result<T>) -> Result<T> {
    match &outcome {
        Ok(_) => transaction.commit().await?,
        // Whatever keeps it from being undone, the first failure tells more.
        Err(_) => drop(transaction.rollback().await),
    }
    outcome
}

/// A transaction that is going to write. One that reads first and writes later would fail at once on SQLite when
/// another wrote in between.
pub(super) async fn begin_immediate(writer: &DatabaseConnection) -> Result<DatabaseTransaction> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    Ok(writer.begin_with_options(options).await?)
}
