//! Connections: paging arguments become a page in one place. 0 to 100 a page, 20 by default, both directions.

use std::str::FromStr;

use async_graphql::{Context, OutputType, SimpleObject};

use super::{
    at::View,
    cursor::{self, ListKey},
    error::{Failure, Result},
};
use crate::{
    catalogue::scope::Scope,
    config::{LARGEST_PAGE, USUAL_PAGE},
    store::Seek,
};

const DEFAULT: i32 = USUAL_PAGE as i32;
const MOST: i32 = LARGEST_PAGE as i32;

/// The field that says how many elements a list has.
const TOTAL: &str = "totalCount";
/// The fields that have its elements.
const ELEMENTS: [&str; 2] = ["nodes", "edges"];

/// The fields of a list that it looks for before it is made.
pub(super) const LOOKED_FOR: [&str; 3] = [TOTAL, ELEMENTS[0], ELEMENTS[1]];

/// Whether it is asked how many elements there are: some lists take a statement of their own to count.
pub(super) fn is_counted(ctx: &Context<'_>) -> bool {
    ctx.look_ahead().field(TOTAL).exists()
}

/// Whether elements are asked for: what they say is read ahead.
pub(super) fn shows(ctx: &Context<'_>) -> bool {
    ELEMENTS.iter().any(|field| ctx.look_ahead().field(field).exists())
}

/// Paging arguments as they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Args {
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
}

/// A page to be cut: how many, from which end, between which elements, under which view.
pub(super) struct Page {
    pub view: View,
    list: ListKey,
    count: usize,
    from_end: bool,
    after: Option<String>,
    before: Option<String>,
}

impl Args {
    /// Checks the arguments; a cursor brings its own scope along.
    pub fn open(self, view: View, list: ListKey) -> Result<Page> {
        let from_end = match (self.first, self.last) {
            (Some(_), Some(_)) => {
                return Err(Failure::bad_input(
                    "first 与 last 只能给一个",
                    "give `first` or `last`, not both",
                ));
            }
            (None, Some(_)) => true,
            _ => false,
        };
        let count = self.first.or(self.last).unwrap_or(DEFAULT);
        if count > MOST {
            return Err(Failure::page_too_large(count, MOST));
        }
        let count = usize::try_from(count)
            .map_err(|_| Failure::bad_input("条数不能是负数", "the number of elements is not negative"))?;
        let mut page = Page { view, list, count, from_end, after: None, before: None };
        if let Some(after) = self.after {
            page.after = Some(page.resume(&after)?);
        }
        if let Some(before) = self.before {
            let resumed = page.view;
            page.before = Some(page.resume(&before)?);
            if page.after.is_some() && page.view != resumed {
                return Err(Failure::bad_cursor("`after` and `before` belong to two scopes"));
            }
        }
        Ok(page)
    }
}

impl Page {
    fn resume(&mut self, cursor: &str) -> Result<String> {
        let (scope, key) = cursor::read(cursor, &self.list)?;
        self.view = self.view.resume(scope)?;
        Ok(key)
    }

    /// Which part of a list in the order of its keys is wanted: one element more than the page has, to know whether
    /// something follows.
    pub fn seek<K: FromStr>(&self) -> Result<Seek<K>> {
        let key = |key: &Option<String>| {
            let key = key.as_ref().map(|key| key.parse::<K>()).transpose();
            key.map_err(|_| Failure::bad_cursor("the cursor names no place in this list"))
        };
        let count = self.count as u64 + 1;
        Ok(Seek { after: key(&self.after)?, before: key(&self.before)?, count, from_end: self.from_end })
    }

    /// The page of elements that were sought with [`Page::seek`].
    pub fn window<T>(&self, elements: Vec<T>, key: impl Fn(&T) -> String) -> Window<T> {
        let (elements, before, after) = self.part(elements);
        self.cursors(elements, key, before, after)
    }

