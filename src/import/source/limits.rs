//! How much of a file is read. Beyond a limit the file is refused with E006, which names the limit.
//!
//! The limits are far above any catalogue that was seen (some 2,000 rows of 15 cells) and admit 50,000 rows of 20, and
//! low enough that a hostile file costs a few hundred megabytes and a few seconds at most.

use super::Refusal;
use crate::import::finding::{Code, Note};

/// Bytes of a file.
pub const FILE_BYTES: usize = 64 << 20;
/// Files inside a ZIP package.
pub const PACKAGE_ENTRIES: usize = 10_000;
/// Bytes of one part of a package after decompression.
pub const PART_BYTES: usize = 64 << 20;
/// Bytes of all parts that are read, after decompression.
pub const PACKAGE_BYTES: usize = 128 << 20;
/// How many times larger a part may become by decompression; parts up to [`RATIO_FROM_BYTES`] are not asked.
pub const RATIO: usize = 250;
/// From which size on [`RATIO`] holds: a small sheet of blank cells is repetitive by nature.
pub const RATIO_FROM_BYTES: usize = 4 << 20;
/// How deep XML elements may be nested.
pub const XML_DEPTH: usize = 512;
/// How deep tables may be nested in HTML and Word.
pub const TABLE_DEPTH: usize = 32;
/// Sheets of a workbook.
pub const SHEETS: usize = 500;
/// Cells of one sheet or page, blank and merged ones included.
pub const SHEET_CELLS: usize = 1_000_000;
/// Cells of a file, blank and merged ones included.
pub const CELLS: usize = 2_000_000;
/// Rows of a file; a row without cells takes room too.
pub const ROWS: usize = 1_000_000;
/// Rows of a file that are there only because another one is said to be repeated. What follows costs far more for a
/// row than to say so, and no catalogue says the same thing that often.
pub const COPIED_ROWS: usize = 500;
/// Bytes of a cell's text. Excel allows 32,767 characters.
pub const CELL_BYTES: usize = 1 << 20;
/// Bytes of the text of all cells: a long text may be shared by many cells of a small file.
pub const TEXT_BYTES: usize = 128 << 20;
/// Rows of a sheet, as in Excel and LibreOffice.
pub const SHEET_ROWS: u32 = 1_048_576;
/// Columns of a sheet, as in Excel and LibreOffice.
pub const SHEET_COLUMNS: u32 = 16_384;

/// Bytes of text that rows may take from merged cells and from rows above them, whatever they print themselves.
pub(in crate::import) const TAKEN_BYTES: usize = 2 << 20;
/// How many times more than they print themselves rows may take beyond that.
pub(in crate::import) const TAKEN_RATIO: usize = 20;

/// What has been used up of the limits on cells and text.
#[derive(Debug, Default)]
pub(super) struct Budget {
    sheet_cells: usize,
    cells: usize,
    rows: usize,
    copied: usize,
    text: usize,
}

impl Budget {
    /// Begins another sheet.
    pub(super) fn sheet(&mut self) {
        self.sheet_cells = 0;
    }

    /// A row with so many cells, blank ones too.
    pub(super) fn row(&mut self, cells: usize) -> Result<(), Refusal> {
        self.rows += 1;
        if self.rows > ROWS {
            return Err(too_large("行数", "rows of a file", ROWS));
        }
        // What spans columns without end in a page of HTML is no table, and would be told of cell by cell.
        if cells > SHEET_COLUMNS as usize {
            return Err(too_large("每行的单元格数", "cells of one row", SHEET_COLUMNS as usize));
        }
        self.sheet_cells = self.sheet_cells.saturating_add(cells);
        self.cells = self.cells.saturating_add(cells);
        if self.sheet_cells > SHEET_CELLS {
            return Err(too_large("每张工作表的单元格数", "cells of one sheet", SHEET_CELLS));
        }
        if self.cells > CELLS {
            return Err(too_large("单元格总数", "cells of a file", CELLS));
        }
        Ok(())
    }

    /// Cells of a sheet of which only those with text are known yet.
    pub(super) fn sparse(&self, cells: usize) -> Result<(), Refusal> {
        if cells > SHEET_CELLS {
            return Err(too_large("每张工作表的单元格数", "cells of one sheet", SHEET_CELLS));
        }
        Ok(())
    }

    /// A row that is about to become so wide.
    pub(super) fn wide(&self, cells: usize) -> Result<(), Refusal> {
        self.sparse(self.sheet_cells.saturating_add(cells))
    }

    /// Rows with cells that are copies of another one.
    pub(super) fn copies(&mut self, rows: u32) -> Result<(), Refusal> {
        self.copied = self.copied.saturating_add(rows as usize);
        if self.copied > COPIED_ROWS {
            return Err(too_large("重复的行数", "repeated rows", COPIED_ROWS));
        }
        Ok(())
    }

    /// The text of a cell or paragraph.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Refusal> {
        if text.len() > CELL_BYTES {
            return Err(too_large("单元格文字的字节数", "bytes of text in a cell", CELL_BYTES));
        }
        self.text = self.text.saturating_add(text.len());
        if self.text > TEXT_BYTES {
            return Err(too_large("文字的总字节数", "bytes of text in a file", TEXT_BYTES));
        }
        Ok(())
    }
}

/// E006: more of something than is accepted.
pub(super) fn too_large(zh: &str, en: &str, most: usize) -> Refusal {
    let note =
        Note::new(Code::TooLarge, "").expected(format!("{zh}不超过 {most}"), format!("at most {most} {en}"));
    Box::new(note)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_holds_from_the_first_thing_beyond_it() {
        let mut budget = Budget::default();
        let rows = |budget: &mut Budget, cells: usize| {
            (0..cells / 1_000).all(|_| budget.row(1_000).is_ok()) && budget.row(cells % 1_000).is_ok()
        };
        assert!(rows(&mut budget, SHEET_CELLS));
        assert!(budget.row(1).is_err());
        budget.sheet();
        assert!(rows(&mut budget, CELLS - SHEET_CELLS - 1));
        assert!(budget.row(1).is_err());
        let columns = SHEET_COLUMNS as usize;
        assert!(Budget::default().row(columns).is_ok());
        assert!(Budget::default().row(columns + 1).is_err());
        assert!(budget.text(&"a".repeat(CELL_BYTES)).is_ok());
        assert!(budget.text(&"a".repeat(CELL_BYTES + 1)).is_err());
    }
}
