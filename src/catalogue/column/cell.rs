//! The cells of an item's row.

use std::{borrow::Cow, cell::OnceCell};

use serde::{Serialize, de::DeserializeOwned};

use super::{Column, ItemSource};
use crate::catalogue::{
    canonical::{CanonicalError, variant_name},
    code::DomainCode,
    content::Content,
    dataset::{ItemLine, Titles, VersionHead},
    draft::Header,
    element::ElementKind,
    local::Local,
    printed::{self, Names, Said},
    version::{ItemParts, Source},
};

/// What a cell says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Nothing is known.
    Empty,
    /// A text, a code, a day, an instant.
    Text(Cow<'a, str>),
    /// A number.
    Integer(u64),
    /// Yes or no.
    Boolean(bool),
    /// A list or an object, as JSON.
    Json(String),
}

/// An item's row, from which declared columns take their cells. Its parts are read when the first of their cells is asked
/// for.
#[derive(Debug)]
pub struct Row<'a> {
    head: &'a VersionHead,
    line: &'a ItemLine,
    titles: &'a Titles,
    first: bool,
    shared: OnceCell<Read<Content>>,
    own: OnceCell<Read<Local>>,
}

/// A part that was read.
#[derive(Debug)]
struct Read<T> {
    /// `None` once redacted.
    part: Option<T>,
    /// Its elements in print.
    printed: Vec<(ElementKind, String)>,
}

impl<'a> Row<'a> {
    /// The row of a line; `first` where it is the first of its version in the file.
    pub fn new(head: &'a VersionHead, line: &'a ItemLine, titles: &'a Titles, first: bool) -> Self {
        Self { head, line, titles, first, shared: OnceCell::new(), own: OnceCell::new() }
    }

