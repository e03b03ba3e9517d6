//! Excel workbooks, Office Open XML: the parts of the package that hold words.

mod cells;
mod styles;

use super::{
    Format, Noted, Refusal, Source,
    limits::{self, Budget, too_large},
    package::{Package, Relation},
    sheet::Sheet,
    xml::{Node, Xml, damaged},
};
use crate::import::finding::{Code, Note};
use styles::Styles;

/// What the cells of every sheet refer to.
struct Workbook {
    strings: Vec<String>,
    styles: Styles,
    from_1904: bool,
    sheets: Vec<Tab>,
}

/// A sheet as the workbook lists it.
struct Tab {
    name: String,
    relation: String,
    hidden: bool,
}

pub(super) fn read(bytes: &[u8], budget: &mut Budget) -> Result<Source, Refusal> {
    let mut package = Package::open(bytes)?;
    let main = package.main("xl/workbook.xml")?;
    let relations = package.relations(&main)?;
    let book = workbook(&mut package, &main, &relations, budget)?;
    let mut source = Source { format: Format::Xlsx, encoding: None, grids: Vec::new(), notes: Vec::new() };
    for tab in &book.sheets {
        let relation = relations.iter().find(|relation| relation.id == tab.relation).ok_or_else(damaged)?;
        // Charts and dialogs are sheets too, without cells.
        if relation.kind != "worksheet" {
            continue;
        }
        if tab.hidden {
            source.notes.push((None, Note::new(Code::HiddenSheet, tab.name.clone())));
            continue;
        }
        let text = package.required(&relation.target)?;
        let mut sheet = Sheet::new(tab.name.clone());
        cells::read(&text, &book, &mut sheet, budget)?;
        let (grid, notes) = sheet.finish(source.grids.len(), budget)?;
        source.grids.push(grid);
        source.notes.extend(notes);
    }
    source.notes.extend(ignored(&package));
    Ok(source)
}

/// I03 for what is in a package of Microsoft Office beside its words.
pub(super) fn ignored(package: &Package) -> Option<Noted> {
    let kinds = [("宏", "vbaproject.bin"), ("外部链接", "/externallinks/"), ("嵌入对象", "/embeddings/")];
    let found = kinds.iter().filter(|(_, word)| package.any(|name| name.contains(word)));
    let found = found.map(|(kind, _)| *kind).collect::<Vec<_>>();
    (!found.is_empty()).then(|| (None, Note::new(Code::IgnoredParts, found.join("、"))))
}

fn workbook(
    package: &mut Package,
    main: &str,
    relations: &[Relation],
    budget: &mut Budget,
) -> Result<Workbook, Refusal> {
    let part =
        |kind: &str| relations.iter().find(|relation| relation.kind == kind).map(|it| it.target.clone());
    let mut book =
        Workbook { strings: Vec::new(), styles: Styles::default(), from_1904: false, sheets: Vec::new() };
    if let Some(text) = part("sharedStrings").map(|name| package.part(&name)).transpose()?.flatten() {
        book.strings = strings(&text, budget)?;
    }
    if let Some(text) = part("styles").map(|name| package.part(&name)).transpose()?.flatten() {
        book.styles = Styles::read(&text)?;
    }
    let text = package.required(main)?;
    let mut xml = Xml::new(&text);
    loop {
        match xml.next()? {
            Node::Open(element) => match element.name() {
                "workbookPr" => {
                    let from_1904 = element.attribute("date1904");
                    book.from_1904 |= from_1904.is_some_and(|value| matches!(value.as_str(), "1" | "true"));
                }
                "sheet" => {
                    let hidden = element.attribute("state").is_some_and(|state| state != "visible");
                    let name = element.attribute("name").unwrap_or_default();
                    book.sheets.push(Tab {
                        name,
                        relation: element.attribute("id").unwrap_or_default(),
                        hidden,
                    });
                    if book.sheets.len() > limits::SHEETS {
                        return Err(too_large("工作表数", "sheets", limits::SHEETS));
                    }
                }
                _ => {}
            },
            Node::End => return Ok(book),
            _ => {}
        }
    }
}

/// The shared strings. What the part claims of their number is not looked at.
fn strings(text: &str, budget: &mut Budget) -> Result<Vec<String>, Refusal> {
    let mut xml = Xml::new(text);
    let mut strings = Vec::new();
    loop {
        match xml.next()? {
            Node::Open(element) if element.name() == "si" => {
                strings.push(rich(&mut xml, "si")?);
                budget.sparse(strings.len())?;
            }
            Node::End => return Ok(strings),
            _ => {}
        }
    }
}

/// The text of an element that has just been opened, of all its runs, without the readings (注音) above them.
fn rich(xml: &mut Xml, of: &str) -> Result<String, Refusal> {
    let mut text = String::new();
    let mut inside = false;
    loop {
        match xml.next()? {
            Node::Open(element) if element.name() == "rPh" => xml.skip()?,
            Node::Open(element) => inside = element.name() == "t",
            Node::Text(words) if inside => text.push_str(&words),
            Node::Text(_) => {}
            Node::Close(name) if name == of => return Ok(unescaped(&text)),
            Node::Close(_) => inside = false,
            Node::End => return Err(damaged()),
        }
    }
}

/// Characters that XML cannot carry stand as `_x000B_` (ECMA-376-1, 22.9.2.19); an underscore that would look so, as
/// `_x005F_`. Vertical tabs and carriage returns part lines.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        let code = code.filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let c = code.and_then(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?));
        let end = if c.is_some() { at + 7 } else { at + 2 };
        plain.push_str(&rest[..at]);
        match c {
            Some('\u{b}' | '\r') => plain.push('\n'),
            Some(c) => plain.push(c),
            None => plain.push_str("_x"),
        }
        rest = &rest[end..];
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn escapes_are_undone_once() {
        for (text, plain) in [
            ("甲_x000b_乙", "甲\n乙"),
            ("_x005F_x000D_", "_x000D_"),
            ("_x_x00g0_ _x12", "_x_x00g0_ _x12"),
            ("_xD800_x", "_xD800_x"),
        ] {
            assert_eq!(unescaped(text), plain);
        }
    }
}
