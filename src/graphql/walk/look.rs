//! Looking something up in the middle of a walk, which never waits: what is not in memory is noted, and the walk goes on
//! as if it were nothing until all of it is loaded together.

use std::{collections::HashSet, sync::Arc};

use async_graphql::{Context, dataloader::Loader};
use futures_util::{future::try_join_all, try_join};

use crate::{
    cache::{Hashing, Map},
    catalogue::{
        content::Content,
        digest::Digest,
        element::ElementSchema,
        facet::Citation,
        local::Local,
        reference::{Register, State},
        version::Version as Header,
    },
    error::Error,
    graphql::{
        at::View,
        catalogue::{self, Catalogue},
        domain,
        error::Result,
        legal_basis::{self, LegalBasis},
        loaders::{self, Cached, ContentKey, ElementKey, HeaderKey, LocalKey, RecordKey, ShelfKey, TreeKey},
        unit::{self, Unit},
    },
    store::{BlobKeys, Held, Meaning, Reader, Recorded, Tree},
};

/// How many records are looked through before the caches are asked.
const MOST_SEEN: usize = 64;

/// What a walk has looked up.
pub(in crate::graphql) struct Look<'a> {
    pub reader: &'a Reader,
    round: Round,
    contents: Kept<ContentKey>,
    locals: Kept<LocalKey>,
    headers: Kept<HeaderKey>,
    trees: Kept<TreeKey>,
    elements: Kept<ElementKey>,
    records: Kept<RecordKey>,
    shelves: Kept<ShelfKey>,
    /// Those that were looked at: a page has few different ones, and asks for them again and again.
    seen: Vec<(Register, Box<str>, Arc<Recorded>)>,
    channels: ChannelNames,
    /// What a wording for a unit means in a place.
    units: Meant<(String, String), Unit>,
    /// What a citation means.
    bases: Meant<Citation, LegalBasis>,
}

impl<'a> Look<'a> {
    pub(super) fn new(reader: &'a Reader) -> Self {
        Self {
            reader,
            round: Round::default(),
            contents: Kept::default(),
            locals: Kept::default(),
            headers: Kept::default(),
            trees: Kept::default(),
            elements: Kept::default(),
            records: Kept::default(),
            shelves: Kept::default(),
            seen: Vec::new(),
            channels: ChannelNames::default(),
            units: Meant::default(),
            bases: Meant::default(),
        }
    }

    /// Leaves everything to the derived resolvers.
    pub fn fail(&mut self) {
        self.round.failed = true;
    }

    pub(super) fn has_failed(&self) -> bool {
        self.round.failed
    }

    /// Whether something was missing since the walk began anew: what it writes will not be read.
    pub fn lacks(&self) -> bool {
        self.round.lacks
    }

    pub fn content(&mut self, digest: Digest) -> Option<Arc<Content>> {
        self.contents.get(self.reader, ContentKey(digest), &mut self.round)
    }

    pub fn local(&mut self, digest: Digest) -> Option<Arc<Local>> {
        self.locals.get(self.reader, LocalKey(digest), &mut self.round)
    }

    pub fn header(&mut self, digest: Digest) -> Option<Arc<Header>> {
        self.headers.get(self.reader, HeaderKey(digest), &mut self.round)
    }

    pub fn tree(&mut self, digest: Digest) -> Option<Arc<Tree>> {
        self.trees.get(self.reader, TreeKey(digest), &mut self.round)
    }

    pub fn element(&mut self, digest: Digest) -> Option<Arc<ElementSchema>> {
        self.elements.get(self.reader, ElementKey(digest), &mut self.round)
    }

    /// The catalogue of a code; `None` where it is not known under the view, too.
    pub fn catalogue(&mut self, view: View, code: &str) -> Option<Catalogue> {
        let division = self.reader.division_of(code)?.to_owned();
        let shelf = self.shelves.get(self.reader, ShelfKey(division), &mut self.round)?;
        catalogue::known(view, shelf.catalogue(code)?)
    }

    /// The state of a record under a view; `None` where it is not known, too.
    pub fn state<S: State>(&mut self, view: View, code: &str) -> Option<Held<S>> {
        let register = S::REGISTER;
        let seen = self.seen.iter().find(|(of, seen, _)| *of == register && **seen == *code);
        let state = match seen {
            Some((.., recorded)) => recorded.state(view.scope),
            None => {
                // Small registers are in memory whole, and need no key.
                let recorded = match self.reader.record_in_whole(register, code) {
                    Some(recorded) => recorded,
                    None => {
                        let key = RecordKey(register, code.to_owned());
                        self.records.get(self.reader, key, &mut self.round)?
                    }
                };
                let state = recorded.state(view.scope);
                if self.seen.len() < MOST_SEEN {
                    self.seen.push((register, code.into(), recorded));
                }
                state
            }
        };
        state.unwrap_or_else(|_| {
            self.round.failed = true;
            None
        })
    }

