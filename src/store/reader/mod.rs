//! Refs, trees, blobs: how reads are fast.
//!
//! *Refs* say which versions each catalogue has and since when; they are small, live in memory and are swapped whole
//! when the log has grown. A *tree* is the entries of one version, a *blob* one content or local part: neither ever
//! changes, so a bounded cache keyed by digest is never wrong and serves every scope. Records of registers are kept
//! with the epoch of their register. What is missing is loaded in one statement for
//! all who ask at once.

mod changes;
mod compare;
mod dataset;
mod governments;
mod heads;
mod lines;
mod matching;
mod meanings;
mod reads;
mod record_lines;
mod records;
mod refs;
mod trees;
mod wide;

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;
use chrono::NaiveDate;
use moka::sync::Cache;

use self::records::RecordKey;
pub use self::{
    changes::Following,
    governments::{Government, Governments, Outline},
    lines::{ItemLines, Slice},
    meanings::Meaning,
    reads::{Basis, Reads},
    record_lines::RecordLines,
    records::{Held, Recorded},
    refs::{CatalogueRef, Refs, Seen, VersionRef},
    trees::{Leaf, Tree},
    wide::{Found, TALLIES, Tally},
};
use super::{Store, projection};
use crate::{
    catalogue::{
        content::Content,
        digest::Digest,
        element::ElementSchema,
        format::Format,
        local::Local,
        scope::{Revision, Scope, ScopeRequest},
        version::Version,
    },
    clock::Clock,
    error::Result,
};

/// How much the caches hold: rows of trees, headers, blobs and records each. Blobs are shared by the rows that say the
/// same, so the trees are what takes most: about 300 bytes a row.
const ROWS: u64 = 600_000;
const HEADERS: u64 = 50_000;
const BLOBS: u64 = 200_000;
const RECORDS: u64 = 100_000;

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

/// The store as readers see it.
#[derive(Clone)]
pub struct Reader {
    store: Store,
    refs: Arc<ArcSwap<Refs>>,
    headers: Cache<BlobKey, Arc<Version>>,
    trees: Cache<BlobKey, Arc<Tree>>,
    contents: Cache<BlobKey, Arc<Content>>,
    locals: Cache<BlobKey, Arc<Local>>,
    elements: Cache<BlobKey, Arc<ElementSchema>>,
    records: Cache<RecordKey, Arc<Recorded>>,
    lists: Cache<RecordKey, Arc<[String]>>,
    names: Cache<RecordKey, Arc<[String]>>,
    meanings: Cache<Meaning, meanings::Code>,
    wide: usize,
    /// What is read, where somebody wants to know it.
    reads: Option<Arc<Reads>>,
}

impl Reader {
    /// A reader of a store whose log has begun.
    pub async fn new(store: Store) -> Result<Self> {
        let reader = Self {
            store,
            refs: Arc::default(),
            headers: Cache::new(HEADERS),
            trees: Cache::builder().max_capacity(ROWS).weigher(rows).build(),
            contents: Cache::new(BLOBS),
            locals: Cache::new(BLOBS),
            elements: Cache::new(HEADERS),
            records: Cache::new(RECORDS),
            lists: Cache::new(RECORDS),
            names: Cache::new(RECORDS),
            meanings: Cache::new(RECORDS),
            wide: WIDE,
            reads: None,
        };
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
        &self.store
    }

    /// The clock of the store.
    pub fn clock(&self) -> &Clock {
        self.store.clock()
    }

    /// The head of the log, as far as it was followed. Who tells it to a client notes the log, too.
    pub fn revision(&self) -> Revision {
        self.refs.load().revision
    }

    /// The refs as they are now; whoever holds them sees one state.
    pub fn refs(&self) -> Seen {
        Seen { refs: self.refs.load_full(), reads: self.reads.clone() }
    }

    /// Whether what an answer was read from still stands, and the head of the log under which it does.
    pub fn stands(&self, basis: &Basis, today: NaiveDate) -> Option<Revision> {
        let refs = self.refs.load();
        basis.holds(&refs, today).then(|| refs.revision.max(basis.revision()))
    }

    /// The last redaction: what was read before it may not be kept any longer.
    pub fn last_redaction(&self) -> Revision {
        self.redacted()
    }

    /// The scope that somebody asks for, as [`Store::scope`] resolves it.
    pub async fn scope(&self, request: ScopeRequest) -> Result<Scope> {
        let scope = self.store.scope(request).await?;
        // What was known at an instant is settled when something was recorded after it: another writer's clock may be
        // behind ours.
        if request.known_at.is_some() && scope.revision >= self.revision() {
            self.note(Reads::beyond);
        }
        Ok(scope)
    }

