//! Refs: what changes when the log grows, at one head of it. Swapped whole.
//!
//! Where there are few catalogues, all shelves are among them, and nothing is ever asked of the database. Where there are
//! many, shelves enter through a bounded cache, and the refs say of which divisions these are out of date.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
    sync::Arc,
};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::{
    recent::Recent,
    shelf::{self, Shelf},
};
use crate::{
    catalogue::{
        code::CatalogueCode, event::EventBody, reference::Register, scope::Revision, selection::Run,
    },
    error::Result,
    store::{
        entity::{catalogue, event, log},
        projection, signed, unsigned,
    },
};

/// Beyond so many events it takes less to begin anew than to follow them.
const EVENTS: Revision = 5_000;

/// Loads of registers that one statement reads.
const LOADS: u64 = 500;

/// The changing part of the store, at one head of the log.
#[derive(Clone, Debug)]
pub struct Refs {
    /// The head.
    pub(super) revision: Revision,
    pub(super) known: Known,
    /// The last load of each register.
    epochs: Epochs,
    /// The last redaction.
    pub(super) redacted: Revision,
    /// The last event about any catalogue.
    pub(super) moved: Revision,
    /// The last time that a division got its first catalogue.
    pub(super) placed: Revision,
}

/// The last load of each register; 0 where there was none.
type Epochs = [Revision; Register::ALL.len()];

/// How catalogues are known.
#[derive(Clone, Debug)]
pub(super) enum Known {
    /// All of them, by division.
    All(BTreeMap<Arc<str>, Arc<Shelf>>),
    /// Those that were asked for, if nothing has changed since.
    Some(Recent),
}

impl Refs {
    /// At the beginning of the log.
    pub(super) fn none() -> Self {
        Self {
            revision: 0,
            known: Known::All(BTreeMap::new()),
            epochs: Epochs::default(),
            redacted: 0,
            moved: 0,
            placed: 0,
        }
    }

    /// The revision on which what is kept of a register depends: its last load, or the last redaction.
    pub(super) fn epoch(&self, register: Register) -> Revision {
        self.epochs[register as usize].max(self.redacted)
    }

    /// The revision after which nothing about the catalogue of a code has changed.
    pub(super) fn changed(&self, code: &str) -> Revision {
        match &self.known {
            Known::All(shelves) => {
                let shelf = shelf::division(code).and_then(|division| shelves.get(division));
                shelf.and_then(|shelf| shelf.catalogue(code)).map_or(0, |catalogue| catalogue.changed())
            }
            Known::Some(recent) => recent.changed(code),
        }
    }

    /// The same of all catalogues of a division.
    pub(super) fn changed_in(&self, division: &str) -> Revision {
        match &self.known {
            Known::All(shelves) => shelves.get(division).map_or(0, |shelf| shelf.changed()),
            Known::Some(recent) => recent.changed(division),
        }
    }

    /// The shelves of some runs of divisions, or all, in order; `None` where not all are held.
    pub(super) fn all(&self, runs: Option<&[Run]>) -> Option<Vec<(&str, &Shelf)>> {
        let Known::All(shelves) = &self.known else { return None };
        let Some(runs) = runs else {
            return Some(shelves.iter().map(|(division, shelf)| (&**division, &**shelf)).collect());
        };
        let within = |(first, last): &Run| {
            let range = (Bound::Included(first.as_str()), Bound::Included(last.as_str()));
            shelves.range::<str, _>(range).map(|(division, shelf)| (&**division, &**shelf))
        };
        Some(runs.iter().flat_map(within).collect())
    }

