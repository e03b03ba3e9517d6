//! JSON as exports write it (`mulu.data/1`): versions with their headers and rows. What the log knew beside them, such as
//! numbers and digests, is passed over: an import finds it out itself.

use serde_json::{Map, Value};

use super::{File, Origin, Raw, Report};
use crate::catalogue::{
    check::{Finding, Message, Rule},
    dataset::DATA_FORMAT,
};

/// What a row has beside its canonical form.
const BESIDE: [&str; 2] = ["position", "relation"];

/// Whether a file is of this form.
pub(in crate::import) fn is_data(file: &File) -> bool {
    let value = || serde_json::from_slice::<Map<String, Value>>(&file.bytes).ok();
    file.name.to_lowercase().ends_with(".json")
        && value().is_some_and(|members| members.get("format").is_some_and(|format| format == DATA_FORMAT))
}

/// The documents of a file. What was redacted of them cannot be imported and is in the report.
pub(super) fn read(file: &File, report: &mut Report) -> Vec<Raw> {
    let origin = Origin { file: file.name.clone(), header_line: 1, ..Origin::default() };
    let mut members: Map<String, Value> = serde_json::from_slice(&file.bytes).unwrap_or_default();
    let Some(Value::Array(versions)) = members.remove("versions") else {
        let expected = Message::new("含 versions 列表的数据文件", "a data file with a list of `versions`");
        report.extend([Finding::header(Rule::Layout, "/versions", "", expected)], &origin);
        return Vec::new();
    };
    versions.into_iter().enumerate().filter_map(|(at, version)| raw(at, version, &origin, report)).collect()
}

fn raw(at: usize, mut version: Value, origin: &Origin, report: &mut Report) -> Option<Raw> {
    let taken = |member: &str, version: &mut Value| version.get_mut(member).map(Value::take);
    let (header, rows) = (taken("header", &mut version), taken("rows", &mut version));
    let mut refuse = |member: &str, value: &Value| {
        let expected =
            Message::new("未被涂除的文件头和各行", "a header and rows of which nothing was redacted");
        let place = format!("/versions/{at}/{member}");
        report.extend([Finding::header(Rule::Layout, place, value, expected)], origin);
        None
    };
    let (Some(header), Some(Value::Array(mut rows))) = (header, rows) else {
        return refuse("header", &version["catalogue"]);
    };
    for row in rows.iter_mut().filter_map(Value::as_object_mut) {
        if let Some(parts) = row.get("redacted") {
            return refuse("rows", parts);
        }
        BESIDE.iter().for_each(|member| drop(row.remove(*member)));
    }
    Some(Raw { header, rows, origin: origin.clone() })
}
