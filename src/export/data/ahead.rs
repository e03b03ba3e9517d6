//! Reading ahead: while one batch of rows is written, the store reads the next ones. Memory holds three.

use std::collections::VecDeque;

use tokio::task::JoinHandle;

use crate::{
    error::{Error, Result},
    store::{ItemLines, Slice, spawn_counted},
};

/// How many batches are read at once. They lead to objects all over the database, so one after the other they would take
/// longer to read than to write.
const READ_AT_ONCE: usize = 2;

/// Items, of which the next batches are on their way once the first was asked for.
pub(super) struct Ahead {
    /// `None` after an error.
    lines: Option<ItemLines>,
    on_their_way: VecDeque<Reading>,
}

/// A batch that is read, which nobody reads any longer once this is dropped.
struct Reading(JoinHandle<Result<Vec<Slice>>>);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Ahead {
    pub(super) fn new(lines: ItemLines) -> Self {
        Self { lines: Some(lines), on_their_way: VecDeque::with_capacity(READ_AT_ONCE) }
    }

    /// The next rows; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Slice>>> {
        self.begin()?;
        let Some(mut reading) = self.on_their_way.pop_front() else { return Ok(None) };
        match (&mut reading.0).await.map_err(Error::internal).flatten() {
            Ok(batch) => {
                self.begin()?;
                Ok(Some(batch))
            }
            Err(error) => {
                self.lines = None;
                self.on_their_way.clear();
                Err(error)
            }
        }
    }

    /// Has as many read as there may be.
    fn begin(&mut self) -> Result<()> {
        let lines = self.lines.as_mut().ok_or_else(|| Error::internal("it has failed before"))?;
        while self.on_their_way.len() < READ_AT_ONCE
            && let Some(batch) = lines.next()
        {
            self.on_their_way.push_back(Reading(spawn_counted(batch.read())));
        }
        Ok(())
    }
}
