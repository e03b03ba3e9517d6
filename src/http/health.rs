//! Health: whether the process lives, and whether it can answer.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use serde_json::json;

use tokio::sync::Semaphore;

use crate::{error::Error, store::Store};

/// How many may ask the database at once whether it is there: no limit of requests holds here, so others wait.
static ASKING: Semaphore = Semaphore::const_new(2);

/// `GET /healthz`: 200 while the process lives, whatever its database does.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: 200 when reads can be answered, else 503 with the code of what is missing.
pub(super) async fn ready(State(store): State<Store>) -> impl IntoResponse {
    let _turn = ASKING.acquire().await;
    match store.ready().await {
        Ok(()) => (StatusCode::OK, Json(json!({ "ready": true }))),
        Err(error) => {
            let message = error.message();
            if matches!(error, Error::Internal(_) | Error::Unavailable(_)) {
                tracing::error!(error = ?error, "not ready");
            }
            let body = json!({ "ready": false, "code": error.code(), "zh": message.zh, "en": message.en });
            (StatusCode::SERVICE_UNAVAILABLE, Json(body))
        }
    }
}
