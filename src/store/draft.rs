//! Drafts at rest: private until published, with every object that they need in one row.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QueryOrder, QuerySelect};

use super::{Store, entity::draft, log::Writing};
use crate::{
    catalogue::{
        digest::Digest,
        draft::Draft,
        format::Format,
        object::{self, digest_of},
        version::{Entry, Version},
    },
    error::{Error, Result},
};

/// A draft without its objects.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DraftSummary {
    /// The digest that the version will have.
    pub digest: Digest,
    /// Whose.
    pub catalogue: String,
    /// The number that it will have.
    pub number: i32,
    /// When it was made.
    pub created_at: String,
}

impl Store {
    /// All drafts, by catalogue and time.
    pub async fn drafts(&self) -> Result<Vec<DraftSummary>> {
        summaries(&self.reader).await
    }

    /// Throws a draft away. `NOT_FOUND` where there is none with that digest.
    pub async fn discard(&self, digest: Digest) -> Result<()> {
        self.write(async |writing| {
            let key = digest.as_bytes().to_vec();
            let gone = draft::Entity::delete_by_id(key).exec(&writing.transaction).await?;
            if gone.rows_affected == 0 {
                return Err(Error::not_found("草案", "draft", digest));
            }
            Ok(())
        })
        .await
    }

    /// The digest of the only draft that `key` can mean: a digest, at least eight of its hex digits, or the code of
    /// a catalogue with one draft.
    pub async fn resolve_draft(&self, key: &str) -> Result<Digest> {
        let hex = key.strip_prefix("sha256:").unwrap_or(key);
        let prefix = hex.len() >= 8 && hex.bytes().all(|b| b.is_ascii_hexdigit());
        let fits = |d: &DraftSummary| d.catalogue == key || (prefix && d.digest.hex().starts_with(hex));
        let found: Vec<Digest> =
            self.drafts().await?.into_iter().filter(fits).map(|draft| draft.digest).collect();
        match found.as_slice() {
            [one] => Ok(*one),
            [] => Err(Error::not_found("草案", "draft", key)),
            _ => Err(Error::bad_input(
                format!("{key} 有 {} 份草案，请用摘要指明", found.len()),
                format!("{key} has {} drafts; name one by its digest", found.len()),
            )),
        }
    }
}

impl Writing {
    /// Keeps a draft; the same draft twice is one.
    pub(super) async fn keep_draft(&self, made: Draft) -> Result<()> {
        let key = made.digest.as_bytes().to_vec();
        if draft::Entity::find_by_id(key.clone()).one(&self.transaction).await?.is_some() {
            return Ok(());
        }
        let row = draft::ActiveModel {
            digest: Set(key),
            catalogue: Set(made.version.catalogue.to_string()),
            number: Set(made.version.number.try_into().unwrap_or(i32::MAX)),
            created_at: Set(self.now().to_string()),
            objects: Set(pack(made.objects)),
        };
        draft::Entity::insert(row).exec_without_returning(&self.transaction).await?;
        Ok(())
    }

    /// Takes a draft out of its row: its header and objects.
    pub(super) async fn take_draft(&self, digest: Digest) -> Result<(Version, BTreeMap<Digest, Vec<u8>>)> {
        let key = digest.as_bytes().to_vec();
        let row = draft::Entity::find_by_id(key.clone()).one(&self.transaction).await?;
        let row = row.ok_or_else(|| Error::not_found("草案", "draft", digest))?;
        draft::Entity::delete_by_id(key).exec(&self.transaction).await?;
        let (version, objects) = open(digest, &row.objects)?;
        Ok((version, objects))
    }
}

/// The header and the objects of a stored draft; an error where a byte of it has changed. Digests are computed from
/// the bytes, so a changed byte leaves some digest leading nowhere.
pub(super) fn open(digest: Digest, packed: &[u8]) -> Result<(Version, BTreeMap<Digest, Vec<u8>>)> {
    let broken = || Error::Inconsistent(format!("draft {digest}: its objects do not fit its digest"));
    let objects = unpack(packed).ok_or_else(broken)?;
    let (version, needed) = closure(digest, &objects).ok_or_else(broken)?;
    if objects.keys().eq(&needed) { Ok((version, objects)) } else { Err(broken()) }
}

/// The header under `digest` and the digests of all that it leads to; `None` where one leads nowhere.
fn closure(digest: Digest, objects: &BTreeMap<Digest, Vec<u8>>) -> Option<(Version, BTreeSet<Digest>)> {
    let version = Version::from_object(objects.get(&digest)?).ok()?;
    let leaves = object::leaves(version.entries, objects.get(&version.entries)?)?;
    let mut needed: BTreeSet<Digest> = [digest, version.entries].into();
    needed.extend(&version.element_schemas);
    for leaf in &leaves {
        let entry = Entry::from_object(objects.get(leaf)?).ok()?;
        needed.extend([*leaf, entry.content, entry.local]);
    }
    Some((version, needed))
}

pub(super) async fn summaries<C: ConnectionTrait>(connection: &C) -> Result<Vec<DraftSummary>> {
    use draft::Column::{Catalogue, CreatedAt, Digest as Key, Number};
    let rows: Vec<(Vec<u8>, String, i32, String)> = draft::Entity::find()
        .select_only()
        .columns([Key, Catalogue, Number, CreatedAt])
        .order_by_asc(Catalogue)
        .order_by_asc(CreatedAt)
        .order_by_asc(Key)
        .into_tuple()
        .all(connection)
        .await?;
    let summary = |(digest, catalogue, number, created_at): (Vec<u8>, _, _, _)| {
        Some(DraftSummary { digest: Digest::from_bytes(&digest)?, catalogue, number, created_at })
    };
    Ok(rows.into_iter().filter_map(summary).collect())
}

/// Each object as its length in four bytes, big-endian, and its bytes. Digests are computed again when unpacked.
fn pack(objects: BTreeMap<Digest, Vec<u8>>) -> Vec<u8> {
    let size = objects.values().map(|bytes| bytes.len() + 4).sum();
    let mut packed = Vec::with_capacity(size);
    // One after the other is let go, for a version may have a hundred thousand.
    for bytes in objects.into_values() {
        packed.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        packed.extend(bytes);
    }
    packed
}

fn unpack(mut packed: &[u8]) -> Option<BTreeMap<Digest, Vec<u8>>> {
    let mut objects = BTreeMap::new();
    while let Some((length, rest)) = packed.split_first_chunk::<4>() {
        let (bytes, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        objects.insert(digest_of(bytes)?, bytes.to_vec());
        packed = rest;
    }
    packed.is_empty().then_some(objects)
}
