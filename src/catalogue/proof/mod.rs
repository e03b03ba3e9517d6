//! Proofs that go out of the house: signed answers that anybody can check without mulu and without a network.
//!
//! | format | what it proves |
//! |---|---|
//! | `mulu.proof/1` | an item, or a whole version, was published in the log that a checkpoint seals |
//! | `mulu.consistency/1` | of two checkpoints, the log of one is the beginning of that of the other |
//!
//! Both are RFC 8785 JSON to the byte, so that a proof with any byte changed is refused. `docs/proof.md` is the
//! contract; `examples/verify/verify.py` is a second implementation of it.

mod consistency;
mod version;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

pub use self::{
    consistency::Consistency,
    version::{EntryParts, ItemProof, Proof, VersionFacts},
};
use super::{
    canonical::{self, CanonicalError},
    check::Message,
    digest::Digest,
    key::VerifierKey,
    note::{BadNote, Checkpoint},
    scope::Revision,
};

/// Why a file proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Not RFC 8785 JSON to the byte.
    NotCanonical,
    /// Of a format that is not known.
    UnknownFormat,
    /// Members are missing, unknown or of another kind.
    BadShape,
    /// A part has another digest than the entry says.
    PartDiffers,
    /// The entries do not lead to the root in the header.
    NotInVersion,
    /// The event is not the publishing of this version.
    EventDiffers,
    /// The checkpoint is not one, or is not signed by the key.
    BadCheckpoint(BadNote),
    /// The event is not in the log that the checkpoint seals.
    NotInLog,
    /// The log of one checkpoint is not the beginning of that of the other.
    Inconsistent,
    /// The checkpoint that the reader has kept is not the one in the file.
    OtherCheckpoint,
}

impl Refused {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotCanonical => "NOT_CANONICAL",
            Self::UnknownFormat => "UNKNOWN_FORMAT",
            Self::BadShape => "BAD_SHAPE",
            Self::PartDiffers => "PART_DIFFERS",
            Self::NotInVersion => "NOT_IN_VERSION",
            Self::EventDiffers => "EVENT_DIFFERS",
            Self::BadCheckpoint(_) => "BAD_CHECKPOINT",
            Self::NotInLog => "NOT_IN_LOG",
            Self::Inconsistent => "INCONSISTENT_LOG",
            Self::OtherCheckpoint => "OTHER_CHECKPOINT",
        }
    }

    /// What a person reads.
    pub fn message(self) -> Message {
        let (zh, en) = match self {
            Self::NotCanonical => {
                ("文件不是规范形式（RFC 8785）", "the file is not in canonical form (RFC 8785)")
            }
            Self::UnknownFormat => ("无法识别的格式", "the file is of no format known here"),
            Self::BadShape => ("成员缺失、多余或类型不符", "members are missing, unknown or of another kind"),
            Self::PartDiffers => {
                ("内容或本地部分与条目中的摘要不符", "content or local part differs from the entry's digests")
            }
            Self::NotInVersion => ("条目不在该版本中", "the entries are not those of the version"),
            Self::EventDiffers => ("发布记录与版本不符", "the event is not the publishing of this version"),
            Self::BadCheckpoint(BadNote::Form) => ("检查点不是签名文本", "the checkpoint is no signed note"),
            Self::BadCheckpoint(BadNote::UnknownKey) => {
                ("检查点不是由该密钥签名的", "the checkpoint has no signature by this key")
            }
            Self::BadCheckpoint(BadNote::Signature) => {
                ("检查点的签名无效", "the signature does not fit the checkpoint")
            }
            Self::BadCheckpoint(BadNote::NoCheckpoint) => {
                ("签名文本不是检查点", "the signed note is no checkpoint")
            }
            Self::BadCheckpoint(BadNote::Origin) => {
                ("检查点属于另一个日志", "the checkpoint is of another log than the key")
            }
            Self::BadCheckpoint(BadNote::Signatures) => {
                ("检查点带有其他签名", "the checkpoint has other signatures beside the key's")
            }
            Self::NotInLog => ("发布记录不在该日志中", "the event is not in the log of the checkpoint"),
            Self::Inconsistent => (
                "两个检查点不属于同一日志的先后状态",
                "the log of one checkpoint does not begin that of the other",
            ),
            Self::OtherCheckpoint => {
                ("文件中没有留存的检查点", "the checkpoint that was kept is not in the file")
            }
        };
        Message::new(zh, en)
    }
}

impl From<BadNote> for Refused {
    fn from(bad: BadNote) -> Self {
        Self::BadCheckpoint(bad)
    }
}

/// What a file proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verified {
    /// The name of the log.
    pub origin: String,
    /// How many events the checkpoint seals; of two the later.
    pub size: Revision,
    /// The tree hash over them.
    pub root: Digest,
    /// What it says beyond that.
    #[serde(flatten)]
    pub claim: Claim,
}

/// What a file proves beside its checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "proves", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Claim {
    /// An item stands in a version that was published.
    Item {
        /// Its code.
        item: String,
        /// Its place in the table, from 1.
        position: u32,
        /// The version.
        #[serde(flatten)]
        version: VersionFacts,
    },
    /// A version was published, with just these entries.
    Version {
        /// The version.
        #[serde(flatten)]
        version: VersionFacts,
    },
    /// The log has only grown since an earlier checkpoint.
    Consistency {
        /// How many events the earlier one seals.
        from_size: Revision,
        /// The tree hash over them.
        from_root: Digest,
    },
}

/// Checks a file against a key, and against a checkpoint that the reader has kept: then that one must be in the file.
pub fn verify(bytes: &[u8], key: &VerifierKey, kept: Option<&str>) -> Result<Verified, Refused> {
    let value: Value = serde_json::from_slice(bytes).map_err(|_| Refused::NotCanonical)?;
    if canonical::to_bytes_verbatim(&value).map_err(|_| Refused::NotCanonical)? != bytes {
        return Err(Refused::NotCanonical);
    }
    let (verified, sealed) = match value.get("format").and_then(Value::as_str) {
        Some(version::FORMAT) => shaped::<Proof>(value)?.verify(key)?,
        Some(consistency::FORMAT) => shaped::<Consistency>(value)?.verify(key)?,
        _ => return Err(Refused::UnknownFormat),
    };
    match kept {
        Some(note) if !sealed.contains(&Checkpoint::from_note(note, key)?) => Err(Refused::OtherCheckpoint),
        _ => Ok(verified),
    }
}

/// What was verified, and the checkpoints that the file holds.
type Opened = (Verified, Vec<Checkpoint>);

fn shaped<T: DeserializeOwned>(value: Value) -> Result<T, Refused> {
    serde_json::from_value(value).map_err(|_| Refused::BadShape)
}

/// The file's bytes.
fn write<T: Serialize>(proof: &T) -> Result<String, CanonicalError> {
    let bytes = canonical::to_bytes_verbatim(&serde_json::to_value(proof)?)?;
    Ok(String::from_utf8(bytes).unwrap_or_default())
}
