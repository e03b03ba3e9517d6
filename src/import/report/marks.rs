//! Which cells of the grids findings are about, and how the words of a report are made fit for any file.

use std::{borrow::Cow, collections::BTreeMap};

use super::{GridPlace, Located, Report};
use crate::{
    catalogue::check::{Message, Severity},
    import::grid::{Cell, Grid},
};

/// What there is to say of the cells of one grid.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// By row and column the numbers of the findings, the gravest first. A cell of a merged area counts as the first
    /// one, the only one that people see, and a row as the first cell that stands in it.
    pub(super) cells: BTreeMap<(usize, usize), Vec<usize>>,
    /// The numbers of those about all of it.
    pub(super) whole: Vec<usize>,
}

impl Marks {
    /// Those of every grid.
    pub(super) fn of(report: &Report) -> Vec<Self> {
        let mut marks: Vec<Self> = report.grids.iter().map(|_| Self::default()).collect();
        for (number, finding) in report.by_severity() {
            let Some(place) = finding.place else { continue };
            let (Some(marks), Some((_, grid))) = (marks.get_mut(place.grid), report.grids.get(place.grid))
            else {
                continue;
            };
            match cell(grid, place) {
                Some(cell) => marks.cells.entry(cell).or_default().push(number),
                None => marks.whole.push(number),
            }
        }
        marks
    }

    /// The numbers of what is said of a cell.
    pub(super) fn at(&self, row: usize, column: usize) -> &[usize] {
        self.cells.get(&(row, column)).map_or(&[], Vec::as_slice)
    }

    /// How grave the gravest of them is.
    pub(super) fn gravest(&self, report: &Report, row: usize, column: usize) -> Option<Severity> {
        self.at(row, column).first().and_then(|number| report.findings.get(*number)).map(|it| it.severity)
    }

    /// One column more than the last that is marked in a row; it may stand where the row has no cell.
    pub(super) fn width(&self, row: usize) -> usize {
        self.cells.range((row, 0)..(row + 1, 0)).next_back().map_or(0, |((_, column), _)| column + 1)
    }
}

/// The cell that shows what is said of a place; `None` for what is said of all.
pub(super) fn cell(grid: &Grid, place: GridPlace) -> Option<(usize, usize)> {
    let row = place.row?;
    let first = |cells: &[Cell]| cells.iter().position(|cell| cell.merged.is_none_or(|above| above.up == 0));
    let column = place.column.or_else(|| first(&grid.rows.get(row)?.cells)).unwrap_or(0);
    Some(grid.first(row, column))
}

/// Where a finding stands, as people say it: B7, or the row or line with what is known of the place in it.
pub(super) fn place(finding: &Located) -> String {
    let Located { cell, place, line, pointer, .. } = finding;
    match (cell, place) {
        (Some(cell), _) => cell.clone(),
        (None, Some(GridPlace { row: None, .. })) => "整表 whole table".to_owned(),
        (None, Some(_)) => format!("第 {line} 行 row {line}"),
        // What the first door finds is always about a line; a file that could not be read has none.
        (None, None) if finding.code.starts_with('R') => format!("第 {line} 行 line {line} {pointer}"),
        (None, None) => "整个文件 whole file".to_owned(),
    }
}

/// A sign for those who do not see colours.
pub(super) fn sign(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "\u{d7}",
        Severity::Warning => "!",
        Severity::Info => "i",
    }
}

/// A message, Chinese first. Figures and names are the same in both languages and said once.
pub(super) fn both(message: &Message, between: &str) -> String {
    let english = (message.en != message.zh).then_some([between, &message.en]);
    message.zh.clone() + &english.map(|english| english.concat()).unwrap_or_default()
}

/// Words without the characters that neither XML nor HTML can hold.
pub(super) fn printable(words: &str) -> Cow<'_, str> {
    let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\t') || matches!(c, '\u{fffe}' | '\u{ffff}');
    if words.contains(odd) { words.replace(odd, "\u{fffd}").into() } else { words.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::grid::{Above, Boundaries, Row};

    #[test]
    fn a_covered_cell_and_a_row_are_marked_where_people_look() {
        let merged = |up, left| Cell { text: String::new(), merged: Some(Above { up, left }) };
        let rows = vec![vec![Cell::new("1"), Cell::new("a")], vec![merged(1, 0), Cell::new("b")], vec![]];
        let row = |cells| Row { number: 1, table: Some(0), cells };
        let rows = rows.into_iter().map(row).collect();
        let grid = Grid { sheet: None, addressed: true, boundaries: Boundaries::Exact, rows };
        let place = |row, column| cell(&grid, GridPlace { grid: 0, row, column });
        let places = [(Some(1), Some(0)), (Some(1), None), (Some(0), None), (Some(2), None), (None, None)];
        let expected = [Some((0, 0)), Some((1, 1)), Some((0, 0)), Some((2, 0)), None];
        assert_eq!(places.map(|(row, column)| place(row, column)), expected);
    }
}
