//! Versions (版本): a numbered, immutable state of a catalogue, and the entries in it.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    code::{CatalogueCode, ItemCode},
    digest::Digest,
    lineage::{Origin, Relation},
    text::Text,
};

/// 目录类型.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CatalogueKind {
    /// 标准指引: what a ministry or a province gives as a model.
    Guideline,
    /// 标准目录.
    Standard,
    /// 主动公开补充目录.
    Supplementary,
    /// 村(居)公开事项清单.
    Village,
}

impl CatalogueKind {
    /// The letter that stands for it in a catalogue code; none for STANDARD.
    pub fn letter(self) -> Option<char> {
        match self {
            Self::Standard => None,
            Self::Guideline => Some('G'),
            Self::Supplementary => Some('S'),
            Self::Village => Some('V'),
        }
    }

    /// The kind of a letter; `None` for a letter that stands for none.
    pub fn from_letter(letter: Option<char>) -> Option<Self> {
        [Self::Standard, Self::Guideline, Self::Supplementary, Self::Village]
            .into_iter()
            .find(|k| k.letter() == letter)
    }

    /// The Chinese term, as titles of catalogues end.
    pub fn label(self) -> &'static str {
        match self {
            Self::Guideline => "标准指引",
            Self::Standard => "标准目录",
            Self::Supplementary => "主动公开补充目录",
            Self::Village => "村(居)公开事项清单",
        }
    }
}

/// `mulu.version/1`: the header of a version. Its digest is the version's digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Version {
    /// Whose version it is.
    pub catalogue: CatalogueCode,
    /// 1, 2, 3 … without gaps.
    pub number: u32,
    /// 标题 as printed; absent: made from place, domain and kind when read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// 发布单位 as printed; absent where none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<Text>,
    /// A short name, 2024年版.
    pub label: Text,
    /// 施行日期: the day from which it is in force, in Asia/Shanghai.
    pub effective_from: NaiveDate,
    /// The digest of the version before it; absent in the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Digest>,
    /// The upstream version that it was made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub based_on: Option<BasedOn>,
    /// A remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
    /// Digests of the `mulu.element/1` objects that declare further elements.
    pub element_schemas: Vec<Digest>,
    /// Where the rows came from; entries point here by index.
    pub sources: Vec<Source>,
    /// Items of the upstream version that this place does not take over, with the reason.
    pub omissions: Vec<Omission>,
    /// How many entries.
    pub size: u32,
    /// The RFC 6962 tree hash over the entries in table order.
    pub entries: Digest,
}

/// The upstream version that a version was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BasedOn {
    /// The upstream catalogue.
    pub catalogue: CatalogueCode,
    /// Its version's number.
    pub number: u32,
    /// That version's digest.
    pub digest: Digest,
}

/// Where rows came from (来源): file or page, publisher, date. All members may be unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Source {
    /// The document's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// Who published it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<Text>,
    /// Where it stood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<Text>,
    /// The day on which it was read there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retrieved_on: Option<NaiveDate>,
    /// The digest of the file that was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Digest>,
}

/// 未采用: an item of the upstream version that is left out here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Omission {
    /// The upstream item.
    pub item: ItemCode,
    /// Why; 未说明 ("unstated") is admitted with a warning.
    pub reason: Text,
}

/// `mulu.entry/1`: one row of a version, in table order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Entry {
    /// The item's code.
    pub item: ItemCode,
    /// Digest of its `mulu.content/1`.
    pub content: Digest,
    /// Digest of its `mulu.local/1`.
    pub local: Digest,
    /// How it stands to its origin.
    pub relation: Relation,
    /// The upstream item that it was taken from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Why it differs from its origin; asked for ADAPTED only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
    /// Index into the header's `sources`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<u32>,
}

/// `mulu.item/1`: the two parts of an item. Its digest is the item's digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemParts {
    /// Digest of the content.
    pub content: Digest,
    /// Digest of the local part.
    pub local: Digest,
}
