//! `mulu serve` as a process of its own.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use super::TestApp;

/// A server, stopped when the test ends.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub address: String,
}

impl Server {
    /// Starts one on a test's database and waits until it says its address.
    pub fn start(app: &TestApp, arguments: &[&str]) -> Self {
        Self::spawn(app.command(arguments))
    }

    /// The same of a command that is made already.
    pub fn spawn(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit(' ').next().unwrap().trim_end_matches('/').to_owned();
        assert!(address.starts_with("http://"), "{line}");
        Self { child, address }
    }

    /// The number of its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn get(&self, path: &str) -> ureq::http::Response<ureq::Body> {
        self.get_with(path, &[])
    }

    /// As [`Server::get`], with headers.
    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> ureq::http::Response<ureq::Body> {
        let mut request = agent().get(format!("{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.call().unwrap()
    }

    /// Posts JSON; the status and the JSON of the answer.
    pub fn post(&self, path: &str, body: &str) -> (u16, Value) {
        let request =
            agent().post(format!("{}{path}", self.address)).header("content-type", "application/json");
        let mut response = request.send(body).unwrap();
        let text = response.body_mut().read_to_string().unwrap();
        (response.status().as_u16(), serde_json::from_str(&text).unwrap())
    }

    /// Tells it to stop; its exit code and what it logged.
    pub fn stop(mut self) -> (Option<i32>, String) {
        Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        let mut log = String::new();
        self.child.stderr.as_mut().unwrap().read_to_string(&mut log).unwrap();
        (self.child.wait().unwrap().code(), log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}
