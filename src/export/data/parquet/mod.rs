//! Parquet: the declared columns with their types, lists as lists, one row an item or a state of a record. Rows are gathered
//! into groups and each group is written when it is full, so that memory holds one, however many there are.

mod schema;
mod shred;

use std::sync::Arc;

use parquet::{
    basic::{Compression, ZstdLevel},
    data_type::{BoolType, ByteArrayType, Int32Type, Int64Type},
    errors::ParquetError,
    file::{
        metadata::KeyValue,
        properties::WriterProperties,
        writer::{SerializedColumnWriter, SerializedFileWriter},
    },
};
use serde_json::{Value, json};

use self::shred::{At, Leaf, Values};
use super::{About, Encode, cells, ndjson, sink::Sink};
use crate::{
    catalogue::{
        changed::ChangeRow,
        column::{Cell, Column, Columns, Row, Shape},
        dataset::{RecordLine, Titles},
        digest::Digest,
        reference::Register,
    },
    error::{Error, Result},
    store::Slice,
};

/// How many rows a group has, and after how many bytes of text one ends earlier.
const GROUP_ROWS: usize = 10_000;
const GROUP_BYTES: usize = 32 << 20;
/// Who made the file; a version of ours would be no news to a reader.
const MADE_BY: &str = "mulu";
/// How hard zstd tries.
const ZSTD_LEVEL: i32 = 3;

/// A file while it is written.
#[derive(Default)]
pub(super) struct File {
    /// `None` before its beginning and after its end.
    writer: Option<SerializedFileWriter<Sink>>,
    sink: Sink,
    shapes: Vec<Shape>,
    leaves: Vec<Leaf>,
    rows: usize,
    bytes: usize,
    /// The version that was written last.
    version: Option<Digest>,
}

