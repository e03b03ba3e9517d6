//! Excel workbooks of 1997 to 2003: the records of the stream `Workbook`.

use std::collections::HashMap;

use super::{
    Format, Refusal, Source,
    biff::{Record, Records, double, kind, rk, short_string, string},
    compound::{Compound, u16_at, u32_at},
    limits::{self, Budget, too_large},
    number::Shown,
    protected,
    sheet::{Area, Sheet},
    unreadable,
    xml::damaged,
};
use crate::import::finding::{Code, Note};

/// What the cells of every sheet refer to.
#[derive(Default)]
struct Workbook {
    strings: Vec<String>,
    formats: HashMap<u32, Shown>,
    /// The number format of each cell style.
    styles: Vec<u32>,
    from_1904: bool,
    external: bool,
    sheets: Vec<Tab>,
}

/// A sheet as the workbook lists it.
struct Tab {
    name: String,
    start: usize,
    hidden: bool,
    /// 0 is a sheet with cells, 1 one of macros.
    kind: u8,
}

pub(super) fn read(bytes: &[u8], budget: &mut Budget) -> Result<Source, Refusal> {
    let file = Compound::open(bytes)?;
    // Excel 95 wrote `Book`, and a few writers after it still do.
    let stream = match file.stream("Workbook")? {
        Some(stream) => stream,
        None => file.stream("Book")?.ok_or_else(damaged)?,
    };
    let book = workbook(&stream)?;
    let mut source = Source { format: Format::Xls, encoding: None, grids: Vec::new(), notes: Vec::new() };
    // Sheets stand one after the other, so all of them together have no more bytes than the stream.
    let mut left = stream.len();
    for tab in book.sheets.iter().filter(|tab| tab.kind == 0) {
        if tab.hidden {
            source.notes.push((None, Note::new(Code::HiddenSheet, tab.name.clone())));
            continue;
        }
        let mut records = Records::new(stream.get(tab.start..).ok_or_else(damaged)?);
        let before = records.left();
        let mut sheet = Sheet::new(tab.name.clone());
        Cells { book: &book, sheet: &mut sheet, budget, pending: None }.read(&mut records)?;
        left = left.checked_sub(before - records.left()).ok_or_else(damaged)?;
        let (grid, notes) = sheet.finish(source.grids.len(), budget)?;
        source.grids.push(grid);
        source.notes.extend(notes);
    }
    let macros = file.has("_VBA_PROJECT_CUR") || book.sheets.iter().any(|tab| tab.kind == 1);
    let ignored = [("宏", macros), ("外部链接", book.external)];
    let ignored = ignored.iter().filter(|(_, found)| *found).map(|(name, _)| *name).collect::<Vec<_>>();
    if !ignored.is_empty() {
        source.notes.push((None, Note::new(Code::IgnoredParts, ignored.join("、"))));
    }
    Ok(source)
}

fn old() -> Refusal {
    unreadable("Excel 95 或更早的工作簿", "a workbook of Excel 95 or before", "用 Excel 或 WPS 另存为 xlsx")
}

/// The first part of the stream, which all sheets share.
fn workbook(stream: &[u8]) -> Result<Workbook, Refusal> {
    let mut records = Records::new(stream);
    let first = records.next()?;
    if first.kind != kind::BOF || u16_at(first.data, 0) != Some(0x0600) {
        return Err(old());
    }
    let mut book = Workbook::default();
    loop {
        let Record { kind, data } = records.next()?;
        match kind {
            kind::EOF => return Ok(book),
            kind::FILE_PASS => return Err(protected()),
            kind::DATE1904 => book.from_1904 = u16_at(data, 0) == Some(1),
            kind::FORMAT => {
                let id = u16_at(data, 0).ok_or_else(damaged)?;
                book.formats.insert(u32::from(id), Shown::of(&string(data, 2)?));
            }
            kind::XF => book.styles.push(u32::from(u16_at(data, 2).ok_or_else(damaged)?)),
            kind::SST => book.strings = records.continued(data)?.strings()?,
            // The workbook itself and add-ins are listed as books too.
            kind::SUP_BOOK => book.external |= !matches!(u16_at(data, 2), Some(0x0401 | 0x3a01)),
            kind::BOUND_SHEET => {
                let (Some(start), Some(state), Some(kind)) = (u32_at(data, 0), data.get(4), data.get(5))
                else {
                    return Err(damaged());
                };
                let name = short_string(data, 6).ok_or_else(damaged)?;
                book.sheets.push(Tab { name, start: start as usize, hidden: state & 3 != 0, kind: *kind });
                if book.sheets.len() > limits::SHEETS {
                    return Err(too_large("工作表数", "sheets", limits::SHEETS));
                }
            }
            _ => {}
        }
    }
}

