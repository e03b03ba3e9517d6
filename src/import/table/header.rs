//! The header of a table: where it stands, how many rows it has, and what each column stands for.

use super::words::{self, Field, Group, Heading, Word, folded};
use crate::import::{
    finding::{Code, Note, Placed},
    grid::{Boundaries, Grid},
};

/// The most rows that a header is broken over.
const DEEPEST: usize = 5;

/// A column that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What it stands for.
    pub field: Field,
    /// Where it stands in the grid, from 0.
    pub at: usize,
    /// The words over it from the top down, parted by a slash.
    pub label: String,
}

/// The header of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Its first row in the grid.
    pub first: usize,
    /// How many rows it has.
    pub depth: usize,
    /// The columns from left to right.
    pub columns: Vec<Column>,
    /// What is said in brackets over the channels, such as what ■ and □ mean.
    pub remark: String,
    /// What there is to say about it.
    pub notes: Vec<Placed>,
}

impl Header {
    /// The row after it.
    pub fn end(&self) -> usize {
        self.first + self.depth
    }

    /// Where the column of a field stands in [`Header::columns`].
    pub fn place(&self, field: &Field) -> Option<usize> {
        self.columns.iter().position(|column| column.field == *field)
    }

    fn has(&self, wanted: impl Fn(&Field) -> bool) -> bool {
        self.columns.iter().any(|column| wanted(&column.field))
    }

    /// Whether it is the header of a catalogue: items, content, and three of basis, time limit, unit, channel.
    pub fn suffices(&self) -> bool {
        let four = [Field::Basis, Field::TimeLimit, Field::Units, Field::Channels];
        self.has(|field| matches!(field, Field::Name(_) | Field::Names))
            && self.has(|field| *field == Field::Content)
            && four.iter().filter(|field| self.place(field).is_some()).count() >= 3
    }

    fn score(&self) -> usize {
        self.columns.iter().filter(|column| !matches!(column.field, Field::Extra(_))).count()
    }
}

/// The header that begins at a row; `None` where none does.
pub fn at(grid: &Grid, first: usize) -> Option<Header> {
    let row = grid.rows.get(first)?;
    // A cheap look first, because every row of a long table is asked: one of its cells must be a heading.
    if !row.cells.iter().any(|cell| hints(&cell.text))
        || !(0..row.cells.len()).any(|at| heads(grid, first, at))
    {
        return None;
    }
    let table = row.table;
    let same = grid.rows[first..].iter().take(DEEPEST).take_while(|row| row.table == table).count();
    let read = |depth| {
        if grid.boundaries == Boundaries::Bars { bars(grid, first, depth) } else { paths(grid, first, depth) }
    };
    // As deep as rows of headings go: a row of data adds none.
    let mut best: Option<Header> = None;
    for depth in 1..=same {
        let header = read(depth);
        if depth == 1 && header.score() == 0 {
            return None;
        }
        let better = best.as_ref().is_none_or(|best| header.score() > best.score());
        if !better && !continues(grid, first + depth - 1, &header, best.as_ref()) {
            break;
        }
        best = Some(header);
    }
    let mut header = best.filter(|header| header.score() >= 3)?;
    if header.depth > 1 {
        let code = if header.depth > 2 { Code::BrokenHeader } else { Code::HeaderRows };
        header.notes.push(Placed::row(first, Note::new(code, header.depth.to_string())));
    }
    order(&mut header);
    Some(header)
}

/// The first header at or after a row; those that fall short of a catalogue's are passed over.
pub fn find(grid: &Grid, from: usize) -> Option<Header> {
    (from..grid.rows.len()).find_map(|first| at(grid, first).filter(Header::suffices))
}

/// Characters without which no row of a header is.
fn hints(text: &str) -> bool {
    text.len() < 200
        && ["序", "公", "开", "事", "依", "时", "内", "容", "主", "渠", "级"]
            .iter()
            .any(|hint| text.contains(hint))
}

/// Whether a cell is a heading that counts.
fn heads(grid: &Grid, row: usize, column: usize) -> bool {
    let heading = words::heading(grid.text(row, column).trim());
    heading.is_some_and(|heading| !matches!(heading.word, Word::Field(Field::Extra(_))))
}

/// Whether a further row still belongs to the header: all it has is merged from above, or headings.
fn continues(grid: &Grid, row: usize, header: &Header, best: Option<&Header>) -> bool {
    let same = best.is_some_and(|best| best.score() == header.score());
    let own: Vec<&str> = grid.rows[row]
        .cells
        .iter()
        .filter(|cell| cell.merged.is_none_or(|above| above.up == 0) && !cell.text.trim().is_empty())
        .map(|cell| cell.text.as_str())
        .collect();
    same && own.iter().all(|text| words::heading(text).is_some() || folded(text).starts_with('('))
}

