//! A spreadsheet. Every word is written as a string: nothing in it is ever a formula, whatever it begins with.

use std::ops::Range;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::{centred, width};
use crate::{
    catalogue::{
        check::Message,
        layout::{HEAD_ROWS, Table},
    },
    error::{Error, Result},
};

/// UTF-16 units that a cell holds.
pub(crate) const LONGEST: usize = 32_767;
/// UTF-16 units that the name of a sheet holds.
pub(crate) const NAME: usize = 31;
/// The title and the line below it.
const ABOVE: u32 = 2;
/// Rows above the first item.
const HEAD: u32 = ABOVE + HEAD_ROWS as u32;
/// A3 in the numbering of spreadsheets.
const A3: u8 = 8;
pub(crate) const FONT: &str = "宋体";
/// A line of 10 points, the lowest row and the highest that there can be.
const LINE: f64 = 13.5;
const LEAST: f64 = 20.0;
const MOST: f64 = 409.0;

pub(super) fn write(table: &Table) -> Result<Vec<u8>> {
    match too_long(table) {
        Some(Message { zh, en }) => Err(Error::bad_input(
            format!("{zh}超过电子表格单元格的上限\u{ff08}{LONGEST} 字\u{ff09}\u{ff0c}请改用 html 或 docx"),
            format!("{en}: longer than a cell of a spreadsheet holds ({LONGEST}); use html or docx"),
        )),
        None => file(table).map_err(Error::internal),
    }
}

/// What is longer than a cell can be.
fn too_long(table: &Table) -> Option<Message> {
    let layout = &table.layout;
    let long = |words: &str| words.encode_utf16().count() > LONGEST;
    if long(&layout.title) {
        return Some(Message::new("标题", "the title"));
    }
    if long(&layout.about) {
        return Some(Message::new("标题下一行", "the line below the title"));
    }
    if layout.head.iter().any(|cell| long(&cell.label)) {
        return Some(Message::new("表头", "the header"));
    }
    let place = |cells: &Vec<String>| cells.iter().position(|words| long(words));
    let (row, column) =
        table.rows.iter().enumerate().find_map(|(row, cells)| Some((row + 1, place(cells)?)))?;
    let label = layout.columns.get(column).map_or("", |column| column.label.as_str());
    Some(Message::new(format!("第 {row} 行“{label}”"), format!("row {row}, {label}")))
}

fn file(table: &Table) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // A file says when it was made. So that one version makes one file, that is the day of the version.
    let day = table.layout.version().effective_from.to_string();
    let made = ExcelDateTime::parse_from_str(&day).or_else(|_| ExcelDateTime::from_ymd(1980, 1, 1))?;
    workbook.set_properties(
        &DocProperties::new().set_title(table.layout.title.as_str()).set_creation_datetime(&made),
    );
    let sheet = workbook.add_worksheet();
    set_up(sheet, table)?;
    head(sheet, table)?;
    rows(sheet, table)?;
    workbook.save_to_buffer()
}

fn set_up(sheet: &mut Worksheet, table: &Table) -> std::result::Result<(), XlsxError> {
    let layout = &table.layout;
    sheet.set_name(name(&layout.name).unwrap_or_else(|| layout.version().catalogue.to_string()))?;
    sheet.set_landscape().set_paper_size(A3).set_print_fit_to_pages(1, 0).set_print_center_horizontally(true);
    sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    sheet.set_repeat_rows(ABOVE, HEAD - 1)?.set_freeze_panes(HEAD, 0)?;
    let version = layout.version();
    sheet.set_footer(format!("&L{}#{}&C第 &P 页 共 &N 页", version.catalogue, version.number));
    for (column, it) in (0..).zip(&layout.columns) {
        sheet.set_column_width(column, width(&it.part))?;
    }
    Ok(())
}

fn head(sheet: &mut Worksheet, table: &Table) -> std::result::Result<(), XlsxError> {
    let layout = &table.layout;
    let plain = Format::new().set_font_name(FONT).set_align(FormatAlign::VerticalCenter).set_text_wrap();
    let title = plain.clone().set_font_size(18).set_bold().set_align(FormatAlign::Center);
    let about = plain.set_font_size(11).set_align(FormatAlign::Center);
    area(sheet, (0, 0), (1, layout.columns.len()), &layout.title, &title)?;
    area(sheet, (1, 0), (1, layout.columns.len()), &layout.about, &about)?;
    sheet.set_row_height(0, 36)?.set_row_height(1, 22)?;
    sheet.set_row_height(ABOVE, 24)?.set_row_height(ABOVE + 1, 34)?;
    let label = boxed().set_bold().set_align(FormatAlign::Center);
    for cell in &layout.head {
        let place = (ABOVE + short(cell.row), cell.column);
        area(sheet, place, (cell.rows, cell.columns), &cell.label, &label)?;
    }
    Ok(())
}

