//! Trees: the entries of a version, of which one row says all.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter};

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
        entity::{entry, tree},
        evened, packed, read,
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
    fn new(entries: Vec<Option<(Entry, Revision)>>) -> Self {
        let leaf =
            |(entry, changed)| Leaf { entry, changed, content: OnceLock::new(), local: OnceLock::new() };
        let entries: Vec<Option<Leaf>> = entries.into_iter().map(|entry| entry.map(leaf)).collect();
        let serials = entries.iter().zip(0..).filter_map(|(leaf, place)| Some((leaf.as_ref()?, place)));
        let places = serials.map(|(leaf, place)| (leaf.entry.item.serial, place)).collect();
        Self { entries, places }
    }

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
        for (digest, tree) in read_trees(&self.store.reader, &missing).await? {
            let tree = Arc::new(tree);
            self.trees.insert((epoch, digest), tree.clone());
            found.insert(digest, tree);
        }
        Ok(found)
    }

    /// The same for one who reads all there is: what he leaves behind would push out what others ask for.
    pub(super) async fn trees_once(&self, digests: &[Digest]) -> Result<HashMap<Digest, Tree>> {
        read_trees(&self.store.passing, digests).await
    }
}

async fn read_trees(connection: &DatabaseConnection, digests: &[Digest]) -> Result<HashMap<Digest, Tree>> {
    let mut found = HashMap::with_capacity(digests.len());
    for some in digests.chunks(KEYS_A_STATEMENT) {
        let keys = evened(some.iter().map(|digest| digest.as_bytes().to_vec()));
        let rows = tree::Entity::find().filter(tree::Column::Version.is_in(keys));
        for row in rows.all(connection).await? {
            found.insert(read::digest(&row.version, "tree")?, Tree::new(packed::unpack(&row.bytes)?));
        }
    }
    Ok(found)
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
