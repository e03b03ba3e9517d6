//! Refs, trees, blobs: how reads are fast.
//!
//! *Refs* say which versions each catalogue has and since when; they are small, live in memory and are swapped whole
//! when the log has grown. A *tree* is the entries of one version, a *blob* one content or local part: neither ever
//! changes, so a bounded cache keyed by digest is never wrong and serves every scope. Records of registers are kept
//! with the epoch of their register, the revision of its last load. What is missing is loaded in one statement for
//! all who ask at once.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use arc_swap::ArcSwap;
use moka::sync::Cache;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    Store,
    entity::{closure, entry, log, naming, record, version, withdrawal},
    projection, read, signed, unsigned,
};
use crate::{
    catalogue::{
        code::{CatalogueCode, DivisionCode},
        content::Content,
        digest::Digest,
        element::ElementSchema,
        event::Instant,
        format::Format,
        local::Local,
        reference::{Record, Register, State},
        scope::{Closed, History, Published, Revision, Scope, Withdrawn},
        version::{Entry, Version},
    },
    error::{Error, Result},
};

/// How much the caches hold: trees, blobs and records each.
const TREES: u64 = 4_000;
const BLOBS: u64 = 200_000;
const RECORDS: u64 = 100_000;

/// Keys that one statement asks for.
const KEYS_A_STATEMENT: usize = 500;

/// A catalogue and all that the log says about its versions.
#[derive(Clone, Debug)]
pub struct CatalogueRef {
    /// Its code.
    pub code: CatalogueCode,
    /// What is in force when.
    pub history: History,
    /// Its versions by number.
    pub versions: BTreeMap<u32, VersionRef>,
}

/// A version, as its PUBLISHED event says.
#[derive(Clone, Copy, Debug)]
pub struct VersionRef {
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

/// The small, changing part of the store, at one head of the log.
#[derive(Clone, Debug, Default)]
pub struct Refs {
    /// The head.
    pub revision: Revision,
    /// Every catalogue by code.
    pub catalogues: BTreeMap<String, Arc<CatalogueRef>>,
    /// The codes of each division's catalogues, in order.
    pub by_division: HashMap<String, Vec<String>>,
    /// The last load of each register.
    epochs: HashMap<Register, Revision>,
    /// The last redaction.
    redacted: Revision,
}

/// The entries of one version with the digests of their objects, in table order.
#[derive(Debug)]
pub struct Tree {
    /// Leaf and entry; `None` where the entry was redacted.
    pub entries: Vec<Option<(Digest, Entry)>>,
    /// The place of each item.
    pub places: HashMap<String, usize>,
}

/// What a record said, load by load.
#[derive(Debug, Default)]
pub struct Recorded {
    loads: Vec<(Revision, Digest, Option<Vec<u8>>)>,
}

/// A digest, and the last redaction that was known when its bytes were read: what was read before a redaction is
/// never found after it, not even where the reading began before and ended after.
type BlobKey = (Revision, Digest);

/// A code or name, and the epoch of its register: its last load, or the last redaction.
type RecordKey = (Register, Revision, String);

/// The store as readers see it.
#[derive(Clone)]
pub struct Reader {
    store: Store,
    refs: Arc<ArcSwap<Refs>>,
    headers: Cache<BlobKey, Arc<Version>>,
    trees: Cache<BlobKey, Arc<Tree>>,
    contents: Cache<BlobKey, Arc<Content>>,
    locals: Cache<BlobKey, Arc<Local>>,
    elements: Cache<BlobKey, Arc<ElementSchema>>,
    records: Cache<RecordKey, Arc<Recorded>>,
    lists: Cache<RecordKey, Arc<[String]>>,
    names: Cache<RecordKey, Arc<[String]>>,
}

impl Reader {
    /// A reader of a store whose log has begun.
    pub async fn new(store: Store) -> Result<Self> {
        let reader = Self {
            store,
            refs: Arc::default(),
            headers: Cache::new(TREES),
            trees: Cache::new(TREES),
            contents: Cache::new(BLOBS),
            locals: Cache::new(BLOBS),
            elements: Cache::new(TREES),
            records: Cache::new(RECORDS),
            lists: Cache::new(RECORDS),
            names: Cache::new(RECORDS),
        };
        reader.refresh().await?;
        Ok(reader)
    }

    /// The store itself.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The refs as they are now; whoever holds them sees one state.
    pub fn refs(&self) -> Arc<Refs> {
        self.refs.load_full()
    }

