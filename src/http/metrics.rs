//! Metrics (指标) as OpenMetrics text. Every label has few values, whatever clients send: routes are the patterns of our
//! own, codes are ours, names of operations are those that are registered, else `anonymous` or `other`.

use std::time::Duration;

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
        info::Info,
    },
    registry::{Registry, Unit},
};

use super::{App, account::Account, graphql::Found};
use crate::graphql::Operation;

/// The content type of what [`Metrics::text`] writes.
pub(super) const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Asked, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
    statements: Family<Route, Histogram, fn() -> Histogram>,
    operations: Family<Operated, Counter>,
    refusals: Family<Refused, Counter>,
    connections_refused: Counter,
    requests_in_flight: Gauge,
    connections: Gauge,
    revision: Gauge,
    statements_sent: Counter,
    cached: Family<Cache, Gauge>,
    cached_bytes: Family<Cache, Gauge>,
    /// In the order of [`Found::ALL`].
    found: [Counter; Found::ALL.len()],
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Operated {
    kind: &'static str,
    operation: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refused {
    code: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Cache {
    cache: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Origin {
    found: &'static str,
}

/// From a quarter of a millisecond to half a minute, each four times the one before.
fn seconds() -> Histogram {
    Histogram::new([0.000_25, 0.001, 0.004, 0.016, 0.064, 0.25, 1.0, 4.0, 16.0, 32.0])
}

fn statements() -> Histogram {
    Histogram::new(std::iter::once(0.0).chain(exponential_buckets(1.0, 2.0, 9)))
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("mulu"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(seconds),
            statements: Family::new_with_constructor(statements),
            operations: Family::default(),
            refusals: Family::default(),
            connections_refused: Counter::default(),
            requests_in_flight: Gauge::default(),
            connections: Gauge::default(),
            revision: Gauge::default(),
            statements_sent: Counter::default(),
            cached: Family::default(),
            cached_bytes: Family::default(),
            found: Default::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let Self { registry, .. } = self;
        registry.register("build", "What runs", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        registry.register("http_requests", "Requests that were answered", self.requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "How long answers took",
            Unit::Seconds,
            self.seconds.clone(),
        );
        registry.register(
            "http_request_statements",
            "SQL statements of readers that answers took",
            self.statements.clone(),
        );
        registry.register("graphql_operations", "Operations of valid documents", self.operations.clone());
        registry.register("errors", "Errors and refusals by code", self.refusals.clone());
        registry.register(
            "http_connections_refused",
            "Connections beyond the limits",
            self.connections_refused.clone(),
        );
        registry.register(
            "http_requests_in_flight",
            "Requests being answered",
            self.requests_in_flight.clone(),
        );
        registry.register("http_connections", "Open connections", self.connections.clone());
        registry.register("log_revision", "The head of the log that is answered from", self.revision.clone());
        registry.register("sql_statements", "SQL statements of readers", self.statements_sent.clone());
        registry.register("cache_entries", "Entries of each cache, about", self.cached.clone());
        registry.register_with_unit(
            "cache",
            "Bytes that a cache may take, about",
            Unit::Bytes,
            self.cached_bytes.clone(),
        );
        let answers = Family::<Origin, Counter>::default();
        self.found = Found::ALL.map(|found| answers.get_or_create(&Origin { found: found.name() }).clone());
        registry.register("graphql_answers", "Answers that may be kept, by where they came from", answers);
    }

    /// An answer was given.
    pub(super) fn answered(
        &self,
        method: &axum::http::Method,
        route: &str,
        status: u16,
        took: Duration,
        sql: u64,
    ) {
        let route = route.to_owned();
        self.requests.get_or_create(&Asked { method: known(method), route: route.clone(), status }).inc();
        let route = Route { route };
        self.seconds.get_or_create(&route).observe(took.as_secs_f64());
        #[expect(clippy::cast_precision_loss, reason = "no request sends 2^52 statements")]
        self.statements.get_or_create(&route).observe(sql as f64);
    }

    /// What it was about.
    pub(super) fn accounted(&self, account: &Account) {
        if let Some(found) = account.found {
            self.found[found as usize].inc();
        }
        for code in &account.codes {
            self.refusals.get_or_create(&Refused { code: code.clone() }).inc();
        }
        if let Some(Operation { kind, name }) = &account.operation {
            let operation = match name {
                Some(name) if account.registered => name.clone(),
                Some(_) => "other".to_owned(),
                None => "anonymous".to_owned(),
            };
            let outcome = if account.codes.is_empty() { "ok" } else { "error" };
            self.operations.get_or_create(&Operated { kind, operation, outcome }).inc();
        }
    }

    /// A connection was closed as soon as it came.
    pub(super) fn connection_refused(&self) {
        self.connections_refused.inc();
    }

    /// All of it, with what is known only now.
    pub(super) async fn text(&self, app: &App) -> Result<String, std::fmt::Error> {
        let (responses, bytes) = app.responses.count().await;
        let gauge = |gauge: &Gauge, value: u64| gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        gauge(&self.requests_in_flight, app.requests.taken().into());
        gauge(&self.connections, app.connections.taken().into());
        gauge(&self.revision, app.reader.revision());
        self.statements_sent.inner().store(app.store.statements(), std::sync::atomic::Ordering::Relaxed);
        let (files, on_disk) = app.files.count();
        gauge(&self.cached_bytes.get_or_create(&Cache { cache: "responses" }), bytes);
        gauge(&self.cached_bytes.get_or_create(&Cache { cache: "files" }), on_disk);
        let further = [
            ("persisted", app.documents.count()),
            ("documents", crate::graphql::documents_kept(&app.schema)),
            ("responses", responses),
            ("files", files),
        ];
        let caches = app.reader.cached().into_iter().chain(further);
        for (cache, entries) in caches {
            gauge(&self.cached.get_or_create(&Cache { cache }), entries);
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// Methods that are taken here; whatever else somebody writes is one of many.
fn known(method: &axum::http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
