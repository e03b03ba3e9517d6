//! The log: revision to bytes. Append-only, without gaps.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    /// The position, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i64,
    /// The event in canonical form.
    pub bytes: Vec<u8>,
}

/// Each table stands alone: the log is what relates them.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
