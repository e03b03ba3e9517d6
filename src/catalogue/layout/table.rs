//! A table: its layout, and the words of all rows.

use super::{Column, Layout, Part};

/// A version as a table (目录表).
#[derive(Clone, Debug)]
pub struct Table {
    /// The title and the columns.
    pub layout: Layout,
    /// The words of each row, cell by cell.
    pub rows: Vec<Vec<String>>,
    /// Which cells of a column are one, by column, then by row.
    pub merges: Vec<Merge>,
}

/// Cells of one column that are one, because they say one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The column.
    pub column: usize,
    /// The first row, from 0.
    pub row: usize,
    /// How many rows, two at least.
    pub rows: usize,
}

impl Table {
    /// How many rows a cell spans: `None` for one that belongs to the cell above, 1 for one that is not merged.
    pub fn span(&self, row: usize, column: usize) -> Option<usize> {
        // By column, then by row: the one that begins here or before is the only one that can reach here.
        let after = self.merges.partition_point(|merge| (merge.column, merge.row) <= (column, row));
        let reaches = |merge: &&Merge| merge.column == column && row < merge.row + merge.rows;
        match after.checked_sub(1).and_then(|last| self.merges.get(last)).filter(reaches) {
            None => Some(1),
            Some(merge) if merge.row == row => Some(merge.rows),
            Some(_) => None,
        }
    }
}

/// Names that neighbours share, level by level and never across a name, or a domain, further out.
pub(super) fn merges(columns: &[Column], rows: &[Vec<String>]) -> Vec<Merge> {
    let outline = |column: &&(usize, &Column)| matches!(column.1.part, Part::Domain | Part::Name(_));
    let columns: Vec<(usize, &Column)> = columns.iter().enumerate().collect();
    let outline: Vec<(usize, &Column)> = columns.iter().filter(outline).copied().collect();
    let mut merges = Vec::new();
    for (depth, (column, it)) in outline.iter().enumerate() {
        if it.part == Part::Domain {
            continue;
        }
        let path = |row: &Vec<String>| -> Vec<String> {
            outline.iter().take(depth + 1).filter_map(|(column, _)| row.get(*column).cloned()).collect()
        };
        let mut first = 0;
        for block in rows.chunk_by(|one, next| path(one) == path(next)) {
            let named = block.first().and_then(|row| row.get(*column)).is_some_and(|name| !name.is_empty());
            if named && block.len() > 1 {
                merges.push(Merge { column: *column, row: first, rows: block.len() });
            }
            first += block.len();
        }
    }
    merges
}
