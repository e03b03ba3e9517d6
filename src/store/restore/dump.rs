//! Reading a dump of PostgreSQL: `pg_restore` unpacks it to the text that COPY takes.
//!
//! Only rows are read. Nothing that a dump says is executed, and no server is needed, so a dump can be restored into
//! SQLite as well.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Stdio},
    time::Duration,
};

use super::{Batch, Out, ROWS, copy, damaged, patient::Patient};
use crate::{
    error::{Error, Result},
    store::{
        backup::Tool,
        entity::{checkpoint, draft, event, log, object},
    },
};

/// The tables of which rows are read; all others are made from them.
const READ: [&str; 5] = ["object", "event", "checkpoint", "draft", "log"];

/// How long `pg_restore` may say nothing while somebody waits for it: some damaged dumps set it on a walk without an end.
const PATIENCE: Duration = Duration::from_secs(60);

/// The running `pg_restore`.
pub(super) struct Reader {
    child: Child,
}

/// What has been read and not yet sent.
#[derive(Default)]
struct Held {
    /// Those of the tables that were come upon, with rows or without.
    tables: BTreeSet<String>,
    objects: Vec<object::Model>,
    /// All of them: a table has no order, and events are small.
    events: BTreeMap<i64, event::Model>,
    checkpoints: Vec<checkpoint::Model>,
    drafts: Vec<draft::Model>,
    last: Option<log::Model>,
}

impl Reader {
    /// Starts to unpack it.
    pub fn open(file: &Path) -> Result<Self> {
        let file = std::path::absolute(file).map_err(damaged)?;
        let mut command = Tool::newest("pg_restore")?.command();
        // All tables, though five are read: a dump that is cut short is noticed wherever it ends.
        command.args(["--data-only", "--file=-"]).arg(file);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(Self { child: command.spawn().map_err(Error::internal)? })
    }

    /// Sends what it unpacks; the end only where it came to its own end.
    pub fn read(self, out: &Out) -> Result<()> {
        self.read_within(PATIENCE, out)
    }

    fn read_within(mut self, patience: Duration, out: &Out) -> Result<()> {
        let mut held = Held::default();
        if let Some(output) = self.child.stdout.take() {
            read_tables(BufReader::new(Patient::new(output, patience)), &mut held, out)?;
        }
        let mut said = String::new();
        if let Some(mut errors) = self.child.stderr.take() {
            errors.read_to_string(&mut said).map_err(damaged)?;
        }
        if !self.child.wait().map_err(Error::internal)?.success() {
            return Err(refused(said.trim()));
        }
        held.finish(out)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // It has ended already, unless restoring has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What `pg_restore` says against a dump: it may be whole, but of a newer version.
fn refused(said: &str) -> Error {
    if said.contains("unsupported version") {
        Error::bad_input(
            format!("备份出自较新的 PostgreSQL，请安装较新的 postgresql-client：{said}"),
            format!("the backup is of a newer PostgreSQL, install a newer postgresql-client: {said}"),
        )
    } else {
        damaged(said)
    }
}

fn read_tables(mut lines: impl BufRead, held: &mut Held, out: &Out) -> Result<()> {
    let mut line = Vec::new();
    let mut next = |line: &mut Vec<u8>| -> Result<bool> {
        line.clear();
        lines.read_until(b'\n', line).map_err(damaged)?;
        Ok(line.pop_if(|last| *last == b'\n').is_some())
    };
    while next(&mut line)? {
        let Some((table, columns)) = copy::header(&line) else { continue };
        held.tables.insert(table.clone());
        while next(&mut line)? && line != copy::END {
            if READ.contains(&table.as_str()) {
                held.take(&table, &copy::Row::read(&columns, &line)?)?;
            }
            if held.objects.len() >= ROWS || !held.drafts.is_empty() {
                held.send(out)?;
            }
        }
    }
    Ok(())
}

impl Held {
    fn take(&mut self, table: &str, row: &copy::Row) -> Result<()> {
        match table {
            "object" => {
                let (digest, bytes) = (row.bytes("digest")?, row.bytes_or_null("bytes")?);
                self.objects.push(object::Model { digest, bytes });
            }
            "event" => {
                let revision = row.number("revision")?;
                self.events.insert(revision, event::Model { revision, bytes: row.bytes("bytes")? });
            }
            "checkpoint" => {
                let (revision, note) = (row.number("revision")?, row.text("note")?);
                self.checkpoints.push(checkpoint::Model { revision, note });
            }
            "draft" => self.drafts.push(draft::Model {
                digest: row.bytes("digest")?,
                catalogue: row.text("catalogue")?,
                number: row.number("number")?,
                created_at: row.text("created_at")?,
                objects: row.bytes("objects")?,
            }),
            "log" => {
                let revision = row.number("revision")?;
                if self.last.as_ref().is_none_or(|last| last.revision < revision) {
                    let (at, kind) = (row.text("at")?, row.text("kind")?);
                    let (leaf, frontier) = (row.bytes("leaf")?, row.bytes("frontier")?);
                    self.last = Some(log::Model { revision, at, kind, leaf, frontier });
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn send(&mut self, out: &Out) -> Result<()> {
        put(out, Batch::Objects(std::mem::take(&mut self.objects)))?;
        put(out, Batch::Drafts(std::mem::take(&mut self.drafts)))
    }

    fn finish(mut self, out: &Out) -> Result<()> {
        // Each is in every dump, if only without rows: one whose name is spoilt would be missing, and nobody would know.
        if let Some(lost) = READ.iter().find(|table| !self.tables.contains(**table)) {
            return Err(damaged(format!("table {lost} is missing")));
        }
        self.send(out)?;
        let mut events = self.events.into_values().peekable();
        while events.peek().is_some() {
            put(out, Batch::Events(events.by_ref().take(ROWS).collect()))?;
        }
        for some in self.checkpoints.chunks(ROWS) {
            put(out, Batch::Checkpoints(some.to_vec()))?;
        }
        self.last.map_or(Ok(()), |last| put(out, Batch::End(last)))
    }
}

/// An error where nobody listens any more, because restoring has failed.
fn put(out: &Out, batch: Batch) -> Result<()> {
    out.blocking_send(Ok(batch)).map_err(|_| damaged("not wanted"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One bit of this dump was turned, and `pg_restore` neither reads, writes nor ends.
    #[test]
    fn a_dump_without_an_end_is_damaged() {
        let (out, _kept) = tokio::sync::mpsc::channel(1);
        let file = Path::new("tests/corpus/backups/endless.dump");
        let error = Reader::open(file).unwrap().read_within(Duration::from_secs(3), &out).unwrap_err();
        assert_eq!(error.code(), "BAD_INPUT", "{error}");
    }
}
