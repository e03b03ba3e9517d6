//! Trees: the entries of a version, of which one row says all.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter};

use super::{
    Ahead, KEYS_A_STATEMENT, Reader,
    blobs::{keep, split},
};
use crate::{
    catalogue::{
        code::ItemCode,
        content::Content,
        digest::Digest,
        local::Local,
        scope::Revision,
        version::{Entry, Version},
    },
    error::Result,
    store::{entity::tree, evened, packed, read},
};

/// What a version says of its entries in table order, and the revision since which each reads so; `None` where one was
/// redacted.
pub(super) type Entries = Vec<Option<(Entry, Revision)>>;

/// The entries of one version, in table order.
#[derive(Debug, Default)]
pub struct Tree {
    /// `None` where the entry was redacted.
    pub entries: Vec<Option<Leaf>>,
    /// The number of each item and its place, by number: all are of one catalogue.
    places: Box<[(u32, u32)]>,
}

impl Tree {
    fn new(entries: Entries) -> Self {
        let leaf =
            |(entry, changed)| Leaf { entry, changed, content: OnceLock::new(), local: OnceLock::new() };
        let entries: Vec<Option<Leaf>> = entries.into_iter().map(|entry| entry.map(leaf)).collect();
        let serials = entries.iter().zip(0..).filter_map(|(leaf, place)| Some((leaf.as_ref()?, place)));
        let mut places: Box<[(u32, u32)]> =
            serials.map(|(leaf, place)| (leaf.entry.item.serial, place)).collect();
        places.sort_unstable();
        Self { entries, places }
    }

    /// The entries that are still there, with their places.
    pub fn leaves(&self) -> impl Iterator<Item = (usize, &Leaf)> {
        self.entries.iter().enumerate().filter_map(|(place, leaf)| Some((place, leaf.as_ref()?)))
    }

    /// The place of an item of the tree's catalogue; `None` where it is not among the entries.
    pub fn place(&self, item: &ItemCode) -> Option<usize> {
        let found = self.places.binary_search_by_key(&item.serial, |(serial, _)| *serial).ok()?;
        let place = self.places[found].1 as usize;
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

/// A version as it is opened: its header, `None` where that was redacted, and its entries.
pub type WithTree = (Option<Arc<Version>>, Arc<Tree>);

impl Reader {
    /// A tree in memory, by the digest of its version.
    pub fn tree(&self, digest: Digest) -> Option<Arc<Tree>> {
        self.shared.trees.get(&(self.redacted(), digest))
    }

    /// Versions by their digest, each with its entries, and what is to be read ahead of one of them: by one statement,
    /// though some may be in memory.
    pub async fn with_trees(
        &self,
        digests: &[Digest],
        ahead: Option<&Ahead>,
    ) -> Result<HashMap<Digest, WithTree>> {
        let epoch = self.redacted();
        let mut found = HashMap::with_capacity(digests.len());
        for some in digests.chunks(KEYS_A_STATEMENT) {
            let read = self.read_versions(some, ahead).await?;
            // What cannot be read is told to whoever asks for it.
            for (digest, bytes) in read.contents.iter().filter(|(digest, _)| self.content(**digest).is_none())
            {
                let _ = keep(&self.shared.contents, epoch, *digest, bytes);
            }
            for (digest, bytes) in read.locals.iter().filter(|(digest, _)| self.local(**digest).is_none()) {
                let _ = keep(&self.shared.locals, epoch, *digest, bytes);
            }
            for (digest, entries) in read.entries {
                let header = read.headers.get(&digest).map(Vec::as_slice);
                found.insert(digest, self.opened(epoch, digest, header, &entries)?);
            }
        }
        Ok(found)
    }

    /// Trees by the digest of their version.
    pub async fn trees(&self, digests: &[Digest]) -> Result<HashMap<Digest, Arc<Tree>>> {
        let epoch = self.redacted();
        let (mut found, missing) = split(&self.shared.trees, epoch, digests);
        for (digest, entries) in read_entries(&self.shared.store.reader, &missing).await? {
            found.insert(digest, self.planted(epoch, digest, entries));
        }
        Ok(found)
    }

    /// A version of which header and packed entries were read, which are kept.
    fn opened(
        &self,
        epoch: Revision,
        digest: Digest,
        header: Option<&[u8]>,
        entries: &[u8],
    ) -> Result<WithTree> {
        let header = header.map(|bytes| keep(&self.shared.headers, epoch, digest, bytes)).transpose()?;
        let tree = match self.tree(digest) {
            // Others hold it already.
            Some(tree) => tree,
            None => self.planted(epoch, digest, packed::unpack(entries)?),
        };
        Ok((header, tree))
    }

    /// A tree of entries that were read, which is kept.
    fn planted(&self, epoch: Revision, digest: Digest, entries: Entries) -> Arc<Tree> {
        let tree = Arc::new(Tree::new(entries));
        self.shared.trees.insert((epoch, digest), tree.clone());
        tree
    }

    /// The entries of versions for one who reads all there is: what he leaves behind would push out what others ask for.
    pub(super) async fn entries_once(&self, digests: &[Digest]) -> Result<HashMap<Digest, Entries>> {
        read_entries(&self.shared.store.passing, digests).await
    }

    /// The same as trees.
    pub(super) async fn trees_once(&self, digests: &[Digest]) -> Result<HashMap<Digest, Tree>> {
        let read = self.entries_once(digests).await?;
        Ok(read.into_iter().map(|(digest, entries)| (digest, Tree::new(entries))).collect())
    }
}

fn keys(digests: &[Digest]) -> Vec<Vec<u8>> {
    evened(digests.iter().map(|digest| digest.as_bytes().to_vec()))
}

async fn read_entries(
    connection: &DatabaseConnection,
    digests: &[Digest],
) -> Result<HashMap<Digest, Entries>> {
    let mut found = HashMap::with_capacity(digests.len());
    for some in digests.chunks(KEYS_A_STATEMENT) {
        let rows = tree::Entity::find().filter(tree::Column::Version.is_in(keys(some)));
        for row in rows.all(connection).await? {
            found.insert(read::digest(&row.version, "tree")?, packed::unpack(&row.bytes)?);
        }
    }
    Ok(found)
}
