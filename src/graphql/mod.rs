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
mod order;
mod platform;
mod proof;
mod query;
mod scalars;
mod unit;
mod version;

use async_graphql::{EmptyMutation, EmptySubscription, SDLExportOptions};

pub use at::View;
pub use error::Failure;
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
) -> async_graphql::Response {
    let document = request.parsed_query().ok().cloned();
    let operation = request.operation_name.clone();
    let now = at::Now { revision: reader.refs().revision, today: reader.store().clock().today() };
    let mut response = schema.execute(request.data(loaders::new(reader.clone())).data(now)).await;
    response.errors.iter_mut().for_each(error::with_code);
    if let Some(document) = document {
        order::as_asked(&mut response.data, &document, operation.as_deref());
    }
    response
}
