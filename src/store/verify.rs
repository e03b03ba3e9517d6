//! `verify` recomputes everything from the two tables and names the first row that differs; `rebuild` remakes the
//! projections from them.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{
    Store, draft,
    entity::{event, head, object},
    projection::{self, Rows},
    signed, unsigned,
};
use crate::{
    catalogue::{
        canonical,
        code::CatalogueCode,
        digest::Digest,
        event::{Event, EventBody, Instant, Published},
        format::{Chunks, Format},
        merkle::{self, Frontier},
        object::{digest_of, leaf_content, leaves},
        scope::Revision,
        version::Version,
    },
    error::{Error, Result},
};

/// Objects and events that one statement reads.
const ROWS_A_STATEMENT: u64 = 200;

/// What `verify` went through.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Checked {
    /// Objects whose digest was recomputed.
    pub objects: u64,
    /// Objects that were redacted.
    pub redacted: u64,
    /// Events.
    pub events: Revision,
    /// Rows of projections that were compared.
    pub rows: u64,
    /// Drafts whose digests were recomputed.
    pub drafts: u64,
    /// The tree hash over all events.
    pub root: Digest,
}

/// What `rebuild` wrote.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rebuilt {
    /// Events that were projected.
    pub events: Revision,
    /// Rows that they gave.
    pub rows: u64,
    /// The tree hash over all events.
    pub root: Digest,
}

fn differs(what: impl std::fmt::Display) -> Error {
    Error::Inconsistent(what.to_string())
}

impl Store {
    /// Recomputes every digest, root and projection, under the lock row so that nothing moves meanwhile.
    /// `INCONSISTENT` names the first row that differs.
    pub async fn verify(&self, mut progress: impl FnMut(Revision, Revision)) -> Result<Checked> {
        let transaction = self.lock().await?;
        let connection = &transaction;
        let (objects, redacted) = verify_objects(connection).await?;
        let total = event::Entity::find().count(connection).await?;
        let mut log = Replay::default();
        let mut redactions = 0;
        let mut sizes = Rows::default().sizes();
        for first in (1..=total).step_by(ROWS_A_STATEMENT as usize) {
            let last = total.min(first + ROWS_A_STATEMENT - 1);
            let mut expected = Rows::default();
            for event in log.read(connection, first, last).await? {
                verify_event(connection, &event).await?;
                redactions += u64::from(matches!(event.event.body, EventBody::Redacted(_)));
                let mut rows = projection::project(connection, &event.event).await?;
                rows.log.push(event.row);
                expected.extend(rows);
            }
            sizes.iter_mut().zip(expected.sizes()).for_each(|(sum, size)| *sum += size);
            if let Some(place) = expected.difference(&Rows::stored(connection, first, last).await?) {
                return Err(differs(place));
            }
            progress(last, total);
        }
        if redacted != redactions {
            return Err(differs(format!(
                "object holds {redacted} rows without bytes, the log redacts {redactions}"
            )));
        }
        for ((table, stored), expected) in Rows::count(connection).await?.into_iter().zip(&sizes) {
            if stored != *expected {
                return Err(differs(format!("{table} holds {stored} rows, the log says {expected}")));
            }
        }
        let heads = head::Entity::find().all(connection).await?;
        if !matches!(heads.as_slice(), [head] if unsigned(head.revision) == total) {
            return Err(differs(format!("head holds {heads:?}, the log has {total} events")));
        }
        let drafts = verify_drafts(connection).await?;
        let root = log.tree.root();
        Ok(Checked { objects, redacted, events: total, rows: sizes.iter().sum(), drafts, root })
    }

    /// Remakes every projection from `object` and `event`, in one transaction.
    pub async fn rebuild(&self, mut progress: impl FnMut(Revision, Revision)) -> Result<Rebuilt> {
        let transaction = self.lock().await?;
        let connection = &transaction;
        Rows::clear(connection).await?;
        let total = event::Entity::find().count(connection).await?;
        let mut log = Replay::default();
        let mut rows = 0;
        for first in (1..=total).step_by(ROWS_A_STATEMENT as usize) {
            let last = total.min(first + ROWS_A_STATEMENT - 1);
            for event in log.read(connection, first, last).await? {
                let mut projected = projection::project(connection, &event.event).await?;
                projected.log.push(event.row);
                rows += projected.sizes().iter().sum::<u64>();
                projected.insert(connection).await?;
            }
            progress(last, total);
        }
        head::Entity::delete_many().exec(connection).await?;
        let row = head::ActiveModel { id: sea_orm::Set(1), revision: sea_orm::Set(signed(total)) };
        head::Entity::insert(row).exec_without_returning(connection).await?;
        transaction.commit().await?;
        Ok(Rebuilt { events: total, rows, root: log.tree.root() })
    }
}

/// Walks the log from its first event and grows its tree.
#[derive(Default)]
struct Replay {
    tree: Frontier,
    at: Option<Instant>,
    /// The last version of each catalogue so far.
    last: HashMap<CatalogueCode, (u32, Digest)>,
}

struct Replayed {
    event: Event,
    row: super::entity::log::Model,
    /// For a PUBLISHED event: the version before.
    previous: Option<(u32, Digest)>,
}