    /// Looks whether the log has grown, and swaps the refs if so.
    pub async fn refresh(&self) -> Result<Revision> {
        let head = self.store.head().await?;
        let old = self.refs.load_full();
        if head != old.revision {
            let grown = old.grown(&self.store.reader, head).await?;
            let erased = grown.redacted != old.redacted;
            self.refs.store(Arc::new(grown));
            if erased {
                self.forget();
            }
        }
        Ok(head)
    }

    /// Drops all that is kept: erased bytes must not stay in memory either.
    fn forget(&self) {
        self.headers.invalidate_all();
        self.trees.invalidate_all();
        self.contents.invalidate_all();
        self.locals.invalidate_all();
        self.elements.invalidate_all();
        self.records.invalidate_all();
        self.lists.invalidate_all();
        self.names.invalidate_all();
        self.meanings.invalidate_all();
    }

    /// Headers by digest; those redacted are missing.
    pub async fn headers(&self, digests: &[Digest]) -> Result<HashMap<Digest, Arc<Version>>> {
        self.blobs(&self.headers, digests).await
    }

    /// Contents by digest; those redacted are missing.
    pub async fn contents(&self, digests: &[Digest]) -> Result<HashMap<Digest, Arc<Content>>> {
        self.blobs(&self.contents, digests).await
    }

    /// Local parts by digest; those redacted are missing.
    pub async fn locals(&self, digests: &[Digest]) -> Result<HashMap<Digest, Arc<Local>>> {
        self.blobs(&self.locals, digests).await
    }

    /// Declarations of further elements by digest; those redacted are missing.
    pub async fn elements(&self, digests: &[Digest]) -> Result<HashMap<Digest, Arc<ElementSchema>>> {
        self.blobs(&self.elements, digests).await
    }

    /// A header in memory.
    pub fn header(&self, digest: Digest) -> Option<Arc<Version>> {
        self.headers.get(&(self.redacted(), digest))
    }

    /// A tree in memory, by the digest of its version.
    pub fn tree(&self, digest: Digest) -> Option<Arc<Tree>> {
        self.trees.get(&(self.redacted(), digest))
    }

    /// A content in memory.
    pub fn content(&self, digest: Digest) -> Option<Arc<Content>> {
        self.contents.get(&(self.redacted(), digest))
    }

    /// A local part in memory.
    pub fn local(&self, digest: Digest) -> Option<Arc<Local>> {
        self.locals.get(&(self.redacted(), digest))
    }

    /// A declaration in memory.
    pub fn element(&self, digest: Digest) -> Option<Arc<ElementSchema>> {
        self.elements.get(&(self.redacted(), digest))
    }

    /// How many entries each cache has, about.
    pub fn cached(&self) -> [(&'static str, u64); 9] {
        [
            ("headers", self.headers.entry_count()),
            ("trees", self.trees.entry_count()),
            ("contents", self.contents.entry_count()),
            ("locals", self.locals.entry_count()),
            ("elements", self.elements.entry_count()),
            ("records", self.records.entry_count()),
            ("lists", self.lists.entry_count()),
            ("names", self.names.entry_count()),
            ("meanings", self.meanings.entry_count()),
        ]
    }

    fn redacted(&self) -> Revision {
        self.refs.load().redacted
    }

    async fn blobs<T: Format + Send + Sync + 'static>(
        &self,
        cache: &Cache<BlobKey, Arc<T>>,
        digests: &[Digest],
    ) -> Result<HashMap<Digest, Arc<T>>> {
        let epoch = self.redacted();
        let (mut found, missing) = split(cache, epoch, digests);
        if !missing.is_empty() {
            for (digest, bytes) in projection::objects(&self.store.reader, &missing).await? {
                let Some(bytes) = bytes else { continue };
                let value = Arc::new(projection::parsed::<T>(digest, &bytes)?);
                cache.insert((epoch, digest), value.clone());
                found.insert(digest, value);
            }
        }
        Ok(found)
    }
}

/// What a tree weighs: its rows, and something for itself.
fn rows(_: &BlobKey, tree: &Arc<Tree>) -> u32 {
    u32::try_from(tree.entries.len()).unwrap_or(u32::MAX).saturating_add(4)
}

type Split<T> = (HashMap<Digest, Arc<T>>, Vec<Digest>);

/// What a cache holds of the digests, and what it lacks.
fn split<T: Send + Sync + 'static>(
    cache: &Cache<BlobKey, Arc<T>>,
    epoch: Revision,
    digests: &[Digest],
) -> Split<T> {
    let mut found = HashMap::with_capacity(digests.len());
    let mut missing = Vec::new();
    for digest in digests {
        match cache.get(&(epoch, *digest)) {
            Some(value) => drop(found.insert(*digest, value)),
            None => missing.push(*digest),
        }
    }
    (found, missing)
}
