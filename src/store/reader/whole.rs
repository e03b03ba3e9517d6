//! Registers in memory whole: those that are small. What is looked up there takes no statement, not even to learn that it
//! is not there. Larger ones, like the places of the whole nation, are kept record by record.

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwapOption;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    Reader,
    records::{Load, Recorded},
};
use crate::{
    cache::Map,
    catalogue::{reference::Register, scope::Revision},
    error::Result,
    store::entity::{naming, record},
};

/// How many rows of records a register may have to be held whole: some 10 MB of places, and read within 0.1 s.
const SMALL: u64 = 20_000;

/// A register as one epoch has it; `None` where it is too large.
#[derive(Debug)]
pub(super) struct Kept {
    epoch: Revision,
    whole: Option<Whole>,
}

/// All of a register.
#[derive(Debug)]
pub(super) struct Whole {
    records: Map<String, Arc<Recorded>>,
    names: Map<String, Arc<[String]>>,
    lists: Map<String, Arc<[String]>>,
    /// What is not there.
    never: (Arc<Recorded>, Arc<[String]>),
}

impl Whole {
    /// What a record said; nothing where it was never recorded.
    pub(super) fn record(&self, code: &str) -> &Arc<Recorded> {
        self.records.get(code).unwrap_or(&self.never.0)
    }

    /// The codes of the records that had a name.
    pub(super) fn name(&self, name: &str) -> &Arc<[String]> {
        self.names.get(name).unwrap_or(&self.never.1)
    }

    /// The codes below a parent; the empty text stands for the whole register.
    pub(super) fn list(&self, parent: &str) -> &Arc<[String]> {
        self.lists.get(parent).unwrap_or(&self.never.1)
    }
}

/// What is known of each register.
pub(super) type Wholes = [ArcSwapOption<Kept>; Register::ALL.len()];

impl Reader {
    /// Reads into memory the registers that are small and are not there as they now are. Nothing depends on it but speed.
    pub async fn warm(&self) -> Result<()> {
        for register in Register::ALL {
            let epoch = self.shared.refs.load().epoch(register);
            let place = &self.shared.wholes[register as usize];
            if place.load().as_ref().is_none_or(|kept| kept.epoch != epoch) {
                let whole = self.read_whole(register).await?;
                place.store(Some(Arc::new(Kept { epoch, whole })));
            }
        }
        Ok(())
    }

    /// Looks something up in a register that is in memory as it is at an epoch.
    pub(super) fn in_whole<T>(
        &self,
        register: Register,
        epoch: Revision,
        look: impl FnOnce(&Whole) -> T,
    ) -> Option<T> {
        let kept = self.shared.wholes[register as usize].load();
        let kept = kept.as_ref().filter(|kept| kept.epoch == epoch)?;
        kept.whole.as_ref().map(look)
    }

    async fn read_whole(&self, register: Register) -> Result<Option<Whole>> {
        let connection = &self.shared.store.reader;
        let rows = record::Entity::find().filter(record::Column::Register.eq(register.name()));
        let codes = rows.clone().select_only().column(record::Column::Code);
        if codes.limit(SMALL + 1).count(connection).await? > SMALL {
            return Ok(None);
        }
        let mut records: HashMap<String, Recorded> = HashMap::new();
        let mut lists: HashMap<String, Vec<String>> = HashMap::new();
        let rows = rows.order_by_asc(record::Column::Code).order_by_asc(record::Column::Revision);
        for row in rows.all(connection).await? {
            for parent in row.parent.iter().map(String::as_str).chain([""]) {
                let list = lists.entry(parent.to_owned()).or_default();
                if list.last() != Some(&row.code) {
                    list.push(row.code.clone());
                }
            }
            records.entry(row.code.clone()).or_default().loads.push(Load::new(row)?);
        }
        let mut names: HashMap<String, Vec<String>> = HashMap::new();
        let rows = naming::Entity::find()
            .select_only()
            .columns([naming::Column::Name, naming::Column::Code])
            .filter(naming::Column::Register.eq(register.name()))
            .distinct()
            .order_by_asc(naming::Column::Code);
        for (name, code) in rows.into_tuple::<(String, String)>().all(connection).await? {
            names.entry(name).or_default().push(code);
        }
        let shared = |lists: HashMap<String, Vec<String>>| {
            lists.into_iter().map(|(key, codes)| (key, codes.into())).collect()
        };
        Ok(Some(Whole {
            records: records.into_iter().map(|(code, recorded)| (code, Arc::new(recorded))).collect(),
            names: shared(names),
            lists: shared(lists),
            never: (Arc::default(), Arc::default()),
        }))
    }
}
