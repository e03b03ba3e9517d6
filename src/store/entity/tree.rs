//! The entries of each version as one row, as reads want them: see [`crate::store::packed`].

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tree")]
pub struct Model {
    /// The header's digest.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: Vec<u8>,
    /// The entries, packed.
    pub bytes: Vec<u8>,
    /// The event.
    pub revision: i64,
}

/// Each table stands alone: the log is what relates them.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
