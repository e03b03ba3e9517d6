//! Files of every kind become the same grids; hostile ones are refused soon.
//!
//! The files of `tests/corpus/source/` were written by LibreOffice from one workbook and one page.

mod hostile;
mod make;

use mulu::import::{
    File,
    finding::Code,
    grid::Grid,
    source::{Format, Place, Refusal, Source, read},
};

/// Reads bytes under a name that says nothing of their kind.
fn source(bytes: impl Into<Vec<u8>>) -> Result<Source, Refusal> {
    read(&File { name: "目录.xls".to_owned(), bytes: bytes.into() })
}

fn page(bytes: impl Into<Vec<u8>>) -> Source {
    source(bytes).unwrap()
}

fn refused(bytes: impl Into<Vec<u8>>) -> Code {
    source(bytes).unwrap_err().code
}

/// The rows as a person reads them: the number, then the cells, merged ones with the words of their first.
fn lines(grid: &Grid) -> Vec<String> {
    let line = |index: usize| {
        let row = &grid.rows[index];
        let cell = |column: usize| {
            let mark = if row.cells[column].merged.is_some() { "^" } else { "" };
            format!("{mark}{}", grid.text(index, column).replace('\n', "/"))
        };
        let cells = (0..row.cells.len()).map(cell).collect::<Vec<_>>();
        format!("{} {}", row.number, cells.join("|"))
    };
    (0..grid.rows.len()).map(line).collect()
}

fn codes(source: &Source) -> Vec<(Code, &str)> {
    source.notes.iter().map(|(_, note)| (note.code, note.text.as_str())).collect()
}

const TABLE: [&str; 6] = [
    "1 青禾县标准目录",
    "2 序号|公开事项|^公开事项|公开时限",
    "3 ^序号|一级|二级|^公开时限",
    "4 1|资金/信息|年度/安排|20个工作日",
    "5 2|^资金/信息|执行|及时",
    "6 注：完",
];

const PAGE: &str = "<html><head><meta charset=\"gb2312\"><title>略</title></head><body><p>青禾县标准目录</p>
<table width=90%><tr><td><table border=1><tr><td rowspan=2>序号</td><td colspan=2>公开事项</td><td rowspan=2>公开时限</td></tr>
<tr><td>一级</td><td>二级</td></tr><tr><td>1</td><td rowspan=2>资金<br>信息</td><td><p>年度</p><p>安排</p></td>
<td>20个工作日</td></tr><tr><td>2</td><td>执行</td><td>及时</td></tr></table></td></tr></table><p>注：完</p></body></html>";

#[test]
fn a_page_and_a_word_document_give_the_same_grid() {
    let word = page(include_bytes!("../corpus/source/document.docx"));
    assert_eq!((word.format, word.encoding, word.grids.len()), (Format::Docx, None, 1));
    assert_eq!(lines(&word.grids[0]), TABLE);
    let web = page(PAGE);
    assert_eq!((web.format, web.encoding, codes(&web)), (Format::Html, Some("UTF-8"), vec![]));
    assert_eq!(lines(&web.grids[0]), TABLE);
    assert_eq!(web.grids[0], word.grids[0]);
}

#[test]
fn workbooks_of_each_kind_give_the_same_grid() {
    let kinds: [(Format, &[u8], &str); 3] = [
        (Format::Xlsx, include_bytes!("../corpus/source/workbook.xlsx"), "甲乙"),
        // LibreOffice stored no text for the formula in this file.
        (Format::Xls, include_bytes!("../corpus/source/workbook.xls"), "0"),
        (Format::Ods, include_bytes!("../corpus/source/workbook.ods"), "甲乙"),
    ];
    for (format, bytes, result) in kinds {
        let book = page(bytes);
        assert_eq!((book.format, book.grids.len()), (format, 1));
        let grid = &book.grids[0];
        let last = format!("7 |3|1.5|{result}|1");
        let own = [
            "3 |青禾县标准目录|^青禾县标准目录|^青禾县标准目录|^青禾县标准目录",
            "4 |序号|公开事项|^公开事项|日期",
            "5 |^序号|一级|二级|^日期",
            "6 |0505|资金/信息|0302|2020-01-31",
            &last,
        ];
        assert_eq!(lines(grid), own, "{format:?}");
        assert_eq!((grid.sheet.as_deref(), grid.address(3, 1).as_deref()), (Some("目录"), Some("B6")));
        assert_eq!(codes(&book), [(Code::FormulaResult, "3"), (Code::HiddenSheet, "备用")], "{format:?}");
        assert_eq!(book.notes[0].0, Some(Place { grid: 0, row: 4, column: 1 }));
    }
}

