//! Reading a backup of SQLite, which is a database.

use std::path::Path;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, DatabaseTransaction, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Statement, TransactionTrait,
};

use super::{Batch, Out, ROWS, damaged};
use crate::{
    error::{Error, Result},
    store::{
        connect,
        entity::{checkpoint, draft, event, log},
        signed,
        verify::Pages,
    },
};

/// Sends what the file holds, as of one moment: it may be a database that is in use.
pub(super) async fn read(file: &Path, out: &Out) -> Result<()> {
    let connection = connect::sqlite_file(file).await.map_err(unreadable)?;
    let backup = connection.begin().await.map_err(|error| unreadable(error.into()))?;
    let sent = send(&backup, out).await.map_err(unreadable);
    drop(backup);
    connection.close().await?;
    sent
}

async fn send(backup: &DatabaseTransaction, out: &Out) -> Result<()> {
    // Digests hold what is copied; this holds the trees in which it is found.
    let check = Statement::from_string(DatabaseBackend::Sqlite, "PRAGMA integrity_check(1)");
    let found =
        backup.query_one_raw(check).await?.map(|row| row.try_get_by_index::<String>(0)).transpose()?;
    if found.as_deref() != Some("ok") {
        return Err(damaged(found.unwrap_or_default()));
    }
    let mut objects = Pages::default();
    while let Some(rows) = objects.next(backup).await? {
        put(out, Batch::Objects(rows)).await?;
    }
    let total = event::Entity::find().count(backup).await?;
    for first in (1..=total).step_by(ROWS) {
        let some = event::Column::Revision.between(signed(first), signed(first + ROWS as u64 - 1));
        let some = event::Entity::find().filter(some).order_by_asc(event::Column::Revision);
        put(out, Batch::Events(some.all(backup).await?)).await?;
    }
    let checkpoints =
        checkpoint::Entity::find().order_by_asc(checkpoint::Column::Revision).all(backup).await?;
    for some in checkpoints.chunks(ROWS) {
        put(out, Batch::Checkpoints(some.to_vec())).await?;
    }
    let drafts = draft::Entity::find().select_only().column(draft::Column::Digest);
    for digest in drafts.into_tuple::<Vec<u8>>().all(backup).await? {
        put(out, Batch::Drafts(draft::Entity::find_by_id(digest).all(backup).await?)).await?;
    }
    match log::Entity::find().order_by_desc(log::Column::Revision).one(backup).await? {
        Some(last) => put(out, Batch::End(last)).await,
        None => Ok(()),
    }
}

/// An error where nobody listens any more, because restoring has failed.
async fn put(out: &Out, batch: Batch) -> Result<()> {
    out.send(Ok(batch)).await.map_err(|_| damaged("not wanted"))
}

/// What cannot be read is damage of the file, not a mistake of ours.
fn unreadable(error: Error) -> Error {
    match error {
        Error::NotMigrated => damaged("it holds no log"),
        Error::Unavailable(cause) => damaged(cause),
        Error::Internal(cause) => damaged(cause),
        other => other,
    }
}
