//! From the paragraphs and tables of a page to the rows of a grid.
//!
//! Neither HTML nor Word has row numbers that a person could look up, so rows are counted from the top of the page.

use super::{
    Refusal,
    blocks::{Block, Table, TableCell},
    limits::Budget,
    spans::Spans,
};
use crate::import::grid::{Boundaries, Cell, Grid, Row};

/// The grid of a page.
pub(super) fn grid(blocks: &[Block], budget: &mut Budget) -> Result<Grid, Refusal> {
    budget.sheet();
    let mut page = Page { rows: Vec::new(), tables: 0, budget };
    page.blocks(blocks)?;
    Ok(Grid { sheet: None, addressed: false, boundaries: Boundaries::Exact, rows: page.rows })
}

struct Page<'a> {
    rows: Vec<Row>,
    tables: usize,
    budget: &'a mut Budget,
}

impl Page<'_> {
    /// Recurses into layout tables, no deeper than [`super::limits::TABLE_DEPTH`].
    fn blocks(&mut self, blocks: &[Block]) -> Result<(), Refusal> {
        for block in blocks {
            match block {
                Block::Paragraph(text) => {
                    self.budget.text(text)?;
                    self.row(None, vec![Cell::new(text.clone())])?;
                }
                Block::Table(table) if layout(table) => {
                    for cell in table.rows.iter().flat_map(|row| &row.cells) {
                        self.blocks(&cell.blocks)?;
                    }
                }
                Block::Table(table) => self.table(table)?,
            }
        }
        Ok(())
    }

    fn table(&mut self, table: &Table) -> Result<(), Refusal> {
        let mut spans = Spans::default();
        for row in &table.rows {
            let cells = spans.row(row, self.budget)?;
            self.row(Some(self.tables), cells)?;
        }
        self.tables += 1;
        Ok(())
    }

    fn row(&mut self, table: Option<usize>, cells: Vec<Cell>) -> Result<(), Refusal> {
        self.budget.row(cells.len())?;
        self.rows.push(Row { number: self.rows.len() + 1, table, cells });
        Ok(())
    }
}

/// Whether a table only puts things in their place on the page: it holds a table that is larger than itself. A
/// smaller one is part of what its cell says.
fn layout(table: &Table) -> bool {
    let one_column = table.rows.iter().all(|row| row.cells.len() <= 1);
    inner(table).any(|inner| one_column || size(inner) > cells(table))
}

fn cells(table: &Table) -> usize {
    table.rows.iter().map(|row| row.cells.len()).sum()
}

/// The cells of the largest table in it, itself included. Recurses no deeper than [`super::limits::TABLE_DEPTH`].
fn size(table: &Table) -> usize {
    inner(table).map(size).max().unwrap_or(0).max(cells(table))
}

fn inner(table: &Table) -> impl Iterator<Item = &Table> {
    let blocks = table.rows.iter().flat_map(|row| &row.cells).flat_map(|cell| &cell.blocks);
    blocks.filter_map(|block| match block {
        Block::Table(table) => Some(table),
        Block::Paragraph(_) => None,
    })
}

impl TableCell {
    /// The words of a cell, one line a paragraph; those of a table inside it, one line a row.
    pub(super) fn text(&self) -> String {
        let mut lines = Vec::new();
        for block in &self.blocks {
            match block {
                Block::Paragraph(text) => lines.push(text.clone()),
                Block::Table(table) => lines.extend(
                    table
                        .rows
                        .iter()
                        .map(|row| row.cells.iter().map(Self::text).collect::<Vec<_>>().join(" ")),
                ),
            }
        }
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::source::blocks::{Builder, Down};

    fn texts(builder: Builder) -> Vec<(Option<usize>, Vec<String>)> {
        let grid = builder.finish(&mut Budget::default()).unwrap();
        let texts = |cells: Vec<Cell>| cells.into_iter().map(|cell| cell.text).collect();
        grid.rows.into_iter().map(|row| (row.table, texts(row.cells))).collect()
    }

    fn cells(builder: &mut Builder, rows: &[&[&str]]) {
        for row in rows {
            builder.row();
            for text in *row {
                builder.cell(1, Down::Rows(1));
                builder.text(text);
            }
        }
    }

    fn own(table: Option<usize>, cells: &[&str]) -> (Option<usize>, Vec<String>) {
        (table, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn a_table_around_a_larger_one_is_layout() {
        let mut builder = Builder::default();
        builder.table().unwrap();
        cells(&mut builder, &[&["首页", "正文"]]);
        builder.paragraph();
        builder.table().unwrap();
        cells(&mut builder, &[&["1", "甲"], &["2", "乙"]]);
        builder.end_table();
        let rows = [
            own(None, &["首页"]),
            own(None, &["正文"]),
            own(Some(0), &["1", "甲"]),
            own(Some(0), &["2", "乙"]),
        ];
        assert_eq!(texts(builder), rows);
    }

    #[test]
    fn a_small_table_inside_a_cell_is_text() {
        let mut builder = Builder::default();
        builder.table().unwrap();
        cells(&mut builder, &[&["1", "甲", "乙"], &["2", "丙"]]);
        builder.table().unwrap();
        cells(&mut builder, &[&["a", "b"], &["c"]]);
        builder.end_table();
        assert_eq!(texts(builder), [own(Some(0), &["1", "甲", "乙"]), own(Some(0), &["2", "丙\na b\nc"])]);
    }
}