#[test]
fn text_is_read_in_the_encodings_of_china() {
    let gb = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let csv = "青禾县标准目录\n序号,公开事项,公开时限\n1,\"资金\r\n信息\",及时\n";
    let own = ["1 青禾县标准目录", "2 序号|公开事项|公开时限", "3 1|资金/信息|及时"];
    let encoded = [
        (csv.as_bytes().to_vec(), "UTF-8"),
        (gb(csv), "gb18030"),
        (utf16(csv), "UTF-16LE"),
        (utf16(&format!("\u{feff}{csv}")), "UTF-16LE"),
    ];
    for (bytes, encoding) in encoded {
        let text = page(bytes);
        assert_eq!((text.format, text.encoding), (Format::Delimited, Some(encoding)));
        assert_eq!(lines(&text.grids[0]), own);
        let note = (Code::Encoding, encoding);
        assert_eq!(codes(&text), if encoding == "UTF-8" { vec![] } else { vec![note] });
    }
    let web = page(gb(PAGE));
    assert_eq!((web.encoding, lines(&web.grids[0])), (Some("gb18030"), TABLE.map(str::to_owned).to_vec()));
    let mut damaged = "公开事项、公开内容、公开依据".as_bytes().to_vec();
    damaged.remove(4);
    assert_eq!(refused(damaged), Code::Undecodable);
}

#[test]
fn text_is_told_apart_by_what_stands_in_it() {
    let kinds = [
        ("{\"catalogue\":\"青禾\"}\n", Format::Ndjson),
        ("catalogue,label\nx,1\n", Format::CanonicalCsv),
        ("序号\t事项\t时限\n1\t甲\t及时\n", Format::Delimited),
        ("题\n\n|序号|事项|\n|---|---|\n|1|甲|\n", Format::Bars),
        ("序号\n公开事项\n\n1\n甲\n", Format::Lines),
        ("<p>题<p>文", Format::Html),
        ("", Format::Lines),
    ];
    for (text, format) in kinds {
        let source = page(text);
        assert_eq!(source.format, format, "{text}");
        assert_eq!(source.grids.is_empty(), format.canonical(), "{text}");
    }
    assert_eq!(
        lines(&page("题\n\n|序号|事项|\n|---|---|\n|1|甲|\n").grids[0]),
        ["1 题", "3 序号|事项", "5 1|甲"]
    );
    assert_eq!(lines(&page("序号\n\n甲\n").grids[0]), ["1 序号", "2 ", "3 甲"]);
}

#[test]
fn an_xlsx_is_read_at_its_addresses_and_in_its_formats() {
    let rows = r##"<row r="3"><c r="B3" t="inlineStr"><is><r><t>题</t></r><r><t xml:space="preserve"> 目</t></r></is></c></row>
        <row r="9"><c r="C9" s="1"><v>505</v></c><c><v>0.30000000000000004</v></c><c t="b"><v>1</v></c>
        <c s="2"><v>43831.5</v></c><c t="e"><v>#REF!</v></c><c t="s"><v>1</v></c><c t="s"><v>0</v></c></row>
        <row><c t="str"><f>A1</f><v></v></c></row>"##;
    let book = page(make::xlsx(rows, "<mergeCell ref=\"B3:D4\"/>"));
    let own = [
        "3 |题 目|^题 目|^题 目",
        "4 |^题 目|^题 目|^题 目",
        "5 ",
        "9 ||0505|0.3|TRUE|2020-01-01 12:00|#REF!|/乙|课",
    ];
    assert_eq!(lines(&book.grids[0]), own);
    assert_eq!(book.grids[0].address(3, 2).as_deref(), Some("C9"));
    assert_eq!(codes(&book), [(Code::HiddenSheet, "藏"), (Code::IgnoredParts, "宏、外部链接")]);
}

#[test]
fn a_formula_without_a_stored_result_is_an_error() {
    let book = page(make::xlsx("<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\"><f>A2+1</f></c></row>", ""));
    let found = book.notes.iter().find(|(_, note)| note.code == Code::Unreadable).unwrap();
    assert_eq!((found.1.text.as_str(), found.0), ("目录!B2", Some(Place { grid: 0, row: 0, column: 1 })));
}

#[test]
fn an_xls_is_read_record_by_record() {
    let book = page(make::xls(&make::records()));
    assert_eq!(book.format, Format::Xls);
    let own = ["1 公开|^公开|abc|1.5", "2 ^公开|^公开|甲乙|TRUE|#N/A", "3 2020-01-01|7|0505"];
    assert_eq!(lines(&book.grids[0]), own);
    assert_eq!(codes(&book), [(Code::FormulaResult, "甲乙"), (Code::IgnoredParts, "外部链接")]);
}

