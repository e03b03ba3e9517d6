//! Registers from CSV or NDJSON: one line a state of a record, members as in `schema/json/`.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use serde_json::{Map, Value};

use super::{
    File, Form, Origin, Report, cells, csv as table, division_list, element_file, json, ndjson, pointer,
    readable, schema,
};
use crate::catalogue::{
    check::{Finding, Message, Rule},
    declaration::Owner,
    division::DivisionState,
    reference::{AnyRecord, Record, Register},
    text::normalize,
};

/// Records by register, and where each stands.
#[derive(Debug, Default)]
pub struct References {
    /// The records.
    pub records: BTreeMap<Register, Vec<AnyRecord>>,
    /// The file and line of each record, by register.
    pub places: BTreeMap<Register, Vec<(Arc<str>, usize)>>,
}

impl References {
    pub(in crate::import) fn add(
        &mut self,
        register: Register,
        record: AnyRecord,
        file: Arc<str>,
        line: usize,
    ) {
        self.records.entry(register).or_default().push(record);
        self.places.entry(register).or_default().push((file, line));
    }

    /// Takes in what others read.
    pub fn extend(&mut self, other: Self) {
        for (register, records) in other.records {
            self.records.entry(register).or_default().extend(records);
        }
        for (register, places) in other.places {
            self.places.entry(register).or_default().extend(places);
        }
    }

    /// Where a record stands, for a finding about it.
    pub fn origin(&self, register: Register, index: usize) -> Origin {
        let place = self.places.get(&register).and_then(|places| places.get(index));
        place.map_or_else(Origin::default, |(file, line)| Origin {
            file: file.to_string(),
            header_line: *line,
            row_lines: Vec::new(),
            ..Origin::default()
        })
    }
}

/// The states of one record, gathered over lines and files.
#[derive(Debug, Default)]
struct Gathered {
    states: Vec<Value>,
    origin: Origin,
}

/// Reads registers from files. Which register a file holds is told from its columns, unless `register` says it.
pub fn read_references(files: &[File], register: Option<Register>) -> (References, Report) {
    let mut report = Report::default();
    let mut gathered: BTreeMap<Register, BTreeMap<String, Gathered>> = BTreeMap::new();
    let mut references = References::default();
    let mut listed = HashMap::new();
    for file in files {
        if let Some(divisions) = division_list::read(file, register, &mut report) {
            let name: Arc<str> = file.name.as_str().into();
            for (code, state, line) in divisions {
                // A city without counties is listed again as its own county, an island county as its own town and
                // village: one place, the higher level. Only codes with a tail of zeros can be such.
                let twin = listed.get(&code).is_some_and(|known: &DivisionState| known.name == state.name);
                if !twin {
                    if code.ends_with("000") {
                        listed.insert(code.clone(), state.clone());
                    }
                    let record = AnyRecord::Division(Record::new(code, vec![state]));
                    references.add(Register::Division, record, name.clone(), line);
                }
            }
        } else {
            states(file, register, &mut gathered, &mut report);
        }
    }
    for (register, records) in gathered {
        for (code, record) in records {
            match register.record(code, record.states) {
                Ok(typed) => {
                    report.extend(element_file::of_template(&typed), &record.origin);
                    references.add(register, typed, record.origin.file.into(), record.origin.header_line)
                }
                Err(error) => {
                    let finding =
                        Finding::header(Rule::Shape, pointer(error.path()), "", readable(error.inner()));
                    report.extend([finding], &record.origin);
                }
            }
        }
    }
    (references, report)
}

fn states(
    file: &File,
    register: Option<Register>,
    gathered: &mut BTreeMap<Register, BTreeMap<String, Gathered>>,
    report: &mut Report,
) {
    let mut said = None;
    let (columns, lines) = match file.form() {
        Some(Form::Csv) => read_csv(file, report),
        Some(Form::Ndjson) => read_ndjson(file, report),
        Some(Form::Json) | None => match json::states(file) {
            Some((register, states)) => {
                said = Some(register);
                (Vec::new(), of_json(register, states))
            }
            None => return file.refuse_form(report),
        },
    };
    let origin =
        Origin { file: file.name.clone(), header_line: 1, columns: columns.clone(), ..Origin::default() };
    let Some(register) = register.or(said).or_else(|| register_of(&columns)) else {
        let expected = Message::new(
            "一个名录的列（或用 --register 指明）",
            "the columns of one register (or name it with --register)",
        );
        return report.extend([Finding::header(Rule::Layout, "", columns.join(","), expected)], &origin);
    };
    let checker = schema::state(register);
    for (line, cells) in lines {
        let origin = Origin { header_line: line, ..origin.clone() };
        let mut state = Value::Object(Map::new());
        let mut findings = Vec::new();
        let mut code = None;
        for (column, cell) in cells {
            match cell {
                Cell::Text(text) if column == REDACTED && text.is_empty() => {}
                Cell::Text(text) if column == REDACTED => findings.push(redacted(&text)),
                Cell::Json(value) if column == REDACTED => findings.push(redacted(&value)),
                Cell::Json(Value::String(text)) if column == "code" => code = Some(text),
                Cell::Text(text) if column == "code" => code = Some(text.trim().to_owned()),
                Cell::Json(value) => cells::put(&mut state, &column, value),
                Cell::Text(text) => {
                    let schema = cells::schema_at(&checker.schema, &column).unwrap_or(&Value::Null);
                    match cells::value(&checker.schema, schema, &text) {
                        Ok(None) => {}
                        Ok(Some(value)) => cells::put(&mut state, &column, value),
                        Err(expected) => {
                            findings.push(Finding::header(Rule::Syntax, format!("/{column}"), text, expected))
                        }
                    }
                }
            }
        }
        findings.extend(checker.check(&state, None));
        match key(register, code, &state) {
            Ok(code) if findings.is_empty() => {
                let record = gathered.entry(register).or_default().entry(code).or_default();
                record.states.push(state);
                record.origin = origin.clone();
            }
            Ok(_) => {}
            Err(finding) => findings.push(finding),
        }
        report.extend(findings, &origin);
    }
}

