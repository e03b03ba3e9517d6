//! The view: the resolved scope under which a part of a query is read, handed from parent to child.

use async_graphql::Context;
use chrono::{DateTime, NaiveDate, Utc};

use super::error::{Failure, Result};
use crate::{
    catalogue::scope::{Revision, Scope, ScopeRequest},
    store::{Reader, Reads},
};

/// The head of the log and today, as they were when the request came.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// The head, as far as the reader has followed the log.
    pub revision: Revision,
    /// The day in Asia/Shanghai.
    pub today: NaiveDate,
}

impl Now {
    /// The scope of whoever asks for no other.
    pub fn scope(self) -> Scope {
        Scope { revision: self.revision, effective_on: self.today }
    }

    /// As they are.
    pub fn of(reader: &Reader) -> Self {
        Self { revision: reader.revision(), today: reader.clock().today() }
    }
}

/// A scope, and whether somebody asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// R and D.
    pub scope: Scope,
    /// Whether `at` said so: then a cursor of another scope is refused.
    pub asked: bool,
    /// Whether R is settled: a revision, or an instant that has passed.
    pub revision_given: bool,
    /// Whether D is given.
    pub day_given: bool,
}

impl View {
    /// What is in force today, as far as the log goes.
    pub(super) fn now(now: Now) -> Self {
        Self { scope: now.scope(), asked: false, revision_given: false, day_given: false }
    }

    /// The same view, noted as one that a part of the answer is under. A revision that this server has not seen yet, as
    /// in an id of another one's, settles nothing here.
    pub(super) fn noted(self, ctx: &Context<'_>) -> Self {
        let known = self.scope.revision <= ctx.data_unchecked::<Now>().revision;
        let reader = ctx.data_unchecked::<Reader>();
        reader.note(|reads| reads.scope(self.revision_given && known, self.day_given));
        self
    }

    /// Whether it will answer the same for ever.
    pub fn is_pinned(self) -> bool {
        self.revision_given && self.day_given
    }

    /// The view that `at` opens inside this one: what it leaves out stays as it is.
    pub(super) async fn at(
        self,
        reader: &Reader,
        effective_on: Option<NaiveDate>,
        known_at: Option<DateTime<Utc>>,
        revision: Option<Revision>,
    ) -> Result<Self> {
        let request = ScopeRequest { effective_on, known_at, revision };
        let asked = reader.scope(request).await?;
        let known = known_at.is_some() || revision.is_some();
        if asked.revision > reader.revision() {
            reader.refresh().await?;
        }
        let scope = Scope {
            revision: if known { asked.revision } else { self.scope.revision },
            effective_on: effective_on.unwrap_or(self.scope.effective_on),
        };
        let past = known_at.is_none_or(|at| at < reader.clock().now().utc());
        if !past {
            reader.note(Reads::passing);
        }
        Ok(Self {
            scope,
            asked: true,
            revision_given: if known { past } else { self.revision_given },
            day_given: effective_on.is_some() || self.day_given,
        })
    }

    /// The view in which a cursor goes on: the cursor's own, unless `at` asked for another.
    pub(super) fn resume(self, scope: Scope) -> Result<Self> {
        if scope == self.scope {
            Ok(self)
        } else if self.asked {
            Err(Failure::bad_cursor("the cursor belongs to another scope than `at` asks for"))
        } else {
            Ok(Self { scope, ..self })
        }
    }
}
