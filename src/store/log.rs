//! Appending to the log: one transaction under the lock row, so that log order is commit order.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, sea_query::OnConflict,
};

use super::{
    Store, connect,
    entity::{event, head, log, object},
    projection::{self, Rows},
    signed,
    terms::Terms,
    unsigned,
};
use crate::{
    catalogue::{
        digest::Digest,
        event::{Event, EventBody, Instant},
        key::SigningKey,
        merkle::{self, Frontier},
        scope::Revision,
    },
    clock::Clock,
    error::{Error, Result},
};

/// Objects that go into one statement; each binds two values.
const OBJECTS_A_STATEMENT: usize = 500;

/// A transaction that holds the lock row.
pub(super) struct Writing {
    pub(super) transaction: DatabaseTransaction,
    /// Whether what it does is to last.
    kept: bool,
    clock: Clock,
    signer: Option<Arc<SigningKey>>,
    /// The revision of the last event when the transaction began.
    begun: Revision,
    frontier: Frontier,
    last_at: Option<Instant>,
}

impl Store {
    /// Does something in one transaction under the lock row; waits for whoever writes now. It lasts where it
    /// succeeds and nobody said [`Writing::undo`].
    pub(super) async fn write<T>(&self, work: impl AsyncFnOnce(&mut Writing) -> Result<T>) -> Result<T> {
        let begun = async |writing: &mut Writing| match writing.revision() {
            0 => Err(Error::NotMigrated),
            _ => work(writing).await,
        };
        self.write_unchecked(begun).await
    }

    /// As [`Store::write`], also on a log without events.
    pub(super) async fn write_unchecked<T>(
        &self,
        work: impl AsyncFnOnce(&mut Writing) -> Result<T>,
    ) -> Result<T> {
        let mut writing = self.begin().await?;
        let outcome = async {
            let done = work(&mut writing).await?;
            writing.seal_head().await?;
            Ok(done)
        };
        let outcome = outcome.await;
        if writing.kept {
            connect::settle(writing.transaction, outcome).await
        } else {
            writing.transaction.rollback().await?;
            outcome
        }
    }

    /// A transaction that holds the lock row, without a look at the log.
    pub(super) async fn lock(&self) -> Result<DatabaseTransaction> {
        let transaction = connect::begin_immediate(&self.writer).await?;
        hold_head(&transaction).await?;
        Ok(transaction)
    }

    async fn begin(&self) -> Result<Writing> {
        let transaction = self.lock().await?;
        let last = log::Entity::find().order_by_desc(log::Column::Revision).one(&transaction).await?;
        let (frontier, last_at) = match last {
            None => (Frontier::default(), None),
            Some(row) => {
                let frontier = Frontier::from_bytes(unsigned(row.revision), &row.frontier);
                let at = serde_json::from_value(row.at.into()).ok();
                let broken = || Error::Inconsistent(format!("log {}", row.revision));
                (frontier.ok_or_else(broken)?, Some(at.ok_or_else(broken)?))
            }
        };
        let (clock, signer, begun) = (self.clock.clone(), self.signer.clone(), frontier.size());
        Ok(Writing { transaction, kept: true, clock, signer, begun, frontier, last_at })
    }
}

/// Takes the lock row; waits for whoever holds it.
pub(super) async fn hold_head(transaction: &DatabaseTransaction) -> Result<()> {
    let head = head::ActiveModel { id: Set(1), revision: Set(0) };
    let once = OnConflict::column(head::Column::Id).do_nothing().to_owned();
    head::Entity::insert(head).on_conflict(once).exec_without_returning(transaction).await?;
    head::Entity::find_by_id(1).lock_exclusive().one(transaction).await?;
    Ok(())
}

impl Writing {
    /// Nothing of this is to last, though nothing failed.
    pub(super) fn undo(&mut self) {
        self.kept = false;
    }

    /// The revision of the last event.
    pub(super) fn revision(&self) -> Revision {
        self.frontier.size()
    }

