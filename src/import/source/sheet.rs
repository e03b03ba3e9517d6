//! A sheet of a workbook: from cells at addresses, in any order, to the rows of a grid.

use super::{Noted, Place, Refusal, limits::Budget};
use crate::import::{
    finding::{Code, Note},
    grid::{Above, Boundaries, Cell, Grid, Row},
};

/// A sheet while it is read.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) name: String,
    cells: Vec<(u32, u32, String)>,
    merges: Vec<Area>,
    formulas: Vec<(u32, u32)>,
    unknown: Vec<(u32, u32)>,
}

/// A merged area, rows and columns from 0, its last ones included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) top: u32,
    pub(super) left: u32,
    pub(super) bottom: u32,
    pub(super) right: u32,
}

impl Sheet {
    pub(super) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// A cell. Blank ones are not kept.
    pub(super) fn cell(
        &mut self,
        row: u32,
        column: u32,
        text: &str,
        budget: &mut Budget,
    ) -> Result<(), Refusal> {
        if text.is_empty() {
            return Ok(());
        }
        budget.text(text)?;
        budget.sparse(self.cells.len())?;
        let text =
            if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.into() };
        self.cells.push((row, column, text));
        Ok(())
    }

    /// A merged area; one of a single cell is none.
    pub(super) fn merge(&mut self, area: Area) {
        if (area.top, area.left) != (area.bottom, area.right)
            && area.top <= area.bottom
            && area.left <= area.right
        {
            self.merges.push(area);
        }
    }

    /// Says that a cell holds a formula, and whether its result is stored with it.
    pub(super) fn formula(&mut self, row: u32, column: u32, stored: bool) {
        if stored { &mut self.formulas } else { &mut self.unknown }.push((row, column));
    }

    /// How many cells, merged areas and formulas it has so far.
    pub(super) fn parts(&self) -> usize {
        self.cells.len() + self.merges.len() + self.formulas.len() + self.unknown.len()
    }

    /// The grid, which is to be number `index`, and what is to be said of its formulas.
    ///
    /// Columns begin at A, so that a cell stands under its letter. Of blank rows between others only the first is
    /// kept: there may be a million.
    pub(super) fn finish(mut self, index: usize, budget: &mut Budget) -> Result<(Grid, Vec<Noted>), Refusal> {
        budget.sheet();
        // Of several cells at one address the last one counts.
        self.cells.reverse();
        self.cells.sort_by_key(|(row, column, _)| (*row, *column));
        self.cells.dedup_by_key(|(row, column, _)| (*row, *column));
        let last_row = self.cells.last().map_or(0, |(row, ..)| *row);
        let last_column = self.cells.iter().map(|(_, column, _)| *column).max().unwrap_or(0);
        // Merged areas may reach to the end of the sheet; nothing is lost beyond the last word.
        let clip = |area: &Area| Area {
            bottom: area.bottom.min(last_row),
            right: area.right.min(last_column),
            ..*area
        };
        let merges =
            self.merges.iter().map(clip).filter(|area| area.top <= area.bottom && area.left <= area.right);
        let merges = merges.collect::<Vec<_>>();
        let mut lines = self.lines(&merges, budget)?;
        lines.sort_by_key(|line| line.row);
        let mut grid = Grid {
            sheet: Some(self.name.clone()),
            addressed: true,
            boundaries: Boundaries::Exact,
            rows: Vec::new(),
        };
        let mut next = 0;
        for line in &lines {
            if line.row > next && !grid.rows.is_empty() {
                grid.rows.push(Row { number: next as usize + 1, table: Some(0), cells: Vec::new() });
            }
            next = line.row + 1;
            let cells = vec![Cell::default(); line.width as usize];
            grid.rows.push(Row { number: line.row as usize + 1, table: Some(0), cells });
        }
        for (row, column, text) in std::mem::take(&mut self.cells) {
            if let Some(cell) = cell(&mut grid, row, column) {
                cell.text = text;
            }
        }
        for area in &merges {
            cover(&mut grid, *area);
        }
        let notes = self.notes(index, &grid);
        Ok((grid, notes))
    }

    /// The rows in which something stands or is merged, in any order, and how wide each is.
    fn lines(&self, merges: &[Area], budget: &mut Budget) -> Result<Vec<Line>, Refusal> {
        let mut widths = std::collections::HashMap::<u32, u32>::new();
        for (row, column, _) in &self.cells {
            let width = widths.entry(*row).or_default();
            *width = (*width).max(column + 1);
        }
        let mut covered = 0_usize;
        for area in merges {
            // Areas do not overlap in an honest file; in another, each costs as much as if they did not.
            covered += (area.right - area.left + 1) as usize * (area.bottom - area.top + 1) as usize;
            budget.sparse(covered)?;
            for row in area.top..=area.bottom {
                let width = widths.entry(row).or_default();
                *width = (*width).max(area.right + 1);
            }
        }
        let lines = widths.into_iter().map(|(row, width)| Line { row, width });
        lines.map(|line| budget.row(line.width as usize).map(|()| line)).collect()
    }

    fn notes(&self, index: usize, grid: &Grid) -> Vec<Noted> {
        let mut notes = Vec::new();
        let place = |(row, column): &(u32, u32)| {
            let row = find(grid, *row)?;
            Some(Place { grid: index, row, column: *column as usize })
        };
        if let Some(first) = self.formulas.iter().find_map(place) {
            let count = self.formulas.len();
            let note = Note::new(Code::FormulaResult, grid.text(first.row, first.column));
            notes.push((Some(first), note.understood(format!("{}：{count} 个单元格", self.name))));
        }
        if let Some((row, column)) = self.unknown.first() {
            // Blank, it would pass for a tick that was not set.
            let count = self.unknown.len();
            let note = Note::new(Code::Unreadable, format!("{}!{}", self.name, name(*row, *column)))
                .expected(
                    format!("存有结果的公式（有 {count} 个单元格没有）"),
                    format!("formulas with a stored result ({count} cells have none)"),
                )
                .proposal("用表格软件打开并保存一次后再提交");
            notes.push((place(&(*row, *column)), note));
        }
        notes
    }
}

