//! Refs, trees, blobs: how reads are fast.
//!
//! *Refs* say what changed when the log grew; they are small, live in memory and are swapped whole when it has grown.
//! A *shelf* says which versions the catalogues of a division have and since when: few catalogues are held all together,
//! of many those that were asked for last. A *tree* is the entries of one version, a *blob* one content or local part:
//! neither ever changes, so a bounded cache keyed by digest is never wrong and serves every scope. Records of registers
//! are kept with the epoch of their register. What is missing is loaded in one statement for all who ask at once.

mod ahead;
mod below;
mod blobs;
mod change_lines;
mod changes;
mod compare;
mod dataset;
mod governments;
mod heads;
mod lines;
mod listing;
mod matching;
mod meanings;
mod reads;
mod recent;
mod record_lines;
mod records;
mod refs;
mod rows;
mod shelf;
mod texts;
mod trees;
mod whole;
mod wide;

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;
use chrono::NaiveDate;

pub use self::{
    ahead::{Ahead, AheadItems},
    blobs::{BlobKeys, Blobs},
    change_lines::ChangeLines,
    changes::Following,
    governments::{Government, Governments, Outline},
    lines::{ItemLines, Slice},
    listing::Listed,
    meanings::Meaning,
    reads::{Basis, Reads},
    record_lines::RecordLines,
    records::{Held, Recorded},
    refs::Refs,
    rows::{Opened, Rows, RowsKey},
    shelf::{CatalogueRef, Shelf, VersionRef},
    trees::{Leaf, Tree, WithTree},
    wide::{Found, TALLIES, Tally},
};
use self::{below::BelowKey, records::RecordKey, refs::Known, rows::Lists, whole::Wholes};
use super::Store;
use crate::{
    cache::{self, Cache},
    catalogue::{
        content::Content,
        digest::Digest,
        element::ElementSchema,
        local::Local,
        scope::{Revision, Scope, ScopeRequest},
        selection::Run,
        version::Version,
    },
    clock::Clock,
    config,
    error::Result,
};

/// How much the caches hold: rows of trees, headers, contents, local parts and records each. Contents are shared by the
/// rows that say the same; hardly any local part is, and trees keep those of their rows.
const ROWS: u64 = 600_000;
const HEADERS: u64 = 50_000;
const CONTENTS: u64 = 200_000;
const LOCALS: u64 = 20_000;
const RECORDS: u64 = 100_000;
/// Places of which it is kept what lies below them.
const RUNS: u64 = 10_000;

/// Catalogues beyond which a list is asked of the projections instead of being read as trees.
const WIDE: usize = 200;

/// Keys that one statement asks for.
const KEYS_A_STATEMENT: usize = 500;

/// Which part of a list is wanted, in the order of its keys.
#[derive(Clone, Debug)]
pub struct Seek<K> {
    /// Only what comes after this key.
    pub after: Option<K>,
    /// Only what comes before this key.
    pub before: Option<K>,
    /// At most so many.
    pub count: u64,
    /// Those nearest the end instead of the beginning.
    pub from_end: bool,
}

/// A digest, and the last redaction that was known when its bytes were read: what was read before a redaction is
/// never found after it, not even where the reading began before and ended after.
type BlobKey = (Revision, Digest);

/// The store as readers see it. Every request has some of its own, so it is few things to hand on.
#[derive(Clone)]
pub struct Reader {
    shared: Arc<Shared>,
    wide: usize,
    /// What is read, where somebody wants to know it.
    reads: Option<Arc<Reads>>,
}

/// What all readers of a store have together.
struct Shared {
    store: Store,
    refs: ArcSwap<Refs>,
    /// Where not all are held in `refs`.
    shelves: Cache<String, Arc<Shelf>>,
    below: Cache<BelowKey, Arc<[Run]>>,
    headers: Cache<BlobKey, Arc<Version>>,
    trees: Cache<BlobKey, Arc<Tree>>,
    contents: Cache<BlobKey, Arc<Content>>,
    locals: Cache<BlobKey, Arc<Local>>,
    elements: Cache<BlobKey, Arc<ElementSchema>>,
    texts: texts::Kept,
    records: Cache<RecordKey, Arc<Recorded>>,
    made: Lists,
    lists: Cache<RecordKey, Arc<[String]>>,
    names: Cache<RecordKey, Arc<[String]>>,
    meanings: Cache<Meaning, meanings::Code>,
    wholes: Wholes,
    /// So many catalogues are held all together, or kept when they were asked for.
    most: u64,
}

