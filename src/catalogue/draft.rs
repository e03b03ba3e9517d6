//! Drafts (草案): from a document in the import's canonical form to a version with all its digests.
//!
//! A draft has its digests before review: what was reviewed is, digest for digest, what is published.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    canonical::CanonicalError,
    code::{CatalogueCode, ItemCode},
    content::Content,
    declaration::DeclaredElement,
    digest::Digest,
    element::{ElementPart, ElementSchema},
    format::Format,
    lineage::{Origin, Relation},
    local::Local,
    merkle,
    object::Object,
    text::Text,
    version::{BasedOn, Entry, Omission, Source, Version},
};

/// The header of a document: what its first line says of the whole version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Header {
    /// 目录代码.
    pub catalogue: CatalogueCode,
    /// 标题 as printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// 发布单位 as printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<Text>,
    /// A short name of the version, 2024年版.
    pub label: Text,
    /// 施行日期.
    pub effective_from: NaiveDate,
    /// A remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
    /// The upstream version that it is made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub based_on: Option<Upstream>,
    /// Declarations of further elements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<ElementSchema>,
    /// Where the rows come from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
    /// Items of the upstream version that are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omissions: Vec<Omission>,
}

impl Header {
    /// The header of a document that would make this version again, given the elements that it declares.
    pub fn of(version: &Version, elements: Vec<ElementSchema>) -> Self {
        let based_on = version.based_on.as_ref();
        Self {
            catalogue: version.catalogue.clone(),
            title: version.title.clone(),
            publisher: version.publisher.clone(),
            label: version.label.clone(),
            effective_from: version.effective_from,
            note: version.note.clone(),
            based_on: based_on.map(|on| Upstream { catalogue: on.catalogue.clone(), number: on.number }),
            elements,
            sources: version.sources.clone(),
            omissions: version.omissions.clone(),
        }
    }
}

/// An upstream version, by its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Upstream {
    /// The upstream catalogue.
    pub catalogue: CatalogueCode,
    /// Its version's number.
    pub number: u32,
}

/// One row of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// 事项代码; absent: the item of the last version that has the same names, or a new code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemCode>,
    /// What is meant to be the same everywhere.
    pub content: Content,
    /// Who and where.
    #[serde(default)]
    pub local: Local,
    /// The upstream item that it was taken from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Why it differs from its origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
    /// Index into the header's sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<u32>,
}

/// A version to be: its header and its rows in table order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The header.
    pub header: Header,
    /// The rows.
    pub rows: Vec<Row>,
}

/// The last version of the catalogue that a document continues, and what else its assembly must know.
#[derive(Clone, Debug, Default)]
pub struct Base {
    /// The number and digest of the last version; `None` before the first.
    pub last: Option<(u32, Digest)>,
    /// The greatest serial that was ever minted.
    pub last_serial: u32,
    /// The items of the last version by their names, where only one has them; none where every row of the document has
    /// its code.
    pub by_names: HashMap<Vec<Text>, ItemCode>,
    /// The item codes of the last version, and of those that the document names all that were ever published here.
    pub minted: HashSet<ItemCode>,
    /// The upstream version's digest, where the document names one that exists.
    pub upstream: Option<Digest>,
    /// Content digests of the origins that rows name, where they exist.
    pub origins: HashMap<(ItemCode, Digest), Digest>,
}

/// A version that nobody has published yet, with every object that it needs.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The header; its object's digest is the draft's digest.
    pub version: Version,
    /// The version's digest.
    pub digest: Digest,
    /// The entries in table order.
    pub entries: Vec<Entry>,
    /// Every object by digest, the header among them.
    pub objects: BTreeMap<Digest, Vec<u8>>,
}

impl Document {
    /// Gives each row without a code the code of the last version's item with the same names, or mints one.
    pub fn mint(&mut self, base: &Base) {
        let mut taken: HashSet<ItemCode> = self.rows.iter().filter_map(|row| row.item.clone()).collect();
        let given = taken.iter().map(|item| item.serial).max().unwrap_or(0);
        let mut serial = base.last_serial.max(given);
        for row in self.rows.iter_mut().filter(|row| row.item.is_none()) {
            let kept = base.by_names.get(&row.content.names).filter(|item| !taken.contains(*item)).cloned();
            let item = kept.unwrap_or_else(|| {
                serial += 1;
                self.header.catalogue.item(serial)
            });
            taken.insert(item.clone());
            row.item = Some(item);
        }
    }

