//! Objects: what the store keeps under a digest, and how its bytes say which digest that is.
//!
//! | first byte | what it is | digest |
//! |---|---|---|
//! | `{` | a JSON object in canonical form | SHA-256 of the bytes |
//! | `0x00` | a leaf: `0x00` and the canonical form of an entry | SHA-256 of the bytes, which is its RFC 6962 leaf hash |
//! | `0x01` | a list: `0x01` and the hashes of two or more leaves | the RFC 6962 tree hash over them |
//! | none | the list without leaves | SHA-256 of nothing, the tree hash of the empty tree |
//!
//! So the `entries` root that a version names is itself the key under which its entries are found, every byte
//! is covered by the digest that leads to it, and one entry can be redacted without losing its neighbours.
//! A list of one leaf is that leaf: the two have one hash. A root alone does not say how many leaves it has (the
//! hashes of two inner nodes make the same root); the `size` beside it in the header and in the event does.

use serde::Serialize;

use super::{
    canonical::{self, CanonicalError},
    digest::Digest,
    merkle,
};

const LEAF: u8 = 0;
const LIST: u8 = 1;

/// Bytes with the digest that they have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The key in the store.
    pub digest: Digest,
    /// What it is the hash of.
    pub bytes: Vec<u8>,
}

impl Object {
    /// A JSON object in canonical form.
    pub fn json<T: Serialize>(value: &T) -> Result<Self, CanonicalError> {
        let bytes = canonical::to_bytes(value)?;
        Ok(Self { digest: Digest::of(&bytes), bytes })
    }

    /// A leaf around an entry.
    pub fn leaf<T: Serialize>(value: &T) -> Result<Self, CanonicalError> {
        let mut bytes = vec![LEAF];
        bytes.extend(canonical::to_bytes(value)?);
        Ok(Self { digest: Digest::of(&bytes), bytes })
    }

    /// The list of these leaves; `None` for exactly one, whose leaf is the list.
    pub fn list(leaves: &[Digest]) -> Option<Self> {
        if leaves.len() == 1 {
            return None;
        }
        let mut bytes = Vec::with_capacity(1 + 32 * leaves.len());
        if !leaves.is_empty() {
            bytes.push(LIST);
            leaves.iter().for_each(|leaf| bytes.extend(leaf.as_bytes()));
        }
        Some(Self { digest: merkle::root(leaves.iter().copied()), bytes })
    }
}

/// The digest of an object's bytes; `None` for bytes of no known kind.
pub fn digest_of(bytes: &[u8]) -> Option<Digest> {
    match bytes.first() {
        None | Some(b'{') | Some(&LEAF) => Some(Digest::of(bytes)),
        Some(&LIST) => Some(merkle::root(hashes(&bytes[1..]).filter(|hashes| hashes.len() > 1)?)),
        Some(_) => None,
    }
}

/// The leaf hashes below `root`, given the bytes that are stored under it; `None` for bytes of another kind.
pub fn leaves(root: Digest, bytes: &[u8]) -> Option<Vec<Digest>> {
    match bytes.first() {
        None => Some(Vec::new()),
        Some(&LEAF) => Some(vec![root]),
        Some(&LIST) => hashes(&bytes[1..]),
        Some(_) => None,
    }
}

/// The entry's canonical form inside a leaf; `None` for bytes of another kind.
pub fn leaf_content(bytes: &[u8]) -> Option<&[u8]> {
    bytes.strip_prefix(&[LEAF])
}

fn hashes(bytes: &[u8]) -> Option<Vec<Digest>> {
    bytes.chunks(32).map(Digest::from_bytes).collect()
}
