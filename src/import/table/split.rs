//! Where tables begin and end in a grid, and what stands around them.

use super::{
    Table,
    header::{self, Header},
    lines, page, rows, tasks,
    words::folded,
};
use crate::import::{
    cell::mirror::restore,
    finding::{Code, Note, Placed},
    grid::{Boundaries, Grid, Row},
};

/// How many rows below a title its header may begin; a line of a table of contents has none that near.
const TITLE_TO_HEADER: usize = 5;

/// The most words that a title has.
const LONGEST_TITLE: usize = 80;

/// How many titles of domains above one table are a table of contents, less one.
const MOST_DOMAINS: usize = 2;

/// The tables of a grid. Without any, the second value says why.
pub fn tables(grid: &Grid) -> (Vec<Table>, Vec<Placed>) {
    if grid.boundaries == Boundaries::Lines {
        return lines::tables(grid);
    }
    let mut tables: Vec<Table> = Vec::new();
    let mut at = 0;
    while let Some(header) = header::find(grid, at) {
        let (end, table) = table(grid, at, header);
        tables.push(table);
        at = end;
    }
    if tables.is_empty() {
        let vertical = lines::vertical(grid);
        if !vertical.is_empty() {
            return (vertical, Vec::new());
        }
        return (tables, why_none(grid));
    }
    if tables.len() > 1 {
        let first = tables[0].first;
        let note = Note::new(Code::SeveralTables, tables.len().to_string());
        tables[0].notes.push(Placed::row(first, note));
    }
    (tables, Vec::new())
}

/// One table, from the row after the last one; and the row after it.
fn table(grid: &Grid, from: usize, header: Header) -> (usize, Table) {
    let mut table = Table {
        first: from,
        head: header.first,
        exact: grid.boundaries == Boundaries::Exact,
        notes: header.notes.clone(),
        remark: header.remark.clone(),
        ..Table::default()
    };
    heading(grid, from, header.first, &mut table);
    let body = body(grid, &header, &mut table);
    let end = body.rows.last().map_or(header.end(), |last| last + 1);
    // Words before a header that has no title of its own are the next table's to read.
    let next = if body.stops_at_header { end } else { body.stop };
    foot(grid, end, next, &mut table);
    table.columns = header.columns;
    rows::read(grid, &body.rows, &mut table);
    (next, table)
}

/// The rows of a table, and where it stops.
struct Body {
    rows: Vec<usize>,
    stop: usize,
    stops_at_header: bool,
}

fn body(grid: &Grid, header: &Header, table: &mut Table) -> Body {
    let repeated = repetition(grid, header);
    let mut body = Body { rows: Vec::new(), stop: header.end(), stops_at_header: false };
    // Words may stand between two pages of one table, or after it.
    let mut words = false;
    while body.stop < grid.rows.len() {
        let at = body.stop;
        if repeats(grid, at, &repeated) {
            table.notes.push(Placed::row(at, Note::new(Code::RepeatedHeader, words_of(&grid.rows[at]))));
            body.stop += header.depth;
            words = false;
            continue;
        }
        if is_title(grid, at) && next_header(grid, at).is_some() {
            break;
        }
        if header::at(grid, at).is_some_and(|header| header.suffices()) {
            body.stops_at_header = true;
            break;
        }
        match shape(grid, header, at) {
            Shape::Words => words = true,
            Shape::Blank if grid.rows[at].table.is_some() && !body.rows.is_empty() => {
                table.notes.push(Placed::row(at, Note::new(Code::EmptyRow, "")));
            }
            Shape::Blank => {}
            // Another physical table without a header goes on only where no words stand between.
            Shape::Data if words && grid.rows[at].table != grid.rows[header.first].table => break,
            Shape::Data => {
                body.rows.push(at);
                words = false;
            }
        }
        body.stop += 1;
    }
    body
}

