//! The tables of the database, from the declared columns and the shapes of their JSON: no column is declared twice.

use serde_json::Value;

use crate::{
    catalogue::{
        column::{Column, Columns, ItemSource, Shape},
        reference::Register,
    },
    export::add,
};

/// A table: its name, and its columns with their types.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub name: String,
    pub columns: Vec<(String, &'static str)>,
}

/// A table with a row for each entry of a list in a column.
#[derive(Clone, Debug)]
pub(super) struct Child {
    pub table: Table,
    /// The column that holds the list.
    pub column: &'static Column<ItemSource>,
    /// The members that lead to it, of a column that is an object.
    members: Vec<String>,
    entry: Shape,
}

impl Table {
    /// What makes it.
    pub(super) fn create(&self) -> String {
        self.create_with("STRICT", "")
    }

    fn create_with(&self, options: &str, constraint: &str) -> String {
        let columns: Vec<String> =
            self.columns.iter().map(|(name, kind)| format!("\"{name}\" {kind}")).collect();
        format!("CREATE TABLE \"{}\" ({}{constraint}) {options}", self.name, columns.join(", "))
    }

    /// What puts a row into it.
    pub(super) fn insert(&self) -> String {
        let places = vec!["?"; self.columns.len()].join(", ");
        format!("INSERT INTO \"{}\" VALUES ({places})", self.name)
    }
}

/// `versions`: one row a version, in the order of the file.
pub(super) fn versions() -> Table {
    let own = [("id", "INTEGER PRIMARY KEY"), ("first_item", "INTEGER")];
    with_declared("versions", &own, of_version(true))
}

/// `items`: one row an item, in the order of the file.
pub(super) fn items() -> Table {
    let own = [("id", "INTEGER PRIMARY KEY"), ("version_id", "INTEGER NOT NULL REFERENCES versions")];
    with_declared("items", &own, of_version(false))
}

/// The columns that say something of the version, or those that say something of the row.
pub(super) fn of_version(version: bool) -> impl Iterator<Item = &'static Column<ItemSource>> {
    Columns::declared().item.iter().filter(move |column| column.source().is_of_version() == version)
}

