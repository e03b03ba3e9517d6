//! Shelves: all that the log says about the catalogues of one division.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};

use crate::{
    catalogue::{
        code::CatalogueCode,
        digest::Digest,
        event::Instant,
        scope::{Closed, History, Published, Revision, Withdrawn},
    },
    error::{Error, Result},
    store::{
        entity::{catalogue, closure, log, version, withdrawal},
        read, unsigned,
    },
};

/// Digits of a division's code.
const DIGITS: usize = 12;

/// A catalogue and all that the log says about its versions.
#[derive(Clone, Debug)]
pub struct CatalogueRef {
    /// Its code.
    pub code: CatalogueCode,
    /// What is in force when.
    pub history: History,
    /// Its versions by number.
    versions: Vec<VersionRef>,
}

/// A version, as its PUBLISHED event says.
#[derive(Clone, Copy, Debug)]
pub struct VersionRef {
    /// Its number.
    pub number: u32,
    /// The header's digest.
    pub digest: Digest,
    /// The root of its entries.
    pub entries: Digest,
    /// How many entries.
    pub size: u32,
    /// The day from which it is in force.
    pub effective_from: chrono::NaiveDate,
    /// The revision of the event.
    pub revision: Revision,
    /// When it was published.
    pub published_at: Instant,
}

impl CatalogueRef {
    /// Its versions by number, whatever the scope.
    pub fn versions(&self) -> &[VersionRef] {
        &self.versions
    }

    /// The version of a number, whatever the scope.
    pub fn version(&self, number: u32) -> Option<&VersionRef> {
        let place = self.versions.binary_search_by_key(&number, |version| version.number);
        place.ok().and_then(|place| self.versions.get(place))
    }

    /// The last event about it.
    pub(super) fn changed(&self) -> Revision {
        let History { versions, withdrawn, closed } = &self.history;
        let revisions = versions.iter().map(|version| version.revision);
        let revisions = revisions.chain(withdrawn.iter().map(|withdrawn| withdrawn.revision));
        revisions.chain(closed.iter().map(|closed| closed.revision)).max().unwrap_or_default()
    }
}

/// The catalogues of one division by code, with all that the log says about them up to a revision at least. What it says
/// beyond is harmless: a history is read under a scope.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    catalogues: Vec<Arc<CatalogueRef>>,
    /// The revision up to which it lacks nothing.
    pub(super) revision: Revision,
}

impl Shelf {
    pub(super) fn empty(revision: Revision) -> Self {
        Self { catalogues: Vec::new(), revision }
    }

    /// The catalogue of a code; `None` where none was published, whatever the scope.
    pub fn catalogue(&self, code: &str) -> Option<&Arc<CatalogueRef>> {
        let place = self.catalogues.binary_search_by(|known| known.code.as_str().cmp(code));
        place.ok().and_then(|place| self.catalogues.get(place))
    }

    /// All of them by code.
    pub fn catalogues(&self) -> &[Arc<CatalogueRef>] {
        &self.catalogues
    }

    /// The last event about one of them.
    pub(super) fn changed(&self) -> Revision {
        self.catalogues.iter().map(|catalogue| catalogue.changed()).max().unwrap_or_default()
    }
}

/// The division whose catalogue a code would be; `None` where it is no such code.
pub(super) fn division(catalogue: &str) -> Option<&str> {
    catalogue.split_once('-').map(|(division, _)| division).filter(|division| division.len() == DIGITS)
}

