//! Records of the registers, as each load left them.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "record")]
pub struct Model {
    /// 名录.
    #[sea_orm(primary_key, auto_increment = false)]
    pub register: String,
    /// The stable key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// The event.
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i64,
    /// The code under which it is listed.
    pub parent: Option<String>,
    /// 行政层级 of a division.
    pub level: Option<String>,
    /// Digest of the chunk that holds it.
    pub object: Vec<u8>,
    /// The record in canonical form; `None` once redacted.
    pub bytes: Option<Vec<u8>>,
}

/// Each table stands alone: the log is what relates them.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