/// Columns by the words that stand over them, one below the other.
fn paths(grid: &Grid, first: usize, depth: usize) -> Header {
    let width = grid.rows[first..first + depth].iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let mut header = Header { first, depth, ..Header::default() };
    // The heading of several columns stands over the first; without merged cells the others are blank below it.
    let mut group: Option<(Group, usize)> = None;
    for at in 0..width {
        let path = path(grid, first, depth, at);
        let top = grid.text(first, at).trim();
        if !top.is_empty() {
            group = match words::heading(top) {
                Some(Heading { word: Word::Group(group), .. }) => Some((group, at)),
                _ => None,
            };
        }
        if path.is_empty() {
            continue;
        }
        let (field, heading) = understood(&path, group.map(|(group, _)| group));
        place(&mut header, field, at, &path, heading);
    }
    garbled_groups(&mut header);
    header
}

/// The distinct words over a column from the top down.
fn path(grid: &Grid, first: usize, depth: usize, column: usize) -> Vec<String> {
    let mut path: Vec<String> = Vec::new();
    for row in first..first + depth {
        let covered = grid.rows[row]
            .cells
            .get(column)
            .and_then(|cell| cell.merged)
            .is_some_and(|m| m.up > 0 && row > first);
        let text = grid.text(row, column).trim();
        if !covered && !text.is_empty() {
            path.push(text.to_owned());
        }
    }
    path
}

/// What a column stands for, by the words over it and the group that it belongs to.
fn understood(path: &[String], group: Option<Group>) -> (Field, Option<Heading>) {
    let joined: String = path.concat();
    let candidates = [path.last().cloned(), broken(path), Some(joined.clone())];
    for candidate in candidates.iter().flatten() {
        if let Some(heading) = words::heading(candidate)
            && let Word::Field(field) = &heading.word
            && !(matches!(field, Field::Extra(_)) && group == Some(Group::Level))
        {
            return (field.clone(), Some(heading));
        }
    }
    // 村 says no more than its place below 公开层级 does; what stands in brackets there is a remark.
    let leaf = path.last().filter(|last| path.len() > 1 && !folded(last).starts_with('('));
    if let Some(leaf) = leaf.filter(|_| group == Some(Group::Level)) {
        return (Field::Level(folded(leaf)), None);
    }
    let alone = path.last().and_then(|last| words::heading(last)).or_else(|| words::heading(&joined));
    if let Some(heading) = alone
        && let Word::Group(group) = heading.word
    {
        return (group.whole(), Some(heading));
    }
    (words::other(&joined), None)
}

/// The words below a group's heading, where these are broken over rows themselves.
fn broken(path: &[String]) -> Option<String> {
    (path.len() > 2).then(|| path[1..].concat())
}

fn place(header: &mut Header, field: Field, at: usize, path: &[String], heading: Option<Heading>) {
    let label = path.iter().map(|text| folded(text)).collect::<Vec<_>>().join("/");
    if let Some(heading) = heading {
        if field == Field::Channels || field == Field::Levels {
            header.remark.push_str(&heading.remark);
        }
        if let Some(code) = heading.differs {
            let note = Note::new(code, path.concat()).understood(name(&field));
            header.notes.push(Placed::cell(header.first, at, note));
        }
    }
    if let Field::Extra(label) = &field {
        header.notes.push(Placed::cell(header.first, at, Note::new(Code::ExtraElement, label.clone())));
    }
    // A heading that stands over two columns of one kind means the first; the other is kept under its words.
    let twice = header.columns.iter().any(|column| column.field == field);
    let field = if twice { Field::Extra(label.clone()) } else { field };
    header.columns.push(Column { field, at, label });
}

/// Where 全社会 is known and the column after it is not, that one is 特定群体, however its word is spoilt.
fn garbled_groups(header: &mut Header) {
    let Some(whole) = header.place(&Field::WholeSociety) else { return };
    if header.place(&Field::Groups).is_some() {
        return;
    }
    if let Some(next) = header.columns.get_mut(whole + 1)
        && let Field::Extra(word) = &next.field
    {
        let note = Note::new(Code::HeaderVariant, word.clone()).understood("特定群体");
        header
            .notes
            .retain(|placed| placed.note.code != Code::ExtraElement || placed.column != Some(next.at));
        header.notes.push(Placed::cell(header.first, next.at, note));
        next.field = Field::Groups;
    }
}