    /// The same without cursors: the elements, and whether there are some before and after them.
    pub fn part<T>(&self, mut elements: Vec<T>) -> (Vec<T>, bool, bool) {
        let more = elements.len() > self.count;
        if self.from_end {
            elements.drain(..elements.len().saturating_sub(self.count));
        } else {
            elements.truncate(self.count);
        }
        // What a cursor names is itself in the list, on the other side of it.
        let (before, after) = (self.after.is_some(), self.before.is_some());
        let (before, after) = if self.from_end { (before || more, after) } else { (before, after || more) };
        (elements, before, after)
    }

    /// What the cursors of its elements are written with, for those that are asked for.
    pub fn pen(&self) -> Pen {
        Pen { scope: self.view.scope, list: self.list.clone() }
    }

    /// Cuts the page out of the whole list, in order.
    pub fn cut<T: Clone>(&self, all: &[T], key: impl Fn(&T) -> String) -> Result<Cut<T>> {
        let place = |cursor: &Option<String>| match cursor {
            None => Ok(None),
            Some(wanted) => {
                let found = all.iter().position(|element| key(element) == *wanted);
                found.map(Some).ok_or_else(|| Failure::bad_cursor("the cursor's element is not in this list"))
            }
        };
        let start = place(&self.after)?.map_or(0, |place| place + 1);
        let end = place(&self.before)?.unwrap_or(all.len()).max(start);
        let (start, end) = if self.from_end {
            (start.max(end.saturating_sub(self.count)), end)
        } else {
            (start, end.min(start + self.count))
        };
        let window = self.cursors(all[start..end].to_vec(), key, start > 0, end < all.len());
        Ok(Cut { window, total: all.len() })
    }

    fn cursors<T>(
        &self,
        elements: Vec<T>,
        key: impl Fn(&T) -> String,
        has_previous_page: bool,
        has_next_page: bool,
    ) -> Window<T> {
        let cursor = |element: &T| cursor::write(self.view.scope, &self.list, &key(element));
        let cursors: Vec<String> = elements.iter().map(cursor).collect();
        let (start_cursor, end_cursor) = (cursors.first().cloned(), cursors.last().cloned());
        let page_info = PageInfo { has_next_page, has_previous_page, start_cursor, end_cursor };
        Window { elements, cursors, page_info }
    }
}

/// Writes the cursors of a list.
#[derive(Clone, Debug)]
pub(super) struct Pen {
    scope: Scope,
    list: ListKey,
}

impl Pen {
    /// The cursor of the element with a key.
    pub fn cursor(&self, key: &str) -> String {
        cursor::write(self.scope, &self.list, key)
    }
}

/// The elements of a page with their cursors.
pub(super) struct Window<T> {
    pub elements: Vec<T>,
    pub cursors: Vec<String>,
    pub page_info: PageInfo,
}

impl<T> Window<T> {
    /// The connection with the nodes that there are, of a list of so many; an element without a node is left out.
    pub fn with_some<N: OutputType + Clone>(self, nodes: Vec<Option<N>>, total: u64) -> Connection<N>
    where
        Connection<N>: OutputType,
        Edge<N>: OutputType,
    {
        let (nodes, cursors): (Vec<N>, Vec<String>) =
            nodes.into_iter().zip(self.cursors).filter_map(|(node, cursor)| Some((node?, cursor))).unzip();
        Window { elements: self.elements, cursors, page_info: self.page_info }.with(nodes, total)
    }

    /// The connection with its nodes, one for each element, of a list of so many.
    pub fn with<N: OutputType + Clone>(self, nodes: Vec<N>, total: u64) -> Connection<N>
    where
        Connection<N>: OutputType,
        Edge<N>: OutputType,
    {
        let edges = nodes.iter().cloned().zip(self.cursors);
        let edges = edges.map(|(node, cursor)| Edge { node, cursor }).collect();
        let total_count = i32::try_from(total).unwrap_or(i32::MAX);
        Connection { edges, nodes, page_info: self.page_info, total_count }
    }
}

/// A page of keys, whose nodes are still to be loaded, of a list whose length is known.
pub(super) struct Cut<T> {
    window: Window<T>,
    total: usize,
}

impl<T> Cut<T> {
    /// The keys of the page.
    pub fn elements(&self) -> &[T] {
        &self.window.elements
    }

