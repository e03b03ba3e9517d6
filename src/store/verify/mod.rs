//! `verify` recomputes everything from the two tables and names the first row that differs; `rebuild` remakes the
//! projections from them.

mod checkpoints;
mod events;
mod objects;
mod replay;

use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait, QueryOrder};

pub(super) use self::objects::{Pages, is_itself};
use self::{checkpoints::Checkpoints, objects::Objects, replay::Replay};
use super::{
    Store, connect, draft,
    entity::{event, head, log},
    projection::{self, Rows},
    signed,
    terms::Terms,
    unsigned,
};
use crate::{
    catalogue::{digest::Digest, event::EventBody, merkle::Frontier, scope::Revision},
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
    /// Checkpoints whose size, root and signature were checked.
    pub checkpoints: u64,
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
    pub async fn verify(&self, progress: impl FnMut(Revision, Revision)) -> Result<Checked> {
        let transaction = self.lock().await?;
        let checked = verify(&transaction, progress).await;
        connect::settle(transaction, checked).await
    }

    /// Remakes every projection from `object` and `event`, in one transaction.
    pub async fn rebuild(&self, progress: impl FnMut(Revision, Revision)) -> Result<Rebuilt> {
        let transaction = self.lock().await?;
        let rebuilt = rebuild(&transaction, progress).await;
        connect::settle(transaction, rebuilt).await
    }
}

/// As [`Store::verify`], in a transaction that has begun.
pub(super) async fn verify<C: ConnectionTrait>(
    connection: &C,
    mut progress: impl FnMut(Revision, Revision),
) -> Result<Checked> {
    let Objects { whole: objects, redacted, terms } = objects::verify(connection).await?;
    let total = event::Entity::find().count(connection).await?;
    let mut log = Replay::default();
    let mut checkpoints = Checkpoints::default();
    let mut redactions = 0;
    let mut sizes = Rows::default().sizes();
    for first in (1..=total).step_by(ROWS_A_STATEMENT as usize) {
        let last = total.min(first + ROWS_A_STATEMENT - 1);
        let mut expected = Rows::default();
        let replayed = log.read(connection, first, last).await?;
        checkpoints.verify(connection, &replayed).await?;
        for event in replayed {
            events::verify(connection, &event).await?;
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
    checkpoints.finish(connection, total).await?;
    let drafts = verify_drafts(connection).await?;
    let root = log.tree.root();
    let rows = sizes.iter().sum::<u64>() + terms;
    let checkpoints = checkpoints.checked;
    Ok(Checked { objects, redacted, events: total, rows, drafts, checkpoints, root })
}

/// As [`Store::rebuild`], in a transaction that has begun.
pub(super) async fn rebuild<C: ConnectionTrait>(
    connection: &C,
    mut progress: impl FnMut(Revision, Revision),
) -> Result<Rebuilt> {
    Rows::clear(connection).await?;
    Terms::clear(connection).await?;
    let total = event::Entity::find().count(connection).await?;
    let mut log = Replay::default();
    let mut rows = objects::rebuild(connection).await?;
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
    Ok(Rebuilt { events: total, rows, root: log.tree.root() })
}

/// The last revision and the tree hash over all events, recomputed from them and held against the log's tree.
pub(super) async fn position<C: ConnectionTrait>(connection: &C) -> Result<(Revision, Digest)> {
    let total = event::Entity::find().count(connection).await?;
    let mut events = Replay::default();
    for first in (1..=total).step_by(ROWS_A_STATEMENT as usize) {
        events.read(connection, first, total.min(first + ROWS_A_STATEMENT - 1)).await?;
    }
    let last = log::Entity::find().order_by_desc(log::Column::Revision).one(connection).await?;
    let root = events.tree.root();
    same_position(&last.ok_or(Error::NotMigrated)?, total, root)?;
    Ok((total, root))
}

/// Whether a row of the log's tree says what was recomputed.
pub(super) fn same_position(row: &log::Model, revision: Revision, root: Digest) -> Result<()> {
    let said = Frontier::from_bytes(unsigned(row.revision), &row.frontier).map(|tree| tree.root());
    if unsigned(row.revision) == revision && said == Some(root) {
        Ok(())
    } else {
        Err(differs(format!("log {}: the events end with {revision} and have the root {root}", row.revision)))
    }
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
