//! The report of a run: every finding with its place in the user's own file, and what it is written to for people.

mod html;
mod marks;
mod outcome;
mod xlsx;

use serde::Serialize;

pub use outcome::{Outcome, ReportKind, state};

use super::{
    CellOrigin, Origin,
    finding::{Note, Placed},
    grid::Grid,
};
use crate::catalogue::check::{Finding, Message, Severity};

/// A finding in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Located {
    /// How grave it is.
    pub severity: Severity,
    /// The code of the rule or the [`super::finding::Code`].
    pub code: &'static str,
    /// The file.
    pub file: String,
    /// The sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The line of the file or the row of the sheet, from 1.
    pub line: usize,
    /// The address of the cell, B7, in a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// RFC 6901 pointer inside the line's document; empty for a finding about the table itself.
    pub pointer: String,
    /// The column of a CSV file, or the words over a column of a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The value that stands there, as printed.
    pub value: String,
    /// What it was understood to mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub understood: Option<String>,
    /// What the rule is about.
    pub message: Message,
    /// What was expected; absent where the message says it all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Message>,
    /// What a person might put there instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<String>,
    /// Where it stands among [`Report::grids`]; `None` for files in the canonical form.
    #[serde(skip)]
    pub place: Option<GridPlace>,
}

/// A cell, a row or a whole grid of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GridPlace {
    /// The index of the grid.
    pub grid: usize,
    /// The row of the grid, from 0; `None` for all of it.
    pub row: Option<usize>,
    /// The column, from 0; `None` for a whole row.
    pub column: Option<usize>,
}

/// Findings in the order of the files.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// The findings.
    pub findings: Vec<Located>,
    /// The sheets and pages that were read, each with the name of its file, so that findings can be shown in them.
    #[serde(skip)]
    pub grids: Vec<(String, Grid)>,
    /// The files, each with how many rows of catalogues were read from it.
    #[serde(skip)]
    pub files: Vec<(String, usize)>,
}

impl Report {
    /// Adds findings about a document.
    pub fn extend(&mut self, findings: impl IntoIterator<Item = Finding>, origin: &Origin) {
        self.findings.extend(findings.into_iter().map(|finding| locate(finding, origin)));
    }

    /// Adds notes about one of the grids, or about a file as a whole. `label` gives the words over a cell.
    pub fn note(
        &mut self,
        notes: impl IntoIterator<Item = Placed>,
        file: &str,
        grid: Option<usize>,
        label: impl Fn(Option<usize>, usize) -> Option<String>,
    ) {
        let of = grid.and_then(|at| Some((at, &self.grids.get(at)?.1)));
        self.findings.extend(notes.into_iter().map(|placed| located(placed, file, of, &label)));
    }

    /// Adds a note about a row of a document that is in the canonical form.
    pub fn note_row(&mut self, note: Note, row: usize, origin: &Origin) {
        let line = origin.row_lines.get(row).copied().unwrap_or(origin.header_line);
        let found = located(Placed::whole(note), &origin.file, None, |_, _| None);
        self.findings.push(Located { line, ..found });
    }

    /// Whether something is refused.
    pub fn refused(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// The findings, the gravest first, each with its number among all.
    pub fn by_severity(&self) -> Vec<(usize, &Located)> {
        let mut sorted: Vec<(usize, &Located)> = self.findings.iter().enumerate().collect();
        sorted.sort_by_key(|(_, finding)| finding.severity);
        sorted
    }

    /// How many findings are of this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

fn locate(finding: Finding, origin: &Origin) -> Located {
    let Finding { rule, place, value, expected } = finding;
    let line = match place.row {
        None => origin.header_line,
        Some(row) => origin.row_lines.get(row).copied().unwrap_or(origin.header_line),
    };
    let path = place.pointer.trim_start_matches('/').replace('/', ".");
    let covers = |column: &str| path == column || path.starts_with(&format!("{column}."));
    let column =
        origin.columns.iter().filter(|column| covers(column)).max_by_key(|column| column.len()).cloned();
    let row = place.row.and_then(|row| origin.rows.get(row));
    let cell = row.and_then(|row| row.cells.iter().find(|cell| covers(&cell.path)));
    Located {
        severity: rule.severity(),
        code: rule.code(),
        file: origin.file.clone(),
        sheet: row.and_then(|row| row.sheet.as_deref().map(str::to_owned)),
        line,
        cell: cell.and_then(CellOrigin::address),
        pointer: place.pointer,
        column: column.or_else(|| cell.map(|cell| cell.label.to_string())),
        value: shorten(value),
        understood: None,
        message: rule.title(),
        expected: Some(expected),
        proposal: None,
        place: match row {
            Some(row) => {
                Some(GridPlace { grid: row.grid, row: Some(row.row), column: cell.map(|cell| cell.column) })
            }
            None => origin.grid.map(|grid| GridPlace { grid, row: None, column: None }),
        },
    }
}

fn located(
    placed: Placed,
    file: &str,
    of: Option<(usize, &Grid)>,
    label: impl Fn(Option<usize>, usize) -> Option<String>,
) -> Located {
    let Placed { row, column, note } = placed;
    let grid = of.map(|(_, grid)| grid);
    let number = grid.zip(row).and_then(|(grid, row)| grid.rows.get(row)).map_or(1, |row| row.number);
    let cell = grid.zip(row.zip(column)).and_then(|(grid, (row, column))| grid.address(row, column));
    Located {
        severity: note.code.severity(),
        code: note.code.code(),
        file: file.to_owned(),
        sheet: grid.and_then(|grid| grid.sheet.clone()),
        line: number,
        cell,
        pointer: String::new(),
        column: column.and_then(|column| label(row, column)),
        value: shorten(note.text),
        understood: note.understood.map(shorten),
        message: note.code.title(),
        expected: note.expected,
        proposal: note.proposal.filter(|proposal| !proposal.is_empty()),
        place: of.map(|(grid, _)| GridPlace { grid, row, column }),
    }
}

/// A value that fits on a line of a report.
fn shorten(value: String) -> String {
    const MOST: usize = 120;
    match value.char_indices().nth(MOST) {
        None => value,
        Some((end, _)) => format!("{}…", &value[..end]),
    }
}

impl std::fmt::Display for Located {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let severity = self.severity.name();
        let severity = format!("{} {}", severity.zh, severity.en);
        let sheet = self.sheet.as_ref().map(|sheet| format!("[{sheet}]")).unwrap_or_default();
        let line = self.line.to_string();
        write!(f, "{}{sheet}:{}", self.file, self.cell.as_ref().unwrap_or(&line))?;
        if let Some(column) = &self.column {
            write!(f, " [{column}]")?;
        }
        if !self.pointer.is_empty() || self.cell.is_none() && self.sheet.is_none() && self.column.is_none() {
            write!(f, " {}", if self.pointer.is_empty() { "/" } else { &self.pointer })?;
        }
        writeln!(f, ": {severity} {}", self.code)?;
        writeln!(f, "  {} · {}", self.message.zh, self.message.en)?;
        write!(f, "  值 value: {}", if self.value.is_empty() { "–" } else { &self.value })?;
        if let Some(understood) = &self.understood {
            write!(f, "\n  理解为 understood: {understood}")?;
        }
        if let Some(expected) = &self.expected {
            write!(f, "\n  应为 expected: {} · {}", expected.zh, expected.en)?;
        }
        if let Some(proposal) = &self.proposal {
            write!(f, "\n  建议 proposal: {proposal}")?;
        }
        Ok(())
    }
}
