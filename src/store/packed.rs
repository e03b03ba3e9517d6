//! The entries of a version as one short run of bytes (postcard): what the rows of `entry` say, less what is told apart
//! only to be looked for. Whoever reads a version reads all of it, and one row is read far sooner than fifty.

use serde::{Deserialize, Serialize};

use super::{entity::entry, read, unsigned};
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

/// Packs the rows of a version that has `size` entries.
pub(super) fn pack(size: u32, rows: &[entry::Model]) -> Result<Vec<u8>> {
    let mut packed = Packed::default();
    packed.rows.resize_with(size as usize, || None);
    for row in rows {
        let broken = || Error::Inconsistent(format!("entry {} {}", row.catalogue, row.position));
        let item = packed.item(&row.item).ok_or_else(broken)?;
        let origin = row.origin_item.as_ref().zip(row.origin_version.as_ref());
        let origin = origin.map(|(item, version)| {
            let version = *read::digest(version, "entry")?.as_bytes();
            Ok::<_, Error>((packed.item(item).ok_or_else(broken)?, place(&mut packed.versions, version)))
        });
        let made = Row {
            item,
            content: *read::digest(&row.content, "entry")?.as_bytes(),
            local: *read::digest(&row.local, "entry")?.as_bytes(),
            relation: serde_json::from_value(row.relation.clone().into()).map_err(|_| broken())?,
            origin: origin.transpose()?,
            reason: row.reason.as_deref(),
            source: row.source.map(i32::unsigned_abs),
            changed: unsigned(row.changed),
        };
        *packed.rows.get_mut(row.position.unsigned_abs() as usize).ok_or_else(broken)? = Some(made);
    }
    postcard::to_allocvec(&packed).map_err(Error::internal)
}

impl<'a> Packed<'a> {
    fn item(&mut self, code: &'a str) -> Option<Item> {
        let (catalogue, serial) = code.rsplit_once('-')?;
        Some((place(&mut self.catalogues, catalogue), serial.parse().ok()?))
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
