//! What an import came to, and the kinds of files that say so.

use std::path::Path;

use serde_json::{Value, json};

use super::{Report, html, xlsx};
use crate::{
    catalogue::check::Message,
    error::{Error, Result},
    store::Staged,
};

/// What an import came to, and what its reports tell.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Whether something was wrong, so that nothing went in.
    pub refused: bool,
    /// Whether nothing was to be changed in any case.
    pub dry_run: bool,
    /// The versions that came of it; none where it was refused.
    pub versions: Vec<Staged>,
    /// What was found.
    pub report: Report,
}

impl Outcome {
    /// What became of the files.
    pub fn new(versions: Vec<Staged>, report: Report, dry_run: bool) -> Self {
        Self { refused: report.refused(), dry_run, versions, report }
    }

    /// The object that `--json` prints, which is also the report for programs.
    pub fn json(&self) -> Value {
        let Self { refused, dry_run, versions, report } = self;
        json!({ "refused": refused, "dryRun": dry_run, "versions": versions, "findings": report.findings })
    }

    /// What became of one of the versions.
    pub fn state(&self, version: &Staged) -> Message {
        state(version, self.dry_run)
    }
}

/// What became of a version.
pub fn state(version: &Staged, dry_run: bool) -> Message {
    match (version.unchanged, version.revision) {
        (true, _) => Message::new("无变化", "unchanged"),
        (_, Some(revision)) => Message::new("已发布", format!("published, revision {revision}")),
        (_, None) if dry_run => Message::new("可导入", "would be a draft"),
        (_, None) => Message::new("草案", "draft"),
    }
}

/// A kind of file (报告格式) that the outcome of an import is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportKind {
    /// For programs: the object that `--json` prints.
    Json,
    /// A page that stands on its own.
    Html,
    /// The tables themselves, their cells coloured and commented.
    Xlsx,
}

impl ReportKind {
    /// The kind that a file's name asks for.
    ///
    /// # Errors
    ///
    /// `BAD_INPUT` for an ending of none of them.
    pub fn of(path: &Path) -> Result<Self> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("json") => Ok(Self::Json),
            Some("html") => Ok(Self::Html),
            Some("xlsx") => Ok(Self::Xlsx),
            _ => Err(Error::bad_input(
                format!("报告文件名须以 .json、.html 或 .xlsx 结尾\u{ff1a}{}", path.display()),
                format!("the name of a report ends with .json, .html or .xlsx: {}", path.display()),
            )),
        }
    }

    /// The bytes of a report. One outcome makes the same bytes each time.
    pub fn write(self, outcome: &Outcome) -> Result<Vec<u8>> {
        match self {
            Self::Json => {
                let mut bytes = serde_json::to_vec_pretty(&outcome.json()).map_err(Error::internal)?;
                bytes.push(b'\n');
                Ok(bytes)
            }
            Self::Html => Ok(html::write(outcome).into_bytes()),
            Self::Xlsx => xlsx::write(outcome),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_tells_the_kind() {
        let kinds =
            ["a.json", "a.b/报告.HTML", "a.Xlsx"].map(|name| ReportKind::of(Path::new(name)).unwrap());
        assert_eq!(kinds, [ReportKind::Json, ReportKind::Html, ReportKind::Xlsx]);
        for name in ["report", "report.xls", ".xlsx", "report.json.txt", ""] {
            assert_eq!(ReportKind::of(Path::new(name)).unwrap_err().code(), "BAD_INPUT", "{name}");
        }
    }
}
