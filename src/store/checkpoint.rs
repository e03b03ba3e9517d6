//! Checkpoints (检查点): the signed heads of the log, and the keys that may sign them.
//!
//! A checkpoint is stored in the transaction that makes its head, so whoever sees the events sees their seal. It is
//! not a projection: `rebuild` cannot make it again, because the key is never in the database. A log without a key
//! has none, and a gap between two of them says nothing.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{
    Store,
    entity::{checkpoint, event, log},
    log::Writing,
    projection, signed, unsigned,
};
use crate::{
    catalogue::{
        check::Message,
        event::{Event, EventBody, Key},
        key::{SigningKey, VerifierKey},
        note::Checkpoint,
        scope::Revision,
    },
    error::{Error, Result},
};

impl Store {
    /// The newest checkpoint at or below a revision, with its own; `None` where there is none.
    pub async fn checkpoint(&self, at_most: Revision) -> Result<Option<(Revision, String)>> {
        let rows = checkpoint::Entity::find().filter(checkpoint::Column::Revision.lte(signed(at_most)));
        let row = rows.order_by_desc(checkpoint::Column::Revision).one(&self.reader).await?;
        Ok(row.map(|row| (unsigned(row.revision), row.note)))
    }

    /// The name of the log.
    pub async fn origin(&self) -> Result<String> {
        origin(&self.reader).await
    }

    /// The checkpoint of just this revision; `None` where there is none.
    pub async fn checkpoint_of(&self, revision: Revision) -> Result<Option<String>> {
        let row = checkpoint::Entity::find_by_id(signed(revision)).one(&self.reader).await?;
        Ok(row.map(|row| row.note))
    }

    /// The checkpoint that seals an event for a reader who stands at a revision: the newest that he can see, or the
    /// first after that where the event was sealed later; `None` where it is not sealed yet.
    pub(super) async fn sealing(
        &self,
        event: Revision,
        seen: Revision,
    ) -> Result<Option<(Revision, String)>> {
        if let Some(found) = self.checkpoint(seen).await?.filter(|(revision, _)| *revision >= event) {
            return Ok(Some(found));
        }
        let later = checkpoint::Column::Revision.gte(signed(event.max(seen)));
        let rows = checkpoint::Entity::find().filter(later).order_by_asc(checkpoint::Column::Revision);
        Ok(rows.one(&self.reader).await?.map(|row| (unsigned(row.revision), row.note)))
    }

    /// Registers a key: from this event on its checkpoints count. The revision of its event, and whether that is new.
    /// `BAD_INPUT` for a key with another name than the log.
    pub async fn register_key(&self, key: VerifierKey) -> Result<(Revision, bool)> {
        self.write(async |writing| {
            let origin = origin(&writing.transaction).await?;
            if key.name() != origin {
                let name = key.name();
                return Err(Error::bad_input(
                    format!("密钥名称 {name} 与日志名称 {origin} 不一致"),
                    format!("the key is named {name}, the log {origin}"),
                ));
            }
            let known = keys(&writing.transaction).await?;
            if let Some((revision, _)) = known.iter().find(|(_, known)| *known == key) {
                return Ok((*revision, false));
            }
            Ok((writing.append(EventBody::Key(Key { key })).await?, true))
        })
        .await
    }
}

impl Writing {
    /// Signs the head that this transaction makes. `BAD_INPUT` where the log does not know the key.
    pub(super) async fn seal(&self, key: &SigningKey) -> Result<()> {
        let verifier = key.verifier();
        if !keys(&self.transaction).await?.iter().any(|(_, known)| known == verifier) {
            return Err(Error::bad_input(
                format!("日志未登记该签名密钥，请先运行 mulu key register {verifier}"),
                format!("the log does not know the signing key; run first: mulu key register {verifier}"),
            ));
        }
        let (size, root) = (self.revision(), self.root());
        let note = Checkpoint { origin: verifier.name().to_owned(), size, root }.to_note(key);
        let row = checkpoint::ActiveModel { revision: Set(signed(size)), note: Set(note) };
        checkpoint::Entity::insert(row).exec_without_returning(&self.transaction).await?;
        Ok(())
    }
}

/// What is answered instead of a proof while nothing seals it.
pub fn unsealed() -> Error {
    Error::NotFound(Message::new(
        "尚无检查点：日志未配置签名密钥，或此后尚未签名",
        "no checkpoint seals this: the log has no signing key, or was not signed since",
    ))
}

/// The name of the log.
pub(super) async fn origin<C: ConnectionTrait>(connection: &C) -> Result<String> {
    match projection::event(connection, 1).await?.body {
        EventBody::Genesis(genesis) => Ok(genesis.origin.to_string()),
        _ => Err(Error::Inconsistent("event 1: the log does not begin with its name".to_owned())),
    }
}

/// Every key with the revision from which it counts.
pub(super) async fn keys<C: ConnectionTrait>(connection: &C) -> Result<Vec<(Revision, VerifierKey)>> {
    let revisions = log::Entity::find().select_only().column(log::Column::Revision);
    let revisions = revisions.filter(log::Column::Kind.eq("KEY")).into_tuple::<i64>().all(connection).await?;
    let rows = event::Entity::find().filter(event::Column::Revision.is_in(revisions));
    let mut keys = Vec::new();
    for row in rows.order_by_asc(event::Column::Revision).all(connection).await? {
        let event = Event::from_bytes(&row.bytes)
            .map_err(|error| Error::Inconsistent(format!("event {}: {error}", row.revision)))?;
        if let EventBody::Key(Key { key }) = event.body {
            keys.push((event.revision, key));
        }
    }
    Ok(keys)
}
