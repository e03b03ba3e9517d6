//! A backup of SQLite: `VACUUM INTO`.
//!
//! It reads in one read transaction, so under a write-ahead log writers go on and what they commit is not in the copy.
//! The online backup API copies page by page between writers, begins anew whenever another process has written, and
//! under steady writing may never end; nor does SQLx offer it. What `VACUUM INTO` writes has no free pages, in which
//! erased bytes could linger, and is itself a database without a write-ahead log: one file. Its price is that the
//! write-ahead log grows until it has finished, and that every page is written anew.

use std::{fs, os::unix::fs::MetadataExt, path::Path};

use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, Statement};

use super::file::cannot_write;
use crate::{
    catalogue::{digest::Digest, scope::Revision},
    error::{Error, Result},
    store::{connect, verify},
};

/// Fills the empty file with a copy of the database; the position of the copy's log.
pub(super) async fn copy(writer: &DatabaseConnection, into: &Path) -> Result<(Revision, Digest)> {
    let path = into.to_str().ok_or_else(|| cannot_write(into, "its path is not UTF-8"))?;
    let copy = Statement::from_sql_and_values(DatabaseBackend::Sqlite, "VACUUM INTO ?", [path.into()]);
    writer.execute_raw(copy).await.map_err(|error| cannot_write(into, error))?;
    let copied = connect::sqlite_file(into).await?;
    let position = verify::position(&copied).await;
    copied.close().await?;
    position
}

/// Refuses a file that is the database: `--force` would put the copy in its place under everyone who has it open.
pub(super) async fn refuse_itself(writer: &DatabaseConnection, file: &Path) -> Result<()> {
    let Ok(there) = fs::metadata(file) else { return Ok(()) };
    let list = Statement::from_string(DatabaseBackend::Sqlite, "SELECT file FROM pragma_database_list");
    for row in writer.query_all_raw(list).await? {
        let database: String = row.try_get_by_index(0)?;
        for end in ["", "-wal", "-shm"] {
            let own = fs::metadata(format!("{database}{end}"));
            if own.is_ok_and(|own| (own.dev(), own.ino()) == (there.dev(), there.ino())) {
                let file = file.display();
                return Err(Error::bad_input(
                    format!("{file} 就是正在使用的数据库"),
                    format!("{file} is the database itself"),
                ));
            }
        }
    }
    Ok(())
}