/// What stands above a header: titles, and all else.
fn heading(grid: &Grid, from: usize, header: usize, table: &mut Table) {
    let lines =
        (from..header).map(|at| (at, words_of(&grid.rows[at]))).filter(|(_, words)| !words.is_empty());
    let (mut titles, mut passed): (Vec<_>, Vec<_>) = lines.partition(|(at, _)| is_title(grid, *at));
    // Of several titles of domains all but the last are a table of contents.
    let of_domain = |(_, words): &(usize, String)| words.contains("领域");
    if titles.iter().filter(|line| of_domain(line)).count() > MOST_DOMAINS {
        let last = titles.iter().rposition(of_domain);
        let contents = titles.extract_if(.., {
            let mut at = 0;
            move |line| {
                at += 1;
                of_domain(line) && Some(at - 1) != last
            }
        });
        passed.extend(contents);
        passed.sort();
    }
    if let Some((row, _)) = passed.first() {
        let contents = passed.iter().filter(|line| of_domain(line)).count() >= MOST_DOMAINS;
        let code = if contents { Code::Contents } else { Code::PageHead };
        let facts = page::facts(passed.iter().map(|(_, words)| words.as_str()));
        let note = Note {
            understood: Some(facts).filter(|facts| !facts.is_empty()),
            ..Note::new(code, joined(&passed))
        };
        table.notes.push(Placed::row(*row, note));
    }
    let attached = passed.iter().find(|(_, words)| words.contains("附件") && words.contains('.'));
    if let Some((row, words)) = attached {
        table.notes.push(Placed::row(*row, Note::new(Code::Attachments, words.clone())));
    }
    // The name of a file says what a title would, where there is none.
    if let Some((_, words)) = attached.filter(|(_, words)| titles.is_empty() && is_file(words)) {
        table.titles.extend(words.rsplit_once('.').map(|(name, _)| name.to_owned()));
    }
    table.titles.extend(titles.into_iter().map(|(_, words)| plain(&words)));
    table.above = passed.into_iter().map(|(_, words)| words).collect();
}

/// Words as a title or a heading says them, where the page is a mirror's.
fn plain(words: &str) -> String {
    restore(words, &mut Vec::new())
}

fn joined(lines: &[(usize, String)]) -> String {
    lines.iter().map(|(_, words)| words.as_str()).collect::<Vec<_>>().join("\n")
}

/// What stands below the last row.
fn foot(grid: &Grid, from: usize, to: usize, table: &mut Table) {
    let lines = (from..to).map(|at| (at, words_of(&grid.rows[at]))).filter(|(_, words)| !words.is_empty());
    let below: Vec<(usize, String)> = lines.collect();
    table.remarks = page::remarks(below.iter().map(|(_, words)| words.as_str()));
    if let Some((row, _)) = below.first() {
        let remarks = Some(table.remarks.join("\n")).filter(|remarks| !remarks.is_empty());
        let note = Note { understood: remarks, ..Note::new(Code::PageFoot, joined(&below)) };
        table.notes.push(Placed::row(*row, note));
    }
    table.below = below.into_iter().map(|(_, words)| words).collect();
}

enum Shape {
    Blank,
    Data,
    Words,
}

/// Whether a row looks like one of the table, or like words before or after it.
fn shape(grid: &Grid, header: &Header, at: usize) -> Shape {
    let row = &grid.rows[at];
    let own = |column: &header::Column| !grid.text(at, column.at).trim().is_empty();
    let filled: Vec<usize> =
        header.columns.iter().filter(|column| own(column)).map(|column| column.at).collect();
    if row.table.is_none() || filled.is_empty() {
        return if words_of(row).is_empty() { Shape::Blank } else { Shape::Words };
    }
    // One text over the whole width is a remark; so is a lone one at the left.
    let across =
        row.cells.iter().any(|cell| cell.merged.is_some_and(|above| above.up == 0 && above.left > 2));
    let distinct = row.cells.iter().filter(|cell| !cell.text.trim().is_empty()).count();
    let covered = row.cells.iter().any(|cell| cell.merged.is_some_and(|above| above.up > 0));
    match filled.as_slice() {
        _ if across && distinct <= 2 && !covered => Shape::Words,
        [only] if !covered && (*only < 2 || grid.boundaries == Boundaries::Bars) => Shape::Words,
        _ => Shape::Data,
    }
}

