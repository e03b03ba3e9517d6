//! From a backup to a database: the objects, the events, the checkpoints and the drafts are copied, everything else is made from them.
//!
//! So a backup of one store can be restored into the other, and one that an older mulu took gets today's tables. It is
//! one transaction, verified before it commits: the target is empty until the moment when it is right.

mod copy;
mod dump;
mod patient;
mod sqlite;

use std::{fs::File, io::Read, path::Path};

use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait};
use sea_orm_migration::{MigratorTrait, SchemaManager};
use tokio::sync::mpsc;

use super::{
    Store, connect,
    entity::{checkpoint, draft, event, log, object},
    log::hold_head,
    unsigned,
    verify::{self, Checked},
};
use crate::{
    catalogue::scope::Revision,
    error::{Error, Result},
    migrations::Migrator,
};

/// Rows that are read, sent and written together.
const ROWS: usize = 200;

/// What a backup holds, in the order in which its reader comes upon it; events by revision, before the checkpoints.
enum Batch {
    Objects(Vec<object::Model>),
    Events(Vec<event::Model>),
    Drafts(Vec<draft::Model>),
    Checkpoints(Vec<checkpoint::Model>),
    /// The last row of the log's tree, once the backup has been read to its end.
    End(log::Model),
}

/// Where a reader puts what it reads; full after a few batches, so that a large backup is never in memory.
type Out = mpsc::Sender<Result<Batch>>;

impl Store {
    /// Restores a backup of either store into this database, which must be empty.
    pub async fn restore(
        &self,
        file: &Path,
        mut progress: impl FnMut(Revision, Revision),
    ) -> Result<Checked> {
        let mut backup = open(file)?;
        let transaction = connect::begin_migration(&self.writer).await?;
        let checked = fill(&transaction, &mut backup, &mut progress).await;
        let checked = connect::settle(transaction, checked).await?;
        if self.backend() == "sqlite" {
            // All of it is in the write-ahead log: whoever now copies the database file would copy nothing.
            self.writer.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        Ok(checked)
    }
}

/// Fills an empty database with what a backup holds, remakes the projections and verifies all of it.
async fn fill(
    transaction: &DatabaseTransaction,
    backup: &mut mpsc::Receiver<Result<Batch>>,
    progress: &mut impl FnMut(Revision, Revision),
) -> Result<Checked> {
    make_room(transaction).await?;
    let (mut next, mut end) = (1, None);
    while let Some(batch) = backup.recv().await {
        match batch? {
            Batch::Objects(rows) => insert::<object::Entity, _>(transaction, genuine(rows)?).await?,
            Batch::Events(rows) => {
                // The table's own guard would say less clearly that one is lost.
                if let Some((_, lost)) = rows.iter().zip(next..).find(|(row, i)| unsigned(row.revision) != *i)
                {
                    return Err(damaged(format!("event {lost}")));
                }
                next += rows.len() as u64;
                insert::<event::Entity, _>(transaction, rows).await?;
            }
            Batch::Drafts(rows) => insert::<draft::Entity, _>(transaction, rows).await?,
            Batch::Checkpoints(rows) => insert::<checkpoint::Entity, _>(transaction, rows).await?,
            Batch::End(row) => end = Some(row),
        }
    }
    let end = end.ok_or_else(|| damaged("it holds no log"))?;
    let remade = async {
        verify::rebuild(transaction, &mut *progress).await?;
        let checked = verify::verify(transaction, progress).await?;
        verify::same_position(&end, checked.events, checked.root)?;
        Ok(checked)
    };
    remade.await.map_err(|error| match error {
        Error::Inconsistent(what) => damaged(what),
        other => other,
    })
}

/// Objects whose bytes have the digest under which they are kept, so that whatever is made from them can be trusted.
fn genuine(objects: Vec<object::Model>) -> Result<Vec<object::Model>> {
    for object in &objects {
        if let Some(bytes) = &object.bytes {
            verify::is_itself(&object.digest, bytes).map_err(damaged)?;
        }
    }
    Ok(objects)
}

async fn insert<E, M>(transaction: &DatabaseTransaction, rows: Vec<M>) -> Result<()>
where
    E: EntityTrait<Model = M>,
    M: IntoActiveModel<E::ActiveModel> + sea_orm::ModelTrait<Entity = E>,
    E::ActiveModel: Send,
{
    let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    let written = E::insert_many(rows).exec_without_returning(transaction).await;
    // The tables are new and ours: what they refuse is a row that no mulu ever wrote.
    written.map(|_| ()).map_err(|error| match Error::from(error) {
        Error::Internal(_) => damaged(format!("the table {} refuses a row", E::default().table_name())),
        other => other,
    })
}

/// Makes the tables anew. Those that are there go, where they hold nothing but the beginning of a log, which cannot be
/// taken out of its table.
async fn make_room(transaction: &DatabaseTransaction) -> Result<()> {
    if SchemaManager::new(transaction).has_table("event").await? {
        // Whoever publishes now is waited for.
        hold_head(transaction).await?;
        let events = event::Entity::find().count(transaction).await?;
        let objects = object::Entity::find().count(transaction).await?;
        let drafts = draft::Entity::find().count(transaction).await?;
        if events > 1 || objects + drafts > 0 {
            return Err(Error::bad_input(
                format!("目标数据库不是空的（修订号 {events}），未作改动：请恢复到新的数据库"),
                format!(
                    "the target database is not empty (revision {events}) and was left alone: restore into a new one"
                ),
            ));
        }
        Migrator::down(transaction, None).await?;
    }
    Ok(Migrator::up(transaction, None).await?)
}

/// Begins to read a backup of the kind that its first bytes tell.
fn open(file: &Path) -> Result<mpsc::Receiver<Result<Batch>>> {
    let mut start = Vec::new();
    let read = File::open(file).and_then(|file| file.take(16).read_to_end(&mut start));
    read.map_err(|error| {
        let file = file.display();
        Error::bad_input(format!("无法读取 {file}：{error}"), format!("cannot read {file}: {error}"))
    })?;
    let (out, batches) = mpsc::channel(4);
    if start == b"SQLite format 3\0" {
        let file = file.to_owned();
        tokio::spawn(async move {
            if let Err(error) = sqlite::read(&file, &out).await {
                let _ = out.send(Err(error)).await;
            }
        });
    } else if start.starts_with(b"PGDMP") {
        let reader = dump::Reader::open(file)?;
        tokio::task::spawn_blocking(move || {
            if let Err(error) = reader.read(&out) {
                let _ = out.blocking_send(Err(error));
            }
        });
    } else {
        let file = file.display();
        return Err(Error::bad_input(
            format!("{file} 不是 mulu backup 生成的备份"),
            format!("{file} is no backup that mulu backup made"),
        ));
    }
    Ok(batches)
}

fn damaged(what: impl std::fmt::Display) -> Error {
    Error::bad_input(
        format!("备份已损坏，未作改动：{what}"),
        format!("the backup is damaged, nothing was changed: {what}"),
    )
}
