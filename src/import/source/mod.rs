//! Sources: from the bytes of a file, whatever kind it is, to [grids](super::grid) of cells.
//!
//! The kind is told from the content, never from the name: half of the files called `.xls` are something else.
//! Nothing is understood here but where a cell ends and which cells are merged. Text stays as printed, save that
//! lines are parted by LF; residue of office software is for the layer above.
//!
//! Files come from strangers. Whatever the bytes are, reading them ends soon and never in a panic: sizes are held
//! against [`limits`] before memory is taken, and nothing recurses by the depth of the file.
//! That is also why workbooks and pages are read here and not by crates made for them. calamine reserves what a
//! file claims to hold before it has looked (`uniqueCount` of the shared strings, DIMENSIONS of an xls), and a
//! failed allocation ends the process; HTML tree builders take quadratic time on deep pages.

mod bars;
mod biff;
mod blocks;
mod compound;
mod delimited;
mod docx;
mod encoding;
mod html;
pub mod limits;
mod number;
mod ods;
mod package;
mod page;
mod sheet;
mod sniff;
mod spans;
mod text;
mod xls;
mod xlsx;
mod xml;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{
    File,
    finding::{Code, Note},
    grid::Grid,
};
use limits::Budget;

/// Why a file is not read: one note of E005, E006, E007 or E405.
pub type Refusal = Box<Note>;

/// What a file holds.
#[derive(Clone, Debug)]
pub struct Source {
    /// What kind of file it is, by its content.
    pub format: Format,
    /// The encoding of its text (文字编码) as IANA names it; `None` for workbooks and Word, where there is no choice.
    pub encoding: Option<&'static str>,
    /// Its sheets in their order, or its one page; empty for [`Format::Ndjson`] and [`Format::CanonicalCsv`], and
    /// without rows where nothing stands on it.
    pub grids: Vec<Grid>,
    /// What was noticed, in the order of the sheets.
    pub notes: Vec<Noted>,
}

/// A note, and the cell that it is about; `None` where it is about the whole file.
pub type Noted = (Option<Place>, Note);

/// A cell of a [`Source`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The index of the grid.
    pub grid: usize,
    /// The index of the row in its grid.
    pub row: usize,
    /// The column, from 0.
    pub column: usize,
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON lines (规范格式), which the canonical door reads: the first line begins a JSON object.
    Ndjson,
    /// CSV in the canonical form, which the canonical door reads: the first line names a column `catalogue`, or one
    /// that begins with `content.` or `local.`.
    CanonicalCsv,
    /// An Excel workbook (工作簿), Office Open XML.
    Xlsx,
    /// An Excel workbook of 1997 to 2003.
    Xls,
    /// An OpenDocument workbook.
    Ods,
    /// A Word document, Office Open XML.
    Docx,
    /// A web page, whatever its name ends with.
    Html,
    /// Text with commas, semicolons or tabs between cells.
    Delimited,
    /// Text with bars between cells: Markdown, or copied from a page.
    Bars,
    /// Any other text: one cell a line.
    Lines,
}

impl Format {
    /// Whether the canonical door reads it, not this one.
    pub fn canonical(self) -> bool {
        matches!(self, Self::Ndjson | Self::CanonicalCsv)
    }
}

/// Reads a file of any kind.
///
/// # Errors
///
/// E005 for a file that no reader understands, with what to do instead; E006 beyond a limit; E007 for one that asks
/// for a password; E405 for text in no known encoding.
pub fn read(file: &File) -> Result<Source, Refusal> {
    // What is taken to pieces here is checked at each step, but the crates for ZIP and XML are not ours, and one
    // panic of theirs on a stranger's file must not end the run of everyone else. They keep no state between files.
    catch_unwind(AssertUnwindSafe(|| read_bytes(&file.bytes))).unwrap_or_else(|_| Err(xml::damaged()))
}

fn read_bytes(bytes: &[u8]) -> Result<Source, Refusal> {
    if bytes.len() > limits::FILE_BYTES {
        return Err(limits::too_large("文件字节数", "bytes of a file", limits::FILE_BYTES));
    }
    let mut budget = Budget::default();
    match sniff::binary(bytes)? {
        Some(sniff::Binary::Xlsx) => xlsx::read(bytes, &mut budget),
        Some(sniff::Binary::Ods) => ods::read(bytes, &mut budget),
        Some(sniff::Binary::Docx) => docx::read(bytes, &mut budget),
        Some(sniff::Binary::Xls) => xls::read(bytes, &mut budget),
        None => text::read(bytes, &mut budget),
    }
}

/// E005: what is the matter, and what a person can do about it.
fn unreadable(zh: &str, en: &str, proposal: &str) -> Refusal {
    let expected = (format!("可读的文件（这是{zh}）"), format!("a file that can be read (this is {en})"));
    Box::new(Note::new(Code::Unreadable, zh).expected(expected.0, expected.1).proposal(proposal))
}

/// E007: a password stands before the content.
fn protected() -> Refusal {
    let note = Note::new(Code::Protected, "")
        .expected("没有密码的文件", "a file without a password")
        .proposal("用原软件打开，去掉密码后另存");
    Box::new(note)
}
