//! What a JSON Schema expects, in words: told from the typed kind of an error, never from the library's own text.

use jsonschema::{
    ValidationError,
    error::{TypeKind, ValidationErrorKind as Kind},
};

use super::rule::Message;

/// What stands in the place of a value that does not fit.
pub fn expected(kind: &Kind) -> Message {
    let both = |zh: String, en: String| Message::new(zh, en);
    match kind {
        Kind::Required { property } => {
            both(format!("必填项 {property}"), format!("the member {property} is required"))
        }
        Kind::AdditionalProperties { .. } | Kind::UnevaluatedProperties { .. } => {
            both("没有这些成员".to_owned(), "no such members".to_owned())
        }
        Kind::Type { kind } => {
            let name = match kind {
                TypeKind::Single(kind) => kind.to_string(),
                TypeKind::Multiple(kinds) => format!("{kinds:?}"),
            };
            both(format!("类型 {name}"), format!("a value of type {name}"))
        }
        Kind::Pattern { pattern } => {
            both(format!("形如 {pattern}"), format!("a text that matches {pattern}"))
        }
        Kind::Enum { options } => both(format!("{options} 之一"), format!("one of {options}")),
        Kind::Constant { expected_value } => both(format!("{expected_value}"), format!("{expected_value}")),
        Kind::Format { format } => both(format!("格式 {format}"), format!("a text of format {format}")),
        Kind::Minimum { limit } => both(format!("不小于 {limit}"), format!("at least {limit}")),
        Kind::Maximum { limit } => both(format!("不大于 {limit}"), format!("at most {limit}")),
        Kind::MinLength { limit } => {
            both(format!("至少 {limit} 个字"), format!("at least {limit} characters"))
        }
        Kind::MaxLength { limit } => {
            both(format!("至多 {limit} 个字"), format!("at most {limit} characters"))
        }
        Kind::MinItems { limit } => both(format!("至少 {limit} 项"), format!("at least {limit} elements")),
        Kind::MaxItems { limit } => both(format!("至多 {limit} 项"), format!("at most {limit} elements")),
        Kind::OneOfNotValid { context } | Kind::AnyOf { context } => {
            let options = options(context).join(", ");
            both(format!("{options} 之一"), format!("one of {options}"))
        }
        Kind::Referencing(_) => {
            both("不引用其他模式".to_owned(), "no reference to another schema".to_owned())
        }
        other => {
            let keyword = other.keyword();
            both(format!("符合 {keyword} 的值"), format!("a value that fits `{keyword}`"))
        }
    }
}

/// The values that the branches of a choice admit; a branch of another shape is left out.
fn options(context: &[Vec<ValidationError<'_>>]) -> Vec<String> {
    let admitted = context.iter().flatten().filter_map(|error| match error.kind() {
        Kind::Constant { expected_value } => Some(vec![expected_value.to_string()]),
        Kind::Enum { options } => Some(options.as_array()?.iter().map(ToString::to_string).collect()),
        _ => None,
    });
    admitted.flatten().collect()
}
