//! Rules on records of a register.

use std::collections::{HashMap, HashSet};

use super::{
    element::{Problem, problems},
    rule::{Finding, Message, Rule},
};
use crate::catalogue::{
    code::DivisionCode,
    declaration::ElementsState,
    division::{DivisionState, Level},
    reference::{AnyRecord, Record, Register},
};

/// What else is registered, apart from the records that are checked.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Codes of other records that the load refers to and that exist.
    pub codes: HashSet<(Register, String)>,
    /// Levels of divisions that the load has as parents.
    pub levels: HashMap<String, Level>,
}

/// What the rules say about `records` of one register. The row of a finding is the record's index.
pub fn check(records: &[AnyRecord], known: &Known) -> Vec<Finding> {
    let own: HashSet<&str> = records.iter().map(AnyRecord::code).collect();
    let levels: HashMap<&str, Level> =
        records.iter().filter_map(|record| Some((record.code(), record.level()?))).collect();
    let mut findings = Vec::new();
    let mut seen = HashSet::new();
    for (index, record) in records.iter().enumerate() {
        if !seen.insert(record.code()) {
            let expected = Message::new("每个代码只出现一次", "each code once");
            findings.push(Finding::row(Rule::DuplicateRecord, index, "/code", record.code(), expected));
        }
        let days = record.days();
        if days.windows(2).any(|pair| pair[0] == pair[1]) {
            let expected = Message::new("每个状态有不同的 validFrom", "states with different validFrom");
            findings.push(Finding::row(Rule::RecordStates, index, "/validFrom", record.code(), expected));
        }
        for (register, code) in record.references() {
            let here = register == record.register() && own.contains(code.as_str());
            if !here && !known.codes.contains(&(register, code.clone())) {
                let expected = Message::new(
                    format!("{register} 名录中已有的代码"),
                    format!("a code of the register `{register}`"),
                );
                findings.push(Finding::row(Rule::UnknownReference, index, "", code, expected));
            }
        }
        if let AnyRecord::Division(division) = record {
            findings
                .extend(check_levels(index, division, |code| levels.get(code).or(known.levels.get(code))));
        }
        if let AnyRecord::Element(declaration) = record {
            findings.extend(declaration.states.iter().flat_map(|state| check_elements(index, state)));
        }
    }
    if let Some((text, codes)) = ambiguous(records) {
        let expected = Message::new("一个名称只指一个登记项", "a name that means one record only");
        let value = format!("{text}: {}", codes.join(", "));
        findings.push(Finding::row(Rule::AmbiguousName, 0, "/aliases", value, expected));
    }
    findings
}

/// A division stands below one of a higher level, and keeps its own as long as it keeps its code.
fn check_levels<'a>(
    index: usize,
    division: &Record<DivisionState>,
    level: impl Fn(&str) -> Option<&'a Level>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for state in &division.states {
        let parent = state.parent.as_ref().map(DivisionCode::as_str);
        let root = parent.is_none() && state.level != Level::Nation;
        if root || parent.and_then(&level).is_some_and(|above| *above >= state.level) {
            let expected = Message::new("层级高于本级的上级区划", "a parent of a higher level");
            findings.push(Finding::row(Rule::DivisionLevel, index, "/parent", &division.code, expected));
        }
    }
    if division.states.windows(2).any(|pair| pair[0].level != pair[1].level) {
        let expected = Message::new(
            "各状态层级相同\u{ff1b}层级变更须用新代码",
            "one level in all states; another level has another code",
        );
        findings.push(Finding::row(Rule::LevelOfCode, index, "/level", &division.code, expected));
    }
    findings
}

/// What the elements of a declaration look like is itself well said.
fn check_elements(index: usize, state: &ElementsState) -> Vec<Finding> {
    let finding = |problem: Problem| {
        let pointer = format!("/elements/{}{}", problem.element, problem.pointer);
        Finding::row(Rule::ElementSchema, index, pointer, problem.value, problem.expected)
    };
    problems(&state.elements).into_iter().map(finding).collect()
}

/// In closed lists (domains, channels) a name or alias means one record.
fn ambiguous(records: &[AnyRecord]) -> Option<(String, Vec<String>)> {
    let mut meaning: HashMap<String, HashSet<&str>> = HashMap::new();
    for record in records {
        let names: Vec<_> = match record {
            AnyRecord::Domain(r) => r.states.iter().flat_map(|s| s.aliases.iter().chain([&s.name])).collect(),
            AnyRecord::Channel(r) => {
                r.states.iter().flat_map(|s| s.aliases.iter().chain([&s.name])).collect()
            }
            _ => Vec::new(),
        };
        for name in names {
            meaning.entry(name.to_string()).or_default().insert(record.code());
        }
    }
    let (text, codes) = meaning.into_iter().find(|(_, codes)| codes.len() > 1)?;
    let mut codes: Vec<String> = codes.into_iter().map(str::to_owned).collect();
    codes.sort();
    Some((text, codes))
}
