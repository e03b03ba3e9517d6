//! Files that were made to take time, memory or the process.

use std::{
    sync::Mutex,
    thread::ThreadId,
    time::{Duration, Instant},
};

use super::{Code, make, source};

/// Far more than any of these files takes, on a machine with much else to do.
const SOON: Duration = Duration::from_secs(30);

/// What a file is refused for; `None` for one that is read. It must be so soon.
fn judged(name: &str, bytes: Vec<u8>) -> Option<Code> {
    let start = Instant::now();
    let judged = source(bytes).err().map(|note| note.code);
    assert!(start.elapsed() < SOON, "{name} took {:?}", start.elapsed());
    judged
}

#[test]
fn packages_that_grow_are_refused() {
    assert_eq!(judged("a large file", vec![b'a'; 65 << 20]), Some(Code::TooLarge));
    let rows = |row: &str, times: u32| {
        (1..=times).map(|number| row.replace('#', &number.to_string())).collect::<String>()
    };
    let bomb = format!("<worksheet>{}</worksheet>", " ".repeat(8 << 20));
    assert_eq!(judged("a ZIP bomb", make::xlsx_of(&bomb, "<sst/>")), Some(Code::TooLarge));
    let wide = rows("<row r=\"#\"><c r=\"A#\"><v>1</v></c><c r=\"XFD#\"><v>1</v></c></row>", 700);
    assert_eq!(judged("ten million cells", make::xlsx(&wide, "")), Some(Code::TooLarge));
    let far = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row><c r=\"XFD1048576\"><v>1</v></c></row>";
    assert_eq!(judged("two cells far apart", make::xlsx(far, "")), None);
    let merged = make::xlsx(far, "<mergeCell ref=\"A1:XFD1048576\"/>");
    assert_eq!(judged("a sheet merged into one", merged), Some(Code::TooLarge));
    let twice = "<mergeCell ref=\"A1:Z9999\"/>".repeat(100);
    assert_eq!(judged("areas over one another", make::xlsx(far, &twice)), Some(Code::TooLarge));
    let strings = format!("<sst><si><t>{}</t></si></sst>", "文".repeat(300_000));
    let sheet = format!(
        "<worksheet><sheetData><row>{}</row></sheetData></worksheet>",
        "<c t=\"s\"><v>0</v></c>".repeat(1_000)
    );
    assert_eq!(judged("one text in many cells", make::xlsx_of(&sheet, &strings)), Some(Code::TooLarge));
    let deep = "<w:p>".repeat(100_000) + &"</w:p>".repeat(100_000);
    assert_eq!(judged("deep XML", make::docx(&deep)), Some(Code::TooLarge));
    let tables = "<w:tbl><w:tr><w:tc>".repeat(100) + &"</w:tc></w:tr></w:tbl>".repeat(100);
    assert_eq!(judged("deep tables", make::docx(&tables)), Some(Code::TooLarge));
    let names = (0..10_001).map(|number| number.to_string()).collect::<Vec<_>>();
    let parts = names.iter().map(|name| (name.as_str(), "")).collect::<Vec<_>>();
    assert_eq!(judged("many parts", make::zip(&parts)), Some(Code::TooLarge));
}

#[test]
fn entities_do_not_grow() {
    let levels =
        (1..10).map(|level| format!("<!ENTITY e{level} \"{}\">", format!("&e{};", level - 1).repeat(10)));
    let laughs = format!("<!DOCTYPE x [<!ENTITY e0 \"ha\">{}]>", levels.collect::<String>());
    let strings = format!("{laughs}<sst><si><t>&e9;</t></si></sst>");
    assert_eq!(judged("an xlsx", make::xlsx_of("<worksheet/>", &strings)), Some(Code::Unreadable));
    let document = format!("{laughs}<d><body><p><r><t>&e9;</t></r></p></body></d>");
    assert_eq!(judged("a docx", make::zip(&[("word/document.xml", &document)])), Some(Code::Unreadable));
    assert_eq!(judged("a page", format!("{laughs}<html><p>&e9;").into_bytes()), None);
}

#[test]
fn repeated_cells_of_an_ods_are_counted_before_they_are_made() {
    let cell = "<t:table-cell t:number-columns-repeated=\"16384\" o:value-type=\"float\" o:value=\"1\"/>";
    let row =
        |repeated: &str| format!("<t:table-row t:number-rows-repeated=\"{repeated}\">{cell}</t:table-row>");
    let short = |repeated: &str| row(repeated).replace("16384", "2");
    assert_eq!(judged("a row that is there twice", make::ods(&short("2"))), None);
    assert_eq!(judged("rows that take no room", make::ods(&short("502"))), Some(Code::TooLarge));
    assert_eq!(judged("some at a time", make::ods(&short("300").repeat(2))), Some(Code::TooLarge));
    assert_eq!(judged("a full sheet", make::ods(&row("1048576"))), Some(Code::TooLarge));
    assert_eq!(judged("more rows than there are", make::ods(&row("4294967295"))), Some(Code::TooLarge));
    let blank = "<t:table-cell t:number-columns-repeated=\"16384\" t:number-columns-spanned=\"2\"/>";
    let spanned = format!("<t:table-row t:number-rows-repeated=\"1048576\">{blank}</t:table-row>");
    assert_eq!(judged("blank cells that span others", make::ods(&spanned)), Some(Code::TooLarge));
    let long = cell.replace("/>", &format!("><x:p>{}</x:p></t:table-cell>", "文".repeat(300_000)));
    assert_eq!(
        judged("a long text repeated", make::ods(&format!("<t:table-row>{long}</t:table-row>"))),
        Some(Code::TooLarge)
    );
    let spanned = "<t:table-row><t:table-cell t:number-columns-spanned=\"4294967295\" t:number-rows-spanned=\"4294967295\"><x:p>a</x:p></t:table-cell></t:table-row>";
    assert_eq!(judged("a cell that spans everything", make::ods(spanned)), None);
}

