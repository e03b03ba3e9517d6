//! Taking a backup while everything goes on: one file that holds the log up to a revision, and the drafts.
//!
//! What the database has become is told from the backup itself, never from the database: writers go on meanwhile.

mod file;
mod postgres;
mod sqlite;
mod tool;

use std::path::Path;

use self::file::Partial;
pub(super) use self::tool::Tool;
use super::Store;
use crate::{
    catalogue::{digest::Digest, scope::Revision},
    error::{Error, Result},
};

/// A backup that was taken.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BackedUp {
    /// The revision of its last event.
    pub revision: Revision,
    /// The tree hash over all of its events.
    pub root: Digest,
    /// The size of the file.
    pub bytes: u64,
    /// The digest of the file.
    pub digest: Digest,
}

impl Store {
    /// Writes a backup to `file`, which must not be there yet unless `force` is set. `url` is the address that the
    /// store was opened with: `pg_dump` connects by itself.
    pub async fn backup(&self, url: &str, file: &Path, force: bool) -> Result<BackedUp> {
        // A database without a log gives no backup but says what is missing.
        self.head().await?;
        if self.backend() == "sqlite" {
            sqlite::refuse_itself(&self.writer, file).await?;
        }
        let partial = Partial::create(file, force)?;
        let (revision, root) = match self.backend() {
            "sqlite" => sqlite::copy(&self.writer, partial.path()).await?,
            _ => postgres::dump(&self.writer, url, partial.path()).await?,
        };
        let finished = tokio::task::spawn_blocking(move || partial.finish());
        let (bytes, digest) = finished.await.map_err(Error::internal)??;
        Ok(BackedUp { revision, root, bytes, digest })
    }
}
