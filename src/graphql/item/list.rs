//! Lists of items: of a version, and of all that is in force and fits a filter.
//!
//! Few catalogues are read as trees, in memory; many are asked of the projections, which answer places in trees.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use async_graphql::Context;
use futures_util::future::try_join_all;

use super::{Item, connection::ItemConnection, filter::ItemFilter, read};
use crate::{
    catalogue::selection::{Order, Place, Selection},
    graphql::{
        at::View,
        catalogue::{self, Catalogue},
        connection::{Args, Page},
        cursor::ListKey,
        error::{Failure, Result},
        loaders::{HistoryKey, Loaders},
        version::{self, Version},
    },
    store::{CatalogueRef, Found, Leaf, Reader, Seek, Tree},
};

/// All items that a list has: as they are, or as a question.
#[derive(Clone, Debug)]
pub(super) enum Listing {
    /// Read already, in order.
    Here(Arc<Here>),
    /// Of more catalogues than are read for one answer.
    Wide { view: View, selection: Arc<Selection>, order: Order },
}

/// The items of some versions: for each its table, and its place there.
#[derive(Debug)]
pub(super) struct Here {
    pub view: View,
    pub sequence: Sequence,
    pub tables: Vec<Table>,
    pub rows: Vec<(u32, u32)>,
}

/// A version and its entries.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub version: Version,
    pub tree: Arc<Tree>,
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
    let page = args.open(version.catalogue.view, ListKey::new(&[&"version.items", &version.known.digest]))?;
    let mut here = Here::new(page.view, Sequence::Ordered(Order::Catalogue));
    here.add(Table { version: version.under(page.view), tree: version.tree(ctx).await? });
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
    let mut here = Here::new(page.view, Sequence::Ordered(Order::Catalogue));
    here.tables.push(Table { version: version.under(page.view), tree: tree.clone() });
    let there = places.iter().filter(|place| tree.leaf(**place).is_some());
    here.rows = there.filter_map(|place| Some((0, u32::try_from(*place).ok()?))).collect();
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
    let page = args.open(view, ListKey::new(&[&"items", filter, &order]))?;
    let selection = filter.selection(ctx, page.view).await?;
    of_selection(ctx, selection, order, &page).await
}

/// An item in the versions in which it changed, the newest first.
pub(super) async fn history(ctx: &Context<'_>, item: &Item, args: Args) -> Result<ItemConnection> {
    let code = &item.entry().item;
    let page = args.open(item.view(), ListKey::new(&[&"item.history", &code.as_str()]))?;
    let mut numbers =
        ctx.data_unchecked::<Loaders>().load_one(HistoryKey(code.to_string())).await?.unwrap_or_default();
    numbers.sort_by_key(|number| Reverse(*number));
    let catalogue = Catalogue { view: page.view, ..item.version.catalogue.clone() };
    let versions = version::load_all(ctx, &catalogue, &numbers).await?;
    let trees = try_join_all(versions.iter().map(|version| version.tree(ctx))).await?;
    let mut here = Here::new(page.view, Sequence::NewestFirst);
    for (version, tree) in versions.into_iter().zip(trees) {
        if let Some(place) = tree.place(code).and_then(|place| u32::try_from(place).ok()) {
            here.rows.push((here.tables.len() as u32, place));
            here.tables.push(Table { version, tree });
        }
    }
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
            Listing::Here(Arc::new(here(ctx, page.view, &candidates, &selection, order).await?))
        }
    };
    listing.page(ctx, page).await
}

impl Listing {
    async fn page(self, ctx: &Context<'_>, page: &Page) -> Result<ItemConnection> {
        let seek = page.seek()?;
        let (items, sequence) = match &self {
            Self::Here(here) => (here.items(&seek), here.sequence),
            Self::Wide { view, selection, order } => {
                let found =
                    ctx.data_unchecked::<Reader>().select(selection, view.scope, *order, &seek).await?;
                (found_items(ctx, *view, found).await?, Sequence::Ordered(*order))
            }
        };
        Ok(ItemConnection::new(page, items, sequence, self))
    }
}

impl Here {
    fn new(view: View, sequence: Sequence) -> Self {
        Self { view, sequence, tables: Vec::new(), rows: Vec::new() }
    }

    /// Adds a table with all of its items that are still there.
    fn add(&mut self, table: Table) {
        let number = self.tables.len() as u32;
        self.rows.extend(table.tree.leaves().map(|(place, _)| (number, place as u32)));
        self.tables.push(table);
    }

    fn item(&self, (table, place): (u32, u32)) -> Option<Item> {
        let table = self.tables.get(table as usize)?;
        Item::new(&table.version, &table.tree, place as usize)
    }

    /// Each item's table and what stands there.
    pub fn leaves(&self) -> impl Iterator<Item = (&Table, &Leaf)> {
        self.rows.iter().filter_map(|(table, place)| {
            let table = self.tables.get(*table as usize)?;
            Some((table, table.tree.leaf(*place as usize)?))
        })
    }

