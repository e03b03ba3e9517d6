//! HTTP: the one list of routes and the layers around them.

mod account;
mod body;
mod client;
mod cors;
mod data;
mod failure;
mod graphql;
mod health;
mod layers;
mod metrics;
mod patience;
mod places;
mod proof;
mod refusal;
mod server;
mod vocabulary;

use std::{ops::Deref, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{FromRef, State},
    http::header,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use ipnet::IpNet;
use tower::util::option_layer;
use tower_http::cors::CorsLayer;

pub use server::{Server, serve};

use self::{
    graphql::{Documents, Lately, Responses},
    metrics::Metrics,
    places::Places,
    refusal::Refusal,
};
use crate::{
    config::{Config, Http},
    error::Result,
    export::data::Files,
    graphql::{Registered, Schema},
    store::{Reader, Store},
    web,
};

/// Where GraphQL is spoken.
const GRAPHQL: &str = "/graphql";
/// Where registered operations are listed, and asked below it by their names.
const OPERATIONS: &str = "/q";
/// Which part of what kept answers may take is for the requests that they answer.
const LATELY: u64 = 16;
/// Where metrics are read.
const METRICS: &str = "/metrics";

/// What every handler may need. Every layer has it once a request, so it is one thing to hand on.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

/// What it consists of.
pub(crate) struct Parts {
    pub store: Store,
    pub reader: Reader,
    pub schema: Schema,
    files: Files,
    documents: Documents,
    responses: Responses,
    lately: Lately,
    limits: Http,
    timeout: Duration,
    requests: Places,
    connections: Places,
    metrics: Metrics,
    proxies: Box<[IpNet]>,
}

impl App {
    async fn new(store: Store, config: &Config, registered: Arc<Registered>) -> Result<Self> {
        let reader = Reader::holding(store.clone(), &config.cache).await?;
        reader.warm().await?;
        let limits = config.http;
        let files = Files::new(reader.clone(), config.data.publication()).keeping(&config.cache);
        let schema =
            crate::graphql::schema_serving(reader.clone(), config.limits, &config.cache, files.clone());
        Ok(Self(Arc::new(Parts {
            store,
            schema,
            files,
            reader,
            documents: Documents::new(registered, config.operations.only, limits.persisted_bytes),
            responses: Responses::new(config.cache.responses - config.cache.responses / LATELY),
            lately: Lately::new(config.cache.responses / LATELY),
            limits,
            timeout: Duration::from_secs(config.request_timeout_s),
            requests: Places::new(limits.requests, limits.requests_per_client),
            connections: Places::new(limits.connections, limits.connections_per_client),
            metrics: Metrics::new(),
            proxies: config.trusted_proxies.as_slice().into(),
        })))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<App> for Store {
    fn from_ref(app: &App) -> Self {
        app.store.clone()
    }
}

/// Every route.
fn router(app: &App, cors: Option<CorsLayer>, metrics: bool) -> Router {
    let mut routes = Router::new()
        .route("/", get(web::home))
        .route("/graphiql", get(web::explorer))
        .route("/graphiql/{file}", get(web::explorer_file))
        .route("/checkpoint", get(proof::newest))
        .route("/checkpoint/{revision}", get(proof::checkpoint))
        .route("/proof/inclusion", get(proof::inclusion))
        .route("/proof/consistency", get(proof::consistency))
        .route("/proof/checkpoints", get(proof::checkpoints))
        .route("/proof/item/{code}", get(proof::item))
        .route("/proof/version/{catalogue}/{number}", get(proof::version))
        .route("/data/query", post(graphql::bulk))
        .route("/data", get(data::catalog))
        .route("/ns", get(vocabulary::any))
        .route("/ns.ttl", get(vocabulary::turtle))
        .route("/ns.jsonld", get(vocabulary::json_ld))
        .route("/ns/context.jsonld", get(vocabulary::context))
        .route("/data/{*path}", get(data::get))
        .route(GRAPHQL, get(graphql::get).post(graphql::post).fallback(graphql::other))
        .route(OPERATIONS, get(graphql::list))
        .route("/q/{name}", get(graphql::ask).fallback(graphql::other_than_get))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready));
    if metrics {
        routes = routes.route(METRICS, get(measured));
    }
    routes.with_state(app.clone()).layer((
        layers::accounting(app),
        option_layer(cors),
        layers::admission(app),
    ))
}

/// The routes of an address of its own for metrics.
fn metrics_router(app: &App) -> Router {
    let routes = Router::new().route(METRICS, get(measured)).with_state(app.clone());
    routes.layer(layers::accounting(app))
}

/// `GET /metrics`.
async fn measured(State(app): State<App>) -> Response {
    match app.metrics.text(&app).await {
        Ok(text) => {
            let headers =
                [(header::CONTENT_TYPE, metrics::OPEN_METRICS), (header::CACHE_CONTROL, "no-store")];
            (headers, text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "metrics cannot be written");
            Refusal::internal().at(METRICS)
        }
    }
}
