//! Cursors: opaque, bound to the scope, the field and the filter in which they were given.

use std::hash::{Hash, Hasher};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::error::{Failure, Result};
use crate::catalogue::scope::Scope;

/// What a list is: the field with its parent, its filter and its order, as text that differs where they differ, and is the
/// same in every process.
#[derive(Clone, Debug)]
pub(super) struct ListKey(String);

impl ListKey {
    pub fn new(parts: impl Hash) -> Self {
        let mut parted = Parts(Sha256::new());
        parts.hash(&mut parted);
        Self(format!("{:016x}", parted.finish()))
    }
}

/// Hashes parts by what they are, not where: without a seed, and nobody finds two that are one.
struct Parts(Sha256);

impl Hasher for Parts {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.clone().finalize();
        digest.first_chunk().copied().map_or(0, u64::from_be_bytes)
    }
}

/// Writes the cursor of an element.
pub(super) fn write(scope: Scope, list: &ListKey, key: &str) -> String {
    let cursor = (scope.revision, scope.effective_on, list.0.as_str(), key);
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).unwrap_or_default())
}

/// The scope of a cursor, whatever its list is; `None` where it is none of ours.
pub(crate) fn scope(cursor: &str) -> Option<Scope> {
    parsed(cursor).map(|(scope, ..)| scope)
}

/// A cursor of one scope as it is in another; `None` where it is of a third.
pub(crate) fn moved(cursor: &str, from: Scope, to: Scope) -> Option<String> {
    let (scope, list, key) = parsed(cursor)?;
    (scope == from).then(|| write(to, &ListKey(list), &key))
}

fn parsed(cursor: &str) -> Option<(Scope, String, String)> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (revision, effective_on, list, key) = serde_json::from_slice(&bytes).ok()?;
    Some((Scope { revision, effective_on }, list, key))
}

/// Reads a cursor of this list: the scope in which it was given, and the element's key.
pub(super) fn read(cursor: &str, list: &ListKey) -> Result<(Scope, String)> {
    let cursor = parsed(cursor).ok_or_else(|| Failure::bad_cursor("this is no cursor of ours"))?;
    let (scope, of, key) = cursor;
    if list.0 == of {
        Ok((scope, key))
    } else {
        Err(Failure::bad_cursor("the cursor belongs to another field, filter or order"))
    }
}
