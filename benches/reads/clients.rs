//! Clients: each has one connection and asks one question after another, doing as little as can be besides.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

/// What is sent, written out before anything is measured.
pub type Request = Arc<[u8]>;

/// A request to a path with a body of JSON.
pub fn request(path: &str, body: &str) -> Request {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: bench.example\r\naccept: application/graphql-response+json\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body.as_bytes()].concat().into()
}

/// A request for what a question by link answers, where that is no longer `known`.
pub fn revalidation(link: &str, known: Option<&str>) -> Request {
    let condition = known.map(|tag| format!("if-none-match: {tag}\r\n")).unwrap_or_default();
    let accept = "accept: application/graphql-response+json";
    format!("GET {link} HTTP/1.1\r\nhost: bench.example\r\n{accept}\r\n{condition}\r\n").into_bytes().into()
}

/// One connection that is kept.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 << 10) })
    }

    /// Sends a request; the body of the answer, which must be a good one, or say that nothing has changed.
    pub async fn ask(&mut self, request: &[u8]) -> Result<&[u8]> {
        let head = self.exchange(request).await?;
        Ok(&self.buffer[head..])
    }

    /// Sends a request; the entity tag of the answer.
    pub async fn tag(&mut self, request: &[u8]) -> Result<String> {
        let head = self.exchange(request).await?;
        let text = std::str::from_utf8(&self.buffer[..head])?;
        let tag = text.lines().find_map(|line| line.strip_prefix("etag: "));
        Ok(tag.context("no entity tag")?.to_owned())
    }

    /// Sends a request and reads the answer; where its head ends.
    async fn exchange(&mut self, request: &[u8]) -> Result<usize> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the server hung up");
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
        };
        let text = std::str::from_utf8(&self.buffer[..head])?;
        if text.starts_with("HTTP/1.1 304 ") {
            return Ok(head);
        }
        ensure!(text.starts_with("HTTP/1.1 200 "), "{text}");
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
        let end = head + length.context("no length")?.parse::<usize>()?;
        while self.buffer.len() < end {
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the server hung up");
        }
        Ok(head)
    }

    /// The data of an answer without errors.
    pub async fn data(&mut self, document: &str, variables: &Value) -> Result<Value> {
        let body = json!({ "query": document, "variables": variables }).to_string();
        let answer = self.ask(&request("/graphql", &body)).await?;
        let mut answer: Value = serde_json::from_slice(answer)?;
        if !answer["errors"].is_null() {
            bail!("{document}: {}", answer["errors"]);
        }
        Ok(answer["data"].take())
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|some| some == wanted)
}

/// What some clients saw.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    pub took: Duration,
    pub p50: Duration,
    pub p99: Duration,
}

/// Asks all requests, in turn, by so many clients at a time.
pub async fn ask_all(address: SocketAddr, requests: Arc<[Request]>, clients: usize) -> Result<Seen> {
    let mut connections = Vec::new();
    for _ in 0..clients {
        connections.push(Connection::open(address).await?);
    }
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let mut working = JoinSet::new();
    for mut connection in connections {
        let (requests, next) = (requests.clone(), next.clone());
        working.spawn(async move {
            let mut times = Vec::new();
            while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                let begun = Instant::now();
                let answer = connection.ask(request).await?;
                times.push(begun.elapsed());
                // Errors come first where there are any.
                ensure!(!answer.starts_with(b"{\"errors"), "{}", String::from_utf8_lossy(answer));
            }
            Ok::<_, anyhow::Error>(times)
        });
    }
    let mut times = Vec::with_capacity(requests.len());
    while let Some(done) = working.join_next().await {
        times.extend(done??);
    }
    let took = begun.elapsed();
    times.sort();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    Ok(Seen { took, p50: at(50), p99: at(99) })
}
