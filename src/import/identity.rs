//! Which item of the last version a row is, so that next year's file gives a difference and not a new world.
//!
//! Names decide: as printed, else cleaned, else folded. What is left is compared by its words; a likeness below
//! [`SURE`] is only proposed, because a wrong identity that nobody sees is worse than a new code.

use std::collections::{BTreeMap, HashMap};

use super::{
    assemble::Assembled,
    cell::clean::fold,
    finding::{Code, Note},
    likeness::dice,
};
use crate::catalogue::{
    adopt::{Edition, Printed},
    content::Content,
    layout::{Layout, Part},
};

/// From this likeness on a row is taken for the item, 0 to 1.
pub const SURE: f64 = 0.9;

/// From this likeness on an item is proposed.
const LIKELY: f64 = 0.6;

/// Rows times items up to which all are compared with all.
const ALL_WITH_ALL: usize = 100_000;

/// The most items that one row is compared with where there are too many for that.
const NEAREST: usize = 200;

/// The places of rows in the last version, and what there is to say of some.
pub struct Identity {
    /// For each row its place in the last version; `None`: it is new.
    pub places: Vec<Option<usize>>,
    /// Rows, and what there is to say of their identity.
    pub notes: Vec<(usize, Note)>,
}

/// Finds each row's place in the last version. `accept` takes proposals, too.
pub fn find(rows: &[Assembled], last: &Edition, layout: &Layout, accept: bool) -> Identity {
    let mut pairing = Pairing {
        rows,
        last: &last.rows,
        layout,
        places: vec![None; rows.len()],
        free: vec![true; last.rows.len()],
        notes: Vec::new(),
    };
    pairing.by_key(|row| row.printed_names(), |row| Assembled::names_in_print(layout, row), None);
    let names = |content: &Content| content.names.iter().map(ToString::to_string).collect();
    pairing.by_key(|row| names(&row.row.content), |row| names(&row.content), None);
    let folded = |content: &Content| content.names.iter().map(|name| fold(name.as_str())).collect();
    pairing.by_key(|row| folded(&row.row.content), |row| folded(&row.content), Some(Code::Renamed));
    pairing.by_likeness(accept);
    Identity { places: pairing.places, notes: pairing.notes }
}

/// Names, and the row's own domain.
type Key = (Vec<String>, Option<String>);

/// Rows and items of one key.
type Group = (Vec<usize>, Vec<usize>);

struct Pairing<'a> {
    rows: &'a [Assembled],
    last: &'a [Printed],
    layout: &'a Layout,
    places: Vec<Option<usize>>,
    free: Vec<bool>,
    notes: Vec<(usize, Note)>,
}

