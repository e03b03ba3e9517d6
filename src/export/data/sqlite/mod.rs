//! SQLite: a database that is ready to be asked. Tables of versions and items, a table for each list that an item holds, the
//! registers, the codes, every column with its meaning, and views that join them.
//!
//! A database cannot be written from the beginning to the end. It is made as a temporary file first and then read from
//! there, so that memory holds a batch of rows all the same. The same rows in the same order make the same pages.

mod table;
mod view;

use std::{fs::File, io::Read};

use rusqlite::{Connection, params_from_iter, types::Value as Sql};
use serde_json::Value;
use tempfile::NamedTempFile;

use self::table::{Child, Table};
use super::{About, Encode, cells, ndjson};
use crate::{
    catalogue::{
        code_list,
        column::{Cell, Column, Columns, ItemSource, Row},
        dataset::{Dataset, ItemLine, RecordLine, Titles},
        digest::Digest,
        reference::Register,
    },
    error::{Error, Result},
    store::Slice,
};

/// What programs that look at files know such a database by: `mulu` in ASCII.
const APPLICATION: u32 = u32::from_be_bytes(*b"mulu");
/// Bytes that are read of the finished file at a time.
const PIECE: u64 = 256 << 10;
/// Statements that stay prepared: one for each table that rows go to.
const STATEMENTS: usize = 32;

/// The registers that a file of items has beside them: of the whole platform all, else those that name what stands in rows.
pub(super) fn registers(dataset: &Dataset) -> Vec<Register> {
    match dataset {
        Dataset::Platform => Register::ALL.into(),
        Dataset::Register(_) => Vec::new(),
        _ => vec![Register::Domain, Register::Channel],
    }
}

/// A database while it is made.
#[derive(Default)]
pub(super) struct Database {
    /// `None` before it was begun.
    file: Option<NamedTempFile>,
    /// `None` once it is whole.
    connection: Option<Connection>,
    children: Vec<Child>,
    titles: Titles,
    /// The version that was written last, and its number in the file.
    version: Option<(Digest, i64)>,
    items: i64,
    /// States of the register that is being written.
    states: i64,
    register: Option<Register>,
    /// The whole file, while it is read.
    made: Option<File>,
}

impl Database {
    fn connection(&self) -> Result<&Connection> {
        self.connection.as_ref().ok_or_else(|| Error::internal("the database has ended"))
    }

    /// Runs statements without rows.
    fn run(&self, statements: impl IntoIterator<Item = String>) -> Result<()> {
        let connection = self.connection()?;
        statements.into_iter().try_for_each(|one| connection.execute_batch(&one)).map_err(Error::internal)
    }

    fn create(&self, about: &About) -> Result<()> {
        self.run([format!(
            "PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; \
             PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY; PRAGMA application_id = {APPLICATION}; \
             PRAGMA user_version = {}; BEGIN",
            Columns::declared().version
        )])?;
        self.run([
            "CREATE TABLE meta (name TEXT PRIMARY KEY, label TEXT, value TEXT) STRICT, WITHOUT ROWID".to_owned(),
            "CREATE TABLE columns (\"table\" TEXT, \"column\" TEXT, name TEXT, label TEXT, type TEXT, zh TEXT, en TEXT) \
             STRICT"
                .to_owned(),
            "CREATE TABLE codes (list TEXT, list_label TEXT, code TEXT, label TEXT, PRIMARY KEY (list, code)) STRICT, \
             WITHOUT ROWID"
                .to_owned(),
        ])?;
        let told = about.told().into_iter();
        let told = told.map(|told| [told.name.to_owned(), told.label.to_owned(), told.value]);
        self.texts("INSERT INTO meta VALUES (?, ?, ?)", told)?;
        let held = match &about.dataset {
            Dataset::Register(register) => vec![*register],
            dataset => {
                self.items_tables()?;
                let registers = registers(dataset);
                self.run(view::all(&registers))?;
                registers
            }
        };
        for register in held {
            let table = table::of_register(register);
            self.run([table.create()])?;
            self.dictionary(&table, Columns::declared().of(register).iter())?;
            if table.columns.iter().any(|(name, _)| name == "code") {
                self.run([format!("CREATE INDEX {0}_code ON {0} (code)", table.name)])?;
            }
        }
        Ok(())
    }

