//! Wide questions: items in force of many places, asked of the projections. They give back places in trees, which
//! are then read as everything is.
//!
//! [`Selection`] says what fits, [`matching`] says it in SQL.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryResult, QuerySelect, Value,
    sea_query::{Cond, Expr, ExprTrait, Query, SelectStatement},
};

use super::{
    KEYS_A_STATEMENT, Reader, Reads, Seek,
    matching::{E, matching, objects},
};
use crate::{
    catalogue::{
        facet::{Citation, Facet, NONE},
        scope::Scope,
        selection::{Order, Place, Selection},
    },
    error::Result,
    store::entity::{catalogue, entry, term},
};

/// An item in force: where it stands in the order asked for, and in its table.
#[derive(Clone, Debug)]
pub struct Found {
    /// In the order.
    pub place: Place,
    /// In the table, from 0.
    pub position: u32,
}

/// How many items have a value of a facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The division, for [`Facet::Unit`] alone: what a wording means depends on the place.
    pub division: Option<String>,
    /// The value; `None`: not known.
    pub value: Option<String>,
    /// How many items.
    pub count: u64,
}

/// Values of a facet that are counted, the most frequent first.
pub const TALLIES: u64 = 500;

impl Reader {
    /// The items that fit, in order.
    pub async fn select(
        &self,
        selection: &Selection,
        scope: Scope,
        order: Order,
        seek: &Seek<Place>,
    ) -> Result<Vec<Found>> {
        self.note(Reads::catalogues);
        let mut query = matching(selection, scope, self.shared.store.reader.get_database_backend());
        for column in
            [entry::Column::Catalogue, entry::Column::Number, entry::Column::Position, entry::Column::Serial]
        {
            query.column((E, column));
        }
        query.expr(rank(order));
        let columns = key(order);
        if let Some(after) = &seek.after {
            query.and_where(Expr::tuple(columns.clone()).gt(values(order, after)));
        }
        if let Some(before) = &seek.before {
            query.and_where(Expr::tuple(columns.clone()).lt(values(order, before)));
        }
        let direction = if seek.from_end { sea_orm::Order::Desc } else { sea_orm::Order::Asc };
        for column in columns {
            query.order_by_expr(column, direction.clone());
        }
        let rows = self.shared.store.reader.query_all(query.limit(seek.count)).await?;
        let mut found: Vec<Found> = rows.iter().map(|row| read(row, order)).collect::<Result<_>>()?;
        if seek.from_end {
            found.reverse();
        }
        Ok(found)
    }

    /// How many items fit.
    pub async fn count(&self, selection: &Selection, scope: Scope) -> Result<u64> {
        self.note(Reads::catalogues);
        self.number_of(matching(selection, scope, self.shared.store.reader.get_database_backend())).await
    }

    /// How many of the items that fit have each value of a facet, the most frequent first and those of which no value
    /// is known last.
    pub async fn tallies(&self, selection: &Selection, scope: Scope, facet: Facet) -> Result<Vec<Tally>> {
        self.note(Reads::catalogues);
        let mut query = matching(selection, scope, self.shared.store.reader.get_database_backend());
        let part = if facet.is_local() { entry::Column::Local } else { entry::Column::Content };
        let said = Cond::all()
            .add(Expr::col(("t", term::Column::Object)).equals((E, part)))
            .add(Expr::col(("t", term::Column::Facet)).eq(facet.name()));
        let division = Expr::cust("substr(e.catalogue, 1, 12)");
        let value = if facet == Facet::Domain {
            query.join_as(
                sea_orm::JoinType::InnerJoin,
                catalogue::Entity,
                "c",
                Expr::col(("c", catalogue::Column::Code)).equals((E, entry::Column::Catalogue)),
            );
            query.join_as(sea_orm::JoinType::LeftJoin, term::Entity, "t", said);
            Expr::cust("COALESCE(c.domain, t.value)")
        } else {
            query.join_as(sea_orm::JoinType::InnerJoin, term::Entity, "t", said);
            Expr::cust("t.value")
        };
        query.expr(value.clone()).expr(Expr::cust("COUNT(*)")).add_group_by([value.clone()]);
        if facet == Facet::Unit {
            query.expr(division.clone()).add_group_by([division.clone()]);
        }
        query.order_by_expr(Expr::cust("COUNT(*)"), sea_orm::Order::Desc);
        query.order_by_expr(value, sea_orm::Order::Asc);
        if facet == Facet::Unit {
            query.order_by_expr(division, sea_orm::Order::Asc);
        }
        let mut tallies = Vec::new();
        for row in self.shared.store.reader.query_all(query.limit(TALLIES)).await? {
            let value: Option<String> = row.try_get_by_index(0)?;
            let count: i64 = row.try_get_by_index(1)?;
            let division = if facet == Facet::Unit { Some(row.try_get_by_index(2)?) } else { None };
            tallies.push(Tally { division, value, count: count.unsigned_abs() });
        }
        if facet != Facet::Domain {
            let mut silent = matching(selection, scope, self.shared.store.reader.get_database_backend());
            silent.and_where(Expr::col((E, part)).not_in_subquery(objects(facet, None)));
            let count = self.number_of(silent).await?;
            tallies.push(Tally { division: None, value: None, count });
        }
        tallies.retain(|tally| tally.count > 0 && tally.value.as_deref() != Some(NONE));
        tallies.sort_by_key(|tally| tally.value.is_none());
        Ok(tallies)
    }

