//! GraphQL: a thin face. Objects are a core value and the view under which it was read; fields pick, load or page.

mod alignment;
mod at;
mod catalogue;
mod change;
mod compare;
mod connection;
mod cursor;
mod division;
mod domain;
mod element;
mod error;
mod id;
mod item;
mod legal_basis;
mod loaders;
mod node;
mod operation;
mod order;
mod platform;
mod proof;
mod query;
mod scalars;
mod unit;
mod variables;
mod version;

use async_graphql::{EmptyMutation, EmptySubscription, SDLExportOptions};

pub use at::{Now, View};
pub use error::Failure;
pub use operation::{Answer, Operation, Terms};
pub use query::Query;

use crate::store::Reader;

/// The read API.
pub type Schema = async_graphql::Schema<Query, EmptyMutation, EmptySubscription>;

/// The schema over a reader.
pub fn schema(reader: Reader) -> Schema {
    builder().data(reader).finish()
}

/// The schema's SDL, as `schema/schema.graphql` has it.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().include_specified_by().sorted_fields();
    builder().finish().sdl_with_options(options)
}

fn builder() -> async_graphql::SchemaBuilder<Query, EmptyMutation, EmptySubscription> {
    // Fragments that spread themselves and questions without an end are refused before they run.
    Schema::build(Query::default(), EmptyMutation, EmptySubscription).limit_depth(20).limit_complexity(20_000)
}

/// Answers a request, in the order of its selections. It has loaders of its own, so that its misses are loaded
/// together, and one head and day.
pub async fn answer(
    schema: &Schema,
    reader: &Reader,
    mut request: async_graphql::Request,
    terms: Terms,
) -> Answer {
    let document = request.parsed_query().ok().cloned();
    let name = request.operation_name.clone();
    let operation = document.as_ref().and_then(|document| Operation::of(document, name.as_deref()));
    if terms.only_reads && operation.as_ref().is_some_and(|operation| !operation.only_reads()) {
        return Answer { response: async_graphql::Response::default(), operation };
    }
    let missing = |document| variables::missing(document, name.as_deref(), &request.variables);
    let mut response = match document.as_ref().and_then(missing) {
        Some(error) => async_graphql::Response::from_errors(vec![error]),
        None => schema.execute(request.data(loaders::new(reader.clone())).data(terms.now)).await,
    };
    response.errors.iter_mut().for_each(error::with_code);
    if let Some(document) = document {
        order::as_asked(&mut response.data, &document, name.as_deref());
    }
    Answer { response, operation }
}