impl Replay {
    async fn read<C: ConnectionTrait>(
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

async fn verify_objects<C: ConnectionTrait>(connection: &C) -> Result<(u64, u64)> {
    let (mut whole, mut redacted) = (0, 0);
    let mut after: Option<Vec<u8>> = None;
    loop {
        let mut query = object::Entity::find().order_by_asc(object::Column::Digest).limit(ROWS_A_STATEMENT);
        if let Some(after) = after.take() {
            query = query.filter(object::Column::Digest.gt(after));
        }
        let rows = query.all(connection).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.digest.clone());
        for row in &rows {
            let key = Digest::from_bytes(&row.digest)
                .ok_or_else(|| differs("object with a key that is no digest"))?;
            match &row.bytes {
                None => redacted += 1,
                Some(bytes) if digest_of(bytes) != Some(key) => {
                    return Err(differs(format!("object {key}: its bytes have another digest")));
                }
                Some(bytes) if !is_canonical(bytes) => {
                    return Err(differs(format!("object {key}: its bytes are not in canonical form")));
                }
                Some(_) => whole += 1,
            }
        }
    }
    Ok((whole, redacted))
}

/// Whether an object that says something says it in canonical form; lists of hashes say nothing.
fn is_canonical(bytes: &[u8]) -> bool {
    let said = leaf_content(bytes).or(bytes.starts_with(b"{").then_some(bytes));
    said.is_none_or(|said| canonical::from_bytes::<serde_json::Value>(said).is_ok())
}

/// What an event leads to: objects that are there (or redacted), and say the same as the event.
async fn verify_event<C: ConnectionTrait>(connection: &C, replayed: &Replayed) -> Result<()> {
    let event = &replayed.event;
    let place = |what: &str| differs(format!("event {}: {what}", event.revision));
    match &event.body {
        EventBody::Published(published) => {
            let checked = verify_version(connection, published, replayed.previous).await;
            checked.map_err(|error| match error {
                Error::Inconsistent(what) => place(&what),
                other => other,
            })
        }
        EventBody::Reference(load) => {
            let Some(index) = projection::object(connection, load.records).await? else { return Ok(()) };
            let index =
                Chunks::from_object(&index).map_err(|_| place("its records are of another format"))?;
            let mut tree = Frontier::default();
            for chunk in &index.chunks {
                let Some(bytes) = projection::object(connection, chunk.object).await? else { return Ok(()) };
                let chunk = crate::catalogue::format::Chunk::from_object(&bytes)?;
                for record in chunk.records {
                    tree.push(merkle::leaf_hash(&canonical::to_bytes(&record)?));
                }
            }
            if tree.root() == load.root && tree.size() == load.count {
                Ok(())
            } else {
                Err(place("its root differs"))
            }
        }
        EventBody::Redacted(redacted) => match projection::object(connection, redacted.object).await? {
            None => Ok(()),
            Some(_) => Err(place("the object still has its bytes")),
        },
        EventBody::Genesis(_) | EventBody::Withdrawn(_) | EventBody::Closed(_) => Ok(()),
    }
}

async fn verify_version<C: ConnectionTrait>(
    connection: &C,
    published: &Published,
    previous: Option<(u32, Digest)>,
) -> Result<()> {
    if published.number != previous.map_or(1, |(number, _)| number + 1) {
        return Err(differs("its number does not follow the one before"));
    }
    if let Some(bytes) = projection::object(connection, published.version).await? {
        let header = Version::from_object(&bytes)
            .map_err(|error| differs(format!("{}: {error}", published.version)))?;
        if header.previous != previous.map(|(_, digest)| digest) {
            return Err(differs("the header names another version before it"));
        }
        let said = (&header.catalogue, header.number, header.entries, header.size, header.effective_from);
        let event = (
            &published.catalogue,
            published.number,
            published.entries,
            published.size,
            published.effective_from,
        );
        if said != event {
            return Err(differs("the header says something else"));
        }
        let schemas = projection::objects(connection, &header.element_schemas).await?;
        if let Some(lost) = header.element_schemas.iter().find(|digest| !schemas.contains_key(*digest)) {
            return Err(projection::missing(*lost));
        }
    }
    let Some(list) = projection::object(connection, published.entries).await? else { return Ok(()) };
    let leaves = leaves(published.entries, &list).ok_or_else(|| differs("its entries are no list"))?;
    if leaves.len() != published.size as usize {
        return Err(differs("its entries are not as many as it says"));
    }
    let entries = projection::objects(connection, &leaves).await?;
    let parts: Vec<Digest> = entries
        .values()
        .flatten()
        .filter_map(|bytes| crate::catalogue::version::Entry::from_object(bytes).ok())
        .flat_map(|entry| [entry.content, entry.local])
        .collect();
    let stored = projection::objects(connection, &parts).await?;
    parts
        .iter()
        .find(|part| !stored.contains_key(*part))
        .map_or(Ok(()), |lost| Err(projection::missing(*lost)))
}

async fn verify_drafts<C: ConnectionTrait>(connection: &C) -> Result<u64> {
    let drafts = super::entity::draft::Entity::find().all(connection).await?;
    for row in &drafts {
        let digest = super::read::digest(&row.digest, "draft")?;
        let (version, _) = draft::open(digest, &row.objects)?;
        if (version.catalogue.as_str(), version.number.cast_signed()) != (row.catalogue.as_str(), row.number)
        {
            return Err(differs(format!("draft {digest}: it is of another catalogue or number")));
        }
    }
    Ok(drafts.len() as u64)
}
