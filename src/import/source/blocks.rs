//! A page while it is read: paragraphs and tables in order, tables in the cells of tables. HTML and Word both come
//! down to this, and from here to the rows of a grid.

use super::{
    Refusal,
    limits::{self, Budget, too_large},
    page,
};
use crate::import::grid::Grid;

/// A paragraph or a table.
#[derive(Debug)]
pub(super) enum Block {
    Paragraph(String),
    Table(Table),
}

/// A table.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) rows: Vec<TableRow>,
}

/// A row of a table.
#[derive(Debug, Default)]
pub(super) struct TableRow {
    /// Which group of rows (thead, tbody) it belongs to: no cell reaches from one into the next.
    pub(super) group: usize,
    pub(super) cells: Vec<TableCell>,
}

/// A cell, as it stands in the file.
#[derive(Debug)]
pub(super) struct TableCell {
    /// How many columns it spans, from 1.
    pub(super) columns: usize,
    pub(super) down: Down,
    pub(super) blocks: Vec<Block>,
}

/// How a cell is merged downwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Down {
    /// It spans so many rows.
    Rows(usize),
    /// It goes on to the end of its group.
    Rest,
    /// It continues the cell above.
    Continues,
}

/// A table that is not closed yet.
#[derive(Debug, Default)]
struct Open {
    table: Table,
    /// What stands in it but in no cell; it goes before the table.
    loose: Vec<Block>,
    row: Option<TableRow>,
    cell: Option<TableCell>,
    group: usize,
}

/// Takes a page in the order in which it stands in its file. What is not closed is closed by what follows.
#[derive(Debug, Default)]
pub(super) struct Builder {
    page: Vec<Block>,
    open: Vec<Open>,
    text: String,
    /// Paragraphs, rows and cells so far.
    parts: usize,
}

/// More of them than a page within the limits can have: they take room before they are laid out.
const MOST_PARTS: usize = limits::ROWS + limits::SHEET_CELLS;

impl Builder {
    /// Adds words as they are.
    pub(super) fn text(&mut self, words: &str) {
        self.text.push_str(words);
    }

    /// Adds words among which white space counts as one space.
    pub(super) fn words(&mut self, words: &str) {
        for character in words.chars() {
            let space = matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{c}');
            if !space {
                self.text.push(character);
            } else if !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
                self.text.push(' ');
            }
        }
    }

    /// Begins a line in the same paragraph.
    pub(super) fn line(&mut self) {
        self.text.truncate(self.text.trim_end_matches(' ').len());
        self.text.push('\n');
    }

    /// Ends a paragraph; a blank one is dropped.
    pub(super) fn paragraph(&mut self) {
        let text = self.text.trim_matches([' ', '\t', '\n', '\r']);
        if !text.is_empty() {
            let block = Block::Paragraph(text.to_owned());
            self.put(block);
        }
        self.text.clear();
    }

    /// Counts a part; beyond the limit nothing more is kept, for the page will be refused.
    fn room(&mut self) -> bool {
        self.parts += 1;
        self.parts <= MOST_PARTS
    }

    fn put(&mut self, block: Block) {
        if !self.room() {
            return;
        }
        let blocks = match self.open.last_mut() {
            None => &mut self.page,
            Some(Open { cell: Some(cell), .. }) => &mut cell.blocks,
            Some(Open { loose, .. }) => loose,
        };
        blocks.push(block);
    }

    /// Whether a table is open.
    pub(super) fn in_table(&self) -> bool {
        !self.open.is_empty()
    }

    /// Opens a table.
    pub(super) fn table(&mut self) -> Result<(), Refusal> {
        self.paragraph();
        if self.open.len() >= limits::TABLE_DEPTH {
            return Err(too_large("表格嵌套层数", "levels of nested tables", limits::TABLE_DEPTH));
        }
        self.open.push(Open::default());
        Ok(())
    }

    /// Begins another group of rows.
    pub(super) fn group(&mut self) {
        self.end_row();
        if let Some(open) = self.open.last_mut() {
            open.group += 1;
        }
    }

    /// Opens a row.
    pub(super) fn row(&mut self) {
        self.end_row();
        if self.room()
            && let Some(open) = self.open.last_mut()
        {
            open.row = Some(TableRow { group: open.group, cells: Vec::new() });
        }
    }

    /// Opens a cell, and a row where none is open.
    pub(super) fn cell(&mut self, columns: usize, down: Down) {
        self.end_cell();
        if self.room()
            && let Some(open) = self.open.last_mut()
        {
            let group = open.group;
            open.row.get_or_insert_with(|| TableRow { group, cells: Vec::new() });
            open.cell = Some(TableCell { columns, down, blocks: Vec::new() });
        }
    }

    /// The open cell, to say what is known of it only now.
    pub(super) fn current(&mut self) -> Option<&mut TableCell> {
        self.open.last_mut()?.cell.as_mut()
    }

    /// Closes the open cell.
    pub(super) fn end_cell(&mut self) {
        self.paragraph();
        if let Some(open) = self.open.last_mut()
            && let Some(cell) = open.cell.take()
            && let Some(row) = &mut open.row
        {
            row.cells.push(cell);
        }
    }

    /// Closes the open row.
    pub(super) fn end_row(&mut self) {
        self.end_cell();
        if let Some(open) = self.open.last_mut()
            && let Some(row) = open.row.take()
        {
            open.table.rows.push(row);
        }
    }

    /// Forgets the open row.
    pub(super) fn drop_row(&mut self) {
        self.end_cell();
        if let Some(open) = self.open.last_mut() {
            open.row = None;
        }
    }

    /// Closes the table that was opened last.
    pub(super) fn end_table(&mut self) {
        self.end_row();
        let Some(Open { table, loose, .. }) = self.open.pop() else { return };
        loose.into_iter().for_each(|block| self.put(block));
        if table.rows.iter().any(|row| !row.cells.is_empty()) {
            self.put(Block::Table(table));
        }
    }

    /// The page as a grid.
    pub(super) fn finish(mut self, budget: &mut Budget) -> Result<Grid, Refusal> {
        while self.in_table() {
            self.end_table();
        }
        self.paragraph();
        if self.parts > MOST_PARTS {
            return Err(too_large("段落、行和单元格数", "paragraphs, rows and cells of a page", MOST_PARTS));
        }
        page::grid(&self.page, budget)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_nested_no_deeper_than_the_limit() {
        let mut builder = Builder::default();
        for _ in 0..limits::TABLE_DEPTH {
            builder.table().unwrap();
            builder.cell(1, Down::Rows(1));
        }
        assert!(builder.table().is_err());
        builder.text("x");
        assert_eq!(builder.finish(&mut Budget::default()).unwrap().text(0, 0), "x");
    }
}