    /// The tree hash over all events.
    pub(super) fn root(&self) -> Digest {
        self.frontier.root()
    }

    /// When the next event will be dated: now, but never before the last.
    pub(super) fn now(&self) -> Instant {
        self.last_at.map_or(self.clock.now(), |last| last.max(self.clock.now()))
    }

    /// Stores objects that are not there yet. `REDACTED` where one was there and was erased.
    pub(super) async fn put(&self, objects: &BTreeMap<Digest, Vec<u8>>) -> Result<()> {
        let all: Vec<(&Digest, &Vec<u8>)> = objects.iter().collect();
        for some in all.chunks(OBJECTS_A_STATEMENT) {
            let digests = some.iter().map(|(digest, _)| digest.as_bytes().to_vec());
            let stored: Vec<(Vec<u8>, bool)> = object::Entity::find()
                .select_only()
                .column(object::Column::Digest)
                .expr_as(object::Column::Bytes.is_null(), "redacted")
                .filter(object::Column::Digest.is_in(digests))
                .into_tuple()
                .all(&self.transaction)
                .await?;
            let redacted = stored.iter().find(|(_, redacted)| *redacted);
            if let Some(digest) = redacted.and_then(|(digest, _)| Digest::from_bytes(digest)) {
                return Err(Error::Redacted(digest));
            }
            let stored: HashSet<Vec<u8>> = stored.into_iter().map(|(digest, _)| digest).collect();
            let fresh = some.iter().filter(|(digest, _)| !stored.contains(digest.as_bytes().as_slice()));
            let (mut rows, mut terms) = (Vec::new(), Terms::default());
            for (digest, bytes) in fresh {
                let digest = digest.as_bytes().to_vec();
                terms.read(&digest, bytes);
                rows.push(object::ActiveModel { digest: Set(digest), bytes: Set(Some((*bytes).clone())) });
            }
            if !rows.is_empty() {
                object::Entity::insert_many(rows).exec_without_returning(&self.transaction).await?;
                terms.insert(&self.transaction).await?;
            }
        }
        Ok(())
    }

    /// Appends an event and projects it. Objects that it leads to must be stored before.
    pub(super) async fn append(&mut self, body: EventBody) -> Result<Revision> {
        let event = Event::new(self.revision() + 1, self.now(), None, body);
        let bytes = event.to_bytes()?;
        let row = event::ActiveModel { revision: Set(signed(event.revision)), bytes: Set(bytes.clone()) };
        event::Entity::insert(row).exec_without_returning(&self.transaction).await?;
        self.frontier.push(merkle::leaf_hash(&bytes));
        let log = projection::log_row(&event, &bytes, &self.frontier);
        let mut rows = projection::project(&self.transaction, &event).await?;
        rows.log.push(log);
        rows.insert(&self.transaction).await?;
        self.last_at = Some(event.at);
        Ok(event.revision)
    }

    /// Says where the log now ends, and seals it where there is a key. The first event stands unsealed: no key can be
    /// known before it.
    async fn seal_head(&self) -> Result<()> {
        if let Some(key) = self.signer.as_ref().filter(|_| self.revision() > self.begun.max(1)) {
            self.seal(key).await?;
        }
        let head = head::ActiveModel { id: Set(1), revision: Set(signed(self.revision())) };
        head.update(&self.transaction).await?;
        Ok(())
    }

    /// Makes the rows of some events again, after an object that they came from was redacted.
    pub(super) async fn reproject(&self, revisions: &[Revision]) -> Result<()> {
        for revision in revisions {
            let event = projection::event(&self.transaction, *revision).await?;
            let mut rows = projection::project(&self.transaction, &event).await?;
            rows.log = log::Entity::find_by_id(signed(*revision)).all(&self.transaction).await?;
            Rows::delete(&self.transaction, *revision).await?;
            rows.insert(&self.transaction).await?;
        }
        Ok(())
    }
}
