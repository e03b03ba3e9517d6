//! Which versions a dataset is made of, and under which scope its names are read.

use std::{collections::HashMap, sync::Arc};

use super::{CatalogueRef, Listed, Reader, Seek, Shelf, VersionRef, lines::ItemLines};
use crate::{
    catalogue::{
        channel::ChannelState,
        code::{CatalogueCode, DivisionCode, DomainCode},
        dataset::{Dataset, Titles},
        division::DivisionState,
        domain::DomainState,
        reference::State,
        scope::Scope,
        selection::Run,
    },
    error::{Error, Result},
};

/// Catalogues whose shelves are looked at together.
const CATALOGUES: u64 = 1_000;

/// A version that a dataset holds, in few bytes: there may be millions.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    /// Its catalogue's code.
    pub code: Box<str>,
    pub number: u32,
    /// How many entries it has.
    pub size: u32,
}

/// The same with all that the log says of it.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub code: CatalogueCode,
    pub number: u32,
    pub version: VersionRef,
}

impl Reader {
    /// The scope under which a dataset is always read: that of the question, but for one version the revision at which
    /// it was published and the day from which it is in force. So its file never changes. `NOT_FOUND` where the version
    /// is not known.
    pub async fn settled(&self, dataset: &Dataset, scope: Scope) -> Result<Scope> {
        let Dataset::Version { catalogue, number } = dataset else { return Ok(scope) };
        let version = self.known(catalogue, *number, scope).await?;
        Ok(Scope { revision: version.revision, effective_on: version.effective_from })
    }

    /// The items of a dataset, by the code of their catalogue and their place in the table. `NOT_FOUND` where the
    /// version, the place or the domain is not known under the scope, `BAD_INPUT` for a register, which has no items.
    pub async fn item_lines(&self, dataset: &Dataset, scope: Scope) -> Result<ItemLines> {
        self.follow(scope).await?;
        let scope = self.settled(dataset, scope).await?;
        self.must_have(dataset, scope).await?;
        let kept = self.kept(dataset, scope).await?;
        let titles = self.titles(scope).await?;
        Ok(ItemLines::new(self.clone(), scope, kept, titles, of_domain(dataset).cloned()))
    }

    /// `NOT_FOUND` where the place or the domain of a dataset is not known under the scope.
    pub(super) async fn must_have(&self, dataset: &Dataset, scope: Scope) -> Result<()> {
        match dataset {
            Dataset::Division { code, .. } => {
                self.must_know::<DivisionState>(code.as_str(), scope, "行政区划", "division").await
            }
            Dataset::Domain(domain) => {
                self.must_know::<DomainState>(domain.as_str(), scope, "领域", "domain").await
            }
            _ => Ok(()),
        }
    }

    /// The versions that a dataset has under a scope, by the code of their catalogue.
    pub(super) async fn kept(&self, dataset: &Dataset, scope: Scope) -> Result<Vec<Kept>> {
        let every = |_: &CatalogueCode| true;
        match dataset {
            Dataset::Version { catalogue, number } => {
                let version = self.known(catalogue, *number, scope).await?;
                Ok(vec![Kept { code: catalogue.as_str().into(), number: *number, size: version.size }])
            }
            Dataset::Division { code, below } => {
                let runs = self.runs(code, *below, scope).await?;
                let listed = Listed { divisions: Some(runs), ..Listed::default() };
                self.in_force(&listed, every, scope).await
            }
            Dataset::Domain(domain) => {
                let may_have = |code: &CatalogueCode| code.domain.as_ref().is_none_or(|own| own == domain);
                self.in_force(&Listed::default(), may_have, scope).await
            }
            Dataset::Platform => self.in_force(&Listed::default(), every, scope).await,
            Dataset::Register(_) | Dataset::Changes { .. } => {
                Err(Error::bad_input(format!("{dataset} 没有事项"), format!("{dataset} has no items")))
            }
        }
    }

    /// A place, and those below it where that is wanted, as runs of codes.
    pub(super) async fn runs(&self, code: &DivisionCode, below: bool, scope: Scope) -> Result<Vec<Run>> {
        Ok(match below {
            true => self.with_below(code.as_str(), scope).await?.to_vec(),
            false => vec![(code.to_string(), code.to_string())],
        })
    }

    /// Has the refs know the log up to the scope's revision at least.
    pub(super) async fn follow(&self, scope: Scope) -> Result<()> {
        if self.revision() < scope.revision {
            self.refresh().await?;
        }
        Ok(())
    }

