//! Reading ahead: while one batch of rows is written, the store reads the next. Memory holds two.

use tokio::task::JoinHandle;

use crate::{
    error::{Error, Result},
    store::{ItemLines, Slice, spawn_counted},
};

/// Rows of a version each.
type Batch = Option<Vec<Slice>>;

/// Items, of which the next batch is on its way once the first was asked for.
pub(super) struct Ahead {
    /// `None` while they are read ahead, and after an error.
    lines: Option<ItemLines>,
    next: Option<Reading>,
}

/// A batch that is read, which nobody reads any longer once this is dropped.
struct Reading(JoinHandle<(ItemLines, Result<Batch>)>);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Ahead {
    pub(super) fn new(lines: ItemLines) -> Self {
        Self { lines: Some(lines), next: None }
    }

    /// The next rows; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Batch> {
        if let Some(lines) = self.lines.take() {
            self.next = Some(Reading::begin(lines));
        }
        let Some(mut reading) = self.next.take() else { return Err(Error::internal("it has failed before")) };
        let (lines, batch) = (&mut reading.0).await.map_err(Error::internal)?;
        let batch = batch?;
        match batch {
            Some(_) => self.next = Some(Reading::begin(lines)),
            None => self.lines = Some(lines),
        }
        Ok(batch)
    }
}

impl Reading {
    fn begin(mut lines: ItemLines) -> Self {
        Self(spawn_counted(async move {
            let batch = lines.next().await;
            (lines, batch)
        }))
    }
}