    /// What the cell of a declared column says.
    pub fn cell(&self, column: &Column<ItemSource>) -> Result<Cell<'_>, CanonicalError> {
        use ItemSource as S;
        let (head, entry) = (self.head, self.line.entry.as_ref());
        let header = head.header.as_ref();
        let content = || self.shared().map(|read| read.part.as_ref());
        let local = || self.own().map(|read| read.part.as_ref());
        let methods = || content().map(|content| content.and_then(|content| content.methods));
        let limit = || content().map(|content| content.and_then(|it| it.time_limits.as_ref()?.first()));
        Ok(match *column.source() {
            S::Catalogue => text(head.code.as_str()),
            S::Number => Cell::Integer(head.number.into()),
            S::VersionDigest => made(&head.digest),
            S::Revision => Cell::Integer(head.revision),
            S::PublishedAt => made(&head.published_at),
            S::Title => maybe(header.and_then(|header| header.title.as_ref())),
            S::Publisher => maybe(header.and_then(|header| header.publisher.as_ref())),
            S::Label => maybe(header.map(|header| &header.label)),
            S::EffectiveFrom => made(&head.effective_from),
            S::Note => maybe(self.once(header).and_then(|header| header.note.as_ref())),
            S::BasedOnCatalogue => {
                maybe(header.and_then(|header| Some(&header.based_on.as_ref()?.catalogue)))
            }
            S::BasedOnNumber => number(header.and_then(|header| Some(header.based_on.as_ref()?.number))),
            S::Elements => list(self.once(header).map(|header| &header.elements))?,
            S::Sources => list(self.once(header).map(|header| &header.sources))?,
            S::Omissions => list(self.once(header).map(|header| &header.omissions))?,
            S::Division => text(head.code.division.as_str()),
            S::DivisionName => maybe(head.division_name.as_ref()),
            S::Kind => made(&variant_name(&head.code.kind)),
            S::Domain => maybe(self.domain()?),
            S::DomainName => maybe(self.domain()?.and_then(|code| self.titles.domains.get(code))),
            S::Position => Cell::Integer(u64::from(self.line.position) + 1),
            S::Item => maybe(entry.map(|entry| &entry.item)),
            S::ItemDigest => match entry {
                Some(entry) => made(&ItemParts { content: entry.content, local: entry.local }.digest()),
                None => Cell::Empty,
            },
            S::ContentDigest => maybe(entry.map(|entry| &entry.content)),
            S::LocalDigest => maybe(entry.map(|entry| &entry.local)),
            S::Relation => maybe(entry.map(|entry| variant_name(&entry.relation)).as_ref()),
            S::Redacted => {
                maybe(Some(self.line.redacted().join(" ")).filter(|parts| !parts.is_empty()).as_ref())
            }
            S::Name0 => self.name(0)?,
            S::Name1 => self.name(1)?,
            S::Name2 => self.name(2)?,
            S::PointsText => self.words(ElementKind::Content)?,
            S::BasisText => self.words(ElementKind::Basis)?,
            S::TimeLimitsText => self.words(ElementKind::TimeLimit)?,
            S::PublicityPeriodText => self.words(ElementKind::PublicityPeriod)?,
            S::UnitsText => self.words(ElementKind::ResponsibleUnit)?,
            S::MethodsText => self.words(ElementKind::Method)?,
            S::ChannelsText => self.words(ElementKind::Channel)?,
            S::AudienceText => self.words(ElementKind::Audience)?,
            S::LevelsText => self.words(ElementKind::Level)?,
            S::Proactive => flag(methods()?.and_then(|methods| methods.proactive)),
            S::OnRequest => flag(methods()?.and_then(|methods| methods.on_request)),
            S::WholeSociety => flag(content()?.and_then(|content| content.audience.as_ref()?.whole_society)),
            S::TimeLimitKind => maybe(limit()?.map(|limit| variant_name(&limit.kind)).as_ref()),
            S::TimeLimitCount => number(limit()?.and_then(|limit| limit.count)),
            S::TimeLimitUnit => {
                maybe(limit()?.and_then(|limit| limit.unit.as_ref()).map(variant_name).as_ref())
            }
            S::SourceTitle => maybe(self.source().and_then(|source| source.title.as_ref())),
            S::SourceUrl => maybe(self.source().and_then(|source| source.url.as_ref())),
            S::Points => json(content()?.and_then(|content| content.points.as_ref()))?,
            S::Basis => json(content()?.and_then(|content| content.basis.as_ref()))?,
            S::TimeLimits => json(content()?.and_then(|content| content.time_limits.as_ref()))?,
            S::PublicityPeriod => json(content()?.and_then(|content| content.publicity_period.as_ref()))?,
            S::Methods => json(methods()?.as_ref())?,
            S::Channels => json(content()?.and_then(|content| content.channels.as_ref()))?,
            S::ChannelRule => {
                maybe(content()?.and_then(|content| content.channel_rule.as_ref()).map(variant_name).as_ref())
            }
            S::Audience => json(content()?.and_then(|content| content.audience.as_ref()))?,
            S::OpenEnded => json(content()?.and_then(|content| content.open_ended.as_ref()))?,
            S::SharedExtensions => json(content()?.and_then(|content| content.extensions.as_ref()))?,
            S::OwnDomain => maybe(local()?.and_then(|local| local.domain.as_ref())),
            S::Units => json(local()?.and_then(|local| local.units.as_ref()))?,
            S::Levels => json(local()?.and_then(|local| local.levels.as_ref()))?,
            S::Addresses => json(local()?.and_then(|local| local.addresses.as_ref()))?,
            S::OwnExtensions => json(local()?.and_then(|local| local.extensions.as_ref()))?,
            S::Inferred => json(local()?.and_then(|local| local.inferred.as_ref()))?,
            S::OriginItem => maybe(entry.and_then(|entry| Some(&entry.origin.as_ref()?.item))),
            S::OriginVersion => maybe(entry.and_then(|entry| Some(&entry.origin.as_ref()?.version))),
            S::Reason => maybe(entry.and_then(|entry| entry.reason.as_ref())),
            S::Source => number(entry.and_then(|entry| entry.source)),
        })
    }

    /// What stands on the first row of a version only.
    fn once(&self, header: Option<&'a Header>) -> Option<&'a Header> {
        header.filter(|_| self.first)
    }

    fn domain(&self) -> Result<Option<&DomainCode>, CanonicalError> {
        match &self.head.code.domain {
            Some(domain) => Ok(Some(domain)),
            None => Ok(self.own()?.part.as_ref().and_then(|local| local.domain.as_ref())),
        }
    }

    fn name(&self, level: usize) -> Result<Cell<'_>, CanonicalError> {
        let content = self.shared()?.part.as_ref();
        let name = content.and_then(|content| content.names.get(level));
        Ok(name.map_or(Cell::Empty, |name| text(name.as_str())))
    }

    fn words(&self, kind: ElementKind) -> Result<Cell<'_>, CanonicalError> {
        let printed = match kind {
            ElementKind::ResponsibleUnit | ElementKind::Level => &self.own()?.printed,
            _ => &self.shared()?.printed,
        };
        let words = printed.iter().find(|(element, _)| *element == kind);
        Ok(words.filter(|(_, words)| !words.is_empty()).map_or(Cell::Empty, |(_, words)| text(words)))
    }

    fn shared(&self) -> Result<&Read<Content>, CanonicalError> {
        self.read(&self.shared, self.line.content.as_deref(), printed::shared)
    }

    fn own(&self) -> Result<&Read<Local>, CanonicalError> {
        self.read(&self.own, self.line.local.as_deref(), printed::own)
    }

    fn read<'b, T: DeserializeOwned>(
        &self,
        known: &'b OnceCell<Read<T>>,
        text: Option<&str>,
        print: impl for<'c> Fn(&'c T, &'c Words<'a>) -> Vec<Said<'c>>,
    ) -> Result<&'b Read<T>, CanonicalError> {
        if let Some(known) = known.get() {
            return Ok(known);
        }
        let part = text.map(serde_json::from_str::<T>).transpose()?;
        let words = Words { head: self.head, titles: self.titles };
        let said = part.iter().flat_map(|part| print(part, &words));
        let printed = said.map(|said| (said.kind, said.text().into_owned())).collect();
        Ok(known.get_or_init(|| Read { part, printed }))
    }

    fn source(&self) -> Option<&Source> {
        let index = self.line.entry.as_ref()?.source?;
        self.head.header.as_ref()?.sources.get(index as usize)
    }
}

