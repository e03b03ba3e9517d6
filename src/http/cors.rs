//! Which pages of other hosts may read answers in a browser (跨域访问). There are no cookies and no accounts, so by default
//! all may.

use axum::http::{HeaderValue, Method, header};
use std::time::Duration;
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

use super::{
    data::REPR_DIGEST,
    layers::{REQUEST_ID, REVISION},
};
use crate::error::{Error, Result};

/// How long a browser may remember what it may do.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

/// The layer for origins as the settings have them: `*`, or scheme and host of each; `None` where there are none.
pub(super) fn layer(origins: &[String]) -> Result<Option<CorsLayer>> {
    let layer = CorsLayer::new()
        .allow_methods([Method::GET, Method::HEAD, Method::POST])
        .allow_headers(Any)
        .expose_headers([
            REVISION,
            REQUEST_ID,
            REPR_DIGEST,
            header::ACCEPT_RANGES,
            header::CONTENT_DISPOSITION,
            header::CONTENT_RANGE,
            header::ETAG,
            header::LINK,
            header::RETRY_AFTER,
        ])
        .max_age(REMEMBERED);
    match origins {
        [] => Ok(None),
        // What everybody may read does not vary.
        [any] if any == "*" => Ok(Some(layer.allow_origin(Any).vary([]))),
        origins => {
            let origins: Result<Vec<HeaderValue>> = origins.iter().map(|origin| parsed(origin)).collect();
            Ok(Some(layer.allow_origin(AllowOrigin::list(origins?)).vary([header::ORIGIN])))
        }
    }
}

fn parsed(origin: &str) -> Result<HeaderValue> {
    let host = origin.split_once("://").map_or("", |(_, host)| host);
    let fits =
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/' && byte != b'*');
    let value = origin.parse().ok().filter(|_| fits);
    value.ok_or_else(|| {
        Error::bad_input(
            format!("cors_origins 应为 * 或 https://主机 的列表，不是 {origin}"),
            format!("cors_origins is `*` alone or a list like https://host, not `{origin}`"),
        )
    })
}
