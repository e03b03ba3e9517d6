//! The two rows above the columns.

use super::Column;

/// A cell of the header and what it spans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The words.
    pub label: String,
    /// Its row, 0 or 1.
    pub row: usize,
    /// Its first column.
    pub column: usize,
    /// How many rows it spans.
    pub rows: usize,
    /// How many columns it spans.
    pub columns: usize,
}

/// How many rows a header has.
pub const ROWS: usize = 2;

/// The header over the columns, in reading order. Neighbours of one group have one cell above them.
pub(super) fn of(columns: &[Column]) -> Vec<Head> {
    let mut head: Vec<Head> = Vec::new();
    let mut groups: Vec<(Option<&str>, Head)> = Vec::new();
    for (column, it) in columns.iter().enumerate() {
        let label = |label: &str, row, rows| Head { label: label.to_owned(), row, column, rows, columns: 1 };
        match (it.group, groups.last_mut()) {
            (None, _) => groups.push((None, label(&it.label, 0, ROWS))),
            (Some(group), Some((Some(last), above))) if *last == group => above.columns += 1,
            (Some(group), _) => groups.push((Some(group), label(group, 0, 1))),
        }
        head.extend(it.group.map(|_| label(&it.label, 1, 1)));
    }
    groups.into_iter().map(|(_, above)| above).chain(head).collect()
}
