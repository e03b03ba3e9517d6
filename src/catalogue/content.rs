//! Content: what an item says that is meant to be the same everywhere.
//!
//! A member that is absent means *not known, not printed*; an empty list or `false` means *the table says none,
//! says no*. No field here has a default that would turn the one into the other.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    element::ElementKind,
    text::Text,
    time_limit::{PublicityPeriod, TimeLimit},
};

/// `mulu.content/1`: the shared part of an item (公开事项的共同内容), stored once however many places adopt it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Content {
    /// 公开事项: one to three levels of names, outermost first.
    #[schemars(length(min = 1, max = 3))]
    pub names: Vec<Text>,
    /// 公开内容, point by point in table order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<Vec<ContentPoint>>,
    /// 公开依据, as cited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Vec<BasisCitation>>,
    /// 公开时限; the first is the item's own, further ones have a scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_limits: Option<Vec<TimeLimit>>,
    /// 公示期: how long something must stay posted; not a time limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publicity_period: Option<PublicityPeriod>,
    /// 公开方式.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub methods: Option<Methods>,
    /// 公开渠道和载体 that are chosen or permitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels: Option<Vec<ChannelUse>>,
    /// Whether all of the channels are due or one suffices (在标注范围内至少选择其一公开).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_rule: Option<ChannelRule>,
    /// 公开对象.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<Audience>,
    /// Elements that the table ends with 等 ("and so on").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_ended: Option<Vec<ElementKind>>,
    /// Further elements that a domain or a division declares, by key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extensions: Option<BTreeMap<Text, Text>>,
}

/// 公开内容 of one point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContentPoint {
    /// The wording.
    pub text: Text,
    /// Must (`●`) or may (`〇`); absent where the table does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
}

/// 公开依据: a citation in the words of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BasisCitation {
    /// The wording.
    pub text: Text,
    /// The title, without 《》; absent where no title can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// 文号 in canonical brackets, 青政办〔2020〕3号.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_number: Option<Text>,
    /// 条款, 第七条.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<Text>,
    /// The kind that the table prints before it, 【法律】.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<super::legal_basis::LegalKind>,
}

/// 公开方式; a member is absent where its tick cannot be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Methods {
    /// 主动公开.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proactive: Option<bool>,
    /// 依申请公开.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_request: Option<bool>,
}

/// 公开渠道和载体 as a row uses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelUse {
    /// The channel's code in the register.
    #[schemars(regex(pattern = r"^[A-Z][A-Z0-9_]*$"))]
    pub code: String,
    /// 必选 (true) or 可选 (false); absent where the table does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// The wording, where it is not the channel's own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

/// How many of the channels are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum ChannelRule {
    /// Every one.
    All,
    /// At least one.
    Any,
}

/// 公开对象; a member is absent where the table does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Audience {
    /// 全社会.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whole_society: Option<bool>,
    /// 特定群体; an empty list says that there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<AudienceGroup>>,
}

/// One of the 特定群体.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AudienceGroup {
    /// The wording.
    pub text: Text,
    /// Its code, where a code list has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Text>,
}
