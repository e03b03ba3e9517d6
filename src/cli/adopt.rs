//! `mulu adopt`.

use std::{path::PathBuf, process::ExitCode, str::FromStr};

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use serde_json::json;

use super::{ending::line, print_json, print_report, say};
use crate::{
    catalogue::{
        adopt::{Coverage, Side},
        code::{CatalogueCode, DivisionCode, ItemCode},
        text::Text,
        version::{CatalogueKind, Omission},
    },
    error::{Error, Result},
    import::{Origin, Report, write_ndjson},
    store::{AdoptionRequest, Prepared, Store, Then},
};

#[derive(Debug, Args)]
pub(super) struct Adopt {
    /// Upstream catalogue, and #NUMBER for another version than the one in force
    #[arg(long, value_name = "CATALOGUE[#NUMBER]")]
    from: Source,
    /// The place that adopts it (6, 9 or 12 digits), below that of the upstream catalogue
    #[arg(long, value_name = "CODE")]
    division: DivisionCode,
    /// What kind of catalogue it makes: a village list in a village, else a standard one
    #[arg(long)]
    kind: Option<Kind>,
    /// A short name of the version; upstream's if left out
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
    /// The day from which it is in force (YYYY-MM-DD); if left out today in Asia/Shanghai, or the day of the last
    /// version where that is later
    #[arg(long, value_name = "DATE")]
    effective_from: Option<NaiveDate>,
    /// A remark; that of the last version if left out
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Leave an upstream item out, and why; may be given several times
    #[arg(long, value_name = "ITEM=REASON")]
    omit: Vec<LeftOut>,
    /// Take an item over that was left out before; may be given several times
    #[arg(long, value_name = "ITEM")]
    include: Vec<ItemCode>,
    /// Whose words hold where upstream and this place changed one element in different ways
    #[arg(long, value_enum, default_value = "ours")]
    take: Take,
    /// Publish at once what passes
    #[arg(long, conflicts_with_all = ["dry_run", "out"])]
    publish: bool,
    /// Check everything and say what would happen, without changing anything
    #[arg(long)]
    dry_run: bool,
    /// Write it to this file in the import's form, to be edited and imported, instead of keeping a draft
    #[arg(long, value_name = "FILE.ndjson")]
    out: Option<PathBuf>,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

impl Adopt {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode> {
        let then = match (self.dry_run || self.out.is_some(), self.publish) {
            (true, _) => Then::Forget,
            (false, true) => Then::Publish,
            (false, false) => Then::Keep,
        };
        let (out, json) = (self.out.clone(), self.json);
        let dry_run = self.dry_run;
        let prepared = store.adoption(self.request()).await?;
        let (staged, found) = store.stage_adoption(&prepared, then).await?;
        let mut report = Report::default();
        let place = place(&prepared, out.as_ref());
        report.extend(prepared.adopted.findings.iter().cloned().chain(found), &place);
        let coverage = prepared.adopted.coverage;
        if let Some(path) = out.filter(|_| !report.refused() && !dry_run) {
            write(&path, &prepared)?;
        }
        if json {
            let (refused, versions) = (report.refused(), Vec::from_iter(&staged));
            print_json(&json!({
                "refused": refused, "dryRun": dry_run, "versions": versions, "coverage": coverage,
                "findings": report.findings,
            }))?;
        } else {
            print_report(&report);
            if let Some(staged) = &staged {
                say(line(staged, then));
                say(said(coverage));
            }
        }
        Ok(if report.refused() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    fn request(self) -> AdoptionRequest {
        let text = |text: Option<String>| text.map(|text| Text::new(&text)).filter(|text| !text.is_empty());
        AdoptionRequest {
            from: self.from.catalogue,
            number: self.from.number,
            division: self.division,
            kind: self.kind.map(CatalogueKind::from),
            label: text(self.label),
            effective_from: self.effective_from,
            note: text(self.note),
            omissions: self.omit.into_iter().map(|left_out| left_out.0).collect(),
            include: self.include,
            take: match self.take {
                Take::Ours => Side::Ours,
                Take::Theirs => Side::Theirs,
            },
        }
    }
}

/// Where findings stand: the lines of the file, whether it is written or not.
fn place(prepared: &Prepared, out: Option<&PathBuf>) -> Origin {
    let document = &prepared.adopted.document;
    let catalogue = document.header.catalogue.to_string();
    Origin {
        file: out.map_or(catalogue, |path| path.display().to_string()),
        header_line: 1,
        row_lines: (2..document.rows.len() + 2).collect(),
        ..Origin::default()
    }
}

fn write(path: &PathBuf, prepared: &Prepared) -> Result<()> {
    let text = write_ndjson(&prepared.adopted.document).map_err(Error::internal)?;
    std::fs::write(path, text).map_err(|error| {
        let path = path.display();
        Error::bad_input(format!("无法写入 {path}\u{FF1A}{error}"), format!("cannot write {path}: {error}"))
    })
}

fn said(coverage: Coverage) -> String {
    let Coverage { upstream, adopted, adapted, omitted, own } = coverage;
    let covered = adopted + adapted;
    format!(
        "覆盖 coverage {covered}/{upstream}: 采用 adopted {adopted}, 调整 adapted {adapted}, \
         未采用 omitted {omitted}; 自有 own {own}"
    )
}

/// `CATALOGUE` or `CATALOGUE#NUMBER`.
#[derive(Clone, Debug)]
struct Source {
    catalogue: CatalogueCode,
    number: Option<u32>,
}

impl FromStr for Source {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (code, number) = text.split_once('#').map_or((text, None), |(code, number)| (code, Some(number)));
        let number = number.map(str::parse).transpose();
        let number = number.map_err(|_| format!("`{text}` has no number after #"))?;
        Ok(Self { catalogue: code.parse().map_err(|error| format!("{error}"))?, number })
    }
}

/// `ITEM=REASON`.
#[derive(Clone, Debug)]
struct LeftOut(Omission);

impl FromStr for LeftOut {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (item, reason) = text.split_once('=').unwrap_or((text, ""));
        let reason = Text::new(reason);
        if reason.is_empty() {
            return Err("an omission needs a reason: ITEM=REASON".to_owned());
        }
        Ok(Self(Omission { item: item.parse().map_err(|error| format!("{error}"))?, reason }))
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Take {
    /// This place's
    Ours,
    /// Upstream's
    Theirs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Kind {
    Guideline,
    Standard,
    Supplementary,
    Village,
}

impl From<Kind> for CatalogueKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Guideline => Self::Guideline,
            Kind::Standard => Self::Standard,
            Kind::Supplementary => Self::Supplementary,
            Kind::Village => Self::Village,
        }
    }
}
