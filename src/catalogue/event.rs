//! Events: what the log records. Each is at most 64 KiB, holds digests only and no personal names.

use chrono::{DateTime, NaiveDate, SecondsFormat, SubsecRound, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    canonical::{self, CanonicalError},
    code::CatalogueCode,
    digest::Digest,
    key::VerifierKey,
    reference::Register,
    scope::Revision,
    text::Text,
};

/// The most bytes that an event may have.
pub const MAX_EVENT_BYTES: usize = 64 * 1024;

const FORMAT: &str = "mulu.event/1";

/// `mulu.event/1`: one line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    format: String,
    /// Its position, from 1.
    pub revision: Revision,
    /// When it was recorded; never before the event before it.
    pub at: Instant,
    /// Which office or account recorded it; never a person's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Text>,
    /// What happened.
    #[serde(flatten)]
    pub body: EventBody,
}

/// What happened, by kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "UPPERCASE")]
pub enum EventBody {
    /// The log begins.
    Genesis(Genesis),
    /// 发布: a version was published.
    Published(Published),
    /// 撤回: a version is void from a day on.
    Withdrawn(Withdrawn),
    /// 停用: a catalogue has nothing in force from a day on.
    Closed(Closed),
    /// A register was loaded.
    Reference(Reference),
    /// 涂除: the bytes of an object were erased.
    Redacted(Redacted),
    /// 验签公钥: a key whose checkpoints count from here on.
    Key(Key),
}

/// Where the log comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Genesis {
    /// The name of this log, unique among all: the origin line of its checkpoints.
    pub origin: Text,
}

/// A version was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Published {
    /// Whose version.
    pub catalogue: CatalogueCode,
    /// Its number.
    pub number: u32,
    /// Its digest.
    pub version: Digest,
    /// The root of its entries.
    pub entries: Digest,
    /// How many entries.
    pub size: u32,
    /// The day from which it is in force.
    pub effective_from: NaiveDate,
}

/// A version is void.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawn {
    /// Whose version.
    pub catalogue: CatalogueCode,
    /// Its number.
    pub number: u32,
    /// Its digest.
    pub version: Digest,
    /// The first day on which it is void.
    pub from: NaiveDate,
    /// Why.
    pub reason: Text,
}

/// A catalogue is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closed {
    /// Which.
    pub catalogue: CatalogueCode,
    /// The first day on which nothing of it is in force.
    pub from: NaiveDate,
    /// Why.
    pub reason: Text,
    /// The catalogue that takes its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<CatalogueCode>,
}

/// A register was loaded: one event a load, whatever its size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Which register.
    pub register: Register,
    /// How many records are new or changed.
    pub count: u64,
    /// The RFC 6962 tree hash over those records, by code.
    pub root: Digest,
    /// The digest of the `mulu.records/1` object that leads to them.
    pub records: Digest,
}

/// The bytes of an object were erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redacted {
    /// Which object.
    pub object: Digest,
    /// Why.
    pub reason: Text,
}

/// A key whose checkpoints count, this event's own included. A log may have several; none is ever taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// The verifier key; its name is the log's origin.
    pub key: VerifierKey,
}

impl EventBody {
    /// The kind, as it stands in the event.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Genesis(_) => "GENESIS",
            Self::Published(_) => "PUBLISHED",
            Self::Withdrawn(_) => "WITHDRAWN",
            Self::Closed(_) => "CLOSED",
            Self::Reference(_) => "REFERENCE",
            Self::Redacted(_) => "REDACTED",
            Self::Key(_) => "KEY",
        }
    }
}

impl Event {
    /// An event at its place.
    pub fn new(revision: Revision, at: Instant, by: Option<Text>, body: EventBody) -> Self {
        Self { format: FORMAT.to_owned(), revision, at, by, body }
    }

    /// The canonical bytes: a leaf of the log's tree.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        let bytes = canonical::to_bytes(self)?;
        if bytes.len() > MAX_EVENT_BYTES {
            let what = "an event has at most 64 KiB";
            return Err(CanonicalError::Refused { pointer: String::new(), what });
        }
        Ok(bytes)
    }

    /// Reads an event from its canonical bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CanonicalError> {
        let event: Self = canonical::from_bytes(bytes)?;
        if event.format == FORMAT { Ok(event) } else { Err(CanonicalError::NotCanonical) }
    }
}

/// An instant in UTC to the millisecond, written `2026-11-21T06:05:04.123Z`: as text it sorts by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(DateTime<Utc>);

impl Instant {
    /// Cuts off what is below a millisecond.
    pub fn new(at: DateTime<Utc>) -> Self {
        Self(at.trunc_subsecs(3))
    }

    /// As chrono knows it.
    pub fn utc(self) -> DateTime<Utc> {
        self.0
    }
}

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(DateTime::<Utc>::deserialize(deserializer)?))
    }
}