    /// Looks whether the log has grown, and swaps the refs if so.
    pub async fn refresh(&self) -> Result<Revision> {
        let head = self.store.head().await?;
        let old = self.refs();
        if head != old.revision {
            let grown = self.grow(&old, head).await?;
            let erased = grown.redacted != old.redacted;
            self.refs.store(Arc::new(grown));
            if erased {
                self.forget();
            }
        }
        Ok(head)
    }

    /// Drops all that is kept: erased bytes must not stay in memory either.
    fn forget(&self) {
        self.headers.invalidate_all();
        self.trees.invalidate_all();
        self.contents.invalidate_all();
        self.locals.invalidate_all();
        self.elements.invalidate_all();
        self.records.invalidate_all();
        self.lists.invalidate_all();
        self.names.invalidate_all();
    }

    /// The refs at `head`: what the events since `old` add.
    async fn grow(&self, old: &Refs, head: Revision) -> Result<Refs> {
        let connection = &self.store.reader;
        let (first, last) = (signed(old.revision + 1), signed(head));
        let mut refs = Refs { revision: head, ..old.clone() };
        let rows = log::Entity::find().filter(log::Column::Revision.between(first, last));
        let rows = rows.filter(log::Column::Kind.is_in(["PUBLISHED", "REDACTED"])).all(connection).await?;
        let mut instants: HashMap<i64, Instant> = HashMap::new();
        for row in rows {
            if row.kind == "REDACTED" {
                refs.redacted = refs.redacted.max(unsigned(row.revision));
            }
            let at = serde_json::from_value(row.at.into());
            let at = at.map_err(|_| Error::Inconsistent(format!("log {}", row.revision)))?;
            instants.insert(row.revision, at);
        }
        let versions = version::Entity::find().filter(version::Column::Revision.between(first, last));
        for row in versions.order_by_asc(version::Column::Revision).all(connection).await? {
            let published_at = instants.get(&row.revision).copied();
            let published_at =
                published_at.ok_or_else(|| Error::Inconsistent(format!("log {}", row.revision)))?;
            refs.add_version(row, published_at)?;
        }
        let withdrawals =
            withdrawal::Entity::find().filter(withdrawal::Column::Revision.between(first, last));
        for row in withdrawals.all(connection).await? {
            let withdrawn = Withdrawn {
                number: row.number.unsigned_abs(),
                from: row.from_day,
                revision: unsigned(row.revision),
            };
            refs.change(&row.catalogue, |catalogue| catalogue.history.withdrawn.push(withdrawn));
        }
        let closures = closure::Entity::find().filter(closure::Column::Revision.between(first, last));
        for row in closures.all(connection).await? {
            let closed = Closed { from: row.from_day, revision: unsigned(row.revision) };
            refs.change(&row.catalogue, |catalogue| catalogue.history.closed.push(closed));
        }
        let loads = record::Entity::find()
            .select_only()
            .column(record::Column::Register)
            .column_as(record::Column::Revision.max(), "last")
            .filter(record::Column::Revision.between(first, last))
            .group_by(record::Column::Register);
        for (register, revision) in loads.into_tuple::<(String, i64)>().all(connection).await? {
            let register = register.parse().map_err(Error::Inconsistent)?;
            refs.epochs.insert(register, unsigned(revision));
        }
        Ok(refs)
    }

    /// Headers by digest; those redacted are missing.
    pub async fn headers(&self, digests: &[Digest]) -> Result<HashMap<Digest, Arc<Version>>> {
        self.blobs(&self.headers, digests).await
    }

    /// Contents by digest; those redacted are missing.
    pub async fn contents(&self, digests: &[Digest]) -> Result<HashMap<Digest, Arc<Content>>> {
        self.blobs(&self.contents, digests).await
    }

    /// Local parts by digest; those redacted are missing.
    pub async fn locals(&self, digests: &[Digest]) -> Result<HashMap<Digest, Arc<Local>>> {
        self.blobs(&self.locals, digests).await
    }

    /// Declarations of further elements by digest; those redacted are missing.
    pub async fn elements(&self, digests: &[Digest]) -> Result<HashMap<Digest, Arc<ElementSchema>>> {
        self.blobs(&self.elements, digests).await
    }

    /// A header in memory.
    pub fn header(&self, digest: Digest) -> Option<Arc<Version>> {
        self.headers.get(&(self.redacted(), digest))
    }

    /// A tree in memory, by the digest of its version.
    pub fn tree(&self, digest: Digest) -> Option<Arc<Tree>> {
        self.trees.get(&(self.redacted(), digest))
    }