impl Reader {
    /// A reader of a store whose log has begun.
    pub async fn new(store: Store) -> Result<Self> {
        Self::holding(store, &config::Cache::default()).await
    }

    /// The same, which keeps as much as the settings say. Where there are no more catalogues than that, it holds what the log
    /// says of all of them from the beginning; otherwise of those that were asked for last. Both answer the same.
    pub async fn holding(store: Store, cache: &config::Cache) -> Result<Self> {
        let most = cache.catalogues;
        let weight = |_: &String, shelf: &Arc<Shelf>| {
            u32::try_from(shelf.catalogues().len()).unwrap_or(u32::MAX).saturating_add(1)
        };
        let shared = Shared {
            store,
            refs: ArcSwap::from_pointee(Refs::none()),
            shelves: cache::weighed(most, weight),
            below: cache::counted(RUNS),
            headers: cache::counted(HEADERS),
            trees: cache::weighed(ROWS, rows),
            contents: cache::counted(CONTENTS),
            locals: cache::counted(LOCALS),
            elements: cache::counted(HEADERS),
            texts: texts::Kept::new(cache.parts / 2),
            records: cache::counted(RECORDS),
            made: rows::lists(),
            lists: cache::counted(RECORDS),
            names: cache::counted(RECORDS),
            meanings: cache::counted(RECORDS),
            wholes: Wholes::default(),
            most,
        };
        let reader = Self { shared: Arc::new(shared), wide: WIDE, reads: None };
        reader.refresh().await?;
        Ok(reader)
    }

    /// The same reader with another bound between what is read as trees and what is asked of the projections; both
    /// ways answer the same.
    #[must_use]
    pub fn with_wide(self, wide: usize) -> Self {
        Self { wide, ..self }
    }

    /// How many catalogues a list may have to be read as trees.
    pub fn wide(&self) -> usize {
        self.wide
    }

    /// The same reader, which notes what is read through it.
    pub fn noting(&self) -> (Self, Arc<Reads>) {
        let reads = Arc::<Reads>::default();
        (Self { reads: Some(reads.clone()), ..self.clone() }, reads)
    }

    /// Notes what cannot be seen from what is read through this reader.
    pub fn note(&self, read: impl FnOnce(&Reads)) {
        if let Some(reads) = &self.reads {
            read(reads);
        }
    }

    /// The store itself. What is read there may be anything, also what the log says beyond the scope.
    pub fn store(&self) -> &Store {
        self.note(Reads::beyond);
        &self.shared.store
    }

    /// The clock of the store.
    pub fn clock(&self) -> &Clock {
        self.shared.store.clock()
    }

    /// The head of the log, as far as it was followed. Who tells it to a client notes the log, too.
    pub fn revision(&self) -> Revision {
        self.shared.refs.load().revision
    }

