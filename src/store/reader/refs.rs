//! Refs: which versions each catalogue has, from when, known since when. Small, in memory, swapped whole.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    catalogue::{
        code::CatalogueCode,
        digest::Digest,
        event::Instant,
        reference::Register,
        scope::{Closed, History, Published, Revision, Withdrawn},
    },
    error::{Error, Result},
    store::{
        entity::{closure, log, record, version, withdrawal},
        read, signed, unsigned,
    },
};

/// A catalogue and all that the log says about its versions.
#[derive(Clone, Debug)]
pub struct CatalogueRef {
    /// Its code.
    pub code: CatalogueCode,
    /// What is in force when.
    pub history: History,
    /// Its versions by number.
    pub versions: BTreeMap<u32, VersionRef>,
}

/// A version, as its PUBLISHED event says.
#[derive(Clone, Copy, Debug)]
pub struct VersionRef {
    /// The header's digest.
    pub digest: Digest,
    /// The root of its entries.
    pub entries: Digest,
    /// How many entries.
    pub size: u32,
    /// The day from which it is in force.
    pub effective_from: chrono::NaiveDate,
    /// The revision of the event.
    pub revision: Revision,
    /// When it was published.
    pub published_at: Instant,
}

/// The small, changing part of the store, at one head of the log.
#[derive(Clone, Debug, Default)]
pub struct Refs {
    /// The head.
    pub revision: Revision,
    /// Every catalogue by code.
    pub catalogues: BTreeMap<String, Arc<CatalogueRef>>,
    /// The codes of each division's catalogues, in order.
    pub by_division: BTreeMap<String, Vec<String>>,
    /// The last load of each register.
    epochs: HashMap<Register, Revision>,
    /// The last redaction.
    pub(super) redacted: Revision,
}

impl Refs {
    /// The revision on which what is kept of a register depends: its last load, or the last redaction.
    pub(super) fn epoch(&self, register: Register) -> Revision {
        self.epochs.get(&register).copied().unwrap_or_default().max(self.redacted)
    }

    /// The revision of the last redaction; 0 where there was none.
    pub fn redacted(&self) -> Revision {
        self.redacted
    }

    /// The refs at `head`: these, and what the events since then add.
    pub(super) async fn grown<C: ConnectionTrait>(&self, connection: &C, head: Revision) -> Result<Self> {
        let (first, last) = (signed(self.revision + 1), signed(head));
        let mut refs = Self { revision: head, ..self.clone() };
        let rows = log::Entity::find().filter(log::Column::Revision.between(first, last));
        let rows = rows.filter(log::Column::Kind.is_in(["PUBLISHED", "REDACTED"])).all(connection).await?;
        let mut instants: HashMap<i64, Instant> = HashMap::new();
        for row in rows {
            if row.kind == "REDACTED" {
                refs.redacted = refs.redacted.max(unsigned(row.revision));
            }
            let at = serde_json::from_value(row.at.into());
            let at = at.map_err(|_| Error::Inconsistent(format!("log {}", row.revision)))?;
            instants.insert(row.revision, at);
        }
        let versions = version::Entity::find().filter(version::Column::Revision.between(first, last));
        for row in versions.order_by_asc(version::Column::Revision).all(connection).await? {
            let published_at = instants.get(&row.revision).copied();
            let published_at =
                published_at.ok_or_else(|| Error::Inconsistent(format!("log {}", row.revision)))?;
            refs.add_version(row, published_at)?;
        }
        let withdrawals =
            withdrawal::Entity::find().filter(withdrawal::Column::Revision.between(first, last));
        for row in withdrawals.all(connection).await? {
            let withdrawn = Withdrawn {
                number: row.number.unsigned_abs(),
                from: row.from_day,
                revision: unsigned(row.revision),
            };
            refs.change(&row.catalogue, |catalogue| catalogue.history.withdrawn.push(withdrawn));
        }
        let closures = closure::Entity::find().filter(closure::Column::Revision.between(first, last));
        for row in closures.all(connection).await? {
            let closed = Closed { from: row.from_day, revision: unsigned(row.revision) };
            refs.change(&row.catalogue, |catalogue| catalogue.history.closed.push(closed));
        }
        let loads = record::Entity::find()
            .select_only()
            .column(record::Column::Register)
            .column_as(record::Column::Revision.max(), "last")
            .filter(record::Column::Revision.between(first, last))
            .group_by(record::Column::Register);
        for (register, revision) in loads.into_tuple::<(String, i64)>().all(connection).await? {
            let register = register.parse().map_err(Error::Inconsistent)?;
            refs.epochs.insert(register, unsigned(revision));
        }
        Ok(refs)
    }

    fn add_version(&mut self, row: version::Model, published_at: Instant) -> Result<()> {
        let code: CatalogueCode =
            row.catalogue.parse().map_err(|error| Error::Inconsistent(format!("version: {error}")))?;
        let number = row.number.unsigned_abs();
        let revision = unsigned(row.revision);
        if !self.catalogues.contains_key(code.as_str()) {
            let codes = self.by_division.entry(code.division.to_string()).or_default();
            let place = codes.partition_point(|known| known.as_str() < code.as_str());
            codes.insert(place, code.to_string());
            let fresh =
                CatalogueRef { code: code.clone(), history: History::default(), versions: BTreeMap::new() };
            self.catalogues.insert(code.to_string(), Arc::new(fresh));
        }
        let version = VersionRef {
            digest: read::digest(&row.digest, "version")?,
            entries: read::digest(&row.entries, "version")?,
            size: row.size.unsigned_abs(),
            effective_from: row.effective_from,
            revision,
            published_at,
        };
        self.change(code.as_str(), |catalogue| {
            let published = Published { number, effective_from: row.effective_from, revision };
            catalogue.history.versions.push(published);
            catalogue.versions.insert(number, version);
        });
        Ok(())
    }

    fn change(&mut self, code: &str, change: impl FnOnce(&mut CatalogueRef)) {
        if let Some(catalogue) = self.catalogues.get_mut(code) {
            change(Arc::make_mut(catalogue));
        }
    }
}
