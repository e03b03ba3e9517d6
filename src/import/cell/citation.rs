//! A cell of citations taken apart: titles, brackets, tags, separators, words (公开依据的构成).

use std::collections::BTreeMap;

use super::{
    glyph::{is_separator, narrow},
    numeral, pieces,
};

/// One part of a cell of citations, with its place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Atom<'t> {
    pub what: What<'t>,
    pub start: usize,
    pub end: usize,
}

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What<'t> {
    /// A title, without its marks.
    Title(&'t str),
    /// A title of which one mark is lost.
    Torn(&'t str),
    /// What stands in a bracket after it.
    Bracket(&'t str),
    /// 【法律】.
    Tag(&'t str),
    /// 、 ; , 。 or the end of a line.
    Separator(char),
    /// Anything else.
    Words(&'t str),
}

/// The parts of a cell in their order.
pub(super) fn atoms(text: &str) -> Vec<Atom<'_>> {
    let (titles, brackets) = (title_ends(text), pieces::pairs(text));
    let mut atoms = Vec::new();
    let mut at = 0;
    let mut words = 0;
    while let Some(c) = text[at..].chars().next() {
        let found = match c {
            '《' => Some(title(text, at, &titles)),
            '》' => Some((What::Torn(super::glyph::trim_separators(&text[words..at])), at + c.len_utf8())),
            '【' => closed(text, at, &brackets)
                .filter(|(inside, _)| !is_number(inside))
                .map(|(inside, end)| (What::Tag(inside), end)),
            c if is_separator(c) && !in_numeral(text, at, c) => {
                Some((What::Separator(narrow(c)), at + c.len_utf8()))
            }
            c if matches!(narrow(c), '(' | '[') => closed(text, at, &brackets)
                .filter(|(inside, _)| !is_number(inside))
                .map(|(inside, end)| (What::Bracket(inside), end)),
            _ => None,
        };
        let Some((what, end)) = found else {
            at += c.len_utf8();
            continue;
        };
        if !matches!(what, What::Torn(_)) {
            push_words(text, words, at, &mut atoms);
            words = at;
        }
        atoms.push(Atom { what, start: words, end });
        at = end;
        words = end;
    }
    push_words(text, words, text.len(), &mut atoms);
    atoms
}

fn push_words<'t>(text: &'t str, start: usize, end: usize, atoms: &mut Vec<Atom<'t>>) {
    let words = text[start..end].trim();
    if !words.is_empty() {
        let start = start + text[start..end].find(words).unwrap_or(0);
        atoms.push(Atom { what: What::Words(words), start, end: start + words.len() });
    }
}

/// 、 between a number and its name is a bullet, as in 1、; a point in 3.5 is none.
fn in_numeral(text: &str, at: usize, c: char) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| narrow(c).is_ascii_digit());
    c == '、' && digit(text[..at].chars().next_back()) && text[at + c.len_utf8()..].starts_with(['《', '【'])
}

/// What stands in the bracket that opens at a place, and where it ends.
fn closed<'t>(text: &'t str, at: usize, pairs: &BTreeMap<usize, usize>) -> Option<(&'t str, usize)> {
    let end = *pairs.get(&at)?;
    let length = |at: usize| text[at..].chars().next().map_or(0, char::len_utf8);
    Some((text[at + length(at)..end].trim(), end + length(end)))
}

/// Where each title ends, by its first byte. Its marks are often mixed, 《关于印发<甲办法》的通知》, so any closes any.
fn title_ends(text: &str) -> BTreeMap<usize, usize> {
    let (mut ends, mut open) = (BTreeMap::new(), Vec::new());
    for (at, c) in text.char_indices() {
        match narrow(c) {
            '《' | '〈' | '<' => open.push(at),
            '》' | '〉' | '>' => ends.extend(open.pop().map(|first| (first, at))),
            _ => {}
        }
    }
    ends
}

/// The title that begins at a place. Titles stand in titles; one that is never closed ends where the next begins.
fn title<'t>(text: &'t str, at: usize, ends: &BTreeMap<usize, usize>) -> (What<'t>, usize) {
    let mark = '《'.len_utf8();
    if let Some(end) = ends.get(&at) {
        let inside = &text[at + mark..*end];
        return match torn_at(inside) {
            Some(length) => (What::Torn(inside[..length].trim()), at + mark + length),
            None => (What::Title(inside.trim()), end + text[*end..].chars().next().map_or(0, char::len_utf8)),
        };
    }
    let inside = &text[at + mark..];
    let next = inside.find('《').unwrap_or(inside.len());
    // 《关于印发《办法》的通知 lost only its last mark; 《甲法、《乙条例》 the first of two.
    let nested = inside[..next].chars().next_back().is_some_and(|c| !is_separator(c) && !c.is_whitespace())
        && next < inside.len();
    if nested && let Some(close) = inside.rfind('》') {
        let end = inside[close..].find(is_separator).map_or(inside.len(), |length| close + length);
        return (What::Torn(inside[..end].trim()), at + mark + end);
    }
    let end = inside[..next].find(|c| is_separator(c) || narrow(c) == '(').unwrap_or(next);
    (What::Torn(inside[..end].trim()), at + mark + end)
}

