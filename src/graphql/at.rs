//! The view: the resolved scope under which a part of a query is read, handed from parent to child.

use chrono::{DateTime, NaiveDate, Utc};

use super::error::{Failure, Result};
use crate::{
    catalogue::scope::{Revision, Scope, ScopeRequest},
    store::Reader,
};

/// The head of the log and today, as they were when the request came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    pub revision: Revision,
    pub today: NaiveDate,
}

/// A scope, and whether somebody asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// R and D.
    pub scope: Scope,
    /// Whether `at` said so: then a cursor of another scope is refused.
    pub asked: bool,
    /// Whether it will answer the same for ever: R and D are given, or the past.
    pub pinned: bool,
}

impl View {
    /// What is in force today, as far as the log goes.
    pub(super) fn now(now: Now) -> Self {
        let scope = Scope { revision: now.revision, effective_on: now.today };
        Self { scope, asked: false, pinned: false }
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
        let asked = reader.store().scope(request).await?;
        let known = known_at.is_some() || revision.is_some();
        if asked.revision > reader.refs().revision {
            reader.refresh().await?;
        }
        let scope = Scope {
            revision: if known { asked.revision } else { self.scope.revision },
            effective_on: effective_on.unwrap_or(self.scope.effective_on),
        };
        let past = known_at.is_none_or(|at| at < reader.store().clock().now().utc());
        let pinned_revision = if known { past } else { self.pinned };
        Ok(Self { scope, asked: true, pinned: pinned_revision && (effective_on.is_some() || self.pinned) })
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
