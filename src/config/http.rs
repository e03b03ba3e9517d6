//! What one client, and all together, may take of the server (连接限制): the `http.*` settings. They hold before anything
//! is known of what is asked; how much a question may ask for is another matter.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

settings! {
    /// How much one client, and all together, may take. A client is an IPv4 address or an IPv6 network (/64).
    "http." Http: Copy PartialEq Eq;
    /// How many bytes the body of a request may have; more is refused with 413.
    body_bytes: u32 = 1_048_576, "MULU_HTTP_BODY_BYTES";
    /// How many seconds a body may take to arrive; more is refused with 408.
    body_timeout_s: u64 = 10, "MULU_HTTP_BODY_TIMEOUT_S";
    /// How many bytes path and query of a link may have; more is refused with 414.
    uri_bytes: u32 = 16_384, "MULU_HTTP_URI_BYTES";
    /// How many seconds a connection may stand still: before the head of a request is there, between requests, and while
    /// the client takes nothing of an answer. Then it is closed.
    idle_timeout_s: u64 = 30, "MULU_HTTP_IDLE_TIMEOUT_S";
    /// How many requests are answered at once; more are refused with 503.
    requests: u32 = 512, "MULU_HTTP_REQUESTS";
    /// How many of them one client may have; more are refused with 429.
    requests_per_client: u32 = 64, "MULU_HTTP_REQUESTS_PER_CLIENT";
    /// How many connections may be open; further ones are closed at once.
    connections: u32 = 4_096, "MULU_HTTP_CONNECTIONS";
    /// How many of them one client may have, trusted proxies apart.
    connections_per_client: u32 = 256, "MULU_HTTP_CONNECTIONS_PER_CLIENT";
    /// How many bytes of documents are kept for those who name them by their hash (automatic persisted queries).
    persisted_bytes: u64 = 8_388_608, "MULU_HTTP_PERSISTED_BYTES";
}

impl Http {
    /// Refuses what would answer nobody.
    pub(super) fn check(&self) -> Result<()> {
        let Self {
            body_bytes,
            uri_bytes,
            requests,
            requests_per_client,
            connections,
            connections_per_client,
            ..
        } = *self;
        let counts =
            [body_bytes, uri_bytes, requests, requests_per_client, connections, connections_per_client];
        if counts.into_iter().all(|count| count > 0) && self.body_timeout_s > 0 && self.idle_timeout_s > 0 {
            return Ok(());
        }
        Err(Error::bad_input(
            "http.* 各项应大于 0（persisted_bytes 除外）",
            "`http.*` are more than 0 each, but for `persisted_bytes`",
        ))
    }
}
