//! How an answer of GraphQL is said over HTTP: status, media type, and no `data` where nothing was executed.

use async_graphql::{Response as Answer, ServerError, Value};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::media::Media;
use crate::{graphql, http::refusal::Refusal};

/// Whether the request was refused before anything was executed: an error during execution has a path.
pub(super) fn is_refused(answer: &Answer) -> bool {
    answer.data == Value::Null
        && !answer.errors.is_empty()
        && answer.errors.iter().all(|error| error.path.is_empty())
}

/// The codes of an answer's errors.
pub(super) fn codes(answer: &Answer) -> Vec<String> {
    answer.errors.iter().filter_map(|error| code(error).map(str::to_owned)).collect()
}

fn code(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        _ => None,
    }
}

/// The answer under its status.
pub(super) fn reply(answer: &Answer, media: Media) -> Response {
    let refused = is_refused(answer);
    let status = match media {
        Media::GraphQl if refused => status(answer.errors.first().and_then(code)),
        _ => StatusCode::OK,
    };
    match body(answer, refused) {
        Ok(body) => (status, [(header::CONTENT_TYPE, media.header())], body).into_response(),
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written");
            refuse(&Refusal::internal(), media)
        }
    }
}

/// A refusal of ours in the media type that was asked for.
pub(super) fn refuse(refusal: &Refusal, media: Media) -> Response {
    refusal.response(([(header::CONTENT_TYPE, media.header())], refusal.graphql().to_string()))
}

/// What kept the request from being executed: the client, else the server.
fn status(code: Option<&str>) -> StatusCode {
    match code {
        Some("TIMEOUT") => StatusCode::GATEWAY_TIMEOUT,
        Some("UNAVAILABLE" | "NOT_MIGRATED") => StatusCode::SERVICE_UNAVAILABLE,
        Some("INTERNAL" | "INCONSISTENT") => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// Answers to reads may be kept by whoever is between, and asked for again each time; failures may not.
pub(super) fn cache_control(answer: &Answer) -> HeaderValue {
    HeaderValue::from_static(if answer.errors.is_empty() { "no-cache" } else { "no-store" })
}

/// An answer as the specification writes it: errors first, where people look first; `data` only where there was an
/// execution.
fn body(answer: &Answer, refused: bool) -> serde_json::Result<Vec<u8>> {
    let mut body = Vec::with_capacity(1024);
    if !answer.errors.is_empty() {
        body.extend_from_slice(b",\"errors\":");
        serde_json::to_writer(&mut body, &answer.errors)?;
    }
    if !refused {
        body.extend_from_slice(b",\"data\":");
        graphql::write(&answer.data, &mut body)?;
    }
    if !answer.extensions.is_empty() {
        body.extend_from_slice(b",\"extensions\":");
        serde_json::to_writer(&mut body, &answer.extensions)?;
    }
    body.push(b'}');
    // There is one member at least, whose comma makes room for the bracket.
    body[0] = b'{';
    Ok(body)
}
