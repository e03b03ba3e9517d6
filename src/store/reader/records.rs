//! Records of registers: kept with the epoch of their register, loaded for all who ask at once.

use std::{
    any::Any,
    collections::{BTreeSet, HashMap},
    ops::Deref,
    sync::{Arc, OnceLock},
};

use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Query},
};

use super::{KEYS_A_STATEMENT, Reader, Seek};
use crate::{
    cache::Cache,
    catalogue::{
        canonical::variant_name,
        code::DivisionCode,
        digest::Digest,
        division::Level,
        facet::bounded,
        reference::{Record, Register, State},
        scope::{Revision, Scope},
    },
    error::{Error, Result},
    store::{
        entity::{naming, record},
        evened, read, signed, unsigned,
    },
};

/// A register at an epoch (its last load, or the last redaction), and a code, a parent or a name in it.
pub(super) type RecordKey = (Register, Revision, String);

/// What a record said, load by load.
#[derive(Debug, Default)]
pub struct Recorded {
    pub(super) loads: Vec<Load>,
}

/// What one load said of a record.
#[derive(Debug)]
pub(super) struct Load {
    revision: Revision,
    object: Digest,
    /// `None` once redacted.
    bytes: Option<Vec<u8>>,
    /// The [`Record`] that the bytes are, once somebody has read it: to read it again for every row that names it would
    /// be most of the work of a list.
    record: OnceLock<Arc<dyn Any + Send + Sync>>,
}

impl Load {
    pub(super) fn new(row: record::Model) -> Result<Self> {
        let object = read::digest(&row.object, "record")?;
        Ok(Self { revision: unsigned(row.revision), object, bytes: row.bytes, record: OnceLock::new() })
    }

    fn record<S: State>(&self) -> Result<Arc<Record<S>>> {
        let broken =
            |why: &dyn std::fmt::Display| Error::Inconsistent(format!("object {}: {why}", self.object));
        let record = match self.record.get() {
            Some(record) => record,
            None => {
                let bytes = self.bytes.as_ref().ok_or(Error::Redacted(self.object))?;
                let record = Record::<S>::from_stored(bytes).map_err(|error| broken(&error))?;
                self.record.get_or_init(|| Arc::new(record))
            }
        };
        record.clone().downcast().map_err(|_| broken(&"the record of another register"))
    }
}

/// A state of a record, shared by all who read it.
#[derive(Clone, Debug)]
pub struct Held<S> {
    record: Arc<Record<S>>,
    place: usize,
}

impl<S> Held<S> {
    /// The code of the record.
    pub fn code(&self) -> &str {
        &self.record.code
    }
}

impl<S> Deref for Held<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.record.states[self.place]
    }
}

impl Recorded {
    /// Whether the record was known at a revision.
    pub fn known_at(&self, revision: Revision) -> bool {
        self.loads.first().is_some_and(|first| first.revision <= revision)
    }

    /// The state under a scope; `None` where the record was not known. `REDACTED` where it was erased.
    pub fn state<S: State>(&self, scope: Scope) -> Result<Option<Held<S>>> {
        let known = self.loads.iter().rfind(|load| load.revision <= scope.revision);
        let Some(known) = known else { return Ok(None) };
        let record = known.record::<S>()?;
        Ok(record.place_on(scope.effective_on).map(|place| Held { record, place }))
    }
}

/// What a cache holds of the keys that somebody asks for, and what it lacks.
struct Asked<'a, V: ?Sized> {
    cache: &'a Cache<RecordKey, Arc<V>>,
    register: Register,
    epoch: Revision,
    found: HashMap<String, Arc<V>>,
    missing: Vec<String>,
}

impl<'a, V: ?Sized + Send + Sync + 'static> Asked<'a, V> {
    fn new(
        cache: &'a Cache<RecordKey, Arc<V>>,
        register: Register,
        epoch: Revision,
        keys: impl IntoIterator<Item = String>,
    ) -> Self {
        let mut asked = Self { cache, register, epoch, found: HashMap::new(), missing: Vec::new() };
        for key in keys.into_iter().collect::<BTreeSet<String>>() {
            match cache.get(&(register, epoch, key.clone())) {
                Some(known) => drop(asked.found.insert(key, known)),
                None => asked.missing.push(key),
            }
        }
        asked
    }

    /// Keeps what was loaded for each key that was missing; a key without a value has an empty one.
    fn fill<T: Default + Into<Arc<V>>>(mut self, mut loaded: HashMap<String, T>) -> HashMap<String, Arc<V>> {
        for key in self.missing {
            let value: Arc<V> = loaded.remove(&key).unwrap_or_default().into();
            self.cache.insert((self.register, self.epoch, key.clone()), value.clone());
            self.found.insert(key, value);
        }
        self.found
    }
}

