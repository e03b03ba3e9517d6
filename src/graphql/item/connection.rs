//! A page of items, with what is said about the whole list only when somebody asks.

use std::{collections::BTreeMap, sync::Arc};

use async_graphql::{Context, Object, SimpleObject, resolver_utils::EnumType};
use futures_util::future::try_join_all;

use super::{
    Item, Method,
    here::{Here, Table},
    list::{Listing, Sequence},
    read,
};
use crate::{
    catalogue::facet::{Facet, NONE, Term},
    graphql::{
        at::View,
        connection::{Edge, Page, PageInfo, Pen},
        division::Level,
        domain::{self, Channel, Domain},
        error::{Failure, Result},
        unit::{self, Unit},
        walk::Walked,
    },
    store::{Leaf, Reader, TALLIES, Tally},
};

/// A page of a list of items (事项分页列表).
#[derive(Clone, Debug)]
pub(in crate::graphql) struct ItemConnection {
    pub(super) items: Vec<Item>,
    has_previous_page: bool,
    has_next_page: bool,
    sequence: Sequence,
    pen: Pen,
    pub(super) listing: Listing,
}

impl ItemConnection {
    /// The page of the items that were sought for it.
    pub(super) fn new(page: &Page, items: Vec<Item>, sequence: Sequence, listing: Listing) -> Self {
        let (items, has_previous_page, has_next_page) = page.part(items);
        Self { items, has_previous_page, has_next_page, sequence, pen: page.pen(), listing }
    }

    fn cursor(&self, item: &Item) -> String {
        self.pen.cursor(&self.sequence.place(item).to_string())
    }

    pub(super) fn item_edges(&self) -> Vec<Edge<Item>> {
        self.items.iter().map(|item| Edge { node: item.clone(), cursor: self.cursor(item) }).collect()
    }

    pub(super) fn info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.has_next_page,
            has_previous_page: self.has_previous_page,
            start_cursor: self.items.first().map(|item| self.cursor(item)),
            end_cursor: self.items.last().map(|item| self.cursor(item)),
        }
    }
}

/// A page of a list of items (事项分页列表), in the list's own order.
#[Object]
impl ItemConnection {
    /// The elements of the page with their cursors (带游标的条目).
    async fn edges(&self) -> Vec<Edge<Item>> {
        self.item_edges()
    }

    /// The elements of the page (条目).
    async fn nodes(&self) -> Vec<Walked<&Item>> {
        self.items.iter().map(Walked).collect()
    }

    /// Where the page stands in the list (分页信息).
    async fn page_info(&self) -> PageInfo {
        self.info()
    }

    /// How many elements the whole list has (总数).
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let count = match &self.listing {
            Listing::Here(here) => here.rows.len() as u64,
            Listing::Wide { view, selection, .. } => {
                ctx.data_unchecked::<Reader>().count(selection, view.scope).await?
            }
        };
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }

    /// How the items of the whole list are distributed (分面统计).
    async fn facets(&self) -> ItemFacets {
        ItemFacets { listing: self.listing.clone() }
    }
}

/// How the items of a list are distributed (分面统计).
#[derive(Clone, Debug)]
pub(in crate::graphql) struct ItemFacets {
    pub(super) listing: Listing,
}

/// How the items of a list are distributed (分面统计): for each value how many items have it, the most frequent
/// first, at most 500 values; last, without a value, for how many it is not known. Values that a table shows to be
/// none are not counted. An item with several values counts for each.
#[Object]
impl ItemFacets {
    /// By domain (领域).
    async fn domains(&self, ctx: &Context<'_>) -> Result<Vec<DomainCount>> {
        let (view, tallies) = self.tallies(ctx, Facet::Domain).await?;
        let count = |tally: Tally| async move {
            let domain = match &tally.value {
                Some(code) => domain::load(ctx, view, code).await?,
                None => None,
            };
            Ok(DomainCount { domain, count: tally.int() })
        };
        try_join_all(tallies.into_iter().map(count)).await
    }

