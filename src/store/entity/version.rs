//! Versions, as their PUBLISHED events say.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "version")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub catalogue: String,
    /// 1, 2, 3 …
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// The header's digest.
    pub digest: Vec<u8>,
    /// The root of its entries.
    pub entries: Vec<u8>,
    /// How many entries.
    pub size: i32,
    /// 施行日期.
    pub effective_from: Date,
    /// The event.
    pub revision: i64,
}

/// Each table stands alone: the log is what relates them.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
