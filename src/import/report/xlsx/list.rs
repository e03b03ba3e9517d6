//! The first sheet: the summary, and all findings to filter and sort.

use rust_xlsxwriter::{Format, FormatAlign, Url, Worksheet, XlsxError};

use super::{counts, fill, grade, row_of, words};
use crate::{
    catalogue::check::Message,
    export::xlsx::{FONT, area, boxed, height, letter, share, short},
    import::{
        grid::letters,
        report::{Located, Outcome, marks},
    },
};

/// The columns, and how wide they are.
const COLUMNS: [(&str, u16); 11] = [
    ("级别\nSeverity", 11),
    ("代码\nCode", 8),
    ("说明\nMeaning", 30),
    ("文件\nFile", 20),
    ("工作表\nSheet", 14),
    ("位置\nCell", 11),
    ("列\nColumn", 14),
    ("原文\nText", 36),
    ("理解为\nUnderstood", 26),
    ("应为\nExpected", 36),
    ("建议\nProposal", 36),
];
/// The column of the place, which leads to the cell.
const PLACE: usize = 5;
/// The rows of the summary, which stay in sight together with the header.
const ABOVE: u32 = 4;
/// The findings that are listed. A sheet has room for 65,530 links.
const LISTED: usize = 60_000;
/// The lines of the summary about files and versions.
const LINES: usize = 3;

type Done = Result<(), XlsxError>;

pub(super) fn write(sheet: &mut Worksheet, outcome: &Outcome, tabs: &[String]) -> Done {
    let report = &outcome.report;
    sheet
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    sheet.set_repeat_rows(ABOVE, ABOVE)?.set_freeze_panes(ABOVE + 1, 2)?;
    sheet.set_footer("&C第 &P 页 共 &N 页");
    for (column, (label, width)) in COLUMNS.iter().enumerate() {
        sheet.set_column_width(letter(column)?, *width)?;
        let format = boxed().set_bold().set_align(FormatAlign::Center).set_background_color(0xED_EDED);
        sheet.write_string_with_format(ABOVE, letter(column)?, *label, &format)?;
    }
    sheet.set_row_height(ABOVE, 30)?;
    summary(sheet, outcome)?;
    let listed = report.by_severity();
    for (at, (_, finding)) in listed.iter().take(LISTED).enumerate() {
        row(sheet, ABOVE + 1 + short(at), finding, outcome, tabs)?;
    }
    let last = ABOVE + short(listed.len().clamp(1, LISTED));
    sheet.autofilter(ABOVE, 0, last, letter(COLUMNS.len() - 1)?)?;
    if listed.len() > LISTED {
        let more = listed.len() - LISTED;
        let said = format!("另有 {more} 条未列出\u{ff0c}见 JSON 报告 {more} more are in the report as JSON");
        sheet.write_string(last + 2, 0, said)?;
    }
    Ok(())
}

fn summary(sheet: &mut Worksheet, outcome: &Outcome) -> Done {
    let report = &outcome.report;
    let said = match (outcome.refused, outcome.dry_run) {
        (true, _) => "没有导入\u{ff1a}请改正错误后重新导入\u{3002} Refused: nothing went in.",
        (_, true) => "可以导入\u{ff1b}本次只作检查\u{3002} It can go in; this was a check.",
        _ => "已经导入\u{3002} It went in.",
    };
    let files = report.files.iter().map(|(file, rows)| format!("{file}: 读出 {rows} 行 {rows} rows read"));
    let versions = outcome.versions.iter().map(|version| {
        let state = outcome.state(version);
        format!("{} #{}: {} {}", version.catalogue, version.number, state.zh, state.en)
    });
    let plain = Format::new().set_font_name(FONT).set_text_wrap().set_align(FormatAlign::VerticalCenter);
    let title = plain.clone().set_font_size(16).set_bold().set_text_wrap();
    let grave = plain.clone().set_font_size(11).set_bold();
    let lines = [
        ("导入检查结果 Import report".to_owned(), &title),
        (format!("{said}    {}", counts(report)), &grave),
        (few(files.collect()), &plain),
        (few(versions.collect()), &plain),
    ];
    let width = COLUMNS.iter().map(|(_, width)| width).sum();
    for (row, (line, format)) in (0..ABOVE).zip(lines) {
        area(sheet, (row, 0), (1, COLUMNS.len()), &words(&line), format)?;
        let high = if row == 0 { 28.0 } else { height(&line, width) };
        sheet.set_row_height(row, if line.is_empty() { 4.0 } else { high })?;
    }
    Ok(())
}

/// The first few lines, for what stays in sight must not fill the screen.
fn few(mut lines: Vec<String>) -> String {
    if lines.len() > LINES {
        let more = lines.len() - (LINES - 1);
        lines.truncate(LINES - 1);
        lines.push(format!("… 另有 {more} 个 {more} more"));
    }
    lines.join("\n")
}

fn row(sheet: &mut Worksheet, row: u32, finding: &Located, outcome: &Outcome, tabs: &[String]) -> Done {
    let both = |message: &Message| marks::both(message, "\n");
    let cells: [String; COLUMNS.len()] = [
        grade(finding.severity),
        finding.code.to_owned(),
        both(&finding.message),
        finding.file.clone(),
        finding.sheet.clone().unwrap_or_default(),
        marks::place(finding),
        finding.column.clone().unwrap_or_default(),
        finding.value.clone(),
        finding.understood.clone().unwrap_or_default(),
        finding.expected.as_ref().map(both).unwrap_or_default(),
        finding.proposal.clone().unwrap_or_default(),
    ];
    let plain = boxed().set_align(FormatAlign::Top);
    let grave = plain.clone().set_background_color(fill(finding.severity));
    let link =
        plain.clone().set_font_color(0x05_63C1).set_underline(rust_xlsxwriter::FormatUnderline::Single);
    let target = target(finding, outcome, tabs);
    let mut high = 0.0_f64;
    for (column, (said, (_, width))) in cells.iter().zip(COLUMNS).enumerate() {
        let said = words(said);
        high = high.max(height(&said, width));
        let (at, format) = (letter(column)?, if column < 2 { &grave } else { &plain });
        match target.as_deref().filter(|_| column == PLACE) {
            Some(target) => {
                sheet.write_url_with_format(row, at, Url::new(target).set_text(said), &link)?;
            }
            None => area(sheet, (row, column), (1, 1), &said, format)?,
        }
    }
    sheet.set_row_height(row, share(vec![high], []).first().copied().unwrap_or(high))?;
    Ok(())
}

/// The cell of the workbook that shows what a finding is about.
fn target(finding: &Located, outcome: &Outcome, tabs: &[String]) -> Option<String> {
    let place = finding.place?;
    let (_, grid) = outcome.report.grids.get(place.grid)?;
    let (row, column) = marks::cell(grid, place).unwrap_or((0, 0));
    let cell = format!("{}{}", letters(column), row_of(grid, row) + 1);
    Some(format!("internal:'{}'!{cell}", tabs.get(place.grid)?))
}
