//! `mulu backup`, `restore`.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use super::{log::follow, print_json, progress, say};
use crate::{config::Config, error::Result, store::Store};

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// File to write; drafts are in it as well, so only its owner may read it
    file: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

impl Backup {
    pub(super) async fn run(self, store: &Store, config: &Config) -> Result<ExitCode> {
        let taken = store.backup(&config.database_url, &self.file, self.force).await?;
        if self.json {
            print_json(&taken)?;
        } else {
            let file = self.file.display();
            say(format_args!("{file}: 已备份 backed up, revision {}", taken.revision));
            say(format_args!("  日志 log, root {}", taken.root));
            say(format_args!("  文件 file, {} bytes, {}", taken.bytes, taken.digest));
        }
        Ok(ExitCode::SUCCESS)
    }
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// File that mulu backup wrote, on either store
    file: PathBuf,
    /// Print what was verified as JSON
    #[arg(long)]
    json: bool,
}

impl Restore {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode> {
        let bar = progress(0);
        let checked = store.restore(&self.file, |done, total| follow(&bar, done, total)).await?;
        bar.finish_and_clear();
        if self.json {
            print_json(&checked)?;
        } else {
            let file = self.file.display();
            say(format_args!("{file}: 已恢复并核验 restored and verified, revision {}", checked.events));
            say(format_args!("  日志 log, root {}", checked.root));
        }
        Ok(ExitCode::SUCCESS)
    }
}
