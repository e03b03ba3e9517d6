//! A log of versions without a store, and the places in it.

use std::collections::{BTreeMap, HashMap};

use mulu::catalogue::{
    adopt::{Adopted, Adoption, Bases, Edition, Printed, Side, adopt},
    division::Level,
    draft::{Base, Document, Row},
};

pub const GUIDELINE: &str = "100000000000-12G";
/// The places below, with the units that are assigned there: the village has none.
pub const PLACES: [(&str, Level, Option<&str>); 3] = [
    ("513230000000-12", Level::County, Some("\u{53BF}\u{6587}\u{5316}\u{5C40}")),
    ("513230100000-12", Level::Township, Some("\u{9547}\u{4EBA}\u{6C11}\u{653F}\u{5E9C}")),
    ("513230100001-12V", Level::Village, None),
];

/// What was published of all catalogues, without a store.
#[derive(Default)]
pub struct Log(pub Vec<Edition>);

impl Log {
    pub fn last(&self, catalogue: &str) -> Option<&Edition> {
        self.0.iter().rev().find(|edition| edition.version.catalogue.as_str() == catalogue)
    }

    pub fn bases(&self) -> Bases {
        let rows = |edition: &Edition| {
            let part = |row: &Printed| (row.entry.item.clone(), (row.content.clone(), row.local.clone()));
            edition.rows.iter().map(part).collect()
        };
        self.0.iter().map(|edition| (edition.digest, rows(edition))).collect()
    }

    pub fn base(&self, document: &Document) -> Base {
        let here = |edition: &&Edition| edition.version.catalogue == document.header.catalogue;
        let items: Vec<_> = self.0.iter().filter(here).flat_map(|edition| &edition.rows).collect();
        let last = self.last(document.header.catalogue.as_str());
        let origins = self.0.iter().flat_map(|edition| {
            edition.rows.iter().map(|row| ((row.entry.item.clone(), edition.digest), row.entry.content))
        });
        let upstream = document.header.based_on.as_ref().and_then(|on| {
            let found = self
                .0
                .iter()
                .find(|one| one.version.catalogue == on.catalogue && one.version.number == on.number);
            found.map(|edition| edition.digest)
        });
        Base {
            last: last.map(|last| (last.version.number, last.digest)),
            last_serial: items.iter().map(|row| row.entry.item.serial).max().unwrap_or(0),
            by_names: HashMap::new(),
            minted: items.iter().map(|row| row.entry.item.clone()).collect(),
            upstream,
            origins: origins.collect(),
        }
    }

    pub fn publish(&mut self, mut document: Document) -> &Edition {
        let base = self.base(&document);
        document.mint(&base);
        let (rows, elements) = (document.rows.clone(), document.header.elements.clone());
        let draft = document.assemble(&base).unwrap();
        let printed = |(entry, row): (_, Row)| Printed { entry, content: row.content, local: row.local };
        let rows = draft.entries.into_iter().zip(rows).map(printed).collect();
        self.0.push(Edition { version: draft.version, digest: draft.digest, elements, rows });
        self.0.last().unwrap()
    }

    pub fn adopt(&self, from: &str, place: usize, take: Side) -> Adopted {
        let (catalogue, level, unit) = PLACES[place];
        let domain = "12".parse().unwrap();
        let asked = Adoption {
            catalogue: catalogue.parse().unwrap(),
            level,
            label: None,
            effective_from: None,
            usual_day: "2026-11-21".parse().unwrap(),
            note: None,
            units: unit.map(|unit| BTreeMap::from([(domain, vec![unit.into()])])).unwrap_or_default(),
            omissions: Vec::new(),
            include: Vec::new(),
            take,
        };
        adopt(&asked, self.last(from).unwrap(), self.last(catalogue), &self.bases())
    }

    /// Adopts all the way down and publishes each.
    pub fn down(&mut self) {
        let mut from = GUIDELINE;
        for (place, (catalogue, ..)) in PLACES.iter().enumerate() {
            let adopted = self.adopt(from, place, Side::Ours);
            assert_eq!(adopted.coverage.adapted + adopted.coverage.own, 0);
            self.publish(adopted.document);
            from = catalogue;
        }
    }

    pub fn document(&self, catalogue: &str) -> Document {
        self.last(catalogue).unwrap().document()
    }
}
