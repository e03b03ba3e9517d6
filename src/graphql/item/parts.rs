//! The typed elements of an item.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, Enum, SimpleObject};

use super::Method;
use crate::{
    catalogue::{
        content,
        facet::Citation,
        local::{Local, UnitText},
        time_limit::{self, TimeLimitKind as CoreKind, TimeUnit as CoreUnit},
    },
    graphql::{
        at::View,
        domain::{self, Channel},
        error::Result,
        legal_basis::{self, LegalBasis},
        scalars::Url,
        unit::{self, Unit},
    },
};

/// A point of what is disclosed (公开内容的一点).
#[derive(Clone, Debug, SimpleObject)]
pub(in crate::graphql) struct ContentPoint {
    /// The wording (原文).
    text: String,
    /// Whether it must be disclosed (必选); null where the table does not tell must from may.
    required: Option<bool>,
}

impl From<&content::ContentPoint> for ContentPoint {
    fn from(point: &content::ContentPoint) -> Self {
        Self { text: point.text.to_string(), required: point.required }
    }
}

/// A citation of a law, regulation or document (公开依据) in the words of the table.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub(in crate::graphql) struct BasisCitation {
    /// The wording (原文).
    text: String,
    /// The title (标题), without 《》; null where none can be told.
    title: Option<String>,
    /// The document number (文号); null where none is printed.
    document_number: Option<String>,
    /// The article (条款); null where none is printed.
    article: Option<String>,
    #[graphql(skip)]
    citation: Citation,
    #[graphql(skip)]
    view: View,
}

impl BasisCitation {
    pub(super) fn new(basis: &content::BasisCitation, view: View) -> Self {
        Self {
            text: basis.text.to_string(),
            title: basis.title.as_ref().map(ToString::to_string),
            document_number: basis.document_number.as_ref().map(ToString::to_string),
            article: basis.article.as_ref().map(ToString::to_string),
            citation: Citation::of(basis),
            view,
        }
    }
}

#[ComplexObject]
impl BasisCitation {
    /// The registered law or document that it means under this scope (登记的依据); null where none is meant for sure.
    async fn legal_basis(&self, ctx: &Context<'_>) -> Result<Option<LegalBasis>> {
        legal_basis::resolve(ctx, self.view, &self.citation).await
    }
}

/// 公开时限的种类.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(remote = "CoreKind")]
pub(in crate::graphql) enum TimeLimitKind {
    /// 期限内公开: N个工作日内, N日内.
    Within,
    /// 实时公开.
    RealTime,
    /// 及时公开: without a number.
    Timely,
    /// 长期公开.
    LongTerm,
    /// 定期公开.
    Periodic,
    /// 固定日期公开.
    FixedDate,
    /// 事前公开.
    BeforeEvent,
    /// 随事项公开.
    WithEvent,
    /// 按规定时限公开.
    AsPrescribed,
    /// 其他.
    Other,
    /// 未载明: none is printed.
    Unstated,
}

/// A unit of time (时间单位).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreUnit")]
pub(in crate::graphql) enum TimeUnit {
    /// 小时.
    Hour,
    /// 工作日.
    WorkingDay,
    /// 日.
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

/// By when something is disclosed (公开时限): `count` of `unit` for WITHIN and BEFORE_EVENT; `count`-th `unit` part
/// of each `period` for PERIODIC.
#[derive(Clone, Debug, SimpleObject)]
pub(in crate::graphql) struct TimeLimit {
    /// What kind of limit it is (种类).
    kind: TimeLimitKind,
    /// How many units (数量); null where the kind has none.
    count: Option<u16>,
    /// The unit of `count` (单位); null where the kind has none.
    unit: Option<TimeUnit>,
    /// How often (周期), for PERIODIC; null otherwise.
    period: Option<TimeUnit>,
    /// What starts the time (起算点), 信息形成或变更; null where none is printed.
    trigger: Option<String>,
    /// What part of the item it is for (适用部分); null: the whole.
    scope: Option<String>,
    /// Whether the table says 法律、法规另有规定的，从其规定.
    other_law_prevails: bool,
    /// The wording (原文); null where only its meaning was transcribed.
    text: Option<String>,
}

impl TimeLimit {
    /// The limit of an item for which none is printed.
    pub(super) fn unstated() -> Self {
        Self {
            kind: TimeLimitKind::Unstated,
            count: None,
            unit: None,
            period: None,
            trigger: None,
            scope: None,
            other_law_prevails: false,
            text: None,
        }
    }
}

impl From<&time_limit::TimeLimit> for TimeLimit {
    fn from(limit: &time_limit::TimeLimit) -> Self {
        Self {
            kind: limit.kind.into(),
            count: limit.count,
            unit: limit.unit.map(Into::into),
            period: limit.period.map(Into::into),
            trigger: limit.trigger.as_ref().map(ToString::to_string),
            scope: limit.scope.as_ref().map(ToString::to_string),
            other_law_prevails: limit.other_law_prevails.unwrap_or(false),
            text: limit.text.as_ref().map(ToString::to_string),
        }
    }
}

/// How long something must stay posted (公示期); not a time limit.
#[derive(Clone, Debug, SimpleObject)]
pub(in crate::graphql) struct PublicityPeriod {
    /// How many units (数量).
    count: u16,
    /// The unit of `count` (单位).
    unit: TimeUnit,
    /// Whether the wording says 不少于.
    at_least: bool,
    /// The wording (原文); null where only its meaning was transcribed.
    text: Option<String>,
}

impl From<&time_limit::PublicityPeriod> for PublicityPeriod {
    fn from(period: &time_limit::PublicityPeriod) -> Self {
        Self {
            count: period.count,
            unit: period.unit.into(),
            at_least: period.at_least,
            text: period.text.as_ref().map(ToString::to_string),
        }
    }
}

/// Who answers for the item (公开主体): the wording of the table, and the registered unit that it means.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub(in crate::graphql) struct ResponsibleUnit {
    /// The wording (原文).
    text: String,
    /// Units of which any one answers (任一单位); empty where the table names one.
    alternatives: Vec<String>,
    #[graphql(skip)]
    division: String,
    #[graphql(skip)]
    view: View,
}