    /// What its version declares: of what the place and the domain declare all that some row has, then what the header
    /// declares besides.
    pub fn elements(&self, declared: &[DeclaredElement]) -> Result<Vec<ElementSchema>, CanonicalError> {
        let shared = self.rows.iter().filter_map(|row| row.content.extensions.as_ref());
        let own = self.rows.iter().filter_map(|row| row.local.extensions.as_ref());
        let shared: HashSet<&Text> = shared.flat_map(BTreeMap::keys).collect();
        let own: HashSet<&Text> = own.flat_map(BTreeMap::keys).collect();
        let used = |element: &&DeclaredElement| match element.part {
            ElementPart::Content => shared.contains(&element.key),
            ElementPart::Local => own.contains(&element.key),
        };
        let used: Vec<&DeclaredElement> = declared.iter().filter(used).collect();
        let mut elements: Vec<ElementSchema> =
            used.iter().map(|element| element.to_schema()).collect::<Result<_, _>>()?;
        let besides = self.header.elements.iter().filter(|one| !used.iter().any(|used| used.is_of(one)));
        elements.extend(besides.cloned());
        Ok(elements)
    }

    /// Makes the draft. Rows must have codes ([`Document::mint`]) and origins must be in the base; the rules of
    /// [`super::check`] say where they are not.
    pub fn assemble(self, base: &Base) -> Result<Draft, CanonicalError> {
        let mut objects = Objects::default();
        let entries: Vec<Entry> = self
            .rows
            .into_iter()
            .filter_map(|row| objects.entry(row, base).transpose())
            .collect::<Result<_, _>>()?;
        let leaves: Vec<Digest> = entries.iter().map(|entry| objects.put(entry)).collect::<Result<_, _>>()?;
        let header = self.header;
        let version = Version {
            catalogue: header.catalogue,
            number: base.last.map_or(1, |(number, _)| number + 1),
            title: header.title,
            publisher: header.publisher,
            label: header.label,
            effective_from: header.effective_from,
            previous: base.last.map(|(_, digest)| digest),
            based_on: header.based_on.zip(base.upstream).map(|(up, digest)| BasedOn {
                catalogue: up.catalogue,
                number: up.number,
                digest,
            }),
            note: header.note,
            element_schemas: header
                .elements
                .iter()
                .map(|element| objects.put(element))
                .collect::<Result<_, _>>()?,
            sources: header.sources,
            omissions: header.omissions,
            size: entries.len().try_into().unwrap_or(u32::MAX),
            entries: merkle::root(leaves.iter().copied()),
        };
        objects.0.extend(Object::list(&leaves).map(|list| (list.digest, list.bytes)));
        let digest = objects.put(&version)?;
        Ok(Draft { version, digest, entries, objects: objects.0 })
    }
}

#[derive(Default)]
struct Objects(BTreeMap<Digest, Vec<u8>>);

impl Objects {
    fn put<T: Format>(&mut self, value: &T) -> Result<Digest, CanonicalError> {
        let object = value.to_object()?;
        self.0.insert(object.digest, object.bytes);
        Ok(object.digest)
    }

    fn entry(&mut self, row: Row, base: &Base) -> Result<Option<Entry>, CanonicalError> {
        let Some(item) = row.item else { return Ok(None) };
        let content = self.put(&row.content)?;
        let local = self.put(&row.local)?;
        let origin_content = row.origin.as_ref().and_then(|o| base.origins.get(&(o.item.clone(), o.version)));
        let relation = Relation::of(content, origin_content.copied());
        Ok(Some(Entry {
            item,
            content,
            local,
            relation,
            origin: row.origin,
            reason: row.reason,
            source: row.source,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(names: &[&str]) -> Document {
        let header =
            serde_json::json!({"catalogue":"513230000000-12","label":"x","effectiveFrom":"2026-01-01"});
        let row = |name: &&str| serde_json::json!({"content":{"names":[name]}});
        Document {
            header: serde_json::from_value(header).unwrap(),
            rows: names.iter().map(|name| serde_json::from_value(row(name)).unwrap()).collect(),
        }
    }

    #[test]
    fn rows_keep_the_code_of_their_name_and_new_ones_get_codes_never_used() {
        let catalogue: CatalogueCode = "513230000000-12".parse().unwrap();
        let base = Base {
            last_serial: 7,
            by_names: HashMap::from([(vec![Text::new("甲")], catalogue.item(3))]),
            ..Base::default()
        };
        let mut document = document(&["乙", "甲", "甲"]);
        document.mint(&base);
        let codes: Vec<u32> = document.rows.iter().map(|row| row.item.as_ref().unwrap().serial).collect();
        assert_eq!(codes, [8, 3, 9]);
    }

    #[test]
    fn the_version_leads_to_every_entry() {
        for names in [&[][..], &["甲"], &["甲", "乙"], &["甲", "乙", "丙"]] {
            let mut document = document(names);
            document.mint(&Base::default());
            let draft = document.assemble(&Base::default()).unwrap();
            let list = &draft.objects[&draft.version.entries];
            let leaves = crate::catalogue::object::leaves(draft.version.entries, list).unwrap();
            let entries: Vec<Entry> =
                leaves.iter().map(|leaf| Entry::from_object(&draft.objects[leaf]).unwrap()).collect();
            assert_eq!(entries, draft.entries);
            for (digest, bytes) in &draft.objects {
                assert_eq!(crate::catalogue::object::digest_of(bytes), Some(*digest));
            }
        }
    }
}
