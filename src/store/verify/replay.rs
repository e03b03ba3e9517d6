//! The log from its first event: in order, without a gap, each event with its row.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::differs;
use crate::{
    catalogue::{
        code::CatalogueCode,
        digest::Digest,
        event::{Event, EventBody, Instant},
        merkle::{self, Frontier},
        scope::Revision,
    },
    error::Result,
    store::{
        entity::{event, log},
        projection, signed, unsigned,
    },
};

/// Walks the log from its first event and grows its tree.
#[derive(Default)]
pub(super) struct Replay {
    pub tree: Frontier,
    at: Option<Instant>,
    /// The last version of each catalogue so far.
    last: HashMap<CatalogueCode, (u32, Digest)>,
}

/// An event and what follows from its place in the log.
pub(super) struct Replayed {
    pub event: Event,
    pub row: log::Model,
    /// For a PUBLISHED event: the version before.
    pub previous: Option<(u32, Digest)>,
}

impl Replay {
    /// The events from `first` to `last`, which follow those read before.
    pub async fn read<C: ConnectionTrait>(
        &mut self,
        c: &C,
        first: Revision,
        last: Revision,
    ) -> Result<Vec<Replayed>> {
        let between = event::Column::Revision.between(signed(first), signed(last));
        let rows = event::Entity::find().filter(between).order_by_asc(event::Column::Revision).all(c).await?;
        let mut events = Vec::with_capacity(rows.len());
        for (row, revision) in rows.into_iter().zip(first..) {
            let place = format!("event {revision}");
            let event =
                Event::from_bytes(&row.bytes).map_err(|error| differs(format!("{place}: {error}")))?;
            if unsigned(row.revision) != revision || event.revision != revision {
                return Err(differs(format!("{place}: the log has a gap")));
            }
            if self.at.is_some_and(|before| before > event.at) {
                return Err(differs(format!("{place}: dated before the event before it")));
            }
            self.at = Some(event.at);
            let previous = match &event.body {
                EventBody::Published(new) => {
                    self.last.insert(new.catalogue.clone(), (new.number, new.version))
                }
                _ => None,
            };
            self.tree.push(merkle::leaf_hash(&row.bytes));
            let row = projection::log_row(&event, &row.bytes, &self.tree);
            events.push(Replayed { event, row, previous });
        }
        if events.len() as u64 != last - first + 1 {
            return Err(differs(format!("event {}: missing", first + events.len() as u64)));
        }
        Ok(events)
    }
}
