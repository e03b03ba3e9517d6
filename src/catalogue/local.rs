//! The local part: who and where. Replacing it is localisation, not deviation.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{code::DomainCode, division::Level, element::ElementKind, pairs::Pairs, text::Text};

/// `mulu.local/1`: the part of an item that belongs to one place (公开事项的本地部分).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Local {
    /// The row's own domain, in a `00` catalogue only; absent where the row has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<DomainCode>,
    /// 公开主体 in the words of the table; which registered units they are is answered when read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units: Option<Vec<UnitText>>,
    /// 公开层级, tick by tick; a level is absent where its tick cannot be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub levels: Option<BTreeMap<Level, bool>>,
    /// Where a channel is found: channel code to URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addresses: Option<Pairs<String, Text>>,
    /// Further elements that are declared local, by key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extensions: Option<BTreeMap<Text, Text>>,
    /// Elements of the item that were inferred, not printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inferred: Option<Vec<ElementKind>>,
}

/// 公开主体 as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitText {
    /// The wording.
    pub text: Text,
    /// Units of which any one answers, where the table says 或 or puts one in brackets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternatives: Option<Vec<Text>>,
}
