//! The steps that make and change the tables, in order. See `migrations/README.md` for the rules.

use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait};

mod m20261121_000001_append_only;
mod m20261121_000002_projections;
mod m20261121_000003_drafts;
mod m20261128_000004_trees;
mod m20261128_000005_places;

/// All steps, the oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_append_only::Migration),
            Box::new(m20261121_000002_projections::Migration),
            Box::new(m20261121_000003_drafts::Migration),
            Box::new(m20261128_000004_trees::Migration),
            Box::new(m20261128_000005_places::Migration),
        ]
    }
}
