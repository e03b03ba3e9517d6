//! Looking something up in the middle of a walk, which never waits: what is not in memory is noted, and the walk goes on
//! as if it were nothing until all of it is loaded together.

use std::sync::Arc;

use async_graphql::Context;
use futures_util::try_join;

use super::kept::{ChannelNames, Kept, Meant, Round};
use crate::{
    catalogue::{
        content::Content,
        digest::Digest,
        element::ElementSchema,
        facet::Citation,
        local::Local,
        reference::{Register, State},
        version::Version as Header,
    },
    graphql::{
        at::View,
        catalogue::{self, Catalogue},
        domain,
        error::Result,
        legal_basis::{self, LegalBasis},
        loaders::{self, ContentKey, ElementKey, HeaderKey, LocalKey, RecordKey, ShelfKey, TreeKey},
        unit::{self, Unit},
    },
    store::{BlobKeys, Held, Reader, Recorded, Tree},
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
                names.add(view, code, channel.name());
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
