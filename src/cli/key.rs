//! `mulu key`.

use std::{io::Write, os::unix::fs::OpenOptionsExt, path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use zeroize::Zeroizing;

use super::say;
use crate::{
    catalogue::key::{BadKey, SigningKey, VerifierKey},
    error::{Error, Result},
    store::Store,
};

#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Make a signing key: write it to a file that only its owner reads, print its verifier key
    Generate(Generate),
    /// Record in the log that checkpoints by this key count from here on
    Register {
        /// The verifier key that `mulu key generate` printed
        #[arg(value_parser = verifier)]
        key: VerifierKey,
    },
}

#[derive(Clone, Debug, Args)]
pub(super) struct Generate {
    /// Name of the key: the origin of the log that it signs; the setting `origin` if left out
    #[arg(long)]
    name: Option<String>,
    /// File to write, which must not be there yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl KeyCommand {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode> {
        if let Self::Register { key } = self {
            let line = key.to_string();
            let (revision, new) = store.register_key(key).await?;
            let state = if new { "已登记 registered" } else { "早已登记 registered before" };
            say(format_args!("{line}: {state}, revision {revision}"));
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Generate {
    pub(super) fn run(self, origin: &str) -> Result<ExitCode> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut()).map_err(|error| Error::internal(error.to_string()))?;
        let name = self.name.as_deref().unwrap_or(origin);
        let key = SigningKey::from_seed(name, &seed).map_err(|error| {
            Error::bad_input(format!("密钥名称无效：{name}"), format!("`{name}`: {error}"))
        })?;
        let refuse = |error: std::io::Error| {
            let path = self.out.display();
            Error::bad_input(format!("无法写入 {path}：{error}"), format!("cannot write {path}: {error}"))
        };
        // A key that is written over is a log that nobody can go on signing.
        let options = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.out);
        let mut file = options.map_err(refuse)?;
        let line = Zeroizing::new(key.to_secret_text() + "\n");
        file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).map_err(refuse)?;
        say(key.verifier());
        Ok(ExitCode::SUCCESS)
    }
}

/// A verifier key on the command line.
pub(super) fn verifier(text: &str) -> std::result::Result<VerifierKey, BadKey> {
    text.parse()
}
