//! From grids to tables: titles, headers, rows, and what is taken from the row above.

use mulu::import::{
    finding::{Code, Placed},
    grid::{Above, Boundaries, Cell, Grid, Row},
    table::{Field, How, Table, tables},
};

/// A grid of lines: cells are parted by bars, `^` belongs to the cell above, `<` to the one at the left, a line
/// without bars is a paragraph, and an empty line parts two tables.
fn grid(text: &str, boundaries: Boundaries) -> Grid {
    let mut table = 0;
    let mut rows = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            table += 1;
        }
        let cells: Vec<Cell> = match line.split_once('|') {
            None => vec![Cell::new(line)],
            Some(_) => line.split('|').map(|cell| Cell::new(cell.trim().replace("//", "\n"))).collect(),
        };
        let of = line.contains('|').then_some(table);
        rows.push(Row { number: at + 1, table: of, cells });
    }
    merge(&mut rows);
    Grid { sheet: None, addressed: true, boundaries, rows }
}

fn merge(rows: &mut [Row]) {
    for row in 0..rows.len() {
        for column in 0..rows[row].cells.len() {
            let text = rows[row].cells[column].text.clone();
            let above = match text.as_str() {
                "^" => {
                    let of = rows[row - 1].cells[column].merged.unwrap_or(Above { up: 0, left: 0 });
                    Above { up: of.up + 1, left: of.left }
                }
                "<" => {
                    let of = rows[row].cells[column - 1].merged.unwrap_or(Above { up: 0, left: 0 });
                    Above { up: of.up, left: of.left + 1 }
                }
                _ => continue,
            };
            rows[row].cells[column] = Cell { text: String::new(), merged: Some(above) };
        }
    }
}

const TWO_ROWS: &str = "序号|公开事项|<|公开内容(要素)|公开依据|公开时限|公开主体|公开渠道和载体|公开对象|<|公开方式|<|公开层级|<
^|一级事项|二级事项|^|^|^|^|^|全社会|特定群体|主动|依申请公开|县级|乡级";

fn exact(text: &str) -> Grid {
    grid(text, Boundaries::Exact)
}

fn one(grid: &Grid) -> Table {
    let (mut tables, notes) = tables(grid);
    assert_eq!((tables.len(), &notes), (1, &Vec::new()), "{tables:?}");
    tables.remove(0)
}

fn values(table: &Table, field: &Field) -> Vec<String> {
    let at = table.columns.iter().position(|column| column.field == *field).unwrap();
    table.rows.iter().map(|row| row.values[at].text.clone()).collect()
}

fn codes<'a>(notes: impl IntoIterator<Item = &'a Placed>) -> Vec<&'static str> {
    notes.into_iter().map(|placed| placed.note.code.code()).collect()
}

#[test]
fn a_header_of_two_rows_with_merged_cells() {
    let text = format!(
        "青禾县社会救助领域基层政务公开标准目录\n{TWO_ROWS}
        1|资金信息|年度安排|金额|《甲法》|20个工作日|县民政局|■政府网站|√||√||√|
        2|^|执行情况|明细|《甲法》|20个工作日|县民政局|■政府网站|√||√||√|"
    );
    let table = one(&exact(&text));
    let fields: Vec<Field> = table.columns.iter().map(|column| column.field.clone()).collect();
    let level = |word: &str| Field::Level(word.to_owned());
    let expected = [
        Field::Sequence,
        Field::Name(0),
        Field::Name(1),
        Field::Content,
        Field::Basis,
        Field::TimeLimit,
        Field::Units,
        Field::Channels,
        Field::WholeSociety,
        Field::Groups,
        Field::Proactive,
        Field::OnRequest,
        level("县级"),
        level("乡级"),
    ];
    assert_eq!(fields, expected);
    assert_eq!(table.titles, ["青禾县社会救助领域基层政务公开标准目录"]);
    assert_eq!(values(&table, &Field::Name(0)), ["资金信息", "资金信息"]);
    assert_eq!(values(&table, &Field::Name(1)), ["年度安排", "执行情况"]);
    assert_eq!(codes(&table.notes), ["S1"]);
}

#[test]
fn a_header_without_merged_cells_is_told_by_its_words() {
    let text = "序号|公开事项||公开内容|公开依据|公开时限|公开主体|公开渠道|公开对象||公开方式||公开层级|
    |一级事项|二级事项||||||全社会|特定群众|主动|依申请|县级|乡、村级
    1|资金信息|年度安排|金额|《甲法》|20个工作日|县民政局|■政府网站|√||√||√|
    2||执行情况|明细|||||√||√||√|";
    let table = one(&exact(text));
    assert_eq!(table.columns.len(), 14);
    assert_eq!(values(&table, &Field::Name(0)), ["资金信息", "资金信息"]);
    assert_eq!(values(&table, &Field::Basis), ["《甲法》", "《甲法》"], "S9: the block says it once");
    let filled: Vec<How> = table.rows[1].values[4..8].iter().map(|value| value.how).collect();
    assert_eq!(filled, [How::Filled; 4]);
    assert_eq!(codes(&table.notes), ["S1", "S4", "W204", "W204", "W204", "W204"]);
}

