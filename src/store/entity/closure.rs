//! Catalogues that have nothing in force from a day on.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "closure")]
pub struct Model {
    /// The event.
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i64,
    /// Which.
    pub catalogue: String,
    /// The first such day.
    pub from_day: Date,
    /// Why.
    pub reason: String,
    /// What takes its place.
    pub successor: Option<String>,
}

/// Each table stands alone: the log is what relates them.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
