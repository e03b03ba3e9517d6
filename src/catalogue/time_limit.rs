//! Time limits (公开时限) and publicity periods (公示期): parsed, with the wording beside it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::text::Text;

/// 公开时限: by when something is disclosed.
///
/// `count` of `unit` for WITHIN and BEFORE_EVENT; `count`-th `unit` part of each `period` for PERIODIC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TimeLimit {
    /// What kind of limit it is.
    pub kind: TimeLimitKind,
    /// How many units.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 9999))]
    pub count: Option<u16>,
    /// The unit of `count`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<TimeUnit>,
    /// How often, for PERIODIC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<TimeUnit>,
    /// What starts the time, 信息形成或变更.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Text>,
    /// What part of the item it is for; absent: the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Text>,
    /// 法律、法规另有规定的,从其规定.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_law_prevails: Option<bool>,
    /// The wording; absent where only its meaning was transcribed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

/// The kind of a time limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TimeLimitKind {
    /// N个工作日内, N日内.
    Within,
    /// 实时公开.
    RealTime,
    /// 及时公开: without a number.
    Timely,
    /// 长期公开.
    LongTerm,
    /// 每季度, 半年至少更新1次.
    Periodic,
    /// 每年1月31日前.
    FixedDate,
    /// 提前一周.
    BeforeEvent,
    /// 随采购公告公开.
    WithEvent,
    /// 按规定时限公开.
    AsPrescribed,
    /// Any other wording.
    Other,
    /// None is printed.
    Unstated,
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TimeUnit {
    /// 小时.
    Hour,
    /// 工作日.
    WorkingDay,
    /// 日 (a calendar day; never read as a working day).
    Day,
    /// 周.
    Week,
    /// 月.
    Month,
    /// 季度.
    Quarter,
    /// 半年.
    HalfYear,
    /// 年.
    Year,
}

/// 公示期: how long something must stay posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PublicityPeriod {
    /// How many units.
    #[schemars(range(min = 1, max = 9999))]
    pub count: u16,
    /// The unit of `count`.
    pub unit: TimeUnit,
    /// Whether the wording says 不少于.
    pub at_least: bool,
    /// The wording; absent where only its meaning was transcribed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

impl TimeLimitKind {
    /// The Chinese term (公开时限的种类).
    pub fn label(self) -> &'static str {
        match self {
            Self::Within => "期限内公开",
            Self::RealTime => "实时公开",
            Self::Timely => "及时公开",
            Self::LongTerm => "长期公开",
            Self::Periodic => "定期公开",
            Self::FixedDate => "固定日期公开",
            Self::BeforeEvent => "事前公开",
            Self::WithEvent => "随事项公开",
            Self::AsPrescribed => "按规定时限公开",
            Self::Other => "其他",
            Self::Unstated => "未载明",
        }
    }
}

impl TimeUnit {
    /// The Chinese term.
    pub fn label(self) -> &'static str {
        match self {
            Self::Hour => "小时",
            Self::WorkingDay => "工作日",
            Self::Day => "日",
            Self::Week => "周",
            Self::Month => "月",
            Self::Quarter => "季度",
            Self::HalfYear => "半年",
            Self::Year => "年",
        }
    }

    /// So many of the unit, as Chinese counts them: 20个工作日, 7日.
    pub fn counted(self, count: u16) -> String {
        let measure = match self {
            Self::WorkingDay | Self::Month | Self::Quarter | Self::HalfYear => "个",
            Self::Hour | Self::Day | Self::Week | Self::Year => "",
        };
        format!("{count}{measure}{}", self.label())
    }
}
