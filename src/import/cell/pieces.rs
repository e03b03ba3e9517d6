//! Pieces: taking a text apart without breaking what stands in brackets (分段).

use std::collections::{BTreeMap, BTreeSet};

use super::glyph::{closing, narrow};

/// Where each closed bracket opens and closes, by its first byte.
///
/// A bracket that is never closed, as happens when a line is lost, does not swallow the rest of the text. One pass,
/// however many brackets are left open: cells come from strangers.
pub fn pairs(text: &str) -> BTreeMap<usize, usize> {
    let mut pairs = BTreeMap::new();
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut waiting: BTreeMap<char, usize> = BTreeMap::new();
    for (at, c) in text.char_indices() {
        if let Some(close) = closing(c) {
            open.push((at, close));
            *waiting.entry(close).or_default() += 1;
            continue;
        }
        let close = narrow(c);
        if waiting.get(&close).is_none_or(|count| *count == 0) {
            continue;
        }
        while let Some((first, wanted)) = open.pop() {
            waiting.entry(wanted).and_modify(|count| *count -= 1);
            if wanted == close {
                pairs.insert(first, at);
                break;
            }
        }
    }
    pairs
}

/// How deep each character stands in closed brackets; a bracket counts as inside of itself.
pub fn depths(text: &str) -> Vec<usize> {
    let pairs = pairs(text);
    let ends: BTreeSet<usize> = pairs.values().copied().collect();
    let mut depth = 0;
    let mut depths = Vec::new();
    for (at, _) in text.char_indices() {
        depth += usize::from(pairs.contains_key(&at));
        depths.push(depth);
        depth -= usize::from(ends.contains(&at));
    }
    depths
}

/// The parts of a text between separators outside of brackets; none is blank.
pub fn split(text: &str, is_separator: impl Fn(char) -> bool) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for ((at, c), depth) in text.char_indices().zip(depths(text)) {
        if depth == 0 && is_separator(c) {
            parts.push(&text[start..at]);
            start = at + c.len_utf8();
        }
    }
    parts.push(&text[start..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// What stands before and after the first separator outside of brackets.
pub fn split_once(text: &str, is_separator: impl Fn(char) -> bool) -> Option<(&str, &str)> {
    let mut places = text.char_indices().zip(depths(text));
    let ((at, c), _) = places.find(|((_, c), depth)| *depth == 0 && is_separator(*c))?;
    Some((text[..at].trim(), text[at + c.len_utf8()..].trim()))
}

/// Where in `text` the first of `words` stands outside of brackets, and which it is.
pub fn find<'w>(text: &str, words: &[&'w str]) -> Option<(usize, &'w str)> {
    let outside =
        text.char_indices().zip(depths(text)).filter(|(_, depth)| *depth == 0).map(|((at, _), _)| at);
    outside.filter_map(|at| Some((at, *words.iter().find(|word| text[at..].starts_with(**word))?))).next()
}

/// What stands outside of brackets.
pub fn outside(text: &str) -> String {
    text.chars().zip(depths(text)).filter(|(_, depth)| *depth == 0).map(|(c, _)| c).collect()
}

/// What stands in each bracket of a text.
pub fn brackets(text: &str) -> Vec<&str> {
    let (mut found, mut start) = (Vec::new(), None);
    for ((at, c), depth) in text.char_indices().zip(depths(text)).chain([((text.len(), ' '), 0)]) {
        match (start, depth) {
            (None, 1..) => start = Some(at + c.len_utf8()),
            (Some(first), 0) => {
                let inside: &str = text.get(first..at).unwrap_or_default();
                let close = inside.chars().next_back().map_or(0, char::len_utf8);
                found.push(inside[..inside.len() - close].trim());
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// A bracket at the end of a text: what stands before it, and what stands in it.
pub fn trailing_bracket(text: &str) -> Option<(&str, &str)> {
    let close = text.chars().next_back().filter(|c| narrow(*c) == ')')?;
    let mut depth = 0;
    for (at, c) in text.char_indices().rev() {
        match narrow(c) {
            ')' => depth += 1,
            '(' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let inside = text.get(at + c.len_utf8()..text.len() - close.len_utf8())?;
            return Some((text[..at].trim(), inside.trim()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_not_broken() {
        let comma = |c| c == '、';
        assert_eq!(split("甲(一、二)、乙", comma), ["甲(一、二)", "乙"]);
        assert_eq!(split("《关于印发〈甲、乙〉的通知》、丙", comma), ["《关于印发〈甲、乙〉的通知》", "丙"]);
        // Never closed: it is an ordinary character.
        assert_eq!(split("甲(一、二、乙", comma), ["甲(一", "二", "乙"]);
        assert_eq!(split("甲\u{ff08}一、二)、、乙", comma), ["甲\u{ff08}一、二)", "乙"]);
    }

    #[test]
    fn a_bracket_at_the_end_is_taken_off() {
        assert_eq!(trailing_bracket("乡镇政府(街道办事处)"), Some(("乡镇政府", "街道办事处")));
        assert_eq!(trailing_bracket("县(区)政府"), None);
        assert_eq!(trailing_bracket("县(区)政府(甲)"), Some(("县(区)政府", "甲")));
        assert_eq!(trailing_bracket("甲(乙)(丙)"), Some(("甲(乙)", "丙")));
        assert_eq!(trailing_bracket("甲)"), None);
        assert_eq!(brackets("甲(乙)丙\u{ff08}丁(戊)\u{ff09}"), ["乙", "丁(戊)"]);
        assert_eq!(outside("甲(乙)丙"), "甲丙");
    }
}
