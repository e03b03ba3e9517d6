//! Selections (筛选): which of the items in force are asked for, and in what order. What is said here is what lists in
//! memory go by and what the store's SQL must agree with.

use std::{collections::BTreeSet, fmt, str::FromStr};

use super::{
    code::{CatalogueCode, ItemCode},
    content::Content,
    facet::{Facet, Term},
    local::Local,
    scope::Revision,
    version::{CatalogueKind, Entry},
};

/// Which items are asked for. All that is given must hold; a part that is not known, or was redacted, holds nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Selection {
    /// Runs of divisions in the order of their codes, each from its first to its last; `None`: every division.
    pub divisions: Option<Vec<Run>>,
    /// 目录类型.
    pub kinds: Option<Vec<CatalogueKind>>,
    /// 领域: the catalogue's, else the row's own.
    pub domains: Option<Vec<String>>,
    /// For each facet the values of which the item has one.
    pub terms: Vec<(Facet, Vec<String>)>,
    /// 公开主体: places and the wordings that mean a wanted unit there.
    pub units: Option<BTreeSet<(String, String)>>,
    /// A part of one of the item's names.
    pub name: Option<String>,
    /// The upstream item that it was taken from.
    pub origin: Option<String>,
    /// Leave out an item whose adoption is itself selected.
    pub nearest_only: bool,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// By catalogue, then by place in the table.
    #[default]
    Catalogue,
    /// By catalogue, then by the serial number of the code.
    Code,
    /// Those whose wording changed last come first.
    RecentlyChanged,
}

/// Where an item in force stands in an order. Under one scope a catalogue has one number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// What comes before the catalogue in the order; otherwise 0.
    pub rank: i64,
    /// The catalogue's code.
    pub catalogue: String,
    /// The version in force.
    pub number: u32,
    /// The position in the table from 0, or the serial number.
    pub index: u32,
}

/// Which parts of items must be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reads {
    /// What is meant to be the same everywhere.
    pub content: bool,
    /// What says who and where.
    pub local: bool,
}

impl Reads {
    /// Whether there is one.
    pub fn any(self) -> bool {
        self.content || self.local
    }
}

impl Selection {
    /// Whether items of a catalogue may fit, as far as its code and its place among the runs say.
    pub fn admits(&self, catalogue: &CatalogueCode) -> bool {
        let domain = catalogue.domain.as_ref().map(|domain| domain.as_str());
        self.divisions.as_ref().is_none_or(|runs| within(runs, catalogue.division.as_str()))
            && self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&catalogue.kind))
            && self
                .domains
                .as_ref()
                .is_none_or(|wanted| domain.is_none_or(|domain| wanted.iter().any(|one| one == domain)))
    }

    /// What must be read to tell whether items of a catalogue fit.
    pub fn reads(&self, catalogue: &CatalogueCode) -> Reads {
        let own_domain = self.domains.is_some() && catalogue.domain.is_none();
        let has_terms = !self.terms.is_empty() || self.units.is_some();
        Reads { content: has_terms || self.name.is_some(), local: has_terms || own_domain }
    }

    /// Whether an item fits; `nearest_only` is left to who sees all of them.
    pub fn fits(&self, entry: &Entry, content: Option<&Content>, local: Option<&Local>) -> bool {
        let catalogue = &entry.item.catalogue;
        let among = |wanted: &Option<Vec<String>>, value: Option<&str>| {
            wanted.as_ref().is_none_or(|all| value.is_some_and(|value| all.iter().any(|one| one == value)))
        };
        let domain = catalogue.domain.as_ref().or(local.and_then(|local| local.domain.as_ref()));
        let origin = entry.origin.as_ref().map(|origin| &origin.item);
        self.divisions.as_ref().is_none_or(|runs| within(runs, catalogue.division.as_str()))
            && self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&catalogue.kind))
            && among(&self.domains, domain.map(|domain| domain.as_str()))
            && self.origin.as_ref().is_none_or(|wanted| origin.is_some_and(|origin| origin.is(wanted)))
            && self
                .name
                .as_ref()
                .is_none_or(|part| content.is_some_and(|c| c.heading().contains(part.as_str())))
            && self.has_terms(&entry.item, content, local)
    }

    fn has_terms(&self, item: &ItemCode, content: Option<&Content>, local: Option<&Local>) -> bool {
        if self.terms.is_empty() && self.units.is_none() {
            return true;
        }
        let mut said: BTreeSet<Term> = content.map(Content::terms).unwrap_or_default();
        said.extend(local.map(Local::terms).unwrap_or_default());
        let has = |(facet, values): &(Facet, Vec<String>)| {
            values.iter().any(|value| said.contains(&(*facet, value.clone())))
        };
        let division = item.catalogue.division.as_str();
        let means = |units: &BTreeSet<(String, String)>| {
            units.iter().any(|(place, text)| place == division && said.contains(&(Facet::Unit, text.clone())))
        };
        self.terms.iter().all(has) && self.units.as_ref().is_none_or(means)
    }
}

fn within(runs: &[Run], division: &str) -> bool {
    runs.iter().any(|(first, last)| (first.as_str()..=last.as_str()).contains(&division))
}

/// Divisions in the order of their codes, from the first to the last.
pub type Run = (String, String);

/// The runs that some of all divisions make: a province with everything below it is one, however many places it has.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    runs: Vec<Run>,
    open: bool,
}

impl Runs {
    /// The next of all divisions, which come by code, and whether it is one of those that are wanted.
    pub fn add(&mut self, code: &str, wanted: bool) {
        match self.runs.last_mut() {
            Some((_, last)) if wanted && self.open => last.replace_range(.., code),
            _ if wanted => self.runs.push((code.to_owned(), code.to_owned())),
            _ => {}
        }
        self.open = wanted;
    }

    /// All runs, in order.
    pub fn end(self) -> Vec<Run> {
        self.runs
    }
}

impl Place {
    /// Where an entry stands.
    pub fn of(order: Order, entry: &Entry, number: u32, position: u32, changed: Revision) -> Self {
        let (rank, index) = match order {
            Order::Catalogue => (0, position),
            Order::Code => (0, entry.item.serial),
            Order::RecentlyChanged => (-i64::try_from(changed).unwrap_or(i64::MAX), position),
        };
        Self { rank, catalogue: entry.item.catalogue.to_string(), number, index }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.rank, self.catalogue, self.number, self.index)
    }
}

/// A text that is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadPlace;

impl FromStr for Place {
    type Err = BadPlace;

    fn from_str(text: &str) -> Result<Self, BadPlace> {
        let mut parts = text.split(' ');
        let mut part = || parts.next().ok_or(BadPlace);
        let (rank, catalogue) = (part()?.parse().map_err(|_| BadPlace)?, part()?.to_owned());
        let (number, index) = (part()?.parse(), part()?.parse());
        Ok(Self {
            rank,
            catalogue,
            number: number.map_err(|_| BadPlace)?,
            index: index.map_err(|_| BadPlace)?,
        })
    }
}
