//! Legal bases (公开依据): the laws, regulations and documents that rows cite.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    reference::{Register, State},
    text::Text,
};

/// 依据的类别.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LegalKind {
    /// 法律.
    Law,
    /// 行政法规、地方性法规.
    Regulation,
    /// 部门规章、地方政府规章.
    Rule,
    /// 规范性文件.
    NormativeDocument,
    /// Any other.
    Other,
}

/// 效力状态.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LegalStatus {
    /// 现行有效.
    InForce,
    /// 已修改.
    Amended,
    /// 已废止.
    Repealed,
    /// No source says.
    Unknown,
}

/// What a law or document was from a day on. Record `mulu.legal-basis/1`, keyed by our own code `L0001`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LegalBasisState {
    /// 标题, without 《》.
    pub title: Text,
    /// 文号.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_number: Option<Text>,
    /// 制定机关.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Text>,
    /// 类别.
    pub kind: LegalKind,
    /// 效力状态.
    pub status: LegalStatus,
    /// Short titles, 政府信息公开条例.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Text>,
    /// The day from which this state holds; absent: since before anyone recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// The last day; absent: no end is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Codes of what took its place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successors: Vec<String>,
    /// Where this was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Text>,
}

impl State for LegalBasisState {
    const REGISTER: Register = Register::LegalBasis;
    const FORMAT: &'static str = "mulu.legal-basis/1";

    fn names(&self) -> Vec<&str> {
        self.aliases.iter().chain([&self.title]).chain(&self.document_number).map(Text::as_str).collect()
    }

    fn valid_from(&self) -> Option<NaiveDate> {
        self.valid_from
    }

    fn references(&self) -> Vec<(Register, String)> {
        self.successors.iter().map(|code| (Register::LegalBasis, code.clone())).collect()
    }
}
