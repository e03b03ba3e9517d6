//! Cells: the words of one cell become values of the model (单元格的解读).
//!
//! Every reader here is a function of text alone. It cleans the words ([`clean`]), takes them apart, and gives back
//! what it understood with a [`Note`] for whatever it repaired, assumed or could not read. What is kept as wording
//! is always what stands in the cell, cleaned of spaces and residue; widths of punctuation stay as printed.
//!
//! A blank cell, and one that only says 无 or a dash, has no value: absent means unknown. Ditto (同上), names that a
//! whole file misspells and names of domains are not for a single cell and are settled by the layer above.

pub mod audience;
pub mod basis;
mod bullets;
pub mod channels;
mod citation;
mod clause;
pub mod clean;
pub mod document_number;
mod draft;
pub(crate) mod glyph;
pub mod levels;
pub mod marks;
pub mod mirror;
pub mod names;
pub mod numeral;
pub mod pieces;
pub mod points;
mod schedule;
pub mod ticks;
pub mod time_limit;
mod trigger;
pub mod units;

use super::finding::{Code, Note};

/// What a cell says, and what there is to say about the reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading<T> {
    /// What it says; `None` for a blank cell and for one that could not be read.
    pub value: Option<T>,
    /// What was repaired, assumed or not understood, in the order of the text.
    pub notes: Vec<Note>,
}

impl<T> Reading<T> {
    /// A reading without a remark.
    pub fn new(value: T) -> Self {
        Self { value: Some(value), notes: Vec::new() }
    }

    /// A cell that says nothing, or nothing that can be read.
    pub fn blank(notes: Vec<Note>) -> Self {
        Self { value: None, notes }
    }

    /// The codes of its notes, in order.
    pub fn codes(&self) -> Vec<Code> {
        self.notes.iter().map(|note| note.code).collect()
    }

    /// The same reading of something made from its value.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Reading<U> {
        Reading { value: self.value.map(make), notes: self.notes }
    }

    /// What a next reader makes of the value; the notes of both.
    pub fn and_then<U>(self, read: impl FnOnce(T) -> Reading<U>) -> Reading<U> {
        let mut notes = self.notes;
        let Some(value) = self.value else { return Reading::blank(notes) };
        let next = read(value);
        notes.extend(next.notes);
        Reading { value: next.value, notes }
    }
}

/// Says a thing once, however often it occurs in a cell.
pub(crate) fn note_once(notes: &mut Vec<Note>, note: Note) {
    if !notes.iter().any(|known| known.code == note.code) {
        notes.push(note);
    }
}
