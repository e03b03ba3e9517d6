//! What a handler tells the layers around it about its answer: it travels in the response's extensions.

use super::graphql::Found;
use crate::{catalogue::scope::Revision, graphql::Operation};

/// The account of an answer (应答摘要).
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    /// The head of the log under which it was answered, where the handler knows better than the reader.
    pub revision: Option<Revision>,
    /// The operation of a valid document.
    pub operation: Option<Operation>,
    /// Whether that document is a registered one.
    pub registered: bool,
    /// The codes of what went wrong.
    pub codes: Vec<String>,
    /// Where it came from, of those that may be kept.
    pub found: Option<Found>,
}