struct Line {
    row: u32,
    width: u32,
}

fn find(grid: &Grid, row: u32) -> Option<usize> {
    grid.rows.binary_search_by_key(&(row as usize + 1), |row| row.number).ok()
}

fn cell(grid: &mut Grid, row: u32, column: u32) -> Option<&mut Cell> {
    let row = find(grid, row)?;
    grid.rows[row].cells.get_mut(column as usize)
}

/// Marks the cells of an area. What stands in any but its first is not seen in a spreadsheet, and is dropped.
fn cover(grid: &mut Grid, area: Area) {
    let Some(top) = find(grid, area.top) else { return };
    // All rows of the area are in the grid, one after the other.
    for up in 0..=(area.bottom - area.top) as usize {
        let Some(row) = grid.rows.get_mut(top + up) else { return };
        let columns = area.left as usize..=area.right as usize;
        for (left, cell) in
            row.cells[columns].iter_mut().enumerate().filter(|(left, _)| (up, *left) != (0, 0))
        {
            *cell = Cell { text: String::new(), merged: Some(Above { up, left }) };
        }
    }
}

/// The address of a cell, B7.
fn name(row: u32, column: u32) -> String {
    let mut letters = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.insert(0, char::from(b'A' + u8::try_from(rest % 26).unwrap_or_default()));
        rest /= 26;
    }
    format!("{letters}{}", row + 1)
}

/// Reads an address such as B7: the row and the column, from 0.
pub(super) fn address(text: &str) -> Option<(u32, u32)> {
    let text = text.as_bytes();
    let letters = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let column = text[..letters].iter().try_fold(0_u32, |column, byte| {
        column.checked_mul(26)?.checked_add(u32::from(byte.to_ascii_uppercase() - b'A') + 1)
    })?;
    let row = std::str::from_utf8(&text[letters..]).ok()?.parse::<u32>().ok()?;
    let [row, column] = [row.checked_sub(1)?, column.checked_sub(1)?];
    (row < super::limits::SHEET_ROWS && column < super::limits::SHEET_COLUMNS).then_some((row, column))
}

/// Reads an area such as B7:C9.
pub(super) fn area(text: &str) -> Option<Area> {
    let (first, last) = text.split_once(':')?;
    let ((top, left), (bottom, right)) = (address(first)?, address(last)?);
    Some(Area { top, left, bottom, right })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(cells: &[(u32, u32, &str)], merges: &[&str]) -> Result<Grid, Refusal> {
        let mut budget = Budget::default();
        let mut sheet = Sheet::new("表");
        for (row, column, text) in cells {
            sheet.cell(*row, *column, text, &mut budget)?;
        }
        merges.iter().filter_map(|text| area(text)).for_each(|area| sheet.merge(area));
        sheet.finish(0, &mut budget).map(|(grid, _)| grid)
    }

    #[test]
    fn addresses_are_read() {
        assert_eq!(address("A1"), Some((0, 0)));
        assert_eq!(address("xfd1048576"), Some((1_048_575, 16_383)));
        let wrong = ["", "A", "7", "A0", "XFE1", "A1048577", "ZZZZZZZZZZ1", "A-1"];
        assert!(wrong.iter().all(|text| address(text).is_none()));
    }

    #[test]
    fn cells_stand_at_their_address() {
        let grid = sheet(&[(8, 2, "后"), (3, 1, "先\r\n二"), (4, 1, "次")], &[]).unwrap();
        let numbers = grid.rows.iter().map(|row| (row.number, row.cells.len())).collect::<Vec<_>>();
        assert_eq!(numbers, [(4, 2), (5, 2), (6, 0), (9, 3)]);
        assert_eq!((grid.text(0, 1), grid.address(3, 2).as_deref()), ("先\n二", Some("C9")));
    }

    #[test]
    fn merged_cells_point_at_the_first_also_where_rows_are_blank() {
        let grid = sheet(&[(0, 0, "一"), (1, 1, "藏"), (3, 2, "末")], &["A1:B3"]).unwrap();
        assert_eq!(grid.rows.len(), 4);
        assert_eq!((grid.text(2, 1), grid.text(1, 1), grid.text(3, 1)), ("一", "一", ""));
    }

    #[test]
    fn an_area_to_the_end_of_the_sheet_ends_with_the_last_word() {
        let grid = sheet(&[(0, 0, "题"), (1, 2, "末")], &["A1:XFD1", "A2:A1048576"]).unwrap();
        assert_eq!(grid.rows.iter().map(|row| row.cells.len()).collect::<Vec<_>>(), [3, 3]);
    }

    #[test]
    fn far_cells_and_overlapping_areas_are_bounded() {
        assert_eq!(sheet(&[(0, 0, "a"), (1_048_575, 16_383, "b")], &[]).unwrap().rows.len(), 3);
        let far = (0..100).map(|row| (row, 16_383, "b")).collect::<Vec<_>>();
        assert!(sheet(&far, &[]).is_err());
        assert!(sheet(&[(0, 0, "a"), (1_048_575, 16_383, "b")], &["A1:XFD1048576"]).is_err());
    }
}