impl Reader {
    /// A record in memory.
    pub fn record(&self, register: Register, code: &str) -> Option<Arc<Recorded>> {
        let kept = || self.shared.records.get(&(register, self.epoch(register), code.to_owned()));
        self.record_in_whole(register, code).or_else(kept)
    }

    /// A record of a register that is in memory whole.
    pub fn record_in_whole(&self, register: Register, code: &str) -> Option<Arc<Recorded>> {
        self.in_whole(register, self.epoch(register), |whole| whole.record(code).clone())
    }

    /// The codes below a parent, in memory.
    pub fn list(&self, register: Register, parent: &str) -> Option<Arc<[String]>> {
        let epoch = self.epoch(register);
        let whole = self.in_whole(register, epoch, |whole| whole.list(parent).clone());
        whole.or_else(|| self.shared.lists.get(&(register, epoch, parent.to_owned())))
    }

    /// The codes of the records that had a name, in memory.
    pub fn name(&self, register: Register, name: &str) -> Option<Arc<[String]>> {
        let epoch = self.epoch(register);
        let whole = self.in_whole(register, epoch, |whole| whole.name(name).clone());
        whole.or_else(|| self.shared.names.get(&(register, epoch, name.to_owned())))
    }

    pub(super) fn epoch(&self, register: Register) -> Revision {
        self.note(|reads| reads.register(register));
        self.shared.refs.load().epoch(register)
    }

    /// What records said, by code; those never recorded have said nothing.
    pub async fn recorded(
        &self,
        register: Register,
        codes: &[String],
    ) -> Result<HashMap<String, Arc<Recorded>>> {
        let epoch = self.epoch(register);
        let whole = self.in_whole(register, epoch, |whole| {
            codes.iter().map(|code| (code.clone(), whole.record(code).clone())).collect()
        });
        if let Some(found) = whole {
            return Ok(found);
        }
        let divisions = codes.iter().filter(|_| register == Register::Division);
        let codes = divisions.flat_map(|code| above(code)).chain(codes.iter().cloned());
        let asked = Asked::new(&self.shared.records, register, epoch, codes);
        let mut loaded: HashMap<String, Recorded> = HashMap::new();
        for some in asked.missing.chunks(KEYS_A_STATEMENT) {
            let rows = record::Entity::find()
                .filter(record::Column::Register.eq(register.name()))
                .filter(record::Column::Code.is_in(some.iter().map(String::as_str)))
                .order_by_asc(record::Column::Revision);
            for row in rows.all(&self.shared.store.reader).await? {
                loaded.entry(row.code.clone()).or_default().loads.push(Load::new(row)?);
            }
        }
        Ok(asked.fill(loaded))
    }

    /// The codes of the records that had each of the names in some state, in order.
    pub async fn named(
        &self,
        register: Register,
        names: &[String],
    ) -> Result<HashMap<String, Arc<[String]>>> {
        let epoch = self.epoch(register);
        let whole = self.in_whole(register, epoch, |whole| {
            names.iter().map(|name| (name.clone(), whole.name(name).clone())).collect()
        });
        if let Some(found) = whole {
            return Ok(found);
        }
        let asked = Asked::new(&self.shared.names, register, epoch, names.iter().cloned());
        let mut loaded: HashMap<String, Vec<String>> = HashMap::new();
        for some in asked.missing.chunks(KEYS_A_STATEMENT) {
            let rows = naming::Entity::find()
                .select_only()
                .columns([naming::Column::Name, naming::Column::Code])
                .filter(naming::Column::Register.eq(register.name()))
                .filter(naming::Column::Name.is_in(some.iter().map(|name| bounded(name))))
                .distinct()
                .order_by_asc(naming::Column::Code);
            for (name, code) in rows.into_tuple::<(String, String)>().all(&self.shared.store.reader).await? {
                loaded.entry(name).or_default().push(code);
            }
        }
        Ok(asked.fill(loaded))
    }

    /// The codes of a register's records below each parent, in order, as far as the head knows them; the empty text
    /// stands for the whole register.
    pub async fn listed(
        &self,
        register: Register,
        parents: &[String],
    ) -> Result<HashMap<String, Arc<[String]>>> {
        let epoch = self.epoch(register);
        let whole = self.in_whole(register, epoch, |whole| {
            parents.iter().map(|parent| (parent.clone(), whole.list(parent).clone())).collect()
        });
        if let Some(found) = whole {
            return Ok(found);
        }
        let asked = Asked::new(&self.shared.lists, register, epoch, parents.iter().cloned());
        let mut loaded: HashMap<String, Vec<String>> = HashMap::new();
        let below: Vec<&String> = asked.missing.iter().filter(|parent| !parent.is_empty()).collect();
        for some in below.chunks(KEYS_A_STATEMENT) {
            let some: Vec<&str> = some.iter().map(|parent| parent.as_str()).collect();
            for (code, parent) in match register {
                // Of places a page is shown; of the others whoever lists them reads all of them next.
                Register::Division => self.codes(register, Some(some)).await?,
                _ => self.records_below(register, epoch, &some).await?,
            } {
                loaded.entry(parent.unwrap_or_default()).or_default().push(code);
            }
        }
        if below.len() < asked.missing.len() {
            let mut all: Vec<String> =
                self.codes(register, None).await?.into_iter().map(|(code, _)| code).collect();
            all.dedup();
            loaded.insert(String::new(), all);
        }
        Ok(asked.fill(loaded))
    }

