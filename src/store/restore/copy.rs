//! The text form of rows that PostgreSQL's COPY writes.

use super::damaged;
use crate::error::Result;

/// The line after the last row of a table.
pub(super) const END: &[u8] = b"\\.";

/// The table and the columns of `COPY public.object (digest, bytes) FROM stdin;`.
pub(super) fn header(line: &[u8]) -> Option<(String, Vec<String>)> {
    let line = std::str::from_utf8(line).ok()?.strip_prefix("COPY ")?.strip_suffix(") FROM stdin;")?;
    let (table, columns) = line.split_once(" (")?;
    let table = table.rsplit('.').next()?.trim_matches('"').to_owned();
    Some((table, columns.split(", ").map(|column| column.trim_matches('"').to_owned()).collect()))
}

/// A row, its values in the order of its columns; `None` is NULL.
pub(super) struct Row<'a> {
    columns: &'a [String],
    values: Vec<Option<Vec<u8>>>,
}

impl<'a> Row<'a> {
    /// Reads a line.
    pub fn read(columns: &'a [String], line: &[u8]) -> Result<Self> {
        let values: Option<Vec<_>> = line.split(|byte| *byte == b'\t').map(value).collect();
        let values = values.filter(|values| values.len() == columns.len());
        Ok(Self { columns, values: values.ok_or_else(|| damaged("a row is of another form"))? })
    }

    pub fn number<T: std::str::FromStr>(&self, column: &str) -> Result<T> {
        self.text(column)?.parse().map_err(|_| damaged(format!("{column} is no number")))
    }

    pub fn text(&self, column: &str) -> Result<String> {
        let text = self.get(column)?.ok_or_else(|| damaged(format!("{column} is null")))?;
        String::from_utf8(text.to_vec()).map_err(damaged)
    }

    pub fn bytes(&self, column: &str) -> Result<Vec<u8>> {
        self.bytes_or_null(column)?.ok_or_else(|| damaged(format!("{column} is null")))
    }

    pub fn bytes_or_null(&self, column: &str) -> Result<Option<Vec<u8>>> {
        let Some(text) = self.get(column)? else { return Ok(None) };
        let read = text.strip_prefix(b"\\x").and_then(unhex);
        read.map(Some).ok_or_else(|| damaged(format!("{column} is not written in hexadecimal digits")))
    }

    fn get(&self, column: &str) -> Result<Option<&[u8]>> {
        let place = self.columns.iter().position(|name| name == column);
        let value = place.and_then(|place| self.values.get(place));
        Ok(value.ok_or_else(|| damaged(format!("{column} is missing")))?.as_deref())
    }
}

fn value(text: &[u8]) -> Option<Option<Vec<u8>>> {
    if text == b"\\N" {
        return Some(None);
    }
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.iter());
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'\\' => match rest.next()? {
                b'b' => 8,
                b't' => b'\t',
                b'n' => b'\n',
                b'v' => 11,
                b'f' => 12,
                b'r' => b'\r',
                other => *other,
            },
            other => *other,
        });
    }
    Some(Some(bytes))
}

fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, odd) = digits.as_chunks::<2>();
    let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
    if odd.is_empty() { bytes.collect() } else { None }
}

#[cfg(test)]
mod tests {
    use super::{Row, header};

    #[test]
    fn rows_are_read_as_copy_writes_them() {
        let (table, columns) =
            header(b"COPY public.\"draft\" (digest, catalogue, number) FROM stdin;").unwrap();
        assert_eq!(table, "draft");
        let row = Row::read(&columns, b"\\\\x00fF\ta\\tb\\\\\\n\t7").unwrap();
        assert_eq!(row.bytes("digest").unwrap(), [0, 255]);
        assert_eq!(row.text("catalogue").unwrap(), "a\tb\\\n");
        assert_eq!(row.number::<i32>("number").unwrap(), 7);
        let row = Row::read(&columns, b"\\N\tx\t\\\\x7").unwrap();
        assert_eq!(row.bytes_or_null("digest").unwrap(), None);
        for refused in
            [row.bytes("digest"), row.bytes("catalogue"), row.bytes("number"), row.bytes("objects")]
        {
            assert_eq!(refused.unwrap_err().code(), "BAD_INPUT");
        }
        assert!(Row::read(&columns, b"one value").is_err());
        assert!(header(b"SET search_path = '';").is_none());
    }
}
