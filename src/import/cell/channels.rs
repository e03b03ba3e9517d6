//! 公开渠道和载体: the channels of a cell.

use std::collections::BTreeMap;

use super::{
    Reading, clean,
    glyph::{closing, is_han, is_separator, narrow, trim_separators},
    marks::{Mark, Marks},
    note_once, pieces,
};
use crate::{
    catalogue::{
        channel::OTHER,
        content::{ChannelRule, ChannelUse},
        text::Text,
    },
    import::{
        finding::{Code, Note},
        vocabulary::Vocabulary,
    },
};

/// The further element that keeps what a cell says besides its channels.
pub const REMARK: &str = "渠道说明";

/// What a cell under 公开渠道和载体 says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Channels {
    /// The channels that are chosen, or permitted where the header says so.
    pub uses: Vec<ChannelUse>,
    /// Whether all are due or one suffices; `None` where the table does not tell.
    pub rule: Option<ChannelRule>,
    /// Where a channel is found: channel code to URL.
    pub addresses: BTreeMap<String, Text>,
    /// 注: what the cell says besides.
    pub note: Option<Text>,
}

/// Reads one cell of a column with these marks.
pub fn read(raw: &str, marks: &Marks, vocabulary: &Vocabulary) -> Reading<Channels> {
    clean::spaced(raw).and_then(|text| {
        let mut notes = Vec::new();
        let (list, note) = without_note(&text);
        let list = &unwrapped(list, vocabulary);
        if let Some(note) = note {
            notes.push(Note::new(Code::ChannelNote, note).understood(REMARK));
        }
        let mut made = Channels { rule: marks.rule, note: note.map(Text::new), ..Channels::default() };
        let entries = entries(list, marks, vocabulary);
        let marked = entries.iter().any(|entry| entry.mark.is_some());
        if !marked && !entries.is_empty() {
            notes.push(Note::new(Code::PlainList, list.as_str()));
        }
        let unclear = entries.iter().any(|entry| entry.mark == Some(Mark::Unclear));
        if unclear {
            notes.push(
                Note::new(Code::UnclearMarks, list.as_str())
                    .expected("表示选中的符号", "a mark that means chosen"),
            );
            return Reading::blank(notes);
        }
        let mut last = None;
        for entry in &entries {
            let used = match entry.mark {
                Some(Mark::Chosen) => Some(marks.permits.then_some(true)),
                Some(Mark::Open) => marks.permits.then_some(Some(false)),
                Some(Mark::Unclear) => None,
                None if marked && entry.url.is_none() => {
                    notes.push(Note::new(Code::UnmarkedChannel, entry.words).understood("未选中"));
                    None
                }
                None => Some(None),
            };
            if let Some(required) = used.filter(|_| !entry.words.is_empty()) {
                let words = clean::words(entry.words);
                notes.extend(words.notes);
                let used = channel(&words.value.unwrap_or_default(), required, vocabulary, &mut notes);
                last = Some(used.code.clone());
                if !made.uses.contains(&used) {
                    made.uses.push(used);
                }
            }
            if let Some(url) = entry.url {
                address(url, last.as_deref(), &mut made, &mut notes);
            }
        }
        // Where every box is empty the table says that there is none.
        let says = !made.uses.is_empty() || marked;
        Reading { value: says.then_some(made), notes }
    })
}

/// The addresses of a column of their own (网址、链接), which are those of the government's site unless more is known.
pub fn addresses(raw: &str) -> Reading<Vec<Text>> {
    clean::lines(raw).and_then(|text| {
        let mut notes = Vec::new();
        let mut found = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let length = url_at(&text, at).unwrap_or(0);
            if length > 0 {
                found.push(checked(&text[at..at + length], &mut notes));
            }
            at += length.max(text[at..].chars().next().map_or(1, char::len_utf8));
        }
        Reading { value: (!found.is_empty()).then_some(found), notes }
    })
}

/// A line end goes where the line and the next make one name, 政务服 and 务中心; elsewhere it parts channels.
fn unwrapped(list: &str, vocabulary: &Vocabulary) -> String {
    let edge = |c: char| !(is_han(c) || matches!(narrow(c), '/' | '、' | '(' | ')'));
    let mut result = String::new();
    for line in list.lines() {
        let last =
            result.rfind(edge).map_or(0, |at| at + result[at..].chars().next().map_or(0, char::len_utf8));
        let first = line.find(edge).unwrap_or(line.len());
        let joint = format!("{}{}", &result[last..], &line[..first]);
        let one = vocabulary.channel_at(&joint).is_some_and(|(_, length)| length > result.len() - last);
        if !result.is_empty() && (first == 0 || last == result.len() || !one) {
            result.push('\n');
        }
        result.push_str(line);
    }
    result
}

