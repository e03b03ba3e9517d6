//! The filter of item lists, and what it means under a view.

use std::collections::BTreeSet;

use async_graphql::{Context, Enum, ID, InputObject};
use futures_util::future::try_join_all;

use super::{Method, parts::TimeLimitKind};
use crate::{
    catalogue::{
        canonical::variant_name,
        division::Level as CoreLevel,
        facet::{Citation, Facet, bounded},
        selection::{Order, Selection},
        time_limit::TimeLimitKind as CoreTimeLimitKind,
        version::CatalogueKind as CoreKind,
    },
    graphql::{
        at::View,
        catalogue::{self, CatalogueKind},
        division::Level,
        error::{Failure, Result},
        id, legal_basis, unit,
    },
    store::Reader,
};

/// Which items are listed (筛选条件). Rows whose value is unknown, or was redacted, match neither yes nor no.
#[derive(Clone, Debug, Default, Hash, InputObject)]
pub(in crate::graphql) struct ItemFilter {
    /// Of this division, by its 6-, 9- or 12-digit code (行政区划).
    pub division: Option<String>,
    /// Items of the divisions below as well (含下级).
    pub include_descendants: Option<bool>,
    /// Items of the divisions above as well (含上级): what holds for someone who lives here. An item whose adoption
    /// is itself in the result is left out.
    pub include_ancestors: Option<bool>,
    /// Of one of these domains, by code (领域).
    pub domain: Option<Vec<String>>,
    /// Of catalogues of one of these kinds (目录类型).
    pub kind: Option<Vec<CatalogueKind>>,
    /// For which one of these units answers, by id (公开主体): the words of the row mean it under this scope.
    pub unit: Option<Vec<ID>>,
    /// Disclosed through one of these channels, by code (渠道).
    pub channel: Option<Vec<String>>,
    /// Disclosed by one of these methods (公开方式).
    pub method: Option<Vec<Method>>,
    /// Disclosed at one of these levels (公开层级).
    pub level: Option<Vec<Level>>,
    /// true: open to the whole society; false: only to specific groups (全社会).
    pub whole_society: Option<bool>,
    /// Open to a specific group with this wording (特定群体).
    pub audience_group: Option<String>,
    /// With a time limit of one of these kinds (时限种类); UNSTATED: with none printed.
    pub time_limit: Option<Vec<TimeLimitKind>>,
    /// Citing this law or document, by id (公开依据): the words of the row mean it under this scope.
    pub legal_basis: Option<ID>,
    /// Adopted or adapted from this upstream item, by code (来源事项).
    pub origin: Option<String>,
    /// With this text in one of its names (名称含).
    pub name: Option<String>,
}

/// The order of a list of items (次序).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Order")]
pub(in crate::graphql) enum ItemOrder {
    /// 按目录: by catalogue, then by place in the table.
    Catalogue,
    /// 按代码: by catalogue, then by the number of the item's code.
    Code,
    /// 最近变更: those whose wording changed last come first.
    RecentlyChanged,
}

impl ItemFilter {
    /// What it selects under a view.
    pub(super) async fn selection(&self, ctx: &Context<'_>, view: View) -> Result<Selection> {
        let mut terms: Vec<(Facet, Vec<String>)> = Vec::new();
        let mut any = |facet, values: Option<Vec<String>>| terms.extend(values.map(|values| (facet, values)));
        any(Facet::Channel, self.channel.clone());
        any(
            Facet::Method,
            self.method.as_ref().map(|all| all.iter().map(|m| m.value().to_owned()).collect()),
        );
        any(Facet::Level, names::<_, CoreLevel>(self.level.as_deref()));
        any(Facet::WholeSociety, self.whole_society.map(|whole| vec![whole.to_string()]));
        any(Facet::AudienceGroup, self.audience_group.as_ref().map(|text| vec![bounded(text)]));
        any(Facet::TimeLimit, names::<_, CoreTimeLimitKind>(self.time_limit.as_deref()));
        if let Some(basis) = &self.legal_basis {
            let code = key(basis, "LegalBasis", view)?;
            any(Facet::Basis, Some(citations_of(ctx, view, &code).await?));
        }
        let units = match &self.unit {
            Some(units) => Some(wordings_of(ctx, view, units).await?),
            None => None,
        };
        let (below, above) = (self.include_descendants == Some(true), self.include_ancestors == Some(true));
        let kinds = self.kind.as_ref().map(|kinds| kinds.iter().map(|kind| CoreKind::from(*kind)).collect());
        Ok(Selection {
            divisions: catalogue::runs(ctx, view, self.division.as_deref(), below, above).await?,
            kinds,
            domains: self.domain.clone(),
            terms,
            units,
            name: self.name.clone(),
            origin: self.origin.clone(),
            nearest_only: self.include_ancestors == Some(true),
        })
    }
}

/// The names of enum values as terms have them.
fn names<T: Copy, C: From<T> + serde::Serialize>(values: Option<&[T]>) -> Option<Vec<String>> {
    values.map(|values| values.iter().map(|value| variant_name(&C::from(*value))).collect())
}

/// The key of an id of a kind.
fn key(id: &ID, kind: &str, view: View) -> Result<String> {
    match id::read(id, view) {
        Some((of, key, _)) if of == kind => Ok(key),
        _ => Err(Failure::bad_input(
            &format!("{} 不是 {kind} 的标识", id.as_str()),
            &format!("`{}` is no id of a {kind}", id.as_str()),
        )),
    }
}

/// The places and wordings that mean one of the units under the view.
async fn wordings_of(ctx: &Context<'_>, view: View, units: &[ID]) -> Result<BTreeSet<(String, String)>> {
    let codes: BTreeSet<String> = units.iter().map(|id| key(id, "Unit", view)).collect::<Result<_>>()?;
    let mut texts = BTreeSet::new();
    for code in &codes {
        texts.extend(unit::wordings(ctx, view, code).await?.iter().map(|text| bounded(text)));
    }
    let texts: Vec<String> = texts.into_iter().collect();
    let printed = ctx.data_unchecked::<Reader>().unit_wordings(&texts).await?;
    let meant = printed.into_iter().map(|(place, text)| async {
        let unit = unit::resolve(ctx, view, &place, &text).await?;
        Ok::<_, Failure>(unit.filter(|unit| codes.contains(unit.code())).map(|_| (place, text)))
    });
    Ok(try_join_all(meant).await?.into_iter().flatten().collect())
}

/// The citations, as terms, that mean the law or document under the view.
async fn citations_of(ctx: &Context<'_>, view: View, code: &str) -> Result<Vec<String>> {
    let (titles, number) = legal_basis::wordings(ctx, view, code).await?;
    let titles: Vec<String> = titles.into_iter().collect();
    let printed = ctx.data_unchecked::<Reader>().citations(&titles, number.as_deref()).await?;
    let meant = printed.into_iter().map(|citation: Citation| async move {
        let basis = legal_basis::resolve(ctx, view, &citation).await?;
        Ok::<_, Failure>(basis.filter(|basis| basis.code() == code).map(|_| citation.value()))
    });
    Ok(try_join_all(meant).await?.into_iter().flatten().collect())
}