struct Cells<'a> {
    book: &'a Workbook,
    sheet: &'a mut Sheet,
    budget: &'a mut Budget,
    /// The formula whose text comes in a record of its own.
    pending: Option<(u32, u32)>,
}

impl Cells<'_> {
    fn read(&mut self, records: &mut Records) -> Result<(), Refusal> {
        // Charts inside a sheet begin and end as sheets do, and have cells of their own.
        let mut depth = 0_usize;
        loop {
            let record = records.next()?;
            match record.kind {
                kind::BOF => depth += 1,
                kind::EOF if depth <= 1 => return Ok(()),
                kind::EOF => depth -= 1,
                kind::STRING if depth == 1 => {
                    let text = records.continued(record.data)?.string()?;
                    if let Some((row, column)) = self.pending.take() {
                        self.sheet.cell(row, column, &text, self.budget)?;
                    }
                }
                _ if depth == 1 => self.record(record).ok_or_else(damaged)??,
                _ => {}
            }
        }
    }

    /// `None` for a record that is too short.
    fn record(&mut self, Record { kind, data }: Record) -> Option<Result<(), Refusal>> {
        let at = || Some((u32::from(u16_at(data, 0)?), u32::from(u16_at(data, 2)?)));
        let style = || Some(usize::from(u16_at(data, 4)?));
        Some(match kind {
            kind::NUMBER => self.number(at()?, style()?, double(data, 6)?),
            kind::RK => self.number(at()?, style()?, rk(u32_at(data, 6)?)),
            kind::MUL_RK => {
                let (row, first) = at()?;
                let packed = data.get(4..data.len().checked_sub(2)?)?;
                packed.chunks_exact(6).zip(first..).try_for_each(|(packed, column)| {
                    let style = usize::from(u16_at(packed, 0).unwrap_or_default());
                    self.number((row, column), style, rk(u32_at(packed, 2).unwrap_or_default()))
                })
            }
            kind::LABEL_SST => match self.book.strings.get(u32_at(data, 6)? as usize) {
                Some(text) => {
                    let (row, column) = at()?;
                    self.sheet.cell(row, column, text, self.budget)
                }
                None => Err(damaged()),
            },
            kind::LABEL | kind::R_STRING => {
                let (row, column) = at()?;
                string(data, 6).and_then(|text| self.sheet.cell(row, column, &text, self.budget))
            }
            kind::BOOL_ERR => self.word(at()?, *data.get(6)?, *data.get(7)? == 1),
            kind::FORMULA => self.formula(at()?, style()?, data)?,
            kind::MERGE_CELLS => {
                for area in data.get(2..)?.chunks_exact(8) {
                    let number = |at| u16_at(area, at).map(u32::from);
                    let [top, bottom, left, right] = [number(0)?, number(2)?, number(4)?, number(6)?];
                    self.sheet.merge(Area { top, left, bottom, right });
                }
                Ok(())
            }
            _ => Ok(()),
        })
    }

    fn number(&mut self, (row, column): (u32, u32), style: usize, value: f64) -> Result<(), Refusal> {
        let id = self.book.styles.get(style).copied().unwrap_or(0);
        let shown = self.book.formats.get(&id).copied().unwrap_or_else(|| Shown::builtin(id));
        self.sheet.cell(row, column, &shown.text(value, self.book.from_1904), self.budget)
    }

    /// A truth value, or an error such as `#REF!`.
    fn word(&mut self, (row, column): (u32, u32), value: u8, error: bool) -> Result<(), Refusal> {
        let text = match (error, value) {
            (false, 0) => "FALSE",
            (false, _) => "TRUE",
            (true, 0x00) => "#NULL!",
            (true, 0x07) => "#DIV/0!",
            (true, 0x0f) => "#VALUE!",
            (true, 0x17) => "#REF!",
            (true, 0x1d) => "#NAME?",
            (true, 0x24) => "#NUM!",
            (true, _) => "#N/A",
        };
        self.sheet.cell(row, column, text, self.budget)
    }

    /// The stored result of a formula; the formula itself is not read.
    fn formula(&mut self, at: (u32, u32), style: usize, data: &[u8]) -> Option<Result<(), Refusal>> {
        self.sheet.formula(at.0, at.1, true);
        if data.get(12..14)? != [0xff, 0xff] {
            return Some(self.number(at, style, double(data, 6)?));
        }
        let value = *data.get(8)?;
        Some(match *data.get(6)? {
            0 => {
                self.pending = Some(at);
                Ok(())
            }
            1 => self.word(at, value, false),
            2 => self.word(at, value, true),
            _ => Ok(()),
        })
    }
}
