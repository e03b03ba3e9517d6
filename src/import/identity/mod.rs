//! Which item of the last version a row is, so that next year's file gives a difference and not a new world.
//!
//! Names decide: as printed, else cleaned, else folded. What is left is compared by its words; a likeness below
//! [`SURE`] is only proposed, because a wrong identity that nobody sees is worse than a new code.

mod akin;
mod group;

use std::collections::BTreeMap;

use akin::Words;
use group::Cells;

use super::{
    assemble::Assembled,
    cell::clean::fold,
    finding::{Code, Note},
};
use crate::catalogue::{
    adopt::{Edition, Printed},
    content::Content,
    layout::Layout,
    text::Text,
};

/// From this likeness on a row is taken for the item, 0 to 1.
pub const SURE: f64 = 0.9;

/// From this likeness on an item is proposed.
const LIKELY: f64 = 0.6;

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

    /// Pairs within a group.
    fn closest(&self, rows: &[usize], items: &[usize]) -> Vec<(usize, usize)> {
        if let ([row], [item]) = (rows, items) {
            return vec![(*row, *item)];
        }
        let of_rows: Vec<Cells> = rows.iter().map(|row| Cells::new(&self.rows[*row].words)).collect();
        let in_print = |item: &usize| Cells::new(&Assembled::in_print(self.layout, &self.last[*item]));
        let of_items: Vec<Cells> = items.iter().map(in_print).collect();
        let pairs = group::pairs(&of_rows, &of_items).into_iter();
        pairs.map(|(row, item)| (rows[row], items[item])).collect()
    }

    /// Pairs what is left by the likeness of its words.
    fn by_likeness(&mut self, accept: bool) {
        let rows: Vec<usize> = (0..self.rows.len()).filter(|at| self.places[*at].is_none()).collect();
        let items: Vec<usize> = (0..self.last.len()).filter(|at| self.free[*at]).collect();
        let of_rows: Vec<Words> = rows.iter().map(|row| Words::of(&self.rows[*row].row.content)).collect();
        let of_items: Vec<Words> = items.iter().map(|item| Words::of(&self.last[*item].content)).collect();
        let mut scored = akin::pairs(&of_rows, &of_items, LIKELY);
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let mut proposed = vec![None; self.rows.len()];
        for (score, row, item) in scored.into_iter().map(|(score, row, item)| (score, rows[row], items[item]))
        {
            if self.places[row].is_some() || !self.free[item] {
                continue;
            }
            let code = self.last[item].entry.item.to_string();
            let name = self.rows[row].name();
            if score >= SURE || accept {
                let note = Note::new(Code::Renamed, name).understood(format!("{code} ({score:.2})"));
                self.take(row, item, Some(note));
            } else if proposed[row].is_none() {
                let names =
                    self.last[item].content.names.iter().map(Text::as_str).collect::<Vec<_>>().join("/");
                let note = Note::new(Code::ProposedIdentity, name)
                    .expected(
                        format!("{names}（相似度 {score:.2}）则加 --accept"),
                        format!("--accept, if it is {names} (likeness {score:.2})"),
                    )
                    .proposal(code);
                proposed[row] = Some(note);
            }
        }
        // A row that was taken for an item after all needs no proposal.
        let left = proposed.into_iter().enumerate().filter(|(row, _)| self.places[*row].is_none());
        self.notes.extend(left.filter_map(|(row, note)| Some((row, note?))));
    }

    fn take(&mut self, row: usize, item: usize, note: Option<Note>) {
        self.places[row] = Some(item);
        self.free[item] = false;
        self.notes.extend(note.map(|note| (row, note)));
    }
}
