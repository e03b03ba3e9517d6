//! `mulu unit`.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{print_report, reference, say};
use crate::{
    catalogue::{
        code::{DivisionCode, UnitCode},
        reference::Register,
    },
    error::{Error, Result},
    import::File,
    store::Store,
};

#[derive(Debug, Subcommand)]
pub(super) enum UnitCommand {
    /// Record which registered unit a printed name means, so that imports and reads know it
    Alias(Alias),
}

#[derive(Debug, Args)]
pub(super) struct Alias {
    /// The name as tables print it
    text: String,
    /// The unit's code, 530115000000-U001
    #[arg(long, value_name = "UNIT")]
    means: UnitCode,
    /// The place in which, and below which, the name means it; without it everywhere
    #[arg(long, value_name = "CODE")]
    division: Option<DivisionCode>,
    /// Who decided so, and why
    #[arg(long)]
    source: Option<String>,
}

impl UnitCommand {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode> {
        let Self::Alias(alias) = self;
        // A decision is a record of the register `alias`, so it goes in by the same door.
        let (loaded, report) = reference::load(store, &[alias.file()?], Some(Register::Alias)).await?;
        print_report(&report);
        for load in &loaded {
            match load.revision {
                Some(revision) => say(format_args!("{} → {} · revision {revision}", alias.text, alias.means)),
                None => say(format_args!("{} → {} · 无变化 unchanged", alias.text, alias.means)),
            }
        }
        Ok(if report.refused() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

impl Alias {
    fn file(&self) -> Result<File> {
        let division = self.division.as_ref().map(ToString::to_string).unwrap_or_default();
        let means = self.means.to_string();
        let mut lines = csv::Writer::from_writer(Vec::new());
        let row = ["unit", &division, &self.text, &means, self.source.as_deref().unwrap_or_default()];
        for record in [["register", "division", "text", "target", "source"], row] {
            lines.write_record(record).map_err(Error::internal)?;
        }
        let bytes = lines.into_inner().map_err(|error| Error::internal(error.to_string()))?;
        Ok(File { name: "alias.csv".to_owned(), bytes })
    }
}
