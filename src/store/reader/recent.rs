//! What changed lately: the last event about each catalogue and each division that the log has grown by, of the last few
//! thousand. Whatever is not among them is taken to have changed when the last was forgotten.

use std::{collections::HashMap, sync::Arc};

use crate::catalogue::scope::Revision;

/// How many changes are noted before those that came before them are forgotten.
const MOST: usize = 4_096;

type Changes = HashMap<Arc<str>, Revision>;

/// The last event about a code each.
#[derive(Clone, Debug, Default)]
pub(super) struct Recent {
    /// Nothing is known of events up to here.
    floor: Revision,
    older: Arc<Changes>,
    newer: Changes,
}

impl Recent {
    /// Nothing yet, as of a revision.
    pub(super) fn since(floor: Revision) -> Self {
        Self { floor, ..Self::default() }
    }

    /// Notes an event, which comes after all that were noted.
    pub(super) fn note(&mut self, code: &str, revision: Revision) {
        self.newer.insert(code.into(), revision);
        if self.newer.len() >= MOST {
            self.floor = self.older.values().copied().max().unwrap_or_default().max(self.floor);
            self.older = Arc::new(std::mem::take(&mut self.newer));
        }
    }

    /// The revision after which nothing about a code has changed.
    pub(super) fn changed(&self, code: &str) -> Revision {
        let known = self.newer.get(code).or_else(|| self.older.get(code));
        known.copied().unwrap_or(self.floor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_forgotten_counts_as_changed_when_it_was() {
        let mut recent = Recent::since(10);
        assert_eq!(recent.changed("a"), 10);
        recent.note("a", 11);
        recent.note("b", 12);
        assert_eq!(["a", "b", "c"].map(|code| recent.changed(code)), [11, 12, 10]);
        let most = MOST as Revision;
        (0..most).for_each(|number| recent.note(&format!("x{number}"), 20 + number));
        assert_eq!(["a", "b", "c"].map(|code| recent.changed(code)), [11, 12, 10]);
        (0..most).for_each(|number| recent.note(&format!("y{number}"), 20 + most + number));
        let forgotten = recent.changed("c");
        assert!(forgotten > 12 && forgotten < 20 + most, "{forgotten}");
        assert_eq!(["a", "b"].map(|code| recent.changed(code)), [forgotten; 2]);
        assert_eq!(recent.changed("x4095"), 20 + 4_095);
        assert_eq!(recent.changed("y0"), 20 + most);
    }
}
