//! Versions that are void from a day on.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "withdrawal")]
pub struct Model {
    /// The event.
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i64,
    /// Whose.
    pub catalogue: String,
    /// Which version.
    pub number: i32,
    /// The first day on which it is void.
    pub from_day: Date,
    /// Why.
    pub reason: String,
}

/// Each table stands alone: the log is what relates them.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
