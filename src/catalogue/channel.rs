//! Channels (公开渠道和载体): the national template's list and the local additions to it.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    reference::{Register, State},
    text::Text,
};

/// The channel that stands for whatever the list lacks; a row must say in words what it means.
pub const OTHER: &str = "OTHER";

/// The order in which the national template prints its list; the register has none.
pub const TEMPLATE_ORDER: [&str; 13] = [
    "GOV_WEBSITE",
    "GOV_GAZETTE",
    "WECHAT_WEIBO_APP",
    "PRESS_HEARING",
    "BROADCAST_TV",
    "PRINT_MEDIA",
    "PUBLIC_ACCESS_POINT",
    "SERVICE_CENTRE",
    "CONVENIENCE_STATION",
    "DOOR_TO_DOOR",
    "COMMUNITY_BOARD",
    "TARGETED_PUSH",
    OTHER,
];

/// What a channel was from a day on. Record `mulu.channel/1`, keyed by an upper-case code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChannelState {
    /// 名称.
    pub name: Text,
    /// The English name.
    pub name_en: Text,
    /// Whether the national template lists it.
    pub template: bool,
    /// Other wordings seen in tables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Text>,
    /// The day from which this state holds; absent: since before anyone recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// Where this was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Text>,
}

impl State for ChannelState {
    const REGISTER: Register = Register::Channel;
    const FORMAT: &'static str = "mulu.channel/1";

    fn names(&self) -> Vec<&str> {
        self.aliases.iter().chain([&self.name]).map(Text::as_str).collect()
    }

    fn valid_from(&self) -> Option<NaiveDate> {
        self.valid_from
    }
}
