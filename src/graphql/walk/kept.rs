//! What was looked up for a walk: held until its end, and what is to be loaded before it begins anew.

use std::{collections::HashSet, sync::Arc};

use async_graphql::{Context, dataloader::Loader};
use futures_util::future::try_join_all;

use crate::{
    cache::{Hashing, Map},
    catalogue::facet::Citation,
    error::Error,
    graphql::{
        at::View,
        error::Result,
        legal_basis::{self, LegalBasis},
        loaders::{self, Cached},
        unit::{self, Unit},
    },
    store::{Meaning, Reader},
};

/// How a walk stands that begins anew after each time that something was loaded.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Round {
    pub failed: bool,
    pub lacks: bool,
}

/// The names of channels, which nearly every row prints: they are lent from row to row.
#[derive(Debug, Default)]
pub(in crate::graphql) struct ChannelNames(Vec<(View, String, String)>);

impl ChannelNames {
    /// The name of the channel of a code, where that was looked up and is known.
    pub fn get(&self, view: View, code: &str) -> Option<&str> {
        let known = self.0.iter().find(|(under, known, _)| known == code && *under == view);
        known.map(|(.., name)| name.as_str())
    }

    /// Adds one that was looked up.
    pub(super) fn add(&mut self, view: View, code: &str, name: &str) {
        self.0.push((view, code.to_owned(), name.to_owned()));
    }
}

/// What was loaded for a walk and is held until its end, whatever the caches do meanwhile; and what is to be loaded.
pub(super) struct Kept<K: Cached> {
    found: Map<K, Option<K::Value>>,
    missing: HashSet<K, Hashing>,
}

impl<K: Cached> Default for Kept<K> {
    fn default() -> Self {
        Self { found: Map::default(), missing: HashSet::default() }
    }
}

impl<K: Cached> Kept<K> {
    /// `None` where it is missing so far, or was erased, which fails the walk.
    pub fn get(&mut self, reader: &Reader, key: K, round: &mut Round) -> Option<K::Value> {
        match self.found.get(&key) {
            Some(Some(value)) => return Some(value.clone()),
            Some(None) => {
                round.failed = true;
                return None;
            }
            None => {}
        }
        let value = key.cached(reader);
        if value.is_none() {
            round.lacks = true;
            self.missing.insert(key);
        }
        value
    }

    /// What is missing, which is about to be loaded.
    pub fn wanted(&mut self) -> Vec<K> {
        self.missing.drain().collect()
    }

    /// Takes in what was wanted.
    pub fn fill(&mut self, wanted: Vec<K>, mut found: impl FnMut(&K) -> Option<K::Value>) {
        self.found.extend(wanted.into_iter().map(|key| {
            let value = found(&key);
            (key, value)
        }));
    }

    pub async fn load(&mut self, ctx: &Context<'_>) -> Result<()>
    where
        Reader: Loader<K, Value = K::Value, Error = Arc<Error>>,
    {
        let wanted = self.wanted();
        if !wanted.is_empty() {
            let mut found = loaders::all(ctx, wanted.iter().cloned()).await?;
            self.fill(wanted, |key| found.remove(key));
        }
        Ok(())
    }
}

/// What words mean under a view. A page has few different ones, so they are looked through.
pub(super) struct Meant<W, T> {
    known: Vec<(View, W, Option<T>)>,
    missing: Vec<(View, W, Meaning)>,
}

impl<W, T> Default for Meant<W, T> {
    fn default() -> Self {
        Self { known: Vec::new(), missing: Vec::new() }
    }
}

impl<W: PartialEq, T: Clone> Meant<W, T> {
    pub fn known(&self, view: View, same: impl Fn(&W) -> bool) -> Option<Option<T>> {
        let known = self.known.iter().find(|(under, words, _)| *under == view && same(words));
        known.map(|(.., meant)| meant.clone())
    }

    pub fn know(&mut self, view: View, words: W, meant: Option<T>) -> Option<T> {
        self.known.push((view, words, meant.clone()));
        meant
    }

    pub fn miss(&mut self, view: View, words: W, meaning: Meaning, round: &mut Round) -> Option<T> {
        round.lacks = true;
        if !self.missing.iter().any(|(under, missing, _)| *under == view && *missing == words) {
            self.missing.push((view, words, meaning));
        }
        None
    }
}

impl Meant<(String, String), Unit> {
    pub async fn load(&mut self, ctx: &Context<'_>) -> Result<()> {
        let missing = std::mem::take(&mut self.missing);
        let resolve = |(view, (place, text), _): &(View, (String, String), Meaning)| {
            let (view, place, text) = (*view, place.clone(), text.clone());
            async move { unit::resolve(ctx, view, &place, &text).await }
        };
        let units = try_join_all(missing.iter().map(resolve)).await?;
        for ((view, words, meaning), unit) in missing.into_iter().zip(units) {
            ctx.data_unchecked::<Reader>().keep_meaning(meaning, unit.as_ref().map(Unit::code));
            self.know(view, words, unit);
        }
        Ok(())
    }
}

impl Meant<Citation, LegalBasis> {
    pub async fn load(&mut self, ctx: &Context<'_>) -> Result<()> {
        let missing = std::mem::take(&mut self.missing);
        let resolve = |(view, citation, _): &(View, Citation, Meaning)| {
            let (view, citation) = (*view, citation.clone());
            async move { legal_basis::resolve(ctx, view, &citation).await }
        };
        let bases = try_join_all(missing.iter().map(resolve)).await?;
        for ((view, citation, meaning), basis) in missing.into_iter().zip(bases) {
            ctx.data_unchecked::<Reader>().keep_meaning(meaning, basis.as_ref().map(LegalBasis::code));
            self.know(view, citation, basis);
        }
        Ok(())
    }
}
