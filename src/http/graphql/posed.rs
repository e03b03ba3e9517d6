//! What was read of a request (已读请求): its document, its variables and the question that they make. Whoever sends the
//! same bytes once more does not have them read once more.

use std::sync::Arc;

use async_graphql::Variables;
use axum::body::Bytes;

use super::{
    asked::Asked,
    document::{Document, Documents},
    question::Question,
};
use crate::cache::{self, Cache};
use crate::http::refusal::Refusal;

/// What a request that was read takes in memory beside what it says, about.
const OVERHEAD: usize = 800;

/// A request as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Written {
    /// In a body.
    Body(Bytes),
    /// Behind the question mark of a link.
    Link(Bytes),
}

impl Written {
    /// In a link.
    pub(super) fn link(query: Option<&str>) -> Self {
        Self::Link(Bytes::copy_from_slice(query.unwrap_or_default().as_bytes()))
    }

    fn asked(&self) -> Result<Asked, Refusal> {
        match self {
            Self::Body(body) => Asked::from_body(body),
            Self::Link(query) => Asked::from_link(&String::from_utf8_lossy(query)),
        }
    }

    fn len(&self) -> usize {
        let (Self::Body(bytes) | Self::Link(bytes)) = self;
        bytes.len()
    }

    /// The same, apart from what came with it: a body is a part of all that the connection has received.
    fn alone(&self) -> Self {
        match self {
            Self::Body(bytes) => Self::Body(Bytes::copy_from_slice(bytes)),
            Self::Link(bytes) => Self::Link(bytes.clone()),
        }
    }
}

/// A request that was read.
#[derive(Debug)]
pub(super) struct Posed {
    pub document: Document,
    pub variables: Variables,
    /// Without the wish to hear what it costs.
    pub question: Question,
}

impl Posed {
    /// What is asked, where its document is known.
    pub(super) fn new(documents: &Documents, asked: Asked) -> Result<Self, Refusal> {
        let document = documents.find(asked.document)?;
        let question = Question::new(document.text.clone(), asked.operation_name, &asked.variables);
        Ok(Self { document, variables: asked.variables, question })
    }
}

/// Requests that were read lately, of which those sent least make room for others.
#[derive(Clone, Debug)]
pub(crate) struct Lately(Option<Cache<Written, Arc<Posed>>>);

impl Lately {
    /// So many bytes of them at most; 0: none.
    pub(crate) fn new(bytes: u64) -> Self {
        // Its text stands in it as it is written, as a document, and among the variables.
        let weight = |written: &Written, _: &Arc<Posed>| {
            u32::try_from(3 * written.len() + OVERHEAD).unwrap_or(u32::MAX)
        };
        Self((bytes > 0).then(|| cache::weighed(bytes, weight)))
    }

    /// What a request says, and whether that was known.
    pub(super) fn read(
        &self,
        written: &Written,
        documents: &Documents,
    ) -> Result<(Arc<Posed>, bool), Refusal> {
        match self.0.as_ref().and_then(|kept| kept.get(written)) {
            Some(posed) => Ok((posed, true)),
            None => Ok((Arc::new(Posed::new(documents, written.asked()?)?), false)),
        }
    }

    /// Keeps what was read of a request that turned out to be valid.
    pub(super) fn keep(&self, written: &Written, posed: Arc<Posed>) {
        if let Some(kept) = &self.0 {
            kept.insert(written.alone(), posed);
        }
    }
}
