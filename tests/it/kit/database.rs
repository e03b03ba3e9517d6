//! Fresh databases, and a look at their tables from outside.

use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use tempfile::TempDir;

/// One of the two stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// A database that nobody else uses.
pub struct Database {
    pub backend: Backend,
    pub url: String,
    pub directory: TempDir,
    /// The administrator's address and this database's name, to drop it at the end.
    cluster: Option<(String, String)>,
}

/// A database that others are copied from.
pub enum Master {
    /// The bytes of a file of SQLite.
    File(Vec<u8>),
    /// The name of a database in the cluster, which nobody is connected to.
    Named(String),
}

/// Every table with its columns, the primary key first.
pub const TABLES: [(&str, &[&str]); 17] = [
    ("object", &["digest", "bytes"]),
    ("event", &["revision", "bytes"]),
    ("checkpoint", &["revision", "note"]),
    ("head", &["id", "revision"]),
    ("log", &["revision", "at", "kind", "leaf", "frontier"]),
    ("catalogue", &["code", "division", "domain", "kind", "part", "revision"]),
    ("version", &["catalogue", "number", "digest", "entries", "size", "effective_from", "revision"]),
    ("withdrawal", &["revision", "catalogue", "number", "from_day", "reason"]),
    ("closure", &["revision", "catalogue", "from_day", "reason", "successor"]),
    ("tree", &["version", "bytes", "revision"]),
    (
        "entry",
        &[
            "catalogue",
            "number",
            "position",
            "item",
            "serial",
            "leaf",
            "content",
            "local",
            "relation",
            "origin_item",
            "origin_version",
            "reason",
            "source",
            "changed",
            "revision",
        ],
    ),
    ("record", &["register", "code", "revision", "parent", "level", "object", "bytes"]),
    ("naming", &["register", "name", "code", "revision"]),
    ("term", &["object", "facet", "value"]),
    ("heading", &["object", "names"]),
    ("redaction", &["revision", "object", "reason"]),
    ("draft", &["digest", "catalogue", "number", "created_at", "objects"]),
];

impl Database {
    /// A new one. PostgreSQL must have been started by `tests/with-postgres`.
    pub async fn create(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => Self::file(None),
            Backend::Postgres => Self::named("").await,
        }
    }

    /// A new one that holds what a master holds.
    pub async fn copy(master: &Master) -> Self {
        match master {
            Master::File(bytes) => Self::file(Some(bytes)),
            Master::Named(name) => Self::named(&format!("TEMPLATE {name} STRATEGY FILE_COPY")).await,
        }
    }

    /// Makes it a master. Nobody may be connected to it any more.
    pub fn into_master(mut self) -> Master {
        match self.cluster.take() {
            // The cluster is thrown away as a whole.
            Some((_, name)) => Master::Named(name),
            None => Master::File(std::fs::read(self.directory.path().join("mulu.db")).unwrap()),
        }
    }

    fn directory() -> TempDir {
        // In memory where there is such a place: thousands of databases would wait for the disk at every commit.
        let memory = std::path::Path::new("/dev/shm");
        if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
    }

    fn file(bytes: Option<&[u8]>) -> Self {
        let directory = Self::directory();
        let path = directory.path().join("mulu.db");
        if let Some(bytes) = bytes {
            std::fs::write(&path, bytes).unwrap();
        }
        let url = format!("sqlite://{}", path.display());
        Self { backend: Backend::Sqlite, url, directory, cluster: None }
    }

    async fn named(options: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let admin = std::env::var("MULU_TEST_POSTGRES_URL").expect("run: tests/with-postgres cargo test");
        let name = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let connection = connect(&admin).await;
        connection.execute_unprepared(&format!("CREATE DATABASE {name} {options}")).await.unwrap();
        connection.close().await.unwrap();
        let url = format!("{}/{name}", admin.rsplit_once('/').unwrap().0);
        let cluster = Some((admin, name));
        Self { backend: Backend::Postgres, url, directory: Self::directory(), cluster }
    }

    /// A connection past mulu, straight to the database.
    pub async fn connect(&self) -> DatabaseConnection {
        connect(&self.url).await
    }

    /// Runs a statement past mulu; the error's text where the database refuses it.
    pub async fn execute(&self, sql: &str) -> Result<u64, String> {
        let connection = self.connect().await;
        let done = connection.execute_unprepared(sql).await;
        connection.close().await.unwrap();
        done.map(|done| done.rows_affected()).map_err(|error| error.to_string())
    }

    /// The first column of a question's rows, as text.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let connection = self.connect().await;
        let backend = connection.get_database_backend();
        let rows = connection.query_all_raw(Statement::from_string(backend, sql.to_owned())).await.unwrap();
        connection.close().await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    /// A value of a column as a literal of the database's SQL.
    pub fn literal(&self, column: &str) -> String {
        match self.backend {
            Backend::Sqlite => format!("quote({column})"),
            Backend::Postgres => format!("quote_nullable({column})"),
        }
    }

    /// Every row of every table, to compare before and after.
    pub async fn dump(&self) -> Vec<String> {
        let mut rows = Vec::new();
        for (table, columns) in TABLES {
            let cells: Vec<String> = columns.iter().map(|column| self.literal(column)).collect();
            let row = cells.join(" || ' ' || ");
            let found =
                self.texts(&format!("SELECT '{table} ' || {row} AS line FROM {table} ORDER BY line")).await;
            rows.extend(found);
        }
        rows
    }

    /// Takes the triggers off, as somebody with all rights could.
    pub async fn disarm(&self) {
        let statements: Vec<String> = match self.backend {
            Backend::Sqlite => {
                let names = self.texts("SELECT name FROM sqlite_master WHERE type = 'trigger'").await;
                names.iter().map(|name| format!("DROP TRIGGER {name}")).collect()
            }
            Backend::Postgres => ["object", "event", "checkpoint"]
                .map(|table| format!("ALTER TABLE {table} DISABLE TRIGGER ALL"))
                .to_vec(),
        };
        for statement in statements {
            self.execute(&statement).await.unwrap();
        }
    }
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(url);
    // See `store::connect::pool` on why no connection is ever too old.
    options.max_connections(1).idle_timeout(None).max_lifetime(None).sqlx_logging(false);
    sea_orm::Database::connect(options).await.unwrap()
}

impl Drop for Database {
    /// Drops the PostgreSQL database, so that thousands of cases do not fill the disk.
    fn drop(&mut self) {
        let Some((admin, name)) = self.cluster.take() else { return };
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let connection = connect(&admin).await;
                connection.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
            });
        });
        if !std::thread::panicking() {
            dropped.join().unwrap();
        }
    }
}