/// The words of a row in one line.
pub(super) fn words_of(row: &Row) -> String {
    let words = row.cells.iter().map(|cell| cell.text.trim()).filter(|text| !text.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Whether a row reads like a title: one text, 义务教育领域…标准目录.
fn is_title(grid: &Grid, at: usize) -> bool {
    let row = &grid.rows[at];
    let mut texts = row.cells.iter().map(|cell| cell.text.trim()).filter(|text| !text.is_empty());
    let (Some(words), None) = (texts.next(), texts.next()) else { return false };
    let words = folded(&plain(words));
    words.chars().count() <= LONGEST_TITLE
        && !is_file(&words)
        && (words.ends_with("目录")
            || words.contains("标准目录")
            || words.ends_with("清单")
            || words.ends_with("事项表"))
}

/// Whether words name an attached file.
fn is_file(words: &str) -> bool {
    let ends = [".doc", ".docx", ".wps", ".xls", ".xlsx", ".et", ".pdf", ".ofd", ".zip", ".rar"];
    ends.iter().any(|end| words.to_ascii_lowercase().ends_with(end))
}

/// The header that follows a title before other rows do.
fn next_header(grid: &Grid, title: usize) -> Option<Header> {
    (title + 1..=title + TITLE_TO_HEADER).find_map(|at| header::at(grid, at).filter(Header::suffices))
}

/// The words of the header's rows, to find them again on the next page.
fn repetition(grid: &Grid, header: &Header) -> Vec<String> {
    (header.first..header.end()).map(|at| row_words(grid, at)).collect()
}

fn repeats(grid: &Grid, at: usize, header: &[String]) -> bool {
    at + header.len() <= grid.rows.len()
        && header.iter().enumerate().all(|(i, words)| row_words(grid, at + i) == *words)
}

fn row_words(grid: &Grid, at: usize) -> String {
    grid.rows[at].cells.iter().map(|cell| folded(&cell.text)).collect::<Vec<_>>().join("|")
}

/// Why a grid has no table: what its fullest row of headings lacks, or what it is instead.
fn why_none(grid: &Grid) -> Vec<Placed> {
    let all: String = grid.rows.iter().take(200).map(words_of).collect::<Vec<_>>().join("\n");
    let folded = folded(&all);
    if ["四级栏目", "五级栏目", "栏目名称"].iter().any(|word| folded.contains(word)) {
        let note = Note::new(Code::NotACatalogue, first_words(&all)).expected(
            "列有公开事项、公开内容、公开依据等的标准目录，而不是栏目表",
            "a catalogue of items with content and basis, not a list of site columns",
        );
        return vec![Placed::whole(note)];
    }
    if let Some(notes) = tasks::refused(grid, &folded) {
        return notes;
    }
    let best =
        (0..grid.rows.len()).filter_map(|at| header::at(grid, at)).max_by_key(|header| header.columns.len());
    let expected = |note: Note| {
        note.expected(
            "含公开事项、公开内容，以及公开依据、公开时限、公开主体、公开渠道中至少三项的表头",
            "a header with 公开事项, 公开内容 and three of 公开依据, 公开时限, 公开主体, 公开渠道",
        )
    };
    let why = match best {
        Some(header) => {
            let found: Vec<String> = header.columns.iter().map(|column| column.label.clone()).collect();
            Placed::row(header.first, expected(Note::new(Code::HeaderNotRecognised, found.join(" | "))))
        }
        None if grid.rows.iter().all(|row| row.table.is_none()) => Placed::whole(lines::no_cells(&all)),
        None => Placed::whole(expected(Note::new(Code::HeaderNotRecognised, first_words(&all)))),
    };
    vec![why]
}

fn first_words(text: &str) -> String {
    text.chars().take(40).collect()
}
