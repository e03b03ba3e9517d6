//! Checkpoints: revision to signed note. Append-only, and no projection: only the key's holder could make them again.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "checkpoint")]
pub struct Model {
    /// The revision that was the head when it was signed.
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i64,
    /// The signed note.
    pub note: String,
}

/// Each table stands alone: the log is what relates them.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
