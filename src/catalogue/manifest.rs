//! Manifests (清单): which files belong together, with the digest of each, and the signature that covers them all.
//!
//! A manifest, `mulu.manifest/1`, is RFC 8785 JSON to the byte. Beside `manifest.json` lies `manifest.note`, a signed note
//! whose text names the log and the digest of the manifest's bytes:
//!
//! ```text
//! mulu.manifest/1
//! test.example/log
//! sha256:…
//! ```
//!
//! A checkpoint is never such a text: its second line is a number, its third base64. `docs/proof.md` is the contract.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    canonical::{self, CanonicalError},
    check::Message,
    dataset::Notice,
    digest::Digest,
    key::{SigningKey, VerifierKey},
    note::{self, BadNote, Checkpoint},
    scope::Revision,
};

/// The format's name.
pub const FORMAT: &str = "mulu.manifest/1";

/// `mulu.manifest/1`: files that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// `mulu.manifest/1`.
    pub format: String,
    /// The name of the log.
    pub origin: String,
    /// What the files are about, as in their links: `platform`.
    pub subject: String,
    /// The revision of the log under which they were made.
    pub revision: Revision,
    /// The day under which they were made.
    pub effective_on: NaiveDate,
    /// The program that made them.
    pub generator: String,
    /// The set of columns.
    pub columns: ColumnSet,
    /// By whom, and on which terms.
    pub notice: Notice,
    /// The newest checkpoint up to the revision, as a signed note; absent where the log has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<String>,
    /// The files by path.
    pub files: Vec<ManifestFile>,
}

/// A set of declared columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnSet {
    /// Its number.
    pub version: u32,
    /// The digest of the declarations.
    pub digest: Digest,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ManifestFile {
    /// Where it is, from where the manifest is: `data/platform.csv`.
    pub path: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Their digest.
    pub digest: Digest,
    /// Its media type.
    pub media_type: String,
    /// How many items or records it has; absent for a file that has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
}

/// Why a manifest, or what lies beside it, cannot be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Untrue {
    /// Not RFC 8785 JSON to the byte.
    NotCanonical,
    /// Members are missing, unknown or of another kind, or a path leads elsewhere.
    BadShape,
    /// The note beside it is missing.
    NotSigned,
    /// The note is not signed by the key, or is of other bytes.
    BadSignature(Option<BadNote>),
    /// The checkpoint is not one of the key's, or of a later state of the log.
    BadCheckpoint,
    /// The checkpoint that the reader has kept is not the one in it.
    OtherCheckpoint,
    /// A file is not there.
    FileMissing(String),
    /// A file has other bytes.
    FileDiffers(String),
}

impl Untrue {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotCanonical => "NOT_CANONICAL",
            Self::BadShape => "BAD_SHAPE",
            Self::NotSigned => "NOT_SIGNED",
            Self::BadSignature(_) => "BAD_SIGNATURE",
            Self::BadCheckpoint => "BAD_CHECKPOINT",
            Self::OtherCheckpoint => "OTHER_CHECKPOINT",
            Self::FileMissing(_) => "FILE_MISSING",
            Self::FileDiffers(_) => "FILE_DIFFERS",
        }
    }

    /// What a person reads.
    pub fn message(&self) -> Message {
        let (zh, en) = match self {
            Self::NotCanonical => {
                ("清单不是规范形式（RFC 8785）", "the manifest is not in canonical form (RFC 8785)")
            }
            Self::BadShape => (
                "清单的成员缺失、多余或类型不符，或路径越界",
                "members of the manifest are missing, unknown or of another kind, or a path leads elsewhere",
            ),
            Self::NotSigned => ("清单旁没有签名文件", "there is no signed note beside the manifest"),
            Self::BadSignature(None) => ("签名属于另一份清单", "the note is of another manifest"),
            Self::BadSignature(Some(_)) => {
                ("清单不是由该密钥签名的", "the note beside the manifest is not signed by this key")
            }
            Self::BadCheckpoint => (
                "检查点无效，或晚于清单的修订号",
                "the checkpoint is not signed by this key, or is later than the revision",
            ),
            Self::OtherCheckpoint => {
                ("清单中没有留存的检查点", "the checkpoint that was kept is not in the manifest")
            }
            Self::FileMissing(path) => {
                return Message::new(format!("缺少文件 {path}"), format!("file {path} is missing"));
            }
            Self::FileDiffers(path) => {
                return Message::new(
                    format!("文件 {path} 与清单不符"),
                    format!("file {path} is not what the manifest says"),
                );
            }
        };
        Message::new(zh, en)
    }
}

impl Manifest {
    /// The file's bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::to_bytes_verbatim(&serde_json::to_value(self)?)
    }

    /// Whether some bytes are a manifest rather than anything else.
    pub fn is_one(bytes: &[u8]) -> bool {
        let value = serde_json::from_slice::<Value>(bytes).unwrap_or_default();
        value.get("format").is_some_and(|format| format == FORMAT)
    }

    /// Reads the bytes of a manifest and checks the note beside it against a key, and the checkpoint in it, which has to
    /// be the one that the reader has kept where he has. What is left to check are the files.
    pub fn open(
        bytes: &[u8],
        signature: Option<&str>,
        key: &VerifierKey,
        kept: Option<&str>,
    ) -> Result<Self, Untrue> {
        let value: Value = serde_json::from_slice(bytes).map_err(|_| Untrue::NotCanonical)?;
        if canonical::to_bytes_verbatim(&value).map_err(|_| Untrue::NotCanonical)? != bytes {
            return Err(Untrue::NotCanonical);
        }
        let manifest: Self = serde_json::from_value(value).map_err(|_| Untrue::BadShape)?;
        if manifest.format != FORMAT || !manifest.files.iter().all(|file| is_within(&file.path)) {
            return Err(Untrue::BadShape);
        }
        let signature = signature.ok_or(Untrue::NotSigned)?;
        let text = note::open(signature, key).map_err(|bad| Untrue::BadSignature(Some(bad)))?;
        if manifest.origin != key.name() || text != said(&manifest.origin, bytes) {
            return Err(Untrue::BadSignature(None));
        }
        let sealed = manifest.checkpoint.as_deref().map(|note| Checkpoint::from_note(note, key));
        let sealed = sealed.transpose().map_err(|_| Untrue::BadCheckpoint)?;
        if sealed.as_ref().is_some_and(|sealed| sealed.size > manifest.revision) {
            return Err(Untrue::BadCheckpoint);
        }
        match kept.map(|kept| Checkpoint::from_note(kept, key)) {
            Some(kept) if kept.as_ref().ok() != sealed.as_ref() => Err(Untrue::OtherCheckpoint),
            _ => Ok(manifest),
        }
    }
}

/// The note that covers a manifest's bytes.
pub fn sign(bytes: &[u8], key: &SigningKey) -> String {
    note::sign(&said(key.verifier().name(), bytes), key)
}

fn said(origin: &str, bytes: &[u8]) -> String {
    format!("{FORMAT}\n{origin}\n{}\n", Digest::of(bytes))
}

/// Whether a path stays below where it begins.
fn is_within(path: &str) -> bool {
    let is_step =
        |step: &str| !step.is_empty() && step != "." && step != ".." && !step.contains(['\\', ':', '\0']);
    path.split('/').all(is_step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_do_not_lead_out() {
        for path in ["a", "data/versions/513230000000-12/1.csv", "名录.csv"] {
            assert!(is_within(path), "{path}");
        }
        for path in ["", "/a", "a/", "../a", "a/../b", "a//b", "./a", "c:/a", "a\\b"] {
            assert!(!is_within(path), "{path}");
        }
    }
}
