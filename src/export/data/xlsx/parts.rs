//! The parts of a workbook that are not rows.

use crate::export::{add, escape, xlsx::FONT};

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// What the sheets are called, in their order.
const SHEETS: [&str; 3] = ["数据", "代码", "说明"];

/// The parts before the first sheet, with their names.
pub(super) fn fixed(title: &str, publisher: Option<&str>) -> [(&'static str, String); 6] {
    [
        ("[Content_Types].xml", types()),
        ("_rels/.rels", package()),
        ("docProps/core.xml", core(title, publisher)),
        ("xl/workbook.xml", workbook()),
        ("xl/_rels/workbook.xml.rels", relations()),
        ("xl/styles.xml", styles()),
    ]
}

/// The part of a sheet, from 1.
pub(super) fn sheet_name(number: usize) -> String {
    format!("xl/worksheets/sheet{number}.xml")
}

/// A sheet up to its rows: how wide its columns are, and how many rows stay when others are scrolled.
pub(super) fn sheet_begin(widths: &[u16], head: u32) -> String {
    let mut text = format!("{XML}<worksheet xmlns=\"{MAIN}\"><sheetViews><sheetView workbookViewId=\"0\">");
    let below = head + 1;
    add(
        &mut text,
        format_args!(
            "<pane ySplit=\"{head}\" topLeftCell=\"A{below}\" activePane=\"bottomLeft\" state=\"frozen\"/>"
        ),
    );
    text.push_str("</sheetView></sheetViews><cols>");
    for (column, width) in (1..).zip(widths) {
        add(
            &mut text,
            format_args!("<col min=\"{column}\" max=\"{column}\" width=\"{width}\" customWidth=\"1\"/>"),
        );
    }
    text.push_str("</cols><sheetData>");
    text
}

/// A sheet from its last row on, with the area that can be filtered.
pub(super) fn sheet_end(filter: Option<&str>) -> String {
    let filter = filter.map(|area| format!("<autoFilter ref=\"{area}\"/>")).unwrap_or_default();
    format!("</sheetData>{filter}</worksheet>")
}

fn types() -> String {
    let mut text = format!("{XML}<Types xmlns=\"{PACKAGE}/content-types\">");
    add(
        &mut text,
        format_args!(
            "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
        ),
    );
    text.push_str("<Default Extension=\"xml\" ContentType=\"application/xml\"/>");
    let mut part = |name: &str, kind: &str| {
        add(&mut text, format_args!("<Override PartName=\"/{name}\" ContentType=\"{kind}\"/>"));
    };
    part("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml");
    part("xl/workbook.xml", &format!("{KIND}.sheet.main+xml"));
    part("xl/styles.xml", &format!("{KIND}.styles+xml"));
    for number in 1..=SHEETS.len() {
        part(&sheet_name(number), &format!("{KIND}.worksheet+xml"));
    }
    text + "</Types>"
}

fn package() -> String {
    let mut text = format!("{XML}<Relationships xmlns=\"{PACKAGE}/relationships\">");
    add(
        &mut text,
        format_args!(
            "<Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/>"
        ),
    );
    add(
        &mut text,
        format_args!(
            "<Relationship Id=\"rId2\" Type=\"{PACKAGE}/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>"
        ),
    );
    text + "</Relationships>"
}

fn core(title: &str, publisher: Option<&str>) -> String {
    let creator =
        publisher.map(|name| format!("<dc:creator>{}</dc:creator>", escape(name))).unwrap_or_default();
    format!(
        "{XML}<cp:coreProperties xmlns:cp=\"{PACKAGE}/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
         <dc:title>{}</dc:title>{creator}<dc:language>zh-CN</dc:language></cp:coreProperties>",
        escape(title)
    )
}

fn workbook() -> String {
    let mut text = format!("{XML}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>");
    for (number, name) in (1..).zip(SHEETS) {
        add(&mut text, format_args!("<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>"));
    }
    text + "</sheets></workbook>"
}

fn relations() -> String {
    let mut text = format!("{XML}<Relationships xmlns=\"{PACKAGE}/relationships\">");
    let last = SHEETS.len() + 1;
    for number in 1..last {
        add(
            &mut text,
            format_args!(
                "<Relationship Id=\"rId{number}\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
            ),
        );
    }
    add(
        &mut text,
        format_args!("<Relationship Id=\"rId{last}\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/>"),
    );
    text + "</Relationships>"
}

/// The looks that cells name by their number: plain, text, number, day, label, name.
fn styles() -> String {
    let font = |more: &str| format!("<font>{more}<sz val=\"10\"/><name val=\"{FONT}\"/></font>");
    let fonts = [
        font(""),
        font("<b/>"),
        "<font><sz val=\"9\"/><color rgb=\"FF707070\"/><name val=\"Consolas\"/></font>".to_owned(),
    ];
    let look = |number: u8, font: u8, fill: u8| {
        format!(
            "<xf numFmtId=\"{number}\" fontId=\"{font}\" fillId=\"{fill}\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" \
             applyFont=\"1\" applyFill=\"1\" applyAlignment=\"1\"><alignment vertical=\"top\"/></xf>"
        )
    };
    // 49 is the format of text; 164 is the first that a workbook may give a meaning.
    let looks =
        [look(0, 0, 0), look(49, 0, 0), look(0, 0, 0), look(164, 0, 0), look(49, 1, 2), look(49, 2, 2)];
    format!(
        "{XML}<styleSheet xmlns=\"{MAIN}\"><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/></numFmts>\
         <fonts count=\"3\">{}</fonts><fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill>\
         <fill><patternFill patternType=\"gray125\"/></fill><fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFF2F2F2\"/>\
         <bgColor indexed=\"64\"/></patternFill></fill></fills><borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/>\
         </border></borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
         <cellXfs count=\"{}\">{}</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles>\
         </styleSheet>",
        fonts.concat(),
        looks.len(),
        looks.concat()
    )
}