/// The list, and the note after 注: or in a bracket that begins with it.
fn without_note(text: &str) -> (&str, Option<&str>) {
    let at = ["注:", "注\u{ff1a}", "备注:", "备注\u{ff1a}", "说明:", "说明\u{ff1a}"]
        .iter()
        .filter_map(|word| text.find(word))
        .min();
    let Some(at) = at else { return (text, None) };
    let before = text[..at].trim_end();
    let bracket =
        before.chars().next_back().filter(|c| matches!(narrow(*c), '(' | '[')).map_or(0, char::len_utf8);
    let note = text[at..].trim();
    let note = if bracket > 0 { note.trim_end_matches([')', '\u{ff09}', ']']) } else { note };
    (before[..before.len() - bracket].trim_end(), Some(note))
}

#[derive(Debug)]
struct Entry<'t> {
    mark: Option<Mark>,
    words: &'t str,
    url: Option<&'t str>,
}

/// The entries of a list: parted by marks, separators and line ends, and where a known name ends and another begins.
fn entries<'t>(text: &'t str, marks: &Marks, vocabulary: &Vocabulary) -> Vec<Entry<'t>> {
    let depths = pieces::depths(text);
    let depth: BTreeMap<usize, usize> = text.char_indices().map(|(at, _)| at).zip(depths).collect();
    let mut entries: Vec<Entry> = Vec::new();
    let (mut at, mut mark) = (0, None);
    while let Some(c) = text[at..].chars().next() {
        if let Some(found) = marks.at(text, at, vocabulary) {
            mark = Some(found);
            at += c.len_utf8();
        } else if let Some(length) = url_at(text, at) {
            entries.push(Entry { mark, words: "", url: Some(&text[at..at + length]) });
            at += length;
        } else if is_separator(c)
            || c.is_whitespace()
            || matches!(narrow(c), '(' | ')' | ':')
            || number_length(text, at) > 0
        {
            at += number_length(text, at).max(c.len_utf8());
        } else {
            let end = entry_end(text, at, &depth, marks, vocabulary);
            let words = text[at..end].trim();
            if !words.is_empty() {
                entries.push(Entry { mark: mark.take(), words, url: None });
            }
            at = end;
        }
    }
    entries
}

/// Where the entry that begins at a place ends.
fn entry_end(
    text: &str,
    start: usize,
    depth: &BTreeMap<usize, usize>,
    marks: &Marks,
    vocabulary: &Vocabulary,
) -> usize {
    let is_end = |printed: usize| {
        let rest = text[printed..].trim_start_matches([' ', '\u{3000}']);
        let at = text.len() - rest.len();
        let Some(c) = text[at..].chars().next() else { return true };
        let outside = depth.get(&at) == Some(&0);
        (outside && (is_separator(c) || is_next_word(text, printed, vocabulary)))
            || c == '\n'
            || marks.at(text, at, vocabulary).is_some()
            || url_at(text, at).is_some()
    };
    // 其他 takes the words that follow it.
    let known = vocabulary.channel_at(&text[start..]).filter(|(named, _)| named.code != OTHER);
    if let Some((_, length)) = known {
        let end = start + length;
        let rest = &text[end..];
        let glued = rest.starts_with("其他") || vocabulary.channel_at(rest).is_some();
        if is_end(end)
            || glued
            || url_at(
                text,
                end + rest.len() - rest.trim_start_matches(|c| matches!(narrow(c), '(' | ':')).len(),
            )
            .is_some()
        {
            return end;
        }
    }
    text[start..]
        .char_indices()
        .skip(1)
        .map(|(offset, _)| start + offset)
        .find(|at| is_end(*at))
        .unwrap_or(text.len())
}

/// A space before a channel that is known, or a number with its point.
fn is_next_word(text: &str, at: usize, vocabulary: &Vocabulary) -> bool {
    let next = text[at..].trim_start();
    let begins =
        || vocabulary.channel_at(next).is_some() || next.starts_with("其他") || number_length(next, 0) > 0;
    next.len() < text[at..].len() && begins()
}

/// The length of 1. or 2、 at a place.
fn number_length(text: &str, at: usize) -> usize {
    let digits = text[at..].find(|c: char| !narrow(c).is_ascii_digit()).unwrap_or(0);
    let sign = text[at + digits..].chars().next().filter(|c| matches!(narrow(*c), '.' | '、' | ')'));
    if digits == 0 { 0 } else { sign.map_or(0, |c| digits + c.len_utf8()) }
}

