//! Files made by hand, as small as their formats allow.

use std::io::{Cursor, Write};

use zip::{ZipWriter, write::SimpleFileOptions};

pub(super) fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const MAIN: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn relations(relations: &[(&str, &str, &str)]) -> String {
    let one = |(id, kind, target): &(&str, &str, &str)| {
        format!("<Relationship Id=\"{id}\" Type=\"{MAIN}/{kind}\" Target=\"{target}\"/>")
    };
    format!("<Relationships>{}</Relationships>", relations.iter().map(one).collect::<String>())
}

/// A workbook with a sheet, a hidden one, two shared strings, macros and a link.
pub(super) fn xlsx(rows: &str, merges: &str) -> Vec<u8> {
    let sheet = format!(
        "<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>{rows}</sheetData><mergeCells>{merges}</mergeCells></worksheet>"
    );
    let strings = "<sst uniqueCount=\"18446744073709551615\"><si><t>课</t><rPh><t>kè</t></rPh></si><si><t>_x000b_乙</t></si></sst>";
    xlsx_of(&sheet, strings)
}

/// A workbook with such a sheet and shared strings.
pub(super) fn xlsx_of(sheet: &str, strings: &str) -> Vec<u8> {
    let book = "<workbook xmlns:r=\"x\"><sheets><sheet name=\"目录\" r:id=\"a\"/><sheet name=\"藏\" state=\"veryHidden\" r:id=\"b\"/></sheets></workbook>";
    let styles = "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"0000\"/></numFmts><cellStyleXfs><xf numFmtId=\"9\"/></cellStyleXfs><cellXfs><xf/><xf numFmtId=\"164\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";
    let links = [
        ("a", "worksheet", "worksheets/a.xml"),
        ("b", "worksheet", "/xl/worksheets/a.xml"),
        ("c", "sharedStrings", "strings.xml"),
        ("d", "styles", "styles.xml"),
    ];
    zip(&[
        ("_rels/.rels", &relations(&[("m", "officeDocument", "xl/workbook.xml")])),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", &relations(&links)),
        ("xl/worksheets/a.xml", sheet),
        ("xl/strings.xml", strings),
        ("xl/styles.xml", styles),
        ("xl/vbaProject.bin", "x"),
        ("xl/externalLinks/externalLink1.xml", "x"),
    ])
}

pub(super) fn docx(body: &str) -> Vec<u8> {
    let document = format!("<w:document xmlns:w=\"x\"><w:body>{body}</w:body></w:document>");
    zip(&[
        ("_rels/.rels", &relations(&[("m", "officeDocument", "word/document.xml")])),
        ("word/document.xml", &document),
    ])
}

pub(super) fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        "<o:document-content xmlns:o=\"o\" xmlns:t=\"t\" xmlns:x=\"x\"><o:body><o:spreadsheet><t:table t:name=\"目录\">{rows}</t:table></o:spreadsheet></o:body></o:document-content>"
    );
    zip(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &content)])
}