fn with_declared(
    name: &str,
    own: &[(&str, &'static str)],
    columns: impl Iterator<Item = &'static Column<ItemSource>>,
) -> Table {
    let own = own.iter().map(|(name, kind)| ((*name).to_owned(), *kind));
    let declared = columns.map(|column| (snake(column.name()), kind(&Shape::of_item(column))));
    Table { name: name.to_owned(), columns: own.chain(declared).collect() }
}

/// The table of a register: one row a state of a record.
pub(super) fn of_register(register: Register) -> Table {
    let declared = Columns::declared().of(register).iter();
    let declared = declared.map(|column| (snake(column.name()), kind(&Shape::of_register(register, column))));
    let columns = std::iter::once(("id".to_owned(), "INTEGER PRIMARY KEY")).chain(declared).collect();
    Table { name: register_name(register).to_owned(), columns }
}

/// What the table of a register is called.
pub(super) fn register_name(register: Register) -> &'static str {
    match register {
        Register::Domain => "domains",
        Register::Channel => "channels",
        Register::Division => "divisions",
        Register::Unit => "units",
        Register::Assignment => "assignments",
        Register::LegalBasis => "legal_bases",
        Register::Alias => "aliases",
        Register::Element => "elements",
    }
}

/// The tables of the lists that columns of items hold.
pub(super) fn children() -> Vec<Child> {
    let mut children = Vec::new();
    for column in &Columns::declared().item {
        find(column, Vec::new(), &Shape::of_item(column), &mut children);
    }
    children
}

/// Adds the tables of the lists in a shape, at any depth of its objects.
fn find(column: &'static Column<ItemSource>, members: Vec<String>, shape: &Shape, children: &mut Vec<Child>) {
    match shape {
        Shape::List(element) => children.push(child(column, members, element)),
        Shape::Map(_) => children.push(child(column, members, shape)),
        Shape::Group(group) => {
            for (name, shape) in group {
                find(column, [members.as_slice(), std::slice::from_ref(name)].concat(), shape, children);
            }
        }
        _ => {}
    }
}

fn child(column: &'static Column<ItemSource>, members: Vec<String>, entry: &Shape) -> Child {
    let of_version = column.source().is_of_version();
    let owner = if of_version { "version" } else { "item" };
    let owned =
        if of_version { "INTEGER NOT NULL REFERENCES versions" } else { "INTEGER NOT NULL REFERENCES items" };
    let mut columns = vec![(format!("{owner}_id"), owned), ("place".to_owned(), "INTEGER NOT NULL")];
    match entry {
        Shape::Group(members) => {
            columns.extend(members.iter().map(|(name, shape)| (snake(name), kind(shape))));
        }
        Shape::Map(value) => columns.extend([("key".to_owned(), "TEXT"), ("value".to_owned(), kind(value))]),
        scalar => columns.push(("value".to_owned(), kind(scalar))),
    }
    let name = std::iter::once(owner.to_owned()).chain([short(column.name())]);
    let name: Vec<String> = name.chain(members.iter().map(|name| snake(name))).collect();
    Child { table: Table { name: name.join("_"), columns }, column, members, entry: entry.clone() }
}

/// The name of a column without the part of the item, where that leaves no doubt: `points`, but `content_extensions`.
fn short(name: &str) -> String {
    fn rest(name: &str) -> &str {
        name.split_once('.').map_or(name, |(_, rest)| rest)
    }
    let same = Columns::declared().item.iter().filter(|column| rest(column.name()) == rest(name)).count();
    snake(if same > 1 { name } else { rest(name) })
}

impl Child {
    /// What makes it: an entry is found by its owner and its place.
    pub(super) fn create(&self) -> String {
        let owner = self.table.columns.first().map_or("", |(name, _)| name);
        self.table.create_with("STRICT, WITHOUT ROWID", &format!(", PRIMARY KEY (\"{owner}\", \"place\")"))
    }

    /// The rows of a value of the column, each without its owner.
    pub(super) fn rows(&self, value: &Value) -> Vec<Vec<Value>> {
        let value = self.members.iter().try_fold(value, |value, name| value.get(name));
        let place = |index: usize| Value::from(index as u64 + 1);
        match (value, &self.entry) {
            (Some(Value::Object(entries)), Shape::Map(_)) => {
                let row = |(index, (key, value)): (usize, (&String, &Value))| {
                    vec![place(index), key.as_str().into(), value.clone()]
                };
                entries.iter().enumerate().map(row).collect()
            }
            (Some(Value::Array(list)), Shape::Group(members)) => {
                let cells = |entry: &Value| {
                    let cell = |(name, _): &(String, Shape)| entry.get(name).cloned().unwrap_or_default();
                    members.iter().map(cell).collect::<Vec<_>>()
                };
                let row = |(index, entry): (usize, &Value)| [vec![place(index)], cells(entry)].concat();
                list.iter().enumerate().map(row).collect()
            }
            (Some(Value::Array(list)), _) => {
                let row = |(index, entry): (usize, &Value)| vec![place(index), entry.clone()];
                list.iter().enumerate().map(row).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The type of a column. SQLite has none for booleans (0, 1), days and instants (text in ISO 8601), and JSON (text).
fn kind(shape: &Shape) -> &'static str {
    match shape {
        Shape::Integer | Shape::Boolean => "INTEGER",
        _ => "TEXT",
    }
}

/// A name as SQL has it without quotes: `content.names.0` is `content_names_0`, `basisText` is `basis_text`.
pub(super) fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        match c {
            '.' => snake.push('_'),
            c if c.is_ascii_uppercase() => add(&mut snake, format_args!("_{}", c.to_ascii_lowercase())),
            c => snake.push(c),
        }
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_has_a_table() {
        let names: Vec<String> = children().into_iter().map(|child| child.table.name).collect();
        let expected = [
            "version_elements",
            "version_sources",
            "version_omissions",
            "item_points",
            "item_basis",
            "item_time_limits",
            "item_channels",
            "item_audience_groups",
            "item_open_ended",
            "item_content_extensions",
            "item_units",
            "item_levels",
            "item_addresses",
            "item_local_extensions",
            "item_inferred",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn names_need_no_quotes() {
        let names = ["content.names.0", "basisText", "publishedAt", "item"].map(snake);
        assert_eq!(names, ["content_names_0", "basis_text", "published_at", "item"]);
    }
}
