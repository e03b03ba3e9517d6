//! XLSX (Office Open XML): the declared columns, one row an item or a state of a record, with a sheet of the codes that
//! stand in them and one that says what the file is. Parts follow each other and are never gone back to, so that memory
//! holds a batch of rows; the crate that writes tables for people would want a temporary file for that.
//!
//! Every text is written as a string: nothing in it is ever a formula, whatever it begins with.

mod parts;
mod sheet;

use std::io::Write;

use serde_json::Value;
use zip::{
    CompressionMethod, DateTime, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

use self::sheet::{Said, Sheet, Style};
use super::{About, Encode, cells, ndjson, sink::Sink};
use crate::{
    catalogue::{
        changed::ChangeRow,
        code_list::{self, CodeList},
        column::{Cell, Column, ColumnType, Columns, Row},
        dataset::{RecordLine, Titles},
        digest::Digest,
        reference::Register,
    },
    error::{Error, Result},
    store::Slice,
};

/// Rows of names over the data.
const HEAD: u32 = 2;
/// Rows that a sheet has room for below them.
pub(super) const ROWS: u64 = (sheet::MOST - HEAD) as u64;

/// A workbook while it is written.
pub(super) struct Book {
    /// `None` once it is whole.
    zip: Option<ZipWriter<StreamWriter<Sink>>>,
    sink: Sink,
    sheet: Sheet,
    about: Option<About>,
    titles: Titles,
    /// The version that was written last.
    version: Option<Digest>,
}

impl Default for Book {
    fn default() -> Self {
        let sink = Sink::default();
        let zip = ZipWriter::new_stream(sink.clone()).set_auto_large_file();
        let (about, titles) = (None, Titles::default());
        Self { zip: Some(zip), sink, sheet: Sheet::default(), about, titles, version: None }
    }
}

impl Book {
    /// Begins the next part of the package. Neither clock nor system stands in it.
    fn part(&mut self, name: &str) -> Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .unix_permissions(0o600)
            .last_modified_time(DateTime::default());
        let zip = self.zip.as_mut().ok_or_else(ended)?;
        zip.start_file(name, options).map_err(Error::internal)
    }

    fn write(&mut self, text: &str) -> Result<()> {
        let zip = self.zip.as_mut().ok_or_else(ended)?;
        zip.write_all(text.as_bytes()).map_err(Error::internal)
    }

    /// Writes the rows of the sheet that are ready.
    fn flush(&mut self) -> Result<()> {
        let text = self.sheet.take();
        self.write(&text)
    }

    /// The two rows over the data: what Chinese tables print, and the names that an import reads.
    fn head<S>(&mut self, columns: &[Column<S>]) -> Result<()> {
        let width = |column: &Column<S>| match column.kind() {
            ColumnType::String | ColumnType::Json => 24,
            _ => 12,
        };
        let widths: Vec<u16> = columns.iter().map(width).collect();
        let text = parts::sheet_begin(&widths, HEAD);
        self.write(&text)?;
        let labels = columns.iter().map(|column| (Said::Text(column.label().into()), Style::Label));
        self.sheet.row(labels)?;
        let names = columns.iter().map(|column| (Said::Text(column.name().into()), Style::Name));
        self.sheet.row(names)?;
        self.flush()
    }

    /// Rows that are one value each.
    fn values(
        &mut self,
        columns: &[Column<String>],
        values: impl Iterator<Item = Value>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        for value in values {
            let row = columns.iter().map(|column| said(column.kind(), cells::of_state(column, &value)));
            self.sheet.row(row)?;
        }
        self.flush()?;
        self.sink.take(out);
        Ok(())
    }

    /// A small sheet, whole.
    fn small(&mut self, number: usize, widths: &[u16], rows: Vec<Vec<String>>) -> Result<()> {
        self.part(&parts::sheet_name(number))?;
        self.write(&parts::sheet_begin(widths, 1))?;
        self.sheet = Sheet::default();
        for (at, row) in rows.into_iter().enumerate() {
            let style = if at == 0 { Style::Label } else { Style::Text };
            self.sheet.row(row.into_iter().map(|text| (Said::Text(text.into()), style)))?;
        }
        self.flush()?;
        self.write(&parts::sheet_end(None))
    }
}

fn ended() -> Error {
    Error::internal("the workbook has ended")
}

