//! The tables as they came, with what there is to say of each cell beside its words.

use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
};

use super::{Page, class, escape};
use crate::{
    catalogue::check::Severity,
    import::{
        grid::{Area, Grid, letters},
        report::{
            Outcome, Report,
            marks::{Marks, sign},
        },
    },
};

/// The rows of a table that a page shows; of longer ones it shows no more than where something is wrong.
const ROWS: usize = 2_000;
/// The cells of one.
const CELLS: usize = 100_000;

/// Which rows of a grid the page shows: ranges from top to bottom that do not touch.
#[derive(Debug, Default)]
pub(super) struct Shown(Vec<Range<usize>>);

impl Shown {
    fn of(grid: &Grid, marks: &Marks, report: &Report) -> Self {
        let cells: usize = grid.rows.iter().map(|row| row.cells.len()).sum();
        if grid.rows.len() <= ROWS && cells <= CELLS {
            return Self(std::iter::once(0..grid.rows.len()).filter(|rows| !rows.is_empty()).collect());
        }
        let grave = |row: &usize, column: usize| {
            matches!(marks.gravest(report, *row, column), Some(Severity::Error | Severity::Warning))
        };
        let wrong = marks.cells.keys().filter(|(row, column)| grave(row, *column)).map(|(row, _)| *row);
        let near = wrong.flat_map(|row| row.saturating_sub(1)..(row + 2).min(grid.rows.len()));
        let rows: BTreeSet<usize> = near.collect();
        let mut shown: Vec<Range<usize>> = Vec::new();
        for row in rows.into_iter().take(ROWS) {
            match shown.last_mut() {
                Some(last) if last.end == row => last.end += 1,
                _ => shown.push(row..row + 1),
            }
        }
        Self(shown)
    }

    /// Whether a row is shown.
    pub(super) fn has(&self, row: usize) -> bool {
        let after = self.0.partition_point(|rows| rows.start <= row);
        after.checked_sub(1).and_then(|at| self.0.get(at)).is_some_and(|rows| rows.contains(&row))
    }

    fn count(&self) -> usize {
        self.0.iter().map(ExactSizeIterator::len).sum()
    }
}

/// For each grid, which rows are shown.
pub(super) fn shown(outcome: &Outcome, marks: &[Marks]) -> Vec<Shown> {
    let report = &outcome.report;
    report.grids.iter().zip(marks).map(|((_, grid), marks)| Shown::of(grid, marks, report)).collect()
}

