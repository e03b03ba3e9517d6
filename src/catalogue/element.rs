//! Elements (公开要素): the eight of 国办发〔2019〕54号, the customary ninth, and further ones by declaration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::text::Text;

// In the order in which tables have them: what is printed is sorted by it.
/// What one element of an item is (公开要素).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ElementKind {
    /// 公开事项的名称.
    Name,
    /// 公开内容.
    Content,
    /// 公开依据.
    Basis,
    /// 公开时限.
    TimeLimit,
    /// 公示期.
    PublicityPeriod,
    /// 公开主体.
    ResponsibleUnit,
    /// 公开方式.
    Method,
    /// 公开渠道和载体.
    Channel,
    /// 公开对象.
    Audience,
    /// 公开层级.
    Level,
    /// A further element that a domain or a division declares.
    Extension,
}

impl ElementKind {
    /// The label that tables print over it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "公开事项",
            Self::Content => "公开内容",
            Self::Basis => "公开依据",
            Self::TimeLimit => "公开时限",
            Self::PublicityPeriod => "公示期",
            Self::ResponsibleUnit => "公开主体",
            Self::Method => "公开方式",
            Self::Channel => "公开渠道和载体",
            Self::Audience => "公开对象",
            Self::Level => "公开层级",
            Self::Extension => "扩展要素",
        }
    }

    /// The same in English.
    pub fn label_en(self) -> &'static str {
        match self {
            Self::Name => "item",
            Self::Content => "content",
            Self::Basis => "legal basis",
            Self::TimeLimit => "time limit",
            Self::PublicityPeriod => "publicity period",
            Self::ResponsibleUnit => "responsible unit",
            Self::Method => "method",
            Self::Channel => "channel",
            Self::Audience => "audience",
            Self::Level => "level",
            Self::Extension => "further element",
        }
    }
}

/// `mulu.element/1`: the declaration of a further element (监督渠道, 公开格式 …).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ElementSchema {
    /// The member of `extensions` that it declares.
    pub key: Text,
    /// What tables print over it.
    pub label: Text,
    /// The part of the item that holds it.
    pub part: ElementPart,
    /// JSON Schema (draft 2020-12) of the value, which is a text.
    pub schema: Value,
}

/// The part of an item in which a declared element stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ElementPart {
    /// Meant to be the same everywhere.
    Content,
    /// Who and where.
    Local,
}

impl ElementPart {
    /// The member of a row that holds it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Local => "local",
        }
    }

    /// The part of an element of which only the words over its column are known: who and where are local.
    pub fn usual(label: &str) -> Self {
        let local = ["电话", "网址", "链接", "栏目", "网站", "科室", "地址", "联系"];
        if local.iter().any(|word| label.contains(word)) { Self::Local } else { Self::Content }
    }
}
