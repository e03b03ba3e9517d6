//! Marks (勾选符号): which glyph means chosen and which not, and lists of boxes.

use std::collections::BTreeSet;

use super::{
    Reading, clean,
    glyph::{is_han, is_separator, narrow},
};
use crate::{
    catalogue::content::ChannelRule,
    import::{
        finding::{Code, Note},
        vocabulary::Vocabulary,
    },
};

/// Filled shapes and ticks: chosen. The last are those of Wingdings in the private use area.
const CHOSEN: &str = "■☑✓√✔☒▲◆▄●★♦▪◼⬛▣█▇\u{f0fe}\u{f052}\u{f0fc}\u{f06e}\u{f053}";
/// Empty shapes: not chosen, or optional where the header says so.
const OPEN: &str = "□☐○◇△☆◻▢❑❏\u{f0a3}\u{f0a8}\u{f06f}\u{f071}\u{f072}";
/// Letters that are boxes in Wingdings: R and þ with a tick, £ and ¨ without.
const CHOSEN_LETTERS: &str = "Rþ";
const OPEN_LETTERS: &str = "£¨t";
/// Box and chosen box of the template; all others are worth a note.
const USUAL: &str = "■□";

/// How the lists of a column are marked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    chosen: BTreeSet<char>,
    open: BTreeSet<char>,
    /// Marks of which it is not clear what they mean.
    unclear: BTreeSet<char>,
    /// Whether ■ is mandatory and □ optional, by the header.
    pub permits: bool,
    /// What the header says of how many channels are due.
    pub rule: Option<ChannelRule>,
}

/// What stands before an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// ■.
    Chosen,
    /// □.
    Open,
    /// One that could mean either.
    Unclear,
}

impl Marks {
    /// Decides for a column, from the words over it and all of its cells.
    pub fn decide<'c>(
        header: &str,
        cells: impl Iterator<Item = &'c str>,
        vocabulary: &Vocabulary,
    ) -> Reading<Self> {
        let mut made = Self::default();
        let mut seen: BTreeSet<char> = BTreeSet::new();
        for cell in cells {
            let text = clean::lines(cell).value.unwrap_or_default();
            seen.extend(
                text.char_indices().filter(|(at, c)| marks_entry(&text, *at, *c, vocabulary)).map(|(_, c)| c),
            );
        }
        let mut notes = made.read_header(header);
        for &c in &seen {
            let set = match c {
                c if CHOSEN.contains(c) || CHOSEN_LETTERS.contains(c) => &mut made.chosen,
                _ => &mut made.open,
            };
            set.insert(c);
        }
        made.doubt(&seen, &mut notes);
        for (code, glyphs) in [
            (Code::MouthBox, of(&seen, |c| c == '口')),
            (
                Code::Wingdings,
                of(&seen, |c| CHOSEN_LETTERS.contains(c) || OPEN_LETTERS.contains(c) || is_private(c)),
            ),
            (Code::OtherMark, of(&seen, |c| CHOSEN.contains(c) && !USUAL.contains(c) && !is_private(c))),
        ] {
            if !glyphs.is_empty() {
                notes.push(Note::new(code, glyphs));
            }
        }
        Reading { value: Some(made), notes }
    }

    /// “■”表示必选项,“□”表示可选项, and 至少选择其一.
    fn read_header(&mut self, header: &str) -> Vec<Note> {
        let mut notes = Vec::new();
        let words = clean::words(header).value.unwrap_or_default();
        if words.contains("必选") && words.contains("可选") {
            self.permits = true;
            notes.push(Note::new(Code::PermittedChannels, &*words));
        }
        if ["至少选择其一", "至少选择一", "任选其一", "选择其一"].iter().any(|rule| words.contains(rule))
        {
            self.rule = Some(ChannelRule::Any);
            notes.push(Note::new(Code::AnyChannel, &*words));
        }
        notes
    }

    /// Marks that never have a counterpart, or letters that need one.
    fn doubt(&mut self, seen: &BTreeSet<char>, notes: &mut Vec<Note>) {
        let only_open = self.chosen.is_empty() && !self.open.is_empty() && !self.permits;
        if only_open {
            self.unclear = std::mem::take(&mut self.open);
            let note = Note::new(Code::UnclearMarks, of(&self.unclear, |_| true));
            notes.push(note.expected("表示选中的符号", "a mark that means chosen"));
        }
        let (filled, empty) = (self.chosen.iter().filter(|c| !is_private(**c)).count(), self.open.len());
        if filled > 1 && empty == 0 && !self.permits {
            let note = Note::new(Code::UnclearMarks, of(seen, |_| true)).understood("均为选中");
            notes.push(note.expected("只用一种表示选中的符号", "one mark that means chosen"));
        }
    }

    /// Whether the column has any marks.
    pub fn is_marked(&self) -> bool {
        !(self.chosen.is_empty() && self.open.is_empty() && self.unclear.is_empty())
    }

    /// The mark that stands at a place, if one does.
    pub(super) fn at(&self, text: &str, at: usize, vocabulary: &Vocabulary) -> Option<Mark> {
        let c = text[at..].chars().next()?;
        // What marks known channels in the column marks an unknown one too.
        let starts = text[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || is_separator(c));
        let before_word = starts && c != '口' && text[at + c.len_utf8()..].starts_with(is_han);
        if !marks_entry(text, at, c, vocabulary) && !before_word {
            return None;
        }
        [(&self.chosen, Mark::Chosen), (&self.open, Mark::Open), (&self.unclear, Mark::Unclear)]
            .into_iter()
            .find_map(|(set, mark)| set.contains(&c).then_some(mark))
    }
}

