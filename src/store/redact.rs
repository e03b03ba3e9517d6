//! Redaction (涂除): the one exception to "nothing published is lost".

use std::collections::BTreeSet;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
};

use super::{
    Store,
    entity::{entry, event, log, object, record, version},
    log::Writing,
    publish,
    terms::Terms,
    unsigned,
};
use crate::{
    catalogue::{
        digest::Digest,
        event::{Event, EventBody, Redacted},
        scope::Revision,
        text::Text,
    },
    error::{Error, Result},
};

impl Store {
    /// Erases the bytes of an object for good. Its digest stays, reads answer `REDACTED`, and the same bytes are
    /// never published again. `NOT_FOUND` where there is no such object, `REDACTED` where it is erased already.
    pub async fn redact(&self, digest: Digest, reason: Text) -> Result<Revision> {
        let reason = publish::stated(reason)?;
        let revision = self.write(async |writing| writing.redact(digest, reason).await).await?;
        self.forget_deleted_bytes().await?;
        Ok(revision)
    }

    /// SQLite keeps erased bytes in free pages and in the write-ahead log until these are written over.
    async fn forget_deleted_bytes(&self) -> Result<()> {
        if self.backend() == "sqlite" {
            self.writer.execute_unprepared("VACUUM").await?;
            self.writer.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        Ok(())
    }
}

impl Writing {
    async fn redact(&mut self, digest: Digest, reason: Text) -> Result<Revision> {
        let key = digest.as_bytes().to_vec();
        let row = object::Entity::find_by_id(key.clone()).one(&self.transaction).await?;
        let row = row.ok_or_else(|| Error::not_found("对象", "object", digest))?;
        if row.bytes.is_none() {
            return Err(Error::Redacted(digest));
        }
        let affected = affected(&self.transaction, digest).await?;
        // The trigger admits the update below only while this is the last event.
        let revision = self.append(EventBody::Redacted(Redacted { object: digest, reason })).await?;
        object::ActiveModel { digest: Set(key), bytes: Set(None) }.update(&self.transaction).await?;
        Terms::erase(&self.transaction, digest).await?;
        self.reproject(&affected).await?;
        Ok(revision)
    }
}

/// The events whose rows were made from the object.
async fn affected<C: ConnectionTrait>(connection: &C, digest: Digest) -> Result<Vec<Revision>> {
    let key = digest.as_bytes().to_vec();
    let mut revisions: BTreeSet<i64> = BTreeSet::new();
    let leaves = entry::Entity::find().select_only().column(entry::Column::Revision);
    let leaves = leaves.filter(entry::Column::Leaf.eq(key.clone())).distinct();
    revisions.extend(leaves.into_tuple::<i64>().all(connection).await?);
    let lists = version::Entity::find().select_only().column(version::Column::Revision);
    let lists = lists.filter(version::Column::Entries.eq(key.clone()));
    revisions.extend(lists.into_tuple::<i64>().all(connection).await?);
    revisions.extend(later_versions(connection, &revisions).await?);
    let chunks = record::Entity::find().select_only().column(record::Column::Revision);
    let chunks = chunks.filter(record::Column::Object.eq(key)).distinct();
    revisions.extend(chunks.into_tuple::<i64>().all(connection).await?);
    let loads = log::Entity::find().select_only().column(log::Column::Revision);
    let loads = loads.filter(log::Column::Kind.eq("REFERENCE")).into_tuple::<i64>().all(connection).await?;
    for row in event::Entity::find().filter(event::Column::Revision.is_in(loads)).all(connection).await? {
        let event = Event::from_bytes(&row.bytes)?;
        if matches!(&event.body, EventBody::Reference(load) if load.records == digest) {
            revisions.insert(row.revision);
        }
    }
    Ok(revisions.into_iter().map(unsigned).collect())
}

/// The versions of the same catalogues: since when an item reads as it does is told from the version before.
async fn later_versions<C: ConnectionTrait>(connection: &C, revisions: &BTreeSet<i64>) -> Result<Vec<i64>> {
    let of = version::Column::Revision.is_in(revisions.iter().copied());
    let catalogues = version::Entity::find().select_only().column(version::Column::Catalogue).filter(of);
    let catalogues = catalogues.distinct().into_tuple::<String>().all(connection).await?;
    let versions = version::Entity::find().select_only().column(version::Column::Revision);
    let versions = versions.filter(version::Column::Catalogue.is_in(catalogues));
    Ok(versions.into_tuple().all(connection).await?)
}
