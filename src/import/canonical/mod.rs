//! Files in the canonical form, `.ndjson` and `.csv`, described by `schema/json/`, and `.json` and `.xlsx` as exports write
//! them.

mod cells;
mod csv;
mod division_list;
mod element_file;
mod json;
mod ndjson;
mod reference;
mod schema;
mod workbook;

use serde_json::Value;

pub use element_file::read as read_elements;
pub(super) use json::is_data;
pub use ndjson::write as write_ndjson;
pub use reference::{References, read_references};

use super::{File, Origin, Parsed, Report, grid::Grid};
use crate::catalogue::{
    canonical::escape,
    check::{Finding, Message, Place, Rule},
    draft::{Document, Header, Row},
};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Csv,
    Json,
    Ndjson,
}

impl File {
    /// How it is written, by the end of its name; `None` for a form that is not read here.
    fn form(&self) -> Option<Form> {
        let name = self.name.to_lowercase();
        if name.ends_with(".csv") {
            Some(Form::Csv)
        } else if json::is_data(self) {
            Some(Form::Json)
        } else {
            [".ndjson", ".jsonl"].iter().any(|end| name.ends_with(end)).then_some(Form::Ndjson)
        }
    }

    fn refuse_form(&self, report: &mut Report) {
        let expected = Message::new(
            "以 .ndjson 或 .csv 结尾的规范格式文件，或导出的 .json",
            "a file in the canonical form, .ndjson or .csv, or an exported .json",
        );
        let origin = Origin { file: self.name.clone(), header_line: 1, ..Origin::default() };
        report.extend([Finding::header(Rule::Layout, "", &self.name, expected)], &origin);
    }
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
        match file.form() {
            Some(form) => documents.extend(read_as(file, form, &mut report)),
            None => file.refuse_form(&mut report),
        }
    }
    (documents, report)
}

/// The documents of a file that is written so, whatever its name.
pub(super) fn read_as(file: &File, form: Form, report: &mut Report) -> Vec<Parsed> {
    let raw = match form {
        Form::Csv => csv::read(file, report),
        Form::Json => json::read(file, report),
        Form::Ndjson => ndjson::read(file, report),
    };
    raw.into_iter().filter_map(|raw| typed(raw, report)).collect()
}

/// The documents of a workbook as exports write it; `None` for any other.
pub(super) fn read_sheets(file: &File, grids: &[Grid], report: &mut Report) -> Option<Vec<Parsed>> {
    let raw = workbook::read(file, grids, report)?;
    Some(raw.into_iter().filter_map(|raw| typed(raw, report)).collect())
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
    serde_path_to_error::deserialize(value).map_err(|error| Finding {
        rule: Rule::Shape,
        place: Place { row, pointer: pointer(error.path()) },
        value: String::new(),
        expected: readable(error.inner()),
    })
}

fn readable(error: &serde_json::Error) -> Message {
    Message::new(format!("可读的值（{error}）"), format!("a readable value ({error})"))
}

/// A path of serde as a JSON pointer.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let step = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", escape(key)),
        Segment::Enum { variant } => format!("/{variant}"),
        Segment::Unknown => String::new(),
    };
    path.iter().map(step).collect()
}
