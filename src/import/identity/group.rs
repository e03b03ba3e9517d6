//! Rows and items of one name: which of the rows is which of the items.

use std::collections::{HashMap, VecDeque};

use crate::catalogue::{layout::Part, text::Text};

/// Rows times items up to which all are compared with all.
const ALL_WITH_ALL: usize = 100_000;

/// The words of a row or an item, by what the national layout would call their columns.
pub(super) struct Cells(Vec<(Part, Text)>);

impl Cells {
    pub(super) fn new(words: &[(Part, String)]) -> Self {
        Self(words.iter().map(|(part, words)| (part.clone(), Text::new(words))).collect())
    }

    fn of(&self, part: &Part) -> Option<&Text> {
        self.0.iter().find(|(other, _)| other == part).map(|(_, words)| words)
    }

    /// How many cells of a row an item has just so.
    fn equal(&self, item: &Self) -> usize {
        self.0.iter().filter(|(part, words)| item.of(part) == Some(words)).count()
    }
}

/// Pairs rows and items: the most equal cells first, then the nearest places. Of thousands, those that are the same in
/// every cell, then the others in their order.
pub(super) fn pairs(rows: &[Cells], items: &[Cells]) -> Vec<(usize, usize)> {
    let all = |rows: usize, items: usize| rows.saturating_mul(items) <= ALL_WITH_ALL;
    let mut pairs = if all(rows.len(), items.len()) { Vec::new() } else { same(rows, items) };
    let (mut rows_left, mut items_left) = (vec![true; rows.len()], vec![true; items.len()]);
    for (row, item) in &pairs {
        (rows_left[*row], items_left[*item]) = (false, false);
    }
    let left = |left: &[bool]| (0..left.len()).filter(|at| left[*at]).collect::<Vec<_>>();
    let (of_rows, of_items) = (left(&rows_left), left(&items_left));
    if !all(of_rows.len(), of_items.len()) {
        pairs.extend(of_rows.into_iter().zip(of_items));
        return pairs;
    }
    let mut scored = Vec::new();
    for row in &of_rows {
        for item in &of_items {
            let score = rows[*row].equal(&items[*item]);
            scored.push((std::cmp::Reverse(score), row.abs_diff(*item), *row, *item));
        }
    }
    scored.sort_unstable();
    for (.., row, item) in scored {
        if rows_left[row] && items_left[item] {
            (rows_left[row], items_left[item]) = (false, false);
            pairs.push((row, item));
        }
    }
    pairs
}

/// Pairs rows with items that have each of their cells just so, in their order. Rows of other columns than those of the
/// first are left out.
fn same(rows: &[Cells], items: &[Cells]) -> Vec<(usize, usize)> {
    let Some(first) = rows.first() else { return Vec::new() };
    let key = |cells: &Cells| first.0.iter().map(|(part, _)| cells.of(part).cloned()).collect::<Vec<_>>();
    let mut waiting: HashMap<Vec<Option<Text>>, VecDeque<usize>> = HashMap::new();
    for (at, item) in items.iter().enumerate() {
        waiting.entry(key(item)).or_default().push_back(at);
    }
    let alike = |row: &Cells| row.0.iter().map(|(part, _)| part).eq(first.0.iter().map(|(part, _)| part));
    let own = rows.iter().enumerate().filter(|(_, row)| alike(row));
    own.filter_map(|(at, row)| Some((at, waiting.get_mut(&key(row))?.pop_front()?))).collect()
}
