//! The projections: tables that are remade from `object` and `event`.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// `{text}` compares byte by byte on both stores; `{blob}` is the store's type for bytes.
const TABLES: [&str; 12] = [
    "CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), revision BIGINT NOT NULL)",
    "CREATE TABLE log (revision BIGINT PRIMARY KEY, at {text} NOT NULL, kind {text} NOT NULL,
       leaf {blob} NOT NULL, frontier {blob} NOT NULL)",
    "CREATE TABLE catalogue (code {text} PRIMARY KEY, division {text} NOT NULL, domain {text},
       kind {text} NOT NULL, part INTEGER NOT NULL, revision BIGINT NOT NULL)",
    "CREATE TABLE version (catalogue {text} NOT NULL, number INTEGER NOT NULL, digest {blob} NOT NULL UNIQUE,
       entries {blob} NOT NULL, size INTEGER NOT NULL, effective_from DATE NOT NULL, revision BIGINT NOT NULL,
       PRIMARY KEY (catalogue, number))",
    "CREATE TABLE withdrawal (revision BIGINT PRIMARY KEY, catalogue {text} NOT NULL, number INTEGER NOT NULL,
       from_day DATE NOT NULL, reason {text} NOT NULL)",
    "CREATE TABLE closure (revision BIGINT PRIMARY KEY, catalogue {text} NOT NULL, from_day DATE NOT NULL,
       reason {text} NOT NULL, successor {text})",
    "CREATE TABLE entry (catalogue {text} NOT NULL, number INTEGER NOT NULL, position INTEGER NOT NULL,
       item {text} NOT NULL, serial INTEGER NOT NULL, leaf {blob} NOT NULL, content {blob} NOT NULL,
       local {blob} NOT NULL, relation {text} NOT NULL, origin_item {text}, origin_version {blob},
       reason {text}, source INTEGER, changed BIGINT NOT NULL, revision BIGINT NOT NULL, PRIMARY KEY (catalogue, number, position))",
    "CREATE TABLE record (register {text} NOT NULL, code {text} NOT NULL, revision BIGINT NOT NULL, parent {text},
       level {text}, object {blob} NOT NULL, bytes {blob}, PRIMARY KEY (register, code, revision))",
    "CREATE TABLE naming (register {text} NOT NULL, name {text} NOT NULL, code {text} NOT NULL,
       revision BIGINT NOT NULL, PRIMARY KEY (register, name, code, revision))",
    "CREATE TABLE term (object {blob} NOT NULL, facet {text} NOT NULL, value {text} NOT NULL,
       PRIMARY KEY (object, facet, value))",
    "CREATE TABLE heading (object {blob} PRIMARY KEY, names {text} NOT NULL)",
    "CREATE TABLE redaction (revision BIGINT PRIMARY KEY, object {blob} NOT NULL, reason {text} NOT NULL)",
];

const INDEXES: [&str; 20] = [
    "CREATE INDEX log_at ON log (at)",
    "CREATE INDEX log_kind ON log (kind, revision)",
    "CREATE INDEX catalogue_division ON catalogue (division, code)",
    "CREATE INDEX catalogue_domain ON catalogue (domain, code)",
    "CREATE INDEX catalogue_revision ON catalogue (revision)",
    "CREATE INDEX version_revision ON version (revision)",
    "CREATE INDEX withdrawal_catalogue ON withdrawal (catalogue)",
    "CREATE INDEX closure_catalogue ON closure (catalogue)",
    "CREATE INDEX entry_item ON entry (item, number)",
    "CREATE INDEX entry_leaf ON entry (leaf)",
    "CREATE INDEX entry_revision ON entry (revision)",
    "CREATE INDEX entry_local ON entry (local)",
    "CREATE INDEX entry_content ON entry (content)",
    "CREATE INDEX entry_origin ON entry (origin_item)",
    "CREATE INDEX entry_changed ON entry ((-changed), catalogue, number, position)",
    "CREATE INDEX term_value ON term (facet, value, object)",
    "CREATE INDEX record_level ON record (level, code, revision)",
    "CREATE INDEX record_parent ON record (register, parent, code)",
    "CREATE INDEX naming_revision ON naming (revision, register, name, code)",
    "CREATE INDEX record_revision ON record (revision, register, code)",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DatabaseBackend::Postgres;
        let (blob, text) = if postgres { ("BYTEA", "TEXT COLLATE \"C\"") } else { ("BLOB", "TEXT") };
        for table in TABLES {
            let table = table.replace("{blob}", blob).replace("{text}", text);
            manager.get_connection().execute_unprepared(&table).await?;
        }
        for index in INDEXES {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "head",
            "log",
            "catalogue",
            "version",
            "withdrawal",
            "closure",
            "entry",
            "record",
            "naming",
            "term",
            "heading",
            "redaction",
        ] {
            manager.get_connection().execute_unprepared(&format!("DROP TABLE {table}")).await?;
        }
        Ok(())
    }
}
