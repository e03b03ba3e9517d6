//! `mulu reference`.

use std::{path::PathBuf, process::ExitCode};

use chrono::NaiveDate;
use clap::Subcommand;
use serde_json::json;

use super::{files, print_json, print_report, progress, say};
use crate::{
    bundled,
    catalogue::{code::DivisionCode, reference::Register},
    error::{Error, Result},
    import::{File, References, Report, TaskOptions, read_references, read_tasks},
    store::{Loaded, Store},
};

#[derive(Debug, Subcommand)]
pub(super) enum ReferenceCommand {
    /// Load registers from .csv or .ndjson, or assignments from a table of tasks of any kind, all or nothing; what is
    /// there already stays
    Load {
        /// Files; which register a .csv or .ndjson holds is told from its columns, all others are tables of tasks
        #[arg(required_unless_present = "bundled")]
        files: Vec<PathBuf>,
        /// The register that the files hold: domain, channel, division, unit, assignment, legalBasis, alias or element
        #[arg(long)]
        register: Option<Register>,
        /// The place of a table that says which unit answers for which domain (任务分解表)
        #[arg(long, value_name = "CODE")]
        division: Option<DivisionCode>,
        /// The day from which units answer as such a table says (YYYY-MM-DD); without it no day is recorded
        #[arg(long, value_name = "DATE", requires = "division")]
        valid_from: Option<NaiveDate>,
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
        let Self::Load { files: paths, register, division, valid_from, bundled, json } = self;
        let mut all = if bundled { bundled::reference() } else { Vec::new() };
        all.extend(files(&paths)?);
        let tasks = division.map(|division| TaskOptions { division, valid_from });
        let (loaded, report) = load_with(store, all, register, tasks).await?;
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
    let (references, report) = read_references(files, register);
    record(store, references, report).await
}

/// The same, with tables of tasks among the files where a place is given.
async fn load_with(
    store: &Store,
    files: Vec<File>,
    register: Option<Register>,
    tasks: Option<TaskOptions>,
) -> Result<(Vec<Loaded>, Report)> {
    let Some(asked) = tasks else { return load(store, &files, register).await };
    let (tables, files): (Vec<File>, Vec<File>) = files.into_iter().partition(|file| {
        let name = file.name.to_lowercase();
        ![".csv", ".ndjson", ".jsonl"].iter().any(|end| name.ends_with(end))
    });
    if tables.is_empty() || register.is_some_and(|register| register != Register::Assignment) {
        return Err(Error::bad_input(
            "--division 用于任务分解表（.xlsx、.docx、.html 等），所载为责任分工 assignment",
            "--division is for tables of tasks (.xlsx, .docx, .html …), which hold the register assignment",
        ));
    }
    let (mut references, mut report) = read_references(&files, register);
    let (assigned, found) = read_tasks(store, &tables, &asked).await?;
    references.extend(assigned);
    report.findings.extend(found.findings);
    record(store, references, report).await
}

async fn record(
    store: &Store,
    mut references: References,
    mut report: Report,
) -> Result<(Vec<Loaded>, Report)> {
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
