//! The log's tree: one row an event.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "log")]
pub struct Model {
    /// The position.
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i64,
    /// When, as in the event; as text it sorts by time.
    pub at: String,
    /// What kind of event.
    pub kind: String,
    /// RFC 6962 leaf hash of the event.
    pub leaf: Vec<u8>,
    /// The tree's right edge after the event.
    pub frontier: Vec<u8>,
}

/// Each table stands alone: the log is what relates them.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