    /// The connection with its nodes, one for each element.
    pub fn with<N: OutputType + Clone>(self, nodes: Vec<N>) -> Connection<N>
    where
        Connection<N>: OutputType,
        Edge<N>: OutputType,
    {
        self.window.with(nodes, self.total as u64)
    }
}

/// Where a page stands in its list (分页信息).
#[derive(Clone, Debug, SimpleObject)]
pub(super) struct PageInfo {
    /// Whether there are elements after this page (有下一页).
    pub has_next_page: bool,
    /// Whether there are elements before this page (有上一页).
    pub has_previous_page: bool,
    /// The cursor of the first element; null on an empty page (首条游标).
    pub start_cursor: Option<String>,
    /// The cursor of the last element; null on an empty page (末条游标).
    pub end_cursor: Option<String>,
}

/// A page of a list (分页列表), in the list's own order.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(concrete(name = "DomainConnection", params(super::domain::Domain)))]
#[graphql(concrete(name = "DivisionConnection", params(super::division::Division)))]
#[graphql(concrete(name = "UnitConnection", params(super::unit::Unit)))]
#[graphql(concrete(name = "DomainAssignmentConnection", params(super::domain::DomainAssignment)))]
#[graphql(concrete(name = "ChannelConnection", params(super::domain::Channel)))]
#[graphql(concrete(name = "LegalBasisConnection", params(super::legal_basis::LegalBasis)))]
#[graphql(concrete(name = "CatalogueConnection", params(super::catalogue::Catalogue)))]
#[graphql(concrete(name = "VersionConnection", params(super::version::Version)))]
#[graphql(concrete(name = "OmissionConnection", params(super::version::Omission)))]
#[graphql(concrete(name = "AlignmentConnection", params(super::alignment::Alignment)))]
#[graphql(concrete(name = "ChangeConnection", params(super::change::Change)))]
#[graphql(concrete(name = "NodeConnection", params(super::node::Node)))]
#[graphql(concrete(name = "ItemComparisonConnection", params(super::compare::ItemComparison)))]
pub(super) struct Connection<N: OutputType>
where
    Edge<N>: OutputType,
{
    /// The elements of the page with their cursors (带游标的条目).
    pub edges: Vec<Edge<N>>,
    /// The elements of the page (条目).
    pub nodes: Vec<N>,
    /// Where the page stands in the list (分页信息).
    pub page_info: PageInfo,
    /// How many elements the whole list has (总数).
    pub total_count: i32,
}

/// An element of a page with its cursor (带游标的条目).
#[derive(Clone, Debug, SimpleObject)]
#[graphql(concrete(name = "DomainEdge", params(super::domain::Domain)))]
#[graphql(concrete(name = "DivisionEdge", params(super::division::Division)))]
#[graphql(concrete(name = "UnitEdge", params(super::unit::Unit)))]
#[graphql(concrete(name = "DomainAssignmentEdge", params(super::domain::DomainAssignment)))]
#[graphql(concrete(name = "ChannelEdge", params(super::domain::Channel)))]
#[graphql(concrete(name = "LegalBasisEdge", params(super::legal_basis::LegalBasis)))]
#[graphql(concrete(name = "CatalogueEdge", params(super::catalogue::Catalogue)))]
#[graphql(concrete(name = "VersionEdge", params(super::version::Version)))]
#[graphql(concrete(name = "OmissionEdge", params(super::version::Omission)))]
#[graphql(concrete(name = "AlignmentEdge", params(super::alignment::Alignment)))]
#[graphql(concrete(name = "ChangeEdge", params(super::change::Change)))]
#[graphql(concrete(name = "NodeEdge", params(super::node::Node)))]
#[graphql(concrete(name = "ItemComparisonEdge", params(super::compare::ItemComparison)))]
#[graphql(concrete(name = "ItemEdge", params(super::item::Item)))]
pub(super) struct Edge<N: OutputType> {
    /// The element (条目).
    pub node: N,
    /// Give it as `after` or `before` to go on from here (游标).
    pub cursor: String,
}
