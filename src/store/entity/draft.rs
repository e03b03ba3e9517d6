//! Versions that nobody has published yet. Private; not a projection of the log.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "draft")]
pub struct Model {
    /// The digest that the version will have.
    #[sea_orm(primary_key, auto_increment = false)]
    pub digest: Vec<u8>,
    /// Whose.
    pub catalogue: String,
    /// The number that it will have.
    pub number: i32,
    /// When it was made.
    pub created_at: String,
    /// Every object that it needs, packed.
    pub objects: Vec<u8>,
}

/// Each table stands alone: the log is what relates them.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
