//! Asking a question (提问执行): executing it, and noting what its answer is read from.

use async_graphql::Variables;

use super::{question::Question, said::Said};
use crate::{
    graphql::{self, Now, Schema, Terms},
    store::Reader,
};

/// A question with what it takes to execute it.
pub(super) struct Asking<'a> {
    pub question: &'a Question,
    pub variables: &'a Variables,
    pub schema: &'a Schema,
    pub reader: &'a Reader,
    /// Whether somebody may keep the answer.
    pub noted: bool,
}

impl Asking<'_> {
    /// The answer, if the question only reads; else nothing is executed.
    pub(super) async fn execute(&self) -> Said {
        self.executed(true).await
    }

    /// The answer, whatever the question does.
    pub(super) async fn execute_any(&self) -> Said {
        self.executed(false).await
    }

    async fn executed(&self, only_reads: bool) -> Said {
        let now = Now::of(self.reader);
        let asked = now.scope();
        let announce_cost = self.question.announce_cost;
        let request = self.question.request(self.variables);
        let terms = Terms { now, only_reads, announce_cost, walks: true };
        if !self.noted {
            let answer = Box::pin(graphql::answer(self.schema, self.reader, request, terms)).await;
            return Said::new(&answer, asked, None);
        }
        let (reader, reads) = self.reader.noting();
        let answer = Box::pin(graphql::answer(self.schema, &reader, request, terms)).await;
        Said::new(&answer, asked, reads.basis(asked))
    }
}
