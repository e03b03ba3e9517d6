//! A server within the test's own process, under the test's own clock: where days are to pass between two questions.

use mulu::{
    config::Config,
    http::{Server, serve},
    store::Store,
};
use tokio::task::JoinHandle;

use super::TestApp;

/// A server, stopped when the test ends.
pub struct Serving {
    address: String,
    agent: ureq::Agent,
    task: JoinHandle<()>,
}

/// An answer, its body as it came.
#[derive(Debug)]
pub struct Told {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Told {
    /// The value of a header; nothing where it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

impl Serving {
    /// One at a free address of this machine, with some settings.
    pub async fn with(app: &TestApp, set: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config { listen: ([127, 0, 0, 1], 0).into(), ..Config::default() };
        set(&mut config);
        let store = Store::connect(&app.database.url, app.clock.clone()).await.unwrap();
        let server = Server::bind(&config).await.unwrap();
        let address = format!("http://{}", server.address().unwrap());
        let task = tokio::spawn(async { serve(server, store).await.unwrap() });
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        Self { address, agent, task }
    }

    /// Gets a link.
    pub async fn get(&self, target: &str, headers: &[(&str, &str)]) -> Told {
        let mut request = self.agent.get(format!("{}{target}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        blocking(move || request.call().unwrap()).await
    }

    /// Asks GraphQL by POST.
    pub async fn post(&self, body: String, headers: &[(&str, &str)]) -> Told {
        let mut request =
            self.agent.post(format!("{}/graphql", self.address)).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        blocking(move || request.send(body).unwrap()).await
    }
}

/// Asks on a thread of its own, for the server may be on this one.
async fn blocking(ask: impl FnOnce() -> ureq::http::Response<ureq::Body> + Send + 'static) -> Told {
    let read = move || {
        let mut response = ask();
        let text = |value: &ureq::http::HeaderValue| value.to_str().unwrap().to_owned();
        let headers = response.headers().iter().map(|(name, value)| (name.to_string(), text(value)));
        let headers = headers.collect();
        let body = response.body_mut().read_to_vec().unwrap();
        Told { status: response.status().as_u16(), headers, body }
    };
    tokio::task::spawn_blocking(read).await.unwrap()
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
    }
}
