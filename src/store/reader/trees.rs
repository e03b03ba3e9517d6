//! Trees: the entries of a version, read from rows alone.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, OnceLock},
};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{KEYS_A_STATEMENT, Reader, split};
use crate::{
    catalogue::{
        code::{CatalogueCode, ItemCode},
        content::Content,
        digest::Digest,
        lineage::Origin,
        local::Local,
        scope::Revision,
        text::Text,
        version::Entry,
    },
    error::{Error, Result},
    store::{
        entity::{entry, version},
        read, unsigned,
    },
};

/// The entries of one version, in table order.
#[derive(Debug, Default)]
pub struct Tree {
    /// `None` where the entry was redacted.
    pub entries: Vec<Option<Leaf>>,
    /// The place of each item by its number: all are of one catalogue.
    places: HashMap<u32, u32>,
}

impl Tree {
    /// The entries that are still there, with their places.
    pub fn leaves(&self) -> impl Iterator<Item = (usize, &Leaf)> {
        self.entries.iter().enumerate().filter_map(|(place, leaf)| Some((place, leaf.as_ref()?)))
    }

    /// The place of an item of the tree's catalogue; `None` where it is not among the entries.
    pub fn place(&self, item: &ItemCode) -> Option<usize> {
        let place = *self.places.get(&item.serial)? as usize;
        self.leaf(place).filter(|leaf| leaf.entry.item == *item).map(|_| place)
    }

    /// An entry by its place; `None` where it was redacted.
    pub fn leaf(&self, place: usize) -> Option<&Leaf> {
        self.entries.get(place)?.as_ref()
    }
}

/// An entry of a version, and what its digests lead to once somebody has read it: a page then looks nothing up. Trees
/// are dropped when something is redacted, and with them what they hold.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// What the entry says.
    pub entry: Entry,
    /// The revision of the version since which the item has read as it does here.
    pub changed: Revision,
    /// What `entry.content` leads to.
    pub content: OnceLock<Arc<Content>>,
    /// What `entry.local` leads to.
    pub local: OnceLock<Arc<Local>>,
}

impl Reader {
    /// Trees by the digest of their version.
    pub async fn trees(&self, digests: &[Digest]) -> Result<HashMap<Digest, Arc<Tree>>> {
        let epoch = self.redacted();
        let (mut found, missing) = split(&self.trees, epoch, digests);
        for some in missing.chunks(KEYS_A_STATEMENT) {
            let keys = some.iter().map(|digest| digest.as_bytes().to_vec());
            let rows: Vec<(version::Model, Vec<entry::Model>)> = self.entries_of(keys.collect()).await?;
            for (version, rows) in rows {
                let tree = Arc::new(tree(&version, &rows)?);
                let digest = read::digest(&version.digest, "version")?;
                self.trees.insert((epoch, digest), tree.clone());
                found.insert(digest, tree);
            }
        }
        Ok(found)
    }

    async fn entries_of(&self, versions: Vec<Vec<u8>>) -> Result<Vec<(version::Model, Vec<entry::Model>)>> {
        let connection = &self.store.reader;
        let versions =
            version::Entity::find().filter(version::Column::Digest.is_in(versions)).all(connection).await?;
        let codes: HashSet<&str> = versions.iter().map(|version| version.catalogue.as_str()).collect();
        let revisions: Vec<i64> = versions.iter().map(|version| version.revision).collect();
        let rows = entry::Entity::find()
            .filter(entry::Column::Catalogue.is_in(codes))
            .filter(entry::Column::Revision.is_in(revisions))
            .order_by_asc(entry::Column::Position)
            .all(connection)
            .await?;
        let mut by_revision: HashMap<i64, Vec<entry::Model>> = HashMap::new();
        rows.into_iter().for_each(|row| by_revision.entry(row.revision).or_default().push(row));
        let entries = |version: version::Model| {
            let entries = by_revision.remove(&version.revision).unwrap_or_default();
            (version, entries)
        };
        Ok(versions.into_iter().map(entries).collect())
    }
}

fn tree(version: &version::Model, rows: &[entry::Model]) -> Result<Tree> {
    let mut entries: Vec<Option<Leaf>> = vec![None; version.size.unsigned_abs() as usize];
    let mut places = HashMap::with_capacity(rows.len());
    let mut known = Codes::default();
    for row in rows {
        let place = row.position.unsigned_abs();
        if let Some(slot) = entries.get_mut(place as usize) {
            *slot = Some(leaf(row, &mut known)?);
            places.insert(row.serial.unsigned_abs(), place);
        }
    }
    Ok(Tree { entries, places })
}

/// The codes of the few catalogues that the items of a tree are of or come from: each is held once.
#[derive(Default)]
pub(super) struct Codes(HashMap<String, CatalogueCode>);

impl Codes {
    /// The code of an item; `None` where the text is none.
    fn item(&mut self, text: &str) -> Option<ItemCode> {
        let (catalogue, serial) = text.rsplit_once('-')?;
        let code = match self.0.get(catalogue) {
            Some(known) => known.clone(),
            None => self.0.entry(catalogue.to_owned()).or_insert(catalogue.parse().ok()?).clone(),
        };
        Some(code.item(serial.parse().ok()?)).filter(|item| item.as_str() == text)
    }
}

/// What a row says, and since when.
fn leaf(row: &entry::Model, known: &mut Codes) -> Result<Leaf> {
    let (entry, changed) = (entry(row, known)?, unsigned(row.changed));
    Ok(Leaf { entry, changed, content: OnceLock::new(), local: OnceLock::new() })
}

/// What a row says: all that the entry's object says, without a look at it.
pub(super) fn entry(row: &entry::Model, known: &mut Codes) -> Result<Entry> {
    let broken = || Error::Inconsistent(format!("entry {} {}", row.catalogue, row.position));
    let origin = row.origin_item.as_ref().zip(row.origin_version.as_ref());
    let origin = origin.map(|(item, version)| {
        let item = known.item(item).ok_or_else(broken)?;
        Ok::<_, Error>(Origin { item, version: read::digest(version, "entry")? })
    });
    let relation = serde_json::from_value(row.relation.clone().into()).map_err(|_| broken())?;
    Ok(Entry {
        item: known.item(&row.item).ok_or_else(broken)?,
        content: read::digest(&row.content, "entry")?,
        local: read::digest(&row.local, "entry")?,
        relation,
        origin: origin.transpose()?,
        reason: row.reason.as_deref().map(Text::new),
        source: row.source.map(i32::unsigned_abs),
    })
}
