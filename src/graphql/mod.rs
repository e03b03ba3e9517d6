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
mod download;
mod element;
mod error;
mod id;
mod item;
mod legal_basis;
mod limits;
mod loaders;
mod node;
mod nulls;
mod operation;
mod order;
mod platform;
mod proof;
mod query;
mod registered;
mod scalars;
mod sdl;
mod unit;
mod variables;
mod version;

use async_graphql::{EmptyMutation, EmptySubscription, Request, Response, ServerError};

pub use at::{Now, View};
pub use error::Failure;
use limits::Admitted;
pub use operation::{Answer, Operation, Terms};
pub use query::Query;
pub use registered::{Document, Finding, Form, Hash, Registered, RegisteredOperation, Variable};
pub use sdl::{federation_sdl, sdl};

use crate::{catalogue::dataset::Notice, config::Limits, error::Error, export::data::Files, store::Reader};

/// The read API.
pub type Schema = async_graphql::Schema<Query, EmptyMutation, EmptySubscription>;

/// How many mistakes of one question are told: nobody reads more, and thousands of them fit into a short question.
const MOST_ERRORS: usize = 20;

/// The schema over a reader, with the limits as they are by default.
pub fn schema(reader: Reader) -> Schema {
    schema_within(reader, Limits::default())
}

/// The schema over a reader, for questions within limits.
pub fn schema_within(reader: Reader, limits: Limits) -> Schema {
    let files = Files::new(reader.clone(), Notice::default());
    schema_serving(reader, limits, files)
}

/// The same where data files are given away.
pub fn schema_serving(reader: Reader, limits: Limits, files: Files) -> Schema {
    builder().data(reader).data(limits).data(files).finish()
}

fn builder() -> async_graphql::SchemaBuilder<Query, EmptyMutation, EmptySubscription> {
    // Ours speak first, so that the library's own limit on recursion never does.
    Schema::build(Query::default(), EmptyMutation, EmptySubscription).limit_recursive_depth(1_000)
}

/// Answers a request, in the order of its selections. It has loaders of its own, so that its misses are loaded
/// together, and one head and day. What is beyond a limit is refused before anything is executed.
pub async fn answer(schema: &Schema, reader: &Reader, mut request: Request, terms: Terms) -> Answer {
    let limits = schema.data::<Limits>().copied().unwrap_or_default();
    let Admitted { document, cost } = match limits::admit(&mut request, &limits) {
        Ok(admitted) => admitted,
        Err(error) => return Answer { response: refused(error), operation: None },
    };
    let name = request.operation_name.clone();
    let operation = Operation::of(&document, name.as_deref());
    if terms.only_reads && operation.as_ref().is_some_and(|operation| !operation.only_reads()) {
        return Answer { response: Response::default(), operation };
    }
    if let Some(error) = variables::missing(&document, name.as_deref(), &request.variables) {
        return Answer { response: refused(error), operation };
    }
    limits::with_defaults(&mut request.variables, &document, name.as_deref());
    let (loaders, _running) = loaders::new(reader.clone());
    let executed = schema.execute(request.data(loaders).data(terms.now));
    let mut response = match tokio::time::timeout(limits.time(), executed).await {
        Ok(response) => response,
        Err(_) => Response::from_errors(vec![Failure::from(Error::Timeout).into()]),
    };
    // Of a question that is not valid; fields that failed are all told.
    if response.errors.iter().all(|error| error.path.is_empty()) {
        response.errors.truncate(MOST_ERRORS);
    }
    response.errors.iter_mut().for_each(error::with_code);
    if let Some((_, asked)) = operation::selected(&document, name.as_deref()) {
        nulls::put(&mut response.data, &response.errors, asked, &document);
        order::as_asked(&mut response.data, asked, &document);
    }
    if terms.announce_cost {
        response.extensions.insert("cost".to_owned(), cost.into());
    }
    Answer { response, operation }
}

/// The answer to what is not executed.
fn refused(error: ServerError) -> Response {
    let mut refused = Response::from_errors(vec![error]);
    refused.errors.iter_mut().for_each(error::with_code);
    refused
}
