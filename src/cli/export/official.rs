//! Versions in the layout of the national template, for people.

use std::{collections::BTreeMap, process::ExitCode};

use serde::Serialize;
use serde_json::json;

use super::target::Target;
use crate::{
    catalogue::{
        adopt::Edition,
        digest::Digest,
        layout::{Hidden, Layout, NotShown},
        scope::Scope,
    },
    cli::{diff::VersionKey, print_json, say},
    error::{Error, Result},
    export::{self, FileKind},
    store::Store,
};

/// How many things of a kind are told of those that the file cannot show.
const EXAMPLES: usize = 3;

/// Something that the file cannot show, and the row, from 1, where it is of one.
#[derive(Debug, Serialize)]
struct Lost {
    row: Option<usize>,
    #[serde(flatten)]
    what: NotShown,
}

/// What is written, and where.
pub(super) struct Official {
    pub version: VersionKey,
    pub scope: Scope,
    pub kind: FileKind,
    pub target: Target,
    pub json: bool,
}

impl Official {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode> {
        let (scope, code) = (self.scope, &self.version.catalogue);
        let view = store.catalogue(code, scope).await?;
        let view = view.ok_or_else(|| Error::not_found("目录", "catalogue", code))?;
        let number = self
            .version
            .number
            .or(view.in_force)
            .ok_or_else(|| Error::none_in_force(&view.code, scope.effective_on))?;
        let edition = store.edition(&view, number, scope).await?;
        let glossary = store.glossary(code, scope).await?;
        let layout = Layout::of(&edition, glossary);
        let lost = lost(&layout, &edition);
        let bytes = export::write(&layout.table(&edition.rows), self.kind)?;
        let usual = format!("{code}-{number}.{}", self.kind.extension());
        let mut file = self.target.open(&usual)?;
        file.write(&bytes)?;
        let path = file.finish()?;
        let state = view.history.state(number, scope).map(|state| state.label()).unwrap_or_default();
        let Some(path) = path else { return Ok(ExitCode::SUCCESS) };
        if self.json {
            print_json(&json!({
                "file": path.display().to_string(), "bytes": bytes.len(), "digest": Digest::of(&bytes),
                "catalogue": code, "number": number, "version": edition.digest, "state": state,
                "rows": edition.rows.len(), "notShown": lost,
            }))?;
        } else {
            let (path, rows) = (path.display(), edition.rows.len());
            say(format_args!("{path}: 已导出 exported, {code} #{number} ({state}), {rows} 行 rows"));
            tell(&lost);
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn lost(layout: &Layout, edition: &Edition) -> Vec<Lost> {
    let whole = layout.not_shown_of_version().into_iter().map(|what| Lost { row: None, what });
    let of_row =
        |(place, row)| layout.not_shown(row).into_iter().map(move |what| Lost { row: Some(place), what });
    whole.chain((1..).zip(&edition.rows).flat_map(of_row)).collect()
}

fn tell(lost: &[Lost]) {
    if lost.is_empty() {
        return;
    }
    say("该版式未能呈现 what this layout cannot show (--json: all):");
    let mut kinds: BTreeMap<Hidden, Vec<&Lost>> = BTreeMap::new();
    lost.iter().for_each(|one| kinds.entry(one.what.kind).or_default().push(one));
    for (kind, all) in kinds {
        say(format_args!("  {} {}: {}", kind.label(), kind.label_en(), all.len()));
        for Lost { row, what } in all.iter().take(EXAMPLES) {
            let place = row.map(|row| format!("第 {row} 行 row {row}  ")).unwrap_or_default();
            say(format_args!("    {place}{}", what.text.replace('\n', " ")));
        }
        if all.len() > EXAMPLES {
            say("    \u{2026}");
        }
    }
}