#[test]
fn pages_cost_no_more_than_their_length() {
    let page = |content: String| format!("<html>{content}").into_bytes();
    assert_eq!(judged("deep elements", page("<div>".repeat(100_000))), None);
    let tags =
        (0..100_000).map(|number| format!("<b id={number}>")).collect::<String>() + &"<p>x".repeat(10_000);
    assert_eq!(judged("open formatting", page(tags)), None);
    let attributes = (0..50_000).map(|number| format!(" a{number}=1")).collect::<String>();
    assert_eq!(judged("many attributes", page(format!("<td{attributes}>"))), None);
    assert_eq!(judged("deep tables", page("<table><tr><td>".repeat(100_000))), Some(Code::TooLarge));
    let spans = "<table>".to_owned() + &"<tr><td colspan=1000 rowspan=65534>x".repeat(2_000);
    assert_eq!(judged("wide spans", page(spans)), Some(Code::TooLarge));
    let rows = "<table>".to_owned() + &"<tr>".repeat(2_100_000);
    assert_eq!(judged("rows without end", page(rows)), Some(Code::TooLarge));
    assert_eq!(judged("entities", page("&".repeat(1_000_000))), None);
    assert_eq!(judged("hidden elements", page("<p hidden>".repeat(100_000))), None);
    assert_eq!(judged("open comments", page("<!--".repeat(100_000))), None);
    assert_eq!(judged("one long cell", page(format!("<td>{}", "x".repeat(2 << 20)))), Some(Code::TooLarge));
}

#[test]
fn text_of_a_single_line_is_no_table() {
    for bar in ["|", ",", "｜", "\t"] {
        assert_eq!(judged("a wide line", bar.repeat(4_000_000).into_bytes()), Some(Code::TooLarge));
    }
    assert_eq!(judged("lines without end", "\n".repeat(4_000_000).into_bytes()), Some(Code::TooLarge));
}

#[test]
fn an_xls_is_not_believed() {
    let text = [&[1, 0, 0, 0, 1, 0, 0, 0][..], &[0xff, 0x1f, 0], &[b'a'; 0x1fff]].concat();
    let cells = (0..60_000_u32).flat_map(|number| {
        let at = [(number / 250) as u16, (number % 250) as u16, 0].map(u16::to_le_bytes).concat();
        make::record(0x00fd, &[&at[..], &[0; 4]].concat())
    });
    let book = make::workbook(&text, &cells.collect::<Vec<_>>());
    assert_eq!(judged("one text in many cells", make::xls(&book)), Some(Code::TooLarge));
    let sound = make::xls(&make::records());
    // The FAT is sector 0: what follows the directory (sector 1) is made to be itself, then the stream to run back.
    for (sector, next) in [(1, 1_u8), (5, 2), (9, 9)] {
        let mut circle = sound.clone();
        circle[512 + sector * 4..516 + sector * 4].copy_from_slice(&[next, 0, 0, 0]);
        assert_eq!(judged("a chain in a circle", circle), Some(Code::Unreadable));
    }
    let mut huge = sound;
    huge[512 + 512 + 128 + 120..][..4].copy_from_slice(&[0xff; 4]);
    assert_eq!(judged("a stream longer than its file", huge), Some(Code::Unreadable));
}

/// The threads on which something has panicked.
static PANICS: Mutex<Vec<ThreadId>> = Mutex::new(Vec::new());

#[test]
fn no_bytes_make_it_panic() {
    // A panic would pass for a damaged file, so it is looked for where it happens.
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.lock().unwrap().push(std::thread::current().id());
        before(panic);
    }));
    let mut random = 0x2026_1121_u64;
    let mut next = move || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize
    };
    let whole: [&[u8]; 8] = [
        include_bytes!("../../corpus/source/workbook.xls"),
        include_bytes!("../../corpus/source/workbook.xlsx"),
        include_bytes!("../../corpus/source/workbook.ods"),
        include_bytes!("../../corpus/source/document.docx"),
        &make::xls(&make::records()),
        &make::xlsx("<row><c t=\"s\"><v>1</v></c></row>", "<mergeCell ref=\"A1:B2\"/>"),
        super::PAGE.as_bytes(),
        "题\n|序号|事项|\n|--|--|\n|1|甲<br>|\n".as_bytes(),
    ];
    let start = Instant::now();
    for bytes in whole {
        for _ in 0..60 {
            let _ = source(&bytes[..next() % bytes.len()]);
            let mut changed = bytes.to_vec();
            for _ in 0..=next() % 4 {
                let at = next() % changed.len();
                changed[at] = next() as u8;
            }
            let _ = source(changed);
        }
    }
    for magic in
        [&b"PK\x03\x04"[..], b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<table>", b"\xff\xfe", b"", b"{\""]
    {
        for length in [0, 1, 7, 100, 600, 5_000] {
            let noise = (0..length).map(|_| next() as u8).collect::<Vec<_>>();
            let _ = source([magic, &noise].concat());
        }
    }
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    assert!(!PANICS.lock().unwrap().contains(&std::thread::current().id()));
}
