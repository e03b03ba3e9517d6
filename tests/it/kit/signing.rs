//! A log that is signed, and the second verifier.

use std::process::{Command, Stdio};

use base64::{Engine, prelude::BASE64_STANDARD};
use mulu::{
    catalogue::{
        key::{SigningKey, VerifierKey},
        proof,
        text::Text,
    },
    store::{Store, Then, Withdrawal},
};

use super::{Output, TestApp, document, run, source};

/// The name of the tests' logs.
pub const ORIGIN: &str = "test.example/log";

/// The store of a test with a key that its log knows.
pub struct Signing {
    pub store: Store,
    pub key: VerifierKey,
    /// The file of the signing key.
    pub file: String,
}

impl Signing {
    /// Always the same key, so that the log's bytes are the same as well.
    pub async fn register(app: &TestApp) -> Self {
        let signing = Self::with(app, ORIGIN, 7);
        signing.store.register_key(signing.key.clone()).await.unwrap();
        signing
    }

    /// A key that the log does not know yet.
    pub fn with(app: &TestApp, name: &str, seed: u8) -> Self {
        let secret = SigningKey::from_seed(name, &[seed; 32]).unwrap();
        let file = app.file(&format!("key-{seed}.txt"), &format!("{}\n", secret.to_secret_text()));
        let key = secret.verifier().clone();
        Self { store: app.store.clone().with_signer(secret), key, file }
    }

    /// Runs the command line with the key.
    pub fn cli(&self, app: &TestApp, arguments: &[&str]) -> Output {
        let mut command = app.command(arguments);
        command.env("MULU_SIGNING_KEY", &self.file);
        run(command)
    }

    /// Runs the command line with the key and expects it to succeed.
    pub fn ok(&self, app: &TestApp, arguments: &[&str]) -> String {
        let output = self.cli(app, arguments);
        assert_eq!(output.code, Some(0), "mulu {arguments:?}: {}{}", output.stdout, output.stderr);
        output.stdout
    }
}

/// What `examples/verify/verify.py` says of several files, in one process.
pub fn python(key: &VerifierKey, files: &[Vec<u8>]) -> Vec<bool> {
    let lines: String = files.iter().map(|file| BASE64_STANDARD.encode(file) + "\n").collect();
    let mut input = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut input, lines.as_bytes()).unwrap();
    std::io::Seek::rewind(&mut input).unwrap();
    let mut command = Command::new("python3");
    command.arg(source("examples/verify/verify.py")).args(["--batch", "--key", &key.to_string()]);
    let output = command.stdin(Stdio::from(input)).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let verdicts: Vec<bool> = text.lines().map(|line| line == "ok").collect();
    assert_eq!(verdicts.len(), files.len(), "{}", String::from_utf8_lossy(&output.stderr));
    verdicts
}

/// Publishes with a store that signs.
pub async fn publish_with(store: &Store, catalogue: &str, day: &str, rows: usize) {
    let documents = vec![document(catalogue, day, rows)];
    let (staged, findings) = store.stage(documents, Then::Publish, || {}).await.unwrap();
    assert_eq!(staged.len(), 1, "{findings:?}");
}

/// Some versions and other events, so that the log's tree is no perfect one.
pub async fn signed_history(store: &Store) {
    for (day, rows) in [("2026-01-01", 3), ("2026-02-01", 5), ("2026-03-01", 7)] {
        publish_with(store, "513230000000-12", day, rows).await;
        publish_with(store, "513230000000-20", day, 1).await;
    }
    let (catalogue, from) = ("513230000000-20".parse().unwrap(), "2026-06-01".parse().unwrap());
    let withdrawal = Withdrawal { catalogue, number: 2, from, reason: Text::new("误发") };
    store.withdraw(withdrawal).await.unwrap();
    publish_with(store, "513230100000-12", "2026-01-01", 2).await;
}

/// Both verifiers say the same; what they say.
pub fn verdict(file: &str, key: &VerifierKey) -> bool {
    let rust = proof::verify(file.as_bytes(), key, None);
    assert_eq!([rust.is_ok()], *python(key, &[file.as_bytes().to_vec()]), "{rust:?}: {file}");
    rust.is_ok()
}

/// The revisions that have a checkpoint.
pub async fn checkpoints(store: &Store) -> Vec<u64> {
    let mut found = Vec::new();
    for revision in 1..=store.head().await.unwrap() {
        if store.checkpoint_of(revision).await.unwrap().is_some() {
            found.push(revision);
        }
    }
    found
}