    /// A content in memory.
    pub fn content(&self, digest: Digest) -> Option<Arc<Content>> {
        self.contents.get(&(self.redacted(), digest))
    }

    /// A local part in memory.
    pub fn local(&self, digest: Digest) -> Option<Arc<Local>> {
        self.locals.get(&(self.redacted(), digest))
    }

    /// A declaration in memory.
    pub fn element(&self, digest: Digest) -> Option<Arc<ElementSchema>> {
        self.elements.get(&(self.redacted(), digest))
    }

    /// A record in memory.
    pub fn record(&self, register: Register, code: &str) -> Option<Arc<Recorded>> {
        self.records.get(&(register, self.epoch(register), code.to_owned()))
    }

    /// The codes below a parent, in memory.
    pub fn list(&self, register: Register, parent: &str) -> Option<Arc<[String]>> {
        self.lists.get(&(register, self.epoch(register), parent.to_owned()))
    }

    fn epoch(&self, register: Register) -> Revision {
        let refs = self.refs.load();
        refs.epochs.get(&register).copied().unwrap_or_default().max(refs.redacted)
    }

    fn redacted(&self) -> Revision {
        self.refs.load().redacted
    }

    async fn blobs<T: Format + Send + Sync + 'static>(
        &self,
        cache: &Cache<BlobKey, Arc<T>>,
        digests: &[Digest],
    ) -> Result<HashMap<Digest, Arc<T>>> {
        let epoch = self.redacted();
        let (mut found, missing) = split(cache, epoch, digests);
        if !missing.is_empty() {
            for (digest, bytes) in projection::objects(&self.store.reader, &missing).await? {
                let Some(bytes) = bytes else { continue };
                let value = Arc::new(T::from_object(&bytes)?);
                cache.insert((epoch, digest), value.clone());
                found.insert(digest, value);
            }
        }
        Ok(found)
    }

    /// Trees by the digest of their version.
    pub async fn trees(&self, digests: &[Digest]) -> Result<HashMap<Digest, Arc<Tree>>> {
        let epoch = self.redacted();
        let (mut found, missing) = split(&self.trees, epoch, digests);
        for some in missing.chunks(KEYS_A_STATEMENT) {
            let keys = some.iter().map(|digest| digest.as_bytes().to_vec());
            let rows: Vec<(version::Model, Vec<entry::Model>)> = self.entries_of(keys.collect()).await?;
            let leaves =
                rows.iter().flat_map(|(_, entries)| entries).map(|row| read::digest(&row.leaf, "entry"));
            let leaves: Vec<Digest> = leaves.collect::<Result<_>>()?;
            let objects = projection::objects(&self.store.reader, &leaves).await?;
            for (version, rows) in rows {
                let tree = Arc::new(tree(&version, &rows, &objects)?);
                let digest = read::digest(&version.digest, "version")?;
                self.trees.insert((epoch, digest), tree.clone());
                found.insert(digest, tree);
            }
        }
        Ok(found)
    }

    async fn entries_of(&self, versions: Vec<Vec<u8>>) -> Result<Vec<(version::Model, Vec<entry::Model>)>> {
        let connection = &self.store.reader;
        let versions =
            version::Entity::find().filter(version::Column::Digest.is_in(versions)).all(connection).await?;
        let codes: HashSet<&str> = versions.iter().map(|version| version.catalogue.as_str()).collect();
        let revisions: Vec<i64> = versions.iter().map(|version| version.revision).collect();
        let rows = entry::Entity::find()
            .filter(entry::Column::Catalogue.is_in(codes))
            .filter(entry::Column::Revision.is_in(revisions))
            .order_by_asc(entry::Column::Position)
            .all(connection)
            .await?;
        let mut by_revision: HashMap<i64, Vec<entry::Model>> = HashMap::new();
        rows.into_iter().for_each(|row| by_revision.entry(row.revision).or_default().push(row));
        let entries = |version: version::Model| {
            let entries = by_revision.remove(&version.revision).unwrap_or_default();
            (version, entries)
        };
        Ok(versions.into_iter().map(entries).collect())
    }

