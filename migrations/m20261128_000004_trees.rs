//! The entries of a version in one row: to read a version then takes one short row instead of one an entry.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let blob = if manager.get_database_backend() == DatabaseBackend::Postgres { "BYTEA" } else { "BLOB" };
        for statement in [
            &format!(
                "CREATE TABLE tree (version {blob} PRIMARY KEY, bytes {blob} NOT NULL, revision BIGINT NOT NULL)"
            ),
            "CREATE INDEX tree_revision ON tree (revision)",
            // A head that says nothing has all projections remade from the log.
            "UPDATE head SET revision = 0",
        ] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP TABLE tree").await?;
        Ok(())
    }
}
