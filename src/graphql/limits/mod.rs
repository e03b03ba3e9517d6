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
mod costs;
mod document;
mod introspection;
mod known;
mod merge;
mod refusal;
mod table;
mod text;
mod values;
mod weight;

use std::sync::Arc;

use async_graphql::{Request, ServerError, Variables, parser::types::ExecutableDocument};

use self::{bound::NAME_BYTES, refusal::Refusal};
pub(super) use self::{
    bound::{Excess, Kind},
    cost::Values,
    costs::Costs,
    document::sets,
    table::{ROOT, Table, base},
};
use super::{
    error::Failure,
    operation::selected,
    parsed::{Known, Parsed},
};
use crate::config::Limits;

/// A request within the limits.
pub(super) struct Admitted {
    /// What was asked, parsed.
    pub document: Arc<Known>,
    /// What it costs at most.
    pub cost: u64,
    /// Whether the document was found among those that are kept.
    pub kept: bool,
}

/// Parses a request and refuses it where it is beyond a limit. Of a document that is kept only what its variables say
/// is looked at: whatever else could be refused was not refused then.
pub(super) fn admit(
    request: &mut Request,
    limits: &Limits,
    parsed: Option<&Parsed>,
) -> Result<Admitted, ServerError> {
    before_parsing(request, limits).map_err(Failure::from)?;
    if let Some(document) = parsed.and_then(|parsed| parsed.get(&request.query)) {
        let cost = question(&document.document, Some(&document.costs), request, limits);
        let cost = cost.map_err(Failure::from)?;
        return Ok(Admitted { document, cost, kept: true });
    }
    let tokens = text::check(&request.query, limits).map_err(Failure::from)?;
    let document = request.parsed_query()?.clone();
    let cost = whole(&document, request, limits).map_err(Failure::from)?;
    Ok(Admitted { document: Arc::new(Known::new(document, tokens)), cost, kept: false })
}

/// Parses a request whose text is within the limits; nothing is said yet of what it asks for.
pub(super) fn parse(request: &mut Request, limits: &Limits) -> Result<ExecutableDocument, ServerError> {
    before_parsing(request, limits).map_err(Failure::from)?;
    text::check(&request.query, limits).map_err(Failure::from)?;
    Ok(request.parsed_query()?.clone())
}

/// Whether nothing would be refused of any operation of an admitted document, whatever its variables are: the one that
/// was asked for speaks for itself alone.
pub(super) fn holds_for_all(document: &ExecutableDocument) -> bool {
    document.operations.iter().all(|(_, operation)| merge::check(&operation.node, document).is_ok())
}

fn before_parsing(request: &Request, limits: &Limits) -> Result<(), Refusal> {
    let name = request.operation_name.as_ref().map_or(0, |name| name.len() as u64);
    NAME_BYTES.hold(name, limits.name_bytes)?;
    Ok(values::check_variables(&request.variables, limits)?)
}

/// A document that nothing is known of yet, and the question in it.
fn whole(document: &ExecutableDocument, request: &Request, limits: &Limits) -> Result<u64, Refusal> {
    document::check(document, limits)?;
    known::check(document)?;
    if let Some((_, operation)) = selected(document, request.operation_name.as_deref()) {
        merge::check(operation, document)?;
    }
    let cost = question(document, None, request, limits)?;
    values::check_document(document, limits)?;
    Ok(cost)
}

/// What depends on the operation and the variables; `known`: what the document costs, where that was counted before.
fn question(
    document: &ExecutableDocument,
    known: Option<&Costs>,
    request: &Request,
    limits: &Limits,
) -> Result<u64, Refusal> {
    let cost = match selected(document, request.operation_name.as_deref()) {
        Some((_, operation)) => {
            let count = || cost::of(operation, document, &request.variables, limits);
            known.map_or_else(count, |known| known.of(&request.variables, count))?
        }
        None => 0,
    };
    values::check_given(&request.variables, limits)?;
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
