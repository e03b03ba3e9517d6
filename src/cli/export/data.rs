//! Datasets in the formats of those who work with data.

use std::process::ExitCode;

use serde_json::json;

use super::target::Target;
use crate::{
    catalogue::{
        column::Columns,
        dataset::{Dataset, Publication},
        scope::Scope,
    },
    cli::{print_json, progress, say},
    error::Result,
    export::data::{DataFormat, FileName, Files, Measured, Measuring, Pinned},
    store::{Reader, Store},
};

/// What is written, and where.
pub(super) struct Data {
    pub dataset: Dataset,
    pub scope: Scope,
    pub format: DataFormat,
    pub target: Target,
    pub json: bool,
    pub publication: Publication,
}

impl Data {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode> {
        let Self { dataset, scope, format, target, json, publication } = self;
        let files = Files::new(Reader::new(store.clone()).await?, publication);
        let name = FileName { dataset, format };
        let mut download = files.open(&Pinned { name: name.clone(), scope }).await?;
        let mut file = target.open(&name.to_string().replace('/', "-"))?;
        let mut measuring = Measuring::default();
        let bar = progress(usize::try_from(download.most()).unwrap_or(usize::MAX));
        while let Some(piece) = download.next().await? {
            measuring.add(&piece);
            file.write(&piece)?;
            bar.set_position(download.written());
        }
        bar.finish_and_clear();
        let Measured { bytes, digest } = measuring.measured()?;
        let (rows, redacted) = (download.written(), download.redacted());
        let Scope { revision, effective_on } = download.scope();
        let Some(path) = file.finish()? else { return Ok(ExitCode::SUCCESS) };
        let path = path.display().to_string();
        if json {
            print_json(&json!({
                "file": path, "bytes": bytes, "digest": digest, "rows": rows, "redacted": redacted,
                "revision": revision, "effectiveOn": effective_on, "columns": Columns::declared().version,
            }))?;
        } else {
            say(format_args!("{path}: 已导出 exported, {rows} 行 rows, {digest}"));
            if redacted > 0 {
                say(format_args!("  其中有涂除 with redactions: {redacted}"));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
