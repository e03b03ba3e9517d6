//! What contents and local parts say about facets: lists are filtered and counted by it.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, DeriveEntityModel)]
#[sea_orm(table_name = "term")]
pub struct Model {
    /// Digest of the content or local part.
    #[sea_orm(primary_key, auto_increment = false)]
    pub object: Vec<u8>,
    /// 分面.
    #[sea_orm(primary_key, auto_increment = false)]
    pub facet: String,
    /// A value of it; the empty text says that there is none.
    #[sea_orm(primary_key, auto_increment = false)]
    pub value: String,
}

/// Each table stands alone: the log is what relates them.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
