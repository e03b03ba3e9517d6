//! Names that records of a register had, in any of their states: who asks by name finds codes.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "naming")]
pub struct Model {
    /// 名录.
    #[sea_orm(primary_key, auto_increment = false)]
    pub register: String,
    /// A name, short name, former name, alias, title or document number; of an alias record the code that it means.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The record's code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// The event.
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i64,
}

/// Each table stands alone: the log is what relates them.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
