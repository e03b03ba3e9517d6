//! Lists that were made lately (近期列表): which rows a list of few catalogues has, in order, and how these are
//! distributed. Whoever goes on to the next page, or asks how many there are, does not make it again; it is found until
//! one of its catalogues changes.

use std::{
    ops::Deref,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use chrono::NaiveDate;

use super::{CatalogueRef, Reader, Tally, Tree, VersionRef};
use crate::cache::{self, Cache};
use crate::catalogue::{
    facet::Facet,
    scope::{Revision, Scope},
    selection::{Order, Selection},
    version::Version,
};

/// How much is kept, in bytes.
const BYTES: u64 = 8 << 20;

/// Facets are kept of lists where they have so many values at most.
const VALUES: usize = 40;

/// What a list was made from: the question, and the last event that it may have heard of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RowsKey {
    redacted: Revision,
    known: Revision,
    on: NaiveDate,
    order: Order,
    selection: Selection,
}

/// The rows of a list, in order: of each the number of its table, and its place there.
#[derive(Debug, Default)]
pub struct Rows {
    places: Box<[(u32, u32)]>,
    tables: Mutex<Option<Arc<[Opened]>>>,
    tallies: Mutex<Vec<(Facet, Arc<[Tally]>)>>,
}

/// A table of a list, as it was found (已打开的版本): whoever makes the list again does not look for it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Whose version it is.
    pub catalogue: Arc<CatalogueRef>,
    /// Which version.
    pub version: VersionRef,
    /// Its header; `None` once redacted.
    pub header: Option<Arc<Version>>,
    /// Its entries, which are kept elsewhere, or no longer.
    pub tree: Weak<Tree>,
}

impl Rows {
    /// The rows by table and place.
    pub fn new(places: Vec<(u32, u32)>) -> Self {
        Self { places: places.into(), ..Self::default() }
    }

    /// The tables, where they were found before.
    pub fn tables(&self) -> Option<Arc<[Opened]>> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps the tables with them.
    pub fn keep_tables(&self, tables: impl Iterator<Item = Opened>) {
        *self.tables.lock().unwrap_or_else(PoisonError::into_inner) = Some(tables.collect());
    }

    /// How they are distributed, where somebody asked for it before.
    pub fn tallied(&self, facet: Facet) -> Option<Arc<[Tally]>> {
        let tallies = self.tallies.lock().unwrap_or_else(PoisonError::into_inner);
        tallies.iter().find(|(known, _)| *known == facet).map(|(_, tallies)| tallies.clone())
    }

    /// Keeps how they are distributed with them.
    pub fn keep_tallies(&self, facet: Facet, tallies: &Arc<[Tally]>) {
        let mut kept = self.tallies.lock().unwrap_or_else(PoisonError::into_inner);
        if tallies.len() <= VALUES && !kept.iter().any(|(known, _)| *known == facet) {
            kept.push((facet, tallies.clone()));
        }
    }

    fn weight(key: &RowsKey, rows: &Arc<Self>) -> u32 {
        let runs = key.selection.divisions.as_ref().map_or(0, Vec::len);
        let tables = rows.tables().map_or(0, |tables| size_of_val(&*tables));
        u32::try_from(size_of_val(&*rows.places) + tables + 80 * runs + 2_000).unwrap_or(u32::MAX)
    }
}

impl Deref for Rows {
    type Target = [(u32, u32)];

    fn deref(&self) -> &Self::Target {
        &self.places
    }
}

/// The lists that are kept.
pub(super) type Lists = Cache<RowsKey, Arc<Rows>>;

pub(super) fn lists() -> Lists {
    cache::weighed(BYTES, Rows::weight)
}

impl Reader {
    /// What a list of these catalogues is kept by: all that its divisions have, whatever the scope.
    pub fn rows_key(
        &self,
        candidates: &[Arc<CatalogueRef>],
        selection: &Selection,
        order: Order,
        scope: Scope,
    ) -> RowsKey {
        let changed = candidates.iter().map(|known| known.changed()).max().unwrap_or_default();
        RowsKey {
            redacted: self.redacted(),
            known: changed.min(scope.revision),
            on: scope.effective_on,
            order,
            selection: selection.clone(),
        }
    }

    /// A list that was made before.
    pub fn rows(&self, key: &RowsKey) -> Option<Arc<Rows>> {
        self.shared.made.get(key)
    }

    /// Keeps a list.
    pub fn keep_rows(&self, key: RowsKey, rows: &Arc<Rows>) {
        self.shared.made.insert(key, rows.clone());
    }
}
