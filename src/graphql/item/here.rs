//! Items that are in memory as tables and places in them.

use std::{cmp::Reverse, collections::HashSet, sync::Arc};

use super::{Item, list::Sequence};
use crate::{
    catalogue::{
        code::ItemCode,
        selection::{Order, Place, Selection},
    },
    graphql::{at::View, version::Version},
    store::{Leaf, Opened, Rows, Seek, Tree},
};

/// The items of some versions: for each its table, and its place there.
#[derive(Debug)]
pub(super) struct Here {
    pub view: View,
    pub sequence: Sequence,
    pub tables: Vec<Table>,
    pub rows: Arc<Rows>,
}

/// A version and its entries.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub version: Version,
    pub tree: Arc<Tree>,
}

impl Table {
    /// As a list keeps it.
    pub fn opened(&self) -> Opened {
        self.version.opened(&self.tree)
    }

    /// Out of a list, under a view; `None` where it is no longer in memory.
    pub fn reopened(view: View, opened: &Opened) -> Option<Self> {
        Some(Self { tree: opened.tree.upgrade()?, version: Version::reopened(view, opened) })
    }
}

impl Here {
    pub fn new(view: View, sequence: Sequence, tables: Vec<Table>, rows: Vec<(u32, u32)>) -> Self {
        Self { view, sequence, tables, rows: Arc::new(Rows::new(rows)) }
    }

    fn item(&self, (table, place): (u32, u32)) -> Option<Item> {
        let table = self.tables.get(table as usize)?;
        Item::new(&table.version, &table.tree, place as usize)
    }

    /// Each item's table and what stands there.
    pub fn leaves(&self) -> impl Iterator<Item = (&Table, &Leaf)> {
        leaves(&self.tables, &self.rows)
    }

    /// The items of a part of the list.
    pub fn items(&self, seek: &Seek<Place>) -> Vec<Item> {
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
}

/// Every row of some tables that is still there.
pub(super) fn all(tables: &[Table]) -> Vec<(u32, u32)> {
    let numbered = (0..).zip(tables);
    numbered
        .flat_map(|(number, table)| table.tree.leaves().map(move |(place, _)| (number, place as u32)))
        .collect()
}

/// The tables of rows, and what stands there.
pub(super) fn leaves<'a>(
    tables: &'a [Table],
    rows: &'a [(u32, u32)],
) -> impl Iterator<Item = (&'a Table, &'a Leaf)> {
    rows.iter().filter_map(|(table, place)| {
        let table = tables.get(*table as usize)?;
        Some((table, table.tree.leaf(*place as usize)?))
    })
}

/// Keeps the rows that fit; what must be read to tell is in memory.
pub(super) fn select(tables: &[Table], rows: &mut Vec<(u32, u32)>, selection: &Selection) {
    let leaf = |(table, place): &(u32, u32)| tables.get(*table as usize)?.tree.leaf(*place as usize);
    rows.retain(|row| {
        leaf(row).is_some_and(|leaf| {
            let (content, local) = (leaf.content.get(), leaf.local.get());
            selection.fits(&leaf.entry, content.map(|it| &**it), local.map(|it| &**it))
        })
    });
    if selection.nearest_only {
        let origins = leaves(tables, rows).filter_map(|(_, leaf)| leaf.entry.origin.as_ref());
        let adopted: HashSet<ItemCode> = origins.map(|origin| origin.item.clone()).collect();
        rows.retain(|row| leaf(row).is_some_and(|leaf| !adopted.contains(&leaf.entry.item)));
    }
}

/// Puts rows that stand by catalogue and place into an order.
pub(super) fn sort(tables: &[Table], rows: &mut [(u32, u32)], order: Order) {
    let leaf = |row: &(u32, u32)| tables.get(row.0 as usize)?.tree.leaf(row.1 as usize);
    match order {
        Order::Catalogue => {}
        Order::Code => rows.sort_by_key(|row| (row.0, leaf(row).map(|leaf| leaf.entry.item.serial))),
        Order::RecentlyChanged => rows.sort_by_key(|row| Reverse(leaf(row).map(|leaf| leaf.changed))),
    }
}
