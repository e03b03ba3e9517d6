//! The rows of a table: what each cell says once blanks below a merged cell, 同上 and lost cells are resolved.

use super::{
    Table,
    header::name,
    words::{Field, folded},
};
use crate::import::{
    finding::{Code, Note, Placed},
    grid::{Boundaries, Grid},
    source::limits,
};

/// How a value came to stand in its row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum How {
    /// It is printed in the cell.
    #[default]
    Printed,
    /// The cell belongs to a merged area that says it.
    Merged,
    /// The cell is blank, as cells below a merged one are in files that lost the merging.
    Filled,
    /// The cell says 同上.
    Ditto,
    /// The file does not tell whether the cell is blank or lost.
    Lost,
}

/// What a cell says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// The words that hold for the row.
    pub text: String,
    /// How they came there.
    pub how: How,
    /// The row of the grid.
    pub row: usize,
    /// The column of the grid.
    pub at: usize,
}

/// A row, with one value for each of the table's columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The row of the grid.
    pub at: usize,
    /// The values, in the order of [`Table::columns`].
    pub values: Vec<Value>,
    /// The columns of its ticks are lost; their number is what is left.
    pub collapsed: Option<usize>,
}

/// What says "as above" in a cell.
const DITTO: [&str; 4] = ["同上", "同前", "同上。", "〃"];

/// Reads the rows at these places of the grid into a table that has its columns.
pub(super) fn read(grid: &Grid, places: &[usize], table: &mut Table) {
    shifted_sequence(grid, places, table);
    // Where the file merges cells at all, a blank cell is meant to be blank.
    let covered = |at: &usize| grid.rows[*at].cells.iter().any(|cell| cell.merged.is_some_and(|m| m.up > 0));
    let merges = places.iter().any(covered);
    let cells = places.iter().flat_map(|at| &grid.rows[*at].cells);
    let mut room = Room::beside(cells.map(|cell| cell.text.len()).sum());
    for at in places {
        let row = printed(grid, *at, table);
        if !room.holds(&row, table) {
            break;
        }
        table.rows.push(row);
    }
    settle(table, merges);
}

/// How much text rows may still take from elsewhere. One long text may be merged over many rows, or stand above many
/// blank ones, and then a small file says as much as a huge one.
struct Room {
    bytes: usize,
}

impl Room {
    /// For rows that print so many bytes themselves.
    fn beside(printed: usize) -> Self {
        Self { bytes: limits::TAKEN_BYTES + printed.saturating_mul(limits::TAKEN_RATIO) }
    }

    /// Whether there is room for what a row takes; the table is told where there is none.
    fn holds(&mut self, row: &Row, table: &mut Table) -> bool {
        let taken = row.values.iter().filter(|value| value.how != How::Printed).map(|value| value.text.len());
        let left = self.bytes.checked_sub(taken.sum());
        let told = || table.notes.iter().any(|placed| placed.note.code == Code::TooLarge);
        if left.is_none() && !told() {
            let note = Note::new(Code::TooLarge, "").expected(
                "合并单元格或上一行的文字，不重复用于这么多行",
                "words of merged cells, or of rows above, that are not those of so many rows",
            );
            table.notes.push(Placed::row(row.at, note));
        }
        self.bytes = left.unwrap_or(0);
        left.is_some()
    }
}

/// Resolves what rows take from the rows above them. `blanks` tells that a blank cell is meant to be blank.
pub(super) fn settle(table: &mut Table, blanks: bool) {
    let printed = table.rows.iter().flat_map(|row| &row.values).filter(|value| value.how == How::Printed);
    let mut room = Room::beside(printed.map(|value| value.text.len()).sum());
    for mut row in std::mem::take(&mut table.rows) {
        resolve(&mut row, blanks, table);
        if !room.holds(&row, table) {
            break;
        }
        table.rows.push(row);
    }
    sequence(table);
    levels(table);
}