impl Page<'_> {
    pub(super) fn grids(&mut self, shown: &[Shown]) {
        let report = &self.outcome.report;
        if report.grids.is_empty() {
            return;
        }
        self.text.push_str("<h2>表格 · <span lang=\"en\">Tables</span></h2>\n<p class=\"legend\">");
        for severity in Severity::ALL {
            let (class, sign, name) = (class(severity), sign(severity), severity.name());
            self.add(format_args!(
                "<span class=\"{class} code\">{sign} {} <span lang=\"en\">{}</span></span> ",
                name.zh, name.en
            ));
        }
        self.text.push_str("</p>\n");
        for (at, ((file, grid), shown)) in report.grids.iter().zip(shown).enumerate() {
            let sheet = grid.sheet.as_ref().map(|sheet| format!(" [{}]", escape(sheet))).unwrap_or_default();
            let title = format!("{}{sheet}", escape(file));
            self.add(format_args!("<h3 id=\"g{at}\">{title}</h3>\n"));
            let whole = self.marks.get(at).map(|marks| marks.whole.clone()).unwrap_or_default();
            if !whole.is_empty() {
                self.text.push_str("<p>整表 <span lang=\"en\">whole table</span>:");
                self.notes(&whole);
                self.text.push_str("</p>\n");
            }
            if grid.rows.len() > shown.count() {
                self.add(format_args!(
                    "<p>表格共 {0} 行\u{ff0c}这里只列有错误或警告的行及其上下各一行\u{ff08}至多 {ROWS} 行\u{ff09}\u{ff0c}计 {1} 行\u{3002}\
                     <span lang=\"en\">Of {0} rows only those with errors or warnings and their neighbours are \
                     shown, at most {ROWS}: {1}.</span></p>\n",
                    grid.rows.len(),
                    shown.count()
                ));
            }
            if shown.count() > 0 {
                self.add(format_args!(
                    "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-labelledby=\"g{at}\"><table class=\"grid\">\n"
                ));
                self.grid(at, grid, shown);
                self.text.push_str("</table></div>\n");
            }
        }
    }

    fn grid(&mut self, at: usize, grid: &Grid, shown: &Shown) {
        let rows = || shown.0.iter().cloned().flatten();
        let marked = |row| self.marks.get(at).map_or(0, |marks| marks.width(row));
        let width = rows().map(|row| grid.rows[row].cells.len().max(marked(row))).max().unwrap_or(0).max(1);
        self.text.push_str("<thead><tr><th scope=\"col\"><span class=\"unseen\">行 row</span></th>");
        for column in 0..width {
            self.add(format_args!("<th scope=\"col\">{}</th>", letters(column)));
        }
        self.text.push_str("</tr></thead>\n");
        let areas: HashMap<(usize, usize), Area> =
            grid.areas().into_iter().map(|area| ((area.row, area.column), area)).collect();
        let mut next = 0;
        for rows in &shown.0 {
            if rows.start > next {
                self.gap(rows.start - next, width);
            }
            next = rows.end;
            self.text.push_str("<tbody>\n");
            for row in rows.clone() {
                self.row(at, grid, row, rows, width, &areas);
            }
            self.text.push_str("</tbody>\n");
        }
        if grid.rows.len() > next {
            self.gap(grid.rows.len() - next, width);
        }
    }

    fn gap(&mut self, many: usize, width: usize) {
        self.add(format_args!(
            "<tbody><tr class=\"gap\"><td colspan=\"{}\">略去 {many} 行 <span lang=\"en\">{many} rows left out</span>\
             </td></tr></tbody>\n",
            width + 1
        ));
    }

    /// A row, `rows` being those that are shown together with it: of a merged area no more is seen than is in these.
    fn row(
        &mut self,
        at: usize,
        grid: &Grid,
        row: usize,
        rows: &Range<usize>,
        width: usize,
        areas: &HashMap<(usize, usize), Area>,
    ) {
        let line = &grid.rows[row];
        self.add(format_args!("<tr><th scope=\"row\">{}</th>", line.number));
        let marked = self.marks.get(at).map_or(0, |marks| marks.width(row));
        for column in 0..line.cells.len().max(marked) {
            let first = grid.first(row, column);
            let area = areas.get(&first);
            let (mut down, mut right) = (1, 1);
            if let Some(area) = area {
                if column != area.column || row != area.row.max(rows.start) {
                    continue;
                }
                (down, right) = ((area.row + area.rows).min(rows.end) - row, area.columns);
            } else if line.table.is_none() && line.cells.len() == 1 && marked <= 1 {
                // A paragraph between tables.
                right = width;
            }
            let here = if area.is_some() { first } else { (row, column) };
            let words = grid.cell(here.0, here.1).map_or("", |cell| &cell.text);
            self.cell(at, here, words, (down, right), here.0 == row);
        }
        // In a spreadsheet a row goes on to the end, whether or not something stands there.
        let rest = width - line.cells.len().max(marked).min(width);
        if grid.addressed && rest > 0 {
            self.add(format_args!("<td colspan=\"{rest}\"></td>"));
        }
        self.text.push_str("</tr>\n");
    }

    fn cell(
        &mut self,
        at: usize,
        (row, column): (usize, usize),
        words: &str,
        (down, right): (usize, usize),
        first: bool,
    ) {
        let marks = self.marks.get(at);
        let numbers = marks.map(|marks| marks.at(row, column).to_vec()).unwrap_or_default();
        let gravest = marks.and_then(|marks| marks.gravest(&self.outcome.report, row, column));
        self.text.push_str("<td");
        let classes = [gravest.map(class), length(words)];
        if classes.iter().any(Option::is_some) {
            let classes: Vec<&str> = classes.into_iter().flatten().collect();
            self.add(format_args!(" class=\"{}\"", classes.join(" ")));
        }
        // One that began in rows that are left out may be seen several times.
        if gravest.is_some() && first {
            self.add(format_args!(" id=\"g{at}-{row}-{column}\""));
        }
        for (name, many) in [("rowspan", down), ("colspan", right)] {
            if many > 1 {
                self.add(format_args!(" {name}=\"{many}\""));
            }
        }
        self.add(format_args!(">{}", escape(words)));
        self.notes(&numbers);
        self.text.push_str("</td>");
    }

    /// Links to findings, each code once.
    fn notes(&mut self, numbers: &[usize]) {
        let outcome = self.outcome;
        let mut seen = BTreeSet::new();
        for number in numbers {
            let Some(finding) = outcome.report.findings.get(*number) else { continue };
            if seen.insert(finding.code) {
                let listed = self.listed.get(*number) == Some(&true);
                let target = if listed { format!("f{number}") } else { finding.code.to_owned() };
                let (severity, code) = (finding.severity, finding.code);
                self.add(format_args!(
                    " <a class=\"note {}\" href=\"#{target}\">{} {code}</a>",
                    class(severity),
                    sign(severity)
                ));
            }
        }
    }
}

/// The class of a cell by the length of its words, so that long ones get wide columns and short ones are not broken.
fn length(words: &str) -> Option<&'static str> {
    match words.chars().count() {
        0 => None,
        1..=5 => Some("s"),
        6..=12 => Some("m"),
        _ => Some("l"),
    }
}
