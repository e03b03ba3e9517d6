//! Proofs against the log: from its tree's rows, and from objects to the files that go out of the house.

use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
};

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::Value;

use super::{
    Store,
    entity::{entry, event, log, version},
    projection, read, signed, unsigned,
};
use crate::{
    catalogue::{
        code::{CatalogueCode, ItemCode},
        digest::Digest,
        format::Format,
        merkle::{self, Frontier},
        object,
        path::{self, Edge},
        proof::{Consistency, EntryParts, ItemProof, Proof},
        scope::{Revision, Scope},
        version::Entry,
    },
    error::{Error, Result},
};

/// That an event is in the log at a size.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Included {
    /// The event's revision.
    pub revision: Revision,
    /// The size of the log that it is proved in.
    #[serde(rename = "in")]
    pub size: Revision,
    /// The event in canonical form.
    pub event: String,
    /// Its leaf hash.
    pub leaf: Digest,
    /// The tree hash at that size.
    pub root: Digest,
    /// The hashes that lead from leaf to root.
    pub path: Vec<Digest>,
}

/// That the log at one size is the beginning of the log at another.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Grown {
    /// The earlier size.
    pub from: Revision,
    /// The later one.
    pub to: Revision,
    /// The tree hash at the earlier size.
    pub from_root: Digest,
    /// The tree hash at the later one.
    pub to_root: Digest,
    /// The hashes that lead from one to the other.
    pub path: Vec<Digest>,
}

/// What a proof of a version is asked about.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// The whole version.
    Version,
    /// One item of it.
    Item(&'a ItemCode),
}

impl Store {
    /// The RFC 6962 inclusion proof of an event. `NOT_FOUND` where the log of that size has no such event,
    /// `UNKNOWN_REVISION` beyond the head.
    pub async fn inclusion(&self, revision: Revision, size: Revision) -> Result<Included> {
        self.within_log(size).await?;
        let runs = revision.checked_sub(1).and_then(|index| path::inclusion(index, size));
        let runs = runs.ok_or_else(|| Error::not_found("修订号", "revision", revision))?;
        let (path, edges) = self.hashes(runs, &[revision, size]).await?;
        let row = event::Entity::find_by_id(signed(revision)).one(&self.reader).await?;
        let event = row.ok_or_else(|| Error::Inconsistent(format!("event {revision} is missing")))?.bytes;
        let event = String::from_utf8(event).map_err(Error::internal)?;
        let (leaf, root) = (edge(&edges, revision)?.leaf, edge(&edges, size)?.frontier.root());
        Ok(Included { revision, size, event, leaf, root, path })
    }

    /// The RFC 6962 consistency proof between two sizes. `BAD_INPUT` unless 0 < from <= to, `UNKNOWN_REVISION` beyond
    /// the head.
    pub async fn consistency(&self, from: Revision, to: Revision) -> Result<Grown> {
        self.within_log(to.max(from)).await?;
        let runs = path::consistency(from, to).ok_or_else(|| {
            Error::bad_input(
                format!("修订号应满足 1 ≤ {from} ≤ {to}"),
                format!("revisions of a consistency proof are 1 <= {from} <= {to}"),
            )
        })?;
        let (path, edges) = self.hashes(runs, &[from, to]).await?;
        let root = |size| Ok::<_, Error>(edge(&edges, size)?.frontier.root());
        Ok(Grown { from, to, from_root: root(from)?, to_root: root(to)?, path })
    }

    /// The file that proves two checkpoints consistent. `NOT_FOUND` where one of the sizes has no checkpoint.
    pub async fn consistency_file(&self, from: Revision, to: Revision) -> Result<String> {
        let path = self.consistency(from, to).await?.path;
        let note = async |revision| {
            let note = self.checkpoint_of(revision).await?;
            note.ok_or_else(|| Error::not_found("检查点", "checkpoint", revision))
        };
        Ok(Consistency::new(note(from).await?, note(to).await?, path).write()?)
    }

    /// The file that proves a version, or an item of it, for a reader who stands at revision `seen`; `None` where no
    /// checkpoint seals it yet. `NOT_FOUND` where there is no such version or item, `REDACTED` where bytes that it
    /// needs were erased.
    pub async fn proof(
        &self,
        catalogue: &str,
        number: u32,
        subject: Subject<'_>,
        seen: Revision,
    ) -> Result<Option<String>> {
        let row = read::version_row(&self.reader, catalogue, number).await?;
        let row =
            row.ok_or_else(|| Error::not_found("目录版本", "version", format!("{catalogue} #{number}")))?;
        let revision = unsigned(row.revision);
        let Some((size, note)) = self.sealing(revision, seen).await? else { return Ok(None) };
        let included = self.inclusion(revision, size).await?;
        let header = self.json(read::digest(&row.digest, "version")?).await?;
        let mut proof = Proof::new(note, parsed(included.event.as_bytes())?, included.path, header);
        let root = read::digest(&row.entries, "version")?;
        let leaves = self.leaves(root).await?;
        match subject {
            Subject::Item(item) => proof.item = Some(self.item_proof(&row, item, &leaves).await?),
            Subject::Version => proof.entries = Some(self.entry_parts(&leaves).await?),
        }
        Ok(Some(proof.write()?))
    }

    /// The number of the version in force. `NOT_FOUND` where the catalogue is not known under the scope or none is.
    pub async fn in_force(&self, catalogue: &CatalogueCode, scope: Scope) -> Result<u32> {
        let number = self.catalogue(catalogue, scope).await?.and_then(|view| view.in_force);
        number.ok_or_else(|| Error::not_found("现行版本", "version in force of", catalogue))
    }