/// Where a title breaks off that runs over a line end into the next one: 《甲法\n《乙法》》 is two.
fn torn_at(inside: &str) -> Option<usize> {
    let at = inside.find("\n《")?;
    (!inside[..at].contains('《')).then_some(at)
}

/// A year or a number in brackets is part of the words around it: 〔2020〕3号, 第(一)项.
fn is_number(inside: &str) -> bool {
    let inside = inside.trim().trim_end_matches('年');
    let numeral = |c| narrow(c).is_ascii_digit() || numeral::is_numeral(c);
    (1..=4).contains(&inside.chars().count()) && inside.chars().all(numeral)
}

/// The articles (条款) with which a text begins, 第七条, 第二十条第(一)项、第三十条, and their length.
pub(super) fn articles(text: &str) -> Option<usize> {
    let mut end = article(text)?;
    loop {
        let rest = &text[end..];
        let joined = ["、", "和", "及", "至", "到", "-", "—", ",", "\u{ff0c}"]
            .iter()
            .find_map(|joint| rest.strip_prefix(joint));
        match joined.and_then(|rest| Some((rest, article(rest)?))) {
            Some((rest, length)) => end = text.len() - rest.len() + length,
            None => return Some(end),
        }
    }
}

fn article(text: &str) -> Option<usize> {
    let mut end = numbered(text, &["条", "章", "款", "项", "节"])?;
    loop {
        let rest = &text[end..];
        if let Some(length) = numbered(rest, &["款", "项", "条", "目", "节"]) {
            end += length;
        } else if let Some(length) = clause_number(rest) {
            end += length;
            end += if text[end..].starts_with('项') { '项'.len_utf8() } else { 0 };
        } else if rest.starts_with("之一") || rest.starts_with("之二") || rest.starts_with("之三") {
            end += "之一".len();
        } else {
            return Some(end);
        }
    }
}

/// 第七条; the number may stand in brackets.
fn numbered(text: &str, units: &[&str]) -> Option<usize> {
    let rest = text.strip_prefix('第')?;
    let number = clause_number(rest).or_else(|| numeral::leading(rest).map(|(_, length)| length))?;
    let unit = units.iter().find(|unit| rest[number..].starts_with(**unit))?;
    Some('第'.len_utf8() + number + unit.len())
}

/// (一), the number of an item.
fn clause_number(text: &str) -> Option<usize> {
    let inside = text.strip_prefix(|c| narrow(c) == '(')?;
    let (_, length) = numeral::leading(inside)?;
    let close = inside[length..].chars().next().filter(|c| narrow(*c) == ')')?;
    Some(text.len() - inside.len() + length + close.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> String {
        let show = |atom: &Atom| match atom.what {
            What::Title(words) => format!("T[{words}]"),
            What::Torn(words) => format!("X[{words}]"),
            What::Bracket(words) => format!("B[{words}]"),
            What::Tag(words) => format!("K[{words}]"),
            What::Separator(_) => "|".to_owned(),
            What::Words(words) => format!("W[{words}]"),
        };
        atoms(text).iter().map(show).collect()
    }

    #[test]
    fn cells_are_taken_apart() {
        for (text, expected) in [
            ("《甲法》《乙条例》", "T[甲法]T[乙条例]"),
            ("《关于印发<甲办法>的通知》(青政办[2020]3号)", "T[关于印发<甲办法>的通知]B[青政办[2020]3号]"),
            ("《关于印发《甲办法》的通知》、《乙法》", "T[关于印发《甲办法》的通知]|T[乙法]"),
            ("【法律】《甲法》", "K[法律]T[甲法]"),
            ("青政办【2020】3号", "W[青政办【2020】3号]"),
            ("《甲法、《乙条例》", "X[甲法]|T[乙条例]"),
            ("甲法》、《乙条例》", "X[甲法]|T[乙条例]"),
            ("《关于印发《办法》的通知", "X[关于印发《办法》的通知]"),
            ("《甲法》第七条、第八条", "T[甲法]W[第七条]|W[第八条]"),
            ("1、《甲法》", "W[1、]T[甲法]"),
        ] {
            assert_eq!(shape(text), expected, "{text}");
        }
    }

    #[test]
    fn articles_are_measured() {
        for (text, expected) in [
            ("第七条", "第七条"),
            ("第二十条第(一)项规定", "第二十条第(一)项"),
            ("第二十条(十二)", "第二十条(十二)"),
            ("第十九条、第二十条公开", "第十九条、第二十条"),
            ("第十九条至第二十一条", "第十九条至第二十一条"),
            ("第7条第2款", "第7条第2款"),
        ] {
            assert_eq!(articles(text).map(|length| &text[..length]), Some(expected));
        }
        assert_eq!(articles("第三版"), None);
    }
}
