//! Lists of catalogues: out of memory where all of them are there, else of the projections, a page at a time.

use std::sync::Arc;

use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityTrait, IdenStatic, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};

use super::{CatalogueRef, Reader, Refs, Seek, Shelf};
use crate::{
    catalogue::{
        canonical::variant_name, code::CatalogueCode, scope::Revision, selection::Run, version::CatalogueKind,
    },
    error::Result,
    store::{entity::catalogue, signed},
};

/// Which catalogues are listed. All that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Of these runs of divisions, which come in order; `None`: of every division.
    pub divisions: Option<Vec<Run>>,
    /// Of this domain; those that span several are of none.
    pub domain: Option<String>,
    /// Of this kind.
    pub kind: Option<CatalogueKind>,
}

impl Reader {
    /// The codes of the catalogues that are listed and known at a revision, in order.
    pub async fn catalogue_codes(
        &self,
        listed: &Listed,
        revision: Revision,
        seek: &Seek<String>,
    ) -> Result<Vec<String>> {
        let refs = self.shared.refs.load_full();
        if let Some(held) = self.held(&refs, listed.divisions.as_deref()) {
            return Ok(sought(listed_of(held, listed, revision), seek));
        }
        let mut query = rows_of(listed, revision, self.shared.store.reader.get_database_backend())
            .select_only()
            .column(catalogue::Column::Code);
        if let Some(after) = &seek.after {
            query = query.filter(catalogue::Column::Code.gt(after));
        }
        if let Some(before) = &seek.before {
            query = query.filter(catalogue::Column::Code.lt(before));
        }
        let order = if seek.from_end { sea_orm::Order::Desc } else { sea_orm::Order::Asc };
        let query = query.order_by(catalogue::Column::Code, order).limit(seek.count);
        let mut codes: Vec<String> = query.into_tuple().all(&self.shared.store.reader).await?;
        if seek.from_end {
            codes.reverse();
        }
        Ok(codes)
    }

    /// How many catalogues are listed and known at a revision.
    pub async fn count_catalogues(&self, listed: &Listed, revision: Revision) -> Result<u64> {
        let refs = self.shared.refs.load_full();
        if let Some(held) = self.held(&refs, listed.divisions.as_deref()) {
            return Ok(listed_of(held, listed, revision).count() as u64);
        }
        Ok(rows_of(listed, revision, self.shared.store.reader.get_database_backend())
            .count(&self.shared.store.reader)
            .await?)
    }

    /// Every catalogue of some runs of divisions by code, whatever the scope; `None` where there are more than `most`.
    pub async fn few(&self, runs: Option<&[Run]>, most: usize) -> Result<Option<Vec<Arc<CatalogueRef>>>> {
        let refs = self.shared.refs.load_full();
        if let Some(held) = self.held(&refs, runs) {
            let found = held.into_iter().flat_map(|shelf| shelf.catalogues()).take(most + 1).cloned();
            return Ok(Some(found.collect::<Vec<_>>()).filter(|found| found.len() <= most));
        }
        // A colon sorts after every digit.
        let everywhere = [(String::new(), ":".to_owned())];
        let mut divisions: Vec<String> = Vec::new();
        let mut left = most;
        for (first, last) in runs.unwrap_or(&everywhere) {
            if first == last {
                divisions.push(first.clone());
                continue;
            }
            let query = catalogue::Entity::find()
                .select_only()
                .column(catalogue::Column::Division)
                .filter(catalogue::Column::Division.between(first.as_str(), last.as_str()))
                .order_by_asc(catalogue::Column::Division)
                .order_by_asc(catalogue::Column::Code)
                .limit(left as u64 + 1);
            let found: Vec<String> = query.into_tuple().all(&self.shared.store.reader).await?;
            let Some(rest) = left.checked_sub(found.len()) else { return Ok(None) };
            left = rest;
            divisions.extend(found);
            divisions.dedup();
        }
        let mut shelves = self.shelves(&divisions).await?;
        let shelves = divisions.iter().filter_map(|division| shelves.remove(division));
        let found: Vec<Arc<CatalogueRef>> =
            shelves.flat_map(|shelf| shelf.catalogues().to_vec()).take(most + 1).collect();
        Ok(Some(found).filter(|found| found.len() <= most))
    }

