//! Reading under a scope.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::IntoCondition,
};

use super::{
    Store,
    entity::{catalogue, closure, entry, log, record, version, withdrawal},
    projection, signed, unsigned,
};
use crate::{
    catalogue::{
        code::CatalogueCode,
        content::Content,
        digest::Digest,
        event::Instant,
        format::Format,
        local::Local,
        merkle::Frontier,
        reference::{Record, Register, State},
        scope::{Closed, History, Published, Revision, Scope, ScopeRequest, VersionState, Withdrawn},
        version::{Entry, Version},
    },
    error::{Error, Result},
};

/// Codes that one statement asks for.
const CODES_A_STATEMENT: usize = 500;

/// Which catalogues are listed.
#[derive(Clone, Debug, Default)]
pub struct CatalogueFilter {
    /// Of this division only.
    pub division: Option<String>,
    /// Of this domain only.
    pub domain: Option<String>,
}

/// A catalogue and what is in force of it under a scope.
#[derive(Clone, Debug)]
pub struct CatalogueView {
    /// Its code.
    pub code: CatalogueCode,
    /// All that the log says about its versions.
    pub history: History,
    /// The version in force; `None` where none is.
    pub in_force: Option<u32>,
}

/// A version under a scope.
#[derive(Clone, Debug)]
pub struct VersionView {
    /// Its header.
    pub version: Version,
    /// The header's digest.
    pub digest: Digest,
    /// Its state under the scope.
    pub state: VersionState,
    /// The revision of its PUBLISHED event.
    pub revision: Revision,
}

/// An entry with what it leads to.
#[derive(Clone, Debug)]
pub struct EntryView {
    /// The entry.
    pub entry: Entry,
    /// The digest of the entry's object.
    pub leaf: Digest,
    /// The shared part; `None` once redacted.
    pub content: Option<Content>,
    /// The local part; `None` once redacted.
    pub local: Option<Local>,
}

impl Store {
    /// The scope that a reader means. `UNKNOWN_REVISION` beyond the head, `BAD_INPUT` for two ways of saying R.
    pub async fn scope(&self, request: ScopeRequest) -> Result<Scope> {
        let head = self.head().await?;
        let revision = match (request.revision, request.known_at) {
            (Some(_), Some(_)) => {
                return Err(Error::bad_input(
                    "revision 与 knownAt 只能给一个",
                    "give `revision` or `knownAt`, not both",
                ));
            }
            (Some(asked), None) if asked > head => return Err(Error::UnknownRevision { asked, head }),
            (Some(asked), None) => asked,
            (None, Some(at)) => {
                let last = log::Entity::find()
                    .filter(log::Column::At.lte(Instant::new(at).to_string()))
                    .order_by_desc(log::Column::At)
                    .order_by_desc(log::Column::Revision)
                    .one(&self.reader)
                    .await?;
                last.map_or(0, |row| unsigned(row.revision))
            }
            (None, None) => head,
        };
        Ok(Scope { revision, effective_on: request.effective_on.unwrap_or_else(|| self.clock.today()) })
    }

    /// The tree hash over the first `revision` events.
    pub async fn root(&self, revision: Revision) -> Result<Digest> {
        let row = log::Entity::find_by_id(signed(revision)).one(&self.reader).await?;
        let frontier =
            row.map_or(Some(Frontier::default()), |row| Frontier::from_bytes(revision, &row.frontier));
        Ok(frontier.ok_or_else(|| Error::Inconsistent(format!("log {revision}")))?.root())
    }

    /// The catalogues that are known under the scope, by code.
    pub async fn catalogues(&self, filter: &CatalogueFilter, scope: Scope) -> Result<Vec<CatalogueView>> {
        let mut query = catalogue::Entity::find()
            .filter(catalogue::Column::Revision.lte(signed(scope.revision)))
            .order_by_asc(catalogue::Column::Code);
        if let Some(division) = &filter.division {
            query = query.filter(catalogue::Column::Division.eq(division));
        }
        if let Some(domain) = &filter.domain {
            query = query.filter(catalogue::Column::Domain.eq(domain));
        }
        let codes: Vec<String> = query.all(&self.reader).await?.into_iter().map(|row| row.code).collect();
        let mut histories = histories(&self.reader, &codes).await?;
        let view = |code: &String| {
            let history = histories.remove(code).unwrap_or_default();
            let parsed = code.parse().map_err(|error| Error::Inconsistent(format!("catalogue {error}")))?;
            Ok(CatalogueView { code: parsed, in_force: history.in_force(scope), history })
        };
        codes.iter().map(view).collect()
    }

    /// One catalogue; `None` where it is not known under the scope.
    pub async fn catalogue(&self, code: &CatalogueCode, scope: Scope) -> Result<Option<CatalogueView>> {
        let history =
            histories(&self.reader, &[code.to_string()]).await?.remove(code.as_str()).unwrap_or_default();
        if history.known(scope).next().is_none() {
            return Ok(None);
        }
        Ok(Some(CatalogueView { code: code.clone(), in_force: history.in_force(scope), history }))
    }

