//! Listening, and stopping without cutting an answer short.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::Router;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use tokio::{
    net::{TcpListener, TcpStream},
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};
use tower::ServiceExt;
use tower_http::cors::CorsLayer;

use super::{App, client, cors, metrics_router, patience::Patient, places::Place, router};
use crate::{
    config::{Config, Exposure, Http},
    error::{Error, Result},
    graphql::Registered,
    store::Store,
};

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub SocketAddr);

impl Peer {
    /// Where nobody knows: in tests of the routes alone.
    pub(super) const UNKNOWN: Self = Self(SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0));
}

/// A socket that is bound but does not answer yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    /// Where metrics are read, if that has an address of its own.
    metrics: Option<TcpListener>,
    /// Watched from before the address is told to anyone.
    interrupt: Signal,
    terminate: Signal,
    cors: Option<CorsLayer>,
    operations: Arc<Registered>,
    config: Config,
}

impl Server {
    /// Binds the addresses of the settings, once the registered operations have turned out to be valid.
    pub async fn bind(config: &Config) -> Result<Self> {
        let operations = Registered::load(&config.operations.folder, &config.limits).await?;
        let metrics = match config.metrics {
            Exposure::At(address) => Some(bind(address).await?),
            Exposure::On | Exposure::Off => None,
        };
        Ok(Self {
            listener: bind(config.listen).await?,
            metrics,
            interrupt: signal(SignalKind::interrupt()).map_err(Error::internal)?,
            terminate: signal(SignalKind::terminate()).map_err(Error::internal)?,
            cors: cors::layer(&config.cors_origins)?,
            operations: Arc::new(operations),
            config: config.clone(),
        })
    }

    /// The address that it is bound to.
    pub fn address(&self) -> Result<SocketAddr> {
        self.listener.local_addr().map_err(Error::internal)
    }

    /// The address at which metrics are read, if they have one of their own.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().and_then(|listener| listener.local_addr().ok())
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        Error::bad_input(
            format!("无法监听 {address}:{error}"),
            format!("cannot listen at {address}: {error}"),
        )
    })
}

/// Answers until the process is told to stop (SIGTERM, SIGINT), then lets open requests end.
pub async fn serve(mut server: Server, store: Store) -> Result<()> {
    let (stop, stopping) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            _ = server.interrupt.recv() => {}
            _ = server.terminate.recv() => {}
        }
        tracing::info!("stopping");
        stop.send_replace(true);
    });
    let config = server.config;
    let app = App::new(store.clone(), &config, server.operations).await?;
    let following = tokio::spawn(follow(app.clone()));
    let connections = GracefulShutdown::new();
    let routes = router(&app, server.cors, config.metrics == Exposure::On);
    let answering = accept(&app, server.listener, routes, &connections, stopping.clone());
    let measuring = async {
        if let Some(listener) = server.metrics {
            accept(&app, listener, metrics_router(&app), &connections, stopping).await;
        }
    };
    tokio::join!(answering, measuring);
    if tokio::time::timeout(Duration::from_secs(config.shutdown_timeout_s), connections.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("requests were still open when the time to stop ran out");
    }
    following.abort();
    store.close().await
}

/// Takes connections until it is told to stop. Who has too many already, or finds all taken, is hung up on.
async fn accept(
    app: &App,
    listener: TcpListener,
    routes: Router,
    connections: &GracefulShutdown,
    mut stopping: watch::Receiver<bool>,
) {
    let protocol = protocol(&app.limits);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            // An error says that the sender is gone, which is a reason to stop as well.
            _ = stopping.wait_for(|stop| *stop) => return,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Too many open files, for one: it passes when connections end, and must not be asked without a pause.
                tracing::warn!(%error, "a connection cannot be taken");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        // A proxy asks for many clients, each of which has a number of requests of its own.
        let ours = client::is_proxy(address.ip(), &app.proxies);
        match app.connections.take((!ours).then(|| address.ip().into())) {
            Ok(place) => {
                connect(&protocol, stream, Peer(address), routes.clone(), connections, &app.limits, place)
            }
            Err(_) => app.metrics.connection_refused(),
        }
    }
}

/// Answers on one connection for as long as it lasts.
fn connect(
    protocol: &auto::Builder<TokioExecutor>,
    stream: TcpStream,
    peer: Peer,
    routes: Router,
    connections: &GracefulShutdown,
    limits: &Http,
    place: Place,
) {
    // Otherwise small answers would wait for others to be sent together with.
    let _ = stream.set_nodelay(true);
    let io = TokioIo::new(Patient::new(stream, idle(limits)));
    let service = hyper_util::service::TowerToHyperService::new(routes.map_request(
        move |mut request: axum::http::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(peer);
            request.map(axum::body::Body::new)
        },
    ));
    let connection = connections.watch(protocol.serve_connection(io, service).into_owned());
    tokio::spawn(async move {
        // How a connection ends says nothing about us.
        let _ = connection.await;
        drop(place);
    });
}

/// How long nothing may happen.
fn idle(limits: &Http) -> Duration {
    Duration::from_secs(limits.idle_timeout_s)
}

/// HTTP/1.1 and HTTP/2, with an end to everything a client might draw out.
fn protocol(limits: &Http) -> auto::Builder<TokioExecutor> {
    const HEAD_BYTES: usize = 32 * 1024;
    let mut protocol = auto::Builder::new(TokioExecutor::new());
    protocol
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(idle(limits))
        .max_buf_size(HEAD_BYTES + limits.uri_bytes as usize);
    protocol
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(idle(limits))
        .keep_alive_timeout(idle(limits))
        .max_concurrent_streams(limits.requests_per_client);
    protocol
}

/// How long a publish elsewhere may go unseen here.
const FOLLOW: Duration = Duration::from_millis(500);

/// Keeps the refs at the head of the log, whoever appends to it, and nothing of what was erased.
async fn follow(app: App) {
    let mut erased = app.reader.last_redaction();
    let mut again = false;
    loop {
        tokio::time::sleep(FOLLOW).await;
        let followed = async {
            app.reader.refresh().await?;
            app.reader.warm().await
        };
        if let Err(error) = followed.await {
            tracing::warn!(error = ?error, "the log cannot be followed");
        }
        let last = app.reader.last_redaction();
        // Once more a round later, for answers that were on their way into the cache.
        if last != erased || again {
            app.responses.clear().await;
            app.files.clear();
        }
        (again, erased) = (last != erased, last);
    }
}
