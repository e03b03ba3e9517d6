//! Lists of items: of a version, and of all that is in force and fits a filter.

use std::collections::HashSet;

use async_graphql::{Context, InputObject};

use super::{Item, Method, parts::TimeLimitKind};
use crate::{
    catalogue::{content::Content, local::Local},
    graphql::{
        at::View,
        catalogue::{self, CatalogueKind},
        connection::{Args, Connection},
        cursor::ListKey,
        division::{Division, Level},
        error::Result,
        loaders::{self, ContentKey, LocalKey},
        version::{self, Version},
    },
    store::Tree,
};

/// Which items are listed (筛选条件). Rows whose value is unknown, or was redacted, match neither yes nor no.
#[derive(Clone, Debug, Default, InputObject)]
pub(in crate::graphql) struct ItemFilter {
    /// Of this division, by its 6-, 9- or 12-digit code (行政区划).
    division: Option<String>,
    /// Items of the divisions below as well (含下级).
    include_descendants: Option<bool>,
    /// Items of the divisions above as well (含上级): what holds for someone who lives here. An item whose adoption
    /// is itself in the result is left out.
    include_ancestors: Option<bool>,
    /// Of one of these domains, by code (领域).
    domain: Option<Vec<String>>,
    /// Of catalogues of one of these kinds (目录类型).
    kind: Option<Vec<CatalogueKind>>,
    /// Disclosed through one of these channels, by code (渠道).
    channel: Option<Vec<String>>,
    /// Disclosed by one of these methods (公开方式).
    method: Option<Vec<Method>>,
    /// Disclosed at one of these levels (公开层级).
    level: Option<Vec<Level>>,
    /// true: open to the whole society; false: only to specific groups (全社会).
    whole_society: Option<bool>,
    /// Open to a specific group with this wording (特定群体).
    audience_group: Option<String>,
    /// With a time limit of one of these kinds (时限种类).
    time_limit: Option<Vec<TimeLimitKind>>,
    /// Adopted or adapted from this upstream item, by code (来源事项).
    origin: Option<String>,
    /// With this text in one of its names (名称含).
    name: Option<String>,
}

/// The items of a version, in table order. Entries that were redacted whole are left out; `itemCount` counts them.
pub(in crate::graphql) async fn of_version(
    ctx: &Context<'_>,
    version: &Version,
    args: Args,
) -> Result<Connection<Item>> {
    let page = args.open(version.catalogue.view, ListKey::new(&[&"version.items", &version.known.digest]))?;
    let mut resumed = version.clone();
    resumed.catalogue.view = page.view;
    let items = of_tree(&resumed, &*version.tree(ctx).await?);
    let cut = page.cut(&items, |item| item.position.to_string())?;
    let nodes = cut.elements.clone();
    Ok(cut.with(nodes))
}

/// The items of a version that are still there.
fn of_tree(version: &Version, tree: &Tree) -> Vec<Item> {
    let places =
        tree.entries.iter().enumerate().filter_map(|(position, entry)| Some((position, entry.as_ref()?)));
    places
        .map(|(position, (_, entry))| Item { version: version.clone(), entry: entry.clone(), position })
        .collect()
}

/// The items in force that fit, by catalogue and place in the table.
pub(in crate::graphql) async fn list(
    ctx: &Context<'_>,
    view: View,
    filter: ItemFilter,
    args: Args,
) -> Result<Connection<Item>> {
    let page = args.open(view, ListKey::new(&[&"items", &filter]))?;
    let mut items = candidates(ctx, page.view, &filter).await?;
    if filter.reads_parts() {
        items = fitting(ctx, items, &filter).await?;
    }
    if filter.include_ancestors == Some(true) {
        let adopted: HashSet<String> = items
            .iter()
            .filter_map(|item| item.entry.origin.as_ref())
            .map(|origin| origin.item.to_string())
            .collect();
        items.retain(|item| !adopted.contains(item.entry.item.as_str()));
    }
    let cut = page.cut(&items, |item| item.entry.item.to_string())?;
    let nodes = cut.elements.clone();
    Ok(cut.with(nodes))
}

