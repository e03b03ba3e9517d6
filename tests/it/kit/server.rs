//! `mulu serve` as a process of its own.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

use serde_json::Value;

use super::TestApp;

/// How long a server may take for one thing. Far more than it needs, for machines that do much else.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server, stopped when the test ends.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub address: String,
    log: Arc<Log>,
}

/// What a server has logged so far.
#[derive(Default)]
struct Log {
    text: Mutex<(String, bool)>,
    grown: Condvar,
}

impl Log {
    /// Takes all that comes; a server must never wait for somebody to read it.
    fn follow(self: Arc<Self>, source: impl Read + Send + 'static) {
        std::thread::spawn(move || {
            let mut lines = BufReader::new(source).lines();
            loop {
                let line = lines.next();
                let mut text = self.text.lock().unwrap();
                match line {
                    Some(Ok(line)) => text.0 += &format!("{line}\n"),
                    _ => text.1 = true,
                }
                self.grown.notify_all();
                if text.1 {
                    return;
                }
            }
        });
    }

    /// Waits until it has a line with this part; the line.
    fn line(&self, part: &str) -> String {
        let found = |text: &str| text.lines().find(|line| line.contains(part)).map(str::to_owned);
        let mut text = self.text.lock().unwrap();
        loop {
            if let Some(line) = found(&text.0) {
                return line;
            }
            let (after, timeout) = self.grown.wait_timeout(text, PATIENCE).unwrap();
            text = after;
            assert!(!timeout.timed_out() && !text.1, "{part} was never logged: {}", text.0);
        }
    }

    /// All of it, once the server has ended.
    fn whole(&self) -> String {
        let mut text = self.text.lock().unwrap();
        while !text.1 {
            text = self.grown.wait(text).unwrap();
        }
        text.0.clone()
    }
}

/// An answer as it came over the wire.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Reply {
    /// What is left of a connection, which the server closes after its answer.
    pub fn read(stream: &mut TcpStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut bytes = Vec::new();
        // A server that sends somebody away does not read what he still has to say, and so resets the connection.
        let ended = stream.read_to_end(&mut bytes);
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) =
            text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?} {ended:?}"));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap().parse().unwrap();
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Self { status, headers, body: body.to_owned() }
    }

    /// The values of a header, with commas between.
    pub fn header(&self, name: &str) -> String {
        let values = self.headers.iter().filter(|(known, _)| known == name);
        values.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(",")
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The code of the first error, in either shape; there is a word about it in both languages.
    pub fn code(&self) -> String {
        let answer = self.json();
        let (error, message) = match answer.get("errors") {
            Some(errors) => (&errors[0]["extensions"], &errors[0]["message"]),
            None => (&answer, &answer["en"]),
        };
        assert!(
            !message.as_str().unwrap().is_empty() && !error["zh"].as_str().unwrap().is_empty(),
            "{answer}"
        );
        error["code"].as_str().unwrap().to_owned()
    }
}

impl Server {
    /// Starts one on a test's database and waits until it says its address.
    pub fn start(app: &TestApp, arguments: &[&str]) -> Self {
        Self::spawn(app.command(arguments))
    }

    /// One at a free address, with settings by their variables.
    pub fn with(app: &TestApp, settings: &[(&str, &str)]) -> Self {
        let mut command = app.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.envs(settings.iter().copied());
        Self::spawn(command)
    }

    /// The same of a command that is made already.
    pub fn spawn(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::<Log>::default();
        log.clone().follow(child.stderr.take().unwrap());
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit(' ').next().unwrap_or_default().trim_end_matches('/').to_owned();
        if !address.starts_with("http://") {
            panic!("{line}{}", log.whole());
        }
        Self { child, address, log }
    }

    /// A connection of its own.
    pub fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address.trim_start_matches("http://")).unwrap()
    }

    /// Sends a request to the letter, after which the connection is closed.
    pub fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut stream = self.connect();
        let mut head = format!("{method} {target} HTTP/1.1\r\nHost: mulu.example\r\nConnection: close\r\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !body.is_empty() {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        // Whoever is sent away early may find the door closed.
        let _ = stream.write_all(body);
        Reply::read(&mut stream)
    }

    /// Asks GraphQL by POST, for an answer in its own media type.
    pub fn ask(&self, body: &str) -> Reply {
        let headers = [("Content-Type", "application/json"), ("Accept", "application/graphql-response+json")];
        self.send("POST", "/graphql", &headers, body.as_bytes())
    }

    /// Waits until there is a line in the log with this part; the line.
    pub fn logged(&self, part: &str) -> String {
        self.log.line(part)
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
        let code = self.child.wait().unwrap().code();
        (code, self.log.whole())
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
