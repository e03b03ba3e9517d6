//! `mulu migrate`, `rebuild`, `verify`, `redact`.

use std::process::ExitCode;

use super::{print_json, progress, say};
use crate::{
    catalogue::{digest::Digest, text::Text},
    config::{Config, without_password},
    error::Result,
    store::Store,
};

pub(super) async fn migrate(store: &Store, config: &Config) -> Result<ExitCode> {
    store.migrate(&config.origin).await?;
    say(format_args!("{}: revision {}", without_password(&config.database_url), store.head().await?));
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn rebuild(store: &Store) -> Result<ExitCode> {
    let bar = progress(0);
    let rebuilt = store.rebuild(|done, total| follow(&bar, done, total)).await?;
    bar.finish_and_clear();
    print_json(&rebuilt)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn verify(store: &Store) -> Result<ExitCode> {
    let bar = progress(0);
    let checked = store.verify(|done, total| follow(&bar, done, total)).await?;
    bar.finish_and_clear();
    print_json(&checked)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn redact(store: &Store, digest: Digest, reason: &str) -> Result<ExitCode> {
    let revision = store.redact(digest, Text::new(reason)).await?;
    say(format_args!("{digest}: 已涂除 redacted, revision {revision}"));
    Ok(ExitCode::SUCCESS)
}

pub(super) fn follow(bar: &indicatif::ProgressBar, done: u64, total: u64) {
    bar.set_length(total);
    bar.set_position(done);
}
