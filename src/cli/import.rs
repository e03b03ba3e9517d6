//! `mulu import`.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use serde_json::json;

use super::{files, print_json, print_report, progress, say};
use crate::{
    error::Result,
    import::{File, Report, read_documents},
    store::{Staged, Store, Then},
};

#[derive(Debug, Args)]
pub(super) struct Import {
    /// Files in the canonical form, .ndjson or .csv
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Check everything and say what would happen, without changing anything
    #[arg(long, conflicts_with = "publish")]
    dry_run: bool,
    /// Publish at once what passes
    #[arg(long)]
    publish: bool,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

impl Import {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode> {
        let then = match (self.dry_run, self.publish) {
            (true, _) => Then::Forget,
            (false, true) => Then::Publish,
            (false, false) => Then::Keep,
        };
        let (staged, report) = stage(store, &files(&self.files)?, then).await?;
        if self.json {
            let refused = report.refused();
            print_json(
                &json!({ "refused": refused, "dryRun": self.dry_run, "versions": staged, "findings": report.findings }),
            )?;
        } else {
            print_report(&report);
            staged.iter().for_each(|staged| say(format_args!("{}", line(staged, then))));
        }
        Ok(if report.refused() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// Reads files and stages what they say, all or none.
pub(super) async fn stage(store: &Store, files: &[File], then: Then) -> Result<(Vec<Staged>, Report)> {
    let (parsed, mut report) = read_documents(files);
    if report.refused() {
        return Ok((Vec::new(), report));
    }
    let (documents, origins): (Vec<_>, Vec<_>) =
        parsed.into_iter().map(|one| (one.document, one.origin)).unzip();
    let bar = progress(documents.len());
    let (staged, findings) = store.stage(documents, then, || bar.inc(1)).await?;
    bar.finish_and_clear();
    findings.into_iter().for_each(|(document, finding)| report.extend([finding], &origins[document]));
    Ok((staged, report))
}

pub(super) fn line(staged: &Staged, then: Then) -> String {
    let Staged { catalogue, number, digest, size, revision, unchanged } = staged;
    let state = match (unchanged, revision, then) {
        (true, ..) => "无变化 unchanged".to_owned(),
        (_, Some(revision), _) => format!("已发布 published, revision {revision}"),
        (_, None, Then::Forget) => "可导入 would be a draft".to_owned(),
        (_, None, _) => "草案 draft".to_owned(),
    };
    format!("{catalogue} #{number} {digest} ({size}): {state}")
}
