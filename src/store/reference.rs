//! Loading registers: idempotent, one event a load, whatever its size.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{Store, entity::record, log::Writing};
use crate::{
    catalogue::{
        check::{Finding, KnownReferences, Severity, check_reference},
        division::Level,
        event::{EventBody, Reference},
        format::{Chunk, ChunkRef, Chunks, Format},
        merkle::{self, Frontier},
        reference::{AnyRecord, Register},
        scope::Revision,
    },
    error::{Error, Result},
};

/// Codes that one statement asks for.
const CODES_A_STATEMENT: usize = 1000;

/// What a load did.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Loaded {
    /// Which register.
    pub register: Register,
    /// How many records the files hold.
    pub records: usize,
    /// How many of them are new or say something else than before.
    pub changed: usize,
    /// The revision of the event; absent where nothing changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
}

impl Store {
    /// Loads registers in the order of [`Register::ALL`], all or none. Where a rule refuses a record nothing
    /// changes and the first value is empty; a finding's row is the record's index in its register.
    pub async fn load_reference(
        &self,
        registers: BTreeMap<Register, Vec<AnyRecord>>,
        progress: impl FnMut(usize),
    ) -> Result<(Vec<Loaded>, Vec<(Register, Finding)>)> {
        self.load_or_forget(registers, true, progress).await
    }

    /// What loading registers would do; nothing changes, and no load has a revision.
    pub async fn try_reference(
        &self,
        registers: BTreeMap<Register, Vec<AnyRecord>>,
    ) -> Result<(Vec<Loaded>, Vec<(Register, Finding)>)> {
        self.load_or_forget(registers, false, |_| {}).await
    }

    async fn load_or_forget(
        &self,
        registers: BTreeMap<Register, Vec<AnyRecord>>,
        keep: bool,
        mut progress: impl FnMut(usize),
    ) -> Result<(Vec<Loaded>, Vec<(Register, Finding)>)> {
        self.write(async |writing| {
            let (mut loaded, mut findings) = (Vec::new(), Vec::new());
            let refused = |findings: &[(Register, Finding)]| {
                findings.iter().any(|(_, finding)| finding.severity() == Severity::Error)
            };
            for (register, mut records) in registers {
                let known = known(writing, &records).await?;
                let found = check_reference(&records, &known);
                findings.extend(found.into_iter().map(|finding| (register, finding)));
                if !refused(&findings) {
                    records.sort_by(|a, b| a.code().cmp(b.code()));
                    loaded.push(writing.load(register, &records, &mut progress).await?);
                }
            }
            if refused(&findings) {
                writing.undo();
                loaded.clear();
            } else if !keep {
                writing.undo();
                loaded.iter_mut().for_each(|load| load.revision = None);
            }
            Ok((loaded, findings))
        })
        .await
    }
}

impl Writing {
    /// Records come by code, so that the same data has the same root whatever the order of its files.
    async fn load(
        &mut self,
        register: Register,
        records: &[AnyRecord],
        progress: &mut impl FnMut(usize),
    ) -> Result<Loaded> {
        let mut chunks = Vec::new();
        let mut pending = BTreeMap::new();
        let mut tree = Frontier::default();
        let mut objects = BTreeMap::new();
        for some in records.chunks(CODES_A_STATEMENT) {
            let last = self.last_bytes(register, some).await?;
            for record in some {
                let bytes = record.to_bytes()?;
                if last.get(record.code()).is_some_and(|last| *last == bytes) {
                    continue;
                }
                tree.push(merkle::leaf_hash(&bytes));
                pending.insert(record.code().to_owned(), bytes);
                if pending.len() == register.records_per_object() {
                    chunks.push(chunk(std::mem::take(&mut pending), &mut objects)?);
                }
            }
            self.put(&std::mem::take(&mut objects)).await?;
            progress(some.len());
        }
        if !pending.is_empty() {
            chunks.push(chunk(pending, &mut objects)?);
        }
        let changed = usize::try_from(tree.size()).unwrap_or(usize::MAX);
        if chunks.is_empty() {
            return Ok(Loaded { register, records: records.len(), changed, revision: None });
        }
        let index = Chunks { chunks }.to_object()?;
        objects.insert(index.digest, index.bytes);
        self.put(&objects).await?;
        let event = Reference { register, count: tree.size(), root: tree.root(), records: index.digest };
        let revision = self.append(EventBody::Reference(event)).await?;
        Ok(Loaded { register, records: records.len(), changed, revision: Some(revision) })
    }

    /// What each record said last; redacted ones are left out, so that loading them again records them anew.
    async fn last_bytes(
        &self,
        register: Register,
        records: &[AnyRecord],
    ) -> Result<HashMap<String, Vec<u8>>> {
        let rows = record::Entity::find()
            .filter(record::Column::Register.eq(register.name()))
            .filter(record::Column::Code.is_in(records.iter().map(AnyRecord::code)))
            .order_by_asc(record::Column::Revision)
            .all(&self.transaction)
            .await?;
        let last: HashMap<String, Option<Vec<u8>>> =
            rows.into_iter().map(|row| (row.code, row.bytes)).collect();
        Ok(last.into_iter().filter_map(|(code, bytes)| Some((code, bytes?))).collect())
    }
}

fn chunk(
    records: BTreeMap<String, Vec<u8>>,
    objects: &mut BTreeMap<crate::catalogue::digest::Digest, Vec<u8>>,
) -> Result<ChunkRef> {
    let values: std::result::Result<_, _> =
        records.values().map(|bytes| serde_json::from_slice(bytes)).collect();
    let chunk = Chunk { records: values.map_err(Error::internal)? }.to_object()?;
    objects.insert(chunk.digest, chunk.bytes);
    Ok(ChunkRef { object: chunk.digest, codes: records.into_keys().collect() })
}

/// Which of the records that a load refers to, and does not hold itself, are registered.
async fn known(writing: &Writing, records: &[AnyRecord]) -> Result<KnownReferences> {
    // Registers may have one code for different things, as a place and what it declares.
    let own: HashSet<(Register, &str)> =
        records.iter().map(|record| (record.register(), record.code())).collect();
    let mut wanted: BTreeMap<Register, HashSet<String>> = BTreeMap::new();
    for (register, code) in records.iter().flat_map(AnyRecord::references) {
        if !own.contains(&(register, code.as_str())) {
            wanted.entry(register).or_default().insert(code);
        }
    }
    let mut known = KnownReferences::default();
    for (register, codes) in wanted {
        let codes: Vec<String> = codes.into_iter().collect();
        for some in codes.chunks(CODES_A_STATEMENT) {
            let rows = record::Entity::find()
                .filter(record::Column::Register.eq(register.name()))
                .filter(record::Column::Code.is_in(some.iter().map(String::as_str)))
                .order_by_asc(record::Column::Revision)
                .all(&writing.transaction)
                .await?;
            for row in rows {
                if let Some(level) = row.bytes.as_ref().and_then(|bytes| level(register, bytes)) {
                    known.levels.insert(row.code.clone(), level);
                }
                known.codes.insert((register, row.code));
            }
        }
    }
    Ok(known)
}

fn level(register: Register, bytes: &[u8]) -> Option<Level> {
    match register.read(bytes).ok()? {
        AnyRecord::Division(division) => division.states.last().map(|state| state.level),
        _ => None,
    }
}
