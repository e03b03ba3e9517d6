//! Why a request is not answered: status, stable code, words in both languages; in the shape of the face it came to.

use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::account::Account;
use crate::catalogue::check::Message;

/// What is said to whoever is sent away.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub status: StatusCode,
    pub code: &'static str,
    message: Message,
    hint: Hint,
}

/// What a header says beside it.
#[derive(Clone, Copy, Debug)]
enum Hint {
    Nothing,
    /// The methods that are taken.
    Allow(&'static str),
    /// To ask again in a second: places are taken for milliseconds.
    Later,
    /// That the connection ends here.
    Close,
}

impl Hint {
    fn header(self) -> Option<(HeaderName, &'static str)> {
        match self {
            Self::Nothing => None,
            Self::Allow(methods) => Some((header::ALLOW, methods)),
            Self::Later => Some((header::RETRY_AFTER, "1")),
            Self::Close => Some((header::CONNECTION, "close")),
        }
    }
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { status, code, message: Message::new(zh, en), hint: Hint::Nothing }
    }

    fn with(self, hint: Hint) -> Self {
        Self { hint, ..self }
    }

    /// A request that is none.
    pub(super) fn bad_input(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_INPUT", zh, en)
    }

    /// A method that is not taken here, and those that are.
    pub(super) fn method(allow: &'static str, zh: &str, en: &str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", zh, en).with(Hint::Allow(allow))
    }

    /// An `Accept` that admits nothing of what there is.
    pub(super) fn not_acceptable() -> Self {
        Self::new(
            StatusCode::NOT_ACCEPTABLE,
            "NOT_ACCEPTABLE",
            "Accept 应允许 application/graphql-response+json 或 application/json",
            "`Accept` should admit application/graphql-response+json or application/json",
        )
    }

    /// A `Content-Type` that is not JSON.
    pub(super) fn media_type() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_MEDIA_TYPE",
            "Content-Type 应为 application/json，编码 UTF-8，不压缩",
            "`Content-Type` should be application/json in UTF-8, without a content coding",
        )
    }

    /// A body with too many bytes.
    pub(super) fn body_too_large(most: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "REQUEST_TOO_LARGE",
            format!("请求体最多 {most} 字节"),
            format!("a body has at most {most} bytes"),
        )
    }

    /// A link with too many bytes.
    pub(super) fn uri_too_long(most: usize) -> Self {
        Self::new(
            StatusCode::URI_TOO_LONG,
            "REQUEST_TOO_LARGE",
            format!("链接最多 {most} 字节，更长的查询请用 POST"),
            format!("a link has at most {most} bytes; send longer questions by POST"),
        )
    }

    /// A body that does not arrive.
    pub(super) fn body_too_slow(seconds: u64) -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "TIMEOUT",
            format!("请求体未在 {seconds} 秒内到达"),
            format!("the body did not arrive within {seconds} seconds"),
        )
        .with(Hint::Close)
    }

    /// An answer that is not found in time.
    pub(super) fn too_long(seconds: u64) -> Self {
        Self::new(
            StatusCode::GATEWAY_TIMEOUT,
            "TIMEOUT",
            format!("未能在 {seconds} 秒内完成，请缩小查询范围"),
            format!("it took more than {seconds} seconds; ask for less"),
        )
    }

    /// More requests of one client at once than one may have.
    pub(super) fn too_many(most: u32) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "TOO_MANY_REQUESTS",
            format!("同一地址同时最多 {most} 个请求，请稍后再试"),
            format!("one address has at most {most} requests at once; ask again later"),
        )
        .with(Hint::Later)
    }

    /// More requests of all together than there are places.
    pub(super) fn busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "UNAVAILABLE",
            "服务器繁忙，请稍后再试",
            "the server is busy; ask again later",
        )
        .with(Hint::Later)
    }

    /// A mistake of ours.
    pub(super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "内部错误", "internal error")
    }

    /// A hash whose document is not kept here. It is no failure: the client sends the document next, and Apollo's
    /// clients expect it under 200 and by these words.
    pub(super) fn persisted_not_found() -> Self {
        Self::new(
            StatusCode::OK,
            "PERSISTED_QUERY_NOT_FOUND",
            "此哈希值的文档不在缓存中，请连同文档重新发送",
            "PersistedQueryNotFound",
        )
    }

    /// A name or an id under which nothing is registered, and where all that is registered is listed.
    pub(super) fn unknown_operation(list: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "UNKNOWN_OPERATION",
            format!("没有这一登记操作，全部登记操作见 {list}"),
            format!("no such operation is registered; {list} lists those that are"),
        )
    }

    /// A document that is not registered, where no others are answered.
    pub(super) fn not_registered(list: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "OPERATION_NOT_REGISTERED",
            format!("本服务只回答登记操作，见 {list}"),
            format!("this server answers registered operations only; {list} lists them"),
        )
    }

    /// The error as GraphQL has it.
    pub(super) fn graphql(&self) -> Value {
        let Message { zh, en } = &self.message;
        json!({ "errors": [{ "message": en, "extensions": { "code": self.code, "zh": zh } }] })
    }

    /// The answer at a path: `/graphql` and `/q/…` speak GraphQL, all others `{"code", "zh", "en"}`.
    pub(super) fn at(&self, path: &str) -> Response {
        let operation = path.strip_prefix(super::OPERATIONS).is_some_and(|rest| rest.starts_with('/'));
        if path == super::GRAPHQL || operation {
            return self.response(Json(self.graphql()));
        }
        let Message { zh, en } = &self.message;
        self.response(Json(json!({ "code": self.code, "zh": zh, "en": en })))
    }

    /// An answer with this body.
    pub(super) fn response(&self, body: impl IntoResponse) -> Response {
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some((name, value)) = self.hint.header() {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response.extensions_mut().insert(Account { codes: vec![self.code.to_owned()], ..Account::default() });
        response
    }
}