    /// The numbers of the versions in which items say something else than before, by item.
    pub async fn histories(&self, items: &[&str]) -> Result<HashMap<String, Vec<u32>>> {
        for item in items {
            let catalogue = item.rsplit_once('-').map_or(*item, |(catalogue, _)| catalogue);
            self.note(|reads| reads.catalogue(catalogue));
        }
        let mut histories: HashMap<String, Vec<u32>> = HashMap::new();
        for some in items.chunks(KEYS_A_STATEMENT) {
            let rows = entry::Entity::find()
                .select_only()
                .columns([entry::Column::Item, entry::Column::Number])
                .filter(entry::Column::Item.is_in(some.iter().copied()))
                .filter(Expr::col(entry::Column::Changed).equals(entry::Column::Revision));
            for (item, number) in rows.into_tuple::<(String, i32)>().all(&self.shared.store.reader).await? {
                histories.entry(item).or_default().push(number.unsigned_abs());
            }
        }
        Ok(histories)
    }

    /// In which places rows print one of the wordings for a unit: place and wording.
    pub async fn unit_wordings(&self, texts: &[String]) -> Result<Vec<(String, String)>> {
        self.note(Reads::catalogues);
        let mut query = Query::select();
        query
            .distinct()
            .expr(Expr::cust("substr(e.catalogue, 1, 12)"))
            .column(("t", term::Column::Value))
            .from_as(term::Entity, "t")
            .join_as(
                sea_orm::JoinType::InnerJoin,
                entry::Entity,
                E,
                Expr::col((E, entry::Column::Local)).equals(("t", term::Column::Object)),
            )
            .and_where(Expr::col(("t", term::Column::Facet)).eq(Facet::Unit.name()))
            .and_where(Expr::col(("t", term::Column::Value)).is_in(texts));
        let rows = self.shared.store.reader.query_all(&query).await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
    }

    /// The citations that print one of the titles or the document number.
    pub async fn citations(&self, titles: &[String], number: Option<&str>) -> Result<Vec<Citation>> {
        self.note(Reads::catalogues);
        let mut printed = Cond::any();
        for title in titles {
            let (first, end) = Citation::titled(title);
            let value = || Expr::col(term::Column::Value);
            printed = printed.add(value().gte(first).and(value().lt(end)));
        }
        if let Some(number) = number {
            let numbered = objects(Facet::BasisNumber, Some(&[number.to_owned()]));
            printed = printed.add(Expr::col(term::Column::Object).in_subquery(numbered));
        }
        let mut query = Query::select();
        query
            .distinct()
            .column(term::Column::Value)
            .from(term::Entity)
            .and_where(Expr::col(term::Column::Facet).eq(Facet::Basis.name()))
            .cond_where(printed);
        let rows = self.shared.store.reader.query_all(&query).await?;
        let values = rows.iter().map(|row| row.try_get_by_index(0));
        let values: Vec<String> = values.collect::<std::result::Result<_, _>>()?;
        Ok(values.iter().filter_map(|value| Citation::from_value(value)).collect())
    }

    async fn number_of(&self, mut matching: SelectStatement) -> Result<u64> {
        let row = self.shared.store.reader.query_one(matching.expr(Expr::cust("COUNT(*)"))).await?;
        let count: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
        Ok(count.unsigned_abs())
    }
}

fn rank(order: Order) -> Expr {
    match order {
        Order::RecentlyChanged => Expr::cust("-e.changed"),
        Order::Catalogue | Order::Code => Expr::cust("CAST(0 AS BIGINT)"),
    }
}

/// What an order goes by.
fn key(order: Order) -> Vec<Expr> {
    let column = |column: entry::Column| Expr::col((E, column));
    let (catalogue, number) = (column(entry::Column::Catalogue), column(entry::Column::Number));
    let position = column(entry::Column::Position);
    match order {
        Order::Catalogue => vec![catalogue, number, position],
        Order::Code => vec![catalogue, number, column(entry::Column::Serial)],
        Order::RecentlyChanged => vec![rank(order), catalogue, number, position],
    }
}

/// The same of one place.
fn values(order: Order, place: &Place) -> Expr {
    let ranked = (order == Order::RecentlyChanged).then(|| Value::from(place.rank));
    let rest: [Value; 3] =
        [place.catalogue.clone().into(), place.number.cast_signed().into(), place.index.cast_signed().into()];
    Expr::tuple(ranked.into_iter().chain(rest).map(Expr::val))
}

fn read(row: &QueryResult, order: Order) -> Result<Found> {
    let (number, position): (i32, i32) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
    let serial: i32 = row.try_get_by_index(3)?;
    let index = if order == Order::Code { serial } else { position };
    let place = Place {
        rank: row.try_get_by_index(4)?,
        catalogue: row.try_get_by_index(0)?,
        number: number.unsigned_abs(),
        index: index.unsigned_abs(),
    };
    Ok(Found { place, position: position.unsigned_abs() })
}