fn of(seen: &BTreeSet<char>, kind: impl Fn(char) -> bool) -> String {
    seen.iter().copied().filter(|c| kind(*c)).collect()
}

fn is_private(c: char) -> bool {
    ('\u{e000}'..='\u{f8ff}').contains(&c)
}

/// Whether a character at a place is a mark: shapes always, letters and 口 only right before a known channel.
fn marks_entry(text: &str, at: usize, c: char, vocabulary: &Vocabulary) -> bool {
    if CHOSEN.contains(c) || OPEN.contains(c) {
        return true;
    }
    if c != '口' && !CHOSEN_LETTERS.contains(c) && !OPEN_LETTERS.contains(c) {
        return false;
    }
    let before = text[..at].chars().next_back();
    let apart =
        !before.is_some_and(|c| narrow(c).is_ascii_alphanumeric() || "户窗入出门路关港人".contains(c));
    let rest = text[at + c.len_utf8()..].trim_start();
    let end = rest.char_indices().take(30).find(|(_, c)| c.is_whitespace() || is_separator(*c) || *c == '口');
    let word = end.map_or_else(|| rest.get(..90).unwrap_or(rest), |(at, _)| &rest[..at]);
    apart
        && (rest.starts_with("其他")
            || vocabulary.channel_at(rest).is_some()
            || vocabulary.channel(word).is_some())
}

/// The entries of a list of boxes, and whether each is chosen; without boxes all are. ■县级 □乡级.
pub(super) fn boxes(text: &str) -> Vec<(bool, &str)> {
    let mut entries = Vec::new();
    let (mut start, mut chosen) = (0, !has_boxes(text));
    let mut push = |start: usize, end: usize, chosen: bool| {
        let parts = super::pieces::split(&text[start..end], |c| is_separator(c) || c == ' ');
        entries.extend(parts.into_iter().map(|part| (chosen, part)));
    };
    for (at, c) in text.char_indices().filter(|(_, c)| CHOSEN.contains(*c) || OPEN.contains(*c)) {
        push(start, at, chosen);
        chosen = CHOSEN.contains(c);
        start = at + c.len_utf8();
    }
    push(start, text.len(), chosen);
    entries
}

/// Whether a text has boxes.
pub(super) fn has_boxes(text: &str) -> bool {
    text.contains(|c| CHOSEN.contains(c) || OPEN.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::vocabulary::tests::bundled;

    #[test]
    fn the_column_tells_what_its_marks_mean() {
        let words = bundled();
        for (header, cells, codes) in [
            ("公开渠道", vec!["■政府网站 □政府公报"], vec![]),
            ("公开渠道", vec!["■政府网站\n口政府公报", "户口登记窗口"], vec!["M3"]),
            ("公开渠道", vec!["R政府网站 £政府公报"], vec!["M4"]),
            ("公开渠道", vec!["■政府网站 £政府公报"], vec!["M4"]),
            ("公开渠道", vec!["\u{f0fe}政府网站 \u{f0a8}政府公报"], vec!["M4"]),
            ("公开渠道", vec!["▲政府网站"], vec!["M5"]),
            ("公开渠道", vec!["☑政府网站 ☐政府公报"], vec!["M5"]),
            ("公开渠道", vec!["□政府网站 □政府公报"], vec!["W331"]),
            ("公开渠道", vec!["■政府网站", "▲政府公报"], vec!["W331", "M5"]),
            ("公开渠道(“■”表示必选项,“□”表示可选项)", vec!["□政府网站"], vec!["M8"]),
            ("公开渠道(在标注范围内至少选择其一公开)", vec!["■政府网站"], vec!["M9"]),
            ("公开渠道", vec!["政府网站、公示栏", "t恤"], vec![]),
        ] {
            let reading = Marks::decide(header, cells.iter().copied(), &words);
            assert_eq!(
                reading.codes().iter().map(|code| code.code()).collect::<Vec<_>>(),
                codes,
                "{header} {cells:?}"
            );
        }
    }

    #[test]
    fn boxes_are_taken_apart() {
        assert_eq!(boxes("■县级 □乡级"), [(true, "县级"), (false, "乡级")]);
        assert_eq!(boxes("县级、乡级"), [(true, "县级"), (true, "乡级")]);
        assert_eq!(boxes(""), []);
    }
}
