//! No question can hurt (查询限制): what is asked for is measured before anything is executed, and mostly before it is
//! validated, because validating goes through all that a document comes to as well.
//!
//! In this order, each step being safe because of those before it: the variables by their size; the text, token by token
//! ([`text`]); the document with its fragments put in their places ([`document`]), and what it asks for that is not there
//! ([`known`]); whether the fields of the chosen
//! operation can be answered together ([`merge`]); what it costs
//! ([`cost`]), from the published schema as a [`table`]; the values in it ([`values`]).

mod bound;
mod cost;
mod document;
mod introspection;
mod known;
mod merge;
mod refusal;
mod table;
mod text;
mod values;
mod weight;

use async_graphql::{Request, ServerError, Variables, parser::types::ExecutableDocument};

use self::{bound::NAME_BYTES, refusal::Refusal};
pub(super) use self::{
    bound::{Excess, Kind},
    cost::Values,
    table::{ROOT, Table, base},
};
use super::{error::Failure, operation::selected};
use crate::config::Limits;

/// A request within the limits.
pub(super) struct Admitted {
    /// What was asked, parsed.
    pub document: ExecutableDocument,
    /// What it costs at most.
    pub cost: u64,
}

/// Parses a request and refuses it where it is beyond a limit.
pub(super) fn admit(request: &mut Request, limits: &Limits) -> Result<Admitted, ServerError> {
    let document = parse(request, limits)?;
    let cost = parsed(&document, request.operation_name.as_deref(), &request.variables, limits);
    let cost = cost.map_err(Failure::from)?;
    Ok(Admitted { document, cost })
}

/// Parses a request whose text is within the limits; nothing is said yet of what it asks for.
pub(super) fn parse(request: &mut Request, limits: &Limits) -> Result<ExecutableDocument, ServerError> {
    before_parsing(request, limits).map_err(Failure::from)?;
    Ok(request.parsed_query()?.clone())
}

fn before_parsing(request: &Request, limits: &Limits) -> Result<(), Refusal> {
    let name = request.operation_name.as_ref().map_or(0, |name| name.len() as u64);
    NAME_BYTES.hold(name, limits.name_bytes)?;
    values::check_variables(&request.variables, limits)?;
    text::check(&request.query, limits)
}

fn parsed(
    document: &ExecutableDocument,
    name: Option<&str>,
    variables: &Variables,
    limits: &Limits,
) -> Result<u64, Refusal> {
    document::check(document, limits)?;
    known::check(document)?;
    let cost = match selected(document, name) {
        Some((_, operation)) => {
            merge::check(operation, document)?;
            cost::of(operation, document, variables, limits)?
        }
        None => 0,
    };
    values::check(document, variables, limits)?;
    Ok(cost)
}

/// Gives variables that the request leaves out the defaults of its operation. The library forgets them in `@skip` and
/// `@include`, and a field that was left out by what was counted would be resolved.
pub(super) fn with_defaults(variables: &mut Variables, document: &ExecutableDocument, name: Option<&str>) {
    let defined =
        selected(document, name).into_iter().flat_map(|(_, operation)| &operation.variable_definitions);
    for defined in defined {
        if let Some(default) = &defined.node.default_value {
            variables.entry(defined.node.name.node.clone()).or_insert_with(|| default.node.clone());
        }
    }
}
