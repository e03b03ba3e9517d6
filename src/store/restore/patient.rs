//! Reading from a program that may never say anything again.

use std::{
    io::{self, ErrorKind, Read},
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    time::Duration,
};

/// Bytes that are read ahead at once.
const CHUNK: usize = 64 * 1024;

/// Chunks that are read ahead at the most.
const AHEAD: usize = 4;

/// A reader that fails with [`ErrorKind::TimedOut`] where the one inside says nothing for too long. Only the time in
/// which somebody waits counts: who is slow to take what was read is not held against it.
pub(super) struct Patient {
    chunks: Receiver<io::Result<Vec<u8>>>,
    patience: Duration,
    chunk: io::Cursor<Vec<u8>>,
}

impl Patient {
    pub fn new(inner: impl Read + Send + 'static, patience: Duration) -> Self {
        let (send, chunks) = sync_channel(AHEAD);
        // It ends with what it reads from, or with whoever listens.
        std::thread::spawn(move || pump(inner, &send));
        Self { chunks, patience, chunk: io::Cursor::default() }
    }
}

impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.chunk.read(buffer)?;
        if read > 0 || buffer.is_empty() {
            return Ok(read);
        }
        match self.chunks.recv_timeout(self.patience) {
            Ok(chunk) => {
                self.chunk = io::Cursor::new(chunk?);
                self.chunk.read(buffer)
            }
            Err(RecvTimeoutError::Disconnected) => Ok(0),
            Err(RecvTimeoutError::Timeout) => {
                let silent = format!("nothing came for {} s", self.patience.as_secs());
                Err(io::Error::new(ErrorKind::TimedOut, silent))
            }
        }
    }
}

fn pump(mut inner: impl Read, send: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut chunk = vec![0; CHUNK];
        let read = inner.read(&mut chunk);
        match &read {
            Ok(0) => return,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            _ => {}
        }
        let failed = read.is_err();
        let sent = send.send(read.map(|length| {
            chunk.truncate(length);
            chunk
        }));
        if failed || sent.is_err() {
            return;
        }
    }
}
