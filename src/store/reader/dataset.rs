//! Which versions a dataset is made of, and under which scope its names are read.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use super::{CatalogueRef, Reader, Seen, VersionRef, lines::ItemLines};
use crate::{
    catalogue::{
        channel::ChannelState,
        code::{CatalogueCode, DivisionCode, DomainCode},
        dataset::{Dataset, Titles},
        division::DivisionState,
        domain::DomainState,
        reference::{Register, State},
        scope::Scope,
    },
    error::{Error, Result},
};

/// No chain of divisions is longer than the levels are many; a register that loops ends here, too.
const LEVELS: usize = 6;

/// A version that a dataset holds.
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
        let refs = self.refs_at(scope).await?;
        let version = known(&refs, catalogue, *number, scope)?;
        Ok(Scope { revision: version.revision, effective_on: version.effective_from })
    }

    /// The items of a dataset, by the code of their catalogue and their place in the table. `NOT_FOUND` where the
    /// version, the place or the domain is not known under the scope, `BAD_INPUT` for a register, which has no items.
    pub async fn item_lines(&self, dataset: &Dataset, scope: Scope) -> Result<ItemLines> {
        let refs = self.refs_at(scope).await?;
        let scope = self.settled(dataset, scope).await?;
        let every = || refs.all();
        let mut of_domain = None;
        let held: Vec<Held> = match dataset {
            Dataset::Version { catalogue, number } => {
                let version = known(&refs, catalogue, *number, scope)?;
                vec![Held { code: catalogue.clone(), number: *number, version }]
            }
            Dataset::Division { code, below } => {
                self.must_know::<DivisionState>(code.as_str(), scope, "行政区划", "division").await?;
                let places = self.places(&refs, code, *below, scope).await?;
                in_force(every().filter(|known| places.contains(known.code.division.as_str())), scope)
            }
            Dataset::Domain(domain) => {
                self.must_know::<DomainState>(domain.as_str(), scope, "领域", "domain").await?;
                of_domain = Some(domain.clone());
                let may_have =
                    |known: &&Arc<CatalogueRef>| known.code.domain.as_ref().is_none_or(|own| own == domain);
                in_force(every().filter(may_have), scope)
            }
            Dataset::Platform => in_force(every(), scope),
            Dataset::Register(register) => {
                return Err(Error::bad_input(
                    format!("名录 {register} 没有事项"),
                    format!("register {register} has no items"),
                ));
            }
        };
        Ok(ItemLines::new(self.clone(), scope, held, self.titles(scope).await?, of_domain))
    }

    /// The refs, which know the log up to the scope's revision at least.
    pub(super) async fn refs_at(&self, scope: Scope) -> Result<Seen> {
        if self.revision() < scope.revision {
            self.refresh().await?;
        }
        Ok(self.refs())
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

    /// A place, and with those below it every one that has catalogues and whose path leads through it.
    pub(super) async fn places(
        &self,
        refs: &Seen,
        code: &DivisionCode,
        below: bool,
        scope: Scope,
    ) -> Result<HashSet<String>> {
        let mut places = HashSet::from([code.to_string()]);
        if !below {
            return Ok(places);
        }
        let mut parents: HashMap<String, Option<String>> = HashMap::new();
        let mut asked: BTreeSet<String> = refs.divisions().cloned().collect();
        for _ in 0..LEVELS {
            let codes: Vec<String> = std::mem::take(&mut asked).into_iter().collect();
            for (code, record) in self.recorded(Register::Division, &codes).await? {
                // A place whose record was erased has no path any more.
                let state = record.state::<DivisionState>(scope).unwrap_or_default();
                let parent = state.and_then(|state| state.parent.clone()).map(|parent| parent.to_string());
                asked.extend(parent.clone());
                parents.insert(code, parent);
            }
            asked.retain(|code| !parents.contains_key(code));
        }
        let parent = |code: &String| parents.get(code).cloned().flatten();
        let path = |code: &String| std::iter::successors(parent(code), parent).take(LEVELS);
        let within = |place: &&String| path(place).any(|above| above == code.as_str());
        places.extend(refs.divisions().filter(within).cloned());
        Ok(places)
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

fn known(refs: &Seen, catalogue: &CatalogueCode, number: u32, scope: Scope) -> Result<VersionRef> {
    let version = refs.catalogue(catalogue.as_str());
    let version = version.and_then(|known| known.versions.get(&number).copied());
    let version = version.filter(|version| version.revision <= scope.revision);
    version.ok_or_else(|| Error::not_found("目录版本", "version", format!("{catalogue} #{number}")))
}

/// The version in force of each catalogue, of those that have one.
fn in_force<'a>(catalogues: impl Iterator<Item = &'a Arc<CatalogueRef>>, scope: Scope) -> Vec<Held> {
    let held = |known: &Arc<CatalogueRef>| {
        let number = known.history.in_force(scope)?;
        let version = known.versions.get(&number).copied()?;
        Some(Held { code: known.code.clone(), number, version })
    };
    catalogues.filter_map(held).collect()
}
