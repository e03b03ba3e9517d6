//! `POST /data/query`: a question that is run to its end, a line of NDJSON for each node of its list. Every page is held
//! against the limits of a question, and memory holds one.

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use futures_util::stream;
use http_body_util::StreamBody;
use hyper::body::Frame;

use super::{
    asked::Asked,
    conditional::NO_STORE,
    media::{self, Media},
    reply,
    said::Said,
};
use crate::{
    graphql::{Answer, Now, Pages},
    http::{App, account::Account, body, refusal::Refusal},
};

const NDJSON: HeaderValue = HeaderValue::from_static("application/x-ndjson");

/// `POST /data/query`, with what `POST /graphql` takes. What is wrong with the question is answered as there; what fails
/// later breaks the transfer.
pub(in crate::http) async fn bulk(State(app): State<App>, headers: HeaderMap, body: Body) -> Response {
    match begun(&app, &headers, body).await {
        Ok(response) => response,
        Err(refusal) => reply::refuse(&refusal, Media::GraphQl),
    }
}

async fn begun(app: &App, headers: &HeaderMap, body: Body) -> Result<Response, Refusal> {
    if !media::is_json(headers) {
        return Err(Refusal::media_type());
    }
    let body = body::read(body, headers, &app.limits).await?;
    let asked = Asked::from_body(&body)?;
    let document = app.documents.find(asked.document)?;
    let now = Now::of(&app.reader);
    let (text, variables) = (document.text.to_string(), asked.variables);
    let mut pages = Pages::new(app.schema.clone(), app.reader.clone(), text, asked.operation_name, variables);
    // The first page is made before anything is sent, so that what is wrong is told by a status.
    let first = pages.next().await;
    let mut account =
        Account { revision: Some(now.revision), registered: document.registered, ..Account::default() };
    let mut response = Response::new(Body::empty());
    let told = response.headers_mut();
    told.insert(header::CACHE_CONTROL, NO_STORE);
    match first {
        Ok(first) => {
            told.insert(header::CONTENT_TYPE, NDJSON);
            *response.body_mut() = lines(pages, first);
        }
        Err(answer) => {
            let said = Said::new(&answer, now.scope(), None);
            if said.does_more_than_read() {
                let (zh, en) = ("批量查询只能读取", "a question that is run to its end only reads");
                return Err(Refusal::bad_input(zh, en));
            }
            told.insert(header::CONTENT_TYPE, Media::GraphQl.header());
            account.codes.clone_from(&said.codes);
            // A page with errors is no page: nothing of it is sent as data.
            let status = said.status(Media::GraphQl);
            *response.status_mut() = if status == StatusCode::OK { StatusCode::BAD_REQUEST } else { status };
            *response.body_mut() = said.form(headers, false).body.into();
        }
    }
    response.extensions_mut().insert(account);
    Ok(response)
}

/// The first page, and the others while they are made.
fn lines(pages: Pages, first: Option<Vec<u8>>) -> Body {
    let frames = stream::unfold(Some((pages, first)), async |going| {
        let (mut pages, mut next) = going?;
        loop {
            let page = match next.take() {
                Some(page) => page,
                None => match pages.next().await {
                    Ok(Some(page)) => page,
                    Ok(None) => return None,
                    Err(answer) => return Some((Err(broken(&answer)), None)),
                },
            };
            // A page may hold nothing that the client sees.
            if !page.is_empty() {
                return Some((Ok(Frame::data(Bytes::from(page))), Some((pages, None))));
            }
        }
    });
    Body::new(StreamBody::new(Box::pin(frames)))
}

/// What ends a transfer. The client sees that it broke; why is in the log.
fn broken(answer: &Answer) -> std::io::Error {
    let codes = reply::codes(&answer.response);
    tracing::error!(?codes, "a question that is run to its end broke off");
    std::io::Error::other(codes.first().cloned().unwrap_or_default())
}
