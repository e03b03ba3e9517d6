//! Lists of items: of a version, and of all that is in force and fits a filter.
//!
//! Few catalogues are read as trees, in memory; many are asked of the projections, which answer places in trees.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use async_graphql::Context;
use futures_util::future::try_join_all;

use super::{
    Item,
    ahead::Shown,
    connection::ItemConnection,
    filter::ItemFilter,
    here::{self, Here, Table},
    read,
};
use crate::{
    catalogue::{
        digest::Digest,
        selection::{Order, Place, Reads, Selection},
    },
    graphql::{
        at::View,
        catalogue::{self, Catalogue},
        connection::{self, Args, Page},
        cursor::ListKey,
        error::Result,
        loaders::{HistoryKey, Loaders},
        version::{self, Version},
    },
    store::{CatalogueRef, Found, Leaf, Reader, Rows, Tree},
};

/// All items that a list has: as they are, or as a question.
#[derive(Clone, Debug)]
pub(super) enum Listing {
    /// Read already, in order.
    Here(Arc<Here>),
    /// Of more catalogues than are read for one answer.
    Wide { view: View, selection: Arc<Selection>, order: Order },
}

/// In which sequence the items of a list come.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sequence {
    Ordered(Order),
    /// One item in several versions.
    NewestFirst,
}

impl Sequence {
    /// Where an item stands.
    pub fn place(self, item: &Item) -> Place {
        match self {
            Self::Ordered(order) => item.place(order),
            // What counts down comes first in an order that counts up.
            Self::NewestFirst => {
                Place { rank: -i64::from(item.version.number), ..item.place(Order::Catalogue) }
            }
        }
    }
}

/// The items of a version, in table order. Entries that were redacted whole are left out; `itemCount` counts them.
pub(in crate::graphql) async fn of_version(
    ctx: &Context<'_>,
    version: &Version,
    args: Args,
) -> Result<ItemConnection> {
    let page = args.open(version.catalogue.view, ListKey::new(("version.items", version.known.digest)))?;
    let tables = vec![Table { version: version.under(page.view), tree: version.tree(ctx).await? }];
    let rows = here::all(&tables);
    let here = Here::new(page.view, Sequence::Ordered(Order::Catalogue), tables, rows);
    Listing::Here(Arc::new(here)).page(ctx, &page).await
}

/// Some items of a version, by their places in its tree.
pub(in crate::graphql) async fn some_of(
    ctx: &Context<'_>,
    version: &Version,
    tree: &Arc<Tree>,
    places: &[usize],
    page: Page,
) -> Result<ItemConnection> {
    let there = places.iter().filter(|place| tree.leaf(**place).is_some());
    let rows = there.filter_map(|place| Some((0, u32::try_from(*place).ok()?))).collect();
    let tables = vec![Table { version: version.under(page.view), tree: tree.clone() }];
    let here = Here::new(page.view, Sequence::Ordered(Order::Catalogue), tables, rows);
    Listing::Here(Arc::new(here)).page(ctx, &page).await
}

/// The items in force that fit.
pub(in crate::graphql) async fn list(
    ctx: &Context<'_>,
    view: View,
    filter: &ItemFilter,
    order: Order,
    args: Args,
) -> Result<ItemConnection> {
    let page = args.open(view, ListKey::new(("items", filter, order)))?;
    let selection = filter.selection(ctx, page.view).await?;
    of_selection(ctx, selection, order, &page).await
}

/// An item in the versions in which it changed, the newest first.
pub(super) async fn history(ctx: &Context<'_>, item: &Item, args: Args) -> Result<ItemConnection> {
    let code = &item.entry().item;
    let page = args.open(item.view(), ListKey::new(("item.history", code.to_string())))?;
    let mut numbers =
        ctx.data_unchecked::<Loaders>().load_one(HistoryKey(code.to_string())).await?.unwrap_or_default();
    numbers.sort_by_key(|number| Reverse(*number));
    let catalogue = Catalogue { view: page.view, ..item.version.catalogue.clone() };
    let versions = version::load_all(ctx, &catalogue, &numbers).await?;
    let trees = try_join_all(versions.iter().map(|version| version.tree(ctx))).await?;
    let (mut tables, mut rows) = (Vec::new(), Vec::new());
    for (version, tree) in versions.into_iter().zip(trees) {
        if let Some(place) = tree.place(code).and_then(|place| u32::try_from(place).ok()) {
            rows.push((tables.len() as u32, place));
            tables.push(Table { version, tree });
        }
    }
    let here = Here::new(page.view, Sequence::NewestFirst, tables, rows);
    Listing::Here(Arc::new(here)).page(ctx, &page).await
}

/// A page of what a selection selects.
pub(in crate::graphql) async fn of_selection(
    ctx: &Context<'_>,
    selection: Selection,
    order: Order,
    page: &Page,
) -> Result<ItemConnection> {
    let reader = ctx.data_unchecked::<Reader>();
    // All catalogues of the places of which it can have items, where these are no more than are read as trees.
    let listing = match reader.few(selection.divisions.as_deref(), reader.wide()).await? {
        None => Listing::Wide { view: page.view, selection: Arc::new(selection), order },
        Some(candidates) => {
            Listing::Here(Arc::new(in_force(ctx, page, &candidates, &selection, order).await?))
        }
    };
    listing.page(ctx, page).await
}

