//! The values of a question: those in its document and its variables.

use std::convert::Infallible;

use async_graphql::{
    Value, Variables,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};

use super::{
    bound::{Excess, LIST_LENGTH, LITERAL_BYTES, VALUE_DEPTH, VARIABLE_BYTES, VARIABLES},
    document::sets,
};
use crate::config::Limits;

/// Refuses variables that are too many or too large.
pub(super) fn check_variables(variables: &Variables, limits: &Limits) -> Result<(), Excess> {
    VARIABLES.hold(variables.len() as u64, limits.variables)?;
    let bytes: u64 = variables.iter().map(|(name, value)| name.len() as u64 + 3 + bytes(value)).sum();
    VARIABLE_BYTES.hold(bytes, limits.variable_bytes)
}

/// Refuses variables whose values are too large, long or deep.
pub(super) fn check_given(variables: &Variables, limits: &Limits) -> Result<(), Excess> {
    variables.values().try_for_each(|value| hold(value, 0, limits))
}

/// Refuses values in a document that are too large, long or deep.
pub(super) fn check_document(document: &ExecutableDocument, limits: &Limits) -> Result<(), Excess> {
    for operation in document.operations.iter().map(|(_, operation)| &operation.node) {
        let defaults = operation.variable_definitions.iter().filter_map(|it| it.node.default_value.as_ref());
        defaults.map(|value| &value.node).try_for_each(|value| hold(value, 0, limits))?;
    }
    sets(document).try_for_each(|set| check_set(set, limits))
}

fn check_set(set: &SelectionSet, limits: &Limits) -> Result<(), Excess> {
    for selection in &set.items {
        let (arguments, below): (&[_], _) = match &selection.node {
            Selection::Field(field) => (&field.node.arguments, Some(&field.node.selection_set)),
            Selection::InlineFragment(inline) => (&[], Some(&inline.node.selection_set)),
            Selection::FragmentSpread(_) => (&[], None),
        };
        let of_directives = selection.node.directives().iter().flat_map(|it| &it.node.arguments);
        for (_, value) in arguments.iter().chain(of_directives) {
            // What a variable holds is looked at once, and not wherever it is used.
            let value = value.node.clone().into_const_with(|_| Ok::<_, Infallible>(Value::Null));
            value.map_or(Ok(()), |value| hold(&value, 0, limits))?;
        }
        below.map_or(Ok(()), |below| check_set(&below.node, limits))?;
    }
    Ok(())
}

/// One value: how deep it stands itself, and all that is in it.
fn hold(value: &Value, depth: u64, limits: &Limits) -> Result<(), Excess> {
    match value {
        Value::List(values) => {
            VALUE_DEPTH.hold(depth + 1, limits.value_depth)?;
            LIST_LENGTH.hold(values.len() as u64, limits.list_length)?;
            values.iter().try_for_each(|value| hold(value, depth + 1, limits))
        }
        Value::Object(members) => {
            VALUE_DEPTH.hold(depth + 1, limits.value_depth)?;
            LIST_LENGTH.hold(members.len() as u64, limits.list_length)?;
            members.iter().try_for_each(|(name, value)| {
                LITERAL_BYTES.hold(name.len() as u64, limits.literal_bytes)?;
                hold(value, depth + 1, limits)
            })
        }
        other => LITERAL_BYTES.hold(bytes(other), limits.literal_bytes),
    }
}

/// About how many bytes a value has as JSON.
fn bytes(value: &Value) -> u64 {
    match value {
        Value::Null | Value::Boolean(_) => 4,
        Value::Number(number) => number.to_string().len() as u64,
        Value::String(text) => text.len() as u64,
        Value::Enum(name) => name.len() as u64,
        Value::Binary(bytes) => bytes.len() as u64,
        Value::List(values) => values.iter().map(|value| bytes(value) + 1).sum::<u64>() + 2,
        Value::Object(members) => {
            members.iter().map(|(name, value)| name.len() as u64 + 4 + bytes(value)).sum::<u64>() + 2
        }
    }
}