    /// What records said, by code; those never recorded have said nothing.
    pub async fn recorded(
        &self,
        register: Register,
        codes: &[String],
    ) -> Result<HashMap<String, Arc<Recorded>>> {
        let epoch = self.epoch(register);
        let mut found = HashMap::with_capacity(codes.len());
        let mut missing: HashMap<String, Recorded> = HashMap::new();
        let above = codes.iter().filter(|_| register == Register::Division).flat_map(|code| above(code));
        for code in &above.chain(codes.iter().cloned()).collect::<HashSet<String>>() {
            match self.records.get(&(register, epoch, code.clone())) {
                Some(known) => drop(found.insert(code.clone(), known)),
                None => drop(missing.insert(code.clone(), Recorded::default())),
            }
        }
        let wanted: Vec<String> = missing.keys().cloned().collect();
        for some in wanted.chunks(KEYS_A_STATEMENT) {
            let rows = record::Entity::find()
                .filter(record::Column::Register.eq(register.name()))
                .filter(record::Column::Code.is_in(some.iter().map(String::as_str)))
                .order_by_asc(record::Column::Revision)
                .all(&self.store.reader)
                .await?;
            for row in rows {
                let load = (unsigned(row.revision), read::digest(&row.object, "record")?, row.bytes);
                missing.entry(row.code).or_default().loads.push(load);
            }
        }
        for (code, recorded) in missing {
            let recorded = Arc::new(recorded);
            self.records.insert((register, epoch, code.clone()), recorded.clone());
            found.insert(code, recorded);
        }
        Ok(found)
    }

    /// The codes of the records that had each of the names in some state, in order.
    pub async fn named(
        &self,
        register: Register,
        names: &[String],
    ) -> Result<HashMap<String, Arc<[String]>>> {
        let epoch = self.epoch(register);
        let mut found = HashMap::with_capacity(names.len());
        let mut missing: HashMap<String, Vec<String>> = HashMap::new();
        for name in names {
            match self.names.get(&(register, epoch, name.clone())) {
                Some(known) => drop(found.insert(name.clone(), known)),
                None => drop(missing.insert(name.clone(), Vec::new())),
            }
        }
        let wanted: Vec<String> = missing.keys().cloned().collect();
        for some in wanted.chunks(KEYS_A_STATEMENT) {
            let rows = naming::Entity::find()
                .select_only()
                .columns([naming::Column::Name, naming::Column::Code])
                .filter(naming::Column::Register.eq(register.name()))
                .filter(naming::Column::Name.is_in(some.iter().map(String::as_str)))
                .distinct()
                .order_by_asc(naming::Column::Code);
            for (name, code) in rows.into_tuple::<(String, String)>().all(&self.store.reader).await? {
                missing.entry(name).or_default().push(code);
            }
        }
        for (name, codes) in missing {
            let codes: Arc<[String]> = codes.into();
            self.names.insert((register, epoch, name.clone()), codes.clone());
            found.insert(name, codes);
        }
        Ok(found)
    }

    /// The codes of the records that had a name, in memory.
    pub fn name(&self, register: Register, name: &str) -> Option<Arc<[String]>> {
        self.names.get(&(register, self.epoch(register), name.to_owned()))
    }

    /// The codes of a register's records below each parent, in order, as far as the head knows them; the empty text
    /// stands for the whole register.
    pub async fn listed(
        &self,
        register: Register,
        parents: &[String],
    ) -> Result<HashMap<String, Arc<[String]>>> {
        let epoch = self.epoch(register);
        let mut found = HashMap::with_capacity(parents.len());
        let mut missing: HashMap<String, Vec<String>> = HashMap::new();
        for parent in parents {
            match self.lists.get(&(register, epoch, parent.clone())) {
                Some(known) => drop(found.insert(parent.clone(), known)),
                None => drop(missing.insert(parent.clone(), Vec::new())),
            }
        }
        let wanted: Vec<String> = missing.keys().filter(|parent| !parent.is_empty()).cloned().collect();
        for some in wanted.chunks(KEYS_A_STATEMENT) {
            for (code, parent) in self.codes(register, Some(some)).await? {
                missing.entry(parent.unwrap_or_default()).or_default().push(code);
            }
        }
        if let Some(all) = missing.get_mut("") {
            all.extend(self.codes(register, None).await?.into_iter().map(|(code, _)| code));
            all.dedup();
        }
        for (parent, codes) in missing {
            let codes: Arc<[String]> = codes.into();
            self.lists.insert((register, epoch, parent.clone()), codes.clone());
            found.insert(parent, codes);
        }
        Ok(found)
    }

