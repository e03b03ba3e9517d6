//! Rows held against what their place and domain declare of further elements (扩展要素). Every finding points at a cell,
//! or at the header of a table that lacks the column.

use super::{
    assemble::{Assembled, Said},
    finding::{Code, Note, Placed},
    run::Found,
};
use crate::catalogue::{check::Declared, layout::Part};

/// E105 for each value that does not fit, E106 for each that is missing.
pub(super) fn check(rows: &[Assembled], tables: &[Found], declared: &[Declared]) -> Vec<Said> {
    let mut said = Vec::new();
    for declared in declared {
        let part = Part::Extension(declared.element.part, declared.element.key.clone());
        said.extend(rows.iter().filter_map(|row| unfit(row, &part, declared)));
        if declared.required {
            for (number, found) in tables.iter().enumerate() {
                let rows: Vec<&Assembled> = rows.iter().filter(|row| row.table == number).collect();
                said.extend(missing(&rows, found.table.head, &part, declared));
            }
        }
    }
    said
}

fn unfit(row: &Assembled, part: &Part, declared: &Declared) -> Option<Said> {
    let text = declared.value(&row.row)?.as_str();
    let expected = declared.refuses(text)?;
    Some(row.say_of(part, Note::new(Code::UnfitElement, text).expected(expected.zh, expected.en)))
}

/// What the rows of one table lack. A table without the column lacks it in every row: once is enough.
fn missing(rows: &[&Assembled], head: usize, part: &Part, declared: &Declared) -> Vec<Said> {
    let wanted = declared.wanted();
    let note = |of: &str| Note::new(Code::RequiredElement, of).expected(wanted.zh.clone(), wanted.en.clone());
    let mut lacking = rows.iter().filter(|row| declared.value(&row.row).is_none());
    if rows.iter().any(|row| row.words.iter().any(|(own, _)| own == part)) {
        return lacking.map(|row| row.say_of(part, note(&row.name()))).collect();
    }
    let label = declared.element.label.as_str();
    let once = lacking.next().map(|row| Said { table: row.table, placed: Placed::row(head, note(label)) });
    once.into_iter().collect()
}
