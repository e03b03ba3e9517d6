//! Import: from files to documents and records. Bad input is refused whole, with the place, the value and what
//! was expected; nothing is guessed.
//!
//! Two doors lead to the same documents. [`canonical`] reads what mulu itself defines, `.ndjson` and `.csv` by the
//! schemas of `schema/json/`. The other reads tables as governments publish them, layer by layer:
//! [`source`] (bytes) → [`grid`] (cells) → [`table`] (title, header, rows) → [`cell`] (typed values) → a document.
//! Each layer adds [`finding::Note`]s; [`report`] puts them in their place.

mod canonical;
pub mod finding;
pub mod grid;
mod report;

pub use canonical::{References, read_documents, read_references, write_ndjson};
pub use report::{Located, Report};

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
    /// The columns of a CSV file with the paths that they stand for; empty for NDJSON.
    pub columns: Vec<String>,
}
