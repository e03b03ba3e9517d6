//! How an answer of GraphQL is said over HTTP: status, media type, and no `data` where nothing was executed.

use async_graphql::{Response as Answer, ServerError, Value};
use axum::{
    http::{StatusCode, header},
    response::Response,
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

/// A refusal of ours in the media type that was asked for.
pub(super) fn refuse(refusal: &Refusal, media: Media) -> Response {
    refusal.response(([(header::CONTENT_TYPE, media.header())], refusal.graphql().to_string()))
}

/// The status of a refused request: what kept it from being executed was the client, else the server.
pub(super) fn status(refused: &Answer) -> StatusCode {
    match refused.errors.first().and_then(code) {
        Some("TIMEOUT") => StatusCode::GATEWAY_TIMEOUT,
        Some("UNAVAILABLE" | "NOT_MIGRATED") => StatusCode::SERVICE_UNAVAILABLE,
        Some("INTERNAL" | "INCONSISTENT") => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// An answer as the specification writes it: errors first, where people look first; `data` only where there was an
/// execution.
pub(super) fn written(answer: &Answer, refused: bool) -> serde_json::Result<Vec<u8>> {
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
