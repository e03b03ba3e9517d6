//! What became of a dataset from one scope to another, a batch at a time: versions that are in force under both are
//! passed over unread, and of the others only the rows that differ are read.

use std::{
    cmp::Ordering,
    collections::{HashMap, VecDeque},
    iter::Peekable,
    sync::Arc,
};

use super::{
    Reader, Tree,
    dataset::{Held, Kept, of_domain},
    heads::Heads,
};
use crate::{
    catalogue::{
        changed::{ChangeRow, ItemSide},
        code::DomainCode,
        content::Content,
        dataset::{Dataset, Titles, VersionHead},
        diff::{self, Change, Difference, Line},
        digest::Digest,
        format::Format,
        local::Local,
        scope::{Scope, ScopeRequest},
        version::Entry,
    },
    error::{Error, Result},
    store::projection,
};

/// How many changes are read together, how many catalogues are compared together, and after how many rows of these no
/// other is taken.
const CHANGES: usize = 1_000;
const CATALOGUES: usize = 100;
const ROWS: u64 = 20_000;

/// A catalogue of which another version is in force under the one scope than under the other.
struct Pair {
    before: Option<Kept>,
    after: Option<Kept>,
}

impl Pair {
    fn sides(&self) -> impl Iterator<Item = &Kept> {
        self.before.iter().chain(&self.after)
    }

    /// How many rows both sides have.
    fn rows(&self) -> u64 {
        self.sides().map(|kept| u64::from(kept.size)).sum()
    }
}

/// The rows that a dataset has of a version.
struct Side {
    version: Arc<VersionHead>,
    /// With their places among those that the dataset has, from 0.
    rows: Vec<(usize, Entry)>,
}

/// What became of a catalogue.
#[derive(Clone)]
struct Found {
    before: Option<Arc<Side>>,
    after: Option<Arc<Side>>,
    /// Whether its own row is still to come.
    is_new: bool,
    changes: VecDeque<Change>,
}

/// What became of a dataset, to be read from the beginning to the end.
pub struct ChangeLines {
    reader: Reader,
    scope: Scope,
    /// The names that rows are shown with.
    titles: Arc<Titles>,
    /// Of this domain only, in catalogues of several.
    of_domain: Option<DomainCode>,
    pairs: Peekable<std::vec::IntoIter<Pair>>,
    /// What was compared and not read yet.
    found: VecDeque<Found>,
    most: u64,
}

impl Reader {
    /// What became of a dataset since a scope: by the code of the catalogue, and the place in its table. `NOT_FOUND`
    /// where the place or the domain is known under neither scope, `UNKNOWN_REVISION` beyond the head.
    pub async fn change_lines(&self, of: &Dataset, since: Scope, scope: Scope) -> Result<ChangeLines> {
        let asked = ScopeRequest {
            revision: Some(since.revision),
            effective_on: Some(since.effective_on),
            known_at: None,
        };
        let since = self.store().scope(asked).await?;
        let later = if since.revision > scope.revision { since } else { scope };
        self.follow(later).await?;
        // A register forgets nothing: what is known under the earlier one is under the later one.
        self.must_have(of, later).await?;
        let pairs = pairs(self.kept(of, since).await?, self.kept(of, scope).await?);
        Ok(ChangeLines {
            reader: self.clone(),
            scope,
            titles: Arc::new(self.titles(scope).await?),
            of_domain: of_domain(of).cloned(),
            most: pairs.iter().map(|pair| pair.rows() + 1).sum(),
            pairs: pairs.into_iter().peekable(),
            found: VecDeque::new(),
        })
    }
}

/// The catalogues of which not the same version is in force on both sides, which come by code.
fn pairs(before: Vec<Kept>, after: Vec<Kept>) -> Vec<Pair> {
    let (mut before, mut after) = (before.into_iter().peekable(), after.into_iter().peekable());
    let mut pairs = Vec::new();
    loop {
        let order = match (before.peek(), after.peek()) {
            (None, None) => return pairs,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(before), Some(after)) => before.code.cmp(&after.code),
        };
        let pair =
            Pair { before: before.next_if(|_| order.is_le()), after: after.next_if(|_| order.is_ge()) };
        let number = |kept: &Option<Kept>| kept.as_ref().map(|kept| kept.number);
        if number(&pair.before) != number(&pair.after) {
            pairs.push(pair);
        }
    }
}

impl ChangeLines {
    /// How many rows there are at most.
    pub fn most(&self) -> u64 {
        self.most
    }

