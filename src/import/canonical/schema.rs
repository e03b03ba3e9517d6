//! Holding a value against a JSON Schema, and saying in both languages what does not fit.

use std::sync::LazyLock;

use jsonschema::{ValidationError, Validator, error::ValidationErrorKind as Kind};
use serde_json::Value;

use crate::catalogue::{
    check::{Finding, Place, Rule, expected},
    declaration::file::ElementFile,
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

/// The schema of a file that declares further elements.
pub(super) fn element_file() -> &'static Checker {
    static FILE: LazyLock<Checker> = LazyLock::new(|| Checker::new(schema::of::<ElementFile>()));
    &FILE
}

/// The schema of one state of a register's records.
pub(super) fn state(register: Register) -> &'static Checker {
    static STATES: LazyLock<Vec<(Register, Checker)>> = LazyLock::new(|| {
        Register::ALL.map(|register| (register, Checker::new(register.state_schema()))).into()
    });
    let found = STATES.iter().find(|(name, _)| *name == register);
    &found.expect("every register is in ALL").1
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