/// Where an export says that a record was erased.
const REDACTED: &str = "redacted";

fn redacted(object: &impl ToString) -> Finding {
    let expected = Message::new("未被涂除的记录", "a record that was not redacted");
    Finding::header(Rule::Layout, format!("/{REDACTED}"), object.to_string(), expected)
}

/// A cell of CSV, or a member of NDJSON.
enum Cell {
    Text(String),
    Json(Value),
}

type Lines = Vec<(usize, Vec<(String, Cell)>)>;

fn read_csv(file: &File, report: &mut Report) -> (Vec<String>, Lines) {
    let mut reader = table::reader(file);
    let columns: Vec<String> =
        reader.headers().map(|names| names.iter().map(|n| n.trim().to_owned()).collect()).unwrap_or_default();
    let mut lines = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(1, |position| position.line() as usize);
                let cells = record.iter().map(|cell| Cell::Text(cell.to_owned()));
                lines.push((line, columns.iter().cloned().zip(cells).collect()));
            }
            Err(error) => {
                let line = error.position().map_or(1, |position| position.line() as usize);
                let origin = Origin { file: file.name.clone(), header_line: line, ..Origin::default() };
                report.extend([table::syntax(&error)], &origin);
            }
        }
    }
    (columns, lines)
}

fn read_ndjson(file: &File, report: &mut Report) -> (Vec<String>, Lines) {
    let lines: Lines = ndjson::lines(file, report)
        .into_iter()
        .map(|(line, value)| {
            let Value::Object(members) = value else { return (line, Vec::new()) };
            (line, members.into_iter().map(|(name, value)| (name, Cell::Json(value))).collect())
        })
        .collect();
    let columns = lines.iter().flat_map(|(_, cells)| cells.iter().map(|(name, _)| name.clone()));
    (columns.collect::<std::collections::BTreeSet<_>>().into_iter().collect(), lines)
}

/// The states of a file that names its register. Codes that are made of what a state says are passed over.
fn of_json(register: Register, states: Vec<json::State>) -> Lines {
    let cells = |state: serde_json::Map<String, Value>| {
        let members = state.into_iter().filter(|(name, _)| name != "code" || has_code(register));
        members.map(|(name, value)| (name, Cell::Json(value))).collect()
    };
    states.into_iter().map(|(line, state)| (line, cells(state))).collect()
}

/// The only register that has every one of the columns and needs no other.
fn register_of(columns: &[String]) -> Option<Register> {
    let mut fitting = Register::ALL.into_iter().filter(|register| {
        let schema = &schema::state(*register).schema;
        let known = columns.iter().all(|c| {
            c == REDACTED || (c == "code" && has_code(*register)) || cells::schema_at(schema, c).is_some()
        });
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        known && required.filter_map(Value::as_str).all(|name| columns.iter().any(|column| column == name))
    });
    fitting.next().filter(|_| fitting.next().is_none())
}

/// Assignments, aliases and further elements are keyed by what they say.
fn has_code(register: Register) -> bool {
    !matches!(register, Register::Assignment | Register::Alias | Register::Element)
}

fn key(register: Register, code: Option<String>, state: &Value) -> Result<String, Finding> {
    let member = |name: &str| state.get(name).and_then(Value::as_str).unwrap_or_default();
    let padded = |code: &str| {
        code.parse().map_or(code.to_owned(), |code: crate::catalogue::code::DivisionCode| code.to_string())
    };
    let refuse =
        |expected: Message| Finding::header(Rule::Shape, "/code", code.clone().unwrap_or_default(), expected);
    match register {
        Register::Assignment => {
            let place = padded(member("division"));
            Ok(format!("{place}/{}/{}/{}", member("domain"), member("unit"), member("role")))
        }
        Register::Alias => {
            let place =
                Some(member("division")).filter(|code| !code.is_empty()).map(padded).unwrap_or_default();
            Ok(format!("{}/{place}/{}", member("register"), normalize(member("text"))))
        }
        Register::Element => {
            let division = Some(member("division")).filter(|code| !code.is_empty());
            let domain = Some(member("domain")).filter(|code| !code.is_empty());
            let owner = Owner::new(
                division.and_then(|code| code.parse().ok()),
                domain.and_then(|code| code.parse().ok()),
            );
            let expected = Message::new("行政区划或领域，或两者", "a division, a domain, or both");
            owner.map(|owner| owner.to_string()).ok_or_else(|| refuse(expected))
        }
        _ => {
            let given = code.as_deref().map(normalize).filter(|code| !code.is_empty());
            let given = given.ok_or_else(|| refuse(Message::new("代码", "a code")))?;
            let formed = match register {
                Register::Division => {
                    given.parse().map(|code: crate::catalogue::code::DivisionCode| code.to_string())
                }
                Register::Domain => {
                    given.parse().map(|code: crate::catalogue::code::DomainCode| code.to_string())
                }
                Register::Unit => {
                    given.parse().map(|code: crate::catalogue::code::UnitCode| code.to_string())
                }
                _ => Ok(given),
            };
            formed.map_err(|error| {
                refuse(Message::new(format!("形式正确的代码（{}）", error.expected), error.expected))
            })
        }
    }
}
