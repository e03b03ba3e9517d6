//! Import: from files to documents and records. Bad input is refused whole, with the place, the value and what
//! was expected; nothing is guessed.
//!
//! This is the door for files in the canonical form, `.ndjson` and `.csv`, described by `schema/json/`.

mod cells;
mod csv;
mod division_list;
mod ndjson;
mod reference;
mod report;
mod schema;

use serde_json::Value;

pub use reference::{References, read_references};
pub use report::{Located, Report};

use crate::catalogue::{
    check::{Finding, Message, Place, Rule},
    draft::{Document, Header, Row},
};

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

/// A document before it is typed: a header and rows as JSON, each with its line.
#[derive(Debug, Default)]
struct Raw {
    header: Value,
    rows: Vec<Value>,
    origin: Origin,
}

/// Reads documents from files, told apart by their names. What is wrong with any of them is in the report.
pub fn read_documents(files: &[File]) -> (Vec<Parsed>, Report) {
    let mut report = Report::default();
    let mut documents = Vec::new();
    for file in files {
        let raw = if file.name.ends_with(".csv") {
            csv::read(file, &mut report)
        } else {
            ndjson::read(file, &mut report)
        };
        documents.extend(raw.into_iter().filter_map(|raw| typed(raw, &mut report)));
    }
    (documents, report)
}

/// Holds a raw document against the JSON Schemas and types it; `None` where it does not fit.
fn typed(raw: Raw, report: &mut Report) -> Option<Parsed> {
    let Raw { header, rows, origin } = raw;
    let mut findings = schema::header().check(&header, None);
    for (index, row) in rows.iter().enumerate() {
        findings.extend(schema::row().check(row, Some(index)));
    }
    let sound = findings.is_empty();
    report.extend(findings, &origin);
    if !sound {
        return None;
    }
    let header = read::<Header>(header, None);
    let rows: Result<Vec<Row>, Finding> =
        rows.into_iter().enumerate().map(|(index, row)| read(row, Some(index))).collect();
    match header.and_then(|header| Ok(Document { header, rows: rows? })) {
        Ok(document) => Some(Parsed { document, origin }),
        Err(finding) => {
            report.extend([finding], &origin);
            None
        }
    }
}

/// Types a value that fits its schema. What a schema cannot say, such as a check character, is said here.
fn read<T: serde::de::DeserializeOwned>(value: Value, row: Option<usize>) -> Result<T, Finding> {
    serde_json::from_value(value).map_err(|error| {
        let expected = Message::new(format!("可读的值({error})"), format!("a readable value ({error})"));
        Finding {
            rule: Rule::Shape,
            place: Place { row, pointer: String::new() },
            value: String::new(),
            expected,
        }
    })
}
