//! GraphQL: a thin face. Objects are a core value and the view under which it was read; fields pick, load or page.

mod at;
mod catalogue;
mod connection;
mod cursor;
mod division;
mod domain;
mod error;
mod id;
mod item;
mod legal_basis;
mod loaders;
mod platform;
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

/// A request with what its fields need: loaders of its own, so that one request's misses are loaded together.
pub fn prepare(request: async_graphql::Request, reader: &Reader) -> async_graphql::Request {
    let now = at::Now { revision: reader.refs().revision, today: reader.store().clock().today() };
    request.data(loaders::new(reader.clone())).data(now)
}