    /// The codes of the divisions of a level that are known under a revision, in order: those after or before a code,
    /// nearest to it.
    pub async fn of_level(
        &self,
        level: Level,
        revision: Revision,
        seek: &Seek<String>,
    ) -> Result<Vec<String>> {
        self.note(|reads| reads.register(Register::Division));
        let mut query = of_level(level, revision);
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

    /// How many divisions of a level are known under a revision.
    pub async fn count_of_level(&self, level: Level, revision: Revision) -> Result<u64> {
        self.note(|reads| reads.register(Register::Division));
        Ok(of_level(level, revision).count(&self.shared.store.reader).await?)
    }

    /// The codes below parents and their parents, in order, by a statement that reads the records, too, which are kept.
    async fn records_below(
        &self,
        register: Register,
        epoch: Revision,
        parents: &[&str],
    ) -> Result<Vec<(String, Option<String>)>> {
        let of_register = record::Column::Register.eq(register.name());
        let below = Query::select()
            .column(record::Column::Code)
            .from(record::Entity)
            .and_where(of_register.clone())
            .and_where(record::Column::Parent.is_in(evened(parents.iter().copied())))
            .to_owned();
        let rows = record::Entity::find()
            .filter(of_register)
            .filter(record::Column::Code.in_subquery(below))
            .order_by_asc(record::Column::Code)
            .order_by_asc(record::Column::Revision);
        let (mut codes, mut records) = (Vec::new(), HashMap::<String, Recorded>::new());
        for row in rows.all(&self.shared.store.reader).await? {
            if row.parent.as_deref().is_some_and(|parent| parents.contains(&parent)) {
                codes.push((row.code.clone(), row.parent.clone()));
            }
            records.entry(row.code.clone()).or_default().loads.push(Load::new(row)?);
        }
        for (code, recorded) in records {
            // Others hold it already, and have read it.
            self.shared.records.entry((register, epoch, code)).or_insert_with(|| Arc::new(recorded));
        }
        codes.sort();
        codes.dedup();
        Ok(codes)
    }

    async fn codes(
        &self,
        register: Register,
        parents: Option<Vec<&str>>,
    ) -> Result<Vec<(String, Option<String>)>> {
        let mut query = record::Entity::find()
            .select_only()
            .columns([record::Column::Code, record::Column::Parent])
            .filter(record::Column::Register.eq(register.name()));
        if let Some(parents) = parents {
            query = query.filter(record::Column::Parent.is_in(parents));
        }
        // In order here, because SQLite would go through the whole register to have them in order.
        let mut codes: Vec<(String, Option<String>)> =
            query.into_tuple().all(&self.shared.store.reader).await?;
        codes.sort();
        codes.dedup();
        Ok(codes)
    }
}

/// The codes of the divisions whose last record up to a revision is of a level.
fn of_level(level: Level, revision: Revision) -> Select<record::Entity> {
    let later = Query::select()
        .expr(Expr::cust("1"))
        .from_as(record::Entity, "later")
        .and_where(Expr::col(("later", record::Column::Register)).eq(Register::Division.name()))
        .and_where(Expr::col(("later", record::Column::Code)).equals((record::Entity, record::Column::Code)))
        .and_where(
            Expr::col(("later", record::Column::Revision))
                .gt(Expr::col((record::Entity, record::Column::Revision))),
        )
        .and_where(Expr::col(("later", record::Column::Revision)).lte(signed(revision)))
        .to_owned();
    record::Entity::find()
        .select_only()
        .column(record::Column::Code)
        .filter(record::Column::Level.eq(variant_name(&level)))
        .filter(record::Column::Revision.lte(signed(revision)))
        .filter(Expr::not_exists(later))
}

/// The codes that a division's own digits put above it: whoever asks for a place asks for its path next.
fn above(code: &str) -> impl Iterator<Item = String> {
    let nation = DivisionCode::nation().to_string();
    let digits = [2, 4, 6, 9].into_iter().filter_map(|digits| code.get(..digits));
    digits.map(|prefix| format!("{prefix:0<12}")).chain([nation])
}
