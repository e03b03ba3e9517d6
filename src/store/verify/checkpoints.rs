//! Checkpoints against the log: each stored note is of this log, of the size and tree at its place, and signed by a
//! key that was registered by then.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::{differs, replay::Replayed};
use crate::{
    catalogue::{
        event::EventBody,
        key::VerifierKey,
        merkle::Frontier,
        note::{BadNote, Checkpoint},
        scope::Revision,
    },
    error::Result,
    store::{entity::checkpoint, signed, unsigned},
};

/// The keys that the log has registered so far, and how many checkpoints fitted.
#[derive(Default)]
pub(super) struct Checkpoints {
    origin: String,
    keys: Vec<VerifierKey>,
    pub checked: u64,
}

impl Checkpoints {
    /// Verifies the checkpoints of some events, which follow those seen before.
    pub async fn verify<C: ConnectionTrait>(&mut self, connection: &C, events: &[Replayed]) -> Result<()> {
        let Some((first, last)) = events.first().zip(events.last()) else { return Ok(()) };
        let within = checkpoint::Column::Revision.between(first.row.revision, last.row.revision);
        let rows = checkpoint::Entity::find().filter(within).order_by_asc(checkpoint::Column::Revision);
        let mut rows = rows.all(connection).await?.into_iter().peekable();
        for replayed in events {
            self.learn(&replayed.event.body, replayed.event.revision)?;
            if let Some(row) = rows.next_if(|row| unsigned(row.revision) == replayed.event.revision) {
                self.fits(&row, &replayed.row.frontier)?;
                self.checked += 1;
            }
        }
        Ok(())
    }

    /// A checkpoint beyond the log was not met on the way.
    pub async fn finish<C: ConnectionTrait>(&self, connection: &C, head: Revision) -> Result<()> {
        let stored = checkpoint::Entity::find().count(connection).await?;
        if stored == self.checked {
            return Ok(());
        }
        let beyond = checkpoint::Entity::find().filter(checkpoint::Column::Revision.gt(signed(head)));
        let first = beyond.one(connection).await?.map(|row| row.revision);
        Err(differs(format!("checkpoint {first:?} is not of the log, which has {head} events")))
    }

    fn learn(&mut self, body: &EventBody, revision: Revision) -> Result<()> {
        match body {
            EventBody::Genesis(genesis) => self.origin = genesis.origin.to_string(),
            EventBody::Key(key) if key.key.name() == self.origin => self.keys.push(key.key.clone()),
            EventBody::Key(_) => return Err(differs(format!("event {revision}: a key of another log"))),
            _ => {}
        }
        Ok(())
    }

    fn fits(&self, row: &checkpoint::Model, frontier: &[u8]) -> Result<()> {
        let place = |what: &str| differs(format!("checkpoint {}: {what}", row.revision));
        let size = unsigned(row.revision);
        let root = Frontier::from_bytes(size, frontier).ok_or_else(|| place("the log has no tree"))?.root();
        let expected = Checkpoint { origin: self.origin.clone(), size, root };
        let mut why = BadNote::UnknownKey;
        for key in &self.keys {
            match Checkpoint::from_note(&row.note, key) {
                Ok(found) if found == expected => return Ok(()),
                Ok(found) => return Err(place(&format!("it says {found:?}, the log {expected:?}"))),
                Err(error) if error != BadNote::UnknownKey => why = error,
                Err(_) => {}
            }
        }
        Err(place(&why.to_string()))
    }
}