    /// One version of a catalogue; `None` where it is not known under the scope.
    pub async fn version(
        &self,
        view: &CatalogueView,
        number: u32,
        scope: Scope,
    ) -> Result<Option<VersionView>> {
        let Some(state) = view.history.state(number, scope) else { return Ok(None) };
        let row = version_row(&self.reader, view.code.as_str(), number).await?;
        let row = row.ok_or_else(|| Error::Inconsistent(format!("version {} {number}", view.code)))?;
        let digest = digest(&row.digest, "version")?;
        let bytes = projection::object(&self.reader, digest).await?.ok_or(Error::Redacted(digest))?;
        let version: Version = projection::parsed(digest, &bytes)?;
        Ok(Some(VersionView { version, digest, state, revision: unsigned(row.revision) }))
    }

    /// The entries of a version in table order, with what they lead to. `REDACTED` where one was erased whole.
    pub async fn entries(&self, version: &VersionView) -> Result<Vec<EntryView>> {
        let header = &version.version;
        let rows = rows(&self.reader, header.catalogue.as_str(), header.number).await?;
        if rows.len() != header.size as usize {
            return Err(Error::Redacted(header.entries));
        }
        Ok(rows)
    }

    /// A record's state under the scope; `None` where it is not known. `REDACTED` where it was erased.
    pub async fn record<S: State>(&self, code: &str, scope: Scope) -> Result<Option<S>> {
        record(&self.reader, code, scope).await
    }

    /// All that a record says, on whatever day; `None` where it is not known, or redacted.
    pub async fn whole<S: State>(&self, code: &str, scope: Scope) -> Result<Option<Record<S>>> {
        let row = record_row::<_, S>(&self.reader, code, scope).await?;
        let bytes = row.and_then(|row| row.bytes);
        bytes.map(|bytes| Record::from_bytes(&bytes).map_err(Error::internal)).transpose()
    }

    /// How many records of a register are known under the scope.
    pub async fn record_count(&self, register: Register, scope: Scope) -> Result<u64> {
        use sea_orm::PaginatorTrait;
        let known = record::Entity::find()
            .select_only()
            .column(record::Column::Code)
            .filter(record::Column::Register.eq(register.name()))
            .filter(record::Column::Revision.lte(signed(scope.revision)))
            .distinct();
        Ok(known.count(&self.reader).await?)
    }
}

/// The rows of a version that are still there, in table order, with what they lead to.
pub(super) async fn rows<C: ConnectionTrait>(
    connection: &C,
    catalogue: &str,
    number: u32,
) -> Result<Vec<EntryView>> {
    let rows = entry::Entity::find()
        .filter(entry::Column::Catalogue.eq(catalogue))
        .filter(entry::Column::Number.eq(number.cast_signed()))
        .order_by_asc(entry::Column::Position)
        .all(connection)
        .await?;
    let keys = rows.iter().flat_map(|row| [&row.leaf, &row.content, &row.local]);
    let digests: HashSet<Digest> = keys.map(|key| digest(key, "entry")).collect::<Result<_>>()?;
    let objects = projection::objects(connection, &digests.into_iter().collect::<Vec<_>>()).await?;
    rows.into_iter().map(|row| entry_view(digest(&row.leaf, "entry")?, &objects)).collect()
}

fn entry_view(leaf: Digest, objects: &HashMap<Digest, Option<Vec<u8>>>) -> Result<EntryView> {
    fn part<T: Format>(key: Digest, objects: &HashMap<Digest, Option<Vec<u8>>>) -> Result<Option<T>> {
        let bytes = objects.get(&key).ok_or_else(|| projection::missing(key))?;
        bytes.as_ref().map(|bytes| projection::parsed(key, bytes)).transpose()
    }
    let entry: Entry = part(leaf, objects)?.ok_or(Error::Redacted(leaf))?;
    Ok(EntryView { content: part(entry.content, objects)?, local: part(entry.local, objects)?, entry, leaf })
}

/// The histories of several catalogues, in a number of statements that does not grow with them one by one.
async fn histories<C: ConnectionTrait>(c: &C, codes: &[String]) -> Result<HashMap<String, History>> {
    let mut histories: HashMap<String, History> = HashMap::with_capacity(codes.len());
    for codes in codes.chunks(CODES_A_STATEMENT) {
        collect(c, codes, &mut histories).await?;
    }
    Ok(histories)
}

