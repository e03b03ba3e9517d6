//! Divisions (行政区划): the places that publish.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    code::DivisionCode,
    reference::{Register, State},
    text::Text,
};

/// 行政层级, the highest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// 国家级.
    Nation,
    /// 省级.
    Province,
    /// 市级: prefectures and prefecture-level cities.
    Prefecture,
    /// 县级: counties, districts, county-level cities.
    County,
    /// 乡级: townships, towns, subdistricts.
    Township,
    /// 村级: villages and residents' communities.
    Village,
}

impl Level {
    /// The Chinese term.
    pub fn label(self) -> &'static str {
        match self {
            Self::Nation => "国家级",
            Self::Province => "省级",
            Self::Prefecture => "市级",
            Self::County => "县级",
            Self::Township => "乡级",
            Self::Village => "村级",
        }
    }

    /// The level of a code printed with this many digits, as the statistical lists print them.
    pub fn of_digits(digits: usize) -> Option<Self> {
        match digits {
            2 => Some(Self::Province),
            4 => Some(Self::Prefecture),
            6 => Some(Self::County),
            9 => Some(Self::Township),
            12 => Some(Self::Village),
            _ => None,
        }
    }
}

/// What a division was from a day on. Record `mulu.division/1`, keyed by the 12-digit code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DivisionState {
    /// 名称.
    pub name: Text,
    /// 行政层级.
    pub level: Level,
    /// The division above; absent for the nation only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<DivisionCode>,
    /// A functional zone without an official code (功能区): its code is ours, `<6 digits of the host>9NN000`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub zone: bool,
    /// The day from which this state holds; absent: since before anyone recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// The last day; absent: no end is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// What took its place: one after a merger, several after a split.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successors: Vec<DivisionCode>,
    /// Where this was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Text>,
}

impl State for DivisionState {
    const REGISTER: Register = Register::Division;
    const FORMAT: &'static str = "mulu.division/1";

    fn names(&self) -> Vec<&str> {
        vec![self.name.as_str()]
    }

    fn valid_from(&self) -> Option<NaiveDate> {
        self.valid_from
    }

    fn parent(&self) -> Option<String> {
        self.parent.as_ref().map(ToString::to_string)
    }

    fn references(&self) -> Vec<(Register, String)> {
        self.parent
            .iter()
            .chain(&self.successors)
            .map(|code| (Register::Division, code.to_string()))
            .collect()
    }
}
