//! GraphQL: a thin face. Objects are a core value and the view under which it was read; fields pick, load or page.

mod alignment;
mod asked;
mod at;
mod catalogue;
mod change;
mod compare;
mod connection;
mod cursor;
mod cursors;
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
mod pages;
mod parsed;
mod platform;
mod proof;
mod query;
mod registered;
mod scalars;
mod sdl;
mod unit;
mod variables;
mod version;
mod walk;

use async_graphql::{EmptyMutation, EmptySubscription, Request, Response, ServerError, ValidationMode};

use asked::Asked;
pub use at::{Now, View};
pub(crate) use cursor::{moved as cursor_moved, scope as cursor_scope};
pub use cursors::Cursors;
pub use error::Failure;
use limits::Admitted;
pub use operation::{Answer, Operation, Terms};
pub use pages::Pages;
use parsed::Parsed;
pub use query::Query;
pub use registered::{Document, Finding, Form, Hash, Registered, RegisteredOperation, Variable};
pub use sdl::{federation_sdl, sdl};
pub use walk::write;

use crate::{
    catalogue::dataset::Publication,
    config::{Cache, Limits},
    export::data::Files,
    store::Reader,
};

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
    let files = Files::new(reader.clone(), Publication::default());
    schema_serving(reader, limits, &Cache::default(), files)
}

/// The same, which keeps as much as the settings say, and gives data files away.
pub fn schema_serving(reader: Reader, limits: Limits, cache: &Cache, files: Files) -> Schema {
    let validated = builder().validation_mode(ValidationMode::Fast);
    let validated = Validated(validated.data(reader.clone()).data(limits).data(files.clone()).finish());
    let parsed = Parsed::new(cache.documents);
    builder().data(reader).data(limits).data(parsed).data(files).data(validated).finish()
}

/// The same schema for what was validated before.
struct Validated(Schema);

/// How many documents a schema keeps parsed.
pub fn documents_kept(schema: &Schema) -> u64 {
    schema.data::<Parsed>().map_or(0, Parsed::count)
}

fn builder() -> async_graphql::SchemaBuilder<Query, EmptyMutation, EmptySubscription> {
    // Ours speak first, so that the library's own limit on recursion never does.
    Schema::build(Query::default(), EmptyMutation, EmptySubscription).limit_recursive_depth(1_000)
}

/// Answers a request, in the order of its selections. What is beyond a limit is refused before anything is executed.
pub async fn answer(schema: &Schema, reader: &Reader, mut request: Request, terms: Terms) -> Answer {
    let limits = schema.data::<Limits>().copied().unwrap_or_default();
    let parsed = schema.data::<Parsed>();
    let Admitted { document: known, cost, kept } = match limits::admit(&mut request, &limits, parsed) {
        Ok(admitted) => admitted,
        Err(error) => return Answer::refused(refused(error), None, Cursors::None),
    };
    let (document, cursors) = (&known.document, known.cursors);
    let name = request.operation_name.as_deref();
    let operation = Operation::of(document, name);
    if terms.only_reads && operation.as_ref().is_some_and(|operation| !operation.only_reads()) {
        return Answer::refused(Response::default(), operation, cursors);
    }
    if let Some(error) = variables::missing(document, name, &request.variables) {
        return Answer::refused(refused(error), operation, cursors);
    }
    limits::with_defaults(&mut request.variables, document, name);
    let time = limits.time();
    let asked = Asked { schema, reader, known: &known, name, variables: &request.variables, terms, time };
    let (mut response, mut body) = asked.response().await;
    // It passed the validation, which is not turned down for those that are kept.
    let valid = response.errors.iter().all(|error| !error.path.is_empty());
    if let Some(parsed) = parsed.filter(|_| !kept && valid && limits::holds_for_all(document)) {
        parsed.keep(request.query.as_str().into(), known.clone());
    }
    // Of a question that is not valid; fields that failed are all told.
    if response.errors.iter().all(|error| error.path.is_empty()) {
        response.errors.truncate(MOST_ERRORS);
    }
    response.errors.iter_mut().for_each(error::with_code);
    if terms.announce_cost {
        response.extensions.insert("cost".to_owned(), cost.into());
        body = None;
    }
    Answer { response, body, operation, cursors }
}

/// The answer to what is not executed.
fn refused(error: ServerError) -> Response {
    let mut refused = Response::from_errors(vec![error]);
    refused.errors.iter_mut().for_each(error::with_code);
    refused
}
