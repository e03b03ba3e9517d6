//! The report of a run: every finding with its place in the user's own file.

use serde::Serialize;

use super::Origin;
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
    /// The line, from 1.
    pub line: usize,
    /// RFC 6901 pointer inside the line's document.
    pub pointer: String,
    /// The column of a CSV file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The value that stands there.
    pub value: String,
    /// What the rule is about.
    pub message: Message,
    /// What was expected.
    pub expected: Message,
}

/// Findings in the order of the files.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// The findings.
    pub findings: Vec<Located>,
}

impl Report {
    /// Adds findings about a document.
    pub fn extend(&mut self, findings: impl IntoIterator<Item = Finding>, origin: &Origin) {
        self.findings.extend(findings.into_iter().map(|finding| locate(finding, origin)));
    }

    /// Whether something is refused.
    pub fn refused(&self) -> bool {
        self.count(Severity::Error) > 0
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
    let covers = |column: &&String| path == **column || path.starts_with(&format!("{column}."));
    let column = origin.columns.iter().filter(covers).max_by_key(|column| column.len()).cloned();
    Located {
        severity: rule.severity(),
        code: rule.code(),
        file: origin.file.clone(),
        line,
        pointer: place.pointer,
        column,
        value: shorten(value),
        message: rule.title(),
        expected,
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
        let severity = match self.severity {
            Severity::Error => "错误 error",
            Severity::Warning => "警告 warning",
            Severity::Info => "提示 info",
        };
        write!(f, "{}:{}", self.file, self.line)?;
        if let Some(column) = &self.column {
            write!(f, " [{column}]")?;
        }
        let pointer = if self.pointer.is_empty() { "/" } else { &self.pointer };
        writeln!(f, " {pointer}: {severity} {}", self.code)?;
        writeln!(f, "  {} · {}", self.message.zh, self.message.en)?;
        writeln!(f, "  值 value: {}", if self.value.is_empty() { "–" } else { &self.value })?;
        write!(f, "  应为 expected: {} · {}", self.expected.zh, self.expected.en)
    }
}