/// The shelves of some divisions, or of all that have catalogues, up to a revision which the log had already. A statement
/// a table.
pub(super) async fn load<C: ConnectionTrait>(
    connection: &C,
    divisions: Option<&[String]>,
    revision: Revision,
) -> Result<HashMap<String, Shelf>> {
    let mut shelves: HashMap<String, Shelf> = HashMap::new();
    let logged = version::Entity::belongs_to(log::Entity);
    let logged = logged.from(version::Column::Revision).to(log::Column::Revision).into();
    let versions = version::Entity::find()
        .column_as(log::Column::At, "at")
        .join(JoinType::LeftJoin, logged)
        .filter(among(version::Column::Catalogue, divisions))
        .order_by_asc(version::Column::Catalogue)
        .order_by_asc(version::Column::Number);
    for row in versions.into_model::<Row>().all(connection).await? {
        let division = division(&row.catalogue).unwrap_or_default();
        let shelf = match shelves.get_mut(division) {
            Some(shelf) => shelf,
            None => shelves.entry(division.to_owned()).or_insert(Shelf::empty(revision)),
        };
        shelf.add(&row)?;
    }
    let mut change = |code: &str, change: &dyn Fn(&mut History)| {
        let shelf = division(code).and_then(|division| shelves.get_mut(division));
        if let Some(known) = shelf.and_then(|shelf| shelf.catalogue_mut(code)) {
            change(&mut known.history);
        }
    };
    let withdrawals = withdrawal::Entity::find().filter(among(withdrawal::Column::Catalogue, divisions));
    for row in withdrawals.order_by_asc(withdrawal::Column::Revision).all(connection).await? {
        let (number, revision) = (row.number.unsigned_abs(), unsigned(row.revision));
        let withdrawn = Withdrawn { number, from: row.from_day, revision };
        change(&row.catalogue, &|history| history.withdrawn.push(withdrawn));
    }
    let closures = closure::Entity::find().filter(among(closure::Column::Catalogue, divisions));
    for row in closures.order_by_asc(closure::Column::Revision).all(connection).await? {
        let closed = Closed { from: row.from_day, revision: unsigned(row.revision) };
        change(&row.catalogue, &|history| history.closed.push(closed));
    }
    shelves.values_mut().for_each(Shelf::shrink);
    Ok(shelves)
}

/// Whether a column has the code of a catalogue of one of the divisions.
fn among(column: impl ColumnTrait, divisions: Option<&[String]>) -> Condition {
    let Some(divisions) = divisions else { return Condition::all() };
    let codes = Query::select()
        .column(catalogue::Column::Code)
        .from(catalogue::Entity)
        .and_where(Expr::col(catalogue::Column::Division).is_in(divisions.iter().map(String::as_str)))
        .to_owned();
    Condition::all().add(column.in_subquery(codes))
}

/// A version and when its event was recorded.
#[derive(Debug, FromQueryResult)]
struct Row {
    catalogue: String,
    number: i32,
    digest: Vec<u8>,
    entries: Vec<u8>,
    size: i32,
    effective_from: chrono::NaiveDate,
    revision: i64,
    at: Option<String>,
}

impl Shelf {
    /// Adds a version. They come by code and number.
    fn add(&mut self, row: &Row) -> Result<()> {
        let at = row.at.as_ref().and_then(|at| serde_json::from_value(at.as_str().into()).ok());
        let version = VersionRef {
            number: row.number.unsigned_abs(),
            digest: read::digest(&row.digest, "version")?,
            entries: read::digest(&row.entries, "version")?,
            size: row.size.unsigned_abs(),
            effective_from: row.effective_from,
            revision: unsigned(row.revision),
            published_at: at.ok_or_else(|| Error::Inconsistent(format!("log {}", row.revision)))?,
        };
        if self.catalogues.last().is_none_or(|last| last.code.as_str() != row.catalogue) {
            let code = row.catalogue.parse();
            let code = code.map_err(|error| Error::Inconsistent(format!("version: {error}")))?;
            let fresh = CatalogueRef { code, history: History::default(), versions: Vec::new() };
            self.catalogues.push(Arc::new(fresh));
        }
        if let Some(known) = self.catalogues.last_mut().map(Arc::make_mut) {
            let VersionRef { number, effective_from, revision, .. } = version;
            known.history.versions.push(Published { number, effective_from, revision });
            known.versions.push(version);
        }
        Ok(())
    }

    fn catalogue_mut(&mut self, code: &str) -> Option<&mut CatalogueRef> {
        let place = self.catalogues.binary_search_by(|known| known.code.as_str().cmp(code));
        place.ok().and_then(|place| self.catalogues.get_mut(place)).map(Arc::make_mut)
    }

    /// Gives back what was set aside for more: there are many of them.
    fn shrink(&mut self) {
        self.catalogues.shrink_to_fit();
        for known in self.catalogues.iter_mut().map(Arc::make_mut) {
            known.versions.shrink_to_fit();
            known.history.versions.shrink_to_fit();
        }
    }
}
