//! How many statements the database is sent: by the process, and by the request that runs.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

tokio::task_local! {
    /// Those of the request that this task works for.
    static OWN: Arc<AtomicU64>;
}

/// Those of all requests together.
#[derive(Clone, Debug, Default)]
pub(super) struct Statements(Arc<AtomicU64>);

impl Statements {
    /// One more.
    pub(super) fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
        let _ = OWN.try_with(|own| own.fetch_add(1, Ordering::Relaxed));
    }

    pub(super) fn so_far(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What came of a piece of work, and how many statements of readers it took.
pub async fn counted<F: Future>(work: F) -> (F::Output, u64) {
    let own = Arc::<AtomicU64>::default();
    let done = OWN.scope(own.clone(), work).await;
    (done, own.load(Ordering::Relaxed))
}

/// Has a part of the work that runs here done by a task of its own, whose statements count all the same.
pub fn spawn_counted<F>(work: F) -> tokio::task::JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    match OWN.try_with(Arc::clone) {
        Ok(own) => tokio::spawn(OWN.scope(own, work)),
        Err(_) => tokio::spawn(work),
    }
}