/// Columns of a table of bars, whose second row may lack the blank cells below columns that have one heading.
fn bars(grid: &Grid, first: usize, depth: usize) -> Header {
    let rows = &grid.rows[first..first + depth];
    let top: Vec<&str> = rows[0].cells.iter().map(|cell| cell.text.trim()).collect();
    let lower: Vec<&str> =
        rows.get(1).map(|row| row.cells.iter().map(|cell| cell.text.trim()).collect()).unwrap_or_default();
    let leaves: Vec<&str> = lower.iter().copied().filter(|text| !text.is_empty()).collect();
    let all_leaves = !leaves.is_empty() && leaves.iter().all(|leaf| words::heading(leaf).is_some());
    let lost =
        depth == 2 && all_leaves && (lower.len() != top.len() || top.iter().all(|text| !text.is_empty()));
    if !lost {
        return paths(grid, first, depth);
    }
    let words: Vec<&str> = top.iter().copied().filter(|word| !word.is_empty()).chain(leaves).collect();
    let mut header = Header { depth, ..expand(&words, first) };
    header.notes.push(Placed::row(first, Note::new(Code::HeaderCellsLost, lower.join(" | "))));
    header
}

/// Columns of headings in one row: those of the upper row, then those that stand below its groups. Each group takes
/// the headings that are its own.
pub(super) fn expand(words: &[&str], first: usize) -> Header {
    let mut header = Header { first, depth: 1, ..Header::default() };
    let group = |word: &str| match words::heading(word) {
        Some(Heading { word: Word::Group(group), .. }) => Some(group),
        _ => None,
    };
    let groups: Vec<Group> = words.iter().filter_map(|word| group(word)).collect();
    // The lower row begins after the upper one's last group, with the first heading that is a group's own.
    let last = words.iter().rposition(|word| group(word).is_some()).unwrap_or(words.len());
    let own = |word: &str| groups.iter().any(|group| belongs(word, *group));
    let lower = (last + 1..words.len()).find(|at| own(words[*at])).unwrap_or(words.len());
    let mut at = 0;
    for word in &words[..lower] {
        let of = group(word);
        let leaves: Vec<&str> =
            words[lower..].iter().copied().filter(|leaf| of.is_some_and(|of| belongs(leaf, of))).collect();
        let paths: Vec<Vec<String>> = match leaves.as_slice() {
            [] => vec![vec![(*word).to_owned()]],
            leaves => leaves.iter().map(|leaf| vec![(*word).to_owned(), (*leaf).to_owned()]).collect(),
        };
        for path in paths {
            let (field, heading) = understood(&path, of);
            place(&mut header, field, at, &path, heading);
            at += 1;
        }
    }
    header
}

/// Whether a lower heading stands below a group's.
fn belongs(leaf: &str, group: Group) -> bool {
    let Some(Heading { word: Word::Field(field), .. }) = words::heading(leaf) else { return false };
    match group {
        Group::Names => matches!(field, Field::Name(_) | Field::Names),
        Group::Audience => matches!(field, Field::WholeSociety | Field::Groups),
        Group::Method => matches!(field, Field::Proactive | Field::OnRequest),
        Group::Level => matches!(field, Field::Level(_)),
    }
}

/// Says where columns stand in another order than in the national template.
fn order(header: &mut Header) {
    let rank = |column: &Column| match &column.field {
        Field::Name(level) => 2 + level,
        Field::Sequence | Field::Domain => 0,
        Field::Names => 2,
        Field::Content => 10,
        Field::Basis => 11,
        Field::TimeLimit => 12,
        Field::Units => 13,
        Field::Channels => 14,
        Field::Audience | Field::WholeSociety | Field::Groups => 15,
        Field::Method | Field::Proactive | Field::OnRequest => 16,
        Field::Levels | Field::Level(_) => 17,
        Field::Extra(_) => 18,
    };
    let known: Vec<usize> = header.columns.iter().map(rank).filter(|rank| *rank < 18).collect();
    if !known.is_sorted() {
        let labels: Vec<&str> = header.columns.iter().map(|column| column.label.as_str()).collect();
        header.notes.push(Placed::row(header.first, Note::new(Code::ColumnOrder, labels.join(" | "))));
    }
}

/// The customary word over a column.
pub fn name(field: &Field) -> String {
    match field {
        Field::Sequence => "序号",
        Field::Domain => "领域",
        Field::Name(0) => "一级事项",
        Field::Name(1) => "二级事项",
        Field::Name(_) => "三级事项",
        Field::Names => "公开事项",
        Field::Content => "公开内容",
        Field::Basis => "公开依据",
        Field::TimeLimit => "公开时限",
        Field::Units => "公开主体",
        Field::Channels => "公开渠道和载体",
        Field::Audience => "公开对象",
        Field::WholeSociety => "全社会",
        Field::Groups => "特定群体",
        Field::Method => "公开方式",
        Field::Proactive => "主动公开",
        Field::OnRequest => "依申请公开",
        Field::Levels => "公开层级",
        Field::Level(word) | Field::Extra(word) => word,
    }
    .to_owned()
}
