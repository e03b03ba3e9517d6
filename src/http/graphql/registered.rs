//! Registered operations (登记操作) by readable links: `GET /q` lists them, `GET /q/{name}?variable=value` asks one.

use axum::{
    Json,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Answered, COST, answer, asked::Asked, document::Named, parameters, respond};
use crate::{
    graphql::{RegisteredOperation, Variable},
    http::{App, OPERATIONS, refusal::Refusal},
};

/// Anybody between may keep an answer for a minute: that is how late a change of the log is seen through such a link.
const KEEP: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// `GET /q`.
pub(in crate::http) async fn list(State(app): State<App>) -> Response {
    let documents = &app.documents;
    let operations: Vec<Value> = documents.registered().operations().map(shown).collect();
    let list = json!({ "only": documents.only(), "operations": operations });
    ([(header::CACHE_CONTROL, "no-cache")], Json(list)).into_response()
}

/// What the list says of one.
fn shown(operation: &RegisteredOperation) -> Value {
    let RegisteredOperation { name, about, variables, cost, document, .. } = operation;
    let names: Vec<&str> = variables.iter().map(|variable| variable.name.as_str()).collect();
    // A template of RFC 6570, in which lists repeat their name.
    let template = variables.iter().map(|it| match it.elements() {
        Some(_) => format!("{}*", it.name),
        None => it.name.clone(),
    });
    let template = template.collect::<Vec<_>>().join(",");
    let expression = if names.is_empty() { String::new() } else { format!("{{?{template}}}") };
    let variable = |variable: &Variable| {
        json!({
            "name": variable.name,
            "type": variable.kind.to_string(),
            "required": variable.is_required(),
            "default": variable.default,
        })
    };
    json!({
        "name": name,
        "about": about,
        "documentId": document.id(),
        "variables": variables.iter().map(variable).collect::<Vec<_>>(),
        "cost": cost,
        "link": format!("{OPERATIONS}/{name}{expression}"),
    })
}

/// `GET /q/{name}?variable=value`: answers as `POST /graphql` does.
pub(in crate::http) async fn ask(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let response = respond(&headers, async || {
        let operation =
            app.documents.registered().named(&name).ok_or_else(|| Refusal::unknown_operation(OPERATIONS))?;
        let variables = parameters::variables(operation, &query.unwrap_or_default())?;
        let asked = Asked {
            document: Named::Registered(operation.document.hash),
            operation_name: Some(operation.name.clone()),
            variables,
        };
        let answered = answer(&app, &Method::GET, &headers, asked).await?;
        let kept = answered.response.errors.is_empty();
        Ok(if kept { Answered { cache: KEEP, ..answered } } else { answered })
    });
    let mut response = tagged(response.await, &headers).await;
    // Who asks what it costs gets another answer, which is not to be kept for those who do not.
    response.headers_mut().append(header::VARY, HeaderValue::from_static(COST));
    response
}

/// Any other method.
pub(in crate::http) async fn other(headers: HeaderMap) -> Response {
    let refusal = Refusal::method("GET, HEAD", "只接受 GET", "only GET is taken");
    respond(&headers, async || Err(refusal)).await
}

/// An answer that may be kept, under the digest of its bytes as entity tag; or 304 for whoever has these bytes.
async fn tagged(response: Response, headers: &HeaderMap) -> Response {
    if response.headers().get(header::CACHE_CONTROL) != Some(&KEEP) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = match axum::body::to_bytes(body, usize::MAX).await {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::error!(%error, "an answer of ours cannot be read");
            return Refusal::internal().at(OPERATIONS);
        }
    };
    let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{digest}\"");
    let known = headers.get_all(header::IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    let mut known = known.flat_map(|value| value.split(',')).map(str::trim);
    let has_it = known.any(|known| known == "*" || known.trim_start_matches("W/") == tag);
    parts.headers.extend(HeaderValue::try_from(tag).ok().map(|tag| (header::ETAG, tag)));
    if has_it {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        return Response::from_parts(parts, axum::body::Body::empty());
    }
    Response::from_parts(parts, bytes.into())
}
