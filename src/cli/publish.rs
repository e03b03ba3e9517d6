//! `mulu draft`, `publish`, `withdraw`, `close`.

use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use serde_json::Value;

use super::{
    compared::{self, Color},
    ending::line,
    print_json, say,
};
use crate::{
    catalogue::{code::CatalogueCode, event::Closed, text::Text},
    error::Result,
    store::{Store, Then, Withdrawal},
};

#[derive(Debug, Subcommand)]
pub(super) enum DraftCommand {
    /// List drafts
    List {
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what a draft would change of the last version
    Diff {
        /// Digest (or eight digits and more of it) or catalogue code
        draft: String,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
        /// When to colour
        #[arg(long, value_enum, default_value_t)]
        color: Color,
    },
    /// Throw a draft away
    Discard {
        /// Digest (or eight digits and more of it) or catalogue code
        draft: String,
    },
}

impl DraftCommand {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode> {
        match self {
            Self::List { json } => {
                let drafts = store.drafts().await?;
                if json {
                    print_json(&drafts)?;
                } else {
                    drafts.iter().for_each(|d| {
                        say(format_args!("{} #{} {} {}", d.catalogue, d.number, d.digest, d.created_at))
                    });
                }
            }
            Self::Diff { draft, json, color } => {
                match store.preview_draft(store.resolve_draft(&draft).await?).await? {
                    Some(difference) if json => print_json(&difference)?,
                    Some(difference) => compared::print(&difference, color),
                    None if json => print_json(&Value::Null)?,
                    None => say("首个版本，没有可比较的 the first version: nothing to compare it with"),
                }
            }
            Self::Discard { draft } => store.discard(store.resolve_draft(&draft).await?).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

pub(super) async fn publish(store: &Store, keys: &[String]) -> Result<ExitCode> {
    let mut drafts = Vec::with_capacity(keys.len());
    for key in keys {
        drafts.push(store.resolve_draft(key).await?);
    }
    let published = store.publish(&drafts).await?;
    published.iter().for_each(|staged| say(format_args!("{}", line(staged, Then::Publish))));
    Ok(ExitCode::SUCCESS)
}

#[derive(Debug, Args)]
pub(super) struct Withdraw {
    /// Catalogue code
    catalogue: CatalogueCode,
    /// Number of the version
    number: u32,
    /// The first day on which it is void (YYYY-MM-DD)
    #[arg(long)]
    from: NaiveDate,
    /// Why; becomes part of the log
    #[arg(long)]
    reason: String,
}

impl Withdraw {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode> {
        let Self { catalogue, number, from, reason } = self;
        let line = format!("{catalogue} #{number}");
        let revision =
            store.withdraw(Withdrawal { catalogue, number, from, reason: Text::new(&reason) }).await?;
        say(format_args!("{line}: 已撤回 withdrawn from {from}, revision {revision}"));
        Ok(ExitCode::SUCCESS)
    }
}

#[derive(Debug, Args)]
pub(super) struct Close {
    /// Catalogue code
    catalogue: CatalogueCode,
    /// The first day on which nothing of it is in force (YYYY-MM-DD)
    #[arg(long)]
    from: NaiveDate,
    /// Why; becomes part of the log
    #[arg(long)]
    reason: String,
    /// The catalogue that takes its place
    #[arg(long)]
    successor: Option<CatalogueCode>,
}

impl Close {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode> {
        let Self { catalogue, from, reason, successor } = self;
        let line = catalogue.to_string();
        let closed = Closed { catalogue, from, reason: Text::new(&reason), successor };
        let revision = store.close_catalogue(closed).await?;
        say(format_args!("{line}: 已停用 closed from {from}, revision {revision}"));
        Ok(ExitCode::SUCCESS)
    }
}
