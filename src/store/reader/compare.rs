//! Comparing two trees: digests say what differs, and only the contents of items that have no counterpart by code or
//! origin are read, for their names.

use std::collections::HashMap;

use super::{Leaf, Reader, Tree};
use crate::{
    catalogue::{
        diff::{self, Difference, Line, Pairs},
        digest::Digest,
        text::Text,
    },
    error::Result,
};

/// The entries of a tree that are still there, with their places in it.
struct Side<'a> {
    leaves: Vec<(usize, &'a Leaf)>,
    lines: Vec<Line>,
}

impl<'a> Side<'a> {
    fn new(tree: &'a Tree) -> Self {
        let leaves: Vec<(usize, &Leaf)> = tree.leaves().collect();
        let lines = leaves.iter().map(|(_, leaf)| Line::of(&leaf.entry)).collect();
        Self { leaves, lines }
    }

    fn content(&self, position: usize) -> Digest {
        self.lines[position].parts.content
    }

    fn place(&self, position: usize) -> Option<usize> {
        self.leaves.get(position).map(|(place, _)| *place)
    }
}

impl Reader {
    /// What differs between two trees; positions are places in them. Items of one catalogue are the same by their
    /// codes; those of two by their origin, else by just the same names.
    pub async fn compare(&self, base: &Tree, head: &Tree, one_catalogue: bool) -> Result<Difference> {
        let (base, head) = (Side::new(base), Side::new(head));
        let pairs = if one_catalogue {
            diff::by_code(&base.lines, &head.lines)
        } else {
            let pairs = diff::by_origin(&base.lines, &head.lines);
            self.by_names(&base, &head, pairs).await?
        };
        let mut difference = Difference::between(&base.lines, &head.lines, &pairs);
        for change in &mut difference.changes {
            change.before = change.before.and_then(|at| base.place(at));
            change.after = change.after.and_then(|at| head.place(at));
        }
        Ok(difference)
    }

    async fn by_names(&self, base: &Side<'_>, head: &Side<'_>, mut pairs: Pairs) -> Result<Pairs> {
        let (before, after) = diff::alone(&pairs, base.lines.len(), head.lines.len());
        let keys = before.iter().map(|at| base.content(*at)).chain(after.iter().map(|at| head.content(*at)));
        let contents = self.contents(&keys.collect::<Vec<_>>()).await?;
        let names = |side: &Side<'_>, alone: &[usize]| -> HashMap<usize, Vec<Text>> {
            let named = |at: &usize| Some((*at, contents.get(&side.content(*at))?.names.clone()));
            alone.iter().filter_map(named).collect()
        };
        diff::by_names(&mut pairs, &names(base, &before), &names(head, &after));
        Ok(pairs)
    }
}
