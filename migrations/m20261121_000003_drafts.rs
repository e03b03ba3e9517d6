//! `draft`: versions that nobody has published yet, with their objects. Private, outside the log.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DatabaseBackend::Postgres;
        let (blob, text) = if postgres { ("BYTEA", "TEXT COLLATE \"C\"") } else { ("BLOB", "TEXT") };
        let table = format!(
            "CREATE TABLE draft (digest {blob} PRIMARY KEY, catalogue {text} NOT NULL, number INTEGER NOT NULL,
               created_at {text} NOT NULL, objects {blob} NOT NULL)"
        );
        manager.get_connection().execute_unprepared(&table).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP TABLE draft").await?;
        Ok(())
    }
}
