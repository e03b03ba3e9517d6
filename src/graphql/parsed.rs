//! Documents kept parsed (已解析的文档): a question that was answered once is neither parsed nor measured again, whatever
//! its variables are. What depends on these is looked at each time, and the library validates each time.

use std::sync::Arc;

use async_graphql::{
    Positioned,
    parser::types::{ExecutableDocument, Selection},
};

use super::{
    cursors::Cursors,
    limits::Costs,
    walk::{Grown, PICK, Trunk, Walks},
};
use crate::cache::{self, Cache};

/// What one node of a parsed document takes in memory, at most about: selections are the largest. Each begins with a
/// token of its own, and may be planned for a walk.
const NODE: usize = size_of::<Positioned<Selection>>() + PICK;

/// A document that passed all checks that depend on it alone, with all its operations.
#[derive(Debug)]
pub(super) struct Known {
    /// What it says.
    pub document: ExecutableDocument,
    /// How many tokens it has.
    pub tokens: u64,
    /// What it asks of cursors.
    pub cursors: Cursors,
    /// What it costs.
    pub costs: Costs,
    grown: Grown,
}

impl Known {
    pub fn new(document: ExecutableDocument, tokens: u64) -> Self {
        let (cursors, costs, grown) = (Cursors::of(&document), Costs::new(&document), Grown::new(&document));
        Self { document, tokens, cursors, costs, grown }
    }

    /// What the library has to execute of it, once it was answered.
    pub fn trunk(&self) -> Option<Arc<Trunk>> {
        self.grown.get()
    }

    /// Takes up what was walked of it.
    pub fn grow(&self, walks: &Walks) {
        self.grown.add(&self.document, walks);
    }
}

/// The documents that are kept, of which those asked least make room for others.
#[derive(Clone, Debug)]
pub(super) struct Parsed(Cache<Arc<str>, Arc<Known>>);

impl Parsed {
    /// So many bytes of them at most.
    pub fn new(bytes: u64) -> Self {
        let weight = |text: &Arc<str>, known: &Arc<Known>| {
            let tokens = usize::try_from(known.tokens).unwrap_or(usize::MAX);
            u32::try_from(text.len().saturating_add(tokens.saturating_mul(NODE))).unwrap_or(u32::MAX)
        };
        Self(cache::weighed(bytes, weight))
    }

    /// The document of a text.
    pub fn get(&self, text: &str) -> Option<Arc<Known>> {
        self.0.get(text)
    }

    /// Keeps a document.
    pub fn keep(&self, text: Arc<str>, known: Arc<Known>) {
        self.0.insert(text, known);
    }

    /// How many are kept.
    pub fn count(&self) -> u64 {
        // What was put in last is counted, and what is too much put out, when there is time for it.
        self.0.run_pending_tasks();
        self.0.entry_count()
    }
}
