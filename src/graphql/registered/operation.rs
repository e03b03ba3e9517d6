//! A registered operation: what is known of it once it has been checked.

use std::sync::Arc;

use async_graphql::{
    Pos, Value,
    parser::types::{BaseType, OperationDefinition, Type},
};

use crate::graphql::limits::{Table, base};

/// The SHA-256 of a document's text.
pub type Hash = [u8; 32];

/// The document of registered operations: one file.
#[derive(Debug)]
pub struct Document {
    /// The file that it was read from.
    pub file: String,
    /// Its text, byte for byte.
    pub text: Arc<str>,
    /// The SHA-256 of the text.
    pub hash: Hash,
}

impl Document {
    /// The hash in 64 hexadecimal digits.
    pub fn hash_text(&self) -> String {
        self.hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The identifier by which a request names it, `documentId`.
    pub fn id(&self) -> String {
        format!("sha256:{}", self.hash_text())
    }
}

/// An operation (登记操作) that is valid, within the limits, and known by its name.
#[derive(Debug)]
pub struct RegisteredOperation {
    /// Its name, unique among all.
    pub name: String,
    /// What the comment directly above it says; `None` where there is none.
    pub about: Option<String>,
    /// Its variables, in the order of their definitions.
    pub variables: Vec<Variable>,
    /// What it costs when no variable is given.
    pub cost: u64,
    /// The document that it stands in.
    pub document: Arc<Document>,
    /// Where in the document.
    pub(super) place: Pos,
}

/// A variable of a registered operation.
#[derive(Debug)]
pub struct Variable {
    /// Its name, without `$`.
    pub name: String,
    /// Its type, as in `[ID!]!`.
    pub kind: Type,
    /// The value that it has when none is given; `None` where it has none.
    pub default: Option<Value>,
}

/// How a value is written that is not a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As it is: texts, codes, ids, days, values of an enum.
    Text,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// `true` or `false`.
    Truth,
    /// An object of JSON.
    Object,
}

impl Variable {
    /// Whether its type is a list; then how its elements are, else `None`.
    pub fn elements(&self) -> Option<&Type> {
        match &self.kind.base {
            BaseType::List(element) => Some(element),
            BaseType::Named(_) => None,
        }
    }

    /// Whether a request must give it.
    pub fn is_required(&self) -> bool {
        !self.kind.nullable && self.default.is_none()
    }

    /// How its values, or those in its lists, are written.
    pub fn form(&self) -> Form {
        match base(&self.kind) {
            "Int" | "Revision" => Form::Whole,
            "Float" => Form::Number,
            "Boolean" => Form::Truth,
            name if Table::published().is_input(name) => Form::Object,
            _ => Form::Text,
        }
    }
}

impl RegisteredOperation {
    pub(super) fn new(
        name: &str,
        (place, definition): (Pos, &OperationDefinition),
        document: &Arc<Document>,
        cost: u64,
    ) -> Self {
        let variables = definition.variable_definitions.iter().map(|defined| Variable {
            name: defined.node.name.node.to_string(),
            kind: defined.node.var_type.node.clone(),
            default: defined.node.default_value.as_ref().map(|value| value.node.clone()),
        });
        Self {
            name: name.to_owned(),
            about: comment(&document.text, place.line),
            variables: variables.collect(),
            cost,
            document: document.clone(),
            place,
        }
    }
}

/// The lines that begin with `#` and stand directly above a line.
fn comment(text: &str, line: usize) -> Option<String> {
    let above: Vec<&str> = text.lines().take(line.saturating_sub(1)).collect();
    let first = above.iter().rposition(|line| !line.starts_with('#')).map_or(0, |place| place + 1);
    let said: Vec<&str> = above[first..].iter().map(|line| line.trim_start_matches('#').trim()).collect();
    (!said.is_empty()).then(|| said.join("\n"))
}
