//! GraphQL over HTTP (draft of the GraphQL Foundation): `POST /graphql` with JSON, `GET /graphql?query=…` for reading.

mod asked;
mod asking;
mod bulk;
mod coding;
mod conditional;
mod document;
mod json;
mod link;
mod media;
mod parameters;
mod posed;
mod question;
mod registered;
mod renewal;
mod reply;
mod responses;
mod said;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};

pub(super) use bulk::bulk;
pub(crate) use document::Documents;
pub(crate) use posed::Lately;
pub(super) use registered::{ask, list, other as other_than_get};
pub(crate) use responses::{Found, Responses};

use self::{
    asking::Asking,
    conditional::NO_STORE,
    media::Media,
    posed::{Posed, Written},
    responses::Given,
    said::Form,
};
use super::{App, account::Account, body, refusal::Refusal};

/// What else makes an answer another one.
const VARY: HeaderValue = HeaderValue::from_static("accept, accept-encoding, x-mulu-cost");

/// `GET /graphql?query=…`: reading only.
pub(super) async fn get(State(app): State<App>, request: Request) -> Response {
    let (Parts { headers, uri, .. }, _) = request.into_parts();
    respond(&app, &headers, async || answer_written(&app, true, &headers, &Written::link(uri.query())).await)
        .await
}

/// `POST /graphql`.
pub(super) async fn post(State(app): State<App>, request: Request) -> Response {
    let (Parts { headers, .. }, body) = request.into_parts();
    respond(&app, &headers, async || {
        if !media::is_json(&headers) {
            return Err(Refusal::media_type());
        }
        let body = body::read(body, &headers, &app.limits).await?;
        answer_written(&app, false, &headers, &Written::Body(body)).await
    })
    .await
}

/// Any other method.
pub(super) async fn other(State(app): State<App>, headers: HeaderMap) -> Response {
    let refusal = Refusal::method("GET, HEAD, POST", "只接受 GET 和 POST", "only GET and POST are taken");
    respond(&app, &headers, async || Err(refusal)).await
}

/// About how many headers an answer has in the end.
const HEADERS: usize = 12;

/// The header by which a client asks what its question costs.
const COST: &str = "x-mulu-cost";

/// An answer with what the layers and caches are told about it.
struct Answered {
    given: Given,
    /// By a method whose answers caches between may keep.
    by_get: bool,
    registered: bool,
}

/// An answer, or a refusal, in the media type that the client admits.
async fn respond(
    app: &App,
    headers: &HeaderMap,
    work: impl AsyncFnOnce() -> Result<Answered, Refusal>,
) -> Response {
    let mut response = match Media::accepted(headers) {
        None => reply::refuse(&Refusal::not_acceptable(), Media::Json),
        Some(media) => match work().await {
            Err(refusal) => reply::refuse(&refusal, media),
            Ok(answered) => answered.response(app, headers, media),
        },
    };
    response.headers_mut().append(header::VARY, VARY);
    response
}

/// The answer to a request as it is written.
async fn answer_written(
    app: &App,
    by_get: bool,
    headers: &HeaderMap,
    written: &Written,
) -> Result<Answered, Refusal> {
    let (posed, known) = app.lately.read(written, &app.documents)?;
    let answered = answer(app, by_get, headers, &posed).await?;
    if !known && answered.given.said.valid {
        app.lately.keep(written, posed);
    }
    Ok(answered)
}

/// The answer to a request that was read.
async fn answer(app: &App, by_get: bool, headers: &HeaderMap, posed: &Posed) -> Result<Answered, Refusal> {
    let announces =
        headers.get(COST).is_some_and(|wanted| wanted == "1").then(|| posed.question.announcing());
    let asking = Asking {
        question: announces.as_ref().unwrap_or(&posed.question),
        variables: &posed.variables,
        schema: &app.schema,
        reader: &app.reader,
        noted: by_get || app.responses.are_kept(),
    };
    let mut given = app.responses.answer(&asking).await;
    if given.said.does_more_than_read() {
        if by_get {
            let (zh, en) = ("GET 只能查询，其他操作请用 POST", "GET only reads; send anything else by POST");
            return Err(Refusal::method("POST", zh, en));
        }
        given = Given::executed(asking.execute_any().await.into(), None);
    }
    if given.said.valid {
        app.documents.keep(&posed.document);
    }
    Ok(Answered { given, by_get, registered: posed.document.registered })
}

impl Answered {
    fn response(self, app: &App, headers: &HeaderMap, media: Media) -> Response {
        let Self { given: Given { said, revision, mut found }, by_get, registered } = self;
        let Form { body, coding } = said.form(headers, app.responses.are_kept());
        let mut response = Response::new(Body::empty());
        *response.status_mut() = said.status(media);
        let told = response.headers_mut();
        // The layers have more to tell than we do.
        told.reserve(HEADERS);
        told.insert(header::CACHE_CONTROL, NO_STORE);
        coding.map(|coding| told.insert(header::CONTENT_ENCODING, coding.header()));
        let mut known = false;
        if by_get {
            told.insert(header::CACHE_CONTROL, conditional::keeping(&said, app.reader.clock()));
            if said.codes.is_empty() {
                said.tag(coding).map(|tag| told.insert(header::ETAG, tag));
                known = said.is_known_to(headers);
            }
        }
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            found = found.map(|found| if found == Found::Hit { Found::NotModified } else { found });
        } else {
            response.headers_mut().insert(header::CONTENT_TYPE, media.header());
            *response.body_mut() = body.into();
        }
        let operation = said.operation.clone().filter(|_| said.valid);
        let codes = said.codes.clone();
        let account = Account { revision: Some(revision), operation, registered, codes, found };
        response.extensions_mut().insert(account);
        response
    }
}
