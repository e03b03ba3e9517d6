//! Variables that a question needs and that were not given (GraphQL specification, 6.1.2): such a request is not executed.
//! The library notices it only where the variable is used, when the rest is executed already.

use async_graphql::{
    ServerError, Value, Variables,
    parser::types::{ExecutableDocument, OperationDefinition},
};

use super::operation::selected;

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
