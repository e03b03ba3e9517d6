//! The national division list as the statistics publish it and packages repeat it: `code,name` and the codes above.
//!
//! Codes have 2, 4, 6, 9 or 12 digits by level. The parent is the longest of the codes above that a line has; where
//! it has none it is a province, below the nation.

use super::{File, Form, Origin, Report, csv as table};
use crate::catalogue::{
    check::{Finding, Message, Rule},
    code::DivisionCode,
    division::{DivisionState, Level},
    reference::Register,
    text::Text,
};

/// The columns that name the divisions above, the nearest first.
const ABOVE: [&str; 4] = ["streetCode", "areaCode", "cityCode", "provinceCode"];

/// The divisions of a file of this kind with their lines; `None` for a file of any other kind.
pub(super) fn read(
    file: &File,
    register: Option<Register>,
    report: &mut Report,
) -> Option<Vec<(String, DivisionState, usize)>> {
    if register.is_some_and(|register| register != Register::Division) || file.form() != Some(Form::Csv) {
        return None;
    }
    let mut reader = table::reader(file);
    let columns: Vec<String> = reader.headers().ok()?.iter().map(str::to_owned).collect();
    let place = |name: &str| columns.iter().position(|column| column == name);
    let (code, name) = (place("code")?, place("name")?);
    let above: Vec<usize> = ABOVE.iter().filter_map(|name| place(name)).collect();
    if columns.len() != 2 + above.len() {
        return None;
    }
    let mut divisions = Vec::new();
    if above.is_empty() {
        // The list of provinces leaves the nation out, which is above them all.
        divisions.push((
            DivisionCode::nation().to_string(),
            state(Text::new("中华人民共和国"), Level::Nation, None),
            1,
        ));
    }
    for record in reader.records() {
        let line = match &record {
            Ok(record) => record.position().map(csv::Position::line),
            Err(error) => error.position().map(csv::Position::line),
        };
        let line = line.unwrap_or(1) as usize;
        let read = match record {
            Ok(record) => division(&record, code, name, &above),
            Err(error) => Err(Box::new(table::syntax(&error))),
        };
        match read {
            Ok((code, state)) => divisions.push((code, state, line)),
            Err(finding) => {
                let origin = Origin { file: file.name.clone(), header_line: line, ..Origin::default() };
                report.extend([*finding], &origin);
            }
        }
    }
    Some(divisions)
}

fn division(
    record: &csv::StringRecord,
    code: usize,
    name: usize,
    above: &[usize],
) -> Result<(String, DivisionState), Box<Finding>> {
    let cell = |index: usize| record.get(index).unwrap_or_default().trim();
    let form = Message::new("2、4、6、9 或 12 位行政区划代码", "a division code of 2, 4, 6, 9 or 12 digits");
    let refuse = |value: &str| Box::new(Finding::header(Rule::Shape, "/code", value, form.clone()));
    let parse = |text: &str| text.parse::<DivisionCode>().map_err(|_| refuse(text));
    let own = parse(cell(code))?;
    let level = Level::of_digits(cell(code).len()).ok_or_else(|| refuse(cell(code)))?;
    let mut parent = DivisionCode::nation();
    for index in above {
        let candidate = parse(cell(*index))?;
        // A city without counties has its own code again as the code of its county.
        if candidate != own {
            parent = candidate;
            break;
        }
    }
    let name = Text::new(cell(name));
    if name.is_empty() {
        let expected = Message::new("名称", "a name");
        return Err(Box::new(Finding::header(Rule::Shape, "/name", "", expected)));
    }
    Ok((own.to_string(), state(name, level, Some(parent))))
}

fn state(name: Text, level: Level, parent: Option<DivisionCode>) -> DivisionState {
    DivisionState {
        name,
        level,
        parent,
        zone: false,
        valid_from: None,
        valid_to: None,
        successors: Vec::new(),
        source: None,
    }
}