/// What printing looks up.
pub(in crate::catalogue) struct Words<'a> {
    /// The version, which declares further elements.
    pub head: &'a VersionHead,
    /// The names of channels.
    pub titles: &'a Titles,
}

impl Names for Words<'_> {
    fn channel(&self, code: &str) -> Option<&str> {
        self.titles.channels.get(code).map(String::as_str)
    }

    fn extension(&self, key: &str) -> Option<&str> {
        let mut elements = self.head.header.iter().flat_map(|header| &header.elements);
        elements.find(|element| element.key.as_str() == key).map(|element| element.label.as_str())
    }
}

fn text(text: &str) -> Cell<'_> {
    Cell::Text(text.into())
}

fn made(value: &impl ToString) -> Cell<'static> {
    Cell::Text(value.to_string().into())
}

fn maybe(value: Option<&impl ToString>) -> Cell<'static> {
    value.map_or(Cell::Empty, made)
}

fn number(value: Option<impl Into<u64>>) -> Cell<'static> {
    value.map_or(Cell::Empty, |value| Cell::Integer(value.into()))
}

fn flag(value: Option<bool>) -> Cell<'static> {
    value.map_or(Cell::Empty, Cell::Boolean)
}

fn json<T: Serialize>(value: Option<&T>) -> Result<Cell<'static>, CanonicalError> {
    Ok(match value {
        Some(value) => Cell::Json(serde_json::to_string(value)?),
        None => Cell::Empty,
    })
}

/// Lists of a header are absent where they are empty.
fn list<T: Serialize>(value: Option<&Vec<T>>) -> Result<Cell<'static>, CanonicalError> {
    json(value.filter(|list| !list.is_empty()))
}
