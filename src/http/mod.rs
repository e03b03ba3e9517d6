//! HTTP: the one list of routes and the layers around them.

mod graphql;
mod health;
mod proof;
mod server;

use std::time::Duration;

use axum::{Router, extract::FromRef, http::HeaderValue, http::StatusCode, http::header, routing::get};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer,
    trace::TraceLayer,
};

pub use server::{Server, serve};

use crate::{
    config::Limits,
    error::Result,
    graphql::Schema,
    store::{Reader, Store},
    web,
};

/// What every handler may need.
#[derive(Clone)]
pub(crate) struct App {
    pub store: Store,
    pub reader: Reader,
    pub schema: Schema,
}

impl App {
    async fn new(store: Store, limits: Limits) -> Result<Self> {
        let reader = Reader::new(store.clone()).await?;
        Ok(Self { store, schema: crate::graphql::schema_within(reader.clone(), limits), reader })
    }
}

impl FromRef<App> for Store {
    fn from_ref(app: &App) -> Self {
        app.store.clone()
    }
}

/// Every route.
fn router(app: App, timeout: Duration) -> Router {
    let layers = ServiceBuilder::new()
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, timeout))
        .layer(header_layer(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header_layer(header::REFERRER_POLICY, "no-referrer"))
        .layer(header_layer(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'",
        ));
    Router::new()
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
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .with_state(app)
        .layer(layers)
}

fn header_layer(name: header::HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// The span of a request: its method, path and id, so that every line of the log says which request it is about.
fn span<B>(request: &axum::http::Request<B>) -> tracing::Span {
    let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id)
}
