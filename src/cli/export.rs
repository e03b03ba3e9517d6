//! `mulu export`.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::json;

use super::{ScopeArgs, diff::VersionKey, print_json, say};
use crate::{
    catalogue::{
        adopt::Edition,
        digest::Digest,
        layout::{Hidden, Layout, NotShown},
    },
    error::{Error, Result},
    export::{self, FileKind},
    store::Store,
};

/// How many things of a kind are told of those that the file cannot show.
const EXAMPLES: usize = 3;

#[derive(Debug, Args)]
pub(super) struct Export {
    /// The catalogue, and #NUMBER for another version than the one in force
    #[arg(value_name = "CATALOGUE[#NUMBER]")]
    version: VersionKey,
    #[command(flatten)]
    scope: ScopeArgs,
    /// How the table is laid out
    #[arg(long, value_enum)]
    layout: LayoutName,
    /// What kind of file it is written to
    #[arg(long, value_enum)]
    format: Kind,
    /// The file; CATALOGUE-NUMBER.FORMAT in the working directory if left out
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
    /// Print the outcome as JSON, with all that the file cannot show
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LayoutName {
    /// As the national template has it
    Official,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Xlsx,
    Html,
    Docx,
}

impl From<Kind> for FileKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Xlsx => Self::Xlsx,
            Kind::Html => Self::Html,
            Kind::Docx => Self::Docx,
        }
    }
}

/// Something that the file cannot show, and the row, from 1, where it is of one.
#[derive(Debug, Serialize)]
struct Lost {
    row: Option<usize>,
    #[serde(flatten)]
    what: NotShown,
}

impl Export {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode> {
        let scope = store.scope(self.scope.into()).await?;
        let code = &self.version.catalogue;
        let view = store.catalogue(code, scope).await?;
        let view = view.ok_or_else(|| Error::not_found("目录", "catalogue", code))?;
        let number = self
            .version
            .number
            .or(view.in_force)
            .ok_or_else(|| Error::none_in_force(&view.code, scope.effective_on))?;
        let edition = store.edition(&view, number, scope).await?;
        let glossary = store.glossary(code, scope).await?;
        let LayoutName::Official = self.layout;
        let layout = Layout::of(&edition, glossary);
        let lost = lost(&layout, &edition);
        let kind = FileKind::from(self.format);
        let bytes = export::write(&layout.table(&edition.rows), kind)?;
        let usual = || PathBuf::from(format!("{code}-{number}.{}", kind.extension()));
        let path = self.out.clone().unwrap_or_else(usual);
        write(&path, &bytes, self.force)?;
        let state = view.history.state(number, scope).map(|state| state.label()).unwrap_or_default();
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

fn write(path: &Path, bytes: &[u8], force: bool) -> Result<()> {
    let opened = match force {
        true => File::create(path),
        false => OpenOptions::new().write(true).create_new(true).open(path),
    };
    opened.and_then(|mut file| file.write_all(bytes)).map_err(|error| {
        let path = path.display();
        if error.kind() == ErrorKind::AlreadyExists {
            return Error::bad_input(
                format!("{path} 已存在\u{ff08}覆盖请加 --force\u{ff09}"),
                format!("{path} is there already (--force replaces it)"),
            );
        }
        Error::bad_input(format!("无法写入 {path}\u{FF1A}{error}"), format!("cannot write {path}: {error}"))
    })
}
