//! A walk as it writes: JSON, byte for byte as the library has it.

use std::{borrow::Cow, fmt::Display, io::Write};

use async_graphql::resolver_utils::EnumType;
use serde::Serialize;

use super::{Look, Object, Plan};

/// A walk: what it looks up, and what it has written.
pub(in crate::graphql) struct Walk<'a> {
    pub look: Look<'a>,
    pub(super) text: Vec<u8>,
    /// How much stands before what is walked.
    before: usize,
}

impl<'a> Walk<'a> {
    /// A walk that writes behind what stands there already.
    pub(super) fn new(look: Look<'a>, room: usize, before: &str) -> Self {
        let mut text = Vec::with_capacity(room);
        text.extend_from_slice(before.as_bytes());
        Self { look, text, before: before.len() }
    }

    pub(super) fn begin_anew(&mut self) {
        self.text.truncate(self.before);
    }

    pub(super) fn into_text(self) -> Vec<u8> {
        self.text
    }

    /// Writes the fields of an object that a plan asks for.
    pub fn object<T: Object>(&mut self, object: &T, plan: &Plan) {
        self.text.push(b'{');
        for pick in &plan.picks {
            self.text.extend_from_slice(pick.key.as_bytes());
            match pick.slot {
                Some(slot) => object.field(slot, &pick.plan, self),
                None => self.text(plan.type_name),
            }
        }
        self.text.push(b'}');
    }

    /// Writes the name of a value of an enum.
    pub fn choice<T: EnumType>(&mut self, value: &T) {
        match T::items().iter().find(|item| item.value == *value) {
            Some(item) => self.plain(item.name),
            None => self.look.fail(),
        }
    }

    /// Writes a text, nearly all of which stand as they are.
    pub fn text(&mut self, text: &str) {
        if self.look.lacks() {
            return;
        }
        if has_escapes(text) { self.json(text) } else { self.plain(text) }
    }

    /// Writes a text that stands as it is.
    fn plain(&mut self, text: &str) {
        self.text.push(b'"');
        self.text.extend_from_slice(text.as_bytes());
        self.text.push(b'"');
    }

    /// Writes what a value prints, none of which has anything to escape.
    pub fn printed(&mut self, value: impl Display) {
        // Writing to memory does not fail.
        let _ = write!(self.text, "\"{value}\"");
    }

    /// Writes lines as one text.
    pub fn lines(&mut self, lines: &[Cow<'_, str>]) {
        if lines.iter().any(|line| has_escapes(line)) {
            return self.json(&lines.join("\n"));
        }
        self.text.push(b'"');
        for (place, line) in lines.iter().enumerate() {
            if place > 0 {
                self.text.extend_from_slice(b"\\n");
            }
            self.text.extend_from_slice(line.as_bytes());
        }
        self.text.push(b'"');
    }

    pub fn json<T: Serialize + ?Sized>(&mut self, value: &T) {
        // As the library writes it, so that the bytes are the same.
        if serde_json::to_writer(&mut self.text, value).is_err() {
            self.look.fail();
        }
    }
}

/// Whether a text has what JSON escapes.
fn has_escapes(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Blocks of one size are looked at by one instruction or two; the last overlaps the one before it.
    let (blocks, _) = bytes.as_chunks::<16>();
    blocks.iter().any(|block| escaped(block))
        || match (bytes.last_chunk::<16>(), bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
            (Some(last), ..) => escaped(last),
            (_, Some(first), Some(last)) => escaped(first) | escaped(last),
            _ => escaped(bytes),
        }
}

#[inline]
fn escaped(bytes: &[u8]) -> bool {
    bytes.iter().fold(false, |some, byte| some | (*byte < b' ') | (*byte == b'"') | (*byte == b'\\'))
}
