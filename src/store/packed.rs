//! The entries of a version as one short run of bytes (postcard): what the rows of `entry` say, less what is told apart
//! only to be looked for. Whoever reads a version reads all of it, and one row is read far sooner than fifty.

use serde::{Deserialize, Serialize};

use crate::{
    catalogue::{
        code::{CatalogueCode, ItemCode},
        lineage::{Origin, Relation},
        scope::Revision,
        text::Text,
        version::Entry,
    },
    error::{Error, Result},
};

/// All entries. Catalogues and versions are named once and then by their place.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Packed<'a> {
    #[serde(borrow)]
    catalogues: Vec<&'a str>,
    versions: Vec<[u8; 32]>,
    /// By position; `None` where the entry was redacted.
    rows: Vec<Option<Row<'a>>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Row<'a> {
    item: Item,
    content: [u8; 32],
    local: [u8; 32],
    /// By its place among the relations, so their order is part of the format.
    relation: Relation,
    /// The upstream item, and its version.
    origin: Option<(Item, u32)>,
    #[serde(borrow)]
    reason: Option<&'a str>,
    source: Option<u32>,
    changed: Revision,
}

/// A catalogue by its place, and a serial number there.
type Item = (u32, u32);

/// Packs the entries of a version by position, with the revision since which each has read as it does; `None` where one
/// was redacted.
pub fn pack(entries: &[Option<(Entry, Revision)>]) -> Result<Vec<u8>> {
    let mut packed = Packed::default();
    for entry in entries {
        let row = entry.as_ref().map(|(entry, changed)| packed.row(entry, *changed));
        packed.rows.push(row);
    }
    postcard::to_allocvec(&packed).map_err(Error::internal)
}

impl<'a> Packed<'a> {
    fn row(&mut self, entry: &'a Entry, changed: Revision) -> Row<'a> {
        Row {
            item: self.item(&entry.item),
            content: *entry.content.as_bytes(),
            local: *entry.local.as_bytes(),
            relation: entry.relation,
            origin: entry.origin.as_ref().map(|origin| {
                (self.item(&origin.item), place(&mut self.versions, *origin.version.as_bytes()))
            }),
            reason: entry.reason.as_ref().map(Text::as_str),
            source: entry.source,
            changed,
        }
    }

    fn item(&mut self, code: &'a ItemCode) -> Item {
        (place(&mut self.catalogues, code.catalogue.as_str()), code.serial)
    }
}

/// The place of a value among others, at their end where it is not there yet. What comes next is mostly the same again.
fn place<T: PartialEq>(among: &mut Vec<T>, value: T) -> u32 {
    let known = among.iter().rposition(|known| *known == value);
    let place = known.unwrap_or_else(|| {
        among.push(value);
        among.len() - 1
    });
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// The entries by position, and since when each has read as it does; `None` where one was redacted.
pub(super) fn unpack(bytes: &[u8]) -> Result<Vec<Option<(Entry, Revision)>>> {
    let broken = || Error::Inconsistent("tree: not as it was packed".to_owned());
    let packed: Packed = postcard::from_bytes(bytes).map_err(|_| broken())?;
    let codes = packed.catalogues.iter().map(|code| code.parse().map_err(|_| broken()));
    let codes: Vec<CatalogueCode> = codes.collect::<Result<_>>()?;
    let item = |(catalogue, serial): Item| -> Result<ItemCode> {
        Ok(codes.get(catalogue as usize).ok_or_else(broken)?.item(serial))
    };
    let entry = |row: Row| -> Result<(Entry, Revision)> {
        let origin = row.origin.map(|(upstream, version)| {
            let version = *packed.versions.get(version as usize).ok_or_else(broken)?;
            Ok::<_, Error>(Origin { item: item(upstream)?, version: version.into() })
        });
        let entry = Entry {
            item: item(row.item)?,
            content: row.content.into(),
            local: row.local.into(),
            relation: row.relation,
            origin: origin.transpose()?,
            reason: row.reason.map(Text::new),
            source: row.source,
        };
        Ok((entry, row.changed))
    };
    packed.rows.into_iter().map(|row| row.map(entry).transpose()).collect()
}
