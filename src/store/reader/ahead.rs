//! An item that is asked for by its code (按代码查事项): where its version is not in memory, the header, the entries and both
//! parts of the item come by one statement, since who asks for the one reads the others next.

use sea_orm::{
    ConnectionTrait, JoinType,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, all},
};

use super::{Reader, blobs::keep, trees::WithTree};
use crate::{
    catalogue::{code::ItemCode, digest::Digest},
    error::Result,
    store::{
        entity::{entry, object, tree},
        read,
    },
};

impl Reader {
    /// A version with its entries by its digest and number, which keeps what the entry of an item leads to; `None` where there
    /// is no such version.
    pub async fn with_item(&self, version: Digest, number: u32, item: &ItemCode) -> Result<Option<WithTree>> {
        let epoch = self.redacted();
        let row = self.shared.store.reader.query_one(&statement(version, number, item)).await?;
        let Some(row) = row else { return Ok(None) };
        let part = |name: &str| -> Result<Option<(Digest, Vec<u8>)>> {
            let key: Option<Vec<u8>> = row.try_get("of_", name)?;
            let bytes: Option<Vec<u8>> = row.try_get("", name)?;
            key.zip(bytes).map(|(key, bytes)| Ok((read::digest(&key, "entry")?, bytes))).transpose()
        };
        if let Some((digest, bytes)) = part(CONTENT)? {
            keep(&self.shared.contents, epoch, digest, &bytes)?;
        }
        if let Some((digest, bytes)) = part(LOCAL)? {
            keep(&self.shared.locals, epoch, digest, &bytes)?;
        }
        let header: Option<Vec<u8>> = row.try_get("", HEADER)?;
        let entries: Vec<u8> = row.try_get("", ENTRIES)?;
        self.opened(epoch, version, header.as_deref(), &entries).map(Some)
    }
}

/// The columns of the statement; before those that are blobs of an item `of_` stands for their digests.
const ENTRIES: &str = "entries";
const HEADER: &str = "header";
const CONTENT: &str = "content";
const LOCAL: &str = "local";

/// The entries of a version as they are packed, its header, and digest and bytes of either part of an item.
fn statement(version: Digest, number: u32, item: &ItemCode) -> SelectStatement {
    let of_entry = |column| Expr::col((entry::Entity, column));
    let of_item = all![
        of_entry(entry::Column::Catalogue).eq(item.catalogue.as_str()),
        of_entry(entry::Column::Number).eq(number.cast_signed()),
        of_entry(entry::Column::Item).eq(item.to_string()),
    ];
    let bytes = |of: &'static str| Expr::col((of, object::Column::Bytes));
    let is = |of: &'static str| Expr::col((of, object::Column::Digest));
    Query::select()
        .expr_as(Expr::col((tree::Entity, tree::Column::Bytes)), ENTRIES)
        .expr_as(bytes(HEADER), HEADER)
        .expr_as(of_entry(entry::Column::Content), "of_content")
        .expr_as(bytes(CONTENT), CONTENT)
        .expr_as(of_entry(entry::Column::Local), "of_local")
        .expr_as(bytes(LOCAL), LOCAL)
        .from(tree::Entity)
        .join_as(
            JoinType::LeftJoin,
            object::Entity,
            HEADER,
            is(HEADER).equals((tree::Entity, tree::Column::Version)),
        )
        .join(JoinType::LeftJoin, entry::Entity, of_item)
        .join_as(
            JoinType::LeftJoin,
            object::Entity,
            CONTENT,
            is(CONTENT).equals((entry::Entity, entry::Column::Content)),
        )
        .join_as(
            JoinType::LeftJoin,
            object::Entity,
            LOCAL,
            is(LOCAL).equals((entry::Entity, entry::Column::Local)),
        )
        .and_where(Expr::col((tree::Entity, tree::Column::Version)).eq(version.as_bytes().to_vec()))
        .to_owned()
}