    async fn known(&self, catalogue: &CatalogueCode, number: u32, scope: Scope) -> Result<VersionRef> {
        self.follow(scope).await?;
        let division = catalogue.division.to_string();
        self.division_of(catalogue.as_str());
        let shelf = self.shelves(std::slice::from_ref(&division)).await?.remove(&division);
        let known = shelf.and_then(|shelf| shelf.catalogue(catalogue.as_str()).cloned());
        let version = known.and_then(|known| known.version(number).copied());
        let version = version.filter(|version| version.revision <= scope.revision);
        version.ok_or_else(|| Error::not_found("目录版本", "version", format!("{catalogue} #{number}")))
    }

    /// The version in force of each catalogue that is listed, of those that have one.
    async fn in_force(
        &self,
        listed: &Listed,
        wanted: impl Fn(&CatalogueCode) -> bool,
        scope: Scope,
    ) -> Result<Vec<Kept>> {
        let mut all = Vec::new();
        let keep = |known: &CatalogueRef| all.extend(kept(known, scope).filter(|_| wanted(&known.code)));
        self.each_catalogue(listed, scope, keep).await?;
        Ok(all)
    }

    /// Looks at each catalogue that is listed, by code, whatever is in force of it.
    pub(super) async fn each_catalogue(
        &self,
        listed: &Listed,
        scope: Scope,
        mut look: impl FnMut(&CatalogueRef),
    ) -> Result<()> {
        let mut after = None;
        loop {
            let seek = Seek { after, before: None, count: CATALOGUES, from_end: false };
            let codes = self.catalogue_codes(listed, scope.revision, &seek).await?;
            let shelves = self.shelves_for(codes.iter().map(String::as_str)).await?;
            for code in &codes {
                let shelf = self.division_of(code).and_then(|division| shelves.get(division));
                if let Some(known) = shelf.and_then(|shelf| shelf.catalogue(code)) {
                    look(known);
                }
            }
            after = match codes.last() {
                Some(last) if codes.len() as u64 == CATALOGUES => Some(last.clone()),
                _ => return Ok(()),
            };
        }
    }

    pub(super) async fn must_know<S: State>(
        &self,
        code: &str,
        scope: Scope,
        zh: &str,
        en: &str,
    ) -> Result<()> {
        let known = self.recorded(S::REGISTER, &[code.to_owned()]).await?;
        let is_known = known.get(code).is_some_and(|record| record.known_at(scope.revision));
        if is_known { Ok(()) } else { Err(Error::not_found(zh, en, code)) }
    }

    /// All that the log says of some versions.
    pub(super) async fn resolved(&self, kept: &[&Kept]) -> Result<Vec<Held>> {
        let shelves = self.shelves_for(kept.iter().map(|kept| &*kept.code)).await?;
        let held = |kept: &&Kept| {
            let known = shelves.get(self.division_of(&kept.code)?)?.catalogue(&kept.code)?;
            let version = *known.version(kept.number)?;
            Some(Held { code: known.code.clone(), number: kept.number, version })
        };
        let lost = |kept: &&Kept| Error::Inconsistent(format!("version {} {}", kept.code, kept.number));
        kept.iter().map(|kept| held(kept).ok_or_else(|| lost(kept))).collect()
    }

    /// The shelves on which some catalogues are, which come by code.
    pub(super) async fn shelves_for(
        &self,
        catalogues: impl Iterator<Item = &str>,
    ) -> Result<HashMap<String, Arc<Shelf>>> {
        let divisions = catalogues.filter_map(|code| self.division_of(code));
        let mut divisions: Vec<String> = divisions.map(str::to_owned).collect();
        divisions.dedup();
        self.shelves(&divisions).await
    }

    /// The names of domains and channels; those redacted are left out, so that codes stand in their place.
    pub(super) async fn titles(&self, scope: Scope) -> Result<Titles> {
        let mut titles = Titles::default();
        for (code, domain) in self.store().registered::<DomainState>(scope).await? {
            let code: DomainCode =
                code.parse().map_err(|error| Error::Inconsistent(format!("domain {error}")))?;
            titles.domains.insert(code, domain.name.to_string());
        }
        let channels = self.store().registered::<ChannelState>(scope).await?.into_iter();
        titles.channels = channels.map(|(code, channel)| (code, channel.name.to_string())).collect();
        Ok(titles)
    }
}

/// The domain of which a dataset has only the rows, in catalogues of several.
pub(super) fn of_domain(dataset: &Dataset) -> Option<&DomainCode> {
    if let Dataset::Domain(domain) = dataset { Some(domain) } else { None }
}

/// The version of a catalogue that is in force; `None` where none is.
fn kept(known: &CatalogueRef, scope: Scope) -> Option<Kept> {
    let number = known.history.in_force(scope)?;
    let size = known.version(number)?.size;
    Some(Kept { code: known.code.as_str().into(), number, size })
}
