//! The only way from an error of ours to one of GraphQL: a message, a stable code, and the Chinese text beside it.

use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, ServerError};

use super::limits::{Excess, Kind};
use crate::{catalogue::check::Message, error::Error};

/// What a field answers instead of a value.
#[derive(Clone, Debug)]
pub struct Failure {
    code: &'static str,
    message: Message,
    cause: Option<Arc<Error>>,
    /// Which limit a question is beyond.
    excess: Option<Excess>,
}

pub(super) type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// A cursor that does not belong here.
    pub(super) fn bad_cursor(why: &str) -> Self {
        Self::new("BAD_CURSOR", "游标与本查询的范围、筛选或次序不符", why)
    }

    /// A page beyond what one answer gives.
    pub(super) fn page_too_large(asked: i32, most: i32) -> Self {
        Self::new(
            "PAGE_TOO_LARGE",
            &format!("每页最多 {most} 条，不能是 {asked}"),
            &format!("a page has at most {most} elements, not {asked}"),
        )
    }

    /// A question beyond a limit.
    pub(super) fn beyond(excess: Excess) -> Self {
        let (zh, en) = excess.words();
        let failure = match excess.bound.kind {
            Kind::Large => Self::new("QUERY_TOO_LARGE", &zh, &en),
            Kind::Deep => Self::new("QUERY_TOO_DEEP", &zh, &en),
            Kind::Costly => Self::new("QUERY_TOO_COSTLY", &zh, &en),
            Kind::Input => Self::new("INPUT_TOO_LARGE", &zh, &en),
            Kind::Page => Self::new("PAGE_TOO_LARGE", &zh, &en),
        };
        Self { excess: Some(excess), ..failure }
    }

    /// An argument that cannot be taken.
    pub(super) fn bad_input(zh: &str, en: &str) -> Self {
        Self::new("BAD_INPUT", zh, en)
    }

    /// The stable code.
    pub(super) fn code(&self) -> &'static str {
        self.code
    }

    fn new(code: &'static str, zh: &str, en: &str) -> Self {
        Self { code, message: Message::new(zh, en), cause: None, excess: None }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Arc::new(error).into()
    }
}

impl From<Arc<Error>> for Failure {
    fn from(error: Arc<Error>) -> Self {
        let message = match &*error {
            // What is broken names rows and digests; that is for whoever reads the log.
            Error::Inconsistent(_) => Message::new("数据库内容自相矛盾", "the database contradicts itself"),
            other => other.message(),
        };
        Self { code: error.code(), message, cause: Some(error), excess: None }
    }
}

impl From<Failure> for async_graphql::Error {
    /// Internals go to the log, never to a client.
    fn from(failure: Failure) -> Self {
        if let Some(cause) = failure.cause
            && matches!(*cause, Error::Internal(_) | Error::Unavailable(_) | Error::Inconsistent(_))
        {
            tracing::error!(?cause, "a field failed");
        }
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", failure.code);
        extensions.set("zh", failure.message.zh);
        if let Some(excess) = failure.excess {
            extensions.set("limit", excess.bound.key);
            extensions.set("most", excess.most);
            extensions.set("asked", excess.asked);
        }
        let mut error = Self::new(failure.message.en);
        error.extensions = Some(extensions);
        error
    }
}

/// A question that is refused whole: no field of it is answered.
impl From<Failure> for ServerError {
    fn from(failure: Failure) -> Self {
        let error = async_graphql::Error::from(failure);
        Self { extensions: error.extensions, ..Self::new(error.message, None) }
    }
}

/// Errors of the library itself are about the question: what cannot be parsed, does not fit the schema, or asks for
/// too much.
pub(super) fn with_code(error: &mut ServerError) {
    let extensions = error.extensions.get_or_insert_default();
    if extensions.get("code").is_none() {
        extensions.set("code", "BAD_INPUT");
        extensions.set("zh", "查询有误，请按说明改正");
    }
}
