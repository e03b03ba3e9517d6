//! A text document (WordprocessingML, ISO/IEC 29500), with no more parts than a reader needs.

use std::io::{Cursor, Write};

use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use super::{add, centred, escape, width};
use crate::{
    catalogue::layout::{HEAD_ROWS, Head, Table},
    error::{Error, Result},
};

/// Width and height of A3 landscape and its margins, in twentieths of a point.
const PAGE: (u32, u32) = (23_811, 16_838);
const MARGIN: u32 = 720;
/// What the table has for its columns.
const ROOM: u32 = PAGE.0 - 2 * MARGIN;

const MIDDLE: &str = "<w:jc w:val=\"center\"/>";

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const W: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";

const TYPES: &str = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
<Default Extension=\"xml\" ContentType=\"application/xml\"/>\
<Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>\
<Override PartName=\"/word/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/>\
<Override PartName=\"/word/footer1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml\"/>\
<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>\
</Types>";

const PACKAGE: &str = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>\
<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>\
</Relationships>";

const PARTS: &str = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/>\
<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer\" Target=\"footer1.xml\"/>\
</Relationships>";

pub(super) fn write(table: &Table) -> Result<Vec<u8>> {
    let parts = [
        ("[Content_Types].xml", TYPES.to_owned()),
        ("_rels/.rels", PACKAGE.to_owned()),
        ("docProps/core.xml", core(table)),
        ("word/_rels/document.xml.rels", PARTS.to_owned()),
        ("word/styles.xml", styles()),
        ("word/footer1.xml", footer()),
        ("word/document.xml", document(table)),
    ];
    // Neither clock nor system stands in the file, so that one version makes one file.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .unix_permissions(0o600)
        .last_modified_time(DateTime::default());
    let mut file = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        file.start_file(name, options).map_err(Error::internal)?;
        file.write_all(format!("{XML}{text}").as_bytes()).map_err(Error::internal)?;
    }
    Ok(file.finish().map_err(Error::internal)?.into_inner())
}

fn core(table: &Table) -> String {
    format!(
        "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title><dc:language>zh-CN</dc:language>\
         </cp:coreProperties>",
        escape(&table.layout.title)
    )
}

fn styles() -> String {
    let font = "<w:rFonts w:ascii=\"SimSun\" w:hAnsi=\"SimSun\" w:eastAsia=\"宋体\" w:cs=\"SimSun\"/>";
    format!(
        "<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr>{font}<w:sz w:val=\"18\"/><w:szCs w:val=\"18\"/>\
         <w:lang w:val=\"zh-CN\" w:eastAsia=\"zh-CN\"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>\
         <w:spacing w:before=\"0\" w:after=\"0\" w:line=\"240\" w:lineRule=\"auto\"/></w:pPr></w:pPrDefault>\
         </w:docDefaults><w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\">\
         <w:name w:val=\"Normal\"/></w:style></w:styles>"
    )
}

fn footer() -> String {
    let field = |code: &str| format!("<w:fldSimple w:instr=\"{code}\"><w:r><w:t>1</w:t></w:r></w:fldSimple>");
    let said = |words: &str| format!("<w:r><w:t xml:space=\"preserve\">{words}</w:t></w:r>");
    format!(
        "<w:ftr {W}><w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr>{}{}{}{}{}</w:p></w:ftr>",
        said("第 "),
        field("PAGE"),
        said(" 页 共 "),
        field("NUMPAGES"),
        said(" 页")
    )
}

