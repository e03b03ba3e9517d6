//! Adoption (采用): the draft of a lower level from a version of an upper one.
//!
//! What is meant to be the same everywhere is taken over byte for byte, so that its digest stays; who and where
//! becomes this place's own. Where the place has a catalogue already, the two are merged in three ways, element by
//! element: what only upstream changed is followed, what only this place changed stays.

mod local;
mod merge;
mod table;

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    check::{Finding, Message, Place, Rule, UNSTATED},
    code::{CatalogueCode, DomainCode, ItemCode},
    content::Content,
    digest::Digest,
    division::Level,
    draft::{Document, Header, Row, Upstream},
    element::ElementSchema,
    format::Format,
    lineage::Origin,
    local::Local,
    object,
    text::Text,
    version::{Entry, Omission, Version},
};

/// A version with all that it leads to.
#[derive(Clone, Debug)]
pub struct Edition {
    /// Its header.
    pub version: Version,
    /// The header's digest.
    pub digest: Digest,
    /// The further elements that it declares.
    pub elements: Vec<ElementSchema>,
    /// Its rows in table order.
    pub rows: Vec<Printed>,
}

/// A row as it was published.
#[derive(Clone, Debug)]
pub struct Printed {
    /// The entry.
    pub entry: Entry,
    /// The shared part.
    pub content: Content,
    /// The local part.
    pub local: Local,
}

impl Edition {
    /// The version under a digest with all that it leads to among objects; `None` where something is missing.
    pub fn open(digest: Digest, objects: &BTreeMap<Digest, Vec<u8>>) -> Option<Self> {
        fn part<T: Format>(objects: &BTreeMap<Digest, Vec<u8>>, digest: Digest) -> Option<T> {
            T::from_object(objects.get(&digest)?).ok()
        }
        let version: Version = part(objects, digest)?;
        let row = |leaf: &Digest| {
            let entry: Entry = part(objects, *leaf)?;
            let (content, local) = (part(objects, entry.content)?, part(objects, entry.local)?);
            Some(Printed { entry, content, local })
        };
        let leaves = object::leaves(version.entries, objects.get(&version.entries)?)?;
        let rows = leaves.iter().map(row).collect::<Option<_>>()?;
        let elements =
            version.element_schemas.iter().map(|key| part(objects, *key)).collect::<Option<_>>()?;
        Some(Self { version, digest, elements, rows })
    }
}

/// What versions said that rows were once taken from: by the digest of the version, then by item. What was redacted
/// since is not there.
pub type Bases = HashMap<Digest, HashMap<ItemCode, (Content, Local)>>;

/// Whose words hold where upstream and this place changed one element in different ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// 本级.
    #[default]
    Ours,
    /// 上游.
    Theirs,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Adoption {
    /// The catalogue that the draft is of.
    pub catalogue: CatalogueCode,
    /// The level of its division.
    pub level: Level,
    /// The version's short name; `None`: upstream's.
    pub label: Option<Text>,
    /// 施行日期; `None`: `usual_day`.
    pub effective_from: Option<NaiveDate>,
    /// The day from which it is in force where none is asked for.
    pub usual_day: NaiveDate,
    /// A remark; `None`: that of the last version.
    pub note: Option<Text>,
    /// The units that answer for each domain in this place, by their registered names.
    pub units: BTreeMap<DomainCode, Vec<Text>>,
    /// Upstream items that are left out from now on.
    pub omissions: Vec<Omission>,
    /// Upstream items that were left out and are taken over after all.
    pub include: Vec<ItemCode>,
    /// Whose words hold in a conflict.
    pub take: Side,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Adopted {
    /// The draft as a document of the import's canonical form.
    pub document: Document,
    /// Conflicts, rows that lost their origin, units that nobody is known for.
    pub findings: Vec<Finding>,
    /// How much of the upstream version is in it.
    pub coverage: Coverage,
}

/// How much of an upstream version a place has (覆盖情况), of the rows that are for its level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    /// Upstream rows for this level.
    pub upstream: usize,
    /// 采用: upstream rows whose wording is the same here.
    pub adopted: usize,
    /// 调整: upstream rows that say something else here.
    pub adapted: usize,
    /// 未采用.
    pub omitted: usize,
    /// 自有: rows of this place that the upstream version does not have.
    pub own: usize,
}

/// Makes the draft. `last` is the last version of the target catalogue, `bases` what its rows were taken from.
pub fn adopt(asked: &Adoption, upstream: &Edition, last: Option<&Edition>, bases: &Bases) -> Adopted {
    let omissions = omissions(asked, upstream, last, bases);
    let (rows, coverage) = table::rows(asked, upstream, last, bases, &omissions);
    let mut findings = Vec::new();
    let mut document = Document { header: header(asked, upstream, last, omissions), rows: Vec::new() };
    for (index, made) in rows.into_iter().enumerate() {
        document.rows.push(made.row);
        let placed = |said: Finding| Finding { place: Place { row: Some(index), ..said.place }, ..said };
        findings.extend(made.findings.into_iter().map(placed));
    }
    if let Some(last) = last {
        stay_if_nothing_else_changed(asked, last, &mut document);
    }
    Adopted { document, findings, coverage }
}

