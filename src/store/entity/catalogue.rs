//! Catalogues, from the first version of each.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "catalogue")]
pub struct Model {
    /// 目录代码.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Whose.
    pub division: String,
    /// 领域; `None` in a `00` catalogue.
    pub domain: Option<String>,
    /// 目录类型.
    pub kind: String,
    /// 1 for the first publisher.
    pub part: i32,
    /// The event of its first version.
    pub revision: i64,
}

/// Each table stands alone: the log is what relates them.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
