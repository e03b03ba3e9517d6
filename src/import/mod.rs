//! Import: from files to documents and records. Bad input is refused whole, with the place, the value and what
//! was expected; nothing is guessed.
//!
//! Two doors lead to the same documents. [`canonical`] reads what mulu itself defines, `.ndjson` and `.csv` by the
//! schemas of `schema/json/`. The other reads tables as governments publish them, layer by layer:
//! [`source`] (bytes) → [`grid`] (cells) → [`table`] (title, header, rows) → [`cell`] (typed values) → a document.
//! Each layer adds [`finding::Note`]s; [`report`] puts them in their place, and writes them down for people.

pub mod assemble;
mod branch;
mod canonical;
pub mod carry;
pub mod cell;
mod checks;
mod declared;
mod ditto;
mod document;
pub mod finding;
mod foreign;
pub mod grid;
pub mod identity;
mod likeness;
mod lookup;
mod origin;
mod progress;
mod report;
mod reread;
mod run;
pub mod source;
pub mod subject;
pub mod table;
mod tasks;
pub mod vocabulary;

pub use canonical::{References, read_documents, read_elements, read_references, write_ndjson};
pub use document::Wanted;
pub use progress::{Progress, Step};
pub use report::{GridPlace, Located, Outcome, Report, ReportKind, state};
pub use run::{Options, Reparsed, TaskOptions, read, read_tasks, read_telling, reparse};
pub use subject::Asked;

use std::{borrow::Cow, sync::Arc};

use crate::catalogue::draft::Document;

/// A file as it came.
#[derive(Clone, Debug)]
pub struct File {
    /// What the user calls it.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A document, and where in its file each part stands.
#[derive(Debug)]
pub struct Parsed {
    /// The document.
    pub document: Document,
    /// Its place in the file.
    pub origin: Origin,
}

/// Where the parts of a document, or the records of a load, stand in a file.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The file's name.
    pub file: String,
    /// The line of the header, from 1.
    pub header_line: usize,
    /// The line of each row.
    pub row_lines: Vec<usize>,
    /// The columns of a CSV file with the paths that they stand for; empty for others.
    pub columns: Vec<String>,
    /// Which of the report's grids the first table stands in; `None` for files in the canonical form.
    pub grid: Option<usize>,
    /// Where each row of a table stands; empty for files in the canonical form.
    pub rows: Vec<RowOrigin>,
}

/// Where a row of a table stands.
#[derive(Clone, Debug)]
pub struct RowOrigin {
    /// Which of the report's grids.
    pub grid: usize,
    /// The sheet of a workbook.
    pub sheet: Option<Arc<str>>,
    /// The row of the grid, from 0.
    pub row: usize,
    /// The cells that its members were read from.
    pub cells: Vec<CellOrigin>,
}

/// The cell that a member of a row was read from.
#[derive(Clone, Debug)]
pub struct CellOrigin {
    /// The member's path, content.basis.
    pub path: Cow<'static, str>,
    /// The words over the column.
    pub label: Arc<str>,
    /// The row of the sheet, from 1; `None` where cells have no addresses.
    pub number: Option<usize>,
    /// The column of the grid, from 0.
    pub column: usize,
}

impl CellOrigin {
    /// The address, B7, in a workbook.
    pub fn address(&self) -> Option<String> {
        self.number.map(|number| format!("{}{number}", grid::letters(self.column)))
    }
}
