//! Facets (分面): what of an item lists are filtered and counted by.
//!
//! A facet's values are a function of a content or a local part alone, so whoever filters, in memory or in SQL, goes
//! by this one definition. An element that is not known has no value at all; one that the table shows as empty has
//! [`NONE`], so that unknown is never counted as none.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    canonical::variant_name as name,
    content::{BasisCitation, Content},
    digest::Digest,
    format::Format,
    local::Local,
    time_limit::TimeLimitKind,
};

/// The value of an element of which the table says that there is none.
pub const NONE: &str = "";

/// Bytes of a value that an index can hold; a longer wording is known by its beginning and its digest.
const LONGEST: usize = 400;

/// Stands between a citation's title and its document number.
const BETWEEN: char = '\u{1f}';

/// What lists are filtered and counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Facet {
    /// 公开渠道和载体, by code.
    Channel,
    /// 公开方式 that are ticked: `PROACTIVE`, `ON_REQUEST`.
    Method,
    /// 全社会: `true` or `false`.
    WholeSociety,
    /// 特定群体, by wording.
    AudienceGroup,
    /// 公开时限, by kind; `UNSTATED` where none is printed.
    TimeLimit,
    /// 公开依据, by title and document number as printed; see [`Citation`].
    Basis,
    /// The document numbers of 公开依据 alone.
    BasisNumber,
    /// The row's own 领域, in a catalogue of several.
    Domain,
    /// 公开主体, by wording.
    Unit,
    /// 公开层级 that are ticked.
    Level,
}

/// A facet and a value of it.
pub type Term = (Facet, String);

impl Facet {
    /// Its name in a table, which is its name in JSON.
    pub fn name(self) -> String {
        name(&self)
    }

    /// Whether it is a facet of local parts; otherwise of contents.
    pub fn is_local(self) -> bool {
        matches!(self, Self::Domain | Self::Unit | Self::Level)
    }
}

/// A citation as far as it says which law is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Citation {
    /// The title, or the whole wording where no title can be told.
    pub title: String,
    /// 文号; `None` where none is printed.
    pub number: Option<String>,
}

impl Citation {
    /// What a row's citation says.
    pub fn of(basis: &BasisCitation) -> Self {
        let title = basis.title.as_ref().unwrap_or(&basis.text);
        Self { title: title.to_string(), number: basis.document_number.as_ref().map(ToString::to_string) }
    }

    /// As a value of [`Facet::Basis`].
    pub fn value(&self) -> String {
        let clean = |text: &str| text.replace(BETWEEN, " ");
        let (title, number) = (clean(&self.title), clean(self.number.as_deref().unwrap_or_default()));
        if title.len() + number.len() < LONGEST {
            return format!("{title}{BETWEEN}{number}");
        }
        bounded(&format!("{title:LONGEST$}{number}"))
    }

    /// What a value says; `None` where it was too long to be kept whole.
    pub fn from_value(value: &str) -> Option<Self> {
        let (title, number) = value.split_once(BETWEEN)?;
        let number = Some(number.to_owned()).filter(|number| !number.is_empty());
        Some(Self { title: title.to_owned(), number })
    }

    /// The values from the first to (not with) the second are those of citations with this title.
    pub fn titled(title: &str) -> (String, String) {
        (format!("{title}{BETWEEN}"), format!("{title}{}", char::from(BETWEEN as u8 + 1)))
    }
}

