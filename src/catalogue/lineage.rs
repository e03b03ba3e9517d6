//! Lineage (沿革): how an item stands to the upstream item that it was taken from.

use std::collections::{HashMap, HashSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{code::ItemCode, digest::Digest, version::Entry};

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

/// How a version stands against one of its upstream catalogue (对照).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Upstream items that are here with the same content.
    pub adopted: usize,
    /// Upstream items that are here with another content.
    pub adapted: usize,
    /// Items here that come from none of the upstream's.
    pub local: usize,
    /// Upstream items that are left out here with a reason, by place.
    pub omitted: Vec<usize>,
    /// Upstream items of which nothing is said here, by place.
    pub missing: Vec<usize>,
}

impl Standing {
    /// How the entries `ours`, which leave `omissions` out, stand against the entries of an upstream version.
    pub fn of<'a>(
        ours: impl Iterator<Item = &'a Entry>,
        omissions: &HashSet<&ItemCode>,
        upstream: impl Iterator<Item = (usize, &'a Entry)>,
    ) -> Self {
        let mut standing = Self::default();
        let mut taken: HashMap<&ItemCode, Digest> = HashMap::new();
        let mut all = 0;
        for entry in ours {
            all += 1;
            taken.extend(entry.origin.as_ref().map(|origin| (&origin.item, entry.content)));
        }
        for (place, entry) in upstream {
            match taken.get(&entry.item) {
                Some(content) if *content == entry.content => standing.adopted += 1,
                Some(_) => standing.adapted += 1,
                None if omissions.contains(&entry.item) => standing.omitted.push(place),
                None => standing.missing.push(place),
            }
        }
        standing.local = all - standing.adopted - standing.adapted;
        standing
    }

    /// How much of what there is to take over was taken over, 0 to 1; 1 where there is nothing.
    pub fn coverage(&self) -> f64 {
        let taken = self.adopted + self.adapted;
        let all = taken + self.omitted.len() + self.missing.len();
        if all == 0 { 1.0 } else { taken as f64 / all as f64 }
    }
}
