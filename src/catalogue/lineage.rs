//! Lineage (沿革): how an item stands to the upstream item that it was taken from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{code::ItemCode, digest::Digest};

/// How an item stands to its origin. Only content counts: another local part is localisation, not deviation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Relation {
    /// 采用: the content digest equals the origin's.
    Adopted,
    /// 调整: there is an origin and the content differs.
    Adapted,
    /// 自有: there is no origin.
    Local,
}

/// The upstream item, in the version from which it was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The upstream item's code.
    pub item: ItemCode,
    /// The digest of the upstream version.
    pub version: Digest,
}

impl Relation {
    /// The relation of an item with this content to an origin with that content, if it has one.
    pub fn of(content: Digest, origin: Option<Digest>) -> Self {
        match origin {
            None => Self::Local,
            Some(origin) if origin == content => Self::Adopted,
            Some(_) => Self::Adapted,
        }
    }

    /// The Chinese term.
    pub fn label(self) -> &'static str {
        match self {
            Self::Adopted => "采用",
            Self::Adapted => "调整",
            Self::Local => "自有",
        }
    }
}
