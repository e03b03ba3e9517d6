//! Where a writer that keeps its target to itself leaves bytes until they are taken.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

/// Bytes that were written and not taken yet. Copies are of one sink.
#[derive(Clone, Debug, Default)]
pub(super) struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    /// Moves what was written to the end of `out`.
    pub(super) fn take(&self, out: &mut Vec<u8>) {
        out.append(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
