//! `mulu proof`: the files that `mulu verify --file` checks. They are printed to the byte, without a line end.

use std::{io::Write, process::ExitCode};

use clap::Subcommand;

use super::ScopeArgs;
use crate::{
    catalogue::code::{CatalogueCode, ItemCode},
    error::{Error, Result},
    store::{Store, Subject, unsealed},
};

#[derive(Debug, Subcommand)]
pub(super) enum ProofCommand {
    /// That an item stands in the version in force
    Item {
        /// The item's code
        item: ItemCode,
        #[command(flatten)]
        scope: ScopeArgs,
    },
    /// That a version was published with just these entries
    Version {
        /// The catalogue's code
        catalogue: CatalogueCode,
        /// The version's number
        number: u32,
    },
    /// That the log has only grown between two checkpoints
    Consistency {
        /// The revision of the earlier checkpoint
        from: u64,
        /// The revision of the later one
        to: u64,
    },
    /// Print the newest checkpoint, or that of a revision
    Checkpoint {
        /// The revision
        revision: Option<u64>,
    },
}

impl ProofCommand {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode> {
        let text = match self {
            Self::Item { item, scope } => {
                let scope = store.scope(scope.into()).await?;
                let number = store.in_force(&item.catalogue, scope).await?;
                let subject = Subject::Item(&item);
                let proof = store.proof(item.catalogue.as_str(), number, subject, scope.revision).await?;
                proof.ok_or_else(unsealed)?
            }
            Self::Version { catalogue, number } => {
                let head = store.head().await?;
                let proof = store.proof(catalogue.as_str(), number, Subject::Version, head).await?;
                proof.ok_or_else(unsealed)?
            }
            Self::Consistency { from, to } => store.consistency_file(from, to).await?,
            Self::Checkpoint { revision: Some(revision) } => {
                let note = store.checkpoint_of(revision).await?;
                note.ok_or_else(|| Error::not_found("检查点", "checkpoint", revision))?
            }
            Self::Checkpoint { revision: None } => {
                store.checkpoint(store.head().await?).await?.ok_or_else(unsealed)?.1
            }
        };
        let mut out = std::io::stdout();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Error::internal)?;
        Ok(ExitCode::SUCCESS)
    }
}
