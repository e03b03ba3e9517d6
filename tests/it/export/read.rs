//! A small reader of what was exported: the grid of the table with its merged areas, from each kind of file.

use std::io::{Cursor, Read};

use mulu::catalogue::{layout::Table, text::normalize};
use quick_xml::{Reader, events::Event};
use zip::ZipArchive;

/// A table: words by row and column, `None` where a cell belongs to a merged area but is not its first.
#[derive(Debug, PartialEq, Eq)]
pub struct Grid {
    pub cells: Vec<Vec<Option<String>>>,
    /// Row, column, rows, columns of each merged area, in order.
    pub areas: Vec<(usize, usize, usize, usize)>,
}

impl Grid {
    /// What a table must look like in a file.
    pub fn of(table: &Table) -> Self {
        let mut placed = Placed::default();
        for cell in &table.layout.head {
            placed.put(cell.row, cell.column, cell.rows, cell.columns, &cell.label);
        }
        for (row, cells) in table.rows.iter().enumerate() {
            for (column, words) in cells.iter().enumerate() {
                if let Some(rows) = table.span(row, column) {
                    placed.put(row + 2, column, rows, 1, words);
                }
            }
        }
        placed.grid()
    }
}

/// Cells that were put somewhere. Two in one place, or a hole at the end, is a mistake of the file.
#[derive(Default)]
struct Placed {
    cells: Vec<Vec<Option<Option<String>>>>,
    areas: Vec<(usize, usize, usize, usize)>,
}

impl Placed {
    fn put(&mut self, row: usize, column: usize, rows: usize, columns: usize, words: &str) {
        for r in row..row + rows {
            for c in column..column + columns {
                self.cells.resize(self.cells.len().max(r + 1), Vec::new());
                let line = &mut self.cells[r];
                line.resize(line.len().max(c + 1), None);
                assert_eq!(line[c], None, "two cells at {r}, {c}");
                line[c] = Some((r == row && c == column).then(|| normalize(words)));
            }
        }
        if rows * columns > 1 {
            self.areas.push((row, column, rows, columns));
        }
    }

    fn grid(mut self) -> Grid {
        self.areas.sort_unstable();
        let width = self.cells.first().map_or(0, Vec::len);
        let full = |line: Vec<Option<Option<String>>>| {
            assert_eq!(line.len(), width, "the grid is not full");
            line.into_iter().map(|cell| cell.expect("the grid has a hole")).collect()
        };
        Grid { cells: self.cells.into_iter().map(full).collect(), areas: self.areas }
    }
}

/// An element of a file.
#[derive(Debug, Default)]
pub struct Node {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
    /// The words before each child, and those at the end.
    pub texts: Vec<String>,
}

