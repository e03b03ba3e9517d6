//! Around every request: its id, whom it comes from, whether there is a place for it, how long it may take; and around
//! every answer: headers, a line in the log, metrics.

use std::{
    convert::Infallible,
    future::ready,
    net::IpAddr,
    panic::AssertUnwindSafe,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    response::Response,
};
use futures_util::{FutureExt, future::BoxFuture};
use tower::{
    Service,
    layer::{Layer, layer_fn},
};
use tracing::Instrument;
use uuid::Uuid;

use super::{
    App,
    account::Account,
    client, data,
    places::{Full, Place},
    refusal::Refusal,
    server::Peer,
};
use crate::{catalogue::scope::Revision, store};

/// The head of the log under which an answer was given.
pub(super) const REVISION: HeaderName = HeaderName::from_static("x-mulu-revision");
/// The name of a request in the log.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How long an id of somebody else's may be, and what the log shows of a path and of an operation's name.
const ID_BYTES: usize = 64;
const PATH_BYTES: usize = 200;
const NAME_BYTES: usize = 64;

/// Stands for the status of a request whose client did not wait for it, as other servers have it.
const GONE: u16 = 499;

/// What pages and files may do where their handler says nothing else: nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// Routes that are answered however full the server is: whoever watches over it asks here.
const EXEMPT: [&str; 3] = ["/healthz", "/readyz", super::METRICS];

/// What answers every request, and never fails: a layer around it is written out rather than made of a function, which
/// would have all that is below it copied for each request.
pub(super) trait Answers:
    Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>
{
}

impl<S: Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>> Answers for S {}

/// Who asks (来访地址).
#[derive(Clone, Copy, Debug)]
struct Client(IpAddr);

/// The pattern of a request's route; no path of a client's makes one.
fn route(matched: Option<&MatchedPath>) -> &str {
    matched.map_or("unmatched", MatchedPath::as_str)
}

/// The outermost layer: names the request, and accounts for its answer.
#[derive(Clone)]
pub(super) struct Accounting<S> {
    app: App,
    inner: S,
}

/// Puts [`Accounting`] around what answers.
pub(super) fn accounting<S>(app: &App) -> impl Layer<S, Service = Accounting<S>> + Clone + use<S> {
    let app = app.clone();
    layer_fn(move |inner| Accounting { app: app.clone(), inner })
}

impl<S: Answers> Service<Request> for Accounting<S> {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let begun = Instant::now();
        let app = self.app.clone();
        let id = id(request.headers());
        let peer = request.extensions().get().copied().unwrap_or(Peer::UNKNOWN);
        let client = client::address(peer, request.headers(), &app.proxies);
        request.extensions_mut().insert(Client(client));
        let (method, matched) = (request.method().clone(), request.extensions().get().cloned());
        let path = shortened(request.uri().path(), PATH_BYTES);
        let span = tracing::info_span!("request", %method, path, id = id.to_str().unwrap_or_default());
        let head = app.reader.revision();
        let mut line = Line { app, span, begun, method, matched, client, open: true };
        let answering = store::counted(self.inner.call(request)).instrument(line.span.clone());
        Box::pin(async move {
            let (Ok(mut response), statements) = answering.await;
            let account = response.extensions_mut().remove::<Account>().unwrap_or_default();
            dress(response.headers_mut(), id, account.revision.unwrap_or(head));
            line.answered(&response, statements, account);
            Ok(response)
        })
    }
}

/// What is told of a request when it ends, however it does.
struct Line {
    app: App,
    span: tracing::Span,
    begun: Instant,
    method: Method,
    matched: Option<MatchedPath>,
    client: IpAddr,
    /// Whether nothing was told yet.
    open: bool,
}