impl ResponsibleUnit {
    pub(super) fn new(unit: &UnitText, division: &str, view: View) -> Self {
        Self {
            text: unit.text.to_string(),
            alternatives: unit.alternatives.iter().flatten().map(ToString::to_string).collect(),
            division: division.to_owned(),
            view,
        }
    }
}

#[ComplexObject]
impl ResponsibleUnit {
    /// The registered unit that the wording means in this place under this scope (登记的单位); null where none is
    /// meant for sure.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        unit::resolve(ctx, self.view, &self.division, &self.text).await
    }
}

/// A channel as a row uses it (所用渠道).
#[derive(Clone, Debug, SimpleObject)]
pub(in crate::graphql) struct ChannelUse {
    /// The registered channel (渠道); null where its code is not known under the scope.
    channel: Option<Channel>,
    /// 必选 (true) or 可选 (false); null where the table does not tell.
    required: Option<bool>,
    /// The wording (原文), where it is not the channel's own name; null otherwise.
    text: Option<String>,
    /// Where the channel is found here (网址); null where none is printed.
    url: Option<Url>,
}

pub(super) async fn channels(
    ctx: &Context<'_>,
    view: View,
    used: &[content::ChannelUse],
    local: &Local,
) -> Result<Vec<ChannelUse>> {
    let codes: Vec<String> = used.iter().map(|used| used.code.clone()).collect();
    let known: HashMap<String, Channel> =
        domain::channels(ctx, view, &codes).await?.into_iter().map(|c| (c.code().to_owned(), c)).collect();
    let channel = |used: &content::ChannelUse| ChannelUse {
        channel: known.get(&used.code).cloned(),
        required: used.required,
        text: used.text.as_ref().map(ToString::to_string),
        url: local
            .addresses
            .iter()
            .flatten()
            .find(|(code, _)| **code == used.code)
            .map(|(_, url)| Url(url.to_string())),
    };
    Ok(used.iter().map(channel).collect())
}

/// The methods that are ticked.
pub(super) fn methods(methods: content::Methods) -> Vec<Method> {
    let proactive = (methods.proactive == Some(true)).then_some(Method::Proactive);
    proactive.into_iter().chain((methods.on_request == Some(true)).then_some(Method::OnRequest)).collect()
}

/// To whom the item is disclosed (公开对象).
#[derive(Clone, Debug, SimpleObject)]
pub(in crate::graphql) struct Audience {
    /// 全社会; null where the table does not say.
    whole_society: Option<bool>,
    /// 特定群体; null where the table does not say, empty where it says none.
    groups: Option<Vec<AudienceGroup>>,
}

/// A specific group (特定群体).
#[derive(Clone, Debug, SimpleObject)]
pub(in crate::graphql) struct AudienceGroup {
    /// The wording (原文).
    text: String,
    /// Its code, where a code list has one (代码); null otherwise.
    code: Option<String>,
}

impl From<&content::Audience> for Audience {
    fn from(audience: &content::Audience) -> Self {
        let group = |group: &content::AudienceGroup| AudienceGroup {
            text: group.text.to_string(),
            code: group.code.as_ref().map(ToString::to_string),
        };
        Self {
            whole_society: audience.whole_society,
            groups: audience.groups.as_ref().map(|groups| groups.iter().map(group).collect()),
        }
    }
}
