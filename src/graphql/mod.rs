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
mod limits;
mod loaders;
mod node;
mod nulls;
mod order;
mod platform;
mod proof;
mod query;
mod scalars;
mod sdl;
mod unit;
mod version;

use std::any::TypeId;

use async_graphql::{EmptyMutation, EmptySubscription, Request, Response};

pub use at::View;
pub use error::Failure;
use limits::Admitted;
pub use query::Query;
pub use sdl::{federation_sdl, sdl};

use crate::{config::Limits, error::Error, store::Reader};

/// The read API.
pub type Schema = async_graphql::Schema<Query, EmptyMutation, EmptySubscription>;

/// How many mistakes of one question are told: nobody reads more, and thousands of them fit into a short question.
const MOST_ERRORS: usize = 20;

/// Part of a request's data where the answer is to say what it costs: `extensions.cost`.
#[derive(Clone, Copy, Debug)]
pub struct AnnounceCost;

/// The schema over a reader, with the limits as they are by default.
pub fn schema(reader: Reader) -> Schema {
    schema_within(reader, Limits::default())
}

/// The schema over a reader, for questions within limits.
pub fn schema_within(reader: Reader, limits: Limits) -> Schema {
    builder().data(reader).data(limits).finish()
}

fn builder() -> async_graphql::SchemaBuilder<Query, EmptyMutation, EmptySubscription> {
    // Ours speak first, so that the library's own limit on recursion never does.
    Schema::build(Query::default(), EmptyMutation, EmptySubscription).limit_recursive_depth(1_000)
}

/// Answers a request, in the order of its selections. It has loaders of its own, so that its misses are loaded
/// together, and one head and day. What is beyond a limit is refused before anything is executed.
pub async fn answer(schema: &Schema, reader: &Reader, mut request: Request) -> Response {
    let limits = schema.data::<Limits>().copied().unwrap_or_default();
    let announce = request.data.contains_key(&TypeId::of::<AnnounceCost>());
    let Admitted { document, cost } = match limits::admit(&mut request, &limits) {
        Ok(admitted) => admitted,
        Err(error) => {
            let mut refused = Response::from_errors(vec![error]);
            refused.errors.iter_mut().for_each(error::with_code);
            return refused;
        }
    };
    let operation = request.operation_name.clone();
    limits::with_defaults(&mut request.variables, &document, operation.as_deref());
    let now = at::Now { revision: reader.refs().revision, today: reader.store().clock().today() };
    let (loaders, _running) = loaders::new(reader.clone());
    let executed = schema.execute(request.data(loaders).data(now));
    let mut response = match tokio::time::timeout(limits.time(), executed).await {
        Ok(response) => response,
        Err(_) => Response::from_errors(vec![Failure::from(Error::Timeout).into()]),
    };
    // Of a question that is not valid; fields that failed are all told.
    if response.errors.iter().all(|error| error.path.is_empty()) {
        response.errors.truncate(MOST_ERRORS);
    }
    response.errors.iter_mut().for_each(error::with_code);
    if let Some(asked) = limits::operation(&document, operation.as_deref()) {
        nulls::put(&mut response.data, &response.errors, asked, &document);
        order::as_asked(&mut response.data, asked, &document);
    }
    if announce {
        response.extensions.insert("cost".to_owned(), cost.into());
    }
    response
}
