//! NDJSON in the canonical form: a line with `catalogue` begins a document, the lines after it are its rows.

use serde_json::Value;

use super::{File, Origin, Raw, Report};
use crate::catalogue::{
    check::{Finding, Message, Rule},
    draft::Document,
};

/// A document as its file: the header on line 1, the rows from line 2 on.
pub fn write(document: &Document) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string(&document.header)? + "\n";
    for row in &document.rows {
        text += &serde_json::to_string(row)?;
        text.push('\n');
    }
    Ok(text)
}

/// The documents of a file; lines that are not JSON objects, or stand before any header, are in the report.
pub(super) fn read(file: &File, report: &mut Report) -> Vec<Raw> {
    let mut documents: Vec<Raw> = Vec::new();
    for (number, value) in lines(file, report) {
        if value.get("catalogue").is_some() {
            let origin = Origin { file: file.name.clone(), header_line: number, ..Origin::default() };
            documents.push(Raw { header: value, rows: Vec::new(), origin });
        } else if let Some(document) = documents.last_mut() {
            document.rows.push(value);
            document.origin.row_lines.push(number);
        } else {
            let expected =
                Message::new("首行为含 catalogue 的文件头", "a header with `catalogue` on the first line");
            let origin = Origin { file: file.name.clone(), header_line: number, ..Origin::default() };
            report.extend([Finding::header(Rule::Layout, "/catalogue", "", expected)], &origin);
        }
    }
    if documents.is_empty() && !report.refused() {
        let expected = Message::new("至少一个文件头", "at least one header");
        let origin = Origin { file: file.name.clone(), header_line: 1, ..Origin::default() };
        report.extend([Finding::header(Rule::Layout, "", "", expected)], &origin);
    }
    documents
}

/// The JSON objects of a file with their line numbers; blank lines are passed over.
pub(super) fn lines(file: &File, report: &mut Report) -> Vec<(usize, Value)> {
    let mut values = Vec::new();
    let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.bytes);
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let text = String::from_utf8_lossy(line);
        if text.trim().is_empty() {
            continue;
        }
        let origin = Origin { file: file.name.clone(), header_line: index + 1, ..Origin::default() };
        let refuse = |expected: Message| Finding::header(Rule::Syntax, "", text.trim_end(), expected);
        // A replacement character that stands in the file itself is one of its texts.
        let Ok(line) = std::str::from_utf8(line) else {
            report.extend([refuse(Message::new("UTF-8 编码的文字", "text in UTF-8"))], &origin);
            continue;
        };
        match serde_json::from_str::<Value>(line) {
            Ok(value) if value.is_object() => values.push((index + 1, value)),
            Ok(_) => report.extend([refuse(Message::new("JSON 对象", "a JSON object"))], &origin),
            Err(error) => {
                let column = error.column();
                let expected = Message::new(
                    format!("合法的 JSON(第 {column} 列)"),
                    format!("valid JSON (column {column}: {error})"),
                );
                report.extend([refuse(expected)], &origin);
            }
        }
    }
    values
}
