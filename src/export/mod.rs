//! Export: from tables as people read them to files. What a table says is decided in [`crate::catalogue::layout`];
//! here is only how each kind of file holds it. One table makes the same bytes each time. Files for machines are in
//! [`data`], what is told about them in [`metadata`].

pub mod data;
mod docx;
mod html;
pub mod metadata;
pub mod rdf;
pub(crate) mod xlsx;

use std::fmt::Write;

use crate::{
    catalogue::layout::{Part, Table},
    error::Result,
};

/// A kind of file (文件格式) that a table is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A spreadsheet: Excel, WPS, LibreOffice.
    Xlsx,
    /// A page that stands on its own.
    Html,
    /// A text document: Word, WPS, LibreOffice.
    Docx,
}

impl FileKind {
    /// What names of such files end with, after the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Html => "html",
            Self::Docx => "docx",
        }
    }
}

/// The bytes of a file. `BAD_INPUT` where a text is longer than a cell of a spreadsheet holds.
pub fn write(table: &Table, kind: FileKind) -> Result<Vec<u8>> {
    match kind {
        FileKind::Xlsx => xlsx::write(table),
        FileKind::Html => Ok(html::write(table).into_bytes()),
        FileKind::Docx => docx::write(table),
    }
}

/// How wide a column is beside the others: about as many letters as fit.
fn width(part: &Part) -> u16 {
    match part {
        Part::Sequence => 5,
        Part::Domain => 10,
        Part::Name(_) => 12,
        Part::Content => 38,
        Part::Basis => 36,
        Part::TimeLimit => 20,
        Part::ResponsibleUnit => 16,
        Part::Channel => 34,
        Part::Groups => 12,
        Part::OnRequest => 12,
        Part::WholeSociety | Part::Level(_) => 8,
        Part::Proactive => 6,
        Part::Extension(..) => 14,
    }
}

/// Whether a column's words stand in the middle: numbers, names and ticks do, running text does not.
fn centred(part: &Part) -> bool {
    use Part::*;
    matches!(part, Sequence | Domain | Name(_) | WholeSociety | Groups | Proactive | OnRequest | Level(_))
}

/// Writing to a text cannot fail.
pub(crate) fn add(text: &mut String, words: std::fmt::Arguments) {
    let _ = text.write_fmt(words);
}

/// Words as XML and HTML hold them, in an element as in an attribute.
pub(crate) fn escape(words: &str) -> String {
    let mut safe = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            _ => safe.push(c),
        }
    }
    safe
}