/// The sheet of codes: which list, which code, what it is called.
fn codes(lists: Vec<CodeList>) -> Vec<Vec<String>> {
    let head = ["代码表", "codeList", "代码 code", "名称 label"].map(str::to_owned).to_vec();
    let rows = lists.into_iter().flat_map(|CodeList { name, label, codes }| {
        let row = move |(code, text)| vec![label.to_owned(), name.to_owned(), code, text];
        codes.into_iter().map(row)
    });
    std::iter::once(head).chain(rows).collect()
}

/// The sheet that says what the file is: its scope and terms, then every column.
fn told(about: &About) -> Vec<Vec<String>> {
    let told = about.told().into_iter().map(|told| vec![told.label.to_owned(), told.value]);
    let head = ["列 column", "名称 label", "类型 type", "含义", "meaning"].map(str::to_owned).to_vec();
    let mut rows: Vec<Vec<String>> = std::iter::once(vec!["说明 about".to_owned()]).chain(told).collect();
    rows.extend([Vec::new(), head]);
    rows.extend(match Columns::declared().of_values(&about.dataset) {
        Some(columns) => dictionary(columns),
        None => dictionary(&Columns::declared().item),
    });
    rows
}

fn dictionary<S>(columns: &[Column<S>]) -> Vec<Vec<String>> {
    let row = |column: &Column<S>| {
        [column.name(), column.label(), column.kind().name(), column.zh(), column.en()]
            .map(str::to_owned)
            .to_vec()
    };
    columns.iter().map(row).collect()
}

/// What a cell of a declared column looks like in a sheet.
fn said<'a>(kind: ColumnType, cell: Cell<'a>) -> (Said<'a>, Style) {
    match cell {
        Cell::Empty => (Said::Nothing, Style::Text),
        Cell::Integer(number) => (Said::Number(number), Style::Number),
        Cell::Boolean(yes) => (Said::Boolean(yes), Style::Number),
        Cell::Json(json) => (Said::Text(json.into()), Style::Text),
        Cell::Text(text) => match sheet::day(&text).filter(|_| kind == ColumnType::Date) {
            Some(serial) => (Said::Number(serial), Style::Day),
            None => (Said::Text(text), Style::Text),
        },
    }
}

impl Encode for Book {
    fn begin(&mut self, about: &About, out: &mut Vec<u8>) -> Result<()> {
        self.about = Some(about.clone());
        for (name, text) in parts::fixed(&about.title, about.publication.notice.publisher.as_deref()) {
            self.part(name)?;
            self.write(&text)?;
        }
        self.part(&parts::sheet_name(1))?;
        match Columns::declared().of_values(&about.dataset) {
            Some(columns) => self.head(columns)?,
            None => self.head(&Columns::declared().item)?,
        }
        self.sink.take(out);
        Ok(())
    }

    fn items(&mut self, slice: &Slice, titles: &Titles, out: &mut Vec<u8>) -> Result<()> {
        if self.version.is_none() {
            self.titles = titles.clone();
        }
        let columns = &Columns::declared().item;
        for line in &slice.lines {
            let first = self.version.replace(slice.head.digest) != Some(slice.head.digest);
            let row = Row::new(&slice.head, line, titles, first);
            let mut said_of_row = Vec::with_capacity(columns.len());
            for column in columns {
                said_of_row.push(said(column.kind(), row.cell(column)?));
            }
            self.sheet.row(said_of_row)?;
        }
        self.flush()?;
        self.sink.take(out);
        Ok(())
    }

    fn records(&mut self, register: Register, lines: &[RecordLine], out: &mut Vec<u8>) -> Result<()> {
        let states = lines.iter().flat_map(|line| ndjson::states(register, line));
        self.values(Columns::declared().of(register), states, out)
    }

    fn changes(&mut self, rows: &[ChangeRow], out: &mut Vec<u8>) -> Result<()> {
        self.values(&Columns::declared().change, cells::of_changes(rows)?.into_iter(), out)
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<()> {
        let Some(about) = self.about.take() else { return Ok(()) };
        let filter = self.sheet.area(HEAD);
        self.write(&parts::sheet_end(Some(&filter)))?;
        let lists = code_list::all(&self.titles);
        self.small(2, &[16, 24, 24, 32], codes(lists))?;
        self.small(3, &[28, 40, 12, 60, 60], told(&about))?;
        self.zip.take().ok_or_else(ended)?.finish().map_err(Error::internal)?;
        self.sink.take(out);
        Ok(())
    }

    fn room(&self) -> Option<u64> {
        Some(ROWS)
    }
}