    /// The items of a part of the list.
    fn items(&self, seek: &Seek<Place>) -> Vec<Item> {
        let until = |holds: &dyn Fn(Place) -> bool| {
            self.rows
                .partition_point(|row| self.item(*row).is_some_and(|item| holds(self.sequence.place(&item))))
        };
        let start = seek.after.as_ref().map_or(0, |after| until(&|place| place <= *after));
        let end = seek.before.as_ref().map_or(self.rows.len(), |before| until(&|place| place < *before));
        let end = end.max(start);
        let count = usize::try_from(seek.count).unwrap_or(usize::MAX);
        let (start, end) = if seek.from_end {
            (start.max(end.saturating_sub(count)), end)
        } else {
            (start, end.min(start.saturating_add(count)))
        };
        self.rows[start..end].iter().filter_map(|row| self.item(*row)).collect()
    }

    /// Keeps the items that fit; what must be read to tell is in memory.
    fn select(&mut self, selection: &Selection) {
        let tables = &self.tables;
        self.rows.retain(|(table, place)| {
            let leaf = tables.get(*table as usize).and_then(|table| table.tree.leaf(*place as usize));
            leaf.is_some_and(|leaf| {
                let (content, local) = (leaf.content.get(), leaf.local.get());
                selection.fits(&leaf.entry, content.map(|it| &**it), local.map(|it| &**it))
            })
        });
        if selection.nearest_only {
            let origins = self.leaves().filter_map(|(_, leaf)| leaf.entry.origin.as_ref());
            let adopted: HashSet<String> = origins.map(|origin| origin.item.to_string()).collect();
            let tables = &self.tables;
            self.rows.retain(|(table, place)| {
                let leaf = tables.get(*table as usize).and_then(|table| table.tree.leaf(*place as usize));
                leaf.is_some_and(|leaf| !adopted.contains(leaf.entry.item.as_str()))
            });
        }
    }

    /// Puts items that stand by catalogue and place into an order.
    fn order(&mut self, order: Order) {
        let tables = &self.tables;
        let leaf = |row: &(u32, u32)| tables.get(row.0 as usize)?.tree.leaf(row.1 as usize);
        match order {
            Order::Catalogue => {}
            Order::Code => self.rows.sort_by_key(|row| (row.0, leaf(row).map(|leaf| leaf.entry.item.serial))),
            Order::RecentlyChanged => {
                self.rows.sort_by_key(|row| Reverse(leaf(row).map(|leaf| leaf.changed)));
            }
        }
    }
}

/// The items in force of some catalogues that fit, in order; contents and local parts in one batch each.
async fn here(
    ctx: &Context<'_>,
    view: View,
    candidates: &[Arc<CatalogueRef>],
    selection: &Selection,
    order: Order,
) -> Result<Here> {
    let admitted = candidates.iter().filter(|known| selection.admits(&known.code));
    let catalogues = admitted.filter_map(|known| catalogue::known(view, known));
    let mut here = Here::new(view, Sequence::Ordered(order));
    for table in tables(ctx, catalogues.collect()).await? {
        here.add(table);
    }
    let reads = |table: &Table| selection.reads_parts(&table.version.catalogue.known.code);
    let unread: Vec<&Leaf> = here.leaves().filter(|(table, _)| reads(table)).map(|(_, leaf)| leaf).collect();
    read::contents(ctx, &unread).await?;
    read::locals(ctx, &unread).await?;
    drop(unread);
    here.select(selection);
    here.order(order);
    Ok(here)
}

/// The versions in force of some catalogues; those in memory at once, the rest together.
async fn tables(ctx: &Context<'_>, catalogues: Vec<Catalogue>) -> Result<Vec<Table>> {
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
    let opened = in_force
        .into_iter()
        .map(|(number, catalogue)| async move { version::with_tree(ctx, &catalogue, number).await });
    let opened = try_join_all(opened).await?.into_iter().flatten();
    Ok(opened.map(|(version, tree)| Table { version, tree }).collect())
}

/// The items at places that the projections named.
async fn found_items(ctx: &Context<'_>, view: View, found: Vec<Found>) -> Result<Vec<Item>> {
    let wanted: BTreeMap<&str, u32> =
        found.iter().map(|found| (found.place.catalogue.as_str(), found.place.number)).collect();
    let versions = wanted.iter().map(|(code, number)| async move {
        let Some(catalogue) = catalogue::load(ctx, view, code).await? else { return Ok(None) };
        let opened = version::with_tree(ctx, &catalogue, *number).await?;
        Ok::<_, Failure>(opened.map(|(version, tree)| Table { version, tree }))
    });
    let tables: BTreeMap<String, Table> = try_join_all(versions)
        .await?
        .into_iter()
        .flatten()
        .map(|table| (table.version.catalogue.known.code.to_string(), table))
        .collect();
    let item = |found: &Found| {
        let table = tables.get(&found.place.catalogue)?;
        Item::new(&table.version, &table.tree, found.position as usize)
    };
    Ok(found.iter().filter_map(item).collect())
}