fn rows(sheet: &mut Worksheet, table: &Table) -> std::result::Result<(), XlsxError> {
    let text = boxed().set_align(FormatAlign::Left);
    let middle = boxed().set_align(FormatAlign::Center);
    for (row, (cells, height)) in table.rows.iter().zip(heights(table)).enumerate() {
        sheet.set_row_height(HEAD + short(row), height)?;
        for (column, (words, it)) in cells.iter().zip(&table.layout.columns).enumerate() {
            let format = if centred(&it.part) { &middle } else { &text };
            if let Some(span) = table.span(row, column) {
                area(sheet, (HEAD + short(row), column), (span, 1), words, format)?;
            }
        }
    }
    Ok(())
}

/// Words in one cell or in several that are made one.
pub(crate) fn area(
    sheet: &mut Worksheet,
    (row, column): (u32, usize),
    (rows, columns): (usize, usize),
    words: &str,
    format: &Format,
) -> std::result::Result<(), XlsxError> {
    let last = (row + short(rows) - 1, column + columns - 1);
    let (column, last_column) = (letter(column)?, letter(last.1)?);
    match (rows, columns) {
        (1, 1) if words.is_empty() => sheet.write_blank(row, column, format)?,
        (1, 1) => sheet.write_string_with_format(row, column, words, format)?,
        _ => sheet.merge_range(row, column, last.0, last_column, words, format)?,
    };
    Ok(())
}

/// How high each row of a table must be for its words.
fn heights(table: &Table) -> Vec<f64> {
    let columns = &table.layout.columns;
    let wanted = |row: usize, column: usize| {
        let words = table.rows.get(row).and_then(|cells| cells.get(column)).map_or("", String::as_str);
        columns.get(column).map_or(0.0, |column| height(words, width(&column.part)))
    };
    let alone = |row: usize| {
        let alone = (0..columns.len()).filter(|column| table.span(row, *column) == Some(1));
        alone.map(|column| wanted(row, column)).fold(0.0, f64::max)
    };
    let merges = table.merges.iter();
    let together = merges.map(|merge| (merge.row..merge.row + merge.rows, wanted(merge.row, merge.column)));
    share((0..table.rows.len()).map(alone).collect(), together)
}

/// How high rows must be, in points: each for what stands in it alone, and several for what they hold together. Not
/// every program works that out when it opens a file, and none does for merged cells.
pub(crate) fn share(alone: Vec<f64>, together: impl IntoIterator<Item = (Range<usize>, f64)>) -> Vec<f64> {
    let mut heights: Vec<f64> = alone.into_iter().map(|height| height.max(LEAST)).collect();
    for (rows, wanted) in together {
        if let Some(rows) = heights.get_mut(rows) {
            let short = wanted - rows.iter().sum::<f64>();
            let share = short.max(0.0) / rows.len() as f64;
            rows.iter_mut().for_each(|height| *height += share);
        }
    }
    heights.into_iter().map(|height| height.min(MOST)).collect()
}

/// What words take in a column. Chinese characters are as wide as two letters, and lines do not always fill.
pub(crate) fn height(words: &str, width: u16) -> f64 {
    let room = f64::from(width) - 1.0;
    let lines: f64 = words.split('\n').map(|line| (units(line) / room).ceil().max(1.0)).sum();
    lines * LINE + 6.0
}

/// How many letters wide a line is.
pub(crate) fn units(line: &str) -> f64 {
    line.chars().map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum()
}

/// A cell with a border around it.
pub(crate) fn boxed() -> Format {
    let format = Format::new().set_font_name(FONT).set_font_size(10).set_border(FormatBorder::Thin);
    format.set_align(FormatAlign::VerticalCenter).set_text_wrap()
}

/// A row's number. More than there can be in a sheet is refused where it is written.
pub(crate) fn short(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX / 2)
}

/// A column's number.
pub(crate) fn letter(column: usize) -> std::result::Result<u16, XlsxError> {
    u16::try_from(column).map_err(|_| XlsxError::RowColumnLimitError)
}

/// A name that a sheet may have; `None` where nothing is left of it.
pub(crate) fn name(words: &str) -> Option<String> {
    let allowed = |c: &char| !"[]:*?/\\'".contains(*c) && !c.is_control();
    let kept: String = words.chars().filter(allowed).collect();
    let kept = cut(kept.trim(), NAME).trim_end().to_owned();
    (!kept.is_empty()).then_some(kept)
}

/// As much from the beginning of words as fits into so many UTF-16 units, which spreadsheets count by.
pub(crate) fn cut(words: &str, most: usize) -> &str {
    let mut used = 0;
    let end = words.char_indices().find(|(_, c)| {
        used += c.len_utf16();
        used > most
    });
    end.map_or(words, |(end, _)| &words[..end])
}
