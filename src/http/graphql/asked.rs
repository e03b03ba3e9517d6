//! What is asked: the parameters of GraphQL over HTTP, out of a body or a link, and checked for their types.

use async_graphql::{Name, Value, Variables, indexmap::IndexMap};

use super::{document::Named, json, link};
use crate::http::refusal::Refusal;

/// A well-formed request (请求参数).
#[derive(Debug)]
pub(super) struct Asked {
    pub document: Named,
    pub operation_name: Option<String>,
    pub variables: Variables,
}

type Object = IndexMap<Name, Value>;

impl Asked {
    /// Out of a body. Members with other names are ignored, as the specification wants it.
    pub(super) fn from_body(body: &[u8]) -> Result<Self, Refusal> {
        let mut members = match json::parse(body) {
            Ok(Value::Object(members)) => members,
            Ok(Value::List(_)) => {
                return Err(Refusal::bad_input(
                    "一次请求只能有一个查询，不接受数组",
                    "one request asks one question: a list of them is not taken, send each by itself",
                ));
            }
            Ok(_) => {
                return Err(Refusal::bad_input("请求体应为 JSON 对象", "the body should be a JSON object"));
            }
            Err(error) => {
                return Err(Refusal::bad_input(
                    format!("请求体不是 JSON：{error}"),
                    format!("the body is not JSON: {error}"),
                ));
            }
        };
        let mut take = |name: &str| members.swap_remove(name).unwrap_or_default();
        let (query, id, operation_name) = (take("query"), take("documentId"), take("operationName"));
        Self::new(
            text("query", query)?,
            text("documentId", id)?,
            text("operationName", operation_name)?,
            take("variables"),
            take("extensions"),
        )
    }

    /// Out of a link, where maps are JSON text and nothing is the same as not there.
    pub(super) fn from_link(query: &str) -> Result<Self, Refusal> {
        let mut members = link::parse(query)?;
        let mut take = |name: &str| members.remove(name).filter(|text| !text.is_empty());
        let (query, id, operation_name) = (take("query"), take("documentId"), take("operationName"));
        let mut map = |name: &str| match take(name) {
            None => Ok(Value::Null),
            Some(text) => json::parse(text.as_bytes()).map_err(|error| {
                Refusal::bad_input(
                    format!("{name} 不是 JSON：{error}"),
                    format!("{name} is not JSON: {error}"),
                )
            }),
        };
        let (variables, extensions) = (map("variables")?, map("extensions")?);
        Self::new(query, id, operation_name, variables, extensions)
    }

    fn new(
        query: Option<String>,
        id: Option<String>,
        operation_name: Option<String>,
        variables: Value,
        extensions: Value,
    ) -> Result<Self, Refusal> {
        let variables = object("variables", variables)?;
        let mut extensions = object("extensions", extensions)?;
        let persisted = object(
            "extensions.persistedQuery",
            extensions.swap_remove("persistedQuery").unwrap_or_default(),
        )?;
        let document = Named::of(query.filter(|text| !text.is_empty()), id, persisted)?;
        Ok(Self { document, operation_name, variables: Variables::from_value(Value::Object(variables)) })
    }
}

/// A text or nothing.
fn text(name: &str, value: Value) -> Result<Option<String>, Refusal> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        _ => Err(Refusal::bad_input(format!("{name} 应为字符串"), format!("{name} should be a string"))),
    }
}

/// An object; nothing is an empty one.
fn object(name: &str, value: Value) -> Result<Object, Refusal> {
    match value {
        Value::Null => Ok(Object::new()),
        Value::Object(members) => Ok(members),
        _ => Err(Refusal::bad_input(
            format!("{name} 应为 JSON 对象"),
            format!("{name} should be a JSON object"),
        )),
    }
}
