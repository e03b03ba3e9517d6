//! Holding a value against a JSON Schema, and saying in both languages what does not fit.

use std::sync::LazyLock;

use jsonschema::{ValidationError, Validator, error::ValidationErrorKind as Kind};
use serde_json::Value;

use crate::catalogue::{
    check::{Finding, Message, Place, Rule},
    draft::{Header, Row},
    reference::Register,
    schema,
};

/// A schema and its compiled form.
pub(super) struct Checker {
    pub(super) schema: Value,
    validator: Validator,
}

impl Checker {
    fn new(schema: schemars::Schema) -> Self {
        let schema = schema.to_value();
        let validator = jsonschema::draft202012::options().should_validate_formats(true).build(&schema);
        Self {
            schema,
            validator: validator.expect("schemas made from our own types are valid; a test compiles all"),
        }
    }

    /// What does not fit.
    pub(super) fn check(&self, value: &Value, row: Option<usize>) -> Vec<Finding> {
        if self.validator.is_valid(value) {
            return Vec::new();
        }
        self.validator.iter_errors(value).map(|error| finding(&error, row)).collect()
    }
}

/// The schema of a document's first line.
pub(super) fn header() -> &'static Checker {
    static HEADER: LazyLock<Checker> = LazyLock::new(|| Checker::new(schema::of::<Header>()));
    &HEADER
}

/// The schema of a document's rows.
pub(super) fn row() -> &'static Checker {
    static ROW: LazyLock<Checker> = LazyLock::new(|| Checker::new(schema::of::<Row>()));
    &ROW
}

/// The schema of one state of a register's records.
pub(super) fn state(register: Register) -> &'static Checker {
    static STATES: LazyLock<Vec<(Register, Checker)>> = LazyLock::new(|| {
        Register::ALL.map(|register| (register, Checker::new(register.state_schema()))).into()
    });
    let found = STATES.iter().find(|(name, _)| *name == register);
    &found.expect("every register is in ALL").1
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

fn finding(error: &ValidationError<'_>, row: Option<usize>) -> Finding {
    let mut pointer = error.instance_path().to_string();
    let mut value = error.instance().to_string();
    match error.kind() {
        Kind::Required { property } => {
            pointer = format!("{pointer}/{}", property.as_str().unwrap_or_default());
            value = String::new();
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            value = unexpected.join(", ");
        }
        _ => {}
    }
    Finding { rule: Rule::Shape, place: Place { row, pointer }, value, expected: expected(error.kind()) }
}

fn expected(kind: &Kind) -> Message {
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
                jsonschema::error::TypeKind::Single(kind) => kind.to_string(),
                jsonschema::error::TypeKind::Multiple(kinds) => format!("{kinds:?}"),
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
        _ => both("符合 schema/json 的值".to_owned(), "a value that fits schema/json".to_owned()),
    }
}
