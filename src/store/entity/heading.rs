//! The names of contents (事项名称), where a plain substring is looked for.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, DeriveEntityModel)]
#[sea_orm(table_name = "heading")]
pub struct Model {
    /// Digest of the content.
    #[sea_orm(primary_key, auto_increment = false)]
    pub object: Vec<u8>,
    /// All levels of names, a line each.
    pub names: String,
}

/// Each table stands alone: the log is what relates them.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
