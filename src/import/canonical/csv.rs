//! CSV in the canonical form: one line an item, columns named by the path of their member.
//!
//! Header members (`catalogue`, `label`, `effectiveFrom` …) stand as columns too; a new value of `catalogue` begins
//! a document, an empty one continues the document above. `source.title`, `source.url` … say where a row is from. Columns
//! that only exports have ([`Columns`]) repeat what others say, or what an import finds out itself: they are passed over.

use serde_json::{Map, Value};

use super::{File, Origin, Raw, Report, cells, schema};
use crate::catalogue::{
    check::{Finding, Message, Rule},
    column::Columns,
};

/// Which part of a document a column fills.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Header,
    Row,
    Source,
}

/// A column, and the member that it fills.
pub(super) struct Column {
    name: String,
    part: Part,
    path: String,
    schema: Value,
}

/// The documents of a file. What is wrong with it is in the report.
pub(super) fn read(file: &File, report: &mut Report) -> Vec<Raw> {
    let origin = Origin { file: file.name.clone(), header_line: 1, ..Origin::default() };
    let mut reader = reader(file);
    let names = match reader.headers() {
        Ok(names) => names.iter().map(|name| name.trim().to_owned()).collect::<Vec<_>>(),
        Err(error) => {
            report.extend([syntax(&error)], &origin);
            return Vec::new();
        }
    };
    let origin = Origin { columns: names.clone(), ..origin };
    let Some(columns) = columns(&names, report, &origin) else { return Vec::new() };
    let mut documents: Vec<Raw> = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, |position| position.line() as usize);
                report.extend([syntax(&error)], &Origin { header_line: line, ..origin.clone() });
                return Vec::new();
            }
        };
        let line = record.position().map_or(1, |position| position.line() as usize);
        row(&columns, &record, line, &origin, &mut documents, report);
    }
    documents
}

/// The columns that names stand for, `None` those that are passed over. `None` where one is not known: then it is in the
/// report.
pub(super) fn columns(names: &[String], report: &mut Report, origin: &Origin) -> Option<Vec<Option<Column>>> {
    let read =
        |name: &String| (!Columns::declared().is_export_only(name)).then(|| column(name, report, origin));
    names.iter().map(read).map(told).collect()
}

/// A reader that takes a byte order mark off and asks every line for as many cells as the first.
pub(super) fn reader(file: &File) -> csv::Reader<&[u8]> {
    csv::Reader::from_reader(file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.bytes))
}

pub(super) fn syntax(error: &csv::Error) -> Finding {
    let expected = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => Message::new(
            format!("{expected_len} 个单元格，而不是 {len} 个"),
            format!("{expected_len} cells, not {len}"),
        ),
        csv::ErrorKind::Utf8 { .. } => Message::new("UTF-8 编码", "text in UTF-8"),
        _ => Message::new("符合 RFC 4180 的 CSV", "CSV as in RFC 4180"),
    };
    Finding::header(Rule::Syntax, "", "", expected)
}

/// A column that is passed over is `Some(None)`, one that nobody knows `None`.
fn told(column: Option<Option<Column>>) -> Option<Option<Column>> {
    column.map_or(Some(None), |known| known.map(Some))
}

fn column(name: &str, report: &mut Report, origin: &Origin) -> Option<Column> {
    let (header, row) = (&schema::header().schema, &schema::row().schema);
    let source = name.strip_prefix("source.");
    let (part, path, schema) = if let Some(member) = source {
        (Part::Source, member, cells::schema_at(header, &format!("sources.0.{member}")))
    } else if let Some(schema) = cells::schema_at(header, name) {
        (Part::Header, name, Some(schema))
    } else {
        (Part::Row, name, cells::schema_at(row, name))
    };
    let Some(schema) = schema else {
        let expected = Message::new(
            "schema/json 中成员的路径，如 content.names",
            "the path of a member of schema/json, such as content.names",
        );
        report.extend([Finding::header(Rule::Layout, "", name, expected)], origin);
        return None;
    };
    Some(Column { name: name.to_owned(), part, path: path.to_owned(), schema: schema.clone() })
}

/// Takes the cells of a line into the document that they belong to.
pub(super) fn row<'a>(
    columns: &[Option<Column>],
    cells: impl IntoIterator<Item = &'a str>,
    line: usize,
    origin: &Origin,
    documents: &mut Vec<Raw>,
    report: &mut Report,
) {
    let here = Origin { header_line: line, ..origin.clone() };
    let mut parts: [Value; 3] = std::array::from_fn(|_| Value::Object(Map::new()));
    for (column, cell) in columns.iter().zip(cells) {
        let Some(column) = column else { continue };
        let root = if column.part == Part::Row { &schema::row().schema } else { &schema::header().schema };
        match cells::value(root, &column.schema, cell) {
            Ok(None) => {}
            Ok(Some(value)) => cells::put(&mut parts[column.part as usize], &column.path, value),
            Err(expected) => {
                let pointer = format!("/{}", column.name.replace('.', "/"));
                report.extend([Finding::header(Rule::Syntax, pointer, cell, expected)], &here);
            }
        }
    }
    let [header, mut row, source] = parts;
    let begins = header.get("catalogue").is_some_and(|code| {
        documents.last().is_none_or(|document| document.header.get("catalogue") != Some(code))
    });
    if begins || documents.is_empty() {
        documents.push(Raw { header, origin: here.clone(), ..Raw::default() });
    } else if let Some(document) = documents.last() {
        for (member, value) in header.as_object().into_iter().flatten() {
            if document.header.get(member) != Some(value) {
                let expected = Message::new(
                    "与本目录首行相同，或不填",
                    "what the first line of this catalogue says, or nothing",
                );
                report.extend([Finding::header(Rule::Layout, format!("/{member}"), value, expected)], &here);
            }
        }
    }
    let Some(document) = documents.last_mut() else { return };
    if source.as_object().is_some_and(|members| !members.is_empty()) {
        row["source"] = source_index(&mut document.header, source).into();
    }
    document.rows.push(row);
    document.origin.row_lines.push(line);
}

/// The index of a source in the header; the same source stands there once.
fn source_index(header: &mut Value, source: Value) -> usize {
    let sources = &mut header["sources"];
    if !sources.is_array() {
        *sources = Value::Array(Vec::new());
    }
    let Value::Array(sources) = sources else { return 0 };
    sources.iter().position(|known| *known == source).unwrap_or_else(|| {
        sources.push(source);
        sources.len() - 1
    })
}