/// The length of the URL at a place.
fn url_at(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let begins = ["http://", "https://", "www."]
        .iter()
        .any(|start| rest.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)));
    let end = |c: char| {
        c.is_whitespace()
            || is_han(c)
            || closing(c).is_some()
            || is_separator(c)
            || matches!(narrow(c), ')' | ']' | '>')
            || !c.is_ascii()
    };
    begins.then(|| rest.find(end).unwrap_or(rest.len()))
}

fn address(url: &str, channel: Option<&str>, made: &mut Channels, notes: &mut Vec<Note>) {
    let url = checked(url, notes);
    let site = made.uses.iter().map(|used| used.code.as_str()).find(|code| *code == "GOV_WEBSITE");
    if let Some(code) = channel.or(site) {
        notes.push(Note::new(Code::ChannelAddress, url.as_str()).understood(code));
        made.addresses.entry(code.to_owned()).or_insert(url);
    }
}

/// A URL with its scheme; W333 where its host is not one of the government's.
fn checked(printed: &str, notes: &mut Vec<Note>) -> Text {
    let printed = printed.trim_end_matches(['.', ',', ';']);
    let lower = printed.to_ascii_lowercase();
    let url = if lower.starts_with("www.") { format!("http://{printed}") } else { printed.to_owned() };
    let host =
        url.split("://").nth(1).and_then(|rest| rest.split(['/', ':', '?', '#']).next()).unwrap_or_default();
    let host = host.to_ascii_lowercase();
    if host != "gov.cn" && !host.ends_with(".gov.cn") {
        notes.push(
            Note::new(Code::ForeignAddress, printed).expected("gov.cn 下的网址", "an address under gov.cn"),
        );
    }
    Text::new(&url)
}

/// What an entry means: a known channel, one with a typo, or OTHER with its words.
pub(in crate::import) fn channel(
    printed: &str,
    required: Option<bool>,
    vocabulary: &Vocabulary,
    notes: &mut Vec<Note>,
) -> ChannelUse {
    let words = other(printed);
    if words.len() < printed.len() && !words.is_empty() {
        notes.push(Note::new(Code::OtherChannel, printed).understood(words));
    }
    if words.is_empty() {
        return ChannelUse { code: OTHER.to_owned(), required, text: None };
    }
    if let Some(mask) = clean::masked(words) {
        notes.push(Note::new(Code::MaskedText, words).understood(mask));
    }
    let used =
        |code: &str, text: &str| ChannelUse { code: code.to_owned(), required, text: Some(Text::new(text)) };
    let bare = pieces::trailing_bracket(words).map(|(before, _)| before);
    if let Some(found) = vocabulary.channel(words).or_else(|| vocabulary.channel(bare?)) {
        if found.own && found.exact && found.wording == words {
            return ChannelUse { code: found.code.to_owned(), required, text: None };
        }
        if !found.own {
            notes.push(Note::new(Code::ChannelAlias, words).understood(found.code));
        }
        return used(found.code, words);
    }
    if let Some(found) = vocabulary.channel_with_typo(words) {
        notes.push(Note::new(Code::Typo, words).understood(found.code).proposal(found.wording));
        return used(found.code, words);
    }
    if clean::placeholder(words).is_some() {
        note_once(
            notes,
            Note::new(Code::TemplatePlaceholder, words).expected("本地的渠道", "the channel of this place"),
        );
    }
    notes.push(Note::new(Code::LocalChannel, words).understood(OTHER));
    used(OTHER, words)
}

/// The words after 其他, with a colon, a line or nothing between; 其他便于公众知晓的方式 is a wording of its own.
fn other(printed: &str) -> &str {
    let sign = |c: char| matches!(narrow(c), ':' | '_' | '-' | '(' | ')' | ' ' | '—' | '…');
    let Some(rest) = printed.strip_prefix("其他").or_else(|| printed.strip_prefix("其它")) else {
        return printed;
    };
    let words = rest.trim_matches(|c| sign(c) && !matches!(narrow(c), '(' | ')'));
    let inside =
        words.strip_prefix(|c| narrow(c) == '(').and_then(|words| words.strip_suffix(|c| narrow(c) == ')'));
    let words = trim_separators(inside.unwrap_or(words));
    let own = ["便于", "方式", "渠道", "形式", "媒体", "途径", "载体", "平台"]
        .iter()
        .any(|word| words.starts_with(word));
    if own { printed } else { words.trim_matches(sign) }
}
