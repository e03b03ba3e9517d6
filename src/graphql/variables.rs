//! The variables of a question. One that is needed and was not given (GraphQL specification, 6.1.2): such a request is not executed.
//! The library notices it only where the variable is used, when the rest is executed already.

use async_graphql::{
    ServerError, Value, Variables,
    parser::types::{BaseType, ExecutableDocument, OperationDefinition, Type},
};

use super::{limits::Table, operation::selected};

/// What is said of the first that is missing.
pub(super) fn missing(
    document: &ExecutableDocument,
    operation: Option<&str>,
    given: &Variables,
) -> Option<ServerError> {
    let (_, operation) = selected(document, operation)?;
    let OperationDefinition { variable_definitions, .. } = operation;
    let missing = variable_definitions.iter().find(|variable| {
        let definition = &variable.node;
        let needed = !definition.var_type.node.nullable && definition.default_value.is_none();
        // One that has a default value is not needed, but null is no value for it either.
        let null = given.get(&definition.name.node) == Some(&Value::Null);
        let absent = given.get(&definition.name.node).is_none();
        (needed && absent) || (!definition.var_type.node.nullable && null)
    })?;
    let (name, kind) = (&missing.node.name.node, &missing.node.var_type.node);
    Some(ServerError::new(format!("variable ${name} of type {kind} was not given"), Some(missing.pos)))
}

/// Whether all variables of an operation that are given are valid at a glance: texts, whole numbers, yes or no, names of an
/// enum, and lists of these. Of others only the library knows.
pub(super) fn are_plain(operation: &OperationDefinition, given: &Variables) -> bool {
    operation.variable_definitions.iter().all(|variable| {
        let value = given.get(&variable.node.name.node);
        value.is_none_or(|value| is_plain(value, &variable.node.var_type.node))
    })
}

fn is_plain(value: &Value, ty: &Type) -> bool {
    match (&ty.base, value) {
        (_, Value::Null) => ty.nullable,
        (BaseType::List(element), Value::List(values)) => values.iter().all(|value| is_plain(value, element)),
        (BaseType::Named(name), value) => match (name.as_str(), value) {
            ("String" | "ID", Value::String(_)) | ("Boolean", Value::Boolean(_)) => true,
            ("Int", Value::Number(number)) => number.as_i64().is_some_and(|it| i32::try_from(it).is_ok()),
            (name, Value::String(choice)) => Table::published().has_choice(name, choice),
            _ => false,
        },
        _ => false,
    }
}
