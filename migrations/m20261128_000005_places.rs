//! Indexes for stores with hundreds of thousands of places: catalogues of a kind, and records of several states.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

const NAMES: [&str; 2] = ["catalogue_kind", "record_states"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared("CREATE INDEX catalogue_kind ON catalogue (kind, code)").await?;
        // `},{` stands between two states. Almost no record has several, so the index is next to nothing.
        let several = match manager.get_database_backend() {
            DatabaseBackend::Postgres => "position('\\x7d2c7b'::bytea in bytes) > 0",
            _ => "instr(bytes, X'7D2C7B') > 0",
        };
        let index = format!("CREATE INDEX record_states ON record (register, code) WHERE {several}");
        connection.execute_unprepared(&index).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in NAMES {
            manager.get_connection().execute_unprepared(&format!("DROP INDEX {name}")).await?;
        }
        Ok(())
    }
}
