//! A sheet of the user's own: the same cells at the same addresses, coloured and commented.

use std::collections::{BTreeMap, HashMap, HashSet};

use rust_xlsxwriter::{Format, IgnoreError, Note, Worksheet, XlsxError};

use super::{coloured, fill, row_of, words};
use crate::{
    catalogue::check::Severity,
    export::xlsx::{FONT, area, boxed, cut, height, letter, share, short, units},
    import::{
        grid::{Area, Cell, Grid, Row},
        report::{
            Located, Report,
            marks::{self, Marks, printable},
        },
    },
};

/// The comments of a workbook; more make it slow to open.
pub(super) const NOTES: usize = 20_000;
/// UTF-16 units of a comment.
const NOTE: usize = 1_500;
/// The cells of a sheet up to which its rows are made equally long.
const PADDED: usize = 500_000;
/// The columns of a sheet.
const COLUMNS: usize = 16_384;
/// The narrowest column and the widest, in letters.
const WIDTHS: (f64, f64) = (5.0, 38.0);

/// Writes a sheet with as many comments as there is room for, and gives back how many it has.
pub(super) fn write(
    sheet: &mut Worksheet,
    report: &Report,
    grid: &Grid,
    marks: &Marks,
    room: usize,
) -> Result<usize, XlsxError> {
    sheet
        .set_landscape()
        .set_paper_size(8)
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    let areas: BTreeMap<(usize, usize), Area> =
        areas(grid).map(|area| ((area.row, area.column), area)).collect();
    let widths = widths(grid);
    for (column, width) in widths.iter().enumerate() {
        sheet.set_column_width(letter(column)?, *width)?;
    }
    // Every word is a string; that numbers are among them needs no warning.
    let last = row_of(grid, grid.rows.len().saturating_sub(1));
    let end = letter(widths.len().saturating_sub(1))?;
    sheet.ignore_error_range(0, 0, short(last), end, IgnoreError::NumberStoredAsText)?;
    let plain = Format::new().set_font_name(FONT).set_font_size(10);
    let looks = |base: &Format| -> HashMap<Option<Severity>, Format> {
        let severities = Severity::ALL.into_iter().map(Some).chain([None]);
        severities.map(|severity| (severity, coloured(base.clone(), severity))).collect()
    };
    let pad = grid.addressed && grid.rows.len().saturating_mul(widths.len()) <= PADDED;
    let (boxed, plain) = (looks(&boxed()), looks(&plain));
    for (row, line) in grid.rows.iter().enumerate() {
        let looks = if runs_on(line) { &plain } else { &boxed };
        // A row of a spreadsheet goes on to the end, whether or not something stands there.
        let end = if pad && !runs_on(line) { widths.len() } else { 0 };
        for column in 0..line.cells.len().max(marks.width(row)).max(end).min(COLUMNS) {
            let first = grid.first(row, column);
            let size = areas.get(&first).map_or((1, 1), |area| (area.rows, area.columns));
            if size != (1, 1) && first != (row, column) {
                continue;
            }
            let said = words(grid.cell(row, column).map_or("", |cell| &cell.text));
            if let Some(format) = looks.get(&marks.gravest(report, row, column)) {
                area(sheet, (short(row_of(grid, row)), column), size, &said, format)?;
            }
        }
    }
    for (row, height) in heights(grid, &areas, &widths).into_iter().enumerate() {
        sheet.set_row_height(short(row_of(grid, row)), height)?;
    }
    let all = marks.cells.values().flatten().chain(&marks.whole);
    if let Some(gravest) = all.filter_map(|number| report.findings.get(*number)).map(|it| it.severity).min() {
        sheet.set_tab_color(fill(gravest));
    }
    notes(sheet, report, grid, marks, room)
}

/// Whether words run on over blank cells beside them, as titles and paragraphs do.
fn runs_on(line: &Row) -> bool {
    let holds = |cell: &&Cell| cell.merged.is_some() || !cell.text.is_empty();
    line.table.is_none() || line.cells.iter().filter(holds).take(2).count() <= 1
}

/// The merged areas that fit into a sheet and whose rows follow each other there.
fn areas(grid: &Grid) -> impl Iterator<Item = Area> {
    let fits = |area: &Area| {
        let rows = row_of(grid, area.row + area.rows - 1).checked_sub(row_of(grid, area.row));
        rows == Some(area.rows - 1) && area.column + area.columns <= COLUMNS
    };
    grid.areas().into_iter().filter(fits)
}

