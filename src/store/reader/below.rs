//! What lies below a place (含下级), as runs of divisions. It follows from the register alone, so it is kept by the last
//! load of that; whole places take few statements a level, and the next who asks takes none.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use super::{KEYS_A_STATEMENT, Reader};
use crate::{
    catalogue::{
        canonical::variant_name,
        division::{DivisionState, Level},
        reference::{Record, Register},
        scope::{Revision, Scope},
        selection::{self, Run},
    },
    error::{Error, Result},
    store::{entity::record, signed},
};

/// Codes that one statement reads in order.
const CODES: u64 = 10_000;

/// A division with all below it, by the last load of the register, as far as the scope knew it, on a day.
pub(super) type BelowKey = (Revision, Revision, NaiveDate, String);

impl Reader {
    /// A division and all below it under a scope, as runs in the order of codes, among those that the register knew then:
    /// a province is one run, however many places it has. A place whose record was erased is below none.
    pub async fn with_below(&self, division: &str, scope: Scope) -> Result<Arc<[Run]>> {
        let epoch = self.epoch(Register::Division);
        // What was recorded since the last load changes nothing.
        let revision = std::cmp::min(scope.revision, epoch);
        let key = (epoch, revision, scope.effective_on, division.to_owned());
        if let Some(runs) = self.shared.below.get(&key) {
            return Ok(runs);
        }
        let scope = Scope { revision, ..scope };
        let connection = &self.shared.store.reader;
        let places = below(connection, division, scope).await?;
        let runs: Arc<[Run]> = runs(connection, &places, revision).await?.into();
        self.shared.below.insert(key, runs.clone());
        Ok(runs)
    }
}

/// A division and all whose path leads to it.
async fn below<C: ConnectionTrait>(connection: &C, division: &str, scope: Scope) -> Result<BTreeSet<String>> {
    let mut places = BTreeSet::from([division.to_owned()]);
    let moved = moved(connection, scope).await?;
    if !is_there(connection, division, scope).await? {
        return Ok(places);
    }
    let mut above = vec![division.to_owned()];
    while !above.is_empty() {
        let mut found: Vec<(String, bool)> = Vec::new();
        for some in above.chunks(KEYS_A_STATEMENT) {
            let stay = children(connection, some, scope).await?.into_iter();
            found.extend(stay.filter(|(code, _)| !moved.contains_key(code)));
        }
        let parents: HashSet<&str> = above.iter().map(String::as_str).collect();
        let under = |parent: &Option<String>| parent.as_ref().is_some_and(|it| parents.contains(it.as_str()));
        found.extend(moved.iter().filter(|(_, it)| under(it)).map(|(code, _)| (code.clone(), true)));
        // Nothing is below a village.
        let fresh = found.into_iter().filter(|(code, _)| places.insert(code.clone()));
        above = fresh.filter(|(_, may_have)| *may_have).map(|(code, _)| code).collect();
    }
    Ok(places)
}

/// Whether a division was known, and was not erased.
async fn is_there<C: ConnectionTrait>(connection: &C, division: &str, scope: Scope) -> Result<bool> {
    let rows = known(scope).filter(record::Column::Code.eq(division));
    let last = rows.order_by_desc(record::Column::Revision).one(connection).await?;
    Ok(last.is_some_and(|row| row.bytes.is_some()))
}

/// Divisions that some had as their parents in their last states; and whether they can have others below them.
async fn children<C: ConnectionTrait>(
    connection: &C,
    parents: &[String],
    scope: Scope,
) -> Result<Vec<(String, bool)>> {
    let named = divisions()
        .and_where(Expr::col(record::Column::Parent).is_in(parents.iter().map(String::as_str)))
        .to_owned();
    let rows = known(scope)
        .select_only()
        .columns([record::Column::Code, record::Column::Parent, record::Column::Level])
        .filter(record::Column::Code.in_subquery(named))
        .order_by_asc(record::Column::Code)
        .order_by_asc(record::Column::Revision);
    let rows = rows.into_tuple::<(String, Option<String>, Option<String>)>().all(connection).await?;
    let (village, parents) = (variant_name(&Level::Village), parents.iter().collect::<HashSet<_>>());
    let mut children = Vec::with_capacity(rows.len());
    for (place, (code, parent, level)) in rows.iter().enumerate() {
        let is_last = rows.get(place + 1).is_none_or(|(next, ..)| next != code);
        if is_last && parent.as_ref().is_some_and(|parent| parents.contains(parent)) {
            children.push((code.clone(), level.as_ref() != Some(&village)));
        }
    }
    Ok(children)
}