impl File {
    /// Adds a row, and writes the group that is full with it.
    fn row<'a>(&mut self, cells: impl IntoIterator<Item = Result<Cell<'a>>>) -> Result<()> {
        let mut leaf = 0;
        for (shape, cell) in self.shapes.iter().zip(cells) {
            let value = self::value(cell?)?;
            self.bytes += match &value {
                Some(Value::String(text)) => text.len(),
                _ => size_of::<u64>(),
            };
            let leaves = self.leaves.get_mut(leaf..).unwrap_or_default();
            leaf += shred::put(shape, value.as_ref(), At::default(), leaves)?;
        }
        self.rows += 1;
        if self.rows == GROUP_ROWS || self.bytes >= GROUP_BYTES { self.group() } else { Ok(()) }
    }

    /// Adds rows that are one value each.
    fn values(
        &mut self,
        columns: &[Column<String>],
        values: impl Iterator<Item = Value>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        for value in values {
            self.row(columns.iter().map(|column| Ok(cells::of_state(column, &value))))?;
        }
        self.sink.take(out);
        Ok(())
    }

    /// Writes the rows that were gathered.
    fn group(&mut self) -> Result<()> {
        if self.rows > 0 {
            let writer = self.writer.as_mut().ok_or_else(ended)?;
            let mut group = writer.next_row_group().map_err(Error::internal)?;
            for leaf in &mut self.leaves {
                let mut column = group.next_column().map_err(Error::internal)?.ok_or_else(ended)?;
                write(leaf, &mut column).map_err(Error::internal)?;
                column.close().map_err(Error::internal)?;
                leaf.clear();
            }
            group.close().map_err(Error::internal)?;
        }
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

fn write(leaf: &Leaf, column: &mut SerializedColumnWriter<'_>) -> std::result::Result<usize, ParquetError> {
    let (defined, repeated) = (Some(leaf.defined.as_slice()), leaf.repeated.as_deref());
    match &leaf.values {
        Values::Texts(values) => column.typed::<ByteArrayType>().write_batch(values, defined, repeated),
        Values::Numbers(values) => column.typed::<Int64Type>().write_batch(values, defined, repeated),
        Values::Booleans(values) => column.typed::<BoolType>().write_batch(values, defined, repeated),
        Values::Days(values) => column.typed::<Int32Type>().write_batch(values, defined, repeated),
    }
}

fn ended() -> Error {
    Error::internal("the file has no such part")
}

/// A cell as JSON; `None` for an empty one.
fn value(cell: Cell<'_>) -> Result<Option<Value>> {
    Ok(match cell {
        Cell::Empty => None,
        Cell::Text(text) => Some(Value::String(text.into_owned())),
        Cell::Integer(number) => Some(number.into()),
        Cell::Boolean(yes) => Some(yes.into()),
        Cell::Json(json) => Some(serde_json::from_str(&json).map_err(Error::internal)?),
    })
}

/// What the file says of itself: its scope and terms, and every column.
fn metadata(about: &About) -> Vec<KeyValue> {
    let told = about.told().into_iter().map(|told| KeyValue::new(told.name.to_owned(), told.value));
    let dictionary = match Columns::declared().of_values(&about.dataset) {
        Some(columns) => dictionary(columns),
        None => dictionary(&Columns::declared().item),
    };
    told.chain([KeyValue::new("columnDeclarations".to_owned(), dictionary.to_string())]).collect()
}

fn dictionary<S>(columns: &[Column<S>]) -> Value {
    let one = |column: &Column<S>| {
        json!({
            "name": column.name(), "label": column.label(), "type": column.kind().name(), "zh": column.zh(),
            "en": column.en(),
        })
    };
    columns.iter().map(one).collect()
}

impl Encode for File {
    fn begin(&mut self, about: &About, out: &mut Vec<u8>) -> Result<()> {
        let columns = Columns::declared();
        let named: Vec<(&str, Shape)> = match columns.of_values(&about.dataset) {
            Some(columns) => {
                let shape = |column| Shape::of_values(&about.dataset, column);
                columns.iter().map(|column| (column.name(), shape(column))).collect()
            }
            None => columns.item.iter().map(|column| (column.name(), Shape::of_item(column))).collect(),
        };
        let level = ZstdLevel::try_new(ZSTD_LEVEL).map_err(Error::internal)?;
        let properties = WriterProperties::builder()
            .set_created_by(MADE_BY.to_owned())
            .set_compression(Compression::ZSTD(level))
            .set_key_value_metadata(Some(metadata(about)));
        let schema = schema::of(&named).map_err(Error::internal)?;
        let writer = SerializedFileWriter::new(self.sink.clone(), schema, Arc::new(properties.build()));
        self.writer = Some(writer.map_err(Error::internal)?);
        self.leaves = named.iter().flat_map(|(_, shape)| shred::leaves(shape, false)).collect();
        self.shapes = named.into_iter().map(|(_, shape)| shape).collect();
        self.sink.take(out);
        Ok(())
    }

    fn items(&mut self, slice: &Slice, titles: &Titles, out: &mut Vec<u8>) -> Result<()> {
        for line in &slice.lines {
            let first = self.version.replace(slice.head.digest) != Some(slice.head.digest);
            let row = Row::new(&slice.head, line, titles, first);
            let columns = Columns::declared().item.iter();
            self.row(columns.map(|column| row.cell(column).map_err(Error::from)))?;
        }
        self.sink.take(out);
        Ok(())
    }

    fn records(&mut self, register: Register, lines: &[RecordLine], out: &mut Vec<u8>) -> Result<()> {
        let states = lines.iter().flat_map(|line| ndjson::states(register, line));
        self.values(Columns::declared().of(register), states, out)
    }

    fn changes(&mut self, rows: &[ChangeRow], out: &mut Vec<u8>) -> Result<()> {
        self.values(&Columns::declared().change, cells::of_changes(rows)?.into_iter(), out)
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<()> {
        self.group()?;
        let writer = self.writer.take().ok_or_else(ended)?;
        writer.close().map_err(Error::internal)?;
        self.sink.take(out);
        Ok(())
    }
}
