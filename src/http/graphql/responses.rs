//! Answers that are kept (应答缓存). An answer is a function of question and scope, and what it was read from is kept
//! beside it: it is given again as long as all of that stands as it stood. So nothing is ever stale and nothing needs to
//! be put out, but for memory's sake, and for what was erased.

use std::sync::Arc;

use moka::future::Cache;

use super::{asking::Asking, question::Question, said::Said};
use crate::cache::Hashing;
use crate::{catalogue::scope::Revision, graphql::Now};

/// How often a question joins others that ask the same, when the log has moved in the meantime.
const ROUNDS: usize = 2;

/// What came of looking for an answer (缓存结果).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// It was kept and still stands.
    Hit,
    /// The same, and the client had it already.
    NotModified,
    /// Somebody else was asking the same already.
    Joined,
    /// It was not kept.
    Miss,
    /// It was kept, and only its cursors had to follow the head.
    Renewed,
    /// It was kept and had been read from what has changed since.
    Outdated,
}

impl Found {
    /// All of them, in the order of their numbers.
    pub(crate) const ALL: [Self; 6] =
        [Self::Hit, Self::NotModified, Self::Joined, Self::Miss, Self::Renewed, Self::Outdated];

    /// As metrics name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::NotModified => "not-modified",
            Self::Joined => "joined",
            Self::Miss => "miss",
            Self::Renewed => "renewed",
            Self::Outdated => "outdated",
        }
    }
}

/// An answer, the head of the log under which it stands, and where it came from.
pub(super) struct Given {
    pub said: Arc<Said>,
    pub revision: Revision,
    pub found: Option<Found>,
}

impl Given {
    /// One that was executed for the one who asks.
    pub(super) fn executed(said: Arc<Said>, found: Option<Found>) -> Self {
        Self { revision: said.asked.revision, said, found }
    }
}

/// The answers that are kept, of which those asked for least make room for others.
#[derive(Clone, Debug)]
pub(crate) struct Responses {
    kept: Option<Cache<Question, Arc<Said>, Hashing>>,
}

impl Responses {
    /// So many bytes of them at most; 0: none.
    pub(crate) fn new(bytes: u64) -> Self {
        let weight = |question: &Question, said: &Arc<Said>| {
            u32::try_from(question.size() + said.size()).unwrap_or(u32::MAX)
        };
        let cache =
            || Cache::builder().max_capacity(bytes).weigher(weight).build_with_hasher(Hashing::default());
        Self { kept: (bytes > 0).then(cache) }
    }

    /// Whether any are.
    pub(super) fn are_kept(&self) -> bool {
        self.kept.is_some()
    }

    /// The answer to a question: kept, or executed for all who ask the same at once.
    pub(super) async fn answer(&self, asking: &Asking<'_>) -> Given {
        let Some(kept) = &self.kept else { return Given::executed(asking.execute().await.into(), None) };
        let Asking { question, reader, .. } = asking;
        let before = kept.get(*question).await;
        if let Some((said, revision)) = before.as_ref().and_then(|said| Some((said, said.stands(reader)?))) {
            return Given { said: said.clone(), revision, found: Some(Found::Hit) };
        }
        let mut found = if before.is_some() { Found::Outdated } else { Found::Miss };
        for _ in 0..ROUNDS {
            let work = async {
                if let Some(said) = before.as_ref().and_then(|said| said.renewed(reader)) {
                    found = Found::Renewed;
                    return Arc::new(said);
                }
                Arc::new(asking.execute().await)
            };
            let entry = kept.entry_by_ref(*question);
            let entry = entry.or_insert_with_if(work, |said| said.stands(reader).is_none()).await;
            let (own, said) = (entry.is_fresh(), entry.into_value());
            if own {
                if said.basis.is_none() {
                    kept.invalidate(*question).await;
                }
                return Given::executed(said, Some(found));
            }
            // What may not be kept is shared all the same by those who were waiting for it, if the log has not moved.
            let shared = said.basis.is_none() && said.asked == Now::of(reader).scope();
            let revision = if shared { Some(said.asked.revision) } else { said.stands(reader) };
            if let Some(revision) = revision {
                return Given { said, revision, found: Some(Found::Joined) };
            }
        }
        Given::executed(asking.execute().await.into(), Some(found))
    }

    /// Drops all that is kept.
    pub(crate) async fn clear(&self) {
        if let Some(kept) = &self.kept {
            kept.invalidate_all();
            kept.run_pending_tasks().await;
        }
    }

    /// How many are kept, about, and how many bytes they may take.
    pub(crate) async fn count(&self) -> (u64, u64) {
        let Some(kept) = &self.kept else { return (0, 0) };
        kept.run_pending_tasks().await;
        (kept.entry_count(), kept.weighted_size())
    }
}
