//! Cells that span rows and columns, put into the columns where they stand.

use super::{
    Refusal,
    blocks::{Down, TableRow},
    limits::Budget,
};
use crate::import::grid::{Above, Cell};

/// What reaches down into the next row, column by column.
#[derive(Debug, Default)]
pub(super) struct Spans {
    columns: Vec<Option<Reach>>,
    group: usize,
}

/// A cell above, seen from the row that is laid out next.
#[derive(Clone, Copy, Debug)]
struct Reach {
    /// Where its first cell stands.
    above: Above,
    /// How many rows it still covers; 0 for one that only a continuing cell would take up.
    rows: usize,
    /// How many columns it has.
    width: usize,
}

impl Spans {
    /// Lays out the next row of the table. Its cells are held against the budget before they take room, for two cells
    /// can claim a thousand columns in every row.
    pub(super) fn row(&mut self, row: &TableRow, budget: &mut Budget) -> Result<Vec<Cell>, Refusal> {
        if row.group != self.group {
            self.group = row.group;
            self.columns.clear();
        }
        let above = std::mem::take(&mut self.columns);
        let covers = |column: usize| above.get(column).copied().flatten().filter(|reach| reach.rows > 0);
        let mut cells: Vec<Cell> = Vec::new();
        let mut below: Vec<Option<Reach>> = Vec::new();
        for cell in &row.cells {
            while let Some(reach) = covers(cells.len()) {
                cover(&mut cells, &mut below, reach);
            }
            let continued = above.get(cells.len()).copied().flatten().filter(|reach| reach.above.left == 0);
            let (first, rows) = match (cell.down, continued) {
                (Down::Continues, Some(reach)) => (Some(reach.above), 0),
                (Down::Continues, None) => (None, 0),
                (Down::Rows(rows), _) => (None, rows.saturating_sub(1)),
                (Down::Rest, _) => (None, usize::MAX),
            };
            budget.wide(cells.len() + cell.columns)?;
            let words = if first.is_some() { String::new() } else { cell.text() };
            budget.text(&words)?;
            for left in 0..cell.columns {
                let own = Above { up: first.map_or(0, |first| first.up), left };
                let merged = first.is_some() || left > 0;
                let text = if merged { String::new() } else { words.clone() };
                cells.push(Cell { text, merged: merged.then_some(own) });
                below.push(Some(Reach { above: Above { up: own.up + 1, left }, rows, width: cell.columns }));
            }
        }
        // Cells from above may stand after the last one of the row.
        while let Some(last) = (cells.len()..above.len()).find(|column| covers(*column).is_some()) {
            cells.resize(last, Cell::default());
            below.resize(last, None);
            while let Some(reach) = covers(cells.len()) {
                cover(&mut cells, &mut below, reach);
            }
        }
        self.columns = below;
        Ok(cells)
    }
}

fn cover(cells: &mut Vec<Cell>, below: &mut Vec<Option<Reach>>, reach: Reach) {
    cells.push(Cell { text: String::new(), merged: Some(reach.above) });
    let above = Above { up: reach.above.up + 1, left: reach.above.left };
    let rows = if reach.rows == usize::MAX { usize::MAX } else { reach.rows - 1 };
    below.push(Some(Reach { above, rows, width: reach.width }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::source::blocks::{Builder, Down};

    /// Rows of cells: the text, the columns, and how it goes down.
    fn lay(rows: &[&[(&str, usize, Down)]]) -> Vec<Vec<String>> {
        let mut builder = Builder::default();
        builder.table().unwrap();
        for row in rows {
            builder.row();
            for (text, columns, down) in *row {
                builder.cell(*columns, *down);
                builder.text(text);
            }
        }
        let grid = builder.finish(&mut Budget::default()).unwrap();
        let texts = |(index, width)| (0..width).map(|column| grid.text(index, column).to_owned()).collect();
        grid.rows.iter().map(|row| row.cells.len()).enumerate().map(texts).collect()
    }

    const ONE: Down = Down::Rows(1);

    #[test]
    fn a_covered_cell_says_what_its_first_cell_says() {
        let rows: [&[_]; 3] = [
            &[("序号", 1, Down::Rows(2)), ("事项", 2, ONE), ("主体", 1, Down::Rows(9))],
            &[("一级", 1, ONE), ("二级", 1, ONE)],
            &[("1", 1, ONE), ("甲", 1, ONE), ("乙", 1, ONE)],
        ];
        let laid = lay(&rows);
        assert_eq!(laid[0], ["序号", "事项", "事项", "主体"]);
        assert_eq!(laid[1], ["序号", "一级", "二级", "主体"]);
        assert_eq!(laid[2], ["1", "甲", "乙", "主体"]);
    }

    #[test]
    fn a_cell_of_word_continues_the_one_above() {
        let rows: [&[_]; 4] = [
            &[("甲", 2, ONE), ("a", 1, ONE)],
            &[("", 2, Down::Continues), ("b", 1, ONE)],
            &[("", 2, Down::Continues), ("c", 1, ONE)],
            &[("乙", 1, ONE), ("", 1, Down::Continues), ("d", 1, ONE)],
        ];
        let laid = lay(&rows);
        assert_eq!(laid[2], ["甲", "甲", "c"]);
        assert_eq!(laid[3], ["乙", "", "d"]);
    }

    #[test]
    fn wide_and_long_spans_take_no_more_room_than_the_limit() {
        let wide = [("x", 1000, Down::Rows(65_534))];
        assert_eq!(lay(&[&wide, &[]])[1].len(), 1000);
        let mut builder = Builder::default();
        builder.table().unwrap();
        for _ in 0..2_000 {
            builder.row();
            builder.cell(1000, Down::Rest);
        }
        assert!(builder.finish(&mut Budget::default()).is_err());
    }
}
