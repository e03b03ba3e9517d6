//! Listening, and stopping without cutting an answer short.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};

use super::{App, router};
use crate::{
    config::{Config, Limits},
    error::{Error, Result},
    store::{Reader, Store},
};

/// A socket that is bound but does not answer yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    /// Watched from before the address is told to anyone.
    interrupt: Signal,
    terminate: Signal,
    request_timeout: Duration,
    shutdown_timeout: Duration,
    limits: Limits,
}

impl Server {
    /// Binds the address of the settings.
    pub async fn bind(config: &Config) -> Result<Self> {
        let listener = TcpListener::bind(config.listen).await.map_err(|error| {
            let address = config.listen;
            Error::bad_input(
                format!("无法监听 {address}:{error}"),
                format!("cannot listen at {address}: {error}"),
            )
        })?;
        Ok(Self {
            listener,
            interrupt: signal(SignalKind::interrupt()).map_err(Error::internal)?,
            terminate: signal(SignalKind::terminate()).map_err(Error::internal)?,
            request_timeout: Duration::from_secs(config.request_timeout_s),
            shutdown_timeout: Duration::from_secs(config.shutdown_timeout_s),
            limits: config.limits,
        })
    }

    /// The address that it is bound to.
    pub fn address(&self) -> Result<SocketAddr> {
        self.listener.local_addr().map_err(Error::internal)
    }
}

/// Answers until the process is told to stop (SIGTERM, SIGINT), then lets open requests end.
pub async fn serve(mut server: Server, store: Store) -> Result<()> {
    let (stop, mut stopping) = tokio::sync::watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            _ = server.interrupt.recv() => {}
            _ = server.terminate.recv() => {}
        }
        tracing::info!("stopping");
        stop.send_replace(true);
    });
    let mut late = stopping.clone();
    let app = App::new(store.clone(), server.limits).await?;
    let following = tokio::spawn(follow(app.reader.clone()));
    let routes = router(app, server.request_timeout);
    let answering = axum::serve(server.listener, routes).with_graceful_shutdown(async move {
        // An error says that the sender is gone, which is a reason to stop as well.
        let _ = stopping.wait_for(|stop| *stop).await;
    });
    let timeout = async {
        let _ = late.wait_for(|stop| *stop).await;
        tokio::time::sleep(server.shutdown_timeout).await;
    };
    tokio::select! {
        ended = answering => ended.map_err(Error::internal)?,
        () = timeout => tracing::warn!("requests were still open when the time to stop ran out"),
    }
    following.abort();
    store.close().await
}

/// How long a publish elsewhere may go unseen here.
const FOLLOW: Duration = Duration::from_millis(500);

/// Keeps the refs at the head of the log, whoever appends to it.
async fn follow(reader: Reader) {
    loop {
        tokio::time::sleep(FOLLOW).await;
        if let Err(error) = reader.refresh().await {
            tracing::warn!(error = ?error, "the head of the log cannot be read");
        }
    }
}
