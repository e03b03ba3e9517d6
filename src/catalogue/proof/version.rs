//! `mulu.proof/1`: an item or a whole version, down from its bytes to a signed checkpoint.
//!
//! ```text
//! content, local ─digests→ entry ─leaf, path→ entries root in header ─digest→ PUBLISHED event ─leaf, path→ checkpoint
//! ```
//!
//! The objects are taken as they are: what is not needed to follow the digests is not looked at, so that a verifier of
//! today can check a proof in which an object has a member of tomorrow.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Claim, Opened, Refused, Verified, write};
use crate::catalogue::{
    canonical::{self, CanonicalError},
    digest::Digest,
    key::VerifierKey,
    merkle,
    note::Checkpoint,
    path::is_included,
    scope::Revision,
};

pub(super) const FORMAT: &str = "mulu.proof/1";

/// `mulu.proof/1`: that an item, or a version with all its entries, was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Proof {
    format: String,
    /// The signed note.
    pub checkpoint: String,
    /// The PUBLISHED event.
    pub event: Value,
    /// The RFC 6962 inclusion proof of the event in the log.
    pub event_path: Vec<Digest>,
    /// The header of the version.
    pub version: Value,
    /// One item; either this or `entries`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemProof>,
    /// Every entry, in table order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries: Option<Vec<EntryParts>>,
}

/// An entry and what its digests lead to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryParts {
    /// `mulu.entry/1`.
    pub entry: Value,
    /// `mulu.content/1`.
    pub content: Value,
    /// `mulu.local/1`.
    pub local: Value,
}

/// An entry with its way to the root of its version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemProof {
    /// `mulu.entry/1`.
    pub entry: Value,
    /// `mulu.content/1`.
    pub content: Value,
    /// `mulu.local/1`.
    pub local: Value,
    /// Its place in the table, from 1.
    pub position: u32,
    /// The RFC 6962 inclusion proof of the entry in the version.
    pub path: Vec<Digest>,
}

/// Which version, and when it was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionFacts {
    /// The catalogue's code.
    pub catalogue: String,
    /// The version's number.
    pub number: u32,
    /// Its digest.
    pub version: Digest,
    /// The tree hash over its entries.
    pub entries: Digest,
    /// How many entries.
    #[serde(rename(serialize = "entryCount", deserialize = "size"))]
    pub entry_count: u32,
    /// The day from which it is in force, in Asia/Shanghai.
    pub effective_from: String,
    /// The revision of the event.
    #[serde(default)]
    pub revision: Revision,
    /// When it was published, in UTC.
    #[serde(default)]
    pub published_at: String,
}

/// What an event of a proof must have.
#[derive(Deserialize)]
struct Published {
    format: String,
    revision: Revision,
    at: String,
    kind: String,
    body: VersionFacts,
}

/// What the header of a proof must have: it says the same as the event.
#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
struct Header {
    format: String,
    catalogue: String,
    number: u32,
    entries: Digest,
    size: u32,
    effective_from: String,
}

/// What an entry of a proof must have.
#[derive(Deserialize)]
struct Entry {
    format: String,
    item: String,
    content: Digest,
    local: Digest,
}

impl Proof {
    /// The file for a version without entries yet; the caller adds an item or all entries.
    pub fn new(checkpoint: String, event: Value, event_path: Vec<Digest>, version: Value) -> Self {
        Self { format: FORMAT.to_owned(), checkpoint, event, event_path, version, item: None, entries: None }
    }

    /// The file's bytes.
    pub fn write(&self) -> Result<String, CanonicalError> {
        write(self)
    }

