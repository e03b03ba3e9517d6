//! The sheet of changes: what the versions change of the last ones, an element a row.

use rust_xlsxwriter::{Color, FormatAlign, Worksheet, XlsxError};

use super::words;
use crate::{
    catalogue::{
        compared::{Compared, ItemChange},
        diff::ChangeKind,
    },
    export::xlsx::{area, boxed, height, letter, share},
    import::report::Outcome,
};

const COLUMNS: [(&str, u16); 7] = [
    ("目录\nCatalogue", 22),
    ("变更\nChange", 12),
    ("事项代码\nItem", 26),
    ("事项\nName", 28),
    ("要素\nElement", 14),
    ("原文\nBefore", 44),
    ("现文\nAfter", 44),
];
/// The rows that are written; a sheet has not much more.
const LISTED: usize = 1_000_000;

/// Whether an outcome has a sheet of changes.
pub(super) fn any(outcome: &Outcome) -> bool {
    outcome.versions.iter().any(|version| version.difference.is_some())
}

pub(super) fn write(sheet: &mut Worksheet, outcome: &Outcome) -> Result<(), XlsxError> {
    let head = boxed().set_bold().set_align(FormatAlign::Center).set_background_color(0xED_EDED);
    for (column, (label, width)) in COLUMNS.iter().enumerate() {
        sheet.set_column_width(letter(column)?, *width)?;
        sheet.write_string_with_format(0, letter(column)?, *label, &head)?;
    }
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    sheet.set_row_height(0, 30)?.set_freeze_panes(1, 0)?;
    let differences = outcome.versions.iter().filter_map(|version| version.difference.as_ref());
    let lines =
        differences.flat_map(|difference| difference.items.iter().flat_map(|item| lines(difference, item)));
    let mut last = 0;
    for (row, (kind, cells)) in (1..).zip(lines.take(LISTED)) {
        line(sheet, row, kind, &cells)?;
        last = row;
    }
    sheet.autofilter(0, 0, last.max(1), letter(COLUMNS.len() - 1)?)?;
    Ok(())
}

type Line = (ChangeKind, [String; COLUMNS.len()]);

/// The rows of an item: one for each element that differs, else one for itself.
fn lines(difference: &Compared, item: &ItemChange) -> Vec<Line> {
    let named = item.after.as_ref().or(item.before.as_ref());
    let line = |element: &str, before: Option<&String>, after: Option<&String>| {
        let cells = [
            format!("{} → {}", difference.base, difference.head),
            format!("{} {} {}", item.kind.sign(), item.kind.label(), item.kind.label_en()),
            named.map(|named| named.item.to_string()).unwrap_or_default(),
            named.map(|named| named.name.clone()).unwrap_or_default(),
            element.to_owned(),
            before.cloned().unwrap_or_default(),
            after.cloned().unwrap_or_default(),
        ];
        (item.kind, cells)
    };
    if item.kind != ChangeKind::Changed || item.elements.is_empty() {
        return vec![line("", None, None)];
    }
    let elements = item.elements.iter();
    elements.map(|one| line(&one.label, one.before.as_ref(), one.after.as_ref())).collect()
}

fn line(sheet: &mut Worksheet, row: u32, kind: ChangeKind, cells: &[String]) -> Result<(), XlsxError> {
    let plain = boxed().set_align(FormatAlign::Top);
    let coloured = plain.clone().set_background_color(Color::RGB(match kind {
        ChangeKind::Added => 0xD8_F0DC,
        ChangeKind::Changed => 0xFF_E699,
        ChangeKind::Removed => 0xFB_C8C2,
        ChangeKind::Moved => 0xDD_EBF7,
    }));
    let mut high = 0.0_f64;
    for (column, (said, (_, width))) in cells.iter().zip(COLUMNS).enumerate() {
        let said = words(said);
        high = high.max(height(&said, width));
        let format = if column == 1 { &coloured } else { &plain };
        area(sheet, (row, column), (1, 1), &said, format)?;
    }
    sheet.set_row_height(row, share(vec![high], []).first().copied().unwrap_or(high))?;
    Ok(())
}
