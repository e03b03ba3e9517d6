//! Why a link is not answered.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::account::Account;
use crate::error::Error;

/// An answer, or why there is none: `{"code", "zh", "en"}` under a status that fits.
pub(super) type Answer = std::result::Result<Response, Failure>;

/// Why there is no answer.
pub(super) struct Failure(Error);

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match &self.0 {
            Error::BadInput(_) => StatusCode::BAD_REQUEST,
            Error::NotFound(_) | Error::UnknownRevision { .. } => StatusCode::NOT_FOUND,
            Error::Redacted(_) => StatusCode::GONE,
            Error::NotMigrated | Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if status.is_server_error() {
            tracing::error!(error = ?self.0, "a link failed");
        }
        let (code, message) = (self.0.code(), self.0.message());
        let body = Json(json!({ "code": code, "zh": message.zh, "en": message.en }));
        let mut answer = (status, body).into_response();
        answer.extensions_mut().insert(Account { codes: vec![code.to_owned()], ..Account::default() });
        answer
    }
}