/// Every item in force of the catalogues that fit; refs and trees say so much.
async fn candidates(ctx: &Context<'_>, view: View, filter: &ItemFilter) -> Result<Vec<Item>> {
    let mut places = vec![filter.division.clone()];
    if let Some(division) = filter.division.as_ref().filter(|_| filter.include_ancestors == Some(true)) {
        let code = catalogue::division_code(division)?.to_string();
        places.extend(Division::path(ctx, view, &code).await?.into_iter().skip(1).map(Some));
    }
    let mut catalogues = Vec::new();
    for (index, division) in places.into_iter().enumerate() {
        let include_descendants = index == 0 && filter.include_descendants == Some(true);
        let wanted = catalogue::Filter { division, include_descendants, ..catalogue::Filter::default() };
        catalogues.extend(catalogue::fitting(ctx, view, &wanted).await?);
    }
    let wanted = |kind| filter.kind.as_ref().is_none_or(|kinds| kinds.contains(&kind));
    catalogues.retain(|catalogue| {
        let code = &catalogue.known.code;
        let named = code.domain.as_ref().is_none_or(|domain| {
            filter
                .domain
                .as_ref()
                .is_none_or(|domains| domains.iter().any(|wanted| wanted == domain.as_str()))
        });
        named && wanted(code.kind.into())
    });
    catalogues.sort_by(|a, b| a.known.code.as_str().cmp(b.known.code.as_str()));
    let versions = catalogues.iter().filter_map(|catalogue| Some((catalogue, catalogue.in_force()?)));
    let versions = versions.map(|(catalogue, number)| version::load(ctx, catalogue, number));
    let versions: Vec<Version> =
        futures_util::future::try_join_all(versions).await?.into_iter().flatten().collect();
    let trees = futures_util::future::try_join_all(versions.iter().map(|version| version.tree(ctx))).await?;
    let mut items: Vec<Item> =
        versions.iter().zip(&trees).flat_map(|(version, tree)| of_tree(version, tree)).collect();
    items.retain(|item| {
        let origin = item.entry.origin.as_ref().map(|origin| origin.item.as_str());
        filter.origin.as_ref().is_none_or(|wanted| origin == Some(wanted.as_str()))
    });
    Ok(items)
}

/// Those items whose parts fit, loaded in one batch each. What a redacted part said is not known, so it fits nothing.
async fn fitting(ctx: &Context<'_>, items: Vec<Item>, filter: &ItemFilter) -> Result<Vec<Item>> {
    let contents = loaders::many(ctx, items.iter().map(|item| ContentKey(item.entry.content))).await?;
    let locals = loaders::many(ctx, items.iter().map(|item| LocalKey(item.entry.local))).await?;
    let fits = |item: &Item| {
        let content = contents.get(&ContentKey(item.entry.content));
        let parts = content.zip(locals.get(&LocalKey(item.entry.local)));
        parts.is_some_and(|(content, local)| filter.fits(item, content, local))
    };
    Ok(items.into_iter().filter(fits).collect())
}

impl ItemFilter {
    /// Whether content or local part must be read to answer.
    fn reads_parts(&self) -> bool {
        self.domain.is_some()
            || self.channel.is_some()
            || self.method.is_some()
            || self.level.is_some()
            || self.whole_society.is_some()
            || self.audience_group.is_some()
            || self.time_limit.is_some()
            || self.name.is_some()
    }

    fn fits(&self, item: &Item, content: &Content, local: &Local) -> bool {
        /// No wish, or one of the wished is there.
        fn any<T>(wished: Option<&Vec<T>>, there: impl Fn(&T) -> bool) -> bool {
            wished.is_none_or(|wished| wished.iter().any(there))
        }
        let domain = item.entry.item.catalogue.domain.as_ref().or(local.domain.as_ref());
        let audience = content.audience.as_ref();
        let methods = content.methods.map(super::parts::methods).unwrap_or_default();
        any(self.domain.as_ref(), |code| domain.is_some_and(|domain| domain.as_str() == code))
            && any(self.channel.as_ref(), |code| {
                content.channels.iter().flatten().any(|used| used.code == *code)
            })
            && any(self.method.as_ref(), |method| methods.contains(method))
            && any(self.level.as_ref(), |level| {
                local.levels.iter().flatten().any(|(known, ticked)| *ticked && Level::from(*known) == *level)
            })
            && self.whole_society.is_none_or(|wanted| audience.and_then(|a| a.whole_society) == Some(wanted))
            && self.audience_group.as_ref().is_none_or(|wanted| {
                audience
                    .iter()
                    .filter_map(|a| a.groups.as_ref())
                    .flatten()
                    .any(|group| group.text.as_str() == wanted)
            })
            && any(self.time_limit.as_ref(), |kind| {
                content.time_limits.iter().flatten().any(|limit| TimeLimitKind::from(limit.kind) == *kind)
            })
            && self
                .name
                .as_ref()
                .is_none_or(|text| content.names.iter().any(|name| name.as_str().contains(text.as_str())))
    }
}
