//! A row as it was read, with the words that it was read from.

use crate::{
    catalogue::{
        adopt::Printed,
        check::Severity,
        content::Content,
        division::Level,
        draft::Row,
        layout::{Layout, Part},
        local::Local,
        text::Text,
    },
    import::finding::{Code, Note, Placed},
};

/// A note about one of a document's tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Which table, from 0.
    pub table: usize,
    /// What, and where in that table's grid.
    pub placed: Placed,
}

impl Said {
    /// The cell that it refuses: its table, row and column; `None` where it refuses none.
    pub fn refusal_of(&self) -> Option<(usize, usize, usize)> {
        let Placed { row, column, note } = &self.placed;
        let (row, column) = (*row).zip(*column)?;
        (note.code.severity() == Severity::Error).then_some((self.table, row, column))
    }
}

/// A row of a document, and the words that it was read from.
#[derive(Clone, Debug)]
pub struct Assembled {
    /// Which of the document's tables it stands in, from 0.
    pub table: usize,
    /// The row of the grid.
    pub at: usize,
    /// What it says.
    pub row: Row,
    /// The words of its cells, by what the national layout would call their columns.
    pub words: Vec<(Part, String)>,
    /// Where they stand in the grid, in the same order: row and column.
    pub cells: Vec<(usize, usize)>,
    /// How many ticks are left of those whose columns are lost.
    pub collapsed: Option<usize>,
    /// The levels of its table's columns, from the left.
    pub level_columns: Vec<Level>,
    /// The table has a column of levels.
    pub has_levels: bool,
}

impl Assembled {
    /// Its names as printed.
    pub fn printed_names(&self) -> Vec<String> {
        let names = self.words.iter().filter(|(part, _)| matches!(part, Part::Name(_)));
        names.map(|(_, words)| in_a_line(words)).filter(|words| !words.is_empty()).collect()
    }

    /// The names of a published row as a table prints them.
    pub fn names_in_print(layout: &Layout, row: &Printed) -> Vec<String> {
        let name = |level| in_a_line(&layout.cell(&Part::Name(level), row));
        (0..3).map(name).filter(|words| !words.is_empty()).collect()
    }

    /// Whether it has a name and anything besides, as [`crate::catalogue::check::Rule::Empty`] asks. Until it is compared
    /// with the last version, nobody knows: that one may know what a blank cell or an odd name means.
    pub fn is_item(&self) -> bool {
        let bare = Content { names: self.row.content.names.clone(), ..Content::default() };
        let local = Local { domain: self.row.local.domain.clone(), ..Local::default() };
        !bare.names.is_empty() && (self.row.content != bare || self.row.local != local)
    }

    /// The cells of a published row as a table prints them.
    pub fn in_print(layout: &Layout, row: &Printed) -> Vec<(Part, String)> {
        let cell =
            |column: &crate::catalogue::layout::Column| (column.part.clone(), layout.cell(&column.part, row));
        layout.columns.iter().map(cell).collect()
    }

    /// Its names in one text, for people.
    pub fn name(&self) -> String {
        self.row.content.names.iter().map(Text::as_str).collect::<Vec<_>>().join("/")
    }

    /// Where the cells of these parts stand in the grid.
    pub fn cells_of(&self, parts: &[Part]) -> Vec<(usize, usize)> {
        let told = self.words.iter().zip(&self.cells);
        told.filter(|((part, _), _)| parts.contains(part)).map(|(_, cell)| *cell).collect()
    }

    /// A note about the row.
    pub fn say(&self, note: Note) -> Said {
        Said { table: self.table, placed: Placed::row(self.at, note) }
    }

    /// A note about its cell of a part, or about the row where its table has none.
    pub fn say_of(&self, part: &Part, note: Note) -> Said {
        let cell = self.words.iter().position(|(other, _)| other == part).and_then(|at| self.cells.get(at));
        match cell {
            Some((row, column)) => Said { table: self.table, placed: Placed::cell(*row, *column, note) },
            None => self.say(note),
        }
    }
}

/// Words with single spaces, as pages show them.
fn in_a_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// E101: these words make no item.
pub fn no_item(words: String) -> Note {
    Note::new(Code::RowHasNoItem, words)
        .expected("事项名称，以及至少一个要素", "a name, and at least one element besides")
}
