//! GraphQL over HTTP: `POST /graphql` with JSON, `GET /graphql?query=…` for a question in a link.

use axum::{
    Json,
    extract::{
        Query, State,
        rejection::{JsonRejection, QueryRejection},
    },
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::App;
use crate::graphql;

/// A request as GraphQL over HTTP has it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Asked {
    query: String,
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default)]
    #[expect(dead_code, reason = "admitted by the protocol, nothing here reads any")]
    extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

/// The same in a link: variables are JSON text.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Linked {
    query: String,
    operation_name: Option<String>,
    variables: Option<String>,
}

pub(super) async fn post(
    State(app): State<App>,
    headers: HeaderMap,
    body: Result<Json<Asked>, JsonRejection>,
) -> Response {
    match body {
        Ok(Json(asked)) => answer(&app, &headers, asked).await,
        Err(rejection) => refuse(rejection.status(), "请求体不是 GraphQL 请求", &rejection.body_text()),
    }
}

pub(super) async fn get(
    State(app): State<App>,
    headers: HeaderMap,
    linked: Result<Query<Linked>, QueryRejection>,
) -> Response {
    let Query(linked) = match linked {
        Ok(linked) => linked,
        Err(rejection) => {
            return refuse(rejection.status(), "链接中没有 GraphQL 查询", &rejection.body_text());
        }
    };
    let variables = match linked.variables.as_deref().map(serde_json::from_str).transpose() {
        Ok(variables) => variables,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, "variables 不是 JSON 对象", &error.to_string()),
    };
    let Linked { query, operation_name, .. } = linked;
    answer(&app, &headers, Asked { query, operation_name, variables, extensions: None }).await
}

async fn answer(app: &App, headers: &HeaderMap, asked: Asked) -> Response {
    let mut request = async_graphql::Request::new(asked.query);
    if headers.get("x-mulu-cost").is_some_and(|wanted| wanted == "1") {
        request = request.data(graphql::AnnounceCost);
    }
    request.operation_name = asked.operation_name;
    let variables = asked.variables.unwrap_or_default();
    request.variables = async_graphql::Variables::from_json(variables.into());
    let response = graphql::answer(&app.schema, &app.reader, request).await;
    Json(response).into_response()
}

fn refuse(status: StatusCode, zh: &str, en: &str) -> Response {
    let error = json!({ "message": en, "extensions": { "code": "BAD_INPUT", "zh": zh } });
    (status, Json(json!({ "errors": [error] }))).into_response()
}