    /// The shelves of some runs of divisions, where all are held. What is looked at is noted, here or not.
    fn held<'a>(&self, refs: &'a Refs, runs: Option<&[Run]>) -> Option<Vec<&'a Shelf>> {
        let held = refs.all(runs);
        self.note(|reads| match (runs, &held) {
            (Some(runs), _) if runs.iter().all(|(first, last)| first == last) => {
                runs.iter().for_each(|(place, _)| reads.division(place));
            }
            (Some(_), Some(held)) => {
                reads.places();
                held.iter().for_each(|(place, _)| reads.division(place));
            }
            _ => reads.catalogues(),
        });
        Some(held?.into_iter().map(|(_, shelf)| shelf).collect())
    }
}

/// The catalogues of some shelves that are listed and known at a revision.
fn listed_of<'a>(
    shelves: Vec<&'a Shelf>,
    listed: &Listed,
    revision: Revision,
) -> impl Iterator<Item = &'a CatalogueCode> {
    let fits = move |known: &&Arc<CatalogueRef>| {
        let domain = known.code.domain.as_ref().map(|domain| domain.as_str());
        listed.domain.as_ref().is_none_or(|wanted| domain == Some(wanted.as_str()))
            && listed.kind.is_none_or(|kind| kind == known.code.kind)
            && known.versions().iter().any(|version| version.revision <= revision)
    };
    shelves.into_iter().flat_map(|shelf| shelf.catalogues()).filter(fits).map(|known| &known.code)
}

/// A part of a list of codes.
fn sought<'a>(codes: impl Iterator<Item = &'a CatalogueCode>, seek: &Seek<String>) -> Vec<String> {
    let after =
        |code: &&CatalogueCode| seek.after.as_ref().is_none_or(|after| code.as_str() > after.as_str());
    let before = |code: &&CatalogueCode| seek.before.as_ref().is_none_or(|end| code.as_str() < end.as_str());
    let codes = codes.filter(after).filter(before).map(ToString::to_string);
    let count = usize::try_from(seek.count).unwrap_or(usize::MAX);
    if !seek.from_end {
        return codes.take(count).collect();
    }
    let mut codes: Vec<String> = codes.collect();
    codes.drain(..codes.len().saturating_sub(count));
    codes
}

/// The same as rows. SQLite keeps no count of values: what is no way to look them up must be no column to it. Nearly all
/// are of some revision before, and a domain has fewer catalogues than a kind.
fn rows_of(listed: &Listed, revision: Revision, backend: DbBackend) -> Select<catalogue::Entity> {
    let beside = |column: catalogue::Column, is_better_found: bool| match backend {
        DbBackend::Sqlite if is_better_found => Expr::cust(format!("+{}", column.as_str())),
        _ => Expr::col(column),
    };
    let everything = listed.divisions.is_none() && listed.domain.is_none() && listed.kind.is_none();
    let recorded = beside(catalogue::Column::Revision, !everything);
    let mut query = catalogue::Entity::find().filter(recorded.lte(signed(revision)));
    if let Some(runs) = &listed.divisions {
        query = query.filter(within(runs));
    }
    if let Some(domain) = &listed.domain {
        query = query.filter(catalogue::Column::Domain.eq(domain));
    }
    if let Some(kind) = &listed.kind {
        let column = beside(catalogue::Column::Kind, listed.domain.is_some() || listed.divisions.is_some());
        query = query.filter(column.eq(variant_name(kind)));
    }
    query
}

/// Whether a catalogue is of one of the runs: by code, because that is their order. What sorts next after the dash of a
/// code is a full stop.
fn within(runs: &[Run]) -> Condition {
    let between = |first: &str, last: &str| {
        let code = catalogue::Column::Code;
        Condition::all().add(code.gte(format!("{first}-"))).add(code.lt(format!("{last}.")))
    };
    let Some(((first, _), (_, last))) = runs.first().zip(runs.last()) else {
        return Condition::all().add(Expr::cust("1 = 0"));
    };
    // From end to end, so that there is one range to look through, and most often nothing else.
    let all = between(first, last);
    if runs.len() == 1 {
        return all;
    }
    all.add(runs.iter().fold(Condition::any(), |any, (first, last)| any.add(between(first, last))))
}
