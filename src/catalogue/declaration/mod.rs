//! Declarations (扩展要素的声明): which elements beyond the template a place or a domain has, which of them are
//! required, and how they look. The register `element`; the file that people write is in [`file`].

pub mod file;
mod owner;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::owner::{Held, Owner, held};
use super::{
    canonical::CanonicalError,
    code::{DivisionCode, DomainCode},
    element::{ElementPart, ElementSchema},
    reference::{Register, State},
    text::Text,
};

/// The further elements that a place, a domain, or a domain in a place has from a day on. Record `mulu.elements/1`,
/// keyed by `<division>`, `<domain>` or `<division>-<domain>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ElementsState {
    /// The place in which they hold, and below which; absent: everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub division: Option<DivisionCode>,
    /// The domain for which they hold; absent: for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<DomainCode>,
    /// The elements in the order of their columns; empty: none from here on.
    pub elements: Vec<DeclaredElement>,
    /// A short name of the declaration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// The day from which it holds; absent: since before anyone recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// Who decided so, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Text>,
}

/// One further element (扩展要素): 咨询电话, 公开格式.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeclaredElement {
    /// The member of `extensions` that it is.
    pub key: Text,
    /// 列名: what tables print over it.
    pub label: Text,
    /// Other words over its column.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Text>,
    /// The part of the item that holds it.
    pub part: ElementPart,
    /// 必填: whether every item must have it.
    pub required: bool,
    /// How it looks.
    pub schema: TextSchema,
}

/// A JSON Schema (draft 2020-12) of a text, in the keywords that say something of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TextSchema {
    /// A value is a text.
    #[serde(default, rename = "type")]
    pub kind: TextType,
    /// What it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// A regular expression (ECMA-262) that finds something in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Text>,
    /// All values that it may have.
    #[serde(rename = "enum", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub values: Option<Vec<Text>>,
    /// How many characters it has at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    /// How many characters it has at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// What kind of text it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<TextFormat>,
    /// Values that fit; findings show the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Text>,
}

/// The type of every further element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum TextType {
    /// A text.
    #[default]
    String,
}

/// A format of JSON Schema that is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TextFormat {
    /// 日期, 2026-01-01.
    Date,
    /// 日期和时间.
    DateTime,
    /// 时刻.
    Time,
    /// 电子邮箱.
    Email,
    /// 域名.
    Hostname,
    /// 网址, in ASCII.
    Uri,
    /// 网址, which may have Chinese characters.
    Iri,
}

impl TextSchema {
    /// As a value.
    pub fn to_value(&self) -> Result<serde_json::Value, CanonicalError> {
        Ok(serde_json::to_value(self)?)
    }
}

impl DeclaredElement {
    /// The object that versions name: what a reader of values must know.
    pub fn to_schema(&self) -> Result<ElementSchema, CanonicalError> {
        let (key, label) = (self.key.clone(), self.label.clone());
        Ok(ElementSchema { key, label, part: self.part, schema: self.schema.to_value()? })
    }

    /// The words that may stand over its column, its label first.
    pub fn headings(&self) -> impl Iterator<Item = &Text> {
        std::iter::once(&self.label).chain(&self.aliases)
    }

    /// Whether a declaration is about the same member of a row.
    pub fn is_of(&self, element: &ElementSchema) -> bool {
        self.key == element.key && self.part == element.part
    }
}

impl ElementsState {
    /// Whose it is, which is its record's code; `None` where it names neither place nor domain.
    pub fn owner(&self) -> Option<Owner> {
        Owner::new(self.division.clone(), self.domain.clone())
    }
}

impl State for ElementsState {
    const REGISTER: Register = Register::Element;
    const FORMAT: &'static str = "mulu.elements/1";

    fn valid_from(&self) -> Option<NaiveDate> {
        self.valid_from
    }

    fn parent(&self) -> Option<String> {
        self.division.as_ref().map(ToString::to_string)
    }

    fn references(&self) -> Vec<(Register, String)> {
        let place = self.division.iter().map(|code| (Register::Division, code.to_string()));
        let domain = self.domain.iter().map(|code| (Register::Domain, code.to_string()));
        place.chain(domain).collect()
    }
}