/// What the cells of a row print.
fn printed(grid: &Grid, at: usize, table: &mut Table) -> Row {
    let row = &grid.rows[at];
    let width = table.columns.iter().map(|column| column.at + 1).max().unwrap_or(0);
    let mut printed = Row { at, ..Row::default() };
    let short = grid.boundaries == Boundaries::Bars && row.cells.len() < width;
    // Blank cells at the end are left out, but a row that ends before its ticks may have lost these.
    let ticks = table.columns.iter().filter(|column| is_tick(&column.field)).map(|column| column.at).min();
    let lost = short && ticks.is_some_and(|first| row.cells.len() <= first);
    if short {
        printed.collapsed = collapsed(grid, at, table);
        let code = match printed.collapsed {
            Some(_) => Code::CollapsedTicks,
            None if lost => Code::ShortRow,
            None => Code::PaddedRow,
        };
        table.notes.push(Placed::row(at, Note::new(code, row.cells.len().to_string())));
    } else if grid.boundaries == Boundaries::Bars && row.cells.len() > width {
        let cells = row.cells.len().to_string();
        let note =
            Note::new(Code::HeaderWidth, cells).expected(format!("{width} 列"), format!("{width} columns"));
        table.notes.push(Placed::row(at, note));
    }
    for column in &table.columns {
        let cell = row.cells.get(column.at);
        let merged = cell.and_then(|cell| cell.merged);
        // A cell merged into one of another column repeats that one's words; the column itself has none.
        let sideways = merged.is_some_and(|above| above.left > 0);
        let tick = is_tick(&column.field);
        let (text, how) = match cell {
            _ if printed.collapsed.is_some() && tick => (String::new(), How::Lost),
            None if lost && tick => (String::new(), How::Lost),
            None => (String::new(), How::Printed),
            Some(_) if sideways => (String::new(), How::Printed),
            Some(_) => {
                let how = if merged.is_some() { How::Merged } else { How::Printed };
                (grid.text(at, column.at).trim().to_owned(), how)
            }
        };
        printed.values.push(Value { text, how, row: at, at: column.at });
    }
    printed
}

/// The number of ticks at the end of a row that is too short to tell under which headings they stand.
fn collapsed(grid: &Grid, at: usize, table: &Table) -> Option<usize> {
    let ticks = table.columns.iter().filter(|column| is_tick(&column.field)).count();
    let cells = &grid.rows[at].cells;
    let last: Vec<&str> =
        cells.iter().rev().map(|cell| cell.text.trim()).take_while(|text| is_mark(text)).collect();
    let before = table.columns.iter().filter(|column| !is_tick(&column.field)).count();
    // Each tick has a cell of its own and no blank one stands among them, so the blank ones are what is missing.
    (!last.is_empty() && last.len() < ticks && cells.len() == before + last.len()).then_some(last.len())
}

fn is_mark(text: &str) -> bool {
    ["√", "✓", "✔", "V", "v", "Ⅴ", "●", "是", "1"].contains(&text)
}

/// Whether a column holds ticks.
fn is_tick(field: &Field) -> bool {
    matches!(
        field,
        Field::WholeSociety | Field::Groups | Field::Proactive | Field::OnRequest | Field::Level(_)
    )
}

/// Puts in what blank cells and 同上 take from the row above.
fn resolve(row: &mut Row, blanks: bool, table: &mut Table) {
    let above = table.rows.last();
    let mut notes = Vec::new();
    let blank = |row: &Row, at: usize| row.values[at].text.is_empty() && row.values[at].how != How::Lost;
    let names: Vec<usize> = (0..3).filter_map(|level| place(table, &Field::Name(level))).collect();
    let same = |at: usize| above.is_some_and(|above| above.values[at].text == row.values[at].text);
    let same_domain = place(table, &Field::Domain).is_none_or(same);
    let same_name =
        |outer: &usize| blank(row, *outer) || row.values[*outer].how == How::Merged || same(*outer);
    let same_block = same_domain && names.first().is_some_and(same_name);
    for (at, column) in table.columns.iter().enumerate() {
        let before = above.map(|above| above.values[at].text.clone());
        let value = &mut row.values[at];
        if DITTO.contains(&folded(&value.text).as_str()) {
            let printed = std::mem::take(&mut value.text);
            let note = match before.as_ref().filter(|before| !before.is_empty()) {
                Some(before) => Note::new(Code::Ditto, printed).understood(before.clone()),
                None => Note::new(Code::DittoWithoutAbove, printed).expected(
                    format!("写明{}", name(&column.field)),
                    format!("the words of {}", name(&column.field)),
                ),
            };
            notes.push(Placed::cell(value.row, value.at, note));
            (value.text, value.how) = (before.unwrap_or_default(), How::Ditto);
        }
    }
    fill_names(row, &names, table, &mut notes);
    let block = [Field::Basis, Field::TimeLimit, Field::Units, Field::Channels];
    for field in block.iter().filter(|_| same_block && !blanks) {
        let Some(at) = place(table, field) else { continue };
        let Some(before) = above
            .map(|above| above.values[at].text.clone())
            .filter(|text| text.chars().any(char::is_alphanumeric))
        else {
            continue;
        };
        if blank(row, at) {
            let note = Note::new(Code::BlockFilledDown, "").understood(before.clone());
            notes.push(Placed::cell(row.at, row.values[at].at, note));
            (row.values[at].text, row.values[at].how) = (before, How::Filled);
        }
    }
    table.notes.extend(notes);
}

