//! From a grid to its tables: title, header, rows, and the words around them.
//!
//! Nothing here knows what a cell means; columns are told by the words over them, never by where they stand.

mod header;
mod lines;
mod page;
mod rows;
mod shifted;
mod split;
mod tasks;
mod words;

pub use header::{Column, Header, name};
pub use rows::{How, Row, Value};
pub(super) use shifted::shifted;
pub use split::tables;
pub use words::{Field, folded, template_word};

use super::finding::Placed;

/// A table of a catalogue, or of one domain of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The row of the grid at which it begins, with its title.
    pub first: usize,
    /// The first row of its header.
    pub head: usize,
    /// The words above it that look like its title, the nearest last.
    pub titles: Vec<String>,
    /// All other words above it.
    pub above: Vec<String>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// What the header says in brackets about channels, such as what ■ and □ mean.
    pub remark: String,
    /// Whether the file tells every cell, so that a blank one is blank.
    pub exact: bool,
    /// The rows.
    pub rows: Vec<Row>,
    /// The words below it.
    pub below: Vec<String>,
    /// The remarks (注) among them.
    pub remarks: Vec<String>,
    /// What there is to say about its layout.
    pub notes: Vec<Placed>,
}

impl Table {
    /// The row that was read from a row of the grid.
    pub fn row(&self, at: usize) -> Option<&Row> {
        let place = self.rows.binary_search_by_key(&at, |row| row.at).ok()?;
        self.rows.get(place)
    }

    /// The column that a cell of the grid belongs to. Where a page has one cell a line, or a small table for each item,
    /// that is not told by where the cell stands but by the row that it was read into.
    pub fn column(&self, row: Option<usize>, at: usize) -> Option<&Column> {
        // Mostly a cell stands under its own heading, and a table may have thousands of columns.
        let near = self.columns.partition_point(|column| column.at < at);
        let under = self.columns.get(near).filter(|column| column.at == at);
        let own = row.and_then(|row| {
            let next = self.rows.partition_point(|known| known.at <= row);
            let values = &self.rows.get(next.checked_sub(1)?)?.values;
            let is_it = |value: &Value| (value.row, value.at) == (row, at);
            if under.is_some() && values.get(near).is_some_and(is_it) {
                return under;
            }
            self.columns.get(values.iter().position(is_it)?)
        });
        own.or(under).or_else(|| self.columns.iter().find(|column| column.at == at))
    }
}
