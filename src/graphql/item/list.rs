//! Lists of items: of a version, and of all that is in force and fits a filter.
//!
//! Few catalogues are read as trees, in memory; many are asked of the projections, which answer places in trees.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use async_graphql::Context;
use futures_util::future::try_join_all;

use super::{Item, connection::ItemConnection, filter::ItemFilter};
use crate::{
    catalogue::selection::{Order, Place, Selection},
    graphql::{
        at::View,
        catalogue,
        connection::{Args, Page},
        cursor::ListKey,
        error::Result,
        loaders::{self, ContentKey, HistoryKey, Loaders, LocalKey},
        version::{self, Version},
    },
    store::{Found, Reader, Tree},
};

/// All items that a list has: as they are, or as a question.
#[derive(Clone, Debug)]
pub(super) enum Listing {
    /// Read already, in order.
    Here { view: View, items: Arc<[(Place, Item)]> },
    /// Of more catalogues than are read for one answer.
    Wide { view: View, selection: Arc<Selection>, order: Order },
}

/// The items of a version, in table order. Entries that were redacted whole are left out; `itemCount` counts them.
pub(in crate::graphql) async fn of_version(
    ctx: &Context<'_>,
    version: &Version,
    args: Args,
) -> Result<ItemConnection> {
    let page = args.open(version.catalogue.view, ListKey::new(&[&"version.items", &version.known.digest]))?;
    let mut resumed = version.clone();
    resumed.catalogue.view = page.view;
    let items = of_tree(&resumed, &*version.tree(ctx).await?).into_iter();
    let items = items.map(|item| (item.place(Order::Catalogue), item)).collect();
    Listing::Here { view: page.view, items }.page(ctx, &page).await
}

/// Some items of a version, by their places in its tree.
pub(in crate::graphql) async fn some_of(
    ctx: &Context<'_>,
    version: &Version,
    tree: &Tree,
    places: &[usize],
    page: Page,
) -> Result<ItemConnection> {
    let mut resumed = version.clone();
    resumed.catalogue.view = page.view;
    let leaf = |place: &usize| Some(Item::new(&resumed, tree.leaf(*place)?, *place));
    let items = places.iter().filter_map(leaf).map(|item| (item.place(Order::Catalogue), item)).collect();
    Listing::Here { view: page.view, items }.page(ctx, &page).await
}

/// The items in force that fit.
pub(in crate::graphql) async fn list(
    ctx: &Context<'_>,
    view: View,
    filter: &ItemFilter,
    order: Order,
    args: Args,
) -> Result<ItemConnection> {
    let page = args.open(view, ListKey::new(&[&"items", filter, &order]))?;
    let selection = filter.selection(ctx, page.view).await?;
    of_selection(ctx, selection, order, &page).await
}

/// An item in the versions in which it changed, the newest first.
pub(super) async fn history(ctx: &Context<'_>, item: &Item, args: Args) -> Result<ItemConnection> {
    let code = item.entry.item.as_str();
    let page = args.open(item.view(), ListKey::new(&[&"item.history", &code]))?;
    let changes = ctx.data_unchecked::<Loaders>().load_one(HistoryKey(code.to_owned())).await?;
    let mut catalogue = item.version.catalogue.clone();
    catalogue.view = page.view;
    let versions = version::load_all(ctx, &catalogue, &changes.unwrap_or_default()).await?;
    let items = try_join_all(versions.iter().map(|version| super::in_version(ctx, version, code))).await?;
    // The newest first: what counts down comes first in an order that counts up.
    let place =
        |item: Item| (Place { rank: -i64::from(item.version.number), ..item.place(Order::Catalogue) }, item);
    let mut items: Vec<(Place, Item)> = items.into_iter().flatten().map(place).collect();
    items.sort_by(|(a, _), (b, _)| a.cmp(b));
    Listing::Here { view: page.view, items: items.into() }.page(ctx, &page).await
}

/// A page of what a selection selects.
pub(in crate::graphql) async fn of_selection(
    ctx: &Context<'_>,
    selection: Selection,
    order: Order,
    page: &Page,
) -> Result<ItemConnection> {
    let reader = ctx.data_unchecked::<Reader>();
    let codes = candidates(reader, &selection);
    let listing = if codes.len() > reader.wide() {
        Listing::Wide { view: page.view, selection: Arc::new(selection), order }
    } else {
        let items = here(ctx, page.view, &codes, &selection, order).await?;
        Listing::Here { view: page.view, items }
    };
    listing.page(ctx, page).await
}

