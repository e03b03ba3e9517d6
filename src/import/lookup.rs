//! What the register says of the units that a table names: reported, never changed.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, HashMap, HashSet},
    fmt,
};

use chrono::NaiveDate;

use super::{
    assemble::{Assembled, Said},
    branch::{self, Around, Part, texts},
    cell::clean::fold,
    finding::{Code, Note},
    likeness::{Index, Pairs},
};
use crate::catalogue::{code::DivisionCode, layout, text::Text, unit::UnitState};

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
    /// The place that it serves.
    division: DivisionCode,
    /// How many steps its place is above the one that publishes.
    distance: usize,
    /// The last day, where an end is known.
    ended: Option<NaiveDate>,
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.name)
    }
}

impl Units {
    /// The units of these places, the nearest first, and decisions as pairs of a name and a code.
    pub fn new(places: &[DivisionCode], units: &[(String, UnitState)], decided: &[(Text, String)]) -> Self {
        let mut made = Self::default();
        let mut named: HashMap<&str, Named> = HashMap::new();
        for (code, state) in units {
            let distance = places.iter().position(|place| *place == state.division).unwrap_or(places.len());
            let one = Named {
                code: code.clone(),
                name: state.name.to_string(),
                division: state.division.clone(),
                distance,
                ended: state.valid_to,
            };
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

    /// What there is to say of a unit's name; nothing where it means one unit that still exists, by its own name.
    fn notes(&self, text: &str, around: &Around) -> Vec<Note> {
        let Some(all) = self.by_name.get(text) else { return self.unknown(text, around) };
        let units = nearest(all);
        let note = match units.as_slice() {
            [one] if one.ended.is_some_and(|end| end < around.day) => {
                Note::new(Code::OutlivedUnitOrDomain, text).understood(one.to_string())
            }
            [one] if one.name != text => Note::new(Code::UnitAlias, text).understood(one.to_string()),
            [_] | [] => return Vec::new(),
            several => Note::new(Code::AmbiguousUnit, text)
                .expected("用 mulu unit alias 指明其中一个", "one of them, by mulu unit alias")
                .proposal(listed(several)),
        };
        vec![note]
    }

    /// The code of the only unit that a name means; otherwise E107 with those that it could mean.
    pub fn one(&self, text: &str, day: NaiveDate, notes: &mut Vec<Note>) -> Option<&str> {
        let units = self.by_name.get(text).map(|all| nearest(all)).unwrap_or_default();
        if let [one] = units.as_slice() {
            if one.ended.is_some_and(|end| end < day) {
                notes.push(Note::new(Code::OutlivedUnitOrDomain, text).understood(one.to_string()));
            } else if one.name != text {
                notes.push(Note::new(Code::UnitAlias, text).understood(one.to_string()));
            }
            return Some(&one.code);
        }
        let proposal = if units.is_empty() { self.closest(text) } else { listed(&units) };
        let note = Note::new(Code::UnknownAssignee, text).expected(
            "一个已登记的单位，或用 mulu unit alias 指明",
            "one registered unit, or mulu unit alias to say which",
        );
        notes.push(note.proposal(proposal));
        None
    }

    /// A name that nobody registered: part of a unit that is, or unknown.
    fn unknown(&self, text: &str, around: &Around) -> Vec<Note> {
        let part = branch::read(text);
        let above = part.and_then(|part| self.above(text, part, around));
        let served = match part {
            Some(Part::Branch { place, .. }) => around.served(place),
            Some(Part::School) => around.served_by(text),
            Some(Part::Office) | None => None,
        };
        let served = served.map(|(code, state)| format!("{code} {}", state.name));
        let understood: Vec<String> = above.map(ToString::to_string).into_iter().chain(served).collect();
        let understood = Some(understood.join(" → ")).filter(|words| !words.is_empty());
        let code = if part == Some(Part::Office) { Code::InnerOffice } else { Code::PartOfUnit };
        if above.is_some() {
            return vec![Note { understood, ..Note::new(code, text) }];
        }
        let unknown = Note { understood, ..Note::new(Code::UnknownUnit, text) };
        let unknown = unknown.expected(
            "已登记的单位，或用 mulu unit alias 指明",
            "a registered unit, or mulu unit alias to say which",
        );
        let office =
            (code == Code::InnerOffice).then(|| Note::new(code, text).understood("发布单位的内设机构"));
        office.into_iter().chain([unknown.proposal(self.closest(text))]).collect()
    }

    /// The unit that another is part of, where just one can be meant.
    fn above(&self, text: &str, part: Part, around: &Around) -> Option<&Named> {
        let one = |name: &str| match nearest(self.by_name.get(name)?).as_slice() {
            [one] => Some(*one),
            _ => None,
        };
        match part {
            Part::Branch { authority, .. } => one(authority),
            Part::Office => around.publishers().iter().find_map(|name| one(name)),
            Part::School => {
                let (place, _) = around.served_by(text)?;
                let schools = self.by_name.values().flatten().filter(|one| {
                    one.division == *place && one.name.contains("教育") && one.name.ends_with(['局', '委'])
                });
                let all: BTreeMap<&str, &Named> = schools.map(|one| (one.code.as_str(), one)).collect();
                let mut all = all.into_values().filter(|one| one.ended.is_none_or(|end| end >= around.day));
                all.next().filter(|_| all.next().is_none())
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
        listed(&best.map(|(_, _, one)| one).collect::<Vec<_>>())
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
pub(super) fn notes(rows: &[Assembled], units: &Units, around: &Around) -> Vec<Said> {
    let mut notes = Vec::new();
    let mut named = HashSet::new();
    for row in rows {
        for text in texts(row).filter(|text| named.insert(text.to_string())) {
            let found = units.notes(text.as_str(), around);
            notes.extend(found.into_iter().map(|note| row.say_of(&layout::Part::ResponsibleUnit, note)));
        }
    }
    notes
}

/// Those of the nearest place, each once.
fn nearest(all: &[Named]) -> Vec<&Named> {
    let nearest = all.iter().map(|one| one.distance).min();
    let all = all.iter().filter(|one| Some(one.distance) == nearest);
    let codes: BTreeMap<&str, &Named> = all.map(|one| (one.code.as_str(), one)).collect();
    codes.into_values().collect()
}

fn listed(units: &[&Named]) -> String {
    units.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
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
        let around = Around { publisher: None, places: &[], day: "2026-01-01".parse().unwrap() };
        let codes = |name| units.notes(name, &around).iter().map(|note| note.code).collect::<Vec<_>>();
        let note = units.notes("民政局救助股", &around).remove(0);
        assert_eq!((note.code, note.proposal.as_deref()), (Code::UnknownUnit, Some("U1 壤塘县民政局")));
        assert_eq!(codes("县民政局"), [Code::UnitAlias]);
        assert_eq!(codes("民政"), [Code::UnitAlias]);
        assert_eq!(codes("壤塘县民政局"), []);
    }
}
