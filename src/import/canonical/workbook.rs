//! Workbooks in the canonical form, as exports write them: below a row with the names of the columns, one row an item.
//! What stands above that row, and sheets without one, is for people.

use super::{File, Origin, Raw, Report, csv};
use crate::import::grid::Grid;

/// How far down the row of names may stand: exports print Chinese names over it.
const ABOVE: usize = 3;

/// The documents of the sheets of a workbook; `None` where no sheet is of this form.
pub(super) fn read(file: &File, grids: &[Grid], report: &mut Report) -> Option<Vec<Raw>> {
    let sheets: Vec<(&Grid, usize)> = grids.iter().filter_map(|grid| Some((grid, head(grid)?))).collect();
    let documents = sheets.iter().flat_map(|(grid, head)| sheet(file, grid, *head, report)).collect();
    (!sheets.is_empty()).then_some(documents)
}

/// The row with the names: `catalogue`, and members of the content.
fn head(grid: &Grid) -> Option<usize> {
    let is_head = |row: &usize| {
        let has = |such: &dyn Fn(&str) -> bool| {
            grid.rows.get(*row).is_some_and(|cells| cells.cells.iter().any(|cell| such(cell.text.trim())))
        };
        has(&|name| name == "catalogue") && has(&|name| name.starts_with("content."))
    };
    (0..grid.rows.len().min(ABOVE)).find(is_head)
}

fn sheet(file: &File, grid: &Grid, head: usize, report: &mut Report) -> Vec<Raw> {
    let width = grid.rows.get(head).map_or(0, |row| row.cells.len());
    let texts = |row: usize| (0..width).map(move |column| grid.text(row, column));
    let names: Vec<String> = texts(head).map(|name| name.trim().to_owned()).collect();
    let number = |row: usize| grid.rows.get(row).map_or(0, |row| row.number);
    let origin = Origin {
        file: file.name.clone(),
        header_line: number(head),
        columns: names.clone(),
        ..Origin::default()
    };
    let Some(columns) = csv::columns(&names, report, &origin) else { return Vec::new() };
    let mut documents = Vec::new();
    for row in head + 1..grid.rows.len() {
        // A blank row says nothing.
        if texts(row).any(|text| !text.trim().is_empty()) {
            csv::row(&columns, texts(row), number(row), &origin, &mut documents, report);
        }
    }
    documents
}