    fn items_tables(&self) -> Result<()> {
        let (versions, items) = (table::versions(), table::items());
        self.run([versions.create(), items.create()])?;
        self.run(self.children.iter().map(Child::create))?;
        self.run(
            ["CREATE INDEX items_version ON items (version_id)", "CREATE INDEX items_item ON items (item)"]
                .map(str::to_owned),
        )?;
        self.dictionary(&versions, table::of_version(true))?;
        self.dictionary(&items, table::of_version(false))
    }

    /// Says of each declared column where it stands and what it means.
    fn dictionary<'a, S: 'a>(
        &self,
        table: &Table,
        columns: impl Iterator<Item = &'a Column<S>>,
    ) -> Result<()> {
        let row = |column: &'a Column<S>| {
            let own = table::snake(column.name());
            let [name, label] = [column.name(), column.label()].map(str::to_owned);
            let [kind, zh, en] = [column.kind().name(), column.zh(), column.en()].map(str::to_owned);
            [table.name.clone(), own, name, label, kind, zh, en]
        };
        self.texts("INSERT INTO columns VALUES (?, ?, ?, ?, ?, ?, ?)", columns.map(row))
    }

    fn texts<const N: usize>(&self, sql: &str, rows: impl Iterator<Item = [String; N]>) -> Result<()> {
        let mut statement = self.connection()?.prepare(sql).map_err(Error::internal)?;
        for row in rows {
            statement.execute(params_from_iter(row)).map_err(Error::internal)?;
        }
        Ok(())
    }

    /// Writes what is said of a version, and its lists. Of one without rows that is all.
    fn begin_version(&mut self, slice: &Slice, titles: &Titles) -> Result<i64> {
        if let Some((digest, id)) = self.version
            && digest == slice.head.digest
        {
            return Ok(id);
        }
        let id = self.version.map_or(1, |(_, id)| id + 1);
        self.version = Some((slice.head.digest, id));
        let none = ItemLine { position: 0, entry: None, content: None, local: None };
        let row = Row::new(&slice.head, slice.lines.first().unwrap_or(&none), titles, true);
        let first = if slice.lines.is_empty() { Sql::Null } else { Sql::Integer(self.items + 1) };
        let connection = self.connection()?;
        let mut insert = connection.prepare(&table::versions().insert()).map_err(Error::internal)?;
        let cells = self.row(&row, table::of_version(true), &[Sql::Integer(id), first])?;
        insert.execute(params_from_iter(cells)).map_err(Error::internal)?;
        self.lists(&row, true, id)?;
        Ok(id)
    }

    /// The cells of some columns, behind others.
    fn row(
        &self,
        row: &Row<'_>,
        columns: impl Iterator<Item = &'static Column<ItemSource>>,
        before: &[Sql],
    ) -> Result<Vec<Sql>> {
        let cells = columns.map(|column| Ok(sql(row.cell(column)?)));
        before.iter().cloned().map(Ok).chain(cells).collect()
    }

    /// Writes the entries of the lists of a version or an item.
    fn lists(&self, row: &Row<'_>, of_version: bool, owner: i64) -> Result<()> {
        let wanted = self.children.iter().filter(|child| child.column.source().is_of_version() == of_version);
        for child in wanted {
            let Cell::Json(json) = row.cell(child.column)? else { continue };
            let value: Value = serde_json::from_str(&json).map_err(Error::internal)?;
            let mut insert =
                self.connection()?.prepare_cached(&child.table.insert()).map_err(Error::internal)?;
            for cells in child.rows(&value) {
                let cells = std::iter::once(Sql::Integer(owner)).chain(cells.into_iter().map(of_json));
                insert.execute(params_from_iter(cells)).map_err(Error::internal)?;
            }
        }
        Ok(())
    }
}

