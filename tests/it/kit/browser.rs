//! Chromium without a window, over the DevTools protocol: what a page does, and whatever goes wrong in it.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::{Duration, Instant},
};

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long a page may take for one thing. Far more than it needs, for machines that do much else.
const PATIENCE: Duration = Duration::from_secs(90);

/// A browser with one page, closed when the test ends. It reaches 127.0.0.1 and no other host.
pub struct Browser {
    child: Child,
    commands: ChildStdin,
    messages: Receiver<Value>,
    page: String,
    loaded: bool,
    last: u64,
    /// What went wrong: errors and warnings on the console, exceptions, refusals by the policy, failed requests.
    pub complaints: Vec<String>,
    /// Every address that was asked for, by the page and by its workers.
    pub requests: Vec<String>,
    directory: TempDir,
}

impl Browser {
    /// Starts Debian's Chromium; a test that needs it fails where it is missing.
    pub fn start(width: u32, height: u32) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let log = std::fs::File::create(directory.path().join("log")).unwrap();
        let mut command = Command::new("sh");
        // It reads commands from file 3 and writes to file 4: no port, and no protocol around the messages.
        command.args([
            "-c",
            "exec chromium \"$@\" 3<&0 4>&1 </dev/null >&2",
            "sh",
            "--remote-debugging-pipe",
        ]);
        command.args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
        ]);
        command.args(["--no-first-run", "--disable-background-networking", "--disable-component-update"]);
        command.args(["--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"]);
        command.arg(format!("--window-size={width},{height}"));
        command.arg(format!("--user-data-dir={}", directory.path().join("profile").display()));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().unwrap();
        let commands = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let texts = answers.split(0).map_while(Result::ok);
            texts
                .map_while(|text| serde_json::from_slice(&text).ok())
                .try_for_each(|message| sender.send(message))
        });
        let mut browser = Self {
            child,
            commands,
            messages,
            page: String::new(),
            loaded: false,
            last: 0,
            complaints: Vec::new(),
            requests: Vec::new(),
            directory,
        };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = browser.call("Target.attachToTarget", attach)["sessionId"].as_str().unwrap().to_owned();
        browser.page.clone_from(&session);
        browser.watch(&session);
        browser.call("Page.enable", json!({}));
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        browser.call("Emulation.setDeviceMetricsOverride", size);
        browser
    }

    /// Goes to an address and waits until the page and its scripts are loaded.
    pub fn open(&mut self, address: &str) {
        self.loaded = false;
        let opened = self.call("Page.navigate", json!({ "url": address }));
        assert_eq!(opened["errorText"], Value::Null, "{address}");
        let begun = Instant::now();
        while !self.loaded {
            let message = self.receive(address, begun);
            self.note(&message);
        }
    }

    /// The value of an expression in the page.
    pub fn value(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut answer = self.call("Runtime.evaluate", asked);
        assert_eq!(answer["exceptionDetails"], Value::Null, "{expression}");
        answer["result"]["value"].take()
    }

    /// Waits until it has asked for an address with this part.
    pub fn wait_for_request(&mut self, part: &str) {
        let begun = Instant::now();
        while !self.requests.iter().any(|address| address.contains(part)) {
            assert!(begun.elapsed() < PATIENCE, "{part} was never asked for: {:?}", self.requests);
            // What it asked for is told between the answers to what it is asked.
            self.value("1");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Waits until an expression is true.
    pub fn wait(&mut self, expression: &str) {
        let begun = Instant::now();
        while self.value(&format!("!!({expression})")) != true {
            if begun.elapsed() > PATIENCE {
                let text = self.value("document.body.innerText");
                panic!(
                    "never true: {expression}\n{:#?}\n{}",
                    self.complaints,
                    text.as_str().unwrap_or_default()
                );
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Presses the left button of the mouse over the middle of an element that an expression gives.
    pub fn click(&mut self, element: &str) {
        self.wait(element);
        let middle = self.value(&format!(
            "(() => {{ const e = {element}; e.scrollIntoView({{ block: 'nearest' }});
              const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2] }})()"
        ));
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            let event =
                json!({ "type": kind, "x": middle[0], "y": middle[1], "button": button, "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// Keeps a picture of the page.
    pub fn screenshot(&mut self, path: &Path) {
        let picture = self.call("Page.captureScreenshot", json!({ "format": "png" }));
        let bytes = BASE64_STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// Sends a command and waits for its answer; what happens meanwhile is noted.
    fn call(&mut self, method: &str, parameters: Value) -> Value {
        let session = self.page.clone();
        let id = self.send(method, parameters, &session);
        let begun = Instant::now();
        loop {
            let mut message = self.receive(method, begun);
            if message["id"] == id {
                assert_eq!(message["error"], Value::Null, "{method}");
                return message["result"].take();
            }
            self.note(&message);
        }
    }

    fn receive(&mut self, waiting_for: &str, begun: Instant) -> Value {
        match self.messages.recv_timeout(PATIENCE.saturating_sub(begun.elapsed())) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => panic!("{waiting_for}: no answer {:#?}", self.complaints),
            Err(RecvTimeoutError::Disconnected) => self.gone(waiting_for),
        }
    }

    fn send(&mut self, method: &str, parameters: Value, session: &str) -> u64 {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if !session.is_empty() {
            message["sessionId"] = session.into();
        }
        let sent = self.commands.write_all(format!("{message}\0").as_bytes());
        if sent.is_err() {
            self.gone(method);
        }
        self.last
    }

    /// Has the browser tell what happens in the page or in a worker.
    fn watch(&mut self, session: &str) {
        for domain in ["Runtime", "Log", "Network"] {
            self.send(&format!("{domain}.enable"), json!({}), session);
        }
        let workers = json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true });
        self.send("Target.setAutoAttach", workers, session);
        self.send("Runtime.runIfWaitingForDebugger", json!({}), session);
    }

    fn note(&mut self, message: &Value) {
        let about = &message["params"];
        match message["method"].as_str().unwrap_or_default() {
            "Target.attachedToTarget" => {
                let session = about["sessionId"].as_str().unwrap().to_owned();
                self.watch(&session);
            }
            "Page.loadEventFired" => self.loaded = true,
            "Network.requestWillBeSent" => {
                self.requests.push(about["request"]["url"].as_str().unwrap().to_owned());
            }
            "Network.responseReceived" if about["response"]["status"].as_u64() >= Some(400) => {
                self.complaints.push(format!("{} {}", about["response"]["status"], about["response"]["url"]));
            }
            "Network.loadingFailed" | "Runtime.exceptionThrown" => self.complaints.push(about.to_string()),
            // Refusals by the Content-Security-Policy come here.
            "Log.entryAdded"
                if ["error", "warning"].iter().any(|level| about["entry"]["level"] == *level) =>
            {
                self.complaints.push(about["entry"].to_string());
            }
            "Runtime.consoleAPICalled"
                if ["error", "warning", "assert"].iter().any(|kind| about["type"] == *kind) =>
            {
                self.complaints.push(about["args"].to_string());
            }
            _ => {}
        }
    }

    fn gone(&self, method: &str) -> ! {
        let log = std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default();
        panic!("{method}: Chromium is not there or has ended (make deps installs it)\n{log}");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
