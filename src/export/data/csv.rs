//! CSV: the declared columns, one row an item or a state of a record.

use std::borrow::Cow;

use csv::{Terminator, Writer, WriterBuilder};
use serde_json::Value;

use super::{About, Encode, cells, ndjson};
use crate::{
    catalogue::{
        changed::ChangeRow,
        column::{Cell, Column, ColumnType, Columns, ItemSource, Row},
        dataset::{RecordLine, Titles},
        digest::Digest,
        reference::Register,
    },
    error::{Error, Result},
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

pub(super) struct Table {
    for_spreadsheets: bool,
    /// The version that was written last.
    version: Option<Digest>,
}

impl Table {
    /// As RFC 4180 has it, every declared column under its name.
    pub(super) fn plain() -> Self {
        Self { for_spreadsheets: false, version: None }
    }

    /// For people: Chinese column names, nothing that could be taken for a formula, no column of JSON.
    pub(super) fn for_spreadsheets() -> Self {
        Self { for_spreadsheets: true, version: None }
    }

    fn shown<'a, S>(&self, columns: &'a [Column<S>]) -> impl Iterator<Item = &'a Column<S>> + use<'a, S> {
        let all = !self.for_spreadsheets;
        columns.iter().filter(move |column| all || column.kind() != ColumnType::Json)
    }

    fn head<S>(&self, columns: &[Column<S>], out: &mut Vec<u8>) -> Result<()> {
        if self.for_spreadsheets {
            out.extend(BYTE_ORDER_MARK);
        }
        let names = self.shown(columns);
        let mut writer = writer(out);
        let name = |column: &'_ Column<S>| match self.for_spreadsheets {
            true => column.label().to_owned(),
            false => column.name().to_owned(),
        };
        writer.write_record(names.map(name)).map_err(Error::internal)?;
        writer.flush().map_err(Error::internal)
    }

    /// Rows that are one value each.
    fn values(
        &self,
        columns: &[Column<String>],
        values: impl Iterator<Item = Value>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let columns: Vec<&Column<String>> = self.shown(columns).collect();
        let mut writer = writer(out);
        for value in values {
            for column in &columns {
                let cell = cells::of_state(column, &value);
                writer.write_field(&*self.text(cell)).map_err(Error::internal)?;
            }
            writer.write_record(None::<&[u8]>).map_err(Error::internal)?;
        }
        writer.flush().map_err(Error::internal)
    }

    fn text<'a>(&self, cell: Cell<'a>) -> Cow<'a, str> {
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

fn writer(out: &mut Vec<u8>) -> Writer<&mut Vec<u8>> {
    WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out)
}

impl Encode for Table {
    fn begin(&mut self, about: &About, out: &mut Vec<u8>) -> Result<()> {
        match Columns::declared().of_values(&about.dataset) {
            Some(columns) => self.head(columns, out),
            None => self.head(&Columns::declared().item, out),
        }
    }

    fn items(&mut self, slice: &Slice, titles: &Titles, out: &mut Vec<u8>) -> Result<()> {
        let columns: Vec<&Column<ItemSource>> = self.shown(&Columns::declared().item).collect();
        let mut writer = writer(out);
        for line in &slice.lines {
            let first = self.version.replace(slice.head.digest) != Some(slice.head.digest);
            let row = Row::new(&slice.head, line, titles, first)?;
            for column in &columns {
                writer.write_field(&*self.text(row.cell(column)?)).map_err(Error::internal)?;
            }
            writer.write_record(None::<&[u8]>).map_err(Error::internal)?;
        }
        writer.flush().map_err(Error::internal)
    }

    fn records(&mut self, register: Register, lines: &[RecordLine], out: &mut Vec<u8>) -> Result<()> {
        let states = lines.iter().flat_map(|line| ndjson::states(register, line));
        self.values(Columns::declared().of(register), states, out)
    }

    fn changes(&mut self, rows: &[ChangeRow], out: &mut Vec<u8>) -> Result<()> {
        self.values(&Columns::declared().change, cells::of_changes(rows)?.into_iter(), out)
    }

    fn end(&mut self, _: &mut Vec<u8>) -> Result<()> {
        Ok(())
    }
}
