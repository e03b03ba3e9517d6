//! Tables of tasks (任务分解表): which unit answers for which domain, in which role. Both cells of a row may name several,
//! and each of the one goes with each of the other. Nothing is guessed: a name that does not mean just one registered
//! domain or unit is an error, and so are labels that stand beside another's text.

use super::{
    cell::{Reading, clean, names, units},
    finding::{Code, Note, Placed},
    grid::Grid,
    lookup::Units,
    table::{folded, shifted},
    vocabulary::Vocabulary,
};
use crate::catalogue::{code::DomainCode, domain::AssignmentRole, text::Text};

/// A unit that answers for a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Assigned {
    /// The row of the grid.
    pub row: usize,
    pub domain: DomainCode,
    /// The unit's code.
    pub unit: String,
    pub role: AssignmentRole,
    /// Its place among the units of its cell, from 1.
    pub order: u16,
    /// Its name as printed.
    pub text: Text,
}

/// What is known when such a table is read.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub vocabulary: &'a Vocabulary,
    pub units: &'a Units,
    /// The day on which it holds.
    pub day: chrono::NaiveDate,
}

/// The columns of such a table.
#[derive(Debug)]
struct Header {
    row: usize,
    domain: usize,
    roles: Vec<(usize, AssignmentRole)>,
    /// What is said beside the domain, such as 主要内容.
    texts: Vec<usize>,
}

/// One of the tables of a grid.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    /// The words above it, where they are short as titles are.
    pub title: Option<String>,
    pub assigned: Vec<Assigned>,
    /// What there is to say about it.
    pub notes: Vec<Placed>,
}

/// All tables of tasks of a grid. Without any, the second value says so: E001.
pub(super) fn read(grid: &Grid, known: Known) -> (Vec<Tasks>, Option<Placed>) {
    let mut tables = Vec::new();
    let mut at = 0;
    while let Some(header) = (at..grid.rows.len()).find_map(|row| header(grid, row)) {
        let table = grid.rows[header.row].table;
        let below = grid.rows[header.row + 1..].iter().take_while(|row| row.table == table).count();
        at = header.row + 1 + below;
        tables.push(read_table(grid, &header, &(header.row + 1..at).collect::<Vec<_>>(), known));
    }
    let none = tables.is_empty().then(|| {
        let note = Note::new(Code::HeaderNotRecognised, "").expected(
            "含领域和责任单位（或牵头、配合、指导单位）的表头",
            "a header with 领域 and 责任单位 (or 牵头单位, 配合单位, 指导单位)",
        );
        Placed::whole(note)
    });
    (tables, none)
}

fn read_table(grid: &Grid, header: &Header, rows: &[usize], known: Known) -> Tasks {
    let notes = read_shifted(grid, header, rows);
    let mut tasks = Tasks { title: title(grid, header.row), assigned: Vec::new(), notes };
    let mut above: Vec<Option<String>> = vec![None; header.roles.len() + 1];
    for row in rows {
        read_row(grid, header, *row, known, &mut above, &mut tasks);
    }
    if tasks.assigned.is_empty() && tasks.notes.is_empty() {
        let note =
            Note::new(Code::NoTable, "").expected("表头之下至少一行", "at least one row below the header");
        tasks.notes.push(Placed::row(header.row, note));
    }
    tasks
}

/// The words right above a header, where they are short as titles are.
fn title(grid: &Grid, header: usize) -> Option<String> {
    let words = |row: usize| grid.rows[row].cells.iter().map(|cell| cell.text.trim()).collect::<String>();
    let words = (0..header).rev().map(words).find(|words| !words.is_empty())?;
    (words.chars().count() <= 80).then_some(words)
}

fn header(grid: &Grid, row: usize) -> Option<Header> {
    let width = grid.rows[row].cells.len();
    let words = |column: usize| folded(grid.text(row, column));
    let domain = (0..width).find(|column| is_domain(&words(*column)))?;
    let roles: Vec<(usize, AssignmentRole)> =
        (0..width).filter_map(|column| Some((column, role(&words(column))?))).collect();
    let own = |column: &usize| {
        *column != domain
            && roles.iter().all(|(role, _)| role != column)
            && !["序号", "编号"].contains(&words(*column).as_str())
    };
    let texts = (0..width).filter(own).collect();
    (!roles.is_empty()).then_some(Header { row, domain, roles, texts })
}

fn is_domain(words: &str) -> bool {
    words.chars().count() <= 8 && (words.ends_with("领域") || words.ends_with("领域名称"))
}

/// The role that a heading names: 牵头单位, 配合部门. A heading of two roles names none.
fn role(words: &str) -> Option<AssignmentRole> {
    use AssignmentRole::{Guiding, Lead, Responsible, Support};
    const WORDS: [(&str, AssignmentRole); 11] = [
        ("牵头", Lead),
        ("配合", Support),
        ("协助", Support),
        ("协办", Support),
        ("参与", Support),
        ("指导", Guiding),
        ("主管", Guiding),
        ("责任", Responsible),
        ("负责", Responsible),
        ("承办", Responsible),
        ("实施", Responsible),
    ];
    let words = words.split('(').next().unwrap_or_default();
    let unit = ["单位", "部门", "主体"].iter().any(|end| words.ends_with(end));
    let mut roles = WORDS.iter().filter(|(word, _)| unit && words.contains(word)).map(|(_, role)| *role);
    let first = roles.next()?;
    // 牵头责任单位 leads.
    roles.all(|role| role == first || role == Responsible).then_some(first)
}

