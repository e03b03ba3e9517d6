//! CSV: the declared columns, one row an item or a state of a record.

mod runs;

use std::borrow::Cow;

use serde_json::Value;

use self::runs::Runs;
pub(super) use self::runs::Written;
use super::{About, Encode, cells, ndjson};
use crate::{
    catalogue::{
        canonical::CanonicalError,
        changed::ChangeRow,
        column::{Cell, Column, ColumnType, Columns},
        dataset::{RecordLine, Titles},
        reference::Register,
    },
    error::Result,
    store::Slice,
};

/// What tells programs for spreadsheets that a file is UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What programs for spreadsheets may take for the beginning of a formula, also at full width.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// Digits beyond which such a program rounds a number or writes it as a power of ten.
const EXACT_DIGITS: usize = 11;

/// Says in a cell that a text follows.
const GUARD: char = '\'';

/// What ends a record.
const END: &[u8] = b"\r\n";

/// How cells are written (RFC 4180).
#[derive(Clone, Copy)]
struct Style {
    /// For people: Chinese column names, nothing that could be taken for a formula, no column of JSON.
    for_spreadsheets: bool,
}

impl Style {
    fn shown<S>(self, columns: &[Column<S>]) -> impl Iterator<Item = &Column<S>> {
        let all = !self.for_spreadsheets;
        columns.iter().filter(move |column| all || column.kind() != ColumnType::Json)
    }

    /// Writes cells with commas between them.
    fn record<'a>(
        self,
        cells: impl Iterator<Item = std::result::Result<Cell<'a>, CanonicalError>>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        for (place, cell) in cells.enumerate() {
            field(place, &self.text(cell?), out);
        }
        Ok(())
    }

    fn head<S>(self, columns: &[Column<S>], out: &mut Vec<u8>) -> Result<()> {
        if self.for_spreadsheets {
            out.extend(BYTE_ORDER_MARK);
        }
        let name = if self.for_spreadsheets { Column::label } else { Column::name };
        // A name is no formula, whatever it begins with.
        for (place, column) in self.shown(columns).enumerate() {
            field(place, name(column), out);
        }
        out.extend(END);
        Ok(())
    }

    /// Rows that are one value each.
    fn values(
        self,
        columns: &[Column<String>],
        values: impl Iterator<Item = Value>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let columns: Vec<&Column<String>> = self.shown(columns).collect();
        for value in values {
            self.record(columns.iter().map(|column| Ok(cells::of_state(column, &value))), out)?;
            out.extend(END);
        }
        Ok(())
    }

    fn text(self, cell: Cell<'_>) -> Cow<'_, str> {
        match cell {
            Cell::Empty => "".into(),
            Cell::Integer(number) => number.to_string().into(),
            Cell::Boolean(yes) => if yes { "true" } else { "false" }.into(),
            Cell::Json(json) => json.into(),
            Cell::Text(text) if self.for_spreadsheets && is_mistaken(&text) => {
                format!("{GUARD}{text}").into()
            }
            Cell::Text(text) => text,
        }
    }
}

/// Whether a program for spreadsheets would take a text for a formula, or for a number that it changes.
fn is_mistaken(text: &str) -> bool {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.starts_with(FORMULA) || digits && (text.starts_with('0') || text.len() > EXACT_DIGITS)
}

/// Writes a cell behind those before it: in quotes where it has what would end it.
fn field(place: usize, text: &str, out: &mut Vec<u8>) {
    if place > 0 {
        out.push(b',');
    }
    if !text.bytes().any(|byte| matches!(byte, b'"' | b',' | b'\r' | b'\n')) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    for (place, piece) in text.split('"').enumerate() {
        if place > 0 {
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(piece.as_bytes());
    }
    out.push(b'"');
}

/// A table while it is written.
pub(super) struct Table {
    style: Style,
    rows: Runs,
}

impl Table {
    /// As RFC 4180 has it, every declared column under its name.
    pub(super) fn plain(written: Written) -> Self {
        Self::new(Style { for_spreadsheets: false }, written)
    }

    /// For people.
    pub(super) fn for_spreadsheets(written: Written) -> Self {
        Self::new(Style { for_spreadsheets: true }, written)
    }

    fn new(style: Style, written: Written) -> Self {
        Self { style, rows: Runs::new(style, written) }
    }
}

impl Encode for Table {
    fn begin(&mut self, about: &About, out: &mut Vec<u8>) -> Result<()> {
        match Columns::declared().of_values(&about.dataset) {
            Some(columns) => self.style.head(columns, out),
            None => self.style.head(&Columns::declared().item, out),
        }
    }

    fn items(&mut self, slice: &Slice, titles: &Titles, out: &mut Vec<u8>) -> Result<()> {
        slice.lines.iter().try_for_each(|line| self.rows.row(&slice.head, line, titles, out))
    }

    fn records(&mut self, register: Register, lines: &[RecordLine], out: &mut Vec<u8>) -> Result<()> {
        let states = lines.iter().flat_map(|line| ndjson::states(register, line));
        self.style.values(Columns::declared().of(register), states, out)
    }

    fn changes(&mut self, rows: &[ChangeRow], out: &mut Vec<u8>) -> Result<()> {
        self.style.values(&Columns::declared().change, cells::of_changes(rows)?.into_iter(), out)
    }

    fn end(&mut self, _: &mut Vec<u8>) -> Result<()> {
        Ok(())
    }
}