impl Listing {
    async fn page(self, ctx: &Context<'_>, page: &Page) -> Result<ItemConnection> {
        let seek = page.seek()?;
        let (items, sequence) = match &self {
            Self::Here(here) => {
                let items = here.items(&seek);
                touch(ctx.data_unchecked(), &items);
                (items, here.sequence)
            }
            Self::Wide { view, selection, order } => {
                let found =
                    ctx.data_unchecked::<Reader>().select(selection, view.scope, *order, &seek).await?;
                (found_items(ctx, *view, found).await?, Sequence::Ordered(*order))
            }
        };
        Ok(ItemConnection::new(page, items, sequence, self))
    }
}

/// The items in force of some catalogues that fit, in order, for a page of them; contents and local parts in one batch
/// each.
async fn in_force(
    ctx: &Context<'_>,
    page: &Page,
    candidates: &[Arc<CatalogueRef>],
    selection: &Selection,
    order: Order,
) -> Result<Here> {
    let (reader, view) = (ctx.data_unchecked::<Reader>(), page.view);
    let key = reader.rows_key(candidates, selection, order, view.scope);
    let (known, sequence) = (reader.rows(&key), Sequence::Ordered(order));
    if let Some((rows, tables)) = known.as_ref().and_then(|rows| Some((rows.clone(), reopened(view, rows)?)))
    {
        return Ok(Here { view, sequence, tables, rows });
    }
    let admitted = candidates.iter().filter(|known| selection.admits(&known.code));
    let catalogues = admitted.filter_map(|known| catalogue::known(view, known));
    let reads = |known: &CatalogueRef| selection.reads(&known.code);
    let shown = Shown { order, seek: page.seek()? };
    let tables = tables(ctx, catalogues.collect(), |known| reads(known).any(), &shown).await?;
    if let Some(rows) = known {
        rows.keep_tables(tables.iter().map(Table::opened));
        return Ok(Here { view, sequence, tables, rows });
    }
    let mut rows = here::all(&tables);
    let read = |part: fn(Reads) -> bool| {
        let leaves = here::leaves(&tables, &rows);
        let read = leaves.filter(|(table, _)| part(reads(&table.version.catalogue.known)));
        read.map(|(_, leaf)| leaf).collect::<Vec<&Leaf>>()
    };
    read::parts(ctx, &read(|reads| reads.content), &read(|reads| reads.local)).await?;
    here::select(&tables, &mut rows, selection);
    here::sort(&tables, &mut rows, order);
    let here = Here::new(view, sequence, tables, rows);
    here.rows.keep_tables(here.tables.iter().map(Table::opened));
    reader.keep_rows(key, &here.rows);
    Ok(here)
}

/// Has what a page is of stay in memory: whoever finds it by its list asks no cache for it.
fn touch(reader: &Reader, items: &[Item]) {
    let mut digests: Vec<Digest> = items.iter().map(|item| item.version.known.digest).collect();
    digests.dedup();
    digests.into_iter().for_each(|digest| drop(reader.tree(digest)));
}

/// The tables of a list that was made before, under a view; `None` where one of them is no longer in memory.
fn reopened(view: View, rows: &Rows) -> Option<Vec<Table>> {
    let tables = rows.tables()?;
    tables.iter().map(|opened| Table::reopened(view, opened)).collect()
}

/// The versions in force of some catalogues; those in memory at once, the rest together, with what is shown of them. Where
/// parts tell which items are in a list, as `reads` says, all of them are read next.
async fn tables(
    ctx: &Context<'_>,
    catalogues: Vec<Catalogue>,
    reads: impl Fn(&CatalogueRef) -> bool,
    shown: &Shown,
) -> Result<Vec<Table>> {
    let reader = ctx.data_unchecked::<Reader>();
    let in_force = |catalogue: Catalogue| Some((catalogue.in_force()?, catalogue));
    let in_force: Vec<(u32, Catalogue)> = catalogues.into_iter().filter_map(in_force).collect();
    let in_memory = |(number, catalogue): &(u32, Catalogue)| {
        let version = version::in_memory(reader, catalogue, *number)?;
        Some(Table { tree: reader.tree(version.known.digest)?, version })
    };
    if let Some(tables) = in_force.iter().map(in_memory).collect() {
        return Ok(tables);
    }
    let told = in_force.iter().all(|(_, catalogue)| !reads(&catalogue.known));
    let ahead = if told && connection::shows(ctx) { shown.ahead(&in_force) } else { None };
    let wanted = in_force.into_iter().map(|(number, catalogue)| (catalogue, number));
    let opened = version::with_trees(ctx, wanted, ahead).await?.into_iter();
    Ok(opened.map(|(version, tree)| Table { version, tree }).collect())
}

/// The items at places that the projections named.
async fn found_items(ctx: &Context<'_>, view: View, found: Vec<Found>) -> Result<Vec<Item>> {
    let wanted: BTreeMap<&str, u32> =
        found.iter().map(|found| (found.place.catalogue.as_str(), found.place.number)).collect();
    let codes: Vec<String> = wanted.keys().map(|code| (*code).to_owned()).collect();
    let numbered = |catalogue: Catalogue| {
        let number = *wanted.get(catalogue.known.code.as_str())?;
        Some((catalogue, number))
    };
    let catalogues = catalogue::load_all(ctx, view, &codes).await?.into_iter().filter_map(numbered);
    let tables: BTreeMap<String, Table> = version::with_trees(ctx, catalogues, None)
        .await?
        .into_iter()
        .map(|(version, tree)| (version.catalogue.known.code.to_string(), Table { version, tree }))
        .collect();
    let item = |found: &Found| {
        let table = tables.get(&found.place.catalogue)?;
        Item::new(&table.version, &table.tree, found.position as usize)
    };
    Ok(found.iter().filter_map(item).collect())
}
