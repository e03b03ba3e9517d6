//! OpenDocument workbooks. A cell says what it shows beside what it holds; the former is taken, save for dates.

use std::{collections::HashSet, ops::Range};

use super::{
    Format, Refusal, Source,
    limits::{self, Budget, too_large},
    package::Package,
    protected,
    sheet::{Area, Sheet},
    xml::{Element, Node, Xml, damaged},
};
use crate::import::finding::{Code, Note};

/// Elements of a paragraph, or of a cell, whose text is not that of the cell.
const UNSEEN: [&str; 8] =
    ["annotation", "custom-shape", "frame", "g", "note", "ruby-text", "tracked-changes", "shapes"];

pub(super) fn read(bytes: &[u8], budget: &mut Budget) -> Result<Source, Refusal> {
    let mut package = Package::open(bytes)?;
    if package.part("META-INF/manifest.xml")?.is_some_and(|text| text.contains("encryption-data")) {
        return Err(protected());
    }
    let text = package.required("content.xml")?;
    let mut source = Source { format: Format::Ods, encoding: None, grids: Vec::new(), notes: Vec::new() };
    let mut xml = Xml::new(&text);
    let mut hidden = HashSet::new();
    let mut style = String::new();
    let mut sheets = 0;
    loop {
        match xml.next()? {
            Node::Open(element) => match element.name() {
                "style" => style = element.attribute("name").unwrap_or_default(),
                "table-properties" if element.attribute("display").as_deref() == Some("false") => {
                    hidden.insert(style.clone());
                }
                "table" => {
                    sheets += 1;
                    if sheets > limits::SHEETS {
                        return Err(too_large("工作表数", "sheets", limits::SHEETS));
                    }
                    let name = element.attribute("name").unwrap_or_default();
                    if element.attribute("style-name").is_some_and(|style| hidden.contains(&style)) {
                        source.notes.push((None, Note::new(Code::HiddenSheet, name)));
                        xml.skip()?;
                        continue;
                    }
                    let mut sheet = Sheet::new(name);
                    rows(&mut xml, &mut sheet, budget)?;
                    let (grid, notes) = sheet.finish(source.grids.len(), budget)?;
                    source.grids.push(grid);
                    source.notes.extend(notes);
                }
                "tracked-changes" => xml.skip()?,
                _ => {}
            },
            Node::End => break,
            _ => {}
        }
    }
    if package.any(|name| name.starts_with("basic/") || name.starts_with("scripts/")) {
        source.notes.push((None, Note::new(Code::IgnoredParts, "宏")));
    }
    Ok(source)
}

/// A cell of a row, and the columns in which it is repeated. Copies are made one by one, each within the budget.
struct Found {
    columns: Range<u32>,
    text: String,
    span: (u32, u32),
    formula: Option<bool>,
}

/// The rows of a table that has just been opened, to its end.
fn rows(xml: &mut Xml, sheet: &mut Sheet, budget: &mut Budget) -> Result<(), Refusal> {
    let mut row = 0_u32;
    loop {
        match xml.next()? {
            Node::Open(element) => match element.name() {
                "table-row" => {
                    let repeated = element.number("number-rows-repeated").unwrap_or(1);
                    let cells = cells(xml)?;
                    if !cells.is_empty() {
                        put(&cells, row, repeated, sheet, budget)?;
                    }
                    row = row.saturating_add(repeated);
                }
                // Groups of rows, and all the rest that may stand in a table.
                "table-rows" | "table-header-rows" | "table-row-group" => {}
                _ => xml.skip()?,
            },
            Node::Close(name) if name == "table" => return Ok(()),
            Node::Close(_) | Node::Text(_) => {}
            Node::End => return Err(damaged()),
        }
    }
}