async fn collect<C: ConnectionTrait>(
    connection: &C,
    codes: &[String],
    histories: &mut HashMap<String, History>,
) -> Result<()> {
    let mut of = |code: String, add: &dyn Fn(&mut History)| add(histories.entry(code).or_default());
    let codes = || codes.iter().map(String::as_str);
    let versions = version::Entity::find().filter(version::Column::Catalogue.is_in(codes()));
    for row in versions.order_by_asc(version::Column::Number).all(connection).await? {
        let (number, revision) = (row.number.unsigned_abs(), unsigned(row.revision));
        let published = Published { number, effective_from: row.effective_from, revision };
        of(row.catalogue, &|history| history.versions.push(published));
    }
    let withdrawals = withdrawal::Entity::find().filter(withdrawal::Column::Catalogue.is_in(codes()));
    for row in withdrawals.all(connection).await? {
        let (number, revision) = (row.number.unsigned_abs(), unsigned(row.revision));
        let withdrawn = Withdrawn { number, from: row.from_day, revision };
        of(row.catalogue, &|history| history.withdrawn.push(withdrawn));
    }
    let closures = closure::Entity::find().filter(closure::Column::Catalogue.is_in(codes()));
    for row in closures.all(connection).await? {
        let closed = Closed { from: row.from_day, revision: unsigned(row.revision) };
        of(row.catalogue, &|history| history.closed.push(closed));
    }
    Ok(())
}

/// The row of one version.
pub(super) async fn version_row<C: ConnectionTrait>(
    connection: &C,
    code: &str,
    number: u32,
) -> Result<Option<version::Model>> {
    let key = (code.to_owned(), i32::try_from(number).unwrap_or(i32::MAX));
    Ok(version::Entity::find_by_id(key).one(connection).await?)
}

/// The row of the last version that was published, whatever its day.
pub(super) async fn last_version<C: ConnectionTrait>(
    connection: &C,
    code: &str,
) -> Result<Option<version::Model>> {
    let versions = version::Entity::find().filter(version::Column::Catalogue.eq(code));
    Ok(versions.order_by_desc(version::Column::Number).one(connection).await?)
}

/// One record's state under the scope.
pub(super) async fn record<C: ConnectionTrait, S: State>(
    connection: &C,
    code: &str,
    scope: Scope,
) -> Result<Option<S>> {
    let row = record_row::<_, S>(connection, code, scope).await?;
    row.map(|row| state(&row, scope)).transpose()
}

async fn record_row<C: ConnectionTrait, S: State>(
    connection: &C,
    code: &str,
    scope: Scope,
) -> Result<Option<record::Model>> {
    let row = record::Entity::find()
        .filter(record::Column::Register.eq(S::REGISTER.name()))
        .filter(record::Column::Code.eq(code))
        .filter(record::Column::Revision.lte(signed(scope.revision)))
        .order_by_desc(record::Column::Revision);
    Ok(row.one(connection).await?)
}

/// All records of a small register under the scope; redacted ones are left out.
pub(super) async fn register<C: ConnectionTrait, S: State>(
    connection: &C,
    scope: Scope,
) -> Result<Vec<(String, S)>> {
    states(connection, record::Column::Register.eq(S::REGISTER.name()), scope).await
}

/// The records of a register that fit a condition, under the scope; redacted ones are left out.
pub(super) async fn states<C: ConnectionTrait, S: State>(
    connection: &C,
    which: impl IntoCondition,
    scope: Scope,
) -> Result<Vec<(String, S)>> {
    let rows = record::Entity::find()
        .filter(record::Column::Register.eq(S::REGISTER.name()))
        .filter(which)
        .filter(record::Column::Revision.lte(signed(scope.revision)))
        .order_by_asc(record::Column::Code)
        .order_by_asc(record::Column::Revision)
        .all(connection)
        .await?;
    let last: HashMap<String, record::Model> = rows.into_iter().map(|row| (row.code.clone(), row)).collect();
    let known = last.into_values().filter(|row| row.bytes.is_some());
    known.map(|row| Ok((row.code.clone(), state(&row, scope)?))).collect()
}

/// The codes of a register that are known under the scope.
pub(super) async fn codes<C: ConnectionTrait>(
    connection: &C,
    register: Register,
    scope: Scope,
) -> Result<HashSet<String>> {
    let codes: Vec<String> = record::Entity::find()
        .select_only()
        .column(record::Column::Code)
        .filter(record::Column::Register.eq(register.name()))
        .filter(record::Column::Revision.lte(signed(scope.revision)))
        .distinct()
        .into_tuple()
        .all(connection)
        .await?;
    Ok(codes.into_iter().collect())
}

fn state<S: State>(row: &record::Model, scope: Scope) -> Result<S> {
    let bytes = row.bytes.as_ref().ok_or(Error::Redacted(digest(&row.object, "record")?))?;
    let record = Record::<S>::from_bytes(bytes).map_err(|error| broken(row, error))?;
    let state = record.on(scope.effective_on).cloned();
    state.ok_or_else(|| Error::Inconsistent(format!("record {} {} has no states", row.register, row.code)))
}

fn broken(row: &record::Model, error: impl std::fmt::Display) -> Error {
    Error::Inconsistent(format!("record {} {}: {error}", row.register, row.code))
}

/// A digest column.
pub(super) fn digest(bytes: &[u8], table: &str) -> Result<Digest> {
    Digest::from_bytes(bytes).ok_or_else(|| Error::Inconsistent(format!("a digest in table {table}")))
}