    /// The names of channels that were looked up, among them those of some codes, to be given back.
    pub fn channels<'c>(&mut self, view: View, codes: impl Iterator<Item = &'c str>) -> ChannelNames {
        let mut names = std::mem::take(&mut self.channels);
        for code in codes {
            if names.get(view, code).is_none()
                && let Some(channel) = domain::look_channel(self, view, code)
            {
                names.0.push((view, code.to_owned(), channel.name().to_owned()));
            }
        }
        names
    }

    /// Takes the names of channels back, for the next row.
    pub fn give_back(&mut self, names: ChannelNames) {
        self.channels = names;
    }

    /// The registered unit that a wording means in a place.
    pub fn unit(&mut self, view: View, place: &str, text: &str) -> Option<Unit> {
        let same = |words: &(String, String)| words.0 == place && words.1 == text;
        if let Some(known) = self.units.known(view, same) {
            return known;
        }
        let meaning = self.reader.meaning(Register::Unit, view.scope, place, text);
        let words = (place.to_owned(), text.to_owned());
        match self.reader.kept_meaning(&meaning) {
            None => self.units.miss(view, words, meaning, &mut self.round),
            Some(None) => self.units.know(view, words, None),
            // Nothing yet where its record is not in memory.
            Some(Some(code)) => match unit::look(self, view, &code) {
                None => None,
                unit => self.units.know(view, words, unit),
            },
        }
    }

    /// The registered law or document that a citation means.
    pub fn legal_basis(&mut self, view: View, citation: &Citation) -> Option<LegalBasis> {
        if let Some(known) = self.bases.known(view, |words| words == citation) {
            return known;
        }
        let number = citation.number.as_deref().unwrap_or_default();
        let meaning = self.reader.meaning(Register::LegalBasis, view.scope, number, &citation.title);
        match self.reader.kept_meaning(&meaning) {
            None => self.bases.miss(view, citation.clone(), meaning, &mut self.round),
            Some(None) => self.bases.know(view, citation.clone(), None),
            Some(Some(code)) => match legal_basis::look(self, view, &code) {
                None => None,
                basis => self.bases.know(view, citation.clone(), basis),
            },
        }
    }

    /// Loads all that was missing, together; whether there was something. Words are resolved as without a walk.
    pub(super) async fn load(&mut self, ctx: &Context<'_>) -> Result<bool> {
        if !std::mem::take(&mut self.round.lacks) {
            return Ok(false);
        }
        // Nearly always nothing is missing, and what waits for it is large.
        Box::pin(self.load_missing(ctx)).await.map(|()| true)
    }

    async fn load_missing(&mut self, ctx: &Context<'_>) -> Result<()> {
        if loaders::stands_alone(ctx) {
            self.load_blobs().await?;
        }
        try_join!(
            self.contents.load(ctx),
            self.locals.load(ctx),
            self.headers.load(ctx),
            self.trees.load(ctx),
            self.elements.load(ctx),
            self.records.load(ctx),
            self.shelves.load(ctx),
            self.units.load(ctx),
            self.bases.load(ctx),
        )?;
        Ok(())
    }

    /// Loads what is missing of blobs by one statement.
    async fn load_blobs(&mut self) -> Result<()> {
        let (contents, locals) = (self.contents.wanted(), self.locals.wanted());
        let (headers, elements) = (self.headers.wanted(), self.elements.wanted());
        let keys = BlobKeys {
            contents: contents.iter().map(|key| key.0).collect(),
            locals: locals.iter().map(|key| key.0).collect(),
            headers: headers.iter().map(|key| key.0).collect(),
            elements: elements.iter().map(|key| key.0).collect(),
        };
        let mut found = self.reader.blobs(&keys).await?;
        self.contents.fill(contents, |key| found.contents.remove(&key.0));
        self.locals.fill(locals, |key| found.locals.remove(&key.0));
        self.headers.fill(headers, |key| found.headers.remove(&key.0));
        self.elements.fill(elements, |key| found.elements.remove(&key.0));
        Ok(())
    }
}

/// How a walk stands that begins anew after each time that something was loaded.
#[derive(Clone, Copy, Debug, Default)]
struct Round {
    failed: bool,
    lacks: bool,
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
}

/// What was loaded for a walk and is held until its end, whatever the caches do meanwhile; and what is to be loaded.
struct Kept<K: Cached> {
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
    fn get(&mut self, reader: &Reader, key: K, round: &mut Round) -> Option<K::Value> {
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
    fn wanted(&mut self) -> Vec<K> {
        self.missing.drain().collect()
    }

    /// Takes in what was wanted.
    fn fill(&mut self, wanted: Vec<K>, mut found: impl FnMut(&K) -> Option<K::Value>) {
        self.found.extend(wanted.into_iter().map(|key| {
            let value = found(&key);
            (key, value)
        }));
    }

    async fn load(&mut self, ctx: &Context<'_>) -> Result<()>
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
struct Meant<W, T> {
    known: Vec<(View, W, Option<T>)>,
    missing: Vec<(View, W, Meaning)>,
}

impl<W, T> Default for Meant<W, T> {
    fn default() -> Self {
        Self { known: Vec::new(), missing: Vec::new() }
    }
}

impl<W: PartialEq, T: Clone> Meant<W, T> {
    fn known(&self, view: View, same: impl Fn(&W) -> bool) -> Option<Option<T>> {
        let known = self.known.iter().find(|(under, words, _)| *under == view && same(words));
        known.map(|(.., meant)| meant.clone())
    }

    fn know(&mut self, view: View, words: W, meant: Option<T>) -> Option<T> {
        self.known.push((view, words, meant.clone()));
        meant
    }

    fn miss(&mut self, view: View, words: W, meaning: Meaning, round: &mut Round) -> Option<T> {
        round.lacks = true;
        if !self.missing.iter().any(|(under, missing, _)| *under == view && *missing == words) {
            self.missing.push((view, words, meaning));
        }
        None
    }
}

impl Meant<(String, String), Unit> {
    async fn load(&mut self, ctx: &Context<'_>) -> Result<()> {
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
    async fn load(&mut self, ctx: &Context<'_>) -> Result<()> {
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