    pub(super) fn verify(&self, key: &VerifierKey) -> Result<Opened, Refused> {
        let facts = self.facts()?;
        let claim = match (&self.item, &self.entries) {
            (Some(item), None) => item.verify(facts.clone())?,
            (None, Some(entries)) => verify_all(entries, facts.clone())?,
            _ => return Err(Refused::BadShape),
        };
        let checkpoint = Checkpoint::from_note(&self.checkpoint, key)?;
        let leaf = merkle::leaf_hash(&bytes(&self.event)?);
        let index = facts.revision.checked_sub(1).ok_or(Refused::NotInLog)?;
        if !is_included(leaf, index, checkpoint.size, &self.event_path, checkpoint.root) {
            return Err(Refused::NotInLog);
        }
        let Checkpoint { origin, size, root } = checkpoint.clone();
        Ok((Verified { origin, size, root, claim }, vec![checkpoint]))
    }

    /// What event and header say, where they say the same.
    fn facts(&self) -> Result<VersionFacts, Refused> {
        let event: Published = shaped(&self.event)?;
        let header: Header = shaped(&self.version)?;
        if event.format != "mulu.event/1" || event.kind != "PUBLISHED" {
            return Err(Refused::EventDiffers);
        }
        let facts = VersionFacts { revision: event.revision, published_at: event.at, ..event.body };
        let said = Header {
            format: "mulu.version/1".to_owned(),
            catalogue: facts.catalogue.clone(),
            number: facts.number,
            entries: facts.entries,
            size: facts.entry_count,
            effective_from: facts.effective_from.clone(),
        };
        let same = said == header && Digest::of(&bytes(&self.version)?) == facts.version;
        if same { Ok(facts) } else { Err(Refused::EventDiffers) }
    }
}

impl ItemProof {
    fn verify(&self, version: VersionFacts) -> Result<Claim, Refused> {
        let (item, leaf) = entry(&self.entry, &self.content, &self.local, &version)?;
        let (index, size) = (self.position.checked_sub(1), u64::from(version.entry_count));
        let index = u64::from(index.ok_or(Refused::NotInVersion)?);
        if is_included(leaf, index, size, &self.path, version.entries) {
            Ok(Claim::Item { item, position: self.position, version })
        } else {
            Err(Refused::NotInVersion)
        }
    }
}

fn verify_all(entries: &[EntryParts], version: VersionFacts) -> Result<Claim, Refused> {
    let leaves = entries.iter().map(|e| Ok(entry(&e.entry, &e.content, &e.local, &version)?.1));
    let leaves: Vec<Digest> = leaves.collect::<Result<_, Refused>>()?;
    if leaves.len() == version.entry_count as usize && merkle::root(leaves) == version.entries {
        Ok(Claim::Version { version })
    } else {
        Err(Refused::NotInVersion)
    }
}

/// The item and the leaf of an entry whose parts are those that it names.
fn entry(
    value: &Value,
    content: &Value,
    local: &Value,
    version: &VersionFacts,
) -> Result<(String, Digest), Refused> {
    let entry: Entry = shaped(value)?;
    let is = |part: &Value, format: &str, digest: Digest| {
        let fits = part.get("format").and_then(Value::as_str) == Some(format);
        Ok::<bool, Refused>(fits && Digest::of(&bytes(part)?) == digest)
    };
    if entry.format != "mulu.entry/1"
        || !is(content, "mulu.content/1", entry.content)?
        || !is(local, "mulu.local/1", entry.local)?
    {
        return Err(Refused::PartDiffers);
    }
    // The code of an item says whose it is.
    let catalogue = entry.item.rsplit_once('-').map(|(catalogue, _)| catalogue);
    if catalogue != Some(&version.catalogue) {
        return Err(Refused::NotInVersion);
    }
    Ok((entry.item, merkle::leaf_hash(&bytes(value)?)))
}

fn bytes(value: &Value) -> Result<Vec<u8>, Refused> {
    canonical::to_bytes_verbatim(value).map_err(|_| Refused::NotCanonical)
}

fn shaped<T: for<'de> Deserialize<'de>>(value: &Value) -> Result<T, Refused> {
    T::deserialize(value).map_err(|_| Refused::BadShape)
}
