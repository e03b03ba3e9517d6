//! `object` and `event`: the two tables that everything else is made from, `checkpoint`: the signed heads of the log,
//! and the triggers that guard them.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: [&str; 3] = [
    "CREATE TABLE object (digest {blob} PRIMARY KEY, bytes {blob})",
    "CREATE TABLE event (revision BIGINT PRIMARY KEY, bytes {blob} NOT NULL)",
    "CREATE TABLE checkpoint (revision BIGINT PRIMARY KEY, note TEXT NOT NULL)",
];

/// An object may lose its bytes only while the last event of the log says that it is redacted. `INSERT OR REPLACE`
/// fires no delete trigger on SQLite, so inserting is guarded as well; events come without gaps, checkpoints only of
/// what the log has.
const SQLITE: [&str; 9] = [
    "CREATE TRIGGER object_delete BEFORE DELETE ON object
     BEGIN SELECT RAISE(ABORT, 'object is append-only'); END",
    "CREATE TRIGGER object_update BEFORE UPDATE ON object
     WHEN NOT (NEW.digest IS OLD.digest AND OLD.bytes IS NOT NULL AND NEW.bytes IS NULL AND EXISTS (
       SELECT 1 FROM event WHERE revision = (SELECT max(revision) FROM event)
       AND json_extract(CAST(bytes AS TEXT), '$.kind') = 'REDACTED'
       AND json_extract(CAST(bytes AS TEXT), '$.body.object') = 'sha256:' || lower(hex(OLD.digest))))
     BEGIN SELECT RAISE(ABORT, 'object is append-only'); END",
    "CREATE TRIGGER object_insert BEFORE INSERT ON object
     WHEN EXISTS (SELECT 1 FROM object WHERE digest = NEW.digest AND bytes IS NOT NEW.bytes)
     BEGIN SELECT RAISE(ABORT, 'object is append-only'); END",
    "CREATE TRIGGER event_delete BEFORE DELETE ON event
     BEGIN SELECT RAISE(ABORT, 'event is append-only'); END",
    "CREATE TRIGGER event_update BEFORE UPDATE ON event
     BEGIN SELECT RAISE(ABORT, 'event is append-only'); END",
    "CREATE TRIGGER event_insert BEFORE INSERT ON event
     WHEN NEW.revision IS NOT (SELECT coalesce(max(revision), 0) + 1 FROM event)
     BEGIN SELECT RAISE(ABORT, 'event is append-only and without gaps'); END",
    "CREATE TRIGGER checkpoint_delete BEFORE DELETE ON checkpoint
     BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only'); END",
    "CREATE TRIGGER checkpoint_update BEFORE UPDATE ON checkpoint
     BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only'); END",
    "CREATE TRIGGER checkpoint_insert BEFORE INSERT ON checkpoint
     WHEN NEW.revision > (SELECT coalesce(max(revision), 0) FROM event)
       OR EXISTS (SELECT 1 FROM checkpoint WHERE revision = NEW.revision)
     BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only, up to the head'); END",
];

const POSTGRES: [&str; 12] = [
    "CREATE FUNCTION mulu_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$",
    "CREATE FUNCTION mulu_only_redaction() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       IF NEW.digest = OLD.digest AND OLD.bytes IS NOT NULL AND NEW.bytes IS NULL AND EXISTS (
         SELECT 1 FROM event WHERE revision = (SELECT max(revision) FROM event)
         AND convert_from(bytes, 'UTF8')::jsonb ->> 'kind' = 'REDACTED'
         AND convert_from(bytes, 'UTF8')::jsonb #>> '{body,object}' = 'sha256:' || encode(OLD.digest, 'hex'))
       THEN RETURN NEW; END IF;
       RAISE EXCEPTION 'object is append-only' USING ERRCODE = 'restrict_violation';
     END $$",
    "CREATE FUNCTION mulu_next_event() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       IF NEW.revision = (SELECT coalesce(max(revision), 0) + 1 FROM event) THEN RETURN NEW; END IF;
       RAISE EXCEPTION 'event is append-only and without gaps' USING ERRCODE = 'restrict_violation';
     END $$",
    "CREATE TRIGGER object_delete BEFORE DELETE OR TRUNCATE ON object
     FOR EACH STATEMENT EXECUTE FUNCTION mulu_append_only()",
    "CREATE TRIGGER object_update BEFORE UPDATE ON object FOR EACH ROW EXECUTE FUNCTION mulu_only_redaction()",
    "CREATE TRIGGER event_delete BEFORE DELETE OR TRUNCATE ON event
     FOR EACH STATEMENT EXECUTE FUNCTION mulu_append_only()",
    "CREATE TRIGGER event_update BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION mulu_append_only()",
    "CREATE TRIGGER event_insert BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION mulu_next_event()",
    "CREATE FUNCTION mulu_known_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       IF NEW.revision <= (SELECT coalesce(max(revision), 0) FROM event) THEN RETURN NEW; END IF;
       RAISE EXCEPTION 'checkpoint is append-only, up to the head' USING ERRCODE = 'restrict_violation';
     END $$",
    "CREATE TRIGGER checkpoint_delete BEFORE DELETE OR TRUNCATE ON checkpoint
     FOR EACH STATEMENT EXECUTE FUNCTION mulu_append_only()",
    "CREATE TRIGGER checkpoint_update BEFORE UPDATE ON checkpoint
     FOR EACH ROW EXECUTE FUNCTION mulu_append_only()",
    "CREATE TRIGGER checkpoint_insert BEFORE INSERT ON checkpoint
     FOR EACH ROW EXECUTE FUNCTION mulu_known_checkpoint()",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DatabaseBackend::Postgres;
        let blob = if postgres { "BYTEA" } else { "BLOB" };
        let tables = TABLES.map(|table| table.replace("{blob}", blob));
        let guards: &[&str] = if postgres { &POSTGRES } else { &SQLITE };
        for statement in tables.iter().map(String::as_str).chain(guards.iter().copied()) {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared("DROP TABLE object").await?;
        connection.execute_unprepared("DROP TABLE event").await?;
        connection.execute_unprepared("DROP TABLE checkpoint").await?;
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            for function in
                ["mulu_append_only", "mulu_only_redaction", "mulu_next_event", "mulu_known_checkpoint"]
            {
                connection.execute_unprepared(&format!("DROP FUNCTION {function}()")).await?;
            }
        }
        Ok(())
    }
}