/// What a cell of a declared column is in SQL.
fn sql(cell: Cell<'_>) -> Sql {
    match cell {
        Cell::Empty => Sql::Null,
        Cell::Text(text) => Sql::Text(text.into_owned()),
        Cell::Integer(number) => Sql::Integer(number.cast_signed()),
        Cell::Boolean(yes) => Sql::Integer(yes.into()),
        Cell::Json(json) => Sql::Text(json),
    }
}

/// What a member of an entry is in SQL; lists and objects stay JSON.
fn of_json(value: Value) -> Sql {
    match value {
        Value::Null => Sql::Null,
        Value::Bool(yes) => Sql::Integer(yes.into()),
        Value::Number(number) => number.as_i64().map_or(Sql::Null, Sql::Integer),
        Value::String(text) => Sql::Text(text),
        json => Sql::Text(json.to_string()),
    }
}

impl Encode for Database {
    fn begin(&mut self, about: &About, _: &mut Vec<u8>) -> Result<()> {
        let file = NamedTempFile::with_prefix("mulu-").map_err(Error::internal)?;
        let connection = Connection::open(file.path()).map_err(Error::internal)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        self.connection = Some(connection);
        self.file = Some(file);
        self.children = table::children();
        self.create(about)
    }

    fn items(&mut self, slice: &Slice, titles: &Titles, _: &mut Vec<u8>) -> Result<()> {
        if self.version.is_none() {
            self.titles = titles.clone();
        }
        let version = self.begin_version(slice, titles)?;
        let sql = table::items().insert();
        for line in &slice.lines {
            self.items += 1;
            let row = Row::new(&slice.head, line, titles, false);
            let own = [Sql::Integer(self.items), Sql::Integer(version)];
            let cells = self.row(&row, table::of_version(false), &own)?;
            let mut insert = self.connection()?.prepare_cached(&sql).map_err(Error::internal)?;
            insert.execute(params_from_iter(cells)).map_err(Error::internal)?;
            self.lists(&row, false, self.items)?;
        }
        Ok(())
    }

    fn records(&mut self, register: Register, lines: &[RecordLine], _: &mut Vec<u8>) -> Result<()> {
        if self.register.replace(register) != Some(register) {
            self.states = 0;
        }
        let columns = Columns::declared().of(register);
        let table = table::of_register(register).insert();
        let connection = self.connection.as_ref().ok_or_else(|| Error::internal("the database has ended"))?;
        let mut insert = connection.prepare(&table).map_err(Error::internal)?;
        for state in lines.iter().flat_map(|line| ndjson::states(register, line)) {
            self.states += 1;
            let cells = columns.iter().map(|column| sql(cells::of_state(column, &state)));
            let row = std::iter::once(Sql::Integer(self.states)).chain(cells);
            insert.execute(params_from_iter(row)).map_err(Error::internal)?;
        }
        Ok(())
    }

    fn end(&mut self, _: &mut Vec<u8>) -> Result<()> {
        let codes = code_list::all(&self.titles).into_iter().flat_map(|list| {
            let row = move |(code, label)| [list.name.to_owned(), list.label.to_owned(), code, label];
            list.codes.into_iter().map(row)
        });
        self.texts("INSERT INTO codes VALUES (?, ?, ?, ?)", codes)?;
        self.run(["COMMIT".to_owned()])?;
        let connection = self.connection.take();
        connection
            .map_or(Ok(()), |connection| connection.close().map_err(|(_, error)| Error::internal(error)))?;
        self.made = self.file.as_ref().map(NamedTempFile::reopen).transpose().map_err(Error::internal)?;
        Ok(())
    }

    fn rest(&mut self) -> Result<Option<Vec<u8>>> {
        let Some(made) = &self.made else { return Ok(None) };
        let mut piece = Vec::new();
        made.take(PIECE).read_to_end(&mut piece).map_err(Error::internal)?;
        Ok((!piece.is_empty()).then_some(piece))
    }
}
