//! The log as those read it who follow it: oldest first, a page at a time. Log order is commit order, so what a
//! follower has passed never grows.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use super::{KEYS_A_STATEMENT, Reader, Reads, Seek};
use crate::{
    catalogue::{event::Event, scope::Revision},
    error::Result,
    store::{
        entity::{catalogue, closure, event, log, record, version, withdrawal},
        projection, signed,
    },
};

/// Which events are followed. Those that are of no catalogue concern everyone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Following {
    /// After this revision.
    pub since: Revision,
    /// Up to this revision.
    pub until: Revision,
    /// Of catalogues of these runs of divisions; `None`: of all.
    pub divisions: Option<Vec<(String, String)>>,
    /// Of catalogues of this domain, and of those that span several.
    pub domain: Option<String>,
}

impl Reader {
    /// The events that are followed, in order.
    pub async fn changes(&self, following: &Following, seek: &Seek<Revision>) -> Result<Vec<Event>> {
        self.note(Reads::log);
        let mut query = followed(following);
        if let Some(after) = seek.after {
            query = query.filter(log::Column::Revision.gt(signed(after)));
        }
        if let Some(before) = seek.before {
            query = query.filter(log::Column::Revision.lt(signed(before)));
        }
        let order = if seek.from_end { sea_orm::Order::Desc } else { sea_orm::Order::Asc };
        let query = query.order_by(log::Column::Revision, order).limit(seek.count);
        let revisions: Vec<i64> = query.into_tuple().all(&self.shared.store.reader).await?;
        let mut events = Vec::with_capacity(revisions.len());
        for some in revisions.chunks(KEYS_A_STATEMENT) {
            let rows = event::Entity::find().filter(event::Column::Revision.is_in(some.iter().copied()));
            for row in rows.order_by_asc(event::Column::Revision).all(&self.shared.store.reader).await? {
                events.push(projection::parse_event(&row)?);
            }
        }
        events.sort_by_key(|event| event.revision);
        Ok(events)
    }

    /// How many events are followed.
    pub async fn count_changes(&self, following: &Following) -> Result<u64> {
        self.note(Reads::log);
        Ok(followed(following).count(&self.shared.store.reader).await?)
    }

    /// The codes of the records that a load brought, in order.
    pub async fn loaded(&self, load: Revision, seek: &Seek<String>) -> Result<Vec<String>> {
        self.note(Reads::log);
        let mut query = of_load(load);
        if let Some(after) = &seek.after {
            query = query.filter(record::Column::Code.gt(after));
        }
        if let Some(before) = &seek.before {
            query = query.filter(record::Column::Code.lt(before));
        }
        let order = if seek.from_end { sea_orm::Order::Desc } else { sea_orm::Order::Asc };
        let query = query.order_by(record::Column::Code, order).limit(seek.count);
        let mut codes: Vec<String> = query.into_tuple().all(&self.shared.store.reader).await?;
        if seek.from_end {
            codes.reverse();
        }
        Ok(codes)
    }
}

fn of_load(load: Revision) -> Select<record::Entity> {
    let records = record::Entity::find().select_only().column(record::Column::Code);
    records.filter(record::Column::Revision.eq(signed(load)))
}

fn followed(following: &Following) -> Select<log::Entity> {
    let between = log::Column::Revision.gt(signed(following.since));
    let query = log::Entity::find()
        .select_only()
        .column(log::Column::Revision)
        .filter(between)
        .filter(log::Column::Revision.lte(signed(following.until)));
    if following.divisions.is_none() && following.domain.is_none() {
        return query;
    }
    let of_catalogues = ["PUBLISHED", "WITHDRAWN", "CLOSED"];
    let wanted = catalogues(following);
    let mut any = Condition::any().add(log::Column::Kind.is_not_in(of_catalogues));
    for revisions in [
        of(version::Entity, version::Column::Revision, version::Column::Catalogue, &wanted),
        of(withdrawal::Entity, withdrawal::Column::Revision, withdrawal::Column::Catalogue, &wanted),
        of(closure::Entity, closure::Column::Revision, closure::Column::Catalogue, &wanted),
    ] {
        any = any.add(log::Column::Revision.in_subquery(revisions));
    }
    query.filter(any)
}

/// The revisions of a table's rows that are of some catalogues.
fn of<E: EntityTrait, C: ColumnTrait>(
    table: E,
    revision: C,
    code: C,
    wanted: &SelectStatement,
) -> SelectStatement {
    let mut query = Query::select();
    query.column(revision).from(table).and_where(Expr::col(code).in_subquery(wanted.clone()));
    query
}

fn catalogues(following: &Following) -> SelectStatement {
    let mut query = Query::select();
    query.column(catalogue::Column::Code).from(catalogue::Entity);
    if let Some(runs) = &following.divisions {
        let mut any = Condition::any().add(Expr::cust("1 = 0"));
        for (first, last) in runs {
            any = any.add(Expr::col(catalogue::Column::Division).between(first.as_str(), last.as_str()));
        }
        query.cond_where(any);
    }
    if let Some(domain) = &following.domain {
        let domain = Expr::col(catalogue::Column::Domain).eq(domain.as_str());
        query.and_where(domain.or(Expr::col(catalogue::Column::Domain).is_null()));
    }
    query
}
