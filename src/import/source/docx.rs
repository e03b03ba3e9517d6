//! Word documents, Office Open XML: paragraphs and tables in order.
//!
//! What was deleted under track changes is not read, what was inserted is. Text boxes, headers, footers, footnotes
//! and hidden text are passed over; so are automatic numbers, which are not in the file.

use super::{
    Format, Refusal, Source,
    blocks::{Builder, Down},
    limits::Budget,
    package::Package,
    xlsx,
    xml::{Element, Node, Xml, damaged},
};
use crate::import::finding::{Code, Note};

/// Elements whose text is not that of the document where they stand.
const UNSEEN: [&str; 15] = [
    "Fallback",
    "delInstrText",
    "delText",
    "drawing",
    "instrText",
    "object",
    "pPr",
    "pict",
    "rt",
    "sdtPr",
    "sectPr",
    "tblGrid",
    "tblPr",
    "tblPrEx",
    "txbxContent",
];

pub(super) fn read(bytes: &[u8], budget: &mut Budget) -> Result<Source, Refusal> {
    let mut package = Package::open(bytes)?;
    let main = package.main("word/document.xml")?;
    let text = package.required(&main)?;
    let mut walk =
        Walk { xml: Xml::new(&text), page: Builder::default(), rows: Vec::new(), deletions: false };
    walk.document()?;
    let Walk { page, deletions, .. } = walk;
    let deleted = deletions.then(|| (None, Note::new(Code::IgnoredParts, "修订中删除的文字")));
    Ok(Source {
        format: Format::Docx,
        encoding: None,
        grids: vec![page.finish(budget)?],
        notes: deleted.into_iter().chain(xlsx::ignored(&package)).collect(),
    })
}

struct Walk<'a> {
    xml: Xml<'a>,
    page: Builder,
    /// Of each open row, whether it was deleted.
    rows: Vec<bool>,
    deletions: bool,
}

impl Walk<'_> {
    fn document(&mut self) -> Result<(), Refusal> {
        let mut words = false;
        loop {
            match self.xml.next()? {
                Node::Open(element) if element.name() == "t" => words = true,
                Node::Open(element) => self.open(&element)?,
                Node::Text(text) if words => self.page.text(&text),
                Node::Text(_) => {}
                Node::Close(name) => {
                    words = false;
                    self.close(&name);
                }
                Node::End => return Ok(()),
            }
        }
    }

    fn open(&mut self, element: &Element) -> Result<(), Refusal> {
        match element.name() {
            "del" | "moveFrom" => {
                self.deletions = true;
                self.xml.skip()?;
            }
            name if UNSEEN.contains(&name) => self.xml.skip()?,
            "rPr" => self.run()?,
            "tbl" => self.page.table()?,
            "tr" => {
                self.rows.push(false);
                self.page.row();
            }
            "trPr" => self.row()?,
            "tc" => self.page.cell(1, Down::Rows(1)),
            "tcPr" => self.cell()?,
            "tab" => self.page.text("\t"),
            "br" | "cr" => self.page.line(),
            "noBreakHyphen" => self.page.text("-"),
            "sym" => self.symbol(element),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" => self.page.paragraph(),
            "tbl" => self.page.end_table(),
            "tr" if self.rows.pop() == Some(true) => {
                self.deletions = true;
                self.page.drop_row();
            }
            "tr" => self.page.end_row(),
            "tc" => self.page.end_cell(),
            _ => {}
        }
    }

    /// A character of a symbol font. Its code is all that is known of it; boxes and ticks of Wingdings come out as
    /// the letters that other exports leave of them (`R`, `þ`, `£`), which the layer above knows.
    fn symbol(&mut self, element: &Element) {
        let code = element.attribute("char").and_then(|code| u32::from_str_radix(&code, 16).ok());
        let code = code.map(|code| if (0xf000..=0xf0ff).contains(&code) { code - 0xf000 } else { code });
        if let Some(character) = code.and_then(char::from_u32) {
            self.page.text(character.encode_utf8(&mut [0; 4]));
        }
    }

    /// The properties of what has just been opened, each with its value, to their end.
    fn properties(&mut self, of: &str) -> Result<Vec<(String, Option<String>)>, Refusal> {
        let mut properties = Vec::new();
        loop {
            match self.xml.next()? {
                Node::Open(element) => {
                    properties.push((element.name().to_owned(), element.attribute("val")));
                    self.xml.skip()?;
                }
                Node::Close(name) if name == of => return Ok(properties),
                Node::Close(_) | Node::Text(_) => {}
                Node::End => return Err(damaged()),
            }
        }
    }

    /// Passes over a run that is hidden.
    fn run(&mut self) -> Result<(), Refusal> {
        let off = |value: &Option<String>| matches!(value.as_deref(), Some("0" | "false" | "off"));
        let properties = self.properties("rPr")?;
        if properties.iter().any(|(name, value)| name == "vanish" && !off(value)) {
            // The run is what is open now.
            self.xml.skip()?;
        }
        Ok(())
    }

    fn row(&mut self) -> Result<(), Refusal> {
        for (name, value) in self.properties("trPr")? {
            match name.as_str() {
                "del" => {
                    if let Some(deleted) = self.rows.last_mut() {
                        *deleted = true;
                    }
                }
                "gridBefore" => {
                    let missing = value.and_then(|value| value.parse::<usize>().ok()).unwrap_or(0);
                    (0..missing.min(64)).for_each(|_| self.page.cell(1, Down::Rows(1)));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn cell(&mut self) -> Result<(), Refusal> {
        let properties = self.properties("tcPr")?;
        let Some(cell) = self.page.current() else { return Ok(()) };
        for (name, value) in properties {
            match name.as_str() {
                "gridSpan" => {
                    let columns = value.and_then(|value| value.parse::<usize>().ok()).unwrap_or(1);
                    cell.columns = columns.clamp(1, 1000);
                }
                "vMerge" if value.as_deref() != Some("restart") => cell.down = Down::Continues,
                _ => {}
            }
        }
        Ok(())
    }
}
