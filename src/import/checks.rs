//! What is odd about a table as a whole, or about rows beside each other (文件级检查).

use std::collections::{BTreeSet, HashMap, HashSet, hash_map::Entry};

use super::{
    assemble::{Assembled, Said},
    finding::{Code, Note, Placed},
    run::Found,
};
use crate::catalogue::{
    adopt::Edition, check::Severity, content::Content, digest::Digest, draft::Row, element::ElementKind,
    format::Format, layout::Part, text::Text,
};

/// The eight elements that 国办发〔2019〕54号 asks for, besides the name.
const MANDATORY: [ElementKind; 7] = [
    ElementKind::Content,
    ElementKind::Basis,
    ElementKind::TimeLimit,
    ElementKind::ResponsibleUnit,
    ElementKind::Method,
    ElementKind::Channel,
    ElementKind::Audience,
];

/// Drops rows that say what an earlier one says, to the letter; says where only item and content are the same.
pub fn repeated(rows: &mut Vec<Assembled>, notes: &mut Vec<Said>) {
    // The names and the points of rows: what they may share by mistake only.
    let mut earlier: HashMap<(&[Text], Vec<&str>), Earlier> = HashMap::new();
    let mut dropped = vec![false; rows.len()];
    for (at, row) in rows.iter().enumerate() {
        let Content { names, points, .. } = &row.row.content;
        let points = points.iter().flatten().map(|point| point.text.as_str()).collect();
        match earlier.entry((names.as_slice(), points)) {
            Entry::Vacant(vacant) => {
                vacant.insert(Earlier { first: at, said: HashSet::new() });
            }
            Entry::Occupied(mut occupied) => {
                dropped[at] = occupied.get_mut().says(row, rows);
                let note = match dropped[at] {
                    true => Note::new(Code::SameRow, row.name()),
                    false => Note::new(Code::RepeatedRow, row.name())
                        .expected("每个事项和内容一行", "one row for each item and content"),
                };
                notes.push(row.say(note));
            }
        }
    }
    let mut dropped = dropped.into_iter();
    rows.retain(|_| !dropped.next().unwrap_or_default());
}

/// Rows of the same item and content.
struct Earlier {
    first: usize,
    /// What they say, once there are several.
    said: HashSet<(Digest, Digest)>,
}

impl Earlier {
    /// Whether one of them says what this row says; it is one of them from now on.
    fn says(&mut self, row: &Assembled, rows: &[Assembled]) -> bool {
        if self.said.is_empty() {
            self.said.extend(said(&rows[self.first]));
        }
        said(row).is_some_and(|said| !self.said.insert(said))
    }
}

/// What a row says, by its digests; `None` for what has no canonical form.
fn said(row: &Assembled) -> Option<(Digest, Digest)> {
    Some((row.row.content.to_object().ok()?.digest, row.row.local.to_object().ok()?.digest))
}

/// A cell: its table, its row and its column.
pub type Cell = (usize, usize, usize);

/// The cells in which something is refused.
pub fn refused(tables: &[Found], said: &[Said]) -> HashSet<Cell> {
    let layout =
        tables.iter().enumerate().flat_map(|(at, one)| one.table.notes.iter().map(move |it| (at, it)));
    let all = layout.chain(said.iter().map(|said| (said.table, &said.placed)));
    let errors = all.filter(|(_, placed)| placed.note.code.severity() == Severity::Error);
    errors.filter_map(|(table, placed)| Some((table, placed.row?, placed.column?))).collect()
}

/// The mandatory elements that a row lacks. Ticks and boxes of which none is chosen name nothing, either.
pub fn lacks(row: &Row) -> impl Iterator<Item = ElementKind> {
    MANDATORY.into_iter().filter(|kind| !has(row, *kind))
}

/// Says which mandatory elements a row lacks, but for those in whose cell something is `refused`.
pub fn missing(rows: &[Assembled], refused: &HashSet<Cell>, notes: &mut Vec<Said>) {
    for row in rows {
        let said = |kind: ElementKind| cells(row, kind).any(|cell| refused.contains(&cell));
        let lacks: Vec<ElementKind> = lacks(&row.row).filter(|kind| !said(*kind)).collect();
        if !lacks.is_empty() {
            let (zh, en): (Vec<&str>, Vec<&str>) =
                lacks.iter().map(|kind| (kind.label(), kind.label_en())).unzip();
            let note = Note::new(Code::MissingElement, row.name()).expected(zh.join("、"), en.join(", "));
            notes.push(row.say(note));
        }
    }
}

