//! From the rows of a table to rows of a document: each cell goes to its reader, and all the readings become an item.

mod assembled;
mod columns;
mod memo;
mod row;

use std::collections::HashMap;

pub use assembled::{Assembled, Said, no_item};

use super::{
    cell::{levels, marks::Marks, points},
    finding::{Note, Placed},
    table::{Column, Field, Row as TableRow, Table, Value},
    vocabulary::Vocabulary,
};
use crate::catalogue::{code::DomainCode, division::Level, element::ElementPart, text::Text};

/// What reading a table takes besides the table.
pub struct Context<'a> {
    /// The names of channels, laws and domains.
    pub vocabulary: &'a Vocabulary,
    /// The place and those above it, the nearest first.
    pub places: Vec<(Level, String)>,
    /// Further elements that are declared already, by the folded words over their column; several in the order in
    /// which the last version prints them.
    pub declared: HashMap<String, Vec<(ElementPart, Text)>>,
    /// The domain of all rows; `None` where each has its own.
    pub domain: Option<DomainCode>,
}

/// The rows that a table says, and what there is to say about its cells.
///
/// `number` tells the document's tables apart, and `told` is called for each row.
pub fn rows(
    number: usize,
    table: &Table,
    context: &Context,
    told: &mut dyn FnMut(),
) -> (Vec<Assembled>, Vec<Said>) {
    let mut notes = Vec::new();
    let reader = Reader::new(table, context, &mut notes);
    let rows = table.rows.iter().inspect(|_| told());
    let rows = rows.filter_map(|row| row::read(&reader, number, row, &mut notes)).collect();
    (rows, notes.into_iter().map(|placed| Said { table: number, placed }).collect())
}

/// What is decided for a whole table before its cells are read.
struct Reader<'a> {
    table: &'a Table,
    context: &'a Context<'a>,
    marks: Marks,
    points: points::Style,
    /// The levels of each column.
    levels: Vec<Vec<Level>>,
    groups_label: String,
    /// The further element of each column.
    extensions: Vec<Option<(ElementPart, Text)>>,
    memos: memo::Memos,
}

impl<'a> Reader<'a> {
    fn new(table: &'a Table, context: &'a Context, notes: &mut Vec<Placed>) -> Self {
        let column = |wanted: Field| table.columns.iter().position(|column| column.field == wanted);
        let texts = |at: Option<usize>| {
            table.rows.iter().filter_map(move |row| Some(row.values[at?].text.as_str())).collect::<Vec<_>>()
        };
        let whole = |reading: Vec<Note>, at: Option<usize>| {
            let first = table.head;
            let column = at.map(|at| table.columns[at].at);
            reading.into_iter().map(move |note| Placed { row: Some(first), column, note }).collect::<Vec<_>>()
        };
        let channel = column(Field::Channels);
        let marks = Marks::decide(&table.remark, texts(channel).into_iter(), context.vocabulary);
        notes.extend(whole(marks.notes, channel));
        let content = column(Field::Content);
        let points = points::Style::decide(texts(content).into_iter());
        let level = |column: &Column| match &column.field {
            Field::Level(word) => Some(word.clone()),
            _ => None,
        };
        let words: Vec<Option<String>> = table.columns.iter().map(level).collect();
        let places: Vec<(Level, &str)> =
            context.places.iter().map(|(level, name)| (*level, name.as_str())).collect();
        let named: Vec<&str> = words.iter().flatten().map(String::as_str).collect();
        let read = levels::columns(&named, &places);
        for note in read.notes {
            let own = words.iter().position(|word| word.as_ref() == Some(&note.text));
            notes.extend(whole(vec![note], own.or(words.iter().position(Option::is_some))));
        }
        let mut known = read.value.unwrap_or_default().into_iter();
        let levels =
            words.iter().map(|word| word.as_ref().and_then(|_| known.next()).unwrap_or_default()).collect();
        let label = column(Field::Groups)
            .map(|at| table.columns[at].label.rsplit('/').next().unwrap_or_default().to_owned());
        Self {
            table,
            context,
            marks: marks.value.unwrap_or_default(),
            points,
            levels,
            groups_label: label.unwrap_or_default(),
            extensions: columns::extensions(table, context),
            memos: memo::Memos::default(),
        }
    }

    fn value<'r>(&self, row: &'r TableRow, field: &Field) -> Option<&'r Value> {
        row.values.get(self.table.columns.iter().position(|column| column.field == *field)?)
    }
}
