//! Asking questions of the read API, in process.

use mulu::{
    graphql::{self, Now, Schema, Terms},
    store::Reader,
};
use serde_json::Value;

use super::TestApp;

/// The read API over a test's store.
pub struct Asking {
    pub reader: Reader,
    schema: Schema,
}

impl Asking {
    pub async fn new(app: &TestApp) -> Self {
        Self::with(Reader::new(app.store.clone()).await.unwrap())
    }

    /// The same, with every list asked of the projections.
    pub async fn wide(app: &TestApp) -> Self {
        Self::with(Reader::new(app.store.clone()).await.unwrap().with_wide(0))
    }

    fn with(reader: Reader) -> Self {
        Self { schema: graphql::schema(reader.clone()), reader }
    }

    /// The whole answer, errors and all, with the log as it is now.
    pub async fn ask(&self, question: &str) -> Value {
        self.reader.refresh().await.unwrap();
        self.ask_stale(question).await
    }

    /// As [`Asking::ask`], without a look at the log first.
    pub async fn ask_stale(&self, question: &str) -> Value {
        serde_json::to_value(self.answer(question).await).unwrap()
    }

    /// The answer as it is sent.
    pub async fn text(&self, question: &str) -> String {
        self.reader.refresh().await.unwrap();
        serde_json::to_string(&self.answer(question).await).unwrap()
    }

    async fn answer(&self, question: &str) -> async_graphql::Response {
        let request = async_graphql::Request::new(question);
        let terms = Terms { now: Now::of(&self.reader), only_reads: false };
        graphql::answer(&self.schema, &self.reader, request, terms).await.response
    }

    /// The data of an answer without errors.
    pub async fn data(&self, question: &str) -> Value {
        let mut answer = self.ask(question).await;
        assert_eq!(answer["errors"], Value::Null, "{question}");
        answer["data"].take()
    }

    /// The code of the only error.
    pub async fn refused(&self, question: &str) -> String {
        let answer = self.ask(question).await;
        let errors = answer["errors"].as_array().unwrap_or_else(|| panic!("{question}: {answer}"));
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(!errors[0]["extensions"]["zh"].as_str().unwrap().is_empty());
        errors[0]["extensions"]["code"].as_str().unwrap().to_owned()
    }
}