#[test]
fn broken_headings_are_joined() {
    let text = "序号|公开|公开|公开|公开|公开|公开
    |事项|内容|依据|时限|主体|渠道
    |||(要素)||||
    1|年度安排|金额|《甲法》|20个工作日|县民政局|政府网站";
    let table = one(&exact(text));
    let labels: Vec<&str> = table.columns.iter().map(|column| column.label.as_str()).collect();
    assert_eq!(table.rows.len(), 1, "{labels:?}");
    let fields: Vec<Field> = table.columns.iter().map(|column| column.field.clone()).collect();
    let expected = [
        Field::Sequence,
        Field::Name(0),
        Field::Content,
        Field::Basis,
        Field::TimeLimit,
        Field::Units,
        Field::Channels,
    ];
    assert_eq!(fields, expected);
    assert!(codes(&table.notes).contains(&"S3"));
}

#[test]
fn lower_headings_without_placeholders_find_their_groups() {
    let text = "|序号|公开事项|公开内容|公开依据|公开时限|公开主体|公开渠道|公开对象|公开方式|公开层级|
    |一级事项|二级事项|全社会|特定群众|主动|依申请|县级|乡级|
    |1|资金信息|年度安排|金额|《甲法》|20个工作日|县民政局|政府网站|√||√||√||";
    // A bar at either end is the border of the table, which the source takes off.
    let text: String = text.lines().map(|line| line.trim().trim_matches('|').to_owned() + "\n").collect();
    let table = one(&grid(&text, Boundaries::Bars));
    assert_eq!(table.columns.len(), 14);
    assert_eq!(values(&table, &Field::Channels), ["政府网站"]);
    assert!(codes(&table.notes).contains(&"S2"));
}

#[test]
fn rows_that_end_too_early_lose_their_ticks() {
    let header = TWO_ROWS.replace(['<', '^'], "");
    let text = format!(
        "{header}
        1|资金信息|年度安排|金额|《甲法》|20个工作日|县民政局|政府网站|√||√
        2|资金信息|执行情况|金额|《甲法》|20个工作日|县民政局|政府网站|√|√|√"
    );
    let table = one(&grid(&text, Boundaries::Bars));
    assert_eq!((table.rows[0].collapsed, table.rows[1].collapsed), (None, Some(3)));
    assert!(table.rows[1].values[8..].iter().all(|value| value.how == How::Lost));
    assert!(codes(&table.notes).contains(&"S22") && codes(&table.notes).contains(&"W336"));
}

#[test]
fn the_same_as_above() {
    let text = "序号|公开事项|公开内容|公开依据|公开时限|公开主体
    1|甲|金额|《甲法》|同 上|县民政局
    2|乙|金额|同上|长期公开|同上";
    let table = one(&exact(text));
    assert_eq!(values(&table, &Field::Basis), ["《甲法》", "《甲法》"]);
    assert_eq!(values(&table, &Field::TimeLimit), ["", "长期公开"]);
    let ditto: Vec<&Placed> =
        table.notes.iter().filter(|p| matches!(p.note.code, Code::Ditto | Code::DittoWithoutAbove)).collect();
    assert_eq!(codes(ditto.iter().copied()), ["E102", "N6", "N6"]);
    assert_eq!((ditto[0].row, ditto[0].column), (Some(1), Some(4)));
}

#[test]
fn several_tables_titles_repeated_headers_and_the_words_around() {
    let text = "索引号：000 发布日期：2024-01-01
    青禾县基层政务公开标准目录
    (一)义务教育领域
    (二)社会救助领域
    (三)养老服务领域
    (一)义务教育领域基层政务公开标准目录
    序号|公开事项|公开内容|公开依据|公开时限|公开主体
    1|甲|金额|《甲法》|长期公开|县教育局
    序号|公开事项|公开内容|公开依据|公开时限|公开主体
    3|乙|金额|《甲法》|长期公开|县教育局
    |||||
    (二)社会救助领域基层政务公开标准目录

    序号|公开事项|公开内容|公开依据|公开时限|公开主体
    1|丙|金额|《甲法》|长期公开|县民政局
    注:标★为必公开
    打印 关闭";
    let (tables, notes) = tables(&exact(text));
    assert_eq!((tables.len(), notes.len()), (2, 0), "{tables:#?}");
    assert_eq!(tables[0].titles.last().unwrap(), "(一)义务教育领域基层政务公开标准目录");
    assert_eq!(tables[1].titles, ["(二)社会救助领域基层政务公开标准目录"]);
    assert_eq!(values(&tables[0], &Field::Name(0)), ["甲", "乙"]);
    assert_eq!(values(&tables[1], &Field::Name(0)), ["丙"]);
    assert_eq!(tables[1].below, ["注:标★为必公开", "打印 关闭"]);
    let first = codes(&tables[0].notes);
    for code in ["S11", "S12", "S13", "S7", "W203", "S18", "W206"] {
        assert_eq!(first.contains(&code), code != "W206", "{code}: {first:?}");
    }
}