impl Pairing<'_> {
    /// Pairs rows and items that have one key; of several, those that have the most cells in common.
    fn by_key(
        &mut self,
        of_row: impl Fn(&Assembled) -> Vec<String>,
        of_item: impl Fn(&Printed) -> Vec<String>,
        code: Option<Code>,
    ) {
        let mut groups: BTreeMap<Key, Group> = BTreeMap::new();
        let domain =
            |code: Option<&crate::catalogue::code::DomainCode>| code.map(|code| code.as_str().to_owned());
        for (at, row) in self.rows.iter().enumerate().filter(|(at, _)| self.places[*at].is_none()) {
            groups.entry((of_row(row), domain(row.row.local.domain.as_ref()))).or_default().0.push(at);
        }
        for (at, item) in self.last.iter().enumerate().filter(|(at, _)| self.free[*at]) {
            groups.entry((of_item(item), domain(item.local.domain.as_ref()))).or_default().1.push(at);
        }
        for ((key, _), (rows, items)) in groups {
            if key.iter().all(String::is_empty) || items.is_empty() {
                continue;
            }
            for (row, item) in self.closest(&rows, &items) {
                self.take(row, item, code.map(|code| Note::new(code, self.rows[row].name())));
            }
        }
    }

    /// Pairs within a group: the most equal cells first, then the nearest places.
    fn closest(&self, rows: &[usize], items: &[usize]) -> Vec<(usize, usize)> {
        if let ([row], [item]) = (rows, items) {
            return vec![(*row, *item)];
        }
        if rows.len().saturating_mul(items.len()) > ALL_WITH_ALL {
            return rows.iter().copied().zip(items.iter().copied()).collect();
        }
        let printed: Vec<Vec<(Part, String)>> =
            items.iter().map(|item| Assembled::in_print(self.layout, &self.last[*item])).collect();
        let mut scored = Vec::new();
        for (i, row) in rows.iter().enumerate() {
            for (j, item) in items.iter().enumerate() {
                let score = self.rows[*row].equal_cells(&printed[j]);
                scored.push((std::cmp::Reverse(score), i.abs_diff(j), i, j, *row, *item));
            }
        }
        scored.sort_unstable();
        let (mut rows_left, mut items_left) = (vec![true; rows.len()], vec![true; items.len()]);
        let mut pairs = Vec::new();
        for (.., i, j, row, item) in scored {
            if rows_left[i] && items_left[j] {
                (rows_left[i], items_left[j]) = (false, false);
                pairs.push((row, item));
            }
        }
        pairs
    }

    /// Pairs what is left by the likeness of its words.
    fn by_likeness(&mut self, accept: bool) {
        let rows: Vec<usize> = (0..self.rows.len()).filter(|at| self.places[*at].is_none()).collect();
        let items: Vec<usize> = (0..self.last.len()).filter(|at| self.free[*at]).collect();
        let words: HashMap<usize, Words> =
            items.iter().map(|at| (*at, Words::of(&self.last[*at].content))).collect();
        let all = rows.len().saturating_mul(items.len()) <= ALL_WITH_ALL;
        let mut scored: Vec<(f64, usize, usize)> = Vec::new();
        for row in rows {
            let own = Words::of(&self.rows[row].row.content);
            let akin = items.iter().filter(|item| all || own.akin(&words[*item]));
            for item in akin.take(if all { usize::MAX } else { NEAREST }) {
                let score = own.likeness(&words[item]);
                if score >= LIKELY {
                    scored.push((score, row, *item));
                }
            }
        }
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        for (score, row, item) in scored {
            if self.places[row].is_some() || !self.free[item] {
                continue;
            }
            let code = self.last[item].entry.item.to_string();
            let note =
                Note::new(Code::Renamed, self.rows[row].name()).understood(format!("{code} ({score:.2})"));
            if score >= SURE || accept {
                self.take(row, item, Some(note));
            } else if !self.notes.iter().any(|(at, note)| *at == row && note.code == Code::ProposedIdentity) {
                let names = self.last[item]
                    .content
                    .names
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("/");
                let note = Note::new(Code::ProposedIdentity, self.rows[row].name())
                    .expected(
                        format!("{names}（相似度 {score:.2}）则加 --accept"),
                        format!("--accept, if it is {names} (likeness {score:.2})"),
                    )
                    .proposal(code);
                self.notes.push((row, note));
            }
        }
        let taken: Vec<usize> = (0..self.rows.len()).filter(|at| self.places[*at].is_some()).collect();
        self.notes
            .retain(|(row, note)| note.code != Code::ProposedIdentity || taken.binary_search(row).is_err());
    }

    fn take(&mut self, row: usize, item: usize, note: Option<Note>) {
        self.places[row] = Some(item);
        self.free[item] = false;
        self.notes.extend(note.map(|note| (row, note)));
    }
}

/// The folded words by which items are compared.
struct Words {
    names: Vec<String>,
    points: String,
    rest: String,
}

impl Words {
    fn of(content: &Content) -> Self {
        let points = content.points.iter().flatten().map(|point| fold(point.text.as_str()));
        let basis = content.basis.iter().flatten().map(|basis| fold(basis.text.as_str()));
        let limits = content.time_limits.iter().flatten().filter_map(|limit| limit.text.as_ref());
        let names = content.names.iter().map(|name| fold(name.as_str())).collect();
        let rest = basis.chain(limits.map(|text| fold(text.as_str()))).collect();
        Self { names, points: points.collect(), rest }
    }

    /// Whether comparing is worth while: one name or the points are equal.
    fn akin(&self, other: &Self) -> bool {
        self.names.first() == other.names.first()
            || self.names.last() == other.names.last()
            || (!self.points.is_empty() && self.points == other.points)
    }

    /// 0 to 1: names and points weigh twice as much as basis and limits; what neither has does not count.
    fn likeness(&self, other: &Self) -> f64 {
        let pairs = [
            (0.4, self.names.concat(), other.names.concat()),
            (0.4, self.points.clone(), other.points.clone()),
            (0.2, self.rest.clone(), other.rest.clone()),
        ];
        let told = pairs.iter().filter(|(_, a, b)| !(a.is_empty() && b.is_empty()));
        let (sum, weight) =
            told.fold((0.0, 0.0), |(sum, weight), (w, a, b)| (sum + w * dice(a, b), weight + w));
        // Names alone are no content.
        if weight > 0.4 { sum / weight } else { 0.0 }
    }
}