    async fn within_log(&self, size: Revision) -> Result<()> {
        let head = self.head().await?;
        if size > head { Err(Error::UnknownRevision { asked: size, head }) } else { Ok(()) }
    }

    /// The hashes of some runs of the log's leaves, and the log's edges that were read for them, in one statement.
    async fn hashes(
        &self,
        runs: Vec<Range<u64>>,
        also: &[Revision],
    ) -> Result<(Vec<Digest>, HashMap<Revision, Edge>)> {
        let sizes: BTreeSet<u64> = runs.iter().flat_map(path::rows_of).chain(also.iter().copied()).collect();
        let rows = log::Entity::find().filter(log::Column::Revision.is_in(sizes.into_iter().map(signed)));
        let mut edges = HashMap::new();
        for row in rows.all(&self.reader).await? {
            let size = unsigned(row.revision);
            let frontier = Frontier::from_bytes(size, &row.frontier);
            let frontier = frontier.ok_or_else(|| Error::Inconsistent(format!("log {size}")))?;
            edges.insert(size, Edge { leaf: read::digest(&row.leaf, "log")?, frontier });
        }
        let hash = |run: &Range<u64>| {
            let hash = path::hash_of(run, |size| edges.get(&size));
            hash.ok_or_else(|| Error::Inconsistent(format!("log {}", run.end)))
        };
        Ok((runs.iter().map(hash).collect::<Result<_>>()?, edges))
    }

    async fn item_proof(
        &self,
        version: &version::Model,
        item: &ItemCode,
        leaves: &[Digest],
    ) -> Result<ItemProof> {
        let rows = entry::Entity::find()
            .filter(entry::Column::Catalogue.eq(&version.catalogue))
            .filter(entry::Column::Number.eq(version.number));
        let row = rows.clone().filter(entry::Column::Item.eq(item.to_string())).one(&self.reader).await?;
        let Some(row) = row else {
            // Which item an erased entry was of cannot be known: it may be the one.
            let erased = rows.count(&self.reader).await? < leaves.len() as u64;
            let root = read::digest(&version.entries, "version")?;
            return Err(if erased {
                Error::Redacted(root)
            } else {
                Error::not_found("事项", "item", item)
            });
        };
        let index = row.position.unsigned_abs() as usize;
        let runs = path::inclusion(index as u64, leaves.len() as u64).unwrap_or_default();
        let hash =
            |run: Range<u64>| merkle::root(leaves[run.start as usize..run.end as usize].iter().copied());
        let path = runs.into_iter().map(hash).collect();
        let leaf = read::digest(&row.leaf, "entry")?;
        let EntryParts { entry, content, local } = self.entry_parts(&[leaf]).await?.remove(0);
        let position = row.position.unsigned_abs() + 1;
        Ok(ItemProof { entry, content, local, position, path })
    }

    /// Entries with what they lead to. `REDACTED` where anything of it was erased.
    async fn entry_parts(&self, leaves: &[Digest]) -> Result<Vec<EntryParts>> {
        let stored = self.bytes(leaves).await?;
        let whole = |found: &HashMap<Digest, Vec<u8>>, digest: Digest| {
            found.get(&digest).cloned().ok_or(Error::Redacted(digest))
        };
        let entry = |leaf: &Digest| {
            let bytes = whole(&stored, *leaf)?;
            let value = parsed(object::leaf_content(&bytes).unwrap_or_default())?;
            Ok((Entry::from_object(&bytes)?, value))
        };
        let entries: Vec<(Entry, Value)> = leaves.iter().map(entry).collect::<Result<_>>()?;
        let digests: BTreeSet<Digest> = entries.iter().flat_map(|(e, _)| [e.content, e.local]).collect();
        let parts = self.bytes(&digests.into_iter().collect::<Vec<_>>()).await?;
        let part = |digest| parsed(&whole(&parts, digest)?);
        let parts = entries.into_iter().map(|(entry, value)| {
            Ok(EntryParts { content: part(entry.content)?, local: part(entry.local)?, entry: value })
        });
        parts.collect()
    }

    /// The leaves of a version.
    async fn leaves(&self, root: Digest) -> Result<Vec<Digest>> {
        let list = projection::object(&self.reader, root).await?.ok_or(Error::Redacted(root))?;
        object::leaves(root, &list).ok_or_else(|| Error::Inconsistent(format!("object {root} is no list")))
    }

    /// Objects by digest, without those erased.
    async fn bytes(&self, digests: &[Digest]) -> Result<HashMap<Digest, Vec<u8>>> {
        let found = projection::objects(&self.reader, digests).await?;
        if let Some(lost) = digests.iter().find(|digest| !found.contains_key(digest)) {
            return Err(projection::missing(*lost));
        }
        Ok(found.into_iter().filter_map(|(digest, bytes)| Some((digest, bytes?))).collect())
    }

    async fn json(&self, digest: Digest) -> Result<Value> {
        parsed(&projection::object(&self.reader, digest).await?.ok_or(Error::Redacted(digest))?)
    }
}

fn edge(edges: &HashMap<Revision, Edge>, size: Revision) -> Result<&Edge> {
    edges.get(&size).ok_or_else(|| Error::Inconsistent(format!("log {size}")))
}

fn parsed(bytes: &[u8]) -> Result<Value> {
    serde_json::from_slice(bytes).map_err(Error::internal)
}