#[test]
fn numbers_that_stand_behind_the_outer_name() {
    let text = "序号|一级事项|二级事项|公开内容|公开依据|公开时限|公开主体
    政策文件|1|法律法规|全文|《甲法》|长期公开|县民政局
    |2|规范性文件|全文|《甲法》|长期公开|县民政局";
    let table = one(&exact(text));
    assert_eq!(values(&table, &Field::Name(0)), ["政策文件", "政策文件"]);
    assert_eq!(values(&table, &Field::Sequence), ["1", "2"]);
    assert!(codes(&table.notes).contains(&"W202"));
}

#[test]
fn one_cell_a_line() {
    let head = [
        "序号",
        "公开事项",
        "公开内容",
        "公开依据",
        "公开时限",
        "公开主体",
        "公开渠道",
        "公开对象",
        "公开方式",
        "一级事项",
        "二级事项",
        "全社会",
        "特定群众",
        "主动",
        "依申请",
    ];
    let body = [
        "1",
        "资金信息",
        "年度安排",
        "金额",
        "用途",
        "《甲法》",
        "《乙条例》",
        "20个工作日内",
        "县民政局",
        "■政府网站",
        "■公示栏",
        "√",
        "√",
        "2",
        "执行情况",
        "明细",
        "《甲法》",
        "及时公开",
        "县民政局",
        "■政府网站",
        "√",
        "√",
    ];
    let text = [&["青禾县社会救助领域标准目录"][..], &head, &body].concat().join("\n");
    let table = one(&grid(&text, Boundaries::Lines));
    assert_eq!(values(&table, &Field::Name(0)), ["资金信息", "资金信息"]);
    assert_eq!(values(&table, &Field::Name(1)), ["年度安排", "执行情况"]);
    assert_eq!(values(&table, &Field::Content), ["金额\n用途", "明细"]);
    assert_eq!(values(&table, &Field::Basis), ["《甲法》\n《乙条例》", "《甲法》"]);
    assert_eq!(values(&table, &Field::Channels), ["■政府网站\n■公示栏", "■政府网站"]);
    assert!(codes(&table.notes).contains(&"W208"));
    let whole: Vec<&str> = [
        &head[..],
        &[
            "1",
            "资金信息",
            "年度安排",
            "金额",
            "《甲法》",
            "及时公开",
            "县民政局",
            "政府网站",
            "√",
            "",
            "√",
            "",
        ],
    ]
    .concat();
    let table = one(&grid(&(whole.join("\n") + "\n"), Boundaries::Lines));
    let ticks: Vec<&str> = table.rows[0].values[8..].iter().map(|value| value.text.as_str()).collect();
    assert_eq!(ticks, ["√", "", "√", ""]);
    assert!(table.exact);
}

#[test]
fn a_table_for_each_item() {
    let text = "青禾县标准目录
    一级事项|资金信息|二级事项|年度安排
    公开内容|金额|公开依据|《甲法》
    公开时限|20个工作日|公开主体|县民政局

    一级事项|资金信息|二级事项|执行情况
    公开内容|明细|公开依据|《甲法》
    公开时限|及时公开|公开主体|县民政局";
    let table = one(&exact(text));
    assert_eq!(values(&table, &Field::Name(1)), ["年度安排", "执行情况"]);
    assert_eq!(values(&table, &Field::TimeLimit), ["20个工作日", "及时公开"]);
    assert_eq!(codes(&table.notes)[0], "S16");
}

/// A small file does not become a huge one by a long text that many rows take from above.
#[test]
fn a_long_text_is_not_that_of_any_number_of_rows() {
    let long = "长".repeat(20_000);
    let table = |below: &str, rows: usize| {
        let below = format!("\n2|甲|乙|名称|{below}|及时|县民政局|■政府网站|√||√||√|").repeat(rows);
        let first = format!("1|甲|乙|名称|{long}|及时|县民政局|■政府网站|√||√||√|");
        one(&exact(&format!("{TWO_ROWS}\n{first}{below}")))
    };
    for below in ["^", "", "同上"] {
        for (rows, refused) in [(30, 0), (150, 1)] {
            let table = table(below, rows);
            let told = codes(&table.notes).iter().filter(|code| **code == "E006").count();
            assert_eq!((told, table.rows.len() == rows + 1), (refused, refused == 0), "{below} {rows}");
        }
    }
}

#[test]
fn what_is_no_catalogue_is_refused_with_the_reason() {
    for (text, code) in [
        ("1政策文件法律法规与x有关的公开事项公开依据公开时限", "E002"),
        ("级事项 项事级一 容内开公", "E003"),
        ("一级栏目|二级栏目|三级栏目|四级栏目|更新频次\n甲|乙|丙|丁|每月", "E004"),
        ("序号|公开事项|公开内容\n1|甲|乙", "E001"),
        ("你好", "E008"),
    ] {
        let (tables, notes) = tables(&exact(text));
        assert_eq!((tables.len(), codes(&notes)), (0, vec![code]), "{text}");
    }
}
