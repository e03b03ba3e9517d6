//! What kind of file it is, by its content.

use super::{Format, Refusal, compound, package, package::Package, unreadable};

/// A kind that is not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binary {
    Xlsx,
    Ods,
    Docx,
    Xls,
}

/// Kinds that are told by their first bytes and never hold a table that could be read here.
const OTHERS: [(&[u8], &str, &str, &str); 8] = [
    (b"%PDF", "PDF 文件", "a PDF", "请提交原始的表格或文档（xlsx、docx），或把表格复制为文本"),
    (b"{\\rtf", "RTF 文档", "an RTF document", "另存为 docx"),
    (b"Rar!", "压缩包", "an archive", "解压后分别提交其中的文件"),
    (b"7z\xbc\xaf", "压缩包", "an archive", "解压后分别提交其中的文件"),
    (b"\x1f\x8b", "压缩包", "an archive", "解压后分别提交其中的文件"),
    (b"\x89PNG", "图片", "a picture", "请提交原始的表格或文档，图片中的文字不予识别"),
    (b"\xff\xd8\xff", "图片", "a picture", "请提交原始的表格或文档，图片中的文字不予识别"),
    (b"GIF8", "图片", "a picture", "请提交原始的表格或文档，图片中的文字不予识别"),
];

/// The kind of a file that is not text; `None` for text.
pub(super) fn binary(bytes: &[u8]) -> Result<Option<Binary>, Refusal> {
    if let Some((_, zh, en, proposal)) = OTHERS.iter().find(|(magic, ..)| bytes.starts_with(magic)) {
        return Err(unreadable(zh, en, proposal));
    }
    if bytes.starts_with(compound::MAGIC) {
        return compound::kind(bytes).map(Some);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return zipped(bytes).map(Some);
    }
    Ok(None)
}

fn zipped(bytes: &[u8]) -> Result<Binary, Refusal> {
    let mut package = Package::open(bytes)?;
    let kind = package.part("mimetype")?.unwrap_or_default();
    if kind.trim().starts_with("application/vnd.oasis.opendocument.spreadsheet") {
        return Ok(Binary::Ods);
    }
    let main = package.main("")?;
    let sheets = package.relations(&main)?.iter().any(|relation| relation.kind == "worksheet");
    if sheets && main.ends_with(".xml") {
        Ok(Binary::Xlsx)
    } else if package.any(|name| name.starts_with("word/")) {
        Ok(Binary::Docx)
    } else {
        Err(package::other(&package))
    }
}

/// The kind of a text.
pub(super) fn text(text: &str) -> Result<Format, Refusal> {
    let start = text.trim_start();
    let head: String = start.chars().take(20_000).flat_map(char::to_lowercase).collect();
    if head.starts_with('<') {
        office_xml(&head)?;
    }
    if ["mime-version:", "from: <saved by"].iter().any(|word| head.starts_with(word)) {
        return Err(unreadable("MHT 网页归档", "an MHT web archive", "用原软件打开后另存为 xlsx 或 docx"));
    }
    if head.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}'])) {
        return Ok(Format::Ndjson);
    }
    let tag = |name: &str| head.contains(&format!("<{name}>")) || head.contains(&format!("<{name} "));
    let page = head.starts_with('<') && ["html", "body", "head", "div", "p", "tr"].into_iter().any(tag);
    if page || head.starts_with("<!doctype html") || tag("table") || contains_table(text) {
        return Ok(Format::Html);
    }
    Ok(Format::Lines)
}

/// Office documents as one XML file.
fn office_xml(head: &str) -> Result<(), Refusal> {
    if head.contains("urn:schemas-microsoft-com:office:spreadsheet") && head.contains("<workbook") {
        return Err(unreadable(
            "Excel 2003 XML 表格",
            "an XML spreadsheet of 2003",
            "用 Excel 或 WPS 另存为 xlsx",
        ));
    }
    if head.contains("<w:worddocument") || head.contains("<pkg:package") {
        return Err(unreadable("Word XML 文档", "a Word document as XML", "用 Word 或 WPS 另存为 docx"));
    }
    if head.contains("<office:document") {
        return Err(unreadable("单文件 OpenDocument", "a flat OpenDocument", "另存为 ods 或 docx"));
    }
    Ok(())
}

/// Whether a table begins further down, after words that somebody put before a page.
fn contains_table(text: &str) -> bool {
    let at = |start: usize, word: &str| {
        text.as_bytes()
            .get(start..start + word.len())
            .is_some_and(|it| it.eq_ignore_ascii_case(word.as_bytes()))
    };
    text.match_indices('<').any(|(start, _)| at(start, "<table>") || at(start, "<table "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::finding::Code;

    #[test]
    fn text_is_told_by_what_stands_in_it() {
        let kind = |content| text(content).map_err(|note| note.code);
        assert_eq!(kind(" <!DOCTYPE html>\n<title>x"), Ok(Format::Html));
        assert_eq!(kind("<TABLE border=1><tr>"), Ok(Format::Html));
        assert_eq!(kind("目录如下\n<table><tr><td>1"), Ok(Format::Html));
        assert_eq!(kind("{\"catalogue\":\"a\"}\n"), Ok(Format::Ndjson));
        assert_eq!(kind("{略}"), Ok(Format::Lines));
        assert_eq!(kind("a < b"), Ok(Format::Lines));
        let workbook =
            "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">";
        assert_eq!(kind(workbook), Err(Code::Unreadable));
        assert_eq!(kind("MIME-Version: 1.0\nContent-Type: multipart/related"), Err(Code::Unreadable));
    }
}
