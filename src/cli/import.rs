//! `mulu import`.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use chrono::NaiveDate;
use clap::Args;
use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};

use super::{adopt::Kind, ending::Ending, files, progress, report_file::ReportFile, say};
use crate::{
    catalogue::{
        code::{DivisionCode, DomainCode},
        text::Text,
        version::CatalogueKind,
    },
    error::{Error, Result},
    import::{self, Asked, File, Options, Outcome, Progress, Report, ReportKind, Step, Wanted},
    store::{Staged, Store, Then},
};

#[derive(Debug, Args)]
pub(super) struct Import {
    /// Files of any kind: .xlsx, .xls, .ods, .csv, .tsv, .html, .docx, .md, .txt, and the canonical .ndjson, .csv
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The place whose catalogue a table is; without it the title says
    #[arg(long, value_name = "CODE")]
    division: Option<DivisionCode>,
    /// The domain of a table, 00 for all; without it the title says
    #[arg(long, value_name = "CODE")]
    domain: Option<String>,
    /// The kind of catalogue; without it a village list in a village, else a standard catalogue
    #[arg(long)]
    kind: Option<Kind>,
    /// A short name of the version; without it the year
    #[arg(long)]
    label: Option<String>,
    /// The day from which a table's version is in force (YYYY-MM-DD); without it today, or the last version's where
    /// that is later
    #[arg(long, value_name = "DATE")]
    effective_from: Option<NaiveDate>,
    /// A remark about the version; without it what stands as 注 below a table, else the last version's
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Refuse files in which an item lacks one of the eight mandatory elements
    #[arg(long)]
    complete: bool,
    /// Take rows for the items of the last version that they are only likely to be
    #[arg(long)]
    accept: bool,
    #[command(flatten)]
    ending: Ending,
    /// Write the outcome to a file, .json, .html or .xlsx: also where it is refused
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

impl Import {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode> {
        let then = self.ending.then();
        let kind = self.report.as_deref().map(ReportKind::of).transpose()?;
        let (options, files) = (self.options()?, files(&self.files)?);
        let file = self.report.as_deref().zip(kind);
        let file = file.map(|(path, kind)| ReportFile::open(path, kind, &self.files)).transpose()?;
        let bar = if self.ending.json { ProgressBar::hidden() } else { rows_bar() };
        let (mut staged, report) = stage(store, &files, then, &options, &bar).await?;
        if file.is_some() {
            differences(store, &mut staged).await?;
        }
        let outcome = Outcome::new(staged, report, self.ending.dry_run);
        let exit = self.ending.tell(&outcome)?;
        if let Some(file) = file {
            let written = format!("报告 report: {}", file.write(&outcome)?.display());
            // What is printed with --json is JSON and nothing else.
            if self.ending.json { eprintln!("{written}") } else { say(written) }
        }
        Ok(exit)
    }

    /// What the person says of tables; files in the canonical form say it themselves.
    fn options(&self) -> Result<Options> {
        let domain = match self.domain.as_deref() {
            None => None,
            Some("00") => Some(None),
            Some(code) => Some(Some(code.parse::<DomainCode>().map_err(|error| {
                Error::bad_input(format!("领域代码应如 04、X01 或 00：{code}"), error.to_string())
            })?)),
        };
        Ok(Options {
            asked: Asked {
                division: self.division.clone(),
                domain,
                kind: self.kind.map(CatalogueKind::from),
            },
            wanted: Wanted {
                label: self.label.as_deref().map(Text::new),
                effective_from: self.effective_from,
                note: self.note.as_deref().map(Text::new).filter(|note| !note.is_empty()),
                accept: self.accept,
                complete: self.complete,
            },
        })
    }
}

/// Reads files and stages what they say, all or none; `bar` shows how far that has come.
pub(super) async fn stage(
    store: &Store,
    files: &[File],
    then: Then,
    options: &Options,
    bar: &ProgressBar,
) -> Result<(Vec<Staged>, Report)> {
    let mut tell = |progress: Progress| {
        let step = match progress.step {
            Step::Reading => "读取 reading",
            Step::Matching => "比对 matching",
        };
        if progress.done == 0 {
            begin(bar, step, progress.of);
        }
        bar.set_position(progress.done as u64);
    };
    let (parsed, mut report) = import::read_telling(store, files, options, &mut tell).await?;
    if report.refused() {
        bar.finish_and_clear();
        return Ok((Vec::new(), report));
    }
    let (documents, origins): (Vec<_>, Vec<_>) =
        parsed.into_iter().map(|one| (one.document, one.origin)).unzip();
    begin(bar, "写入 storing", documents.len());
    let (mut staged, findings) = store.stage(documents, then, || bar.inc(1)).await?;
    for one in &mut staged {
        let Some(draft) = one.draft.take() else { continue };
        one.difference = store.preview(draft.digest, &draft.version, &draft.objects).await?;
    }
    bar.finish_and_clear();
    findings.into_iter().for_each(|(document, finding)| report.extend([finding], &origins[document]));
    Ok((staged, report))
}

/// A bar for rows, which says what is done with them.
pub(super) fn rows_bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} {elapsed}");
    let bar = progress(0).with_finish(ProgressFinish::AndClear);
    // Time goes on also where a step has a single part.
    bar.enable_steady_tick(Duration::from_millis(200));
    style.map_or(bar.clone(), |style| bar.with_style(style))
}

/// Begins the next step of a bar.
fn begin(bar: &ProgressBar, step: &'static str, parts: usize) {
    bar.set_message(step);
    bar.set_length(parts as u64);
    bar.set_position(0);
}

/// For a report, what those versions change that were made and not only tried.
async fn differences(store: &Store, staged: &mut [Staged]) -> Result<()> {
    for one in staged.iter_mut().filter(|one| !one.unchanged && one.difference.is_none()) {
        one.difference = match one.revision {
            Some(_) => store.changed_by(&one.catalogue, one.number).await?,
            None if one.number > 1 => store.preview_draft(one.digest).await?,
            None => None,
        };
    }
    Ok(())
}
