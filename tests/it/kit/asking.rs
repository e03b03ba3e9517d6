//! Asking questions of the read API, in process.

use async_graphql::{Request, Response};
use mulu::{
    config::{Cache, Limits},
    graphql::{self, Now, Schema, Terms},
    store::{Reader, Store},
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

    /// The same, which holds nothing of what the log says of catalogues.
    pub async fn without_refs(app: &TestApp) -> Self {
        Self::with(
            Reader::holding(app.store.clone(), &Cache { catalogues: 0, ..Cache::default() }).await.unwrap(),
        )
    }

    /// All the ways of reading, which answer the same.
    pub async fn in_all_ways(app: &TestApp) -> [Self; 3] {
        [Self::new(app).await, Self::wide(app).await, Self::without_refs(app).await]
    }

    /// The same, within other limits than the usual ones.
    pub async fn within(app: &TestApp, limits: Limits) -> Self {
        Self::over(app.store.clone(), limits).await
    }

    /// The read API over a store, within limits.
    pub async fn over(store: Store, limits: Limits) -> Self {
        let reader = Reader::new(store).await.unwrap();
        Self { schema: graphql::schema_within(reader.clone(), limits), reader }
    }

    fn with(reader: Reader) -> Self {
        Self { schema: graphql::schema(reader.clone()), reader }
    }

    /// The whole answer to a request, with what it costs.
    pub async fn answer(&self, request: Request) -> Value {
        let terms = Terms { announce_cost: true, ..self.terms() };
        let answer = graphql::answer(&self.schema, &self.reader, request, terms).await;
        serde_json::to_value(plain(answer.response)).unwrap()
    }

    /// The whole answer, errors and all, with the log as it is now.
    pub async fn ask(&self, question: &str) -> Value {
        self.reader.refresh().await.unwrap();
        self.ask_stale(question).await
    }

    /// As [`Asking::ask`], without a look at the log first.
    pub async fn ask_stale(&self, question: &str) -> Value {
        serde_json::to_value(self.response(Request::new(question)).await).unwrap()
    }

    /// The answer as it is sent.
    pub async fn text(&self, question: &str) -> String {
        self.reader.refresh().await.unwrap();
        serde_json::to_string(&self.response(Request::new(question)).await).unwrap()
    }

    async fn response(&self, request: Request) -> Response {
        plain(self.walked(request).await)
    }

    /// What the derived resolvers alone answer, and then what is answered as a server does.
    pub async fn both(&self, request: impl Fn() -> Request) -> [Response; 2] {
        let derived = Terms { walks: false, ..self.terms() };
        let derived = graphql::answer(&self.schema, &self.reader, request(), derived).await.response;
        [derived, self.walked(request()).await]
    }

    /// The answer as a server has it, before it is written.
    pub async fn walked(&self, request: Request) -> Response {
        self.written(request).await.0
    }

    /// The same, and whether all of it was written already, in one piece with its data.
    pub async fn written(&self, request: Request) -> (Response, bool) {
        let answer = graphql::answer(&self.schema, &self.reader, request, self.terms()).await;
        if let Some(body) = &answer.body {
            let mut whole = b"{\"data\":".to_vec();
            graphql::write(&answer.response.data, &mut whole).unwrap();
            whole.push(b'}');
            assert!(*body == whole && answer.response.errors.is_empty());
        }
        (answer.response, answer.body.is_some())
    }

    fn terms(&self) -> Terms {
        Terms { now: Now::of(&self.reader), only_reads: false, announce_cost: false, walks: true }
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

/// An answer without parts that are text already.
fn plain(mut response: Response) -> Response {
    let mut text = Vec::new();
    graphql::write(&response.data, &mut text).unwrap();
    response.data = serde_json::from_slice(&text).unwrap();
    response
}
