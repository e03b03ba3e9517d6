//! Tables that came apart: one cell a line, one small table an item, or no cells at all.

use super::{
    Table,
    header::{self, Column, Header},
    rows::{How, Row, Value},
    words::{self, Field, Heading, Word, folded},
};
use crate::import::{
    finding::{Code, Note, Placed},
    grid::Grid,
};

/// A line with words: the row of the grid and its words.
type Line<'a> = (usize, &'a str);

/// The table of a page that has one cell a line.
pub(super) fn tables(grid: &Grid) -> (Vec<Table>, Vec<Placed>) {
    let lines: Vec<Line> = (0..grid.rows.len()).map(|at| (at, grid.text(at, 0).trim())).collect();
    let Some((first, header)) = header_of(&lines) else {
        let all: String = lines.iter().map(|(_, text)| *text).collect::<Vec<_>>().join("\n");
        return (Vec::new(), vec![Placed::whole(no_cells(&all))]);
    };
    let mut table =
        Table { first: 0, head: first, columns: header.columns, notes: header.notes, ..Table::default() };
    let above = lines[..first].iter().filter(|(_, text)| !text.is_empty());
    table.titles = above.map(|(_, text)| (*text).to_owned()).collect();
    let body = lines[first..].iter().position(|(_, text)| *text == "1");
    let Some(body) = body.map(|at| &lines[first + at..]) else {
        return (Vec::new(), vec![Placed::row(first, Note::new(Code::NoCellBoundaries, ""))]);
    };
    let records = records(body);
    let width = table.columns.len();
    // Blank lines at the very end are often lost, so the last item is no witness where there are others.
    let witnesses = if records.len() > 1 { &records[..records.len() - 1] } else { &records[..] };
    let whole = witnesses.iter().all(|record| record.len() == width);
    for record in &records {
        let row = if whole { straight(record, width) } else { sorted(record, &table) };
        table.rows.push(row);
    }
    table.exact = whole;
    let code = if whole { Code::RebuiltRows } else { Code::BlankCellsLost };
    table.notes.push(Placed::row(first, Note::new(code, records.len().to_string())));
    super::rows::settle(&mut table, whole);
    (vec![table], Vec::new())
}

/// The header of such a page: a run of lines that are all headings, the upper row before the lower.
fn header_of(lines: &[Line]) -> Option<(usize, Header)> {
    let first = lines.iter().position(|(_, text)| {
        matches!(words::heading(text), Some(Heading { word: Word::Field(Field::Sequence), .. }))
    })?;
    let run = lines[first..].iter().filter(|(_, text)| !text.is_empty());
    let words: Vec<&str> =
        run.map(|(_, text)| *text).take_while(|text| words::heading(text).is_some()).collect();
    let header = header::expand(&words, first);
    header.suffices().then_some((first, header))
}

/// The lines of each item. An item begins with the next number.
fn records<'a>(lines: &'a [Line<'a>]) -> Vec<&'a [Line<'a>]> {
    let mut starts = Vec::new();
    for (at, (_, text)) in lines.iter().enumerate() {
        if text.parse::<usize>().is_ok_and(|number| number == starts.len() + 1) {
            starts.push(at);
        }
    }
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    starts.iter().zip(ends).map(|(start, end)| &lines[*start..end]).collect()
}

/// A record that has a line for each column, blank ones too.
fn straight(record: &[Line], width: usize) -> Row {
    let value = |(row, text): &Line| Value { text: (*text).to_owned(), how: How::Printed, row: *row, at: 0 };
    let mut values: Vec<Value> = record.iter().map(value).collect();
    values.resize_with(width, || Value { row: record[0].0, ..Value::default() });
    Row { at: record[0].0, values, collapsed: None }
}

/// What a line of a record looks like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Tick,
    Channel,
    TimeLimit,
    Basis,
    Other,
}

const CHANNELS: [&str; 12] = [
    "网站",
    "公示栏",
    "公报",
    "两微一端",
    "公众号",
    "政务服务中心",
    "公开查阅点",
    "入户",
    "便民服务",
    "广播",
    "媒体",
    "电子屏",
];

fn look(text: &str) -> Look {
    let short = text.chars().count() <= 60;
    if ["√", "✓", "✔", "V", "Ⅴ"].contains(&text) {
        Look::Tick
    } else if text.starts_with(['■', '□', '☑', '☐', '▲', '◆'])
        || (short && CHANNELS.iter().any(|known| text.contains(known)))
    {
        Look::Channel
    } else if text.contains('《') {
        Look::Basis
    } else if short
        && ["工作日", "及时公开", "实时公开", "长期公开", "之日起", "日内"]
            .iter()
            .any(|word| text.contains(word))
    {
        Look::TimeLimit
    } else {
        Look::Other
    }
}