/// A compound file with one stream, which fills whole sectors from the second on.
pub(super) fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    let size = stream.len().max(4096);
    let sectors = size.div_ceil(512);
    let lists = (sectors + 2).div_ceil(127);
    let long = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    let mut file = vec![0; 512];
    file[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    file[24..34].copy_from_slice(&[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    file[44..48].copy_from_slice(&long(lists));
    file[48..52].copy_from_slice(&long(lists));
    file[60..64].copy_from_slice(&[0xfe, 0xff, 0xff, 0xff]);
    file[68..72].copy_from_slice(&[0xfe, 0xff, 0xff, 0xff]);
    file[76..512].fill(0xff);
    for list in 0..lists {
        file[76 + list * 4..80 + list * 4].copy_from_slice(&long(list));
    }
    let mut fat = vec![0xff; lists * 512];
    let mut follows = |sector: usize, next: [u8; 4]| fat[sector * 4..sector * 4 + 4].copy_from_slice(&next);
    (0..lists).for_each(|list| follows(list, [0xfd, 0xff, 0xff, 0xff]));
    follows(lists, [0xfe, 0xff, 0xff, 0xff]);
    (1..sectors).for_each(|sector| follows(lists + sector, long(lists + sector + 1)));
    follows(lists + sectors, [0xfe, 0xff, 0xff, 0xff]);
    file.extend(fat);
    let mut directory = vec![0; 512];
    for (index, (name, kind, start, size)) in
        [("Root Entry", 5, 0, 0), (name, 2, lists + 1, size)].iter().enumerate()
    {
        let entry = &mut directory[index * 128..index * 128 + 128];
        let letters = name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        entry[..letters.len()].copy_from_slice(&letters);
        entry[64] = u8::try_from(letters.len() + 2).unwrap();
        entry[66] = *kind;
        entry[68..80].fill(0xff);
        entry[116..120].copy_from_slice(&long(*start));
        entry[120..124].copy_from_slice(&long(*size));
    }
    directory[76..80].copy_from_slice(&long(1));
    file.extend(directory);
    file.extend(stream);
    file.resize(512 * (1 + lists + 1 + sectors), 0);
    file
}

pub(super) fn xls(stream: &[u8]) -> Vec<u8> {
    compound("Workbook", stream)
}

pub(super) fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
}

/// The stream of a workbook with one sheet of such cells and such shared strings.
pub(super) fn workbook(strings: &[u8], cells: &[u8]) -> Vec<u8> {
    let begin = record(0x0809, &[0, 6, 5, 0]);
    let formats = [
        record(0x041e, &[164, 0, 4, 0, 0, b'0', b'0', b'0', b'0']),
        record(0x00e0, &[0, 0, 0, 0]),
        record(0x00e0, &[0, 0, 14, 0]),
        record(0x00e0, &[0, 0, 164, 0]),
        record(0x01ae, &[1, 0, 5, 0, 0, b'a']),
    ];
    let before = [begin, formats.concat(), record(0x00fc, strings)].concat();
    let start = before.len() + 4 + 12 + 4;
    let name = [
        &u32::try_from(start).unwrap().to_le_bytes()[..],
        &[0, 0, 2, 1],
        &0x76ee_u16.to_le_bytes(),
        &0x5f55_u16.to_le_bytes(),
    ];
    let sheet = record(0x0085, &name.concat());
    [before, sheet, record(0x000a, &[]), record(0x0809, &[0, 6, 16, 0]), cells.to_vec(), record(0x000a, &[])]
        .concat()
}

/// A workbook with a cell of each kind.
pub(super) fn records() -> Vec<u8> {
    let wide = |text: &str| {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        [&[u8::try_from(units.len() / 2).unwrap(), 0, 1][..], &units].concat()
    };
    let strings = [&[2, 0, 0, 0, 2, 0, 0, 0][..], &wide("公开"), &[3, 0, 0], b"abc"].concat();
    let at = |row: u8, column: u8, style: u8| [row, 0, column, 0, style, 0];
    let with = |at: [u8; 6], data: &[u8]| [&at[..], data].concat();
    let cells = [
        record(0x0200, &[0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0xff, 0xff, 0, 0]),
        record(0x00fd, &with(at(0, 0, 0), &[0; 4])),
        record(0x00fd, &with(at(0, 2, 0), &[1, 0, 0, 0])),
        record(0x0203, &with(at(0, 3, 0), &1.5_f64.to_le_bytes())),
        record(0x0006, &with(at(1, 2, 0), &[0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0])),
        record(0x0207, &wide("甲乙")),
        record(0x0205, &with(at(1, 3, 0), &[1, 0])),
        record(0x0205, &with(at(1, 4, 0), &[0x2a, 1])),
        record(0x027e, &with(at(2, 0, 1), &(43_831_u32 << 2 | 2).to_le_bytes())),
        // Two packed numbers from B3 on: 7 and 0505.
        record(0x00bd, &[2, 0, 1, 0, 0, 0, 30, 0, 0, 0, 2, 0, 0xe6, 7, 0, 0, 2, 0]),
        // A chart inside the sheet has a cell of its own.
        record(0x0809, &[0, 6, 32, 0]),
        record(0x0203, &with(at(0, 0, 0), &9.0_f64.to_le_bytes())),
        record(0x000a, &[]),
        record(0x00e5, &[1, 0, 0, 0, 1, 0, 0, 0, 1, 0]),
    ];
    workbook(&strings, &cells.concat())
}