impl Listing {
    async fn page(self, ctx: &Context<'_>, page: &Page) -> Result<ItemConnection> {
        let seek = page.seek()?;
        let elements = match &self {
            Self::Here { items: all, .. } => {
                let after = seek.after.as_ref();
                let start = after.map_or(0, |after| all.partition_point(|(place, _)| place <= after));
                let before = seek.before.as_ref();
                let end = before.map_or(all.len(), |before| all.partition_point(|(place, _)| place < before));
                let end = end.max(start);
                let count = usize::try_from(seek.count).unwrap_or(usize::MAX);
                let (start, end) = if seek.from_end {
                    (start.max(end.saturating_sub(count)), end)
                } else {
                    (start, end.min(start.saturating_add(count)))
                };
                all[start..end].to_vec()
            }
            Self::Wide { view, selection, order } => {
                let reader = ctx.data_unchecked::<Reader>();
                read(ctx, *view, reader.select(selection, view.scope, *order, &seek).await?).await?
            }
        };
        let window = page.window(elements, |(place, _)| place.to_string());
        Ok(ItemConnection::new(window.map(|(_, item)| item), self))
    }
}

/// The codes of the catalogues of which a selection can have items.
fn candidates(reader: &Reader, selection: &Selection) -> Vec<String> {
    let refs = reader.refs();
    match &selection.divisions {
        None => refs.catalogues().cloned().collect(),
        Some(runs) => runs.iter().flat_map(|(first, last)| refs.of_run(first, last)).cloned().collect(),
    }
}

/// The items in force of some catalogues that fit, in order; contents and local parts in one batch each.
async fn here(
    ctx: &Context<'_>,
    view: View,
    codes: &[String],
    selection: &Selection,
    order: Order,
) -> Result<Arc<[(Place, Item)]>> {
    let catalogues = codes.iter().filter_map(|code| catalogue::load(ctx, view, code));
    let versions = catalogues.filter_map(|catalogue| Some((catalogue.in_force()?, catalogue)));
    let versions =
        versions.map(|(number, catalogue)| async move { version::load(ctx, &catalogue, number).await });
    let versions: Vec<Version> = try_join_all(versions).await?.into_iter().flatten().collect();
    let trees = try_join_all(versions.iter().map(|version| version.tree(ctx))).await?;
    let mut items: Vec<Item> =
        versions.iter().zip(&trees).flat_map(|(version, tree)| of_tree(version, tree)).collect();
    if selection.reads_parts() {
        let contents = loaders::many(ctx, items.iter().map(|item| ContentKey(item.entry.content))).await?;
        let locals = loaders::many(ctx, items.iter().map(|item| LocalKey(item.entry.local))).await?;
        items.retain(|item| {
            let content = contents.get(&ContentKey(item.entry.content));
            let local = locals.get(&LocalKey(item.entry.local));
            selection.fits(&item.entry, content.map(|arc| &**arc), local.map(|arc| &**arc))
        });
    } else {
        items.retain(|item| selection.fits(&item.entry, None, None));
    }
    if selection.nearest_only {
        let origins = items.iter().filter_map(|item| item.entry.origin.as_ref());
        let adopted: HashSet<String> = origins.map(|origin| origin.item.to_string()).collect();
        items.retain(|item| !adopted.contains(item.entry.item.as_str()));
    }
    let mut placed: Vec<(Place, Item)> = items.into_iter().map(|item| (item.place(order), item)).collect();
    placed.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(placed.into())
}

/// The items at places that the projections named.
async fn read(ctx: &Context<'_>, view: View, found: Vec<Found>) -> Result<Vec<(Place, Item)>> {
    let wanted: BTreeMap<&str, u32> =
        found.iter().map(|found| (found.place.catalogue.as_str(), found.place.number)).collect();
    let versions =
        wanted.iter().filter_map(|(code, number)| Some((catalogue::load(ctx, view, code)?, *number)));
    let versions = versions.map(|(catalogue, number)| async move {
        let Some(version) = version::load(ctx, &catalogue, number).await? else { return Ok(None) };
        let tree = version.tree(ctx).await?;
        Ok::<_, crate::graphql::error::Failure>(Some((version, tree)))
    });
    let versions: BTreeMap<String, (Version, Arc<Tree>)> = try_join_all(versions)
        .await?
        .into_iter()
        .flatten()
        .map(|(version, tree)| (version.catalogue.known.code.to_string(), (version, tree)))
        .collect();
    let item = |found: Found| {
        let (version, tree) = versions.get(&found.place.catalogue)?;
        let leaf = tree.leaf(found.position as usize)?;
        Some((found.place, Item::new(version, leaf, found.position as usize)))
    };
    Ok(found.into_iter().filter_map(item).collect())
}

/// The items of a version that are still there.
fn of_tree(version: &Version, tree: &Tree) -> Vec<Item> {
    tree.leaves().map(|(place, leaf)| Item::new(version, leaf, place)).collect()
}