/// How wide each column is: nine of ten lines fit, unless they are very long.
fn widths(grid: &Grid) -> Vec<u16> {
    let mut lines: Vec<Vec<u32>> = Vec::new();
    for (row, line) in grid.rows.iter().enumerate().filter(|(_, line)| !runs_on(line)) {
        for (column, cell) in line.cells.iter().enumerate().take(COLUMNS) {
            if column >= lines.len() {
                lines.resize_with(column + 1, Vec::new);
            }
            let next = grid.cell(row, column + 1).and_then(|cell| cell.merged);
            let wide = next.is_some_and(|next| next.left == 1 && next.up == 0);
            if cell.merged.is_none() && !cell.text.is_empty() && !wide {
                let longest = cell.text.lines().map(units).fold(0.0, f64::max).min(WIDTHS.1);
                lines[column].push(longest as u32);
            }
        }
    }
    let width = |mut lines: Vec<u32>| {
        lines.sort_unstable();
        let most = lines.get(lines.len() * 9 / 10).or(lines.last()).copied().unwrap_or_default();
        (f64::from(most) + 2.0).clamp(WIDTHS.0, WIDTHS.1) as u16
    };
    lines.into_iter().map(width).collect()
}

fn heights(grid: &Grid, areas: &BTreeMap<(usize, usize), Area>, widths: &[u16]) -> Vec<f64> {
    let wide = |from: usize, columns: usize| widths.iter().skip(from).take(columns).sum::<u16>().max(5);
    let alone = |(row, line): (usize, &Row)| {
        // A page may claim very wide rows: they are looked at once, not for each of their cells.
        if runs_on(line) {
            return 0.0;
        }
        let cells = line
            .cells
            .iter()
            .enumerate()
            .filter(|(column, cell)| cell.merged.is_none() && !areas.contains_key(&(row, *column)));
        cells.map(|(column, cell)| height(&cell.text, wide(column, 1))).fold(0.0, f64::max)
    };
    let alone = grid.rows.iter().enumerate().map(alone).collect();
    let together = areas.values().map(|area| {
        let words = grid.text(area.row, area.column);
        (area.row..area.row + area.rows, height(words, wide(area.column, area.columns)))
    });
    share(alone, together)
}

/// The comments, the gravest first where there is no room for all.
fn notes(
    sheet: &mut Worksheet,
    report: &Report,
    grid: &Grid,
    marks: &Marks,
    room: usize,
) -> Result<usize, XlsxError> {
    let mut cells: Vec<_> = marks.cells.iter().filter(|((_, column), _)| *column < COLUMNS).collect();
    cells.sort_by_key(|((row, column), _)| marks.gravest(report, *row, *column));
    cells.truncate(room);
    for ((row, column), numbers) in &cells {
        let text = note(report, numbers, grid, (*row, *column));
        let lines: f64 = text.lines().map(|line| (units(line) / 58.0).ceil().max(1.0)).sum();
        let note = Note::new(text).add_author_prefix(false).set_author("mulu");
        let note =
            note.set_font_name(FONT).set_font_size(9).set_width(380).set_height((lines * 16.0) as u32 + 16);
        sheet.insert_note(short(row_of(grid, *row)), letter(*column)?, &note)?;
    }
    Ok(cells.len())
}

/// What a comment says: every finding once, however many rows of a merged cell it was found in.
fn note(report: &Report, numbers: &[usize], grid: &Grid, (row, column): (usize, usize)) -> String {
    let (address, cell) = (grid.address(row, column), grid.text(row, column));
    let mut seen = HashSet::new();
    let mut said: Vec<String> = Vec::new();
    let mut used = 0;
    for finding in numbers.iter().filter_map(|number| report.findings.get(*number)) {
        let words = entry(finding, address.as_deref(), cell);
        if !seen.insert(words.clone()) {
            continue;
        }
        used += words.encode_utf16().count();
        if used > NOTE && !said.is_empty() {
            said.push("… 其余见第一张表 the others are in the first sheet".to_owned());
            break;
        }
        said.push(words);
    }
    said.join("\n\n")
}

fn entry(finding: &Located, address: Option<&str>, words: &str) -> String {
    let sign = marks::sign(finding.severity);
    let mut lines =
        vec![format!("{sign} {} {}", finding.code, finding.message.zh), finding.message.en.clone()];
    if finding.cell.as_deref() != address
        && let Some(cell) = &finding.cell
    {
        lines.push(format!("单元格 cell: {cell}"));
    }
    // What a person sees in the cell need not be said again.
    if !finding.value.is_empty() && finding.value != words {
        lines.push(format!("原文 text: {}", finding.value));
    }
    if let Some(understood) = &finding.understood {
        lines.push(format!("理解为 understood: {understood}"));
    }
    if let Some(expected) = &finding.expected {
        lines.push(format!("应为 expected: {}", marks::both(expected, " · ")));
    }
    if let Some(proposal) = &finding.proposal {
        lines.push(format!("建议 proposal: {proposal}"));
    }
    cut(&printable(&lines.join("\n")), NOTE).to_owned()
}