/// Whether an upstream row is for this level: it is, unless the table says no. Unknown is never false.
fn is_for(level: Level, local: &Local) -> bool {
    local.levels.as_ref().and_then(|levels| levels.get(&level)) != Some(&false)
}

/// What is left out: what was left out before, what this place had dropped without saying so, and what is asked now.
/// Items that upstream no longer has need no reason any more.
fn omissions(asked: &Adoption, upstream: &Edition, last: Option<&Edition>, bases: &Bases) -> Vec<Omission> {
    let there: HashSet<&ItemCode> = upstream.rows.iter().map(|row| &row.entry.item).collect();
    let asked_for: HashMap<&ItemCode, &Omission> = asked.omissions.iter().map(|o| (&o.item, o)).collect();
    let before = last.map_or(&[][..], |last| &last.version.omissions);
    let mut omissions: Vec<Omission> =
        before.iter().map(|old| asked_for.get(&old.item).map_or(old, |new| new).clone()).collect();
    let dropped = last.map(|last| dropped(asked.level, upstream, last, bases)).unwrap_or_default();
    let unstated = |item| Omission { item, reason: Text::new(UNSTATED) };
    omissions.extend(dropped.into_iter().filter(|item| !asked_for.contains_key(item)).map(unstated));
    omissions.retain(|old| there.contains(&old.item) && !asked.include.contains(&old.item));
    let kept: HashSet<ItemCode> = omissions.iter().map(|o| o.item.clone()).collect();
    omissions.extend(asked.omissions.iter().filter(|new| !kept.contains(&new.item)).cloned());
    omissions
}

/// Items of the version that the last one was based on, for this level, of which it has neither a row nor a reason.
fn dropped(level: Level, upstream: &Edition, last: &Edition, bases: &Bases) -> Vec<ItemCode> {
    let Some(base) = last.version.based_on.as_ref().and_then(|on| bases.get(&on.digest)) else {
        return Vec::new();
    };
    let taken: HashSet<&ItemCode> =
        last.rows.iter().filter_map(|row| row.entry.origin.as_ref().map(|o| &o.item)).collect();
    let left_out: HashSet<&ItemCode> = last.version.omissions.iter().map(|o| &o.item).collect();
    let unsaid = |item: &&ItemCode| !taken.contains(item) && !left_out.contains(item);
    let was_for = |item: &&ItemCode| base.get(item).is_some_and(|(_, local)| is_for(level, local));
    upstream.rows.iter().map(|row| &row.entry.item).filter(was_for).filter(unsaid).cloned().collect()
}

fn header(asked: &Adoption, upstream: &Edition, last: Option<&Edition>, omissions: Vec<Omission>) -> Header {
    let before = last.map(|last| &last.version);
    let (catalogue, number) = (upstream.version.catalogue.clone(), upstream.version.number);
    // A declaration is the form, not what is filled in: local ones come along for this place to fill in.
    let mut elements = upstream.elements.clone();
    let own = last.into_iter().flat_map(|last| &last.elements);
    let declared =
        |one: &&ElementSchema| upstream.elements.iter().any(|up| up.key == one.key && up.part == one.part);
    elements.extend(own.filter(|one| !declared(one)).cloned());
    Header {
        catalogue: asked.catalogue.clone(),
        title: before.and_then(|before| before.title.clone()),
        publisher: before.and_then(|before| before.publisher.clone()),
        label: asked.label.clone().unwrap_or_else(|| upstream.version.label.clone()),
        effective_from: asked.effective_from.unwrap_or(asked.usual_day),
        note: asked.note.clone().or_else(|| before.and_then(|before| before.note.clone())),
        based_on: Some(Upstream { catalogue, number }),
        elements,
        sources: before.map(|before| before.sources.clone()).unwrap_or_default(),
        omissions,
    }
}

/// A draft that would differ from the last version by a label and a day that nobody asked for says nothing new.
fn stay_if_nothing_else_changed(asked: &Adoption, last: &Edition, document: &mut Document) {
    let header = &document.header;
    let same = Header {
        label: asked.label.clone().unwrap_or_else(|| last.version.label.clone()),
        effective_from: asked.effective_from.unwrap_or(last.version.effective_from),
        ..header.clone()
    };
    let before = last.document();
    if same == before.header && document.rows == before.rows {
        document.header = same;
    }
}

impl Edition {
    /// The document that would make this version again.
    pub fn document(&self) -> Document {
        let header = Header::of(&self.version, self.elements.clone());
        Document { header, rows: self.rows.iter().map(Printed::row).collect() }
    }
}

impl Printed {
    /// The row of a document that would make this one again.
    pub fn row(&self) -> Row {
        let Entry { item, origin, reason, source, .. } = self.entry.clone();
        let (content, local) = (self.content.clone(), self.local.clone());
        Row { item: Some(item), content, local, origin, reason, source }
    }
}
