//! The second sheet: how many findings there are of each code.

use std::collections::BTreeMap;

use rust_xlsxwriter::{FormatAlign, Worksheet, XlsxError};

use super::{fill, grade};
use crate::{
    export::xlsx::{boxed, height, letter, share, short},
    import::report::{Located, Report},
};

const COLUMNS: [(&str, u16); 5] =
    [("级别\nSeverity", 14), ("代码\nCode", 9), ("说明", 40), ("Meaning", 56), ("数目\nNumber", 9)];

pub(super) fn write(sheet: &mut Worksheet, report: &Report) -> Result<(), XlsxError> {
    let mut codes: BTreeMap<_, (u32, &Located)> = BTreeMap::new();
    for finding in &report.findings {
        codes.entry((finding.severity, finding.code)).or_insert((0, finding)).0 += 1;
    }
    let head = boxed().set_bold().set_align(FormatAlign::Center).set_background_color(0xED_EDED);
    for (column, (label, width)) in COLUMNS.iter().enumerate() {
        sheet.set_column_width(letter(column)?, *width)?;
        sheet.write_string_with_format(0, letter(column)?, *label, &head)?;
    }
    sheet.set_row_height(0, 30)?.set_freeze_panes(1, 0)?.set_print_fit_to_pages(1, 0);
    for (row, ((severity, code), (many, finding))) in (1..).zip(&codes) {
        let grave = boxed().set_background_color(fill(*severity));
        sheet.write_string_with_format(row, 0, grade(*severity), &grave)?;
        sheet.write_string_with_format(row, 1, *code, &grave)?;
        sheet.write_string_with_format(row, 2, &finding.message.zh, &boxed())?;
        sheet.write_string_with_format(row, 3, &finding.message.en, &boxed())?;
        sheet.write_number_with_format(row, 4, *many, &boxed())?;
        let high = height(&finding.message.zh, COLUMNS[2].1).max(height(&finding.message.en, COLUMNS[3].1));
        sheet.set_row_height(row, share(vec![high], []).first().copied().unwrap_or(high))?;
    }
    sheet.autofilter(0, 0, short(codes.len().max(1)), letter(COLUMNS.len() - 1)?)?;
    Ok(())
}