/// The parents on the day of those divisions whose records have several states: these the register does not list by.
async fn moved<C: ConnectionTrait>(connection: &C, scope: Scope) -> Result<HashMap<String, Option<String>>> {
    let several = match connection.get_database_backend() {
        DbBackend::Postgres => "position('\\x7d2c7b'::bytea in bytes) > 0",
        _ => "instr(bytes, X'7D2C7B') > 0",
    };
    let dated =
        known(scope).select_only().column(record::Column::Code).filter(Expr::cust(several)).distinct();
    // Mostly there are none; where they stood within one statement, PostgreSQL would expect a third of the register.
    let dated: Vec<String> = dated.into_tuple().all(connection).await?;
    let mut rows = Vec::new();
    for some in dated.chunks(KEYS_A_STATEMENT) {
        let some = known(scope).filter(record::Column::Code.is_in(some.iter().map(String::as_str)));
        rows.extend(some.order_by_asc(record::Column::Revision).all(connection).await?);
    }
    let mut moved = HashMap::new();
    for row in rows {
        let broken = |error| Error::Inconsistent(format!("record {}: {error}", row.code));
        let read = |bytes: &Vec<u8>| Record::<DivisionState>::from_stored(bytes).map_err(broken);
        let record = row.bytes.as_ref().map(read).transpose()?;
        let state = record.as_ref().and_then(|record| record.on(scope.effective_on));
        let parent = state.and_then(|state| state.parent.as_ref()).map(ToString::to_string);
        moved.insert(row.code, parent);
    }
    Ok(moved)
}

/// The runs that places make among all divisions that were registered up to a revision.
async fn runs<C: ConnectionTrait>(
    connection: &C,
    places: &BTreeSet<String>,
    revision: Revision,
) -> Result<Vec<Run>> {
    let (Some(first), Some(last)) = (places.first(), places.last()) else { return Ok(Vec::new()) };
    let mut runs = selection::Runs::default();
    let mut from = first.clone();
    loop {
        let query = record::Entity::find().select_only().column(record::Column::Code).distinct();
        let query = query
            .filter(record::Column::Register.eq(Register::Division.name()))
            .filter(record::Column::Revision.lte(signed(revision)))
            .filter(record::Column::Code.between(from.as_str(), last.as_str()))
            .order_by_asc(record::Column::Code)
            .limit(CODES);
        let codes: Vec<String> = query.into_tuple().all(connection).await?;
        for code in &codes {
            runs.add(code, places.contains(code));
        }
        match codes.last() {
            // It stands for itself once more.
            Some(end) if codes.len() as u64 == CODES && *end != from => from.clone_from(end),
            _ => break,
        }
    }
    let runs = runs.end();
    // One that is not registered stands alone.
    Ok(if runs.is_empty() { vec![(first.clone(), first.clone())] } else { runs })
}

fn known(scope: Scope) -> sea_orm::Select<record::Entity> {
    record::Entity::find()
        .filter(record::Column::Register.eq(Register::Division.name()))
        .filter(record::Column::Revision.lte(signed(scope.revision)))
}

/// The codes of divisions.
fn divisions() -> SelectStatement {
    Query::select()
        .column(record::Column::Code)
        .from(record::Entity)
        .and_where(Expr::col(record::Column::Register).eq(Register::Division.name()))
        .to_owned()
}
