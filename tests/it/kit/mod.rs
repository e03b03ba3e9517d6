//! The test kit: a fresh database on either store, the command line, and documents with honest defaults.

mod asking;
mod browser;
mod database;
mod documents;
mod everything;
mod measure;
mod server;
mod serving;
mod signing;
mod soak;
mod start;
mod tables;

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

pub use asking::Asking;
pub use browser::Browser;
pub use database::{Backend, Database, TABLES};
pub use documents::{document, ndjson, publish, publish_texts, registers};
pub use everything::everything;
pub use measure::{cpu_ms, forget_peak, memory_kb};
use mulu::{clock::Clock, store::Store};
pub use server::{Reply, Server};
pub use serving::{Serving, Told};
pub use signing::{ORIGIN, Signing, checkpoints, publish_with, python, signed_history, verdict};
pub use soak::{cases, full, runner, timed};
pub use tables::{documents, edition, glossary, text};

/// The instant at which tests begin: 08:00 in Shanghai.
pub const NOW: &str = "2026-11-21T00:00:00Z";

/// Declares each test twice: on SQLite and on PostgreSQL.
macro_rules! on_both_stores {
    ($(async fn $name:ident($app:ident: TestApp) $body:block)*) => {
        $(mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn test($app: crate::kit::TestApp) $body

            #[tokio::test]
            async fn sqlite() {
                test(crate::kit::TestApp::new(crate::kit::Backend::Sqlite).await).await;
            }

            #[tokio::test]
            async fn postgres() {
                test(crate::kit::TestApp::new(crate::kit::Backend::Postgres).await).await;
            }
        })*
    };
}

/// A database with a begun log and a few registers, its store, and a clock that stands still.
pub struct TestApp {
    pub database: Database,
    pub store: Store,
    pub clock: Clock,
}

impl TestApp {
    /// Runs the command line on this database.
    pub fn cli(&self, arguments: &[&str]) -> Output {
        run(self.command(arguments))
    }

    /// The command line on this database, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = mulu(arguments);
        command.env("MULU_DATABASE_URL", &self.database.url);
        command
    }

    /// Runs the command line and expects it to succeed.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let output = self.cli(arguments);
        assert_eq!(output.code, Some(0), "mulu {arguments:?}: {}{}", output.stdout, output.stderr);
        output.stdout
    }

    /// A file in the database's own directory.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.database.directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

/// The command line without the settings of whoever runs the tests.
pub fn mulu(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mulu"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MULU_")) {
        command.env_remove(name);
    }
    command.env("MULU_NOW", NOW).args(arguments).stdin(Stdio::null());
    command
}

/// What a command said.
pub struct Output {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a command to its end.
pub fn run(mut command: Command) -> Output {
    let output = command.output().unwrap();
    Output {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A path in the source tree.
pub fn source(path: &str) -> String {
    root().join(path).display().to_string()
}

/// The source tree: where Cargo runs tests. A path from the build would not do: clones share a target
/// directory, and the tests of one may have been compiled in another.
pub fn root() -> PathBuf {
    std::env::current_dir().unwrap()
}
