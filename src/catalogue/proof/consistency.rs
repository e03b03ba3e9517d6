//! `mulu.consistency/1`: two checkpoints and the path between them.

use serde::{Deserialize, Serialize};

use super::{Claim, Opened, Refused, Verified, write};
use crate::catalogue::{
    canonical::CanonicalError, digest::Digest, key::VerifierKey, note::Checkpoint, path::is_consistent,
};

pub(super) const FORMAT: &str = "mulu.consistency/1";

/// `mulu.consistency/1`: that the log only grew between two checkpoints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consistency {
    format: String,
    /// The earlier checkpoint, a signed note.
    pub from: String,
    /// The later one.
    pub to: String,
    /// The RFC 6962 consistency proof between them.
    pub path: Vec<Digest>,
}

impl Consistency {
    /// The file for two checkpoints and the path between their sizes.
    pub fn new(from: String, to: String, path: Vec<Digest>) -> Self {
        Self { format: FORMAT.to_owned(), from, to, path }
    }

    /// The file's bytes.
    pub fn write(&self) -> Result<String, CanonicalError> {
        write(self)
    }

    pub(super) fn verify(&self, key: &VerifierKey) -> Result<Opened, Refused> {
        let (from, to) = (Checkpoint::from_note(&self.from, key)?, Checkpoint::from_note(&self.to, key)?);
        if !is_consistent(from.size, from.root, to.size, to.root, &self.path) {
            return Err(Refused::Inconsistent);
        }
        let claim = Claim::Consistency { from_size: from.size, from_root: from.root };
        let verified = Verified { origin: to.origin.clone(), size: to.size, root: to.root, claim };
        Ok((verified, vec![from, to]))
    }
}