fn document(table: &Table) -> String {
    let layout = &table.layout;
    let relations = "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
    let mut text = format!("<w:document {W} {relations}><w:body>");
    let size = |size: u8| format!("<w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/>");
    let below = format!("<w:spacing w:after=\"120\"/>{MIDDLE}");
    paragraphs(&mut text, &layout.title, &below, &format!("<w:rPr><w:b/>{}</w:rPr>", size(36)));
    paragraphs(&mut text, &layout.about, &below, &format!("<w:rPr>{}</w:rPr>", size(22)));
    let widths = widths(table);
    text.push_str("<w:tbl><w:tblPr>");
    add(
        &mut text,
        format_args!("<w:tblW w:w=\"{ROOM}\" w:type=\"dxa\"/><w:jc w:val=\"center\"/><w:tblBorders>"),
    );
    for side in ["top", "left", "bottom", "right", "insideH", "insideV"] {
        add(
            &mut text,
            format_args!("<w:{side} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>"),
        );
    }
    text.push_str("</w:tblBorders><w:tblLayout w:type=\"fixed\"/><w:tblCellMar>");
    for (side, room) in [("top", 40), ("left", 60), ("bottom", 40), ("right", 60)] {
        add(&mut text, format_args!("<w:{side} w:w=\"{room}\" w:type=\"dxa\"/>"));
    }
    text.push_str("</w:tblCellMar></w:tblPr><w:tblGrid>");
    widths.iter().for_each(|width| add(&mut text, format_args!("<w:gridCol w:w=\"{width}\"/>")));
    text.push_str("</w:tblGrid>");
    for row in 0..HEAD_ROWS {
        head(&mut text, table, row, &widths);
    }
    for row in 0..table.rows.len() {
        body(&mut text, table, row, &widths);
    }
    text.push_str("</w:tbl><w:p/><w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId2\"/>");
    let ((width, height), edge) = (PAGE, MARGIN);
    add(&mut text, format_args!("<w:pgSz w:w=\"{width}\" w:h=\"{height}\" w:orient=\"landscape\"/>"));
    let sides = ["top", "right", "bottom", "left"].map(|side| format!("w:{side}=\"{edge}\" ")).concat();
    add(&mut text, format_args!("<w:pgMar {sides}w:header=\"400\" w:footer=\"400\" w:gutter=\"0\"/>"));
    text.push_str("</w:sectPr></w:body></w:document>");
    text
}

/// A share of the page for each column.
fn widths(table: &Table) -> Vec<u32> {
    let parts = table.layout.columns.iter().map(|column| u32::from(width(&column.part)));
    let all: u32 = parts.clone().sum();
    parts.map(|part| part * ROOM / all).collect()
}

/// A row of the header, repeated on every page.
fn head(text: &mut String, table: &Table, row: usize, widths: &[u32]) {
    text.push_str("<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
    let reaches = |cell: &&Head| (cell.row..cell.row + cell.rows).contains(&row);
    let mut cells: Vec<&Head> = table.layout.head.iter().filter(reaches).collect();
    cells.sort_by_key(|cell| cell.column);
    for cell in cells {
        let down = match (cell.rows > 1, cell.row == row) {
            (false, _) => Down::No,
            (true, true) => Down::First,
            (true, false) => Down::Further,
        };
        let wide = widths.iter().skip(cell.column).take(cell.columns).sum();
        open(text, wide, cell.columns, down);
        let words = if down == Down::Further { "" } else { &cell.label };
        paragraphs(text, words, MIDDLE, "<w:rPr><w:b/></w:rPr>");
        text.push_str("</w:tc>");
    }
    text.push_str("</w:tr>");
}

fn body(text: &mut String, table: &Table, row: usize, widths: &[u32]) {
    text.push_str("<w:tr>");
    let cells = table.rows.get(row).into_iter().flatten().zip(&table.layout.columns).zip(widths);
    for (column, ((words, it), wide)) in cells.enumerate() {
        let (down, words) = match table.span(row, column) {
            None => (Down::Further, ""),
            Some(1) => (Down::No, words.as_str()),
            Some(_) => (Down::First, words.as_str()),
        };
        open(text, *wide, 1, down);
        paragraphs(text, words, if centred(&it.part) { MIDDLE } else { "" }, "");
        text.push_str("</w:tc>");
    }
    text.push_str("</w:tr>");
}

/// How a cell stands to the one below.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Down {
    No,
    First,
    Further,
}

fn open(text: &mut String, wide: u32, columns: usize, down: Down) {
    add(text, format_args!("<w:tc><w:tcPr><w:tcW w:w=\"{wide}\" w:type=\"dxa\"/>"));
    if columns > 1 {
        add(text, format_args!("<w:gridSpan w:val=\"{columns}\"/>"));
    }
    text.push_str(match down {
        Down::No => "",
        Down::First => "<w:vMerge w:val=\"restart\"/>",
        Down::Further => "<w:vMerge/>",
    });
    text.push_str("<w:vAlign w:val=\"center\"/></w:tcPr>");
}

/// A paragraph for each line.
fn paragraphs(text: &mut String, words: &str, place: &str, look: &str) {
    for line in words.split('\n') {
        add(text, format_args!("<w:p><w:pPr>{place}</w:pPr>"));
        for (place, piece) in line.split('\t').enumerate() {
            let tab = if place > 0 { "<w:tab/>" } else { "" };
            if !(tab.is_empty() && piece.is_empty()) {
                let piece = escape(piece);
                add(text, format_args!("<w:r>{look}{tab}<w:t xml:space=\"preserve\">{piece}</w:t></w:r>"));
            }
        }
        text.push_str("</w:p>");
    }
}