    /// By channel (公开渠道和载体).
    async fn channels(&self, ctx: &Context<'_>) -> Result<Vec<ChannelCount>> {
        let (view, tallies) = self.tallies(ctx, Facet::Channel).await?;
        let count = |tally: Tally| async move {
            let code: Vec<String> = tally.value.iter().cloned().collect();
            let channel = domain::channels(ctx, view, &code).await?.pop();
            Ok(ChannelCount { channel, count: tally.int() })
        };
        try_join_all(tallies.into_iter().map(count)).await
    }

    /// By the unit that answers (公开主体): a registered unit, or the wording of the rows where it means none.
    async fn units(&self, ctx: &Context<'_>) -> Result<Vec<UnitCount>> {
        let (view, tallies) = self.tallies(ctx, Facet::Unit).await?;
        let count = |tally: Tally| async move {
            let unit = match (&tally.division, &tally.value) {
                (Some(division), Some(text)) => unit::resolve(ctx, view, division, text).await?,
                _ => None,
            };
            let text = tally.value.clone().filter(|_| unit.is_none());
            Ok::<_, Failure>(UnitCount { unit, text, count: tally.int() })
        };
        Ok(together(try_join_all(tallies.into_iter().map(count)).await?))
    }

    /// By level (公开层级).
    async fn levels(&self, ctx: &Context<'_>) -> Result<Vec<LevelCount>> {
        let (_, tallies) = self.tallies(ctx, Facet::Level).await?;
        Ok(tallies.iter().map(|tally| LevelCount { level: tally.parsed(), count: tally.int() }).collect())
    }

    /// By method (公开方式).
    async fn methods(&self, ctx: &Context<'_>) -> Result<Vec<MethodCount>> {
        let (_, tallies) = self.tallies(ctx, Facet::Method).await?;
        Ok(tallies.iter().map(|tally| MethodCount { method: tally.parsed(), count: tally.int() }).collect())
    }
}

/// How many items are of a domain (领域计数).
#[derive(Clone, Debug, SimpleObject)]
pub(in crate::graphql) struct DomainCount {
    /// The domain (领域); null: those of which it is not known.
    pub(super) domain: Option<Domain>,
    /// How many items (事项数).
    pub(super) count: i32,
}

/// How many items are disclosed through a channel (渠道计数).
#[derive(Clone, Debug, SimpleObject)]
pub(in crate::graphql) struct ChannelCount {
    /// The channel (渠道); null: those of which it is not known.
    channel: Option<Channel>,
    /// How many items (事项数).
    count: i32,
}

/// For how many items a unit answers (公开主体计数).
#[derive(Clone, Debug, SimpleObject)]
pub(in crate::graphql) struct UnitCount {
    /// The registered unit (登记的单位); null where the wording means none for sure, or none is known.
    unit: Option<Unit>,
    /// The wording where no registered unit is meant (原文); null with a unit, and for those of which none is known.
    text: Option<String>,
    /// How many items (事项数); an item that has several wordings for one unit counts for each.
    count: i32,
}

/// How many items are disclosed at a level (层级计数).
#[derive(Clone, Debug, SimpleObject)]
pub(in crate::graphql) struct LevelCount {
    /// The level (公开层级); null: those of which it is not known.
    level: Option<Level>,
    /// How many items (事项数).
    count: i32,
}

/// How many items are disclosed by a method (公开方式计数).
#[derive(Clone, Debug, SimpleObject)]
pub(in crate::graphql) struct MethodCount {
    /// The method (公开方式); null: those of which it is not known.
    method: Option<Method>,
    /// How many items (事项数).
    count: i32,
}

impl ItemFacets {
    async fn tallies(&self, ctx: &Context<'_>, facet: Facet) -> Result<(View, Vec<Tally>)> {
        match &self.listing {
            Listing::Here(here) => {
                if let Some(tallies) = here.rows.tallied(facet) {
                    return Ok((here.view, tallies.to_vec()));
                }
                let said = here.leaves().filter(|(table, _)| !says_domain(table, facet));
                let said: Vec<&Leaf> = said.map(|(_, leaf)| leaf).collect();
                if facet.is_local() {
                    read::locals(ctx, &said).await?
                } else {
                    read::contents(ctx, &said).await?
                }
                Ok((here.view, here.tallies(facet).to_vec()))
            }
            Listing::Wide { view, selection, .. } => {
                let tallies = ctx.data_unchecked::<Reader>().tallies(selection, view.scope, facet).await?;
                Ok((*view, tallies))
            }
        }
    }
}