impl Line {
    /// It was answered.
    fn answered(&mut self, response: &Response, statements: u64, account: Account) {
        self.open = false;
        let Self { app, span, client, .. } = self;
        let route = route(self.matched.as_ref());
        let (took, status) = (self.begun.elapsed(), response.status().as_u16());
        app.metrics.answered(&self.method, route, status, took, statements);
        app.metrics.accounted(&account);
        let operation = account.operation.and_then(|operation| operation.name);
        span.in_scope(|| {
            tracing::info!(
                route,
                status,
                latency_us = micros(took),
                bytes = axum::body::HttpBody::size_hint(response.body()).exact(),
                operation = operation.as_deref().map(|name| shortened(name, NAME_BYTES)),
                codes = (!account.codes.is_empty()).then(|| codes(account.codes)),
                %client,
                "answered"
            );
        });
    }
}

impl Drop for Line {
    /// The client went away before there was an answer.
    fn drop(&mut self) {
        if !self.open {
            return;
        }
        let Self { app, span, client, .. } = self;
        let route = route(self.matched.as_ref());
        let took = self.begun.elapsed();
        app.metrics.answered(&self.method, route, GONE, took, 0);
        span.in_scope(|| tracing::info!(route, status = GONE, latency_us = micros(took), %client, "gone"));
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Each code once: a list of a thousand that failed is one line all the same.
fn codes(mut codes: Vec<String>) -> String {
    codes.sort();
    codes.dedup();
    codes.join(",")
}

/// The id of a request: its own where that is short and printable, else a new one.
fn id(headers: &HeaderMap) -> HeaderValue {
    let mut given = headers.get_all(REQUEST_ID).iter();
    let only = given.next().filter(|_| given.next().is_none()).cloned();
    let fits = |id: &HeaderValue| {
        (1..=ID_BYTES).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic)
    };
    let fresh = || HeaderValue::try_from(Uuid::new_v4().to_string()).unwrap_or(HeaderValue::from_static("-"));
    only.filter(fits).unwrap_or_else(fresh)
}

/// What a client wrote, cut where it gets long.
fn shortened(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// The headers that every answer has.
fn dress(headers: &mut HeaderMap, id: HeaderValue, revision: Revision) {
    headers.insert(REQUEST_ID, id);
    headers.insert(REVISION, revision.into());
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// The innermost layer: sends away who finds no place or asks too long a question, and ends what takes too long.
#[derive(Clone)]
pub(super) struct Admission<S> {
    app: App,
    inner: S,
}

/// Puts [`Admission`] around what answers.
pub(super) fn admission<S>(app: &App) -> impl Layer<S, Service = Admission<S>> + Clone + use<S> {
    let app = app.clone();
    layer_fn(move |inner| Admission { app: app.clone(), inner })
}

impl<S: Answers> Service<Request> for Admission<S> {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let uri = request.uri().clone();
        let place = match admitted(&self.app, &request) {
            Ok(place) => place,
            Err(refusal) => return Box::pin(ready(Ok(refusal.at(uri.path())))),
        };
        let most = self.app.timeout;
        let work = AssertUnwindSafe(self.inner.call(request)).catch_unwind();
        Box::pin(async move {
            Ok(match tokio::time::timeout(most, work).await {
                // A file that is still being made goes on taking its place.
                Ok(Ok(Ok(response))) => response.map(|body| data::held(body, place)),
                Ok(Err(_)) => {
                    // The panic itself was printed where it happened.
                    tracing::error!("a request panicked");
                    Refusal::internal().at(uri.path())
                }
                Err(_) => Refusal::too_long(most.as_secs()).at(uri.path()),
            })
        })
    }
}

/// A place for a request, if it needs one.
fn admitted(app: &App, request: &Request) -> Result<Option<Place>, Refusal> {
    let length = request.uri().path_and_query().map_or(0, |link| link.as_str().len());
    if length > app.limits.uri_bytes as usize {
        return Err(Refusal::uri_too_long(app.limits.uri_bytes as usize));
    }
    let exempt = *request.method() != Method::POST && EXEMPT.contains(&route(request.extensions().get()));
    if exempt {
        return Ok(None);
    }
    let client = request.extensions().get::<Client>().map(|client| client.0.into());
    match app.requests.take(client) {
        Ok(place) => Ok(Some(place)),
        Err(Full::Here) => Err(Refusal::too_many(app.limits.requests_per_client)),
        Err(Full::Everywhere) => Err(Refusal::busy()),
    }
}
