//! Bodies: whole, in memory, and bounded in bytes and in time.

use std::time::Duration;

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, header},
};

use super::refusal::Refusal;
use crate::config::Http;

/// A body. One that says beforehand that it is too large is not read at all.
pub(super) async fn read(body: Body, headers: &HeaderMap, limits: &Http) -> Result<Bytes, Refusal> {
    let most = limits.body_bytes as usize;
    let said =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if said.is_some_and(|said| said > most) {
        return Err(Refusal::body_too_large(most));
    }
    match tokio::time::timeout(Duration::from_secs(limits.body_timeout_s), to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_limit(&error) => Err(Refusal::body_too_large(most)),
        Ok(Err(error)) => Err(Refusal::bad_input(
            format!("请求体不完整：{error}"),
            format!("the body did not arrive whole: {error}"),
        )),
        Err(_) => Err(Refusal::body_too_slow(limits.body_timeout_s)),
    }
}

/// Whether it was the limit that ended the reading.
fn is_limit(error: &axum::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}