/// W209 for each row whose label is another's, and that nothing can be taken from such a table.
fn read_shifted(grid: &Grid, header: &Header, rows: &[usize]) -> Vec<Placed> {
    let column = |column: usize| rows.iter().map(|row| grid.text(*row, column)).collect::<Vec<_>>();
    let labels = column(header.domain);
    let found = header.texts.iter().map(|texts| shifted(&labels, &column(*texts)));
    let Some(found) = found.into_iter().find(|found| !found.is_empty()) else { return Vec::new() };
    let warning = |(at, label): &(usize, &str)| {
        let note = Note::new(Code::ShiftedLabels, labels[*at]).understood(*label);
        Placed::cell(rows[*at], header.domain, note)
    };
    let mut notes: Vec<Placed> = found.iter().map(warning).collect();
    let refused = Note::new(Code::ShiftedTable, "")
        .expected("每个领域与其内容在同一行", "each domain in one row with what is said of it");
    notes.push(Placed::row(header.row, refused));
    notes
}

fn read_row(
    grid: &Grid,
    header: &Header,
    row: usize,
    known: Known,
    above: &mut [Option<String>],
    Tasks { assigned, notes, .. }: &mut Tasks,
) {
    let columns = [header.domain].into_iter().chain(header.roles.iter().map(|(column, _)| *column));
    let mut cells: Vec<(usize, String)> = Vec::new();
    for (column, above) in columns.zip(above) {
        let printed = grid.text(row, column).trim();
        let ditto = ["同上", "同前", "〃"].contains(&folded(printed).trim_end_matches('。'));
        let words = match above {
            Some(above) if ditto => above.clone(),
            _ => printed.to_owned(),
        };
        *above = Some(words.clone()).filter(|words| !words.is_empty());
        cells.push((column, words));
    }
    let repeated =
        header.roles.iter().all(|(column, _)| grid.text(row, *column) == grid.text(header.row, *column));
    if repeated || cells.iter().skip(1).all(|(_, words)| words.is_empty()) {
        return;
    }
    let (domain, named) = (&cells[0], domains(&cells[0].1, known.vocabulary));
    notes.extend(named.notes.into_iter().map(|note| Placed::cell(row, domain.0, note)));
    for ((column, words), (_, role)) in cells[1..].iter().zip(&header.roles) {
        let read = units::read(words);
        let mut said = read.notes;
        let units = read.value.unwrap_or_default().units;
        for (order, unit) in (1..).zip(&units) {
            let Some(code) = known.units.one(unit.text.as_str(), known.day, &mut said) else { continue };
            for domain in named.value.iter().flatten() {
                let (unit, text) = (code.to_owned(), unit.text.clone());
                assigned.push(Assigned { row, domain: domain.clone(), unit, role: *role, order, text });
            }
        }
        notes.extend(said.into_iter().map(|note| Placed::cell(row, *column, note)));
    }
}

/// The domains of a cell, parted by 、 and its like.
fn domains(printed: &str, vocabulary: &Vocabulary) -> Reading<Vec<DomainCode>> {
    let mut notes = Vec::new();
    let mut found = Vec::new();
    let words = clean::lines(printed).value.unwrap_or_default();
    let whole = vocabulary.domain(&words).is_some();
    let parts: Vec<&str> = match whole {
        true => vec![&words],
        false => words.split(['、', ';', '\u{ff1b}', ',', '\u{ff0c}', '\n', '/']).collect(),
    };
    for part in parts.iter().map(|part| names::unnumbered(part.trim())) {
        let named = vocabulary.domain(part).or_else(|| vocabulary.domain(part.strip_suffix("领域")?));
        if let Some(code) = named.and_then(|named| named.code.parse::<DomainCode>().ok()) {
            if let Some(named) = named.filter(|named| !named.own) {
                notes.push(Note::new(Code::DomainAlias, part).understood(named.code));
            }
            if !found.contains(&code) {
                found.push(code);
            }
            continue;
        }
        let like = vocabulary.domains_like(part, 3, 0.3).into_iter().map(|(code, _)| code);
        let note = Note::new(Code::UnknownDomainName, part)
            .expected("已登记领域的名称", "the name of a registered domain")
            .proposal(like.collect::<Vec<_>>().join(" "));
        notes.push(note);
    }
    Reading { value: Some(found), notes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_name_one_role() {
        use AssignmentRole::{Guiding, Lead, Responsible, Support};
        for (words, expected) in [
            ("牵头单位", Some(Lead)),
            ("责任部门", Some(Responsible)),
            ("牵头责任单位", Some(Lead)),
            ("配合单位(排名不分先后)", Some(Support)),
            ("市级主管部门", Some(Guiding)),
            ("牵头及配合单位", None),
            ("完成时限", None),
            ("工作责任", None),
        ] {
            assert_eq!(role(words), expected, "{words}");
        }
    }
}
