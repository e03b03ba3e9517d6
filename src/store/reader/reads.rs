//! What an answer was read from (读取依据): noted by the reader while a request reads, and asked later whether all of it
//! still stands as it stood then.
//!
//! Objects never change, so reading one is not noted. What can change is what the refs say: which versions a catalogue
//! has, also that there is no such catalogue yet, and the last load of a register. What cannot be told so narrowly
//! depends on every catalogue or on the whole log.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use chrono::NaiveDate;

use super::refs::Refs;
use crate::catalogue::{
    reference::Register,
    scope::{Revision, Scope},
};

/// So many catalogues and divisions one by one; beyond them, all.
const MOST: usize = 256;

/// What was read in part of the refs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// The catalogue of a code, or that there is none.
    Catalogue(Box<str>),
    /// All catalogues of a division, and that there are no others.
    Division(Box<str>),
}

impl Part {
    fn code(&self) -> &str {
        match self {
            Self::Catalogue(code) | Self::Division(code) => code,
        }
    }
}

/// What was read, one bit each; registers have theirs above these.
const PLACES: u32 = 1;
const CATALOGUES: u32 = 1 << 1;
const LOG: u32 = 1 << 2;
const BEYOND: u32 = 1 << 3;
const PASSING: u32 = 1 << 4;
const HEAD: u32 = 1 << 5;
const TODAY: u32 = 1 << 6;
const PINNED: u32 = 1 << 7;
const REGISTERS: u32 = 8;

fn bit(register: Register) -> u32 {
    1 << (REGISTERS + register as u32)
}

/// What a request has read so far. Loaders note from tasks of their own.
#[derive(Debug, Default)]
pub struct Reads {
    bits: AtomicU32,
    parts: Mutex<BTreeSet<Part>>,
}

impl Reads {
    fn note(&self, bits: u32) {
        // Mostly it was noted before, and looking does not take the line from others.
        if self.bits.load(Ordering::Relaxed) & bits != bits {
            self.bits.fetch_or(bits, Ordering::Relaxed);
        }
    }

    fn has(&self, bits: u32) -> bool {
        self.bits.load(Ordering::Relaxed) & bits != 0
    }

    fn part(&self, part: impl FnOnce() -> Part) {
        if self.has(CATALOGUES | LOG) {
            return;
        }
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.insert(part());
        if parts.len() > MOST {
            parts.clear();
            self.note(CATALOGUES);
        }
    }

    pub(super) fn catalogue(&self, code: &str) {
        self.part(|| Part::Catalogue(code.into()));
    }

    pub(super) fn division(&self, code: &str) {
        self.part(|| Part::Division(code.into()));
    }

    /// Which divisions have catalogues.
    pub(super) fn places(&self) {
        self.note(PLACES);
    }

    /// Anything about any catalogue.
    pub(super) fn catalogues(&self) {
        self.note(CATALOGUES);
    }

    pub(super) fn register(&self, register: Register) {
        self.note(bit(register));
    }

    /// The log up to the revision of the scope.
    pub fn log(&self) {
        self.note(LOG);
    }

    /// The log as far as it goes, whatever the scope.
    pub(super) fn beyond(&self) {
        self.note(BEYOND);
    }

    /// Something that changes with time alone, so that nothing may be kept.
    pub fn passing(&self) {
        self.note(PASSING);
    }

    /// A part of the answer is under a scope of which revision and day are given, or as they are now.
    pub fn scope(&self, revision_given: bool, day_given: bool) {
        let bits = if revision_given && day_given { PINNED } else { 0 };
        let bits = if revision_given { bits } else { bits | HEAD };
        self.note(if day_given { bits } else { bits | TODAY });
    }

    /// All of it, for an answer under this head and day; `None` where it changes with time alone.
    pub fn basis(&self, now: Scope) -> Option<Basis> {
        let bits = self.bits.load(Ordering::Relaxed);
        if bits & PASSING != 0 {
            return None;
        }
        let parts = std::mem::take(&mut *self.parts.lock().unwrap_or_else(PoisonError::into_inner));
        // Of a revision that is given nothing more can be said.
        let bits = if bits & HEAD == 0 { bits & (BEYOND | TODAY | PINNED) } else { bits };
        let needed = bits & HEAD != 0 && bits & (LOG | BEYOND | CATALOGUES) == 0;
        let known = |part: &Part| match part {
            Part::Catalogue(code) => !code.get(..12).is_some_and(|division| {
                let division = Part::Division(division.into());
                parts.contains(&division)
            }),
            Part::Division(_) => true,
        };
        let parts = parts.iter().filter(|part| needed && known(part)).cloned().collect();
        Some(Basis { revision: now.revision, day: now.effective_on, bits, parts })
    }
}

/// What an answer was read from, and when.
#[derive(Clone, Debug)]
pub struct Basis {
    revision: Revision,
    day: NaiveDate,
    bits: u32,
    parts: Box<[Part]>,
}

impl Basis {
    /// Whether an answer would still read the same: nothing that it read was changed since, and nothing was erased.
    pub fn holds(&self, refs: &Refs, today: NaiveDate) -> bool {
        let since = |changed: Revision| changed <= self.revision;
        let same_day = self.bits & TODAY == 0 || self.day == today;
        // Those who looked earlier than the answer was given find nothing that came later.
        same_day && (refs.revision <= self.revision || (since(refs.redacted) && self.stands(refs, since)))
    }

    fn stands(&self, refs: &Refs, since: impl Fn(Revision) -> bool + Copy) -> bool {
        let has = |bit: u32| self.bits & bit != 0;
        if has(LOG | BEYOND) {
            return false;
        }
        let registers = Register::ALL.into_iter().filter(|register| has(bit(*register)));
        (!has(PLACES) || since(refs.placed))
            && (!has(CATALOGUES) || since(refs.moved))
            && registers.map(|register| refs.epoch(register)).all(since)
            && self.parts.iter().all(|part| match part {
                Part::Catalogue(code) => since(refs.changed(code)),
                Part::Division(code) => since(refs.changed_in(code)),
            })
    }

    /// Whether it will be the same for ever, redaction apart: the scope of all of it is pinned.
    pub fn is_pinned(&self) -> bool {
        self.bits & PINNED != 0 && self.bits & (HEAD | TODAY | BEYOND) == 0
    }

    /// Whether a part of it is as the head of the log has it.
    pub fn follows_head(&self) -> bool {
        self.bits & HEAD != 0
    }

    /// The same basis at a later head, under which it stands.
    #[must_use]
    pub fn at(&self, revision: Revision) -> Self {
        Self { revision, ..self.clone() }
    }

    /// Whether it is about today.
    pub fn is_of_today(&self) -> bool {
        self.bits & TODAY != 0
    }

    /// The head of the log under which it was read.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// What it takes in memory, about.
    pub fn size(&self) -> usize {
        let parts = self.parts.iter().map(|part| size_of::<Part>() + part.code().len());
        size_of::<Self>() + parts.sum::<usize>()
    }
}
