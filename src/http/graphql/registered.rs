//! Registered operations (登记操作) by readable links: `GET /q` lists them, `GET /q/{name}?variable=value` asks one.

use axum::{
    Json,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{answer, asked::Asked, document::Named, parameters, posed::Posed, respond};
use crate::{
    graphql::{RegisteredOperation, Variable},
    http::{App, OPERATIONS, refusal::Refusal},
};

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
    respond(&app, &headers, async || {
        let operation =
            app.documents.registered().named(&name).ok_or_else(|| Refusal::unknown_operation(OPERATIONS))?;
        let variables = parameters::variables(operation, &query.unwrap_or_default())?;
        let asked = Asked {
            document: Named::Registered(operation.document.hash),
            operation_name: Some(operation.name.clone()),
            variables,
        };
        answer(&app, true, &headers, &Posed::new(&app.documents, asked)?).await
    })
    .await
}

/// Any other method.
pub(in crate::http) async fn other(State(app): State<App>, headers: HeaderMap) -> Response {
    let refusal = Refusal::method("GET, HEAD", "只接受 GET", "only GET is taken");
    respond(&app, &headers, async || Err(refusal)).await
}
