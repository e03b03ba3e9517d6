//! The store: objects, the log, and the projections that answer questions. SQLite or PostgreSQL by one URL.
//!
//! Writing goes through [`log`]: one transaction under the lock row, which appends events and projects them. The read
//! API goes through [`reader`], the command line through [`read`], both always under a scope. Entities never leave
//! this module.

mod adopt;
mod backup;
mod checkpoint;
mod connect;
mod declarations;
mod draft;
mod entity;
mod glossary;
mod log;
mod lookup;
mod packed;
mod preview;
mod projection;
mod proof;
mod publish;
mod read;
mod reader;
mod redact;
mod reference;
mod restore;
mod statements;
mod terms;
mod verify;

use std::{sync::Arc, time::Duration};

use sea_orm::{DatabaseConnection, EntityTrait};
use sea_orm_migration::MigratorTrait;

pub use adopt::{AdoptionRequest, Prepared};
pub use backup::BackedUp;
pub use checkpoint::unsealed;
pub use draft::DraftSummary;
pub use packed::pack;
pub use proof::{Grown, Included, Subject};
pub use publish::{Staged, Then, Withdrawal};
pub use read::{CatalogueFilter, CatalogueView, EntryView, VersionView};
pub use reader::{
    Ahead, AheadItems, Basis, BlobKeys, Blobs, CatalogueRef, ChangeLines, Following, Found, Government,
    Governments, Held, ItemLines, Leaf, Listed, Meaning, Opened, Outline, Reader, Reads, RecordLines,
    Recorded, Refs, Rows, RowsKey, Seek, Shelf, Slice, TALLIES, Tally, Tree, VersionRef, WithTree,
};
pub use reference::Loaded;
use statements::Statements;
pub use statements::{counted, spawn_counted};
pub use verify::{Checked, Rebuilt};

use crate::{
    catalogue::{
        event::{EventBody, Genesis},
        key::{self, SigningKey},
        scope::Revision,
        text::Text,
    },
    clock::Clock,
    error::{Error, Result},
    migrations::Migrator,
};

/// A database and the clock that its events are dated by.
#[derive(Clone, Debug)]
pub struct Store {
    /// Several connections that only read.
    reader: DatabaseConnection,
    /// The same for what goes through all there is, on SQLite in constant memory; on PostgreSQL the same pool.
    passing: DatabaseConnection,
    /// On SQLite one connection, so that writers queue in the process; on PostgreSQL the same pool, unless reads have a
    /// time limit.
    writer: DatabaseConnection,
    clock: Clock,
    /// What seals the log; `None` where checkpoints are not signed here.
    signer: Option<Arc<SigningKey>>,
    /// How many statements readers sent.
    statements: Statements,
}

impl Store {
    /// Connects; the database's tables may still be missing.
    pub async fn connect(url: &str, clock: Clock) -> Result<Self> {
        Self::connect_within(url, clock, None).await
    }

    /// The same, where the database itself stops a read that takes longer than it may.
    pub async fn connect_within(url: &str, clock: Clock, limit: Option<Duration>) -> Result<Self> {
        let connect::Connections { mut reader, mut passing, writer } = connect::connect(url, limit).await?;
        let statements = Statements::default();
        for connection in [&mut reader, &mut passing] {
            let count = statements.clone();
            connection.set_metric_callback(move |_| count.count());
        }
        Ok(Self { reader, passing, writer, clock, signer: None, statements })
    }

    /// The same store, which signs a checkpoint for every head that it makes.
    #[must_use]
    pub fn with_signer(self, signer: SigningKey) -> Self {
        Self { signer: Some(Arc::new(signer)), ..self }
    }

    /// The clock that dates events.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// How many statements reads have taken since the store was opened.
    pub fn statements(&self) -> u64 {
        self.statements.so_far()
    }

    /// Makes the tables where they are missing and begins the log with `origin` where it is empty.
    /// Several processes may do so at once.
    pub async fn migrate(&self, origin: &str) -> Result<()> {
        let steps = connect::begin_migration(&self.writer).await?;
        let made = Migrator::up(&steps, None).await;
        connect::settle(steps, made.map_err(Error::from)).await?;
        if entity::event::Entity::find().one(&self.writer).await?.is_none() {
            return self.begin_log(origin).await;
        }
        // A step may drop and remake the projections; the log fills them.
        if self.write_unchecked(async |writing| Ok(writing.revision())).await? == 0 {
            self.rebuild(|_, _| {}).await?;
        }
        Ok(())
    }

    async fn begin_log(&self, origin: &str) -> Result<()> {
        if !key::is_name(origin) {
            return Err(Error::bad_input(
                format!("日志名称不能有空白或加号：{origin}"),
                format!("the name of a log has no white space and no plus sign, unlike `{origin}`"),
            ));
        }
        self.write_unchecked(async |writing| {
            // Another process may have begun it since we looked.
            if writing.revision() == 0 {
                writing.append(EventBody::Genesis(Genesis { origin: Text::new(origin) })).await?;
            }
            Ok(())
        })
        .await
    }

    /// Undoes the last `steps` migrations; for tests of the migrations themselves.
    pub async fn migrate_down(&self, steps: u32) -> Result<()> {
        Ok(Migrator::down(&self.writer, Some(steps)).await?)
    }

    /// The revision of the last event. An error where the database cannot be asked or has no log yet.
    pub async fn head(&self) -> Result<Revision> {
        let row = entity::head::Entity::find_by_id(1).one(&self.reader).await?;
        row.map(|row| unsigned(row.revision)).ok_or(Error::NotMigrated)
    }

    /// Whether reads can be answered: the database is there and all migrations have run.
    pub async fn ready(&self) -> Result<()> {
        self.head().await?;
        let pending = Migrator::get_pending_migrations_read_only(&self.reader).await?;
        if pending.is_empty() { Ok(()) } else { Err(Error::NotMigrated) }
    }

    /// Closes all connections; SQLite's files are whole afterwards.
    pub async fn close(self) -> Result<()> {
        self.reader.close().await?;
        self.passing.close().await?;
        Ok(self.writer.close().await?)
    }

    /// Which database it is: `sqlite` or `postgres`.
    pub fn backend(&self) -> &'static str {
        match self.reader.get_database_backend() {
            sea_orm::DatabaseBackend::Postgres => "postgres",
            _ => "sqlite",
        }
    }
}

/// Keys that a statement asks for, the last of them once more until they are as many as a power of two: statements differ
/// by how many they name, each has to be prepared, and so there are few.
fn evened<T: Clone>(keys: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut keys: Vec<T> = keys.into_iter().collect();
    if let Some(last) = keys.last().cloned() {
        keys.resize(keys.len().next_power_of_two(), last);
    }
    keys
}

/// Revisions, counts and sizes are never negative; a row that says so is one that mulu never wrote.
fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// A revision as a column: no log reaches 2^63 events.
fn signed(revision: u64) -> i64 {
    i64::try_from(revision).unwrap_or(i64::MAX)
}
