//! The cells and merged areas of a worksheet part.

use super::{
    super::{
        Refusal,
        limits::Budget,
        sheet::{Sheet, address, area},
        xml::{Element, Node, Xml, damaged},
    },
    Workbook, rich,
};

pub(super) fn read(
    text: &str,
    book: &Workbook,
    sheet: &mut Sheet,
    budget: &mut Budget,
) -> Result<(), Refusal> {
    let mut xml = Xml::new(text);
    // Rows and cells may leave their numbers out; they then follow one another.
    let (mut row, mut column) = (0_u32, 0_u32);
    loop {
        match xml.next()? {
            Node::Open(element) => match element.name() {
                "row" => {
                    row = element.number::<u32>("r").map_or(row, |number| number.saturating_sub(1));
                    column = 0;
                }
                "c" => {
                    let at = match element.attribute("r") {
                        Some(text) => address(&text).ok_or_else(damaged)?,
                        None => (row, column),
                    };
                    (row, column) = at;
                    cell(&mut xml, &element, at, book, sheet, budget)?;
                    column += 1;
                }
                "mergeCell" => {
                    if let Some(area) = element.attribute("ref").and_then(|text| area(&text)) {
                        sheet.merge(area);
                    }
                }
                _ => {}
            },
            Node::Close(name) if name == "row" => row += 1,
            Node::End => return Ok(()),
            _ => {}
        }
    }
}

fn cell(
    xml: &mut Xml,
    element: &Element,
    (row, column): (u32, u32),
    book: &Workbook,
    sheet: &mut Sheet,
    budget: &mut Budget,
) -> Result<(), Refusal> {
    let kind = element.attribute("t");
    let kind = kind.as_deref().unwrap_or("n");
    let (mut stored, mut inline) = (String::new(), None);
    let mut formula = false;
    let mut inside = false;
    loop {
        match xml.next()? {
            Node::Open(element) => match element.name() {
                "v" => inside = true,
                "is" => inline = Some(rich(xml, "is")?),
                "f" => {
                    formula = true;
                    xml.skip()?;
                }
                _ => xml.skip()?,
            },
            Node::Text(words) if inside => stored.push_str(&words),
            Node::Text(_) => {}
            Node::Close(name) if name == "c" => break,
            Node::Close(_) => inside = false,
            Node::End => return Err(damaged()),
        }
    }
    if formula {
        sheet.formula(row, column, kind == "str" || !stored.is_empty());
    }
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let text = match kind {
        "s" if stored.is_empty() => String::new(),
        "s" => {
            let index = stored.trim().parse::<usize>().map_err(|_| damaged())?;
            return sheet.cell(row, column, book.strings.get(index).ok_or_else(damaged)?, budget);
        }
        "inlineStr" => inline.unwrap_or_default(),
        "b" => if stored.trim() == "0" { "FALSE" } else { "TRUE" }.to_owned(),
        "n" => match number(&stored) {
            Some(value) => book.styles.shown(element.number("s")).text(value, book.from_1904),
            None => stored,
        },
        // Dates of Office 365 in ISO 8601, errors such as #REF!, and the text of formulas.
        _ => stored.strip_suffix("T00:00:00").unwrap_or(&stored).to_owned(),
    };
    sheet.cell(row, column, &text, budget)
}
