//! What is to become of what a command stages, and how the outcome is told.

use std::process::ExitCode;

use clap::Args;

use super::{
    compared::{self, Color},
    print_json, print_report, say,
};
use crate::{
    error::Result,
    import::{self, Outcome},
    store::{Staged, Then},
};

/// The flags of commands that stage versions.
#[derive(Debug, Args)]
pub(super) struct Ending {
    /// Check everything and say what would happen, without changing anything
    #[arg(long, conflicts_with = "publish")]
    pub(super) dry_run: bool,
    /// Publish at once what passes
    #[arg(long)]
    publish: bool,
    /// Print the outcome as JSON
    #[arg(long)]
    pub(super) json: bool,
    /// When to colour what would change
    #[arg(long, value_enum, default_value_t)]
    color: Color,
}

impl Ending {
    pub(super) fn then(&self) -> Then {
        match (self.dry_run, self.publish) {
            (true, _) => Then::Forget,
            (false, true) => Then::Publish,
            (false, false) => Then::Keep,
        }
    }

    /// Prints the outcome. What is refused is a failure of the command.
    pub(super) fn tell(&self, outcome: &Outcome) -> Result<ExitCode> {
        if self.json {
            print_json(&outcome.json())?;
        } else {
            print_report(&outcome.report);
            for staged in &outcome.versions {
                say(line(staged, self.then()));
                staged.difference.iter().for_each(|difference| compared::print(difference, self.color));
            }
        }
        Ok(if outcome.refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// A version, and what became of it.
pub(super) fn line(staged: &Staged, then: Then) -> String {
    let Staged { catalogue, number, digest, size, .. } = staged;
    let state = import::state(staged, then == Then::Forget);
    format!("{catalogue} #{number} {digest} ({size}): {} {}", state.zh, state.en)
}