impl Node {
    /// Parses XML, or HTML as we write it.
    pub fn parse(text: &str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_end_names = false;
        let mut open = vec![Self { texts: vec![String::new()], ..Self::default() }];
        loop {
            let event = reader.read_event().unwrap();
            let last = open.last_mut().unwrap();
            match event {
                Event::Start(ref start) | Event::Empty(ref start) => {
                    let name = start.name().as_ref().to_owned();
                    let attribute = |a: quick_xml::events::attributes::Attribute| {
                        let value = a.normalized_value(quick_xml::XmlVersion::Implicit1_0).unwrap();
                        (a.key.as_ref().to_owned(), value.into_owned())
                    };
                    let attributes = start.attributes().map(|a| attribute(a.unwrap())).collect();
                    let node = Self { name, attributes, children: Vec::new(), texts: vec![String::new()] };
                    let void = ["br", "col", "meta"].contains(&node.name.as_str());
                    if void || matches!(event, Event::Empty(_)) {
                        last.children.push(node);
                        last.texts.push(String::new());
                    } else {
                        open.push(node);
                    }
                }
                Event::End(end) => {
                    let node = open.pop().unwrap();
                    assert_eq!(end.name().as_ref(), node.name);
                    let above = open.last_mut().unwrap();
                    above.children.push(node);
                    above.texts.push(String::new());
                }
                Event::Text(words) => last.texts.last_mut().unwrap().push_str(&words.xml10_content()),
                Event::GeneralRef(name) => {
                    let c = match &*name.xml10_content() {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "quot" => '"',
                        "apos" => '\'',
                        _ => name.resolve_char_ref().unwrap().unwrap(),
                    };
                    last.texts.last_mut().unwrap().push(c);
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(open.len(), 1, "an element is not closed");
        open.remove(0)
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The elements of a name, at any depth, in order; none inside another.
    pub fn all(&self, name: &str) -> Vec<&Node> {
        let mut found = Vec::new();
        for child in &self.children {
            if child.name == name {
                found.push(child);
            } else {
                found.extend(child.all(name));
            }
        }
        found
    }

    pub fn one(&self, name: &str) -> &Node {
        let all = self.all(name);
        assert_eq!(all.len(), 1, "{name}");
        all[0]
    }

    /// The words in it, with a line end for `br` and a tab for `w:tab`.
    pub fn words(&self) -> String {
        let mut words = self.texts[0].clone();
        for (child, after) in self.children.iter().zip(&self.texts[1..]) {
            match child.name.as_str() {
                "br" => words.push('\n'),
                "w:tab" => words.push('\t'),
                _ => words.push_str(&child.words()),
            }
            words.push_str(after);
        }
        words
    }
}

/// A part of a zipped file.
pub fn part(file: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(file)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The names of all parts.
pub fn parts(file: &[u8]) -> Vec<String> {
    let archive = ZipArchive::new(Cursor::new(file)).unwrap();
    archive.file_names().map(|name| name.unwrap().into_owned()).collect()
}

/// Title, line below it, table.
pub fn xlsx(file: &[u8]) -> (String, String, Grid) {
    let strings = Node::parse(&part(file, "xl/sharedStrings.xml"));
    let strings: Vec<String> = strings.all("si").iter().map(|si| unescaped(&si.words())).collect();
    let sheet = Node::parse(&part(file, "xl/worksheets/sheet1.xml"));
    let merged: Vec<(usize, usize, usize, usize)> = sheet
        .all("mergeCell")
        .iter()
        .map(|area| {
            let (first, last) = area.get("ref").unwrap().split_once(':').unwrap();
            let ((row, column), (bottom, right)) = (place(first), place(last));
            (row, column, bottom - row + 1, right - column + 1)
        })
        .collect();
    let mut above = [String::new(), String::new()];
    let mut placed = Placed::default();
    for cell in sheet.all("c") {
        let (row, column) = place(cell.get("r").unwrap());
        assert!(cell.all("f").is_empty(), "a formula at {row}, {column}");
        let covers = |area: &&(usize, usize, usize, usize)| {
            (area.0..area.0 + area.2).contains(&row) && (area.1..area.1 + area.3).contains(&column)
        };
        let area = merged.iter().find(covers).copied().unwrap_or((row, column, 1, 1));
        let words = cell.all("v").first().map(|value| {
            assert_eq!(cell.get("t"), Some("s"), "all words are strings");
            strings[value.words().parse::<usize>().unwrap()].as_str()
        });
        if (area.0, area.1) != (row, column) {
            assert_eq!(words, None, "words under a merged area");
        } else if row < 2 {
            words.unwrap().clone_into(&mut above[row]);
        } else {
            placed.put(row - 2, column, area.2, area.3, words.unwrap_or_default());
        }
    }
    let [title, about] = above.map(|words| normalize(&words));
    (title, about, placed.grid())
}

/// `B7` as row and column from 0.
fn place(reference: &str) -> (usize, usize) {
    let digits = reference.find(|c: char| c.is_ascii_digit()).unwrap();
    let column = reference[..digits].bytes().fold(0, |sum, letter| sum * 26 + usize::from(letter - b'A') + 1);
    (reference[digits..].parse::<usize>().unwrap() - 1, column - 1)
}

/// `_x000D_` as spreadsheets mean it.
fn unescaped(words: &str) -> String {
    let mut plain = String::new();
    let mut rest = words;
    while let Some(place) = rest.find("_x") {
        let code = rest.get(place + 2..place + 6).filter(|_| rest[place..].chars().nth(6) == Some('_'));
        let code = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        plain.push_str(&rest[..place]);
        match code {
            Some(c) => {
                plain.push(c);
                rest = &rest[place + 7..];
            }
            None => {
                plain.push_str("_x");
                rest = &rest[place + 2..];
            }
        }
    }
    plain + rest
}

/// Title, line below it, table.
pub fn html(file: &[u8]) -> (String, String, Grid) {
    let page = Node::parse(std::str::from_utf8(file).unwrap());
    let table = page.one("table");
    let mut placed = Placed::default();
    let mut rows = table.one("thead").all("tr");
    rows.extend(table.one("tbody").all("tr"));
    for (row, line) in rows.iter().enumerate() {
        for cell in &line.children {
            let span = |name| cell.get(name).map_or(1, |many| many.parse().unwrap());
            let free =
                |column: &usize| !matches!(placed.cells.get(row).and_then(|l| l.get(*column)), Some(Some(_)));
            let column = (0..).find(free).unwrap();
            placed.put(row, column, span("rowspan"), span("colspan"), &cell.words());
        }
    }
    (normalize(&page.one("h1").words()), normalize(&page.one("p").words()), placed.grid())
}

/// Title, line below it, table.
pub fn docx(file: &[u8]) -> (String, String, Grid) {
    let document = Node::parse(&part(file, "word/document.xml"));
    let body = document.one("w:body");
    let rows = body.one("w:tbl").all("w:tr");
    let cells: Vec<Vec<(usize, &Node)>> = rows
        .iter()
        .map(|row| {
            let mut column = 0;
            let cells = row.all("w:tc").into_iter().map(|cell| {
                let here = column;
                column += columns(cell);
                (here, cell)
            });
            cells.collect()
        })
        .collect();
    let mut placed = Placed::default();
    for (row, line) in cells.iter().enumerate() {
        for (column, cell) in line {
            let merge = cell.all("w:vMerge").first().map(|merge| merge.get("w:val"));
            if merge == Some(None) {
                assert_eq!(paragraphs(cell.all("w:p")), "", "words under a merged area");
                continue;
            }
            let further = |line: &&Vec<(usize, &Node)>| {
                line.iter().any(|(other, cell)| {
                    other == column
                        && cell.all("w:vMerge").first().is_some_and(|it| it.get("w:val").is_none())
                })
            };
            let rows = match merge {
                None => 1,
                Some(_) => 1 + cells[row + 1..].iter().take_while(further).count(),
            };
            placed.put(row, *column, rows, columns(cell), &paragraphs(cell.all("w:p")));
        }
    }
    // What stands above the table: the title may have several lines, the line below it is the last.
    let above: Vec<&Node> = body.children.iter().take_while(|node| node.name != "w:tbl").collect();
    let large = |node: &&Node| node.all("w:b").len() == node.all("w:r").len();
    let (title, about) = above.split_at(above.iter().take_while(|node| large(node)).count());
    (paragraphs(title.to_vec()), paragraphs(about.to_vec()), placed.grid())
}

fn columns(cell: &Node) -> usize {
    cell.all("w:gridSpan").first().map_or(1, |span| span.get("w:val").unwrap().parse().unwrap())
}

fn paragraphs(all: Vec<&Node>) -> String {
    normalize(&all.iter().map(|paragraph| paragraph.words()).collect::<Vec<_>>().join("\n"))
}
