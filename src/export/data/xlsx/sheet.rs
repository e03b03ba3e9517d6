//! The rows of a worksheet part, as text.

use std::borrow::Cow;

use chrono::{Days, NaiveDate};
use rust_xlsxwriter::column_number_to_name;

use crate::{
    error::{Error, Result},
    export::{
        add,
        data::{too_many_rows, xlsx::ROWS},
        xlsx::{LONGEST, letter},
    },
};

/// Rows that a sheet has.
pub(super) const MOST: u32 = 1_048_576;

/// What a cell says.
#[derive(Clone, Debug)]
pub(super) enum Said<'a> {
    Nothing,
    Text(Cow<'a, str>),
    Number(u64),
    Boolean(bool),
}

/// How a cell looks, by its place among the styles of the workbook.
#[derive(Clone, Copy, Debug)]
pub(super) enum Style {
    /// Text, which stays text when somebody types into the cell.
    Text = 1,
    Number = 2,
    Day = 3,
    /// What Chinese tables print over a column.
    Label = 4,
    /// The name of a column.
    Name = 5,
}

/// A sheet that is being written.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    rows: u32,
    columns: usize,
    text: String,
}

impl Sheet {
    /// Adds a row. `BAD_INPUT` where the sheet is full, or a text is longer than a cell can be.
    pub(super) fn row<'a>(&mut self, cells: impl IntoIterator<Item = (Said<'a>, Style)>) -> Result<()> {
        if self.rows == MOST {
            return Err(too_many_rows(ROWS));
        }
        self.rows += 1;
        let row = self.rows;
        add(&mut self.text, format_args!("<row r=\"{row}\">"));
        let mut columns = 0;
        for (column, (said, style)) in cells.into_iter().enumerate() {
            columns = column + 1;
            let at = format!("{}{row}", letters(column));
            let style = style as u8;
            match said {
                Said::Nothing => {}
                Said::Number(number) => {
                    add(&mut self.text, format_args!("<c r=\"{at}\" s=\"{style}\"><v>{number}</v></c>"));
                }
                Said::Boolean(yes) => {
                    let value = u8::from(yes);
                    add(
                        &mut self.text,
                        format_args!("<c r=\"{at}\" s=\"{style}\" t=\"b\"><v>{value}</v></c>"),
                    );
                }
                Said::Text(words) => {
                    if words.encode_utf16().count() > LONGEST {
                        return Err(too_long(&at));
                    }
                    add(&mut self.text, format_args!("<c r=\"{at}\" s=\"{style}\" t=\"inlineStr\"><is>"));
                    self.text.push_str("<t xml:space=\"preserve\">");
                    put(&words, &mut self.text);
                    self.text.push_str("</t></is></c>");
                }
            }
        }
        self.text.push_str("</row>");
        self.columns = self.columns.max(columns);
        Ok(())
    }

    /// The text of the rows that were added since it was taken last.
    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// The area from the first cell of a row, from 1, to the last cell.
    pub(super) fn area(&self, first: u32) -> String {
        format!("A{first}:{}{}", letters(self.columns.saturating_sub(1)), self.rows.max(first))
    }
}

/// The letters of a column, from 0.
fn letters(column: usize) -> String {
    letter(column).map(column_number_to_name).unwrap_or_default()
}

fn too_long(at: &str) -> Error {
    Error::bad_input(
        format!("单元格 {at} 超过电子表格单元格的上限（{LONGEST} 字），请改用 csv、parquet、sqlite"),
        format!(
            "cell {at} is longer than a cell of a spreadsheet holds ({LONGEST}); take csv, parquet or sqlite"
        ),
    )
}

/// The number that spreadsheets have for a day; `None` for what is no day, or one that some of them count in another way
/// (before March 1900) or do not know (after the year 9999).
pub(super) fn day(text: &str) -> Option<u64> {
    let day: NaiveDate = text.parse().ok()?;
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30)?;
    let (first, last) = (epoch.checked_add_days(Days::new(61))?, NaiveDate::from_ymd_opt(9999, 12, 31)?);
    (first..=last).contains(&day).then(|| (day - epoch).num_days().unsigned_abs())
}

/// Text as XML holds it. What XML cannot carry stands as `_x0001_` (ECMA-376-1, 22.9.2.19), and an underscore that would
/// be taken for the beginning of such as `_x005F_`.
fn put(words: &str, text: &mut String) {
    for (at, c) in words.char_indices() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '_' if is_escape(&words[at..]) => text.push_str("_x005F_"),
            c if is_foreign(c) => add(text, format_args!("_x{:04X}_", u32::from(c))),
            c => text.push(c),
        }
    }
}

/// Whether XML cannot carry a character.
fn is_foreign(c: char) -> bool {
    matches!(c, '\0'..'\t' | '\u{b}'..'\u{20}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether words begin as an escaped character does, `_x000D_`. Its end may be the beginning of another one.
fn is_escape(words: &str) -> bool {
    let code = words.get(2..6).filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let end = words.get(6..).and_then(|rest| rest.chars().next());
    words.starts_with("_x") && code.is_some() && end.is_some_and(|c| c == '_' || is_foreign(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_carry_is_escaped_once() {
        let put = |words: &str| {
            let mut text = String::new();
            put(words, &mut text);
            text
        };
        assert_eq!(put("a<b>&\u{1}\n"), "a&lt;b&gt;&amp;_x0001_\n");
        assert_eq!(put("_x000D_ _x12 _x000d_"), "_x005F_x000D_ _x12 _x005F_x000d_");
        assert_eq!(put("_x0041\0"), "_x005F_x0041_x0000_");
    }

    #[test]
    fn days_are_counted_as_spreadsheets_count_them() {
        assert_eq!(day("1900-03-01"), Some(61));
        assert_eq!(day("2020-01-01"), Some(43_831));
        assert_eq!([day("1900-02-28"), day("+10000-01-01"), day("2020-01")], [None; 3]);
    }
}