/// Whether the code of a table's catalogue says all that is asked of its rows.
pub(super) fn says_domain(table: &Table, facet: Facet) -> bool {
    facet == Facet::Domain && table.version.catalogue.known.code.domain.is_some()
}

impl Here {
    /// The same as [`Reader::tallies`], of items whose parts are in memory; kept with the list.
    pub(super) fn tallies(&self, facet: Facet) -> Arc<[Tally]> {
        let tallies = self.counted(facet).into();
        self.rows.keep_tallies(facet, &tallies);
        tallies
    }

    fn counted(&self, facet: Facet) -> Vec<Tally> {
        let mut counts: BTreeMap<(Option<String>, Option<String>), u64> = BTreeMap::new();
        let mut of_tables = vec![0; self.tables.len()];
        for (number, place) in self.rows.iter() {
            let Some(table) = self.tables.get(*number as usize) else { continue };
            if says_domain(table, facet) {
                of_tables[*number as usize] += 1;
                continue;
            }
            let Some(leaf) = table.tree.leaf(*place as usize) else { continue };
            let terms = if facet.is_local() {
                leaf.local.get().map(|local| local.terms())
            } else {
                leaf.content.get().map(|content| content.terms())
            };
            let said = |term: Term| (term.0 == facet).then_some(term.1);
            let values: Vec<String> = terms.into_iter().flatten().filter_map(said).collect();
            if values.is_empty() {
                *counts.entry((None, None)).or_default() += 1;
            }
            let division = &leaf.entry.item.catalogue.division;
            for value in values {
                let division = (facet == Facet::Unit).then(|| division.to_string());
                *counts.entry((Some(value), division)).or_default() += 1;
            }
        }
        for (table, count) in self.tables.iter().zip(of_tables).filter(|(_, count)| *count > 0) {
            let domain = table.version.catalogue.known.code.domain.as_ref().map(ToString::to_string);
            *counts.entry((domain, None)).or_default() += count;
        }
        let tally = |((value, division), count)| Tally { division, value, count };
        let mut tallies: Vec<Tally> = counts.into_iter().map(tally).collect();
        tallies.retain(|tally| tally.value.as_deref() != Some(NONE));
        tallies.sort_by(|a, b| (a.value.is_none(), b.count).cmp(&(b.value.is_none(), a.count)));
        let unknown = tallies.pop_if(|tally| tally.value.is_none());
        tallies.truncate(TALLIES as usize);
        tallies.extend(unknown);
        tallies
    }
}

/// Wordings of one unit, and one wording in several places, are one count; the most frequent come first, the unknown
/// last.
fn together(counts: Vec<UnitCount>) -> Vec<UnitCount> {
    let mut merged: Vec<UnitCount> = Vec::new();
    for count in counts {
        let key =
            |count: &UnitCount| (count.unit.as_ref().map(|unit| unit.code().to_owned()), count.text.clone());
        match merged.iter_mut().find(|known| key(known) == key(&count)) {
            Some(known) => known.count += count.count,
            None => merged.push(count),
        }
    }
    let unknown = |count: &UnitCount| count.unit.is_none() && count.text.is_none();
    merged.sort_by_key(|count| (unknown(count), std::cmp::Reverse(count.count)));
    merged
}

impl Tally {
    pub(in crate::graphql) fn int(&self) -> i32 {
        i32::try_from(self.count).unwrap_or(i32::MAX)
    }

    /// The value as one of an enum.
    fn parsed<T: EnumType>(&self) -> Option<T> {
        let name = self.value.as_deref()?;
        T::items().iter().find(|item| item.name == name).map(|item| item.value)
    }
}
