//! JSON as exports write it: versions with their headers and rows (`mulu.data/1`), records with their states
//! (`mulu.register/1`). What the log knew beside them, such as numbers and digests, is passed over: an import finds it out
//! itself.

use serde_json::{Map, Value};

use super::{File, Origin, Raw, Report};
use crate::catalogue::{
    check::{Finding, Message, Rule},
    dataset::{DATA_FORMAT, Dataset, REGISTER_FORMAT},
    reference::Register,
};

/// What a row has beside its canonical form.
const BESIDE: [&str; 2] = ["position", "relation"];

/// Whether a file holds versions.
pub(in crate::import) fn is_data(file: &File) -> bool {
    members(file, DATA_FORMAT).is_some()
}

/// The members of a file of a format; `None` for any other.
fn members(file: &File, format: &str) -> Option<Map<String, Value>> {
    if !file.name.to_lowercase().ends_with(".json") {
        return None;
    }
    let members: Map<String, Value> = serde_json::from_slice(&file.bytes).ok()?;
    (members.get("format")? == format).then_some(members)
}

/// A state of a record, and the line on which exports write its record.
pub(super) type State = (usize, Map<String, Value>);

/// The register of a file, and the states of its records, each with the code of its record; `None` for any other file.
pub(super) fn states(file: &File) -> Option<(Register, Vec<State>)> {
    let mut members = members(file, REGISTER_FORMAT)?;
    let Ok(Dataset::Register(register)) = members.get("dataset")?.as_str()?.parse() else { return None };
    let Value::Array(records) = members.remove("records")? else { return None };
    let states = (2..)
        .zip(records)
        .flat_map(|(line, record)| of_record(record).into_iter().map(move |state| (line, state)));
    Some((register, states.collect()))
}

/// The states of a record. One that was erased, or is no record, is a state that says so.
fn of_record(record: Value) -> Vec<Map<String, Value>> {
    let Value::Object(mut record) = record else { return vec![Map::new()] };
    let code = record.get("code").cloned();
    let Some(Value::Array(states)) = record.remove("states") else { return vec![record] };
    let with_code = |state: Value| {
        let mut members = match state {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        members.extend(code.clone().map(|code| ("code".to_owned(), code)));
        members
    };
    states.into_iter().map(with_code).collect()
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
