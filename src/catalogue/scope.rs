//! Scope: the two times under which everything is read. Pure functions over what the log recorded.
//!
//! Recorded (its revision) and in force (`effectiveFrom`) are kept apart:
//!
//! ```text
//! R = revision, or the last event with at <= knownAt, or the head        D = effectiveOn, or today in Asia/Shanghai
//! known(c)   = versions of catalogue c whose PUBLISHED event is at a revision <= R
//! void(v)    = some WITHDRAWN(v, from) at a revision <= R has from <= D;  closed(c) = likewise CLOSED(c, from)
//! inForce(c) = none if closed(c), else of known(c) with effectiveFrom <= D and not void: the greatest (effectiveFrom, number)
//! state(r)   = reference record r as last recorded at a revision <= R: its last state with validFrom <= D, else its first
//! ```

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};

/// A position in the log: the number of events up to there, which is also the size of its tree.
pub type Revision = u64;

/// The resolved (R, D) of a read; a value handed from parent to child, never ambient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    /// R: what was recorded.
    pub revision: Revision,
    /// D: the day asked about, in Asia/Shanghai.
    pub effective_on: NaiveDate,
}

/// What a reader says about the scope. What is left out is now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScopeRequest {
    /// D.
    pub effective_on: Option<NaiveDate>,
    /// R, by its number.
    pub revision: Option<Revision>,
    /// R, by an instant; with `revision` together an error.
    pub known_at: Option<DateTime<Utc>>,
}

/// A published version as scope resolution sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// The version's number.
    pub number: u32,
    /// The day from which it is in force.
    pub effective_from: NaiveDate,
    /// The revision of its PUBLISHED event.
    pub revision: Revision,
}

/// A WITHDRAWN event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// The version that is void.
    pub number: u32,
    /// The day from which it is void.
    pub from: NaiveDate,
    /// The revision of the event.
    pub revision: Revision,
}

/// A CLOSED event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The day from which the catalogue has nothing in force.
    pub from: NaiveDate,
    /// The revision of the event.
    pub revision: Revision,
}

/// All that the log says about which version of one catalogue is in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Its versions.
    pub versions: Vec<Published>,
    /// Which were withdrawn.
    pub withdrawn: Vec<Withdrawn>,
    /// When it was closed.
    pub closed: Vec<Closed>,
}

/// 版本状态, computed under the scope, never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionState {
    /// Of a day to come.
    Scheduled,
    /// In force.
    InForce,
    /// Another is in force in its place, or none since the catalogue was closed.
    Superseded,
    /// Void.
    Withdrawn,
}

impl VersionState {
    /// The Chinese term.
    pub fn label(self) -> &'static str {
        match self {
            Self::Scheduled => "待施行",
            Self::InForce => "现行有效",
            Self::Superseded => "已被替代",
            Self::Withdrawn => "已撤回",
        }
    }
}

impl History {
    /// The versions known under the scope.
    pub fn known(&self, scope: Scope) -> impl Iterator<Item = &Published> {
        self.versions.iter().filter(move |version| version.revision <= scope.revision)
    }

    /// Whether version `number` is void under the scope.
    pub fn is_void(&self, number: u32, scope: Scope) -> bool {
        self.withdrawn
            .iter()
            .any(|w| w.number == number && w.revision <= scope.revision && w.from <= scope.effective_on)
    }

    /// Whether the catalogue is closed under the scope.
    pub fn is_closed(&self, scope: Scope) -> bool {
        self.closed.iter().any(|c| c.revision <= scope.revision && c.from <= scope.effective_on)
    }

    /// The number of the version in force under the scope; `None` where none is.
    pub fn in_force(&self, scope: Scope) -> Option<u32> {
        if self.is_closed(scope) {
            return None;
        }
        self.known(scope)
            .filter(|v| v.effective_from <= scope.effective_on && !self.is_void(v.number, scope))
            .max_by_key(|v| (v.effective_from, v.number))
            .map(|v| v.number)
    }

    /// The runs of days on which version `number` is in force, as the log says up to a revision (施行期间): the first
    /// day and the last, none where no end is known. A version that was never in force has none; one that came back when
    /// a later one was withdrawn has several.
    pub fn periods(&self, number: u32, revision: Revision) -> Vec<(NaiveDate, Option<NaiveDate>)> {
        let versions = self.versions.iter().map(|version| (version.revision, version.effective_from));
        let withdrawn = self.withdrawn.iter().map(|withdrawn| (withdrawn.revision, withdrawn.from));
        let closed = self.closed.iter().map(|closed| (closed.revision, closed.from));
        let changes = versions.chain(withdrawn).chain(closed).filter(|(known, _)| *known <= revision);
        let days: BTreeSet<NaiveDate> = changes.map(|(_, day)| day).collect();
        let mut periods: Vec<(NaiveDate, Option<NaiveDate>)> = Vec::new();
        for effective_on in days {
            let is_in_force = self.in_force(Scope { revision, effective_on }) == Some(number);
            match periods.last_mut() {
                Some((_, None)) if is_in_force => {}
                Some((_, last)) if last.is_none() => *last = effective_on.pred_opt(),
                _ if is_in_force => periods.push((effective_on, None)),
                _ => {}
            }
        }
        periods
    }

    /// The state of version `number` under the scope; `None` where it is not known.
    pub fn state(&self, number: u32, scope: Scope) -> Option<VersionState> {
        let version = self.known(scope).find(|v| v.number == number)?;
        Some(if self.is_void(number, scope) {
            VersionState::Withdrawn
        } else if version.effective_from > scope.effective_on {
            VersionState::Scheduled
        } else if self.in_force(scope) == Some(number) {
            VersionState::InForce
        } else {
            VersionState::Superseded
        })
    }
}

/// The state of a reference record that holds on day `on`: its last with `validFrom <= on`, else its first.
pub fn state_on<S>(states: &[S], on: NaiveDate, valid_from: impl Fn(&S) -> Option<NaiveDate>) -> Option<&S> {
    states.iter().rfind(|state| valid_from(state).is_none_or(|from| from <= on)).or(states.first())
}
