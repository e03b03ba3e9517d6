//! What printed words mean in a place: kept, because to find out takes a look at every name of the place and of all
//! above it. It follows from registers alone, so what is kept is never wrong: its key has their last load.

use std::sync::Arc;

use chrono::NaiveDate;

use super::Reader;
use crate::catalogue::{
    reference::Register,
    scope::{Revision, Scope},
};

/// Words that mean a record of a register, in a place, under a scope.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Meaning {
    register: Register,
    /// The last load of the registers that it follows from, or the last redaction.
    epoch: Revision,
    /// As far as the registers were known.
    revision: Revision,
    effective_on: NaiveDate,
    place: Box<str>,
    words: Box<str>,
}

/// The code of what words mean; `None`: of nothing for sure.
pub(super) type Code = Option<Arc<str>>;

impl Reader {
    /// Words for a record of a register. What tells them apart beside the words is the place, or what else is printed.
    pub fn meaning(&self, register: Register, scope: Scope, place: &str, words: &str) -> Meaning {
        let registers = [register, Register::Alias, Register::Division].map(|register| self.epoch(register));
        let epoch = registers.into_iter().max().unwrap_or_default();
        // What was recorded since their last load changes nothing.
        let (revision, effective_on) = (scope.revision.min(epoch), scope.effective_on);
        Meaning { register, epoch, revision, effective_on, place: place.into(), words: words.into() }
    }

    /// What they mean, where that is in memory.
    pub fn kept_meaning(&self, meaning: &Meaning) -> Option<Option<Arc<str>>> {
        self.shared.meanings.get(meaning)
    }

    /// Keeps what they mean: the code of a record.
    pub fn keep_meaning(&self, meaning: Meaning, code: Option<&str>) {
        self.shared.meanings.insert(meaning, code.map(Arc::from));
    }
}
