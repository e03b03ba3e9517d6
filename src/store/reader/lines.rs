//! The items of a dataset, a batch at a time: however many there are, memory holds no more than a batch.

use std::{collections::HashMap, ops::Range, sync::Arc};

use futures_util::try_join;
use serde::Deserialize;
use tokio::sync::Mutex;

use super::{
    Reader,
    dataset::{Held, Kept},
    heads::Heads,
    texts::Texts,
};
use crate::{
    catalogue::{
        code::DomainCode,
        content::Content,
        dataset::{ItemLine, Titles, VersionHead},
        digest::Digest,
        local::Local,
        scope::{Revision, Scope},
        version::Entry,
    },
    error::{Error, Result},
    store::projection,
};

/// How many rows, and parts of versions, a batch has.
const ROWS: u32 = 1_000;
const PIECES: usize = 100;

/// Rows of one version that follow each other.
#[derive(Clone, Debug)]
struct Piece {
    held: Held,
    rows: Range<u32>,
}

/// Versions, of which pieces are taken from the beginning to the end.
#[derive(Debug)]
struct Rest {
    versions: std::vec::IntoIter<Kept>,
    /// The first, and how many rows of it were taken.
    first: Option<(Kept, u32)>,
}

impl Rest {
    fn new(versions: Vec<Kept>) -> Self {
        let mut versions = versions.into_iter();
        let first = versions.next().map(|first| (first, 0));
        Self { versions, first }
    }

    /// How many rows the next piece has. A version without rows is one piece all the same.
    fn front(&self) -> Option<u32> {
        self.first.as_ref().map(|(version, taken)| std::cmp::min(version.size - taken, ROWS))
    }

    /// The next piece: a version and which rows of it.
    fn take(&mut self) -> Option<(Kept, Range<u32>)> {
        let size = self.front()?;
        let (version, taken) = self.first.take()?;
        let rows = taken..taken + size;
        self.first = if rows.end < version.size {
            Some((version.clone(), rows.end))
        } else {
            self.versions.next().map(|next| (next, 0))
        };
        Some((version, rows))
    }
}

/// Rows of one version, read.
#[derive(Clone, Debug)]
pub struct Slice {
    /// Their version.
    pub head: Arc<VersionHead>,
    /// The rows in table order.
    pub lines: Vec<ItemLine>,
}

/// The items of a dataset, to be read from the beginning to the end.
pub struct ItemLines {
    /// The names that rows are shown with.
    pub titles: Arc<Titles>,
    source: Arc<Source>,
    rest: Rest,
    most: u64,
}

/// Where they are read.
struct Source {
    reader: Reader,
    scope: Scope,
    /// Of this domain only, in catalogues of several.
    of_domain: Option<DomainCode>,
    /// The version that was read last, which may go on.
    last: Mutex<Option<Last>>,
}

/// The entries of a version in table order, with the revision since which each reads so; `None` where one was redacted.
type Entries = Arc<[Option<(Entry, Revision)>]>;

/// A version that was read.
struct Last {
    head: Arc<VersionHead>,
    entries: Entries,
}

impl ItemLines {
    pub(super) fn new(
        reader: Reader,
        scope: Scope,
        kept: Vec<Kept>,
        titles: Titles,
        of_domain: Option<DomainCode>,
    ) -> Self {
        let most = kept.iter().map(|kept| u64::from(kept.size)).sum();
        let source = Arc::new(Source { reader, scope, of_domain, last: Mutex::default() });
        Self { titles: Arc::new(titles), source, rest: Rest::new(kept), most }
    }

    /// The scope under which names are read.
    pub fn scope(&self) -> Scope {
        self.source.scope
    }

    /// How many rows there are; of a domain, how many there are at most.
    pub fn most(&self) -> u64 {
        self.most
    }
}

/// Rows in the order of the dataset, still to be read: several batches can be at once.
impl Iterator for ItemLines {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        let (mut taken, mut rows) = (Vec::new(), 0);
        while let Some(size) = self.rest.front() {
            if !taken.is_empty() && (rows + size > ROWS || taken.len() == PIECES) {
                break;
            }
            rows += size;
            taken.extend(self.rest.take());
        }
        (!taken.is_empty()).then(|| Batch { source: self.source.clone(), taken })
    }
}

/// Rows that follow each other, to be read together.
pub struct Batch {
    source: Arc<Source>,
    taken: Vec<(Kept, Range<u32>)>,
}

