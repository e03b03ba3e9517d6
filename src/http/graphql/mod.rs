//! GraphQL over HTTP (draft of the GraphQL Foundation): `POST /graphql` with JSON, `GET /graphql?query=…` for reading.

mod asked;
mod document;
mod json;
mod link;
mod media;
mod parameters;
mod registered;
mod reply;

use async_graphql::Request;
use axum::{
    body::Body,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, Method, header},
    response::Response,
};

pub(crate) use document::Documents;
pub(super) use registered::{ask, list, other as other_than_get};

use self::{asked::Asked, media::Media};
use super::{App, account::Account, body, refusal::Refusal};
use crate::graphql::{self, Answer, Now, Terms};

/// For answers that nobody between us and the client may keep.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// `GET /graphql?query=…`: reading only.
pub(super) async fn get(State(app): State<App>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    respond(&headers, async || {
        answer(&app, &Method::GET, &headers, Asked::from_link(&query.unwrap_or_default())?).await
    })
    .await
}

/// `POST /graphql`.
pub(super) async fn post(State(app): State<App>, headers: HeaderMap, body: Body) -> Response {
    respond(&headers, async || {
        if !media::is_json(&headers) {
            return Err(Refusal::media_type());
        }
        let body = body::read(body, &headers, &app.limits).await?;
        answer(&app, &Method::POST, &headers, Asked::from_body(&body)?).await
    })
    .await
}

/// Any other method.
pub(super) async fn other(headers: HeaderMap) -> Response {
    let refusal = Refusal::method("GET, HEAD, POST", "只接受 GET 和 POST", "only GET and POST are taken");
    respond(&headers, async || Err(refusal)).await
}

/// The header by which a client asks what its question costs.
const COST: &str = "x-mulu-cost";

/// An answer of GraphQL with what the layers are told about it.
struct Answered {
    response: async_graphql::Response,
    account: Account,
    cache: HeaderValue,
}

/// An answer, or a refusal, in the media type that the client admits.
async fn respond(headers: &HeaderMap, work: impl AsyncFnOnce() -> Result<Answered, Refusal>) -> Response {
    let mut response = match Media::accepted(headers) {
        None => reply::refuse(&Refusal::not_acceptable(), Media::Json),
        Some(media) => match work().await {
            Err(refusal) => reply::refuse(&refusal, media),
            Ok(Answered { response, account, cache }) => {
                let mut response = reply::reply(&response, media);
                response.headers_mut().insert(header::CACHE_CONTROL, cache);
                response.extensions_mut().insert(account);
                response
            }
        },
    };
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
    response
}

async fn answer(app: &App, method: &Method, headers: &HeaderMap, asked: Asked) -> Result<Answered, Refusal> {
    let document = app.documents.find(asked.document)?;
    let registered = document.registered;
    let mut request = Request::new(&*document.text).variables(asked.variables);
    request.operation_name = asked.operation_name;
    let terms = Terms {
        now: Now::of(&app.reader),
        only_reads: *method == Method::GET,
        announce_cost: headers.get(COST).is_some_and(|wanted| wanted == "1"),
        walks: true,
    };
    let Answer { response, operation } = graphql::answer(&app.schema, &app.reader, request, terms).await;
    if terms.only_reads && operation.as_ref().is_some_and(|operation| !operation.only_reads()) {
        let (zh, en) = ("GET 只能查询，其他操作请用 POST", "GET only reads; send anything else by POST");
        return Err(Refusal::method("POST", zh, en));
    }
    let valid = !reply::is_refused(&response);
    if valid {
        app.documents.keep(document);
    }
    let cache = if terms.only_reads { reply::cache_control(&response) } else { NO_STORE };
    let account = Account {
        revision: Some(terms.now.revision),
        operation: operation.filter(|_| valid),
        registered,
        codes: reply::codes(&response),
    };
    Ok(Answered { response, account, cache })
}
