//! What is read with versions (预读): their entries and headers, and what some entries of one of them lead to, since who opens
//! a version shows items of it next. All of it by one statement; what was not read ahead takes another.

use std::{collections::HashMap, ops::RangeInclusive};

use sea_orm::{
    ConnectionTrait, JoinType, QueryResult,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType, all},
};

use super::Reader;
use crate::{
    catalogue::{
        code::{CatalogueCode, ItemCode},
        digest::Digest,
    },
    error::Result,
    store::{
        entity::{entry, object, tree},
        evened, read,
    },
};

/// Items of one version that somebody shows next.
#[derive(Clone, Debug)]
pub struct Ahead {
    /// Whose.
    pub catalogue: CatalogueCode,
    /// Which version.
    pub number: u32,
    /// Which of its items.
    pub items: AheadItems,
}

/// Which items of a version.
#[derive(Clone, Debug)]
pub enum AheadItems {
    /// One.
    One(ItemCode),
    /// Those at some places of the table, from 0.
    Places(RangeInclusive<u32>),
    /// Those whose codes have some numbers.
    Serials(RangeInclusive<u32>),
}

/// Bytes by the digests of what they are.
type Bytes = HashMap<Digest, Vec<u8>>;

/// What was read: of versions by their own digests, and of items by those of their parts.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// As they are packed.
    pub entries: Bytes,
    pub headers: Bytes,
    pub contents: Bytes,
    pub locals: Bytes,
}

/// What a row tells: entries and header of a version, or content and local part of an item. To take in a row costs more
/// than what stands in it, so that either has both in one.
const VERSION: i32 = 0;
const ITEM: i32 = 1;

impl Reader {
    /// Reads versions by their digests, and what is to be read ahead of one of them.
    pub(super) async fn read_versions(&self, digests: &[Digest], ahead: Option<&Ahead>) -> Result<Read> {
        let mut found = Read::default();
        for row in self.shared.store.reader.query_all(&statement(digests, ahead)).await? {
            let kind: i32 = row.try_get_by_index(0)?;
            let (one, other) = match kind {
                VERSION => (&mut found.entries, &mut found.headers),
                _ => (&mut found.contents, &mut found.locals),
            };
            one.extend(blob(&row, 1)?);
            other.extend(blob(&row, 3)?);
        }
        Ok(found)
    }
}

/// The digest at a place of a row, and the bytes beside it; `None` where these were redacted.
fn blob(row: &QueryResult, place: usize) -> Result<Option<(Digest, Vec<u8>)>> {
    let key: Option<Vec<u8>> = row.try_get_by_index(place)?;
    let bytes: Option<Vec<u8>> = row.try_get_by_index(place + 1)?;
    key.zip(bytes).map(|(key, bytes)| Ok((read::digest(&key, "object")?, bytes))).transpose()
}

/// What each row tells, and twice a digest and its bytes.
fn statement(digests: &[Digest], ahead: Option<&Ahead>) -> SelectStatement {
    let of_tree = |column| Expr::col((tree::Entity, column));
    let mut versions = Query::select()
        .expr(Expr::val(VERSION))
        .expr(of_tree(tree::Column::Version))
        .expr(of_tree(tree::Column::Bytes))
        .from(tree::Entity)
        .and_where(
            of_tree(tree::Column::Version)
                .is_in(evened(digests.iter().map(|digest| digest.as_bytes().to_vec()))),
        )
        .to_owned();
    with_object(&mut versions, "header", of_tree(tree::Column::Version));
    if let Some(ahead) = ahead {
        versions.union(UnionType::All, items(ahead));
    }
    versions
}

fn items(ahead: &Ahead) -> SelectStatement {
    let of_entry = |column| Expr::col((entry::Entity, column));
    let among = |column, numbers: &RangeInclusive<u32>| {
        of_entry(column).between(numbers.start().cast_signed(), numbers.end().cast_signed())
    };
    let wanted = match &ahead.items {
        AheadItems::One(item) => of_entry(entry::Column::Item).eq(item.to_string()),
        AheadItems::Places(places) => among(entry::Column::Position, places),
        AheadItems::Serials(serials) => among(entry::Column::Serial, serials),
    };
    let mut items = Query::select()
        .expr(Expr::val(ITEM))
        .from(entry::Entity)
        .cond_where(all![
            of_entry(entry::Column::Catalogue).eq(ahead.catalogue.as_str()),
            of_entry(entry::Column::Number).eq(ahead.number.cast_signed()),
            wanted,
        ])
        .to_owned();
    with_object(&mut items, "content", of_entry(entry::Column::Content));
    with_object(&mut items, "local", of_entry(entry::Column::Local));
    items
}

/// Adds an object's digest and bytes.
fn with_object(select: &mut SelectStatement, name: &'static str, digest: Expr) {
    let of_object = |column| Expr::col((name, column));
    select.expr(of_object(object::Column::Digest)).expr(of_object(object::Column::Bytes)).join_as(
        JoinType::LeftJoin,
        object::Entity,
        name,
        of_object(object::Column::Digest).eq(digest),
    );
}
