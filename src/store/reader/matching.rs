//! A selection as SQL. What is in force under a scope are its five lines once more.

use sea_orm::{
    DbBackend,
    sea_query::{Cond, Condition, Expr, ExprTrait, Func, Query, SelectStatement},
};

use crate::{
    catalogue::{canonical::variant_name, facet::Facet, scope::Scope, selection::Selection},
    store::{
        entity::{catalogue, closure, entry, heading, term, version, withdrawal},
        signed,
    },
};

/// The entries that are looked at.
pub(super) const E: &str = "e";
/// Those that are looked at to leave out the ones above.
const BELOW: &str = "below";

/// The entries in force that fit, under the name [`E`]; no columns are selected yet.
pub(super) fn matching(selection: &Selection, scope: Scope, backend: DbBackend) -> SelectStatement {
    let mut query = Query::select();
    query.from_as(entry::Entity, E).cond_where(fits(E, selection, scope, backend));
    if selection.nearest_only {
        let mut below = Query::select();
        below
            .expr(Expr::cust("1"))
            .from_as(entry::Entity, BELOW)
            .and_where(Expr::col((BELOW, entry::Column::OriginItem)).equals((E, entry::Column::Item)))
            .cond_where(fits(BELOW, selection, scope, backend));
        query.and_where(Expr::not_exists(below));
    }
    query
}

/// Whether the entry `e` is in force and fits.
fn fits(e: &'static str, selection: &Selection, scope: Scope, backend: DbBackend) -> Condition {
    let col = |column: entry::Column| Expr::col((e, column));
    let mut all = Cond::all().add(in_force(e, scope));
    if let Some(runs) = &selection.divisions {
        let mut any = Cond::any();
        for (first, last) in runs {
            // A catalogue's code is its division's and a dash; what sorts next after a dash is a full stop.
            let code = || col(entry::Column::Catalogue);
            any = any.add(code().gte(format!("{first}-")).and(code().lt(format!("{last}."))));
        }
        all = all.add(if runs.is_empty() { Cond::all().add(Expr::cust("1 = 0")) } else { any });
    }
    let of = |column: catalogue::Column, values: Vec<String>| {
        let catalogues = Query::select()
            .column(catalogue::Column::Code)
            .from(catalogue::Entity)
            .and_where(Expr::col(column).is_in(values))
            .to_owned();
        col(entry::Column::Catalogue).in_subquery(catalogues)
    };
    if let Some(kinds) = &selection.kinds {
        all = all.add(of(catalogue::Column::Kind, kinds.iter().map(variant_name).collect()));
    }
    if let Some(domains) = &selection.domains {
        let several = Query::select()
            .column(catalogue::Column::Code)
            .from(catalogue::Entity)
            .and_where(Expr::col(catalogue::Column::Domain).is_null())
            .to_owned();
        let own = col(entry::Column::Local).in_subquery(objects(Facet::Domain, Some(domains)));
        let own = own.and(col(entry::Column::Catalogue).in_subquery(several));
        all = all.add(of(catalogue::Column::Domain, domains.clone()).or(own));
    }
    for (facet, values) in &selection.terms {
        let part = if facet.is_local() { entry::Column::Local } else { entry::Column::Content };
        all = all.add(col(part).in_subquery(objects(*facet, Some(values))));
    }
    if let Some(units) = &selection.units {
        all = all.add(means(e, units.iter()));
    }
    if let Some(part) = &selection.name {
        let position = if backend == DbBackend::Postgres { "strpos" } else { "instr" };
        let at = Func::cust(position).arg(Expr::col(heading::Column::Names)).arg(part.as_str());
        let named = Query::select()
            .column(heading::Column::Object)
            .from(heading::Entity)
            .and_where(Expr::from(at).gt(0))
            .to_owned();
        all = all.add(col(entry::Column::Content).in_subquery(named));
    }
    if let Some(origin) = &selection.origin {
        all = all.add(col(entry::Column::OriginItem).eq(origin.as_str()));
    }
    all
}

/// Whether the row prints a wording that means a wanted unit in its place.
fn means<'a>(e: &'static str, units: impl Iterator<Item = &'a (String, String)>) -> Condition {
    let mut any = Cond::any().add(Expr::cust("1 = 0"));
    for (place, text) in units {
        let code = || Expr::col((e, entry::Column::Catalogue));
        let here = code().gte(format!("{place}-")).and(code().lt(format!("{place}.")));
        let printed = objects(Facet::Unit, Some(std::slice::from_ref(text)));
        any = any.add(here.and(Expr::col((e, entry::Column::Local)).in_subquery(printed)));
    }
    any
}

/// The objects that have one of the values of a facet, or any.
pub(super) fn objects(facet: Facet, values: Option<&[String]>) -> SelectStatement {
    let mut query = Query::select();
    query
        .column(term::Column::Object)
        .from(term::Entity)
        .and_where(Expr::col(term::Column::Facet).eq(facet.name()));
    if let Some(values) = values {
        query.and_where(Expr::col(term::Column::Value).is_in(values));
    }
    query
}

/// Whether the entry `e` is of the version in force under the scope.
fn in_force(e: &'static str, scope: Scope) -> Condition {
    let (revision, day) = (signed(scope.revision), scope.effective_on);
    let void = Query::select()
        .expr(Expr::cust("1"))
        .from_as(withdrawal::Entity, "w")
        .and_where(Expr::col(("w", withdrawal::Column::Catalogue)).equals(("v", version::Column::Catalogue)))
        .and_where(Expr::col(("w", withdrawal::Column::Number)).equals(("v", version::Column::Number)))
        .and_where(Expr::col(("w", withdrawal::Column::Revision)).lte(revision))
        .and_where(Expr::col(("w", withdrawal::Column::FromDay)).lte(day))
        .to_owned();
    let number = Query::select()
        .column(("v", version::Column::Number))
        .from_as(version::Entity, "v")
        .and_where(Expr::col(("v", version::Column::Catalogue)).equals((e, entry::Column::Catalogue)))
        .and_where(Expr::col(("v", version::Column::Revision)).lte(revision))
        .and_where(Expr::col(("v", version::Column::EffectiveFrom)).lte(day))
        .and_where(Expr::not_exists(void))
        .order_by(("v", version::Column::EffectiveFrom), sea_orm::Order::Desc)
        .order_by(("v", version::Column::Number), sea_orm::Order::Desc)
        .limit(1)
        .to_owned();
    let closed = Query::select()
        .expr(Expr::cust("1"))
        .from_as(closure::Entity, "x")
        .and_where(Expr::col(("x", closure::Column::Catalogue)).equals((e, entry::Column::Catalogue)))
        .and_where(Expr::col(("x", closure::Column::Revision)).lte(revision))
        .and_where(Expr::col(("x", closure::Column::FromDay)).lte(day))
        .to_owned();
    Cond::all()
        .add(Expr::col((e, entry::Column::Number)).eq(Expr::from(number)))
        .add(Expr::not_exists(closed))
}
