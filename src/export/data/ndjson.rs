//! NDJSON: the canonical form. A version is its header and its rows, a line each, as `mulu import` reads them; a register
//! is a line a state, as `mulu reference load` reads it.

use std::io::Write;

use serde::Serialize;
use serde_json::{Value, json};

use super::{About, Encode};
use crate::{
    catalogue::{
        canonical::CanonicalError,
        changed::ChangeRow,
        column::Columns,
        dataset::{ItemLine, RecordLine, Titles, VersionHead},
        digest::Digest,
        reference::Register,
    },
    error::{Error, Result},
    store::Slice,
};

#[derive(Default)]
pub(super) struct Lines {
    /// The version that was written last.
    version: Option<Digest>,
}

impl Encode for Lines {
    fn begin(&mut self, _: &About, _: &mut Vec<u8>) -> Result<()> {
        Ok(())
    }

    fn items(&mut self, slice: &Slice, _: &Titles, out: &mut Vec<u8>) -> Result<()> {
        if self.version != Some(slice.head.digest) {
            self.version = Some(slice.head.digest);
            header(&slice.head, out)?;
            out.push(b'\n');
        }
        for line in &slice.lines {
            out.push(b'{');
            row(line, out)?;
            out.extend(b"}\n");
        }
        Ok(())
    }

    fn records(&mut self, register: Register, lines: &[RecordLine], out: &mut Vec<u8>) -> Result<()> {
        for line in lines {
            for state in states(register, line) {
                put(&state, out)?;
                out.push(b'\n');
            }
        }
        Ok(())
    }

    fn changes(&mut self, rows: &[ChangeRow], out: &mut Vec<u8>) -> Result<()> {
        for row in rows {
            put(row, out)?;
            out.push(b'\n');
        }
        Ok(())
    }

    fn end(&mut self, _: &mut Vec<u8>) -> Result<()> {
        Ok(())
    }
}

/// A version's header. Of one that was redacted what the log says is left, which no import takes for a header.
pub(super) fn header(head: &VersionHead, out: &mut Vec<u8>) -> Result<()> {
    match &head.header {
        Some(header) => put(header, out),
        None => put(
            &json!({
                "catalogue": head.code, "effectiveFrom": head.effective_from, "redacted": [head.digest],
            }),
            out,
        ),
    }
}

/// The members of a row, without braces. Its parts are in canonical form already and are not read.
pub(super) fn row(line: &ItemLine, out: &mut Vec<u8>) -> Result<()> {
    let mut members = Members { out, first: true };
    if let Some(entry) = &line.entry {
        members.put("item", &entry.item)?;
        members.raw("content", line.content.as_deref());
        members.raw("local", line.local.as_deref());
        members.maybe("origin", entry.origin.as_ref())?;
        members.maybe("reason", entry.reason.as_ref())?;
        members.maybe("source", entry.source.as_ref())?;
    }
    let redacted = line.redacted();
    members.maybe("redacted", (!redacted.is_empty()).then_some(&redacted))
}

/// Members of an object, one after the other.
struct Members<'a> {
    out: &'a mut Vec<u8>,
    first: bool,
}

impl Members<'_> {
    fn name(&mut self, name: &str) {
        self.out.extend_from_slice(if std::mem::take(&mut self.first) { b"\"" } else { b",\"" });
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    fn put<T: Serialize>(&mut self, name: &str, value: &T) -> Result<()> {
        self.name(name);
        put(value, self.out)
    }

    fn maybe<T: Serialize>(&mut self, name: &str, value: Option<&T>) -> Result<()> {
        value.map_or(Ok(()), |value| self.put(name, value))
    }

    fn raw(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.name(name);
            self.out.extend_from_slice(text.as_bytes());
        }
    }
}

/// The states of a record, each with the code where its register has codes. A record that was erased is one line that
/// says so, which no load takes for a state.
pub(super) fn states(register: Register, line: &RecordLine) -> Vec<Value> {
    let columns = Columns::declared().of(register);
    let has_code = columns.iter().any(|column| column.source() == "record.code");
    let with_code = |mut state: Value| {
        if let Some(members) = state.as_object_mut().filter(|_| has_code) {
            members.insert("code".to_owned(), line.code.as_str().into());
        }
        state
    };
    match &line.states {
        Some(states) => states.iter().cloned().map(with_code).collect(),
        None => vec![with_code(json!({ "redacted": line.object }))],
    }
}

/// A value as JSON.
pub(super) fn put<T: Serialize + ?Sized>(value: &T, out: &mut impl Write) -> Result<()> {
    serde_json::to_writer(out, value).map_err(|error| Error::from(CanonicalError::from(error)))
}