    async fn codes(
        &self,
        register: Register,
        parents: Option<&[String]>,
    ) -> Result<Vec<(String, Option<String>)>> {
        let mut query = record::Entity::find()
            .select_only()
            .columns([record::Column::Code, record::Column::Parent])
            .filter(record::Column::Register.eq(register.name()));
        if let Some(parents) = parents {
            query = query.filter(record::Column::Parent.is_in(parents.iter().map(String::as_str)));
        }
        let query = query.distinct().order_by_asc(record::Column::Code);
        Ok(query.into_tuple().all(&self.store.reader).await?)
    }
}

impl Refs {
    fn add_version(&mut self, row: version::Model, published_at: Instant) -> Result<()> {
        let code: CatalogueCode =
            row.catalogue.parse().map_err(|error| Error::Inconsistent(format!("version: {error}")))?;
        let number = row.number.unsigned_abs();
        let revision = unsigned(row.revision);
        if !self.catalogues.contains_key(code.as_str()) {
            let codes = self.by_division.entry(code.division.to_string()).or_default();
            let place = codes.partition_point(|known| known.as_str() < code.as_str());
            codes.insert(place, code.to_string());
            let fresh =
                CatalogueRef { code: code.clone(), history: History::default(), versions: BTreeMap::new() };
            self.catalogues.insert(code.to_string(), Arc::new(fresh));
        }
        let version = VersionRef {
            digest: read::digest(&row.digest, "version")?,
            entries: read::digest(&row.entries, "version")?,
            size: row.size.unsigned_abs(),
            effective_from: row.effective_from,
            revision,
            published_at,
        };
        self.change(code.as_str(), |catalogue| {
            let published = Published { number, effective_from: row.effective_from, revision };
            catalogue.history.versions.push(published);
            catalogue.versions.insert(number, version);
        });
        Ok(())
    }

    fn change(&mut self, code: &str, change: impl FnOnce(&mut CatalogueRef)) {
        if let Some(catalogue) = self.catalogues.get_mut(code) {
            change(Arc::make_mut(catalogue));
        }
    }
}

impl Recorded {
    /// Whether the record was known at a revision.
    pub fn known_at(&self, revision: Revision) -> bool {
        self.loads.first().is_some_and(|(first, ..)| *first <= revision)
    }

    /// The state under a scope; `None` where the record was not known. `REDACTED` where it was erased.
    pub fn state<S: State>(&self, scope: Scope) -> Result<Option<S>> {
        let Some((_, object, bytes)) = self.loads.iter().rfind(|(revision, ..)| *revision <= scope.revision)
        else {
            return Ok(None);
        };
        let bytes = bytes.as_ref().ok_or(Error::Redacted(*object))?;
        Ok(Record::<S>::from_bytes(bytes)?.on(scope.effective_on).cloned())
    }
}

/// The codes that a division's own digits put above it: whoever asks for a place asks for its path next.
fn above(code: &str) -> impl Iterator<Item = String> {
    let nation = DivisionCode::nation().to_string();
    let digits = [2, 4, 6, 9].into_iter().filter_map(|digits| code.get(..digits));
    digits.map(|prefix| format!("{prefix:0<12}")).chain([nation])
}

type Split<T> = (HashMap<Digest, Arc<T>>, Vec<Digest>);

/// What a cache holds of the digests, and what it lacks.
fn split<T: Send + Sync + 'static>(
    cache: &Cache<BlobKey, Arc<T>>,
    epoch: Revision,
    digests: &[Digest],
) -> Split<T> {
    let mut found = HashMap::with_capacity(digests.len());
    let mut missing = Vec::new();
    for digest in digests {
        match cache.get(&(epoch, *digest)) {
            Some(value) => drop(found.insert(*digest, value)),
            None => missing.push(*digest),
        }
    }
    (found, missing)
}

fn tree(
    version: &version::Model,
    rows: &[entry::Model],
    objects: &HashMap<Digest, Option<Vec<u8>>>,
) -> Result<Tree> {
    let mut entries: Vec<Option<(Digest, Entry)>> = vec![None; version.size.unsigned_abs() as usize];
    let mut places = HashMap::with_capacity(rows.len());
    for row in rows {
        let leaf = read::digest(&row.leaf, "entry")?;
        let bytes = objects.get(&leaf).ok_or_else(|| projection::missing(leaf))?;
        let place = row.position.unsigned_abs() as usize;
        if let (Some(bytes), Some(slot)) = (bytes, entries.get_mut(place)) {
            *slot = Some((leaf, Entry::from_object(bytes)?));
            places.insert(row.item.clone(), place);
        }
    }
    Ok(Tree { entries, places })
}