    /// The division on whose shelf the catalogue of a code would be; `None` where it is no such code. That somebody
    /// looks for it is noted.
    pub fn division_of<'a>(&self, catalogue: &'a str) -> Option<&'a str> {
        self.note(|reads| reads.catalogue(catalogue));
        shelf::division(catalogue)
    }

    /// The shelf of a division in memory, where it is up to date. Who reads all of it notes the division.
    pub fn shelf(&self, division: &str) -> Option<Arc<Shelf>> {
        let refs = self.shared.refs.load();
        match &refs.known {
            Known::All(shelves) => Some(shelves.get(division).cloned().unwrap_or_default()),
            Known::Some(recent) => {
                let shelf = self.shared.shelves.get(division)?;
                (recent.changed(division) <= shelf.revision).then_some(shelf)
            }
        }
    }

    /// The shelves of divisions, up to date.
    pub async fn shelves(&self, divisions: &[String]) -> Result<HashMap<String, Arc<Shelf>>> {
        // Whatever is read from here on knows the log up to there.
        let revision = self.revision();
        let mut found = HashMap::with_capacity(divisions.len());
        let mut missing = Vec::new();
        for division in divisions {
            match self.shelf(division) {
                Some(shelf) => drop(found.insert(division.clone(), shelf)),
                None => missing.push(division.clone()),
            }
        }
        for some in missing.chunks(KEYS_A_STATEMENT) {
            let mut loaded = shelf::load(&self.shared.store.reader, Some(some), revision).await?;
            for division in some {
                let shelf = loaded.remove(division).unwrap_or_else(|| Shelf::empty(revision));
                let shelf = Arc::new(shelf);
                self.shared.shelves.insert(division.clone(), shelf.clone());
                found.insert(division.clone(), shelf);
            }
        }
        Ok(found)
    }

    /// Whether what an answer was read from still stands, and the head of the log under which it does.
    pub fn stands(&self, basis: &Basis, today: NaiveDate) -> Option<Revision> {
        let refs = self.shared.refs.load();
        basis.holds(&refs, today).then(|| refs.revision.max(basis.revision()))
    }

    /// The last redaction: what was read before it may not be kept any longer.
    pub fn last_redaction(&self) -> Revision {
        self.redacted()
    }

    /// The scope that somebody asks for, as [`Store::scope`] resolves it.
    pub async fn scope(&self, request: ScopeRequest) -> Result<Scope> {
        let scope = self.shared.store.scope(request).await?;
        // What was known at an instant is settled when something was recorded after it: another writer's clock may be
        // behind ours.
        if request.known_at.is_some() && scope.revision >= self.revision() {
            self.note(Reads::beyond);
        }
        Ok(scope)
    }

    /// Looks whether the log has grown, and swaps the refs if so.
    pub async fn refresh(&self) -> Result<Revision> {
        let head = self.shared.store.head().await?;
        let old = self.shared.refs.load_full();
        if head != old.revision {
            let grown = Arc::new(old.grown(&self.shared.store.reader, head, self.shared.most).await?);
            let erased = grown.redacted != old.redacted;
            // Somebody else may have come further meanwhile.
            self.shared
                .refs
                .rcu(|now| if now.revision < grown.revision { grown.clone() } else { now.clone() });
            if erased {
                self.forget();
            }
        }
        Ok(head)
    }

    /// Drops all that is kept: erased bytes must not stay in memory either.
    fn forget(&self) {
        self.shared.headers.invalidate_all();
        self.shared.trees.invalidate_all();
        self.shared.contents.invalidate_all();
        self.shared.locals.invalidate_all();
        self.shared.elements.invalidate_all();
        self.shared.records.invalidate_all();
        self.shared.made.invalidate_all();
        self.shared.lists.invalidate_all();
        self.shared.names.invalidate_all();
        self.shared.meanings.invalidate_all();
        self.shared.texts.forget();
        self.shared.wholes.iter().for_each(|whole| whole.store(None));
    }

    /// How many entries each cache has, about.
    pub fn cached(&self) -> [(&'static str, u64); 11] {
        [
            ("shelves", self.shared.shelves.entry_count()),
            ("headers", self.shared.headers.entry_count()),
            ("trees", self.shared.trees.entry_count()),
            ("contents", self.shared.contents.entry_count()),
            ("locals", self.shared.locals.entry_count()),
            ("elements", self.shared.elements.entry_count()),
            ("texts", self.shared.texts.count()),
            ("records", self.shared.records.entry_count()),
            ("lists", self.shared.lists.entry_count()),
            ("names", self.shared.names.entry_count()),
            ("meanings", self.shared.meanings.entry_count()),
        ]
    }

    fn redacted(&self) -> Revision {
        self.shared.refs.load().redacted
    }
}

/// What a tree weighs: its rows, and something for itself.
fn rows(_: &BlobKey, tree: &Arc<Tree>) -> u32 {
    u32::try_from(tree.entries.len()).unwrap_or(u32::MAX).saturating_add(4)
}