/// A record whose blank lines are lost: its lines are told by what they look like, and its ticks cannot be told.
fn sorted(record: &[Line], table: &Table) -> Row {
    let lines: Vec<Line> = record[1..].iter().filter(|(_, text)| !text.is_empty()).copied().collect();
    let looks: Vec<Look> = lines.iter().map(|(_, text)| look(text)).collect();
    let find = |wanted: Look| looks.iter().position(|look| *look == wanted);
    let limit = find(Look::TimeLimit);
    let channel = looks.iter().enumerate().skip(limit.unwrap_or(0)).find(|(_, look)| **look == Look::Channel);
    let channel = channel.map(|(at, _)| at);
    let ticks = find(Look::Tick).unwrap_or(lines.len());
    let basis = find(Look::Basis).filter(|at| limit.is_none_or(|limit| *at < limit));
    let body = basis.or(limit).or(channel).unwrap_or(ticks);
    let levels =
        (0..3).filter(|level| table.columns.iter().any(|column| column.field == Field::Name(*level))).count();
    // A merged outer name is printed once; below it there are only the inner name and the content.
    let named = if body > levels { levels } else { body.saturating_sub(1) };
    let parts = [
        (Field::Content, named..body),
        (Field::Basis, basis.unwrap_or(body)..limit.or(channel).unwrap_or(ticks)),
        (Field::TimeLimit, limit.unwrap_or(0)..limit.map_or(0, |at| at + 1)),
        (Field::Units, limit.map_or(0, |at| at + 1)..limit.map_or(0, |_| channel.unwrap_or(ticks))),
        (Field::Channels, channel.unwrap_or(ticks)..ticks),
    ];
    let value = |column: &Column| {
        let range = match &column.field {
            Field::Sequence => {
                return Value { text: record[0].1.to_owned(), row: record[0].0, ..Value::default() };
            }
            Field::Name(level) => {
                let at = (level + named).checked_sub(levels).filter(|at| *at < named);
                at.map_or(0..0, |at| at..at + 1)
            }
            field => parts.iter().find(|(part, _)| part == field).map_or(0..0, |(_, range)| range.clone()),
        };
        let some = lines.get(range).unwrap_or_default();
        let text = some.iter().map(|(_, text)| *text).collect::<Vec<_>>().join("\n");
        let how = if text.is_empty() { How::Lost } else { How::Printed };
        Value { text, how, row: some.first().map_or(record[0].0, |(row, _)| *row), at: 0 }
    };
    Row { at: record[0].0, values: table.columns.iter().map(value).collect(), collapsed: None }
}

/// Tables that each show one item, headings in the first and third column.
pub(super) fn vertical(grid: &Grid) -> Vec<Table> {
    let mut table = Table { exact: true, ..Table::default() };
    let mut pairs: Vec<(Field, Value)> = Vec::new();
    let mut owner = None;
    for (at, row) in grid.rows.iter().enumerate() {
        for column in (0..row.cells.len()).step_by(2) {
            let Some(Heading { word, .. }) = words::heading(grid.text(at, column)) else { continue };
            let field = match word {
                Word::Field(field) => field,
                Word::Group(group) => group.whole(),
            };
            // The same heading again, or a table of its own, is the next item.
            if pairs.iter().any(|(known, _)| *known == field) || owner != row.table {
                settle_item(&mut table, &mut pairs);
            }
            owner = row.table;
            let text = grid.text(at, column + 1).trim().to_owned();
            pairs.push((field, Value { text, how: How::Printed, row: at, at: column + 1 }));
        }
    }
    settle_item(&mut table, &mut pairs);
    let has = |field: &Field| table.columns.iter().any(|column| column.field == *field);
    let enough = has(&Field::Content) && (has(&Field::Name(0)) || has(&Field::Name(1)) || has(&Field::Names));
    if !enough || table.rows.is_empty() {
        return Vec::new();
    }
    let above = grid.rows.iter().take_while(|row| row.table.is_none());
    table.titles =
        above.filter_map(|row| row.cells.first()).map(|cell| cell.text.trim().to_owned()).collect();
    // Columns that later items brought are blank in the earlier ones.
    let width = table.columns.len();
    for row in &mut table.rows {
        let at = row.at;
        row.values.resize_with(width, || Value { row: at, ..Value::default() });
    }
    let note = Note::new(Code::VerticalTables, table.rows.len().to_string());
    table.notes.push(Placed::row(table.rows[0].at, note));
    super::rows::settle(&mut table, true);
    vec![table]
}

fn settle_item(table: &mut Table, pairs: &mut Vec<(Field, Value)>) {
    let Some(at) = pairs.first().map(|(_, value)| value.row) else { return };
    let mut row = Row { at, ..Row::default() };
    for (field, value) in pairs.drain(..) {
        let known = table.columns.iter().position(|column| column.field == field);
        let place = known.unwrap_or_else(|| {
            let label = header::name(&field);
            table.columns.push(Column { field, at: table.columns.len(), label });
            table.columns.len() - 1
        });
        row.values.resize_with(row.values.len().max(place + 1), || Value { row: at, ..Value::default() });
        row.values[place] = value;
    }
    table.rows.push(row);
}

/// What to say of words without cells.
pub(super) fn no_cells(text: &str) -> Note {
    let words = folded(text);
    let start: String = text.chars().take(40).collect();
    // Columns that were read across print their headings backwards or letter by letter.
    if ["项事级", "容内开公", "据依开公", "限时开公", "规策法政"].iter().any(|word| words.contains(word))
    {
        return Note::new(Code::ScrambledText, start).expected("按阅读次序的文字", "text in reading order");
    }
    if ["公开事项", "公开依据", "公开时限"].iter().all(|word| words.contains(word)) {
        return Note::new(Code::NoCellBoundaries, start).expected(
            "每格一行或以竖线分隔的表格；请从原文件复制",
            "a table with one cell a line or bars between cells; copy it from the original",
        );
    }
    Note::new(Code::NoTable, start).expected("含标准目录表格的文件", "a file with the table of a catalogue")
}
