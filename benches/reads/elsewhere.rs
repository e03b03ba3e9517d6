//! Somebody who publishes in another place while questions are asked, once a second.

use std::{
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use mulu::{
    clock::Clock,
    store::{Store, Then},
};

use crate::{database::NOW, generate, servers::Url};

const EVERY: Duration = Duration::from_secs(1);

/// A publisher, who goes on until it is told to stop.
pub struct Publisher {
    stop: Sender<()>,
    thread: JoinHandle<Result<Vec<Duration>>>,
}

impl Publisher {
    pub fn start(database: &Url) -> Self {
        let database = database.clone();
        let (stop, stopped) = channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let store = runtime.block_on(Store::connect(&database.0, Clock::fixed(NOW.parse()?)))?;
            let mut took = Vec::new();
            while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                let begun = Instant::now();
                runtime.block_on(publish(&store))?;
                took.push(begun.elapsed());
            }
            runtime.block_on(store.close())?;
            Ok(took)
        });
        Self { stop, thread }
    }

    /// How long each version took.
    pub fn stop(self) -> Result<Vec<Duration>> {
        self.stop.send(()).context("the publisher has stopped")?;
        self.thread.join().map_err(|_| anyhow::anyhow!("the publisher has failed"))?
    }
}

/// One more version of a catalogue that nobody asks for; what it says differs from the one before.
async fn publish(store: &Store) -> Result<()> {
    let number = store.head().await?;
    let (staged, findings) = store.stage(vec![generate::of_elsewhere(number)], Then::Publish, || {}).await?;
    if staged.is_empty() {
        bail!("what is published elsewhere does not pass: {:?}", findings.first());
    }
    Ok(())
}
