//! The report as a workbook: a list of all findings, what changes of the last versions, and the user's own tables, each cell at its own address, coloured
//! and commented. Every word is written as a string: nothing in it is ever a formula, whatever it begins with.

mod changes;
mod codes;
mod grid;
mod list;

use std::collections::HashSet;

use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatBorder, Workbook, XlsxError};

use super::{
    Outcome, Report,
    marks::{self, Marks, printable},
};
use crate::{
    catalogue::check::Severity,
    error::{Error, Result},
    export::xlsx::{LONGEST, NAME, cut, name},
    import::grid::Grid,
};

pub(super) fn write(outcome: &Outcome) -> Result<Vec<u8>> {
    file(outcome).map_err(Error::internal)
}

fn file(outcome: &Outcome) -> std::result::Result<Vec<u8>, XlsxError> {
    let report = &outcome.report;
    let mut workbook = Workbook::new();
    // A file says when it was made. So that one outcome makes one file, that is always the same day.
    let made = ExcelDateTime::from_ymd(1980, 1, 1)?;
    let title = "导入检查结果 Import report";
    workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&made));
    let mut names = Names::default();
    let (list, codes) = (names.unique("检查结果 Findings"), names.unique("代码 Codes"));
    let changes = changes::any(outcome).then(|| names.unique("变更 Changes"));
    let tabs: Vec<String> = report.grids.iter().map(|(file, grid)| names.unique(&tab(file, grid))).collect();
    list::write(workbook.add_worksheet().set_name(list)?, outcome, &tabs)?;
    codes::write(workbook.add_worksheet().set_name(codes)?, report)?;
    if let Some(name) = changes {
        changes::write(workbook.add_worksheet().set_name(name)?, outcome)?;
    }
    let marks = Marks::of(report);
    let mut room = grid::NOTES;
    for (((_, grid), marks), tab) in report.grids.iter().zip(&marks).zip(&tabs) {
        let sheet = workbook.add_worksheet().set_name(tab)?;
        room -= grid::write(sheet, report, grid, marks, room)?;
    }
    workbook.save_to_buffer()
}

/// What a sheet is to be called: as in the file, and a page after the file.
fn tab(file: &str, grid: &Grid) -> String {
    let stem = std::path::Path::new(file).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    grid.sheet.clone().or(stem).unwrap_or_default()
}

/// The names of sheets. Those of one workbook differ in more than upper and lower case.
#[derive(Debug, Default)]
struct Names(HashSet<String>);

impl Names {
    fn unique(&mut self, words: &str) -> String {
        // Excel keeps `History` for itself.
        let wanted = name(words).filter(|name| !name.eq_ignore_ascii_case("history"));
        let wanted = wanted.unwrap_or_else(|| "表 Table".to_owned());
        let mut name = wanted.clone();
        for number in 2.. {
            if self.0.insert(name.to_lowercase()) {
                break;
            }
            let end = format!(" ({number})");
            name = cut(&wanted, NAME - end.len()).trim_end().to_owned() + &end;
        }
        name
    }
}

/// Where a cell of a grid stands in its sheet: an addressed one at its own address, other rows one after the other.
fn row_of(grid: &Grid, row: usize) -> usize {
    let number = grid.rows.get(row).filter(|_| grid.addressed).map(|row| row.number.saturating_sub(1));
    number.unwrap_or(row)
}

/// How a cell looks: coloured, and the graver, the thicker its border, for those who do not see colours.
fn coloured(base: Format, severity: Option<Severity>) -> Format {
    let Some(severity) = severity else { return base };
    let (border, line) = match severity {
        Severity::Error => (FormatBorder::Medium, 0xC0_271C),
        Severity::Warning => (FormatBorder::MediumDashed, 0x9A_6B00),
        Severity::Info => (FormatBorder::Thin, 0x3B_6EA5),
    };
    base.set_background_color(fill(severity)).set_border(border).set_border_color(Color::RGB(line))
}

fn fill(severity: Severity) -> Color {
    Color::RGB(match severity {
        Severity::Error => 0xFB_C8C2,
        Severity::Warning => 0xFF_E699,
        Severity::Info => 0xDD_EBF7,
    })
}

/// 错误 error, with its sign.
fn grade(severity: Severity) -> String {
    let name = severity.name();
    format!("{} {} {}", marks::sign(severity), name.zh, name.en)
}

/// Words that a cell can hold.
fn words(words: &str) -> String {
    cut(&printable(words), LONGEST).to_owned()
}

/// How many findings there are of each severity, in words.
fn counts(report: &Report) -> String {
    let count = |severity: Severity| {
        let name = severity.name();
        format!("{} {}s: {}", name.zh, name.en, report.count(severity))
    };
    Severity::ALL.map(count).join("    ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_have_names_that_are_legal_and_differ() {
        let mut names = Names::default();
        let wanted = ["Sheet1", "sheet1", "[a]:b*?/\\", "", "History", &"目".repeat(40), &"目".repeat(40)];
        let got = wanted.map(|name| names.unique(name));
        let long = "目".repeat(27) + " (2)";
        let expected =
            ["Sheet1", "sheet1 (2)", "ab", "表 Table", "表 Table (2)", &"目".repeat(31), long.as_str()];
        assert_eq!(got, expected);
    }
}