#[test]
fn an_ods_repeats_rows_and_cells() {
    let cell = |attributes: &str, text: &str| {
        format!("<t:table-cell o:value-type=\"string\" {attributes}><x:p>{text}</x:p></t:table-cell>")
    };
    let rows = format!(
        "<t:table-row t:number-rows-repeated=\"1000\"><t:table-cell t:number-columns-repeated=\"16384\"/></t:table-row>
         <t:table-row t:number-rows-repeated=\"2\"><t:table-cell/>{}{}</t:table-row>
         <t:table-row t:number-rows-repeated=\"1047574\"><t:table-cell/></t:table-row>",
        cell("t:number-columns-repeated=\"2\"", "甲<o:annotation><x:p>批注</x:p></o:annotation><x:s x:c=\"2\"/>乙"),
        cell("", "丙</x:p><x:p>丁")
    );
    assert_eq!(
        lines(&page(make::ods(&rows)).grids[0]),
        ["1001 |甲  乙|甲  乙|丙/丁", "1002 |甲  乙|甲  乙|丙/丁"]
    );
}

#[test]
fn a_docx_is_read_as_it_would_be_printed() {
    let run = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    let cell = |properties: &str, inside: &str| {
        format!("<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{inside}</w:p></w:tc>")
    };
    let row = |cells: &[String]| format!("<w:tr>{}</w:tr>", cells.concat());
    let merged = |value: &str| format!("<w:gridSpan w:val=\"2\"/><w:vMerge {value}/>");
    let body = [
        "<w:p><w:r><w:t>题</w:t><w:br/><w:t>目</w:t></w:r><w:del><w:r><w:delText>删</w:delText></w:r></w:del>",
        "<w:ins><w:r><w:t>增</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>暗</w:t></w:r>",
        "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p><w:tbl>",
        &row(&[cell(&merged("w:val=\"restart\""), &run("甲")), cell("", &run("一"))]),
        &row(&[cell(&merged(""), ""), cell("", "<w:r><w:sym w:font=\"Wingdings\" w:char=\"F0FE\"/></w:r>")]),
        "<w:tr><w:trPr><w:del w:id=\"1\"/></w:trPr><w:tc><w:p><w:r><w:t>删</w:t></w:r></w:p></w:tc></w:tr>",
        "<w:tr><w:trPr><w:gridBefore w:val=\"1\"/></w:trPr>",
        &cell("", &run("乙")),
        "<w:tc><w:tbl>",
        &row(&[cell("", &run("内")), cell("", &run("表"))]),
        "</w:tbl><w:p/></w:tc></w:tr></w:tbl>",
    ]
    .concat();
    let word = page(make::docx(&body));
    assert_eq!(lines(&word.grids[0]), ["1 题/目增", "2 甲|^甲|一", "3 ^甲|^甲|þ", "4 |乙|内 表"]);
    assert_eq!(codes(&word), [(Code::IgnoredParts, "修订中删除的文字")]);
}

#[test]
fn what_cannot_be_read_is_refused_with_what_to_do() {
    let other = |bytes: &[u8]| {
        let note = source(bytes).unwrap_err();
        (note.code, note.text, note.proposal.is_some())
    };
    let unreadable = |text: &str| (Code::Unreadable, text.to_owned(), true);
    assert_eq!(
        other(include_bytes!("../corpus/source/document.doc")),
        unreadable("Word 97–2003 文档（doc）")
    );
    assert_eq!(other(b"%PDF-1.7 x"), unreadable("PDF 文件"));
    assert_eq!(other(b"MIME-Version: 1.0\r\nX: y"), unreadable("MHT 网页归档"));
    assert_eq!(other(&make::zip(&[("a.txt", "x")])), unreadable("压缩包"));
    assert_eq!(other(&make::zip(&[("OFD.xml", "x")])), unreadable("OFD 版式文件"));
    let workbook =
        "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"/>";
    assert_eq!(other(workbook.as_bytes()), unreadable("Excel 2003 XML 表格"));
    let old = make::xls(&[vec![0x09, 0x08, 4, 0, 0, 5, 5, 0], vec![0x0a, 0, 0, 0]].concat());
    assert_eq!(other(&old), unreadable("Excel 95 或更早的工作簿"));
    assert_eq!(refused(make::compound("EncryptedPackage", b"x")), Code::Protected);
    let locked = [&[0x09, 0x08, 4, 0, 0, 6, 5, 0][..], &[0x2f, 0, 2, 0, 0, 0]].concat();
    assert_eq!(refused(make::xls(&locked)), Code::Protected);
    let manifest = "<m:manifest xmlns:m=\"x\"><m:encryption-data/></m:manifest>";
    let mimetype = "application/vnd.oasis.opendocument.spreadsheet";
    assert_eq!(
        refused(make::zip(&[("mimetype", mimetype), ("META-INF/manifest.xml", manifest)])),
        Code::Protected
    );
}
