//! What a question is going to do, known before it does it; and the terms on which it is answered.

use async_graphql::{
    Name,
    parser::types::{ExecutableDocument, OperationDefinition, OperationType},
};
use bytes::Bytes;

use super::{at::Now, cursors::Cursors};

/// The terms on which a question is answered.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// The head of the log and today.
    pub now: Now,
    /// Whether it may only read; then nothing else is executed.
    pub only_reads: bool,
    /// Whether the answer is to say what it costs: `extensions.cost`.
    pub announce_cost: bool,
    /// Whether its data may have parts that are text already, and are written by [`super::write`] alone.
    pub walks: bool,
}

/// An answer, and to what.
#[derive(Debug)]
pub struct Answer {
    /// What GraphQL says; nothing where the operation was not admitted.
    pub response: async_graphql::Response,
    /// All of it as it is sent, where that is written already.
    pub body: Option<Bytes>,
    /// The operation that was selected; `None` where the document cannot be parsed or has none such.
    pub operation: Option<Operation>,
    /// Which cursors it has.
    pub cursors: Cursors,
}

impl Answer {
    /// One that was not executed.
    pub(super) fn refused(
        response: async_graphql::Response,
        operation: Option<Operation>,
        cursors: Cursors,
    ) -> Self {
        Self { response, body: None, operation, cursors }
    }
}

/// The operation of a question (操作).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// `query`, `mutation` or `subscription`.
    pub kind: &'static str,
    /// Its name; `None` where it has none.
    pub name: Option<String>,
}

impl Operation {
    /// The one of a document that is named, or its only one.
    pub(super) fn of(document: &ExecutableDocument, wanted: Option<&str>) -> Option<Self> {
        let (name, operation) = selected(document, wanted)?;
        let kind = match operation.ty {
            OperationType::Query => "query",
            OperationType::Mutation => "mutation",
            OperationType::Subscription => "subscription",
        };
        Some(Self { kind, name: name.map(ToString::to_string) })
    }

    /// Whether it only reads.
    pub fn only_reads(&self) -> bool {
        self.kind == "query"
    }
}

/// The operation of a document that is named, or its only one, with its name.
pub(super) fn selected<'a>(
    document: &'a ExecutableDocument,
    wanted: Option<&str>,
) -> Option<(Option<&'a Name>, &'a OperationDefinition)> {
    let mut all = document.operations.iter();
    let (name, operation) = match wanted {
        Some(wanted) => all.find(|(name, _)| name.is_some_and(|name| name == wanted))?,
        None => all.next().filter(|_| all.next().is_none())?,
    };
    Some((name, &operation.node))
}