    /// The refs at `head`: these, and what the events since then add. So many catalogues at most are held all together.
    pub(super) async fn grown<C: ConnectionTrait>(
        &self,
        connection: &C,
        head: Revision,
        most: u64,
    ) -> Result<Self> {
        if self.revision == 0 || head.saturating_sub(self.revision) > EVENTS {
            return Self::read(connection, head, most).await;
        }
        let mut refs = Self { revision: head, ..self.clone() };
        let mut changed: BTreeSet<String> = BTreeSet::new();
        let events = event::Entity::find()
            .filter(event::Column::Revision.between(signed(self.revision + 1), signed(head)))
            .order_by_asc(event::Column::Revision);
        for row in events.all(connection).await? {
            let event = projection::parse_event(&row)?;
            match &event.body {
                EventBody::Published(published) => {
                    if published.number == 1 && !refs.has(published.catalogue.division.as_str()) {
                        refs.placed = event.revision;
                    }
                    changed.insert(refs.touch(&published.catalogue, event.revision));
                }
                EventBody::Withdrawn(withdrawn) => {
                    changed.insert(refs.touch(&withdrawn.catalogue, event.revision));
                }
                EventBody::Closed(closed) => {
                    changed.insert(refs.touch(&closed.catalogue, event.revision));
                }
                EventBody::Reference(load) => refs.epochs[load.register as usize] = event.revision,
                EventBody::Redacted(_) => refs.redacted = event.revision,
                EventBody::Genesis(_) | EventBody::Key(_) => {}
            }
        }
        refs.reload(connection, changed.into_iter().collect(), most).await?;
        Ok(refs)
    }

    /// Whether a division is known to have catalogues.
    fn has(&self, division: &str) -> bool {
        matches!(&self.known, Known::All(shelves) if shelves.contains_key(division))
    }

    /// Notes an event about a catalogue; its division.
    fn touch(&mut self, code: &CatalogueCode, revision: Revision) -> String {
        self.moved = revision;
        if let Known::Some(recent) = &mut self.known {
            recent.note(code.as_str(), revision);
            recent.note(code.division.as_str(), revision);
        }
        code.division.to_string()
    }

    /// Brings the shelves of some divisions up to date, where all are held.
    async fn reload<C: ConnectionTrait>(
        &mut self,
        connection: &C,
        divisions: Vec<String>,
        most: u64,
    ) -> Result<()> {
        let Known::All(shelves) = &mut self.known else { return Ok(()) };
        for some in divisions.chunks(super::KEYS_A_STATEMENT) {
            for (division, shelf) in shelf::load(connection, Some(some), self.revision).await? {
                shelves.insert(division.into(), Arc::new(shelf));
            }
        }
        let held: usize = shelves.values().map(|shelf| shelf.catalogues().len()).sum();
        if held as u64 > most {
            self.known = Known::Some(Recent::since(self.revision));
        }
        Ok(())
    }

    /// The refs at `head`, of which nothing is known yet.
    async fn read<C: ConnectionTrait>(connection: &C, head: Revision, most: u64) -> Result<Self> {
        let counted = catalogue::Entity::find().select_only().column(catalogue::Column::Code);
        let all = counted.limit(most + 1).into_tuple::<String>().all(connection).await?.len() as u64 <= most;
        let known = if all {
            let shelves = shelf::load(connection, None, head).await?;
            Known::All(shelves.into_iter().map(|(division, shelf)| (division.into(), shelf.into())).collect())
        } else {
            Known::Some(Recent::since(head))
        };
        let erased = log::Entity::find()
            .filter(log::Column::Kind.eq("REDACTED"))
            .filter(log::Column::Revision.lte(signed(head)))
            .order_by_desc(log::Column::Revision)
            .one(connection)
            .await?;
        Ok(Self {
            revision: head,
            known,
            epochs: epochs(connection, head).await?,
            redacted: erased.map_or(0, |row| unsigned(row.revision)),
            moved: head,
            placed: head,
        })
    }
}

/// The last load of each register: the newest events are looked through until all were seen.
async fn epochs<C: ConnectionTrait>(connection: &C, head: Revision) -> Result<Epochs> {
    let mut epochs = Epochs::default();
    let mut before = signed(head) + 1;
    while epochs.contains(&0) {
        let loads = log::Entity::find()
            .select_only()
            .column(log::Column::Revision)
            .filter(log::Column::Kind.eq("REFERENCE"))
            .filter(log::Column::Revision.lt(before))
            .order_by_desc(log::Column::Revision)
            .limit(LOADS)
            .into_query();
        let rows = event::Entity::find().filter(event::Column::Revision.in_subquery(loads));
        let rows = rows.order_by_desc(event::Column::Revision).all(connection).await?;
        let Some(last) = rows.last() else { break };
        before = last.revision;
        for row in &rows {
            if let EventBody::Reference(load) = projection::parse_event(row)?.body {
                let epoch = &mut epochs[load.register as usize];
                *epoch = unsigned(row.revision).max(*epoch);
            }
        }
    }
    Ok(epochs)
}
