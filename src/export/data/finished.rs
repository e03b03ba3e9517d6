//! Finished files (成品文件): what was made once and whole is kept on disk, so that nobody waits for the same rows twice and
//! whoever resumes has the rest at once. They have no names there: each is gone with the process, and, once it has made
//! room for others, with its last reader.

use std::{
    fs::File,
    io::{self, Write},
    ops::Range,
    os::unix::fs::FileExt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use moka::{policy::EvictionPolicy, sync::Cache};

use super::Measured;
use crate::{
    catalogue::scope::Revision,
    error::{Error, Result},
};

/// What one weighs at least, in bytes: it takes a descriptor, however short it is.
const UNIT: u64 = 1 << 16;

/// A file that was made.
#[derive(Debug)]
pub struct Finished {
    file: File,
    measured: Measured,
}

impl Finished {
    /// How long it is, and its digest.
    pub fn measured(&self) -> Measured {
        self.measured
    }

    /// Some of its bytes.
    pub async fn read(self: Arc<Self>, bytes: Range<u64>) -> Result<Vec<u8>> {
        let read = move || {
            let length = bytes.end.saturating_sub(bytes.start);
            let mut buffer = vec![0; usize::try_from(length).map_err(io::Error::other)?];
            self.file.read_exact_at(&mut buffer, bytes.start)?;
            Ok::<_, io::Error>(buffer)
        };
        tokio::task::spawn_blocking(read).await.map_err(Error::internal)?.map_err(Error::internal)
    }
}

/// Those that are kept, of which the ones not asked for longest make room for others.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    kept: Cache<String, Arc<Finished>>,
    /// How many bytes they may have.
    room: u64,
    /// How many bytes those have that are not finished.
    growing: Arc<AtomicU64>,
}

impl Shelf {
    /// So many bytes of them at most, and as many again of those that are being made.
    pub fn new(room: u64) -> Self {
        let weight = |_: &String, finished: &Arc<Finished>| {
            u32::try_from(finished.measured.bytes.div_ceil(UNIT).max(1)).unwrap_or(u32::MAX)
        };
        let kept = Cache::builder().max_capacity(room / UNIT).weigher(weight);
        let kept = kept.eviction_policy(EvictionPolicy::lru()).build();
        Self { kept, room, growing: Arc::default() }
    }

    pub fn get(&self, tag: &str) -> Option<Arc<Finished>> {
        self.kept.get(tag)
    }

    /// A new one, made after the last redaction so far.
    pub fn grow(&self, redacted: Revision) -> Growing {
        let file = tempfile::tempfile().inspect_err(unkept).ok();
        Growing { shelf: self.clone(), file, bytes: 0, redacted }
    }

    /// Puts all of them out.
    pub fn clear(&self) {
        self.kept.invalidate_all();
        self.kept.run_pending_tasks();
    }

    /// How many there are, and how many bytes they have, about.
    pub fn count(&self) -> (u64, u64) {
        self.kept.run_pending_tasks();
        (self.kept.entry_count(), self.kept.weighted_size() * UNIT)
    }
}

fn unkept(error: &io::Error) {
    tracing::warn!(%error, "a data file is not kept");
}

/// A file that is being made, as it grows on disk. Where there is no room for it, it is not kept, and that is all.
#[derive(Debug)]
pub struct Growing {
    shelf: Shelf,
    /// `None` once it cannot be kept.
    file: Option<File>,
    bytes: u64,
    redacted: Revision,
}

impl Growing {
    /// Takes the next bytes. They go to memory of the system, which takes less time than to make them.
    pub fn add(&mut self, bytes: &[u8]) {
        let Some(file) = &mut self.file else { return };
        let more = bytes.len() as u64;
        self.bytes += more;
        let all = self.shelf.growing.fetch_add(more, Ordering::Relaxed) + more;
        if all > self.shelf.room {
            self.give_up();
        } else if let Err(error) = file.write_all(bytes) {
            unkept(&error);
            self.give_up();
        }
    }

    fn give_up(&mut self) {
        self.file = None;
        self.shelf.growing.fetch_sub(std::mem::take(&mut self.bytes), Ordering::Relaxed);
    }

    /// It is finished: kept, unless something was erased while it was made.
    pub(super) fn finish(mut self, tag: &str, measured: Measured, redacted: Revision) {
        if let Some(file) = self.file.take().filter(|_| redacted == self.redacted) {
            self.shelf.kept.insert(tag.to_owned(), Arc::new(Finished { file, measured }));
            self.shelf.kept.run_pending_tasks();
        }
    }
}

impl Drop for Growing {
    fn drop(&mut self) {
        self.give_up();
    }
}
