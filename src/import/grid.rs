//! Grids: what every kind of file comes down to, and all that the layers above see of it.
//!
//! A page is one grid from top to bottom: paragraphs and the rows of its tables in the order in which a person reads
//! them, so that titles between tables are found the same way in every kind of file.

use std::collections::BTreeMap;

/// How much a source knows of where one cell ends and the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boundaries {
    /// Every cell has its place: spreadsheets, HTML, Word, CSV.
    Exact,
    /// Cells are told apart by a bar, but blank ones may be missing: Markdown and pasted tables.
    Bars,
    /// One cell a line, blank cells perhaps lost.
    Lines,
}

/// A sheet or a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// The name of the sheet; `None` where the file has none.
    pub sheet: Option<String>,
    /// Whether cells have addresses such as B7, as in a spreadsheet.
    pub addressed: bool,
    /// What is known of the cells' boundaries.
    pub boundaries: Boundaries,
    /// The rows from top to bottom.
    pub rows: Vec<Row>,
}

/// A row of a table, or a paragraph between tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The row of the sheet or the line of the file, from 1.
    pub number: usize,
    /// Which of the file's own tables it belongs to, from 0; `None` for a paragraph.
    pub table: Option<usize>,
    /// The cells from left to right; a paragraph has one. Cells that are missing at the end were not in the file.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The words as printed, lines parted by LF; empty for a blank cell and for all of a merged area but its first.
    pub text: String,
    /// Where the first cell of its merged area stands; `None` for a cell that is not merged, and for the first itself.
    pub merged: Option<Above>,
}

/// The way from a cell of a merged area to its first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Above {
    /// How many rows up, in the grid.
    pub up: usize,
    /// How many columns to the left.
    pub left: usize,
}

/// A merged area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// The row of its first cell in the grid, from 0.
    pub row: usize,
    /// The column of its first cell, from 0.
    pub column: usize,
    /// How many rows it covers.
    pub rows: usize,
    /// How many columns it covers.
    pub columns: usize,
}

impl Cell {
    /// A cell that is not merged.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), merged: None }
    }
}

impl Grid {
    /// The words of a cell, those of the merged area where it belongs to one; empty for a cell that is not there.
    pub fn text(&self, row: usize, column: usize) -> &str {
        let (row, column) = self.first(row, column);
        self.cell(row, column).map_or("", |cell| &cell.text)
    }

    /// A cell, `None` where the row has ended.
    pub fn cell(&self, row: usize, column: usize) -> Option<&Cell> {
        self.rows.get(row)?.cells.get(column)
    }

    /// Where the first cell of a cell's merged area stands: the place itself for a cell that is not merged.
    pub fn first(&self, row: usize, column: usize) -> (usize, usize) {
        let above = self.cell(row, column).and_then(|cell| cell.merged);
        let first =
            above.and_then(|above| Some((row.checked_sub(above.up)?, column.checked_sub(above.left)?)));
        first.unwrap_or((row, column))
    }

    /// The merged areas from top to bottom. Where areas overlap, as in no honest file, the cut ones are left out.
    pub fn areas(&self) -> Vec<Area> {
        // By its first cell, each area with its last row and column and how many cells say that they belong to it.
        let mut found: BTreeMap<(usize, usize), (usize, usize, usize)> = BTreeMap::new();
        for (row, cells) in self.rows.iter().enumerate() {
            for column in (0..cells.cells.len()).filter(|column| cells.cells[*column].merged.is_some()) {
                let (bottom, right, many) = found.entry(self.first(row, column)).or_default();
                (*bottom, *right, *many) = ((*bottom).max(row), (*right).max(column), *many + 1);
            }
        }
        let area = |((row, column), (bottom, right, many)): ((usize, usize), (usize, usize, usize))| {
            let area = Area { row, column, rows: bottom + 1 - row, columns: right + 1 - column };
            let whole = self.cell(row, column)?.merged.is_none() && area.rows * area.columns == many + 1;
            whole.then_some(area)
        };
        found.into_iter().filter_map(area).collect()
    }

    /// The address of a cell, B7; `None` where cells have none.
    pub fn address(&self, row: usize, column: usize) -> Option<String> {
        let number = self.rows.get(row).filter(|_| self.addressed)?.number;
        Some(format!("{}{number}", letters(column)))
    }
}

/// The letters of a column counted from 0: A to Z, then AA.
pub fn letters(column: usize) -> String {
    let mut rest = column + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or_default()));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_of_spreadsheets() {
        let columns = [0, 25, 26, 51, 52, 701, 702];
        assert_eq!(columns.map(letters), ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn a_merged_area_says_everywhere_what_its_first_cell_says() {
        let merged = |up, left| Cell { text: String::new(), merged: Some(Above { up, left }) };
        let row = |number, cells| Row { number, table: Some(0), cells };
        let rows = vec![
            row(3, vec![Cell::new("1"), Cell::new("资金"), merged(0, 1)]),
            row(4, vec![Cell::new("2"), merged(1, 0), merged(1, 1)]),
        ];
        let grid = Grid { sheet: None, addressed: true, boundaries: Boundaries::Exact, rows };
        assert_eq!(
            (grid.text(1, 2), grid.text(1, 0), grid.text(1, 3), grid.text(9, 0)),
            ("资金", "2", "", "")
        );
        assert_eq!(grid.address(1, 2).as_deref(), Some("C4"));
        assert_eq!(grid.areas(), [Area { row: 0, column: 1, rows: 2, columns: 2 }]);
    }
}
