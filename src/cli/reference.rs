//! `mulu reference`.

use std::{path::PathBuf, process::ExitCode};

use clap::Subcommand;
use serde_json::json;

use super::{files, print_json, print_report, progress, say};
use crate::{
    bundled,
    catalogue::reference::Register,
    error::{Error, Result},
    import::{File, Report, read_references},
    store::{Loaded, Store},
};

#[derive(Debug, Subcommand)]
pub(super) enum ReferenceCommand {
    /// Load registers from .csv or .ndjson, all or nothing; what is there already stays
    Load {
        /// Files; which register one holds is told from its columns
        #[arg(required_unless_present = "bundled")]
        files: Vec<PathBuf>,
        /// The register that the files hold: domain, channel, division, unit, assignment, legalBasis, alias or element
        #[arg(long)]
        register: Option<Register>,
        /// Load what this program brings along: domains, channels, divisions, units, assignments, legal bases
        #[arg(long)]
        bundled: bool,
        /// Print the outcome as JSON
        #[arg(long)]
        json: bool,
    },
}

impl ReferenceCommand {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode> {
        let Self::Load { files: paths, register, bundled, json } = self;
        let mut all = if bundled { bundled::reference() } else { Vec::new() };
        all.extend(files(&paths)?);
        let (loaded, report) = load(store, &all, register).await?;
        if json {
            print_json(
                &json!({ "refused": report.refused(), "registers": loaded, "findings": report.findings }),
            )?;
        } else {
            print_report(&report);
            for load in &loaded {
                let state =
                    load.revision.map_or("无变化 unchanged".to_owned(), |r| format!("revision {r}"));
                say(format_args!(
                    "{}: {} records, {} changed, {state}",
                    load.register, load.records, load.changed
                ));
            }
        }
        Ok(if report.refused() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// Reads registers from files and loads them, all or none.
pub(super) async fn load(
    store: &Store,
    files: &[File],
    register: Option<Register>,
) -> Result<(Vec<Loaded>, Report)> {
    let (mut references, mut report) = read_references(files, register);
    if report.refused() {
        return Ok((Vec::new(), report));
    }
    if references.records.is_empty() {
        return Err(Error::bad_input("文件中没有登记项", "the files hold no records"));
    }
    let records = std::mem::take(&mut references.records);
    let bar = progress(records.values().map(Vec::len).sum());
    let (loaded, findings) = store.load_reference(records, |done| bar.inc(done as u64)).await?;
    bar.finish_and_clear();
    for (register, finding) in findings {
        let origin = references.origin(register, finding.place.row.unwrap_or_default());
        report.extend([finding], &origin);
    }
    Ok((loaded, report))
}
