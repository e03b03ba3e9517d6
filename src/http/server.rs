//! Listening, and stopping without cutting an answer short.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};

use super::router;
use crate::{
    config::Config,
    error::{Error, Result},
    store::Store,
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
    let routes = router(store.clone(), server.request_timeout);
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
    store.close().await
}