/// Refuses each mandatory element that a row lacks, cell by cell. What was said of it as a warning gives way.
pub fn incomplete(rows: &[Assembled], refused: &HashSet<Cell>, notes: &mut Vec<Said>) {
    for row in rows {
        for kind in lacks(&row.row) {
            let own: HashSet<Cell> = cells(row, kind).collect();
            if !own.is_disjoint(refused) {
                continue;
            }
            if kind == ElementKind::TimeLimit {
                notes.retain(|said| said.placed.note.code != Code::NoTimeLimit || !stands_in(said, &own));
            }
            let part = row.words.iter().map(|(part, _)| part).find(|part| part.elements().contains(&kind));
            let note = absent(kind, row.name());
            notes.push(part.map_or_else(|| row.say(note.clone()), |part| row.say_of(part, note.clone())));
        }
    }
}

/// E403: the item of this name lacks an element.
pub fn absent(kind: ElementKind, name: String) -> Note {
    Note::new(Code::Incomplete, name).expected(kind.label(), kind.label())
}

fn stands_in(said: &Said, cells: &HashSet<Cell>) -> bool {
    let Placed { row, column, .. } = said.placed;
    row.zip(column).is_some_and(|(row, column)| cells.contains(&(said.table, row, column)))
}

/// Where the cells of an element stand.
fn cells(row: &Assembled, kind: ElementKind) -> impl Iterator<Item = Cell> {
    let told = row.words.iter().zip(&row.cells).filter(move |((part, _), _)| part.elements().contains(&kind));
    told.map(|(_, (at, column))| (row.table, *at, *column))
}

fn has(row: &Row, kind: ElementKind) -> bool {
    let content = &row.content;
    match kind {
        ElementKind::Content => content.points.is_some(),
        ElementKind::Basis => content.basis.is_some(),
        ElementKind::TimeLimit => content.time_limits.is_some(),
        ElementKind::ResponsibleUnit => row.local.units.is_some(),
        ElementKind::Method => {
            content.methods.is_some_and(|made| made.proactive == Some(true) || made.on_request == Some(true))
        }
        ElementKind::Channel => content.channels.as_ref().is_some_and(|all| !all.is_empty()),
        ElementKind::Audience => content
            .audience
            .as_ref()
            .is_some_and(|made| made.whole_society == Some(true) || made.groups.iter().flatten().count() > 0),
        _ => true,
    }
}

/// Says where an outer name of two characters may be the first line of one that stands elsewhere: 公共 of 公共服务.
pub fn cut_short(rows: &[Assembled], notes: &mut Vec<Said>) {
    let outer =
        |row: &Assembled| row.row.content.names.first().map(Text::as_str).unwrap_or_default().to_owned();
    let all: BTreeSet<String> = rows.iter().map(outer).collect();
    let mut said = BTreeSet::new();
    for row in rows {
        let name = outer(row);
        if name.chars().count() != 2 {
            continue;
        }
        // In their order the names that begin with a name follow it.
        let longer = all.range(name.clone()..).nth(1).filter(|other| other.starts_with(&name));
        if let Some(longer) = longer.filter(|_| said.insert(name.clone())) {
            let note = Note::new(Code::FirstLineOnly, &name)
                .expected("完整的事项名称", "the whole name")
                .proposal(longer.as_str());
            notes.push(row.say_of(&Part::Name(0), note));
        }
    }
}

/// Says where over 30 % of the last version's rows are gone.
pub fn fewer(rows: &[Assembled], last: Option<&Edition>, notes: &mut Vec<Said>) {
    let Some(last) = last else { return };
    let (now, before) = (rows.len(), last.rows.len());
    if now * 10 < before * 7 {
        let note = Note::new(Code::FewerRows, now.to_string())
            .expected(format!("上一版 {before} 行"), format!("{before} rows, as in the last version"));
        notes.push(Said { table: 0, placed: Placed::whole(note) });
    }
}

/// The digests of the rows' contents, to find tables that are copies: `None` for one that has no canonical form, and
/// none at all for a table too short to tell.
pub fn contents(rows: &[Assembled]) -> impl Iterator<Item = Option<Digest>> {
    let told = if rows.len() >= 3 { rows } else { &[] };
    told.iter().map(|row| Some(row.row.content.to_object().ok()?.digest))
}

/// Says where the table is another one but for its units.
pub fn copied(other: &str) -> Said {
    Said { table: 0, placed: Placed::whole(Note::new(Code::TemplateCopy, other)) }
}
