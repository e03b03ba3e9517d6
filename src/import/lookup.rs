//! What the register says of the units that a table names: reported, never changed.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, HashMap, HashSet},
};

use chrono::NaiveDate;

use super::{
    assemble::{Assembled, Said},
    cell::clean::fold,
    finding::{Code, Note},
    likeness::{Index, Pairs},
};
use crate::catalogue::{code::DivisionCode, layout::Part, text::Text, unit::UnitState};

/// How many like names a person is shown.
const CLOSEST: usize = 3;

/// Names that are less like than this are not worth showing, 0 to 1.
const LEAST: f64 = 0.3;

/// The units of a place and of those above it, by every name that they have or had, and what people decided that
/// names mean.
#[derive(Debug, Default)]
pub struct Units {
    by_name: BTreeMap<String, Vec<Named>>,
    /// Their folded names, and the names behind each; made for the first name that means no unit.
    like: OnceCell<(Index, Vec<Vec<String>>)>,
}

/// A unit under one of its names.
#[derive(Clone, Debug)]
struct Named {
    code: String,
    /// 名称.
    name: String,
    /// How many steps its place is above the one that publishes.
    distance: usize,
    /// The last day, where an end is known.
    ended: Option<NaiveDate>,
}

impl Units {
    /// The units of these places, the nearest first, and decisions as pairs of a name and a code.
    pub fn new(places: &[DivisionCode], units: &[(String, UnitState)], decided: &[(Text, String)]) -> Self {
        let mut made = Self::default();
        let mut named: HashMap<&str, Named> = HashMap::new();
        for (code, state) in units {
            let distance = places.iter().position(|place| *place == state.division).unwrap_or(places.len());
            let one =
                Named { code: code.clone(), name: state.name.to_string(), distance, ended: state.valid_to };
            named.insert(code, one.clone());
            let names = state.former_names.iter().chain([&state.name]).chain(&state.short_name);
            for name in names {
                made.by_name.entry(name.to_string()).or_default().push(one.clone());
            }
        }
        // A person's decision overrules all that the names say.
        for (name, code) in decided {
            if let Some(one) = named.get(code.as_str()) {
                made.by_name.insert(name.to_string(), vec![one.clone()]);
            }
        }
        made
    }

    /// What there is to say of a unit's name; `None` where it means one unit that still exists, by its own name.
    fn note(&self, text: &str, day: NaiveDate) -> Option<Note> {
        let Some(all) = self.by_name.get(text) else {
            let note = Note::new(Code::UnknownUnit, text).expected(
                "已登记的单位，或用 mulu unit alias 指明",
                "a registered unit, or mulu unit alias to say which",
            );
            return Some(note.proposal(self.closest(text)));
        };
        let nearest = all.iter().map(|one| one.distance).min();
        let codes: BTreeMap<&str, &Named> = all
            .iter()
            .filter(|one| Some(one.distance) == nearest)
            .map(|one| (one.code.as_str(), one))
            .collect();
        let mut units = codes.values();
        match (units.next(), units.next()) {
            (Some(one), None) if one.ended.is_some_and(|end| end < day) => Some(
                Note::new(Code::OutlivedUnitOrDomain, text).understood(format!("{} {}", one.code, one.name)),
            ),
            (Some(one), None) if one.name != text => {
                Some(Note::new(Code::UnitAlias, text).understood(format!("{} {}", one.code, one.name)))
            }
            (Some(_), None) | (None, _) => None,
            _ => {
                let several: Vec<String> =
                    codes.values().map(|one| format!("{} {}", one.code, one.name)).collect();
                let note = Note::new(Code::AmbiguousUnit, text)
                    .expected("用 mulu unit alias 指明其中一个", "one of them, by mulu unit alias");
                Some(note.proposal(several.join("; ")))
            }
        }
    }

    fn closest(&self, text: &str) -> String {
        let text = fold(text);
        let (index, names) = self.like.get_or_init(|| self.index());
        let like = index.like(&text, &Pairs::of(&text)).into_iter().filter(|(_, score)| *score > LEAST);
        let mut scored: Vec<(f64, &str, &Named)> = like
            .flat_map(|(place, score)| names[place].iter().map(move |name| (score, name)))
            .flat_map(|(score, name)| self.by_name[name].iter().map(move |one| (score, name.as_str(), one)))
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (a.1, &a.2.code).cmp(&(b.1, &b.2.code))));
        let mut seen = HashSet::new();
        let best = scored.into_iter().filter(|(_, _, one)| seen.insert(&one.code)).take(CLOSEST);
        best.map(|(_, _, one)| format!("{} {}", one.code, one.name)).collect::<Vec<_>>().join("; ")
    }

    fn index(&self) -> (Index, Vec<Vec<String>>) {
        let folded: Vec<String> = self.by_name.keys().map(|name| fold(name)).collect();
        let index = Index::of(folded.iter().map(String::as_str), LEAST);
        let mut names: Vec<Vec<String>> = Vec::new();
        for (folded, name) in folded.iter().zip(self.by_name.keys()) {
            let place = index.place(folded).unwrap_or_default();
            if names.len() <= place {
                names.resize_with(place + 1, Vec::new);
            }
            names[place].push(name.clone());
        }
        (index, names)
    }
}

/// Notes about the units of rows; each is said once, at the first row that names it.
pub fn notes(rows: &[Assembled], units: &Units, day: NaiveDate) -> Vec<Said> {
    let mut notes = Vec::new();
    let mut named = HashSet::new();
    for row in rows {
        for unit in row.row.local.units.iter().flatten() {
            let texts: Vec<&Text> = match &unit.alternatives {
                Some(alternatives) => alternatives.iter().collect(),
                None => vec![&unit.text],
            };
            for text in texts.into_iter().filter(|text| named.insert(text.to_string())) {
                notes.extend(
                    units.note(text.as_str(), day).map(|note| row.say_of(&Part::ResponsibleUnit, note)),
                );
            }
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(name: &str, short: &str) -> UnitState {
        let state = serde_json::json!({ "division": "513230000000", "name": name, "shortName": short });
        serde_json::from_value(state).unwrap()
    }

    #[test]
    fn names_that_are_unknown_are_told_the_closest_units() {
        let place = "513230000000".parse().unwrap();
        let units = [("U1", unit("壤塘县民政局", "县民政局")), ("U2", unit("壤塘县财政局", "县财政局"))];
        let units = units.map(|(code, state)| (code.to_owned(), state));
        let units = Units::new(&[place], &units, &[(Text::new("民政"), "U1".to_owned())]);
        let day = "2026-01-01".parse().unwrap();
        let note = units.note("民政局救助股", day).unwrap();
        assert_eq!((note.code, note.proposal.as_deref()), (Code::UnknownUnit, Some("U1 壤塘县民政局")));
        assert_eq!(units.note("县民政局", day).map(|note| note.code), Some(Code::UnitAlias));
        assert_eq!(units.note("民政", day).map(|note| note.code), Some(Code::UnitAlias));
        assert_eq!(units.note("壤塘县民政局", day), None);
    }
}
