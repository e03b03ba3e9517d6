//! The names of one register, and the ways in which a wording can mean one of them.

use std::collections::BTreeMap;

use crate::import::cell::{clean::fold, glyph::narrow, pieces};

/// A name that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named<'v> {
    /// The code that it means.
    pub code: &'v str,
    /// The wording by which it was found.
    pub wording: &'v str,
    /// Whether that is the register's own name, not an alias.
    pub own: bool,
    /// Whether it stands there exactly so.
    pub exact: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Name {
    code: String,
    pub(super) wording: String,
    own: bool,
}

/// The names of one register, each by its folded form. A form that means two codes means neither.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub(super) folded: BTreeMap<String, Vec<Name>>,
    patterns: Vec<Name>,
}

impl Names {
    pub(super) fn add<'a>(&mut self, code: &str, name: &'a str, aliases: impl Iterator<Item = &'a str>) {
        // Two names in one, as with 广东政务服务网 / 山东政务服务网, are no wording of their own.
        for (wording, own) in [(name, true)].into_iter().chain(aliases.map(|alias| (alias, false))) {
            let name = Name { code: code.to_owned(), wording: wording.to_owned(), own };
            if wording.starts_with("XX") {
                self.patterns.push(name);
                continue;
            }
            let names = self.folded.entry(fold(wording)).or_default();
            if !names.iter().any(|known| known.code == code && known.wording == wording) {
                names.push(name);
            }
        }
    }

    pub(super) fn find(&self, wording: &str) -> Option<Named<'_>> {
        let names = self.folded.get(&fold(wording))?;
        let exact = names.iter().find(|name| name.wording == wording);
        let first = exact.or(names.first())?;
        let one = exact.is_some() || names.iter().all(|name| name.code == first.code);
        one.then(|| first.named(exact.is_some()))
    }

    pub(super) fn matching(&self, wording: &str) -> Option<Named<'_>> {
        self.patterns.iter().find(|name| fits(&name.wording, wording)).map(|name| name.named(false))
    }

    pub(super) fn off_by_one(&self, wording: &str) -> Option<Named<'_>> {
        let folded = fold(wording);
        if folded.chars().count() < 4 {
            return None;
        }
        let near = self
            .folded
            .iter()
            .filter(|(name, _)| name.chars().count() >= 4 && strsim::levenshtein(name, &folded) == 1);
        let near: Vec<&Name> = near.flat_map(|(_, names)| names).collect();
        let first = near.iter().find(|name| name.own).or(near.first())?;
        near.iter().all(|name| name.code == first.code).then(|| first.named(false))
    }

    pub(super) fn longest_at(&self, text: &str) -> Option<(Named<'_>, usize)> {
        // Only names that begin as the text does can stand there.
        let first = fold(text.chars().next()?.encode_utf8(&mut [0; 4]));
        if first.is_empty() {
            return None;
        }
        let names = self.folded.range(first.clone()..).take_while(|(folded, _)| folded.starts_with(&first));
        let names = names.flat_map(|(folded, names)| names.first().map(|name| (folded, name)));
        let found = names.filter_map(|(folded, name)| Some((name, length_at(text, folded)?)));
        found
            .max_by_key(|(_, length)| *length)
            .map(|(name, length)| (name.named(text[..length] == name.wording), length))
    }

    pub(super) fn like(&self, wording: &str, at_most: usize, least: f64) -> Vec<(&str, f64)> {
        let wanted = fold(wording);
        let mut best: BTreeMap<&str, f64> = BTreeMap::new();
        let length = wanted.chars().count() as f64;
        for (folded, names) in &self.folded {
            // No text is more like another than their lengths are: most need no measuring.
            let other = folded.chars().count() as f64;
            if length.min(other) < least * length.max(other) {
                continue;
            }
            let score = strsim::normalized_levenshtein(folded, &wanted);
            for name in names {
                let known = best.entry(&name.code).or_insert(0.0);
                *known = known.max(score);
            }
        }
        let mut best: Vec<_> = best.into_iter().filter(|(_, score)| *score >= least).collect();
        best.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        best.truncate(at_most);
        best
    }
}

impl Name {
    fn named(&self, exact: bool) -> Named<'_> {
        Named { code: &self.code, wording: &self.wording, own: self.own, exact }
    }
}

/// How many bytes of `text` fold to `folded`, from its beginning.
fn length_at(text: &str, folded: &str) -> Option<usize> {
    let mut wanted = folded.chars().peekable();
    for (at, c) in text.char_indices() {
        if wanted.peek().is_none() {
            // A bracket that is closed right there belongs to the name: 公示栏(电子屏).
            let closed = narrow(c) == ')' && pieces::depths(&text[..at + c.len_utf8()]).last() == Some(&1);
            return Some(if closed { at + c.len_utf8() } else { at });
        }
        for c in fold(c.encode_utf8(&mut [0; 4])).chars() {
            if wanted.next() != Some(c) {
                return None;
            }
        }
        // Nothing that folds away may part lines, or begin a name.
        if (at == 0 && !c.is_alphanumeric()) || c == '\n' {
            return None;
        }
    }
    wanted.peek().is_none().then_some(text.len())
}

/// Whether a wording fits XX市政府网站: its place may be of any kind, 县, 区, 街道.
fn fits(pattern: &str, wording: &str) -> bool {
    let rest = pattern.trim_start_matches('X');
    let (fixed, place) = match rest.strip_prefix('市') {
        Some(fixed) => (fixed, true),
        None => (rest, false),
    };
    let Some(name) = wording.strip_suffix(fixed) else { return false };
    let short = (2..=14).contains(&name.chars().count()) && !name.contains(['、', '/', ',', ';']);
    let ends = ["省", "市", "州", "盟", "县", "区", "旗", "镇", "乡", "街道"];
    short && (!place || ends.iter().any(|end| name.trim_end_matches([')', '\u{ff09}']).ends_with(end)))
}