impl Batch {
    /// The rows, version by version.
    pub async fn read(self) -> Result<Vec<Slice>> {
        let Self { source, taken } = self;
        let kept: Vec<&Kept> = taken.iter().map(|(kept, _)| kept).collect();
        let held = source.reader.resolved(&kept).await?;
        let some = held.into_iter().zip(taken).map(|(held, (_, rows))| Piece { held, rows });
        source.slices(some.collect()).await
    }
}

impl Source {
    async fn slices(&self, some: Vec<Piece>) -> Result<Vec<Slice>> {
        let (heads, all) = self.versions(&some).await?;
        let rows = |piece: &Piece| {
            let Range { start, end } = piece.rows;
            let entries = all.get(&piece.held.version.digest);
            let rows = entries.and_then(|entries| entries.get(start as usize..end as usize));
            rows.ok_or_else(|| Error::Inconsistent(format!("tree {}", piece.held.version.digest)))
        };
        let rows: Vec<&[Option<(Entry, Revision)>]> = some.iter().map(rows).collect::<Result<_>>()?;
        let entries = rows.iter().flat_map(|rows| rows.iter().flatten());
        let (contents, locals): (Vec<Digest>, Vec<Digest>) =
            entries.map(|(entry, _)| (entry.content, entry.local)).unzip();
        let reader = &self.reader;
        let (contents, locals) = try_join!(reader.texts::<Content>(contents), reader.texts::<Local>(locals))?;
        let mut slices = Vec::with_capacity(some.len());
        for (piece, rows) in some.iter().zip(rows) {
            let digest = piece.held.version.digest;
            let head = heads.get(&digest).ok_or_else(|| projection::missing(digest))?;
            let line = |(position, entry): (u32, &Option<(Entry, Revision)>)| {
                let entry = entry.as_ref().map(|(entry, _)| entry.clone());
                let part = |parts: &Texts, digest: Digest| parts.get(&digest).cloned().flatten();
                let content = entry.as_ref().and_then(|entry| part(&contents, entry.content));
                let local = entry.as_ref().and_then(|entry| part(&locals, entry.local));
                ItemLine { position, entry, content, local }
            };
            let mut lines: Vec<ItemLine> = piece.rows.clone().zip(rows).map(line).collect();
            if piece.held.code.domain.is_none()
                && let Some(domain) = &self.of_domain
            {
                lines.retain(|line| own_domain(line).as_ref() == Some(domain));
                if lines.is_empty() {
                    continue;
                }
            }
            slices.push(Slice { head: head.clone(), lines });
        }
        Ok(slices)
    }

    /// The versions of some pieces, by their digests. One batch after the other: a large version is of several batches,
    /// and read once.
    async fn versions(&self, some: &[Piece]) -> Result<(Heads, HashMap<Digest, Entries>)> {
        let mut last = self.last.lock().await;
        let (heads, all) = try_join!(self.heads(some, last.as_ref()), self.entries(some, last.as_ref()))?;
        if let Some(digest) = some.last().map(|piece| piece.held.version.digest) {
            let both = heads.get(&digest).cloned().zip(all.get(&digest).cloned());
            *last = both.map(|(head, entries)| Last { head, entries });
        }
        Ok((heads, all))
    }

    /// The entries of the versions of some pieces.
    async fn entries(&self, some: &[Piece], last: Option<&Last>) -> Result<HashMap<Digest, Entries>> {
        let mut found: HashMap<Digest, Entries> =
            last.iter().map(|last| (last.head.digest, last.entries.clone())).collect();
        let mut missing: Vec<Digest> = some.iter().map(|piece| piece.held.version.digest).collect();
        missing.dedup();
        missing.retain(|digest| !found.contains_key(digest));
        let read = self.reader.entries_once(&missing).await?.into_iter();
        found.extend(read.map(|(digest, entries)| (digest, Entries::from(entries))));
        Ok(found)
    }

    /// What is said of the versions of some pieces.
    async fn heads(&self, some: &[Piece], last: Option<&Last>) -> Result<Heads> {
        let known = last.iter().map(|last| (last.head.digest, last.head.clone())).collect();
        let mut held: Vec<&Held> = some.iter().map(|piece| &piece.held).collect();
        held.dedup_by_key(|held| held.version.digest);
        self.reader.heads(&held, known, self.scope).await
    }
}

/// The domain that a row of a catalogue of several has of its own; `None` where that is not known.
fn own_domain(line: &ItemLine) -> Option<DomainCode> {
    #[derive(Deserialize)]
    struct Own {
        domain: Option<DomainCode>,
    }
    serde_json::from_str::<Own>(line.local.as_deref()?).ok()?.domain
}