/// Puts the cells of a row where they belong, once for each time that the row is repeated.
fn put(
    cells: &[Found],
    first: u32,
    repeated: u32,
    sheet: &mut Sheet,
    budget: &mut Budget,
) -> Result<(), Refusal> {
    if first.saturating_add(repeated) > limits::SHEET_ROWS {
        return Err(too_large("工作表的行数", "rows of a sheet", limits::SHEET_ROWS as usize));
    }
    budget.copies(repeated.saturating_sub(1))?;
    for row in first..first + repeated {
        for cell in cells {
            let (down, right) = cell.span;
            for column in cell.columns.clone() {
                sheet.cell(row, column, &cell.text, budget)?;
                let [bottom, right] = [row.saturating_add(down), column.saturating_add(right)];
                sheet.merge(Area { top: row, left: column, bottom, right });
                if let Some(stored) = cell.formula {
                    sheet.formula(row, column, stored);
                }
                budget.sparse(sheet.parts())?;
            }
        }
    }
    Ok(())
}

/// The cells of a row that has just been opened, without the blank ones.
fn cells(xml: &mut Xml) -> Result<Vec<Found>, Refusal> {
    let mut cells = Vec::new();
    let mut column = 0_u32;
    loop {
        match xml.next()? {
            Node::Open(element) if matches!(element.name(), "table-cell" | "covered-table-cell") => {
                let repeated = element.number::<u32>("number-columns-repeated").unwrap_or(1);
                let span = |name| element.number::<u32>(name).unwrap_or(1).saturating_sub(1);
                let span = (span("number-rows-spanned"), span("number-columns-spanned"));
                let kind = element.attribute("value-type");
                let formula = element.attribute("formula").map(|_| kind.is_some());
                let text = text(xml, &element, kind.as_deref())?;
                if !text.is_empty() || span != (0, 0) || formula.is_some() {
                    if column.saturating_add(repeated) > limits::SHEET_COLUMNS {
                        let most = limits::SHEET_COLUMNS as usize;
                        return Err(too_large("工作表的列数", "columns of a sheet", most));
                    }
                    cells.push(Found { columns: column..column + repeated, text, span, formula });
                }
                column = column.saturating_add(repeated);
            }
            Node::Open(_) => xml.skip()?,
            Node::Close(name) if name == "table-row" => return Ok(cells),
            Node::Close(_) | Node::Text(_) => {}
            Node::End => return Err(damaged()),
        }
    }
}

/// The text of a cell that has just been opened, one line a paragraph.
fn text(xml: &mut Xml, cell: &Element, kind: Option<&str>) -> Result<String, Refusal> {
    let close = cell.name().to_owned();
    let mut text = String::new();
    let mut paragraphs = 0;
    let mut inside = 0_usize;
    loop {
        match xml.next()? {
            Node::Open(element) if UNSEEN.contains(&element.name()) => xml.skip()?,
            Node::Open(element) if inside == 0 && element.name() != "p" => xml.skip()?,
            Node::Open(element) => {
                match element.name() {
                    "p" if inside == 0 && paragraphs > 0 => text.push('\n'),
                    "s" => text.push_str(&" ".repeat(element.number("c").unwrap_or(1).min(100))),
                    "tab" => text.push('\t'),
                    "line-break" => text.push('\n'),
                    _ => {}
                }
                paragraphs += usize::from(inside == 0);
                inside += 1;
            }
            Node::Text(words) if inside > 0 => text.push_str(&words),
            Node::Text(_) => {}
            Node::Close(name) if inside == 0 && name == close => break,
            Node::Close(_) => inside = inside.saturating_sub(1),
            Node::End => return Err(damaged()),
        }
    }
    Ok(match kind {
        Some("date") => {
            let date = cell.attribute("date-value").unwrap_or(text);
            date.strip_suffix("T00:00:00").map(str::to_owned).unwrap_or_else(|| date.replace('T', " "))
        }
        Some(_) if text.is_empty() => cell.attribute("value").unwrap_or_default(),
        _ => text,
    })
}
