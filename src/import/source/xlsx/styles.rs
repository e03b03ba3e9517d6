//! How the cells of a workbook show their numbers.

use std::collections::HashMap;

use super::super::{
    Refusal,
    number::Shown,
    xml::{Node, Xml},
};

/// The number formats of the cell styles, by the style's number.
#[derive(Debug, Default)]
pub(super) struct Styles(Vec<Shown>);

impl Styles {
    pub(super) fn read(text: &str) -> Result<Self, Refusal> {
        let mut xml = Xml::new(text);
        let mut own = HashMap::<u32, Shown>::new();
        let mut styles = Vec::new();
        // `xf` stands also in `cellStyleXfs`, which cells do not refer to.
        let mut within = false;
        loop {
            match xml.next()? {
                Node::Open(element) => match element.name() {
                    "numFmt" => {
                        if let (Some(id), Some(code)) =
                            (element.number("numFmtId"), element.attribute("formatCode"))
                        {
                            own.entry(id).or_insert_with(|| Shown::of(&code));
                        }
                    }
                    "cellXfs" => within = true,
                    "xf" if within => {
                        let id = element.number("numFmtId").unwrap_or(0);
                        styles.push(own.get(&id).copied().unwrap_or_else(|| Shown::builtin(id)));
                    }
                    _ => {}
                },
                Node::Close(name) if name == "cellXfs" => within = false,
                Node::End => return Ok(Self(styles)),
                _ => {}
            }
        }
    }

    pub(super) fn shown(&self, style: Option<usize>) -> Shown {
        self.0.get(style.unwrap_or(0)).copied().unwrap_or(Shown::Plain)
    }
}
