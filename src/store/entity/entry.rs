//! Entries of versions, in table order. A redacted leaf has no row: its place is known from the version's size.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "entry")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub catalogue: String,
    /// Which version.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// From 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// 事项代码.
    pub item: String,
    /// The number at the end of the code.
    pub serial: i32,
    /// Digest of the entry's object.
    pub leaf: Vec<u8>,
    /// Digest of the content.
    pub content: Vec<u8>,
    /// Digest of the local part.
    pub local: Vec<u8>,
    /// 采用、调整、自有.
    pub relation: String,
    /// The upstream item.
    pub origin_item: Option<String>,
    /// Digest of the upstream version.
    pub origin_version: Option<Vec<u8>>,
    /// Why it differs from the upstream item.
    pub reason: Option<String>,
    /// Index into the header's sources.
    pub source: Option<i32>,
    /// The event of the version since which the item has read as it does here, without a break.
    pub changed: i64,
    /// The event.
    pub revision: i64,
}

/// Each table stands alone: the log is what relates them.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
