//! A page that needs nothing else: no script, no other file, no other host.

use super::{add, centred, width};
use crate::catalogue::layout::{HEAD_ROWS, Part, Table};

const STYLE: &str = "
body { margin: 1.5rem; color: #000; background: #fff; font: 14px/1.5 SimSun, \"Noto Serif CJK SC\", serif; }
h1 { margin: 0 0 .5rem; text-align: center; font: bold 22px/1.4 SimHei, \"Noto Sans CJK SC\", sans-serif; }
p { margin: 0 0 .75rem; text-align: center; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th, td { padding: 4px 5px; border: 1px solid #000; vertical-align: middle; text-align: left;
  font-weight: normal; white-space: pre-wrap; overflow-wrap: anywhere; }
thead th { font-weight: bold; background: #f2f2f2; }
thead th, .c { text-align: center; }
@media screen { table { min-width: 1400px; } thead { position: sticky; top: 0; } }
@page { size: A3 landscape; margin: 12mm;
  @bottom-center { content: counter(page) \" / \" counter(pages); } }
@media print { body { margin: 0; font-size: 9pt; } thead { display: table-header-group; }
  tr { break-inside: avoid; } thead th { print-color-adjust: exact; } }
";

pub(super) fn write(table: &Table) -> String {
    let layout = &table.layout;
    let title = escape(&layout.title);
    let mut page = String::from("<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n");
    let policy = "default-src 'none'; style-src 'unsafe-inline'";
    add(&mut page, format_args!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n"));
    page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    add(&mut page, format_args!("<title>{}</title>\n", title.replace("<br>", " ")));
    add(&mut page, format_args!("<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"));
    add(&mut page, format_args!("<p>{}</p>\n<table>\n<colgroup>\n", escape(&layout.about)));
    let all: u16 = layout.columns.iter().map(|column| width(&column.part)).sum();
    for column in &layout.columns {
        let share = f64::from(width(&column.part)) * 100.0 / f64::from(all);
        add(&mut page, format_args!("<col style=\"width:{share:.2}%\">\n"));
    }
    page.push_str("</colgroup>\n<thead>\n");
    for row in 0..HEAD_ROWS {
        page.push_str("<tr>\n");
        for cell in layout.head.iter().filter(|cell| cell.row == row) {
            let scope = if cell.columns > 1 { "colgroup" } else { "col" };
            let spans = format!("{}{}", span("rowspan", cell.rows), span("colspan", cell.columns));
            add(&mut page, format_args!("<th scope=\"{scope}\"{spans}>{}</th>\n", escape(&cell.label)));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</thead>\n<tbody>\n");
    for (row, cells) in table.rows.iter().enumerate() {
        page.push_str("<tr>\n");
        for (column, words) in cells.iter().enumerate() {
            add_cell(&mut page, table, row, column, words);
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</body>\n</html>\n");
    page
}

fn add_cell(page: &mut String, table: &Table, row: usize, column: usize, words: &str) {
    let (Some(rows), Some(it)) = (table.span(row, column), table.layout.columns.get(column)) else { return };
    let spans = span("rowspan", rows);
    let class = if centred(&it.part) { " class=\"c\"" } else { "" };
    let words = escape(words);
    // A name says what its rows are about; a blank one says nothing.
    if matches!(it.part, Part::Name(_)) && !words.is_empty() {
        add(page, format_args!("<th scope=\"row\"{class}{spans}>{words}</th>\n"));
    } else {
        add(page, format_args!("<td{class}{spans}>{words}</td>\n"));
    }
}

fn span(name: &str, many: usize) -> String {
    if many > 1 { format!(" {name}=\"{many}\"") } else { String::new() }
}

fn escape(words: &str) -> String {
    super::escape(words).replace('\n', "<br>")
}