    /// The next rows; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<ChangeRow>>> {
        while self.found.is_empty() {
            if !self.compare().await? {
                return Ok(None);
            }
        }
        let (mut some, mut room) = (Vec::new(), CHANGES);
        while let Some(mut found) = self.found.pop_front() {
            let rest = found.changes.split_off(room.min(found.changes.len()));
            room -= found.changes.len();
            if !rest.is_empty() {
                self.found.push_front(Found { is_new: false, changes: rest, ..found.clone() });
            }
            some.push(found);
            if room == 0 {
                break;
            }
        }
        self.rows(&some).await.map(Some)
    }

    /// Compares the next catalogues; `false` where there are none.
    async fn compare(&mut self) -> Result<bool> {
        let (mut taken, mut rows) = (Vec::new(), 0);
        let fits = |pair: &Pair, taken: &Vec<Pair>, rows: u64| {
            taken.is_empty() || taken.len() < CATALOGUES && rows + pair.rows() <= ROWS
        };
        while let Some(pair) = self.pairs.next_if(|pair| fits(pair, &taken, rows)) {
            rows += pair.rows();
            taken.push(pair);
        }
        if taken.is_empty() {
            return Ok(false);
        }
        let kept: Vec<&Kept> = taken.iter().flat_map(Pair::sides).collect();
        let held = self.reader.resolved(&kept).await?;
        let heads = self.reader.heads(&held.iter().collect::<Vec<_>>(), Heads::default(), self.scope).await?;
        let digests: Vec<Digest> = held.iter().map(|held| held.version.digest).collect();
        let mut trees = self.reader.trees_once(&digests).await?;
        let mut held = held.into_iter();
        for pair in taken {
            let [mut before, mut after] = [None, None];
            for (side, kept) in [(&mut before, pair.before), (&mut after, pair.after)] {
                if kept.is_some() {
                    let held = held.next().ok_or_else(|| Error::internal("a version for each side"))?;
                    *side = self.side(&held, &heads, &mut trees).await?;
                }
            }
            self.found.extend(Found::between(before, after));
        }
        Ok(true)
    }

    /// The rows that the dataset has of a version; `None` where that is no part of it.
    async fn side(
        &self,
        held: &Held,
        heads: &Heads,
        trees: &mut HashMap<Digest, Tree>,
    ) -> Result<Option<Side>> {
        let digest = held.version.digest;
        let missing = || projection::missing(digest);
        let version = heads.get(&digest).ok_or_else(missing)?.clone();
        let tree = trees.remove(&digest).ok_or_else(missing)?;
        let rows =
            tree.entries.into_iter().enumerate().filter_map(|(place, leaf)| Some((place, leaf?.entry)));
        let mut rows: Vec<(usize, Entry)> = rows.collect();
        let Some(domain) = self.of_domain.as_ref().filter(|_| held.code.domain.is_none()) else {
            return Ok(Some(Side { version, rows }));
        };
        let locals: HashMap<Digest, Local> = self.parts(rows.iter().map(|(_, entry)| entry.local)).await?;
        rows.retain(|(_, entry)| {
            locals.get(&entry.local).and_then(|local| local.domain.as_ref()) == Some(domain)
        });
        rows.iter_mut().zip(0..).for_each(|((place, _), at)| *place = at);
        Ok((!rows.is_empty()).then_some(Side { version, rows }))
    }

    /// What the digests lead to; those redacted are missing.
    async fn parts<T: Format>(&self, digests: impl Iterator<Item = Digest>) -> Result<HashMap<Digest, T>> {
        let mut digests: Vec<Digest> = digests.collect();
        digests.sort_unstable();
        digests.dedup();
        let mut parts = HashMap::with_capacity(digests.len());
        let mut objects = projection::objects(&self.reader.store().passing, &digests).await?;
        for digest in digests {
            let bytes = objects.remove(&digest).ok_or_else(|| projection::missing(digest))?;
            if let Some(bytes) = bytes {
                parts.insert(digest, projection::stored(digest, &bytes)?);
            }
        }
        Ok(parts)
    }

    /// The rows of what was found.
    async fn rows(&self, some: &[Found]) -> Result<Vec<ChangeRow>> {
        let entries = || some.iter().flat_map(Found::entries);
        let contents: HashMap<Digest, Content> = self.parts(entries().map(|entry| entry.content)).await?;
        let locals: HashMap<Digest, Local> = self.parts(entries().map(|entry| entry.local)).await?;
        let mut rows = Vec::new();
        for Found { before, after, is_new, changes } in some {
            if *is_new {
                let [before, after] = [before, after].map(|side| side.as_ref().map(|side| &*side.version));
                rows.extend(ChangeRow::of_version(before, after, &self.titles));
            }
            for Change { kind, before: was, after: is } in changes {
                let [before, after] = [(before, was), (after, is)].map(|(side, at)| {
                    let side = side.as_ref()?;
                    let (place, entry) = side.rows.get((*at)?)?;
                    Some(ItemSide {
                        version: &side.version,
                        position: u32::try_from(*place).ok()?.saturating_add(1),
                        entry,
                        content: contents.get(&entry.content),
                        local: locals.get(&entry.local),
                    })
                });
                rows.extend(ChangeRow::of_item(*kind, before, after, &self.titles));
            }
        }
        Ok(rows)
    }
}

impl Found {
    /// What differs between two versions of one catalogue; `None` where the dataset has neither.
    fn between(before: Option<Side>, after: Option<Side>) -> Option<Self> {
        if before.is_none() && after.is_none() {
            return None;
        }
        let rows = |side: &'_ Option<Side>| -> Vec<Line> {
            side.iter().flat_map(|side| &side.rows).map(|(_, entry)| Line::of(entry)).collect()
        };
        let (base, head) = (rows(&before), rows(&after));
        fn entry(side: &Option<Side>, at: usize) -> Option<&Entry> {
            side.as_ref()?.rows.get(at).map(|(_, entry)| entry)
        }
        // More than the parts: whoever applies this gets the origin, the reason and the source, too.
        let same = |was: usize, is: usize| entry(&before, was) == entry(&after, is);
        let difference = Difference::of(base.len(), head.len(), &diff::by_code(&base, &head), same);
        let [before, after] = [before, after].map(|side| side.map(Arc::new));
        Some(Self { before, after, is_new: true, changes: difference.changes.into() })
    }

    /// The entries that its rows are made from.
    fn entries(&self) -> impl Iterator<Item = &Entry> {
        fn entry(side: &Option<Arc<Side>>, at: Option<usize>) -> Option<&Entry> {
            side.as_ref()?.rows.get(at?).map(|(_, entry)| entry)
        }
        let both = |change: &Change| [entry(&self.before, change.before), entry(&self.after, change.after)];
        self.changes.iter().flat_map(both).flatten()
    }
}