impl Content {
    /// What the shared part says about facets.
    pub fn terms(&self) -> BTreeSet<Term> {
        let mut terms = Terms::default();
        terms.list(Facet::Channel, self.channels.as_ref(), |used| used.code.clone());
        if let Some(methods) = self.methods {
            let ticked = [("PROACTIVE", methods.proactive), ("ON_REQUEST", methods.on_request)];
            let ticked = ticked.iter().filter(|(_, tick)| *tick == Some(true)).collect();
            // A method whose tick cannot be told leaves unknown whether there is none.
            if methods.proactive.is_some() && methods.on_request.is_some() {
                terms.list(Facet::Method, Some(&ticked), |(method, _)| (*method).to_owned());
            } else {
                ticked.iter().for_each(|(method, _)| terms.add(Facet::Method, (*method).to_owned()));
            }
        }
        let audience = self.audience.as_ref();
        if let Some(whole) = audience.and_then(|audience| audience.whole_society) {
            terms.add(Facet::WholeSociety, whole.to_string());
        }
        let groups = audience.and_then(|audience| audience.groups.as_ref());
        terms.list(Facet::AudienceGroup, groups, |group| group.text.to_string());
        let unstated = vec![TimeLimitKind::Unstated];
        let kinds = self.time_limits.as_ref().map(|limits| limits.iter().map(|limit| limit.kind).collect());
        let kinds = kinds.filter(|kinds: &Vec<TimeLimitKind>| !kinds.is_empty()).unwrap_or(unstated);
        terms.list(Facet::TimeLimit, Some(&kinds), name);
        terms.list(Facet::Basis, self.basis.as_ref(), |basis| Citation::of(basis).value());
        for number in self.basis.iter().flatten().filter_map(|basis| basis.document_number.as_ref()) {
            terms.add(Facet::BasisNumber, number.to_string());
        }
        terms.0
    }

    /// Its names in one text, a line each: where a plain substring is looked for.
    pub fn heading(&self) -> String {
        self.names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join("\n")
    }
}

impl Local {
    /// What the local part says about facets.
    pub fn terms(&self) -> BTreeSet<Term> {
        let mut terms = Terms::default();
        if let Some(domain) = &self.domain {
            terms.add(Facet::Domain, domain.as_str().to_owned());
        }
        let units = self.units.as_ref().map(|units| {
            let alternatives = units.iter().flat_map(|unit| unit.alternatives.iter().flatten());
            units.iter().map(|unit| &unit.text).chain(alternatives).collect::<Vec<_>>()
        });
        terms.list(Facet::Unit, units.as_ref(), |text| text.to_string());
        let levels = self.levels.as_ref().map(|levels| {
            levels.iter().filter(|(_, ticked)| **ticked).map(|(level, _)| *level).collect::<Vec<_>>()
        });
        terms.list(Facet::Level, levels.as_ref(), name);
        terms.0
    }
}

/// What an object of the store says about facets; empty for objects of other formats.
pub fn terms_of(object: &[u8]) -> (BTreeSet<Term>, Option<String>) {
    // Quotes inside a string are escaped in canonical JSON, so this finds the member and nothing else.
    let is = |format: &str| {
        let member = format!("\"format\":\"{format}\"");
        object.windows(member.len()).any(|window| window == member.as_bytes())
    };
    if is(Content::FORMAT)
        && let Ok(content) = Content::from_object(object)
    {
        return (content.terms(), Some(content.heading()));
    }
    if is(Local::FORMAT)
        && let Ok(local) = Local::from_object(object)
    {
        return (local.terms(), None);
    }
    (BTreeSet::new(), None)
}

/// A wording as a value: whole where an index can hold it.
pub fn bounded(text: &str) -> String {
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    let beginning: String = text.chars().take(LONGEST / 8).collect();
    format!("{beginning}… {}", Digest::of(text.as_bytes()))
}

#[derive(Default)]
struct Terms(BTreeSet<Term>);

impl Terms {
    fn add(&mut self, facet: Facet, value: String) {
        self.0.insert((facet, bounded(&value)));
    }

    fn list<T>(&mut self, facet: Facet, list: Option<&Vec<T>>, value: impl Fn(&T) -> String) {
        let Some(list) = list else { return };
        list.iter().for_each(|element| self.add(facet, value(element)));
        if list.is_empty() {
            self.add(facet, NONE.to_owned());
        }
    }
}