/// A blank name is that of the row above: the outer ones always, the innermost where the row has none at all.
fn fill_names(row: &mut Row, names: &[usize], table: &Table, notes: &mut Vec<Placed>) {
    let Some(above) = table.rows.last() else { return };
    let printed = names.iter().rposition(|at| !row.values[*at].text.is_empty());
    let (upto, code) = match printed {
        Some(innermost) => (innermost, Code::NameFilledDown),
        None => (names.len(), Code::SameNames),
    };
    for (level, at) in names.iter().enumerate().take(upto) {
        let blank = row.values[*at].text.is_empty();
        // Below a name that is printed anew nothing is taken over.
        let anew = names[..level].iter().any(|outer| {
            row.values[*outer].how == How::Printed && row.values[*outer].text != above.values[*outer].text
        });
        if blank && !anew && !above.values[*at].text.is_empty() {
            let before = above.values[*at].text.clone();
            notes.push(Placed::cell(
                row.at,
                row.values[*at].at,
                Note::new(code, "").understood(before.clone()),
            ));
            (row.values[*at].text, row.values[*at].how) = (before, How::Filled);
        }
    }
}

fn place(table: &Table, field: &Field) -> Option<usize> {
    table.columns.iter().position(|column| column.field == *field)
}

/// Numbers may stand behind the outer name although the header says otherwise: then the two columns change places.
fn shifted_sequence(grid: &Grid, places: &[usize], table: &mut Table) {
    let (Some(sequence), Some(outer)) = (place(table, &Field::Sequence), place(table, &Field::Name(0)))
    else {
        return;
    };
    let count = |at: usize, wanted: fn(&str) -> bool| {
        let column = table.columns[at].at;
        places.iter().filter(|row| wanted(grid.text(**row, column).trim())).count()
    };
    let number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let word = |text: &str| text.chars().any(char::is_alphabetic);
    if count(outer, number) >= 2
        && count(outer, word) == 0
        && count(sequence, word) >= 1
        && count(sequence, number) == 0
    {
        let (one, other) = (table.columns[sequence].at, table.columns[outer].at);
        (table.columns[sequence].at, table.columns[outer].at) = (other, one);
        let note = Note::new(Code::ShiftedSequence, table.columns[outer].label.clone());
        table.notes.push(Placed::cell(table.head, one, note));
    }
}

/// Looks at the sequence numbers: several rows with one, codes, gaps. They are never changed.
fn sequence(table: &mut Table) {
    let Some(at) = place(table, &Field::Sequence) else { return };
    let mut last: Option<u64> = None;
    let (mut shared, mut coded) = (false, Vec::new());
    let mut notes = Vec::new();
    for row in &table.rows {
        let value = &row.values[at];
        let text = folded(&value.text);
        shared |= text.is_empty() || value.how == How::Merged;
        if text.is_empty() {
            continue;
        }
        let Some(number) = text.parse::<u64>().ok().filter(|_| text.len() == 1 || !text.starts_with('0'))
        else {
            coded.push(text);
            continue;
        };
        if let Some(last) = last.filter(|last| number > last + 1) {
            let note = Note::new(Code::SequenceGap, text.clone())
                .expected(format!("{}", last + 1), format!("{}", last + 1));
            notes.push(Placed::cell(row.at, value.at, note));
        }
        last = Some(number);
    }
    let first = table.head;
    table.notes.extend(notes);
    if shared {
        table.notes.push(Placed::row(first, Note::new(Code::SharedSequence, "")));
    }
    if !coded.is_empty() {
        table.notes.push(Placed::row(first, Note::new(Code::CodedSequence, coded.join(" "))));
    }
}

/// Says how many levels of names there are.
fn levels(table: &mut Table) {
    let used = |level: usize| {
        place(table, &Field::Name(level))
            .map(|at| table.rows.iter().any(|row| !row.values[at].text.is_empty()))
    };
    let code = match (used(1), used(2)) {
        _ if place(table, &Field::Names).is_some() => Some(Code::CombinedNames),
        (None, None) => Some(Code::OneLevel),
        (_, Some(true)) => Some(Code::ThreeLevels),
        (_, Some(false)) | (Some(false), _) => Some(Code::EmptyLevel),
        _ => None,
    };
    if let Some(code) = code {
        let first = table.head;
        table.notes.push(Placed::row(first, Note::new(code, "")));
    }
    if place(table, &Field::Units).is_none() {
        let first = table.head;
        table.notes.push(Placed::row(first, Note::new(Code::NoUnitColumn, "")));
    }
}
