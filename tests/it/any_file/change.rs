//! Changes to files: to their bytes, to the tags and attributes of markup, to the words between, to parts of packages.
//!
//! Packages are taken apart first and put together again, so that what is changed is not lost behind a checksum.

use std::io::{Cursor, Read, Write};

use proptest::prelude::*;
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::words::{ATTRIBUTES, NUMBERS, SNIPPETS, WORDS};

/// What is changed.
#[derive(Clone, Copy, Debug)]
enum What {
    Bytes,
    Tags,
    Words,
    Parts,
}

/// One change. The numbers say where and how: fractions of whatever there is, so that they mean something in any file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    what: What,
    how: u8,
    at: u32,
    to: u32,
    pick: u32,
    /// How long or how often, as a power of two.
    many: u8,
}

/// One to six changes.
pub(super) fn changes() -> impl Strategy<Value = Vec<Change>> {
    let what = prop_oneof![
        2 => Just(What::Bytes),
        8 => Just(What::Tags),
        10 => Just(What::Words),
        1 => Just(What::Parts),
    ];
    let many = prop_oneof![6 => 0..5_u8, 2 => 5..10_u8, 1 => 10..16_u8];
    let one = (what, any::<u8>(), any::<u32>(), any::<u32>(), any::<u32>(), many);
    let one = one.prop_map(|(what, how, at, to, pick, many)| Change { what, how, at, to, pick, many });
    prop::collection::vec(one, 1..7)
}

/// A file after changes. Pieces and parts are also taken from another one.
pub(super) fn changed(bytes: &[u8], changes: &[Change], other: &[u8]) -> Vec<u8> {
    let Some(mut parts) = parts(bytes) else {
        return changes.iter().fold(bytes.to_vec(), |bytes, change| change.to_part(bytes, other));
    };
    let outside = |change: &&Change| matches!(change.what, What::Bytes) && change.how.is_multiple_of(4);
    for change in changes.iter().filter(|change| !outside(change)) {
        change.to_package(&mut parts, other);
    }
    let bytes = package(&parts);
    changes.iter().filter(outside).fold(bytes, |bytes, change| change.to_bytes(bytes, other))
}

type Parts = Vec<(String, Vec<u8>)>;

fn parts(bytes: &[u8]) -> Option<Parts> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let many = archive.len();
    let read = |at| {
        let mut part = archive.by_index(at).ok()?;
        let (name, mut bytes) = (part.name().ok()?.into_owned(), Vec::new());
        part.read_to_end(&mut bytes).ok()?;
        Some((name, bytes))
    };
    (0..many).map(read).collect()
}

fn package(parts: &Parts) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        // A name that is there already is left out.
        if zip.start_file(name.as_str(), SimpleFileOptions::default()).is_ok() {
            zip.write_all(bytes).unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}

/// Which of so many.
fn index(fraction: u32, of: usize) -> usize {
    usize::try_from((u64::from(fraction) * of as u64) >> 32).unwrap()
}

/// One of the words of a list.
fn one_of(words: &'static str, fraction: u32) -> &'static str {
    let words: Vec<&str> = words.split('\u{a6}').collect();
    words[index(fraction, words.len())]
}

/// A range of so many at most.
fn range(start: u32, many: usize, of: usize) -> std::ops::Range<usize> {
    let start = index(start, of + 1);
    start..(start + many).min(of)
}

/// How long a part may become: how much work a file may make depends on that.
const LARGE: usize = 64 << 10;

impl Change {
    fn many(self) -> usize {
        1 << self.many
    }

    /// How often something of this length is repeated.
    fn times(self, length: usize) -> usize {
        self.many().min(LARGE / length.max(1))
    }

    fn word(self, words: &'static str) -> &'static str {
        one_of(words, self.pick)
    }

    fn to_package(self, parts: &mut Parts, other: &[u8]) {
        if parts.is_empty() {
            return;
        }
        let (at, to) = (index(self.at, parts.len()), index(self.to, parts.len()));
        match (self.what, self.how % 4) {
            (What::Parts, 0) => drop(parts.remove(at)),
            (What::Parts, 1) => parts[at].1 = parts[to].1.clone(),
            (What::Parts, 2) => {
                let name = parts[at].0.clone();
                parts[at].0 = std::mem::replace(&mut parts[to].0, name);
            }
            (What::Parts, _) => parts.extend(self::parts(other).and_then(|parts| parts.into_iter().nth(at))),
            _ => {
                let content = ["sheet1.xml", "sharedStrings.xml", "document.xml", "content.xml"];
                let main = |(name, _): &(String, Vec<u8>)| content.iter().any(|end| name.ends_with(end));
                let mains: Vec<usize> = (0..parts.len()).filter(|at| main(&parts[*at])).collect();
                // Mostly where the table stands.
                let of =
                    if mains.is_empty() || self.how > 200 { at } else { mains[index(self.to, mains.len())] };
                let bytes = std::mem::take(&mut parts[of].1);
                parts[of].1 = self.to_part(bytes, other);
            }
        }
    }

    fn to_part(self, bytes: Vec<u8>, other: &[u8]) -> Vec<u8> {
        let text = match self.what {
            // Of text, odd bytes are mostly the end.
            What::Bytes | What::Parts if self.how.is_multiple_of(4) || str::from_utf8(&bytes).is_err() => {
                return self.to_bytes(bytes, other);
            }
            _ => String::from_utf8(bytes),
        };
        match text {
            Err(binary) => self.to_bytes(binary.into_bytes(), other),
            Ok(text) => {
                let mut tokens = tokens(&text);
                match self.what {
                    What::Tags => self.to_tags(&mut tokens),
                    _ => self.to_words(&mut tokens),
                }
                tokens.concat().into_bytes()
            }
        }
    }

    fn to_bytes(self, mut bytes: Vec<u8>, other: &[u8]) -> Vec<u8> {
        if bytes.is_empty() {
            return bytes;
        }
        let (at, many) = (index(self.at, bytes.len()), self.many());
        let piece = self.pick.to_le_bytes();
        match self.how / 4 % 7 {
            0 => bytes[at] = piece[0],
            1 => bytes[at] ^= 1 << (piece[0] % 8),
            2 => drop(bytes.drain(range(self.at, many, bytes.len()))),
            3 => drop(bytes.splice(at..at, piece.into_iter().cycle().take(many))),
            4 => {
                let copy = bytes[range(self.to, many, bytes.len())].to_vec();
                bytes.splice(at..at, copy);
            }
            5 => drop(bytes.splice(at..at, other[range(self.to, many, other.len())].iter().copied())),
            // Numbers of two and four bytes that are rarely thought of, where numbers usually stand.
            _ => {
                let number =
                    [0, 1, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, u32::MAX][(self.pick % 8) as usize];
                let (at, wide) = (at & !1, if number > 0xffff { 4 } else { 2 });
                let end = (at + wide).min(bytes.len());
                bytes[at..end].copy_from_slice(&number.to_le_bytes()[..end - at]);
            }
        }
        bytes
    }

    fn to_tags(self, tokens: &mut Vec<String>) {
        let tags: Vec<usize> = (0..tokens.len()).filter(|at| tokens[*at].starts_with('<')).collect();
        if tags.is_empty() {
            return self.to_words(tokens);
        }
        let (at, to) = (tags[index(self.at, tags.len())], tags[index(self.to, tags.len())]);
        let some = range(self.to, self.many().min(200), tokens.len());
        match self.how % 20 {
            0 => drop(tokens.remove(at)),
            1 => tokens.swap(at, to),
            2 => drop(tokens.drain(some)),
            3 => drop(tokens.splice(at..at, tokens[some].to_vec())),
            4 => drop(tokens.splice(at..at, vec![tokens[to].clone(); self.times(tokens[to].len())])),
            5 => tokens.insert(at, self.word(SNIPPETS).repeat(self.times(self.word(SNIPPETS).len()))),
            6 => tokens.insert(at, self.word(SNIPPETS).to_owned()),
            7 | 8 => drop(tokens.drain(element(tokens, at))),
            9 | 10 => drop(tokens.splice(at..at, tokens[element(tokens, to)].to_vec())),
            11 => {
                let copy = tokens[element(tokens, at)].concat();
                tokens.insert(at, copy.repeat(self.times(copy.len())));
            }
            12 => {
                let moved: Vec<String> = tokens.drain(element(tokens, to)).collect();
                let at = at.min(tokens.len());
                tokens.splice(at..at, moved);
            }
            13..16 => {
                tokens[at] = with_attribute(&tokens[at], self.word(ATTRIBUTES), one_of(NUMBERS, self.to))
            }
            16 | 17 => tokens[at] = with_value(&tokens[at], self.to, self.word(NUMBERS)),
            18 => {
                let value = values(&tokens[to]).first().map(|value| tokens[to][value.clone()].to_owned());
                tokens[at] = with_value(&tokens[at], self.pick, &value.unwrap_or_default());
            }
            _ => tokens[at] = with_value(&tokens[at], self.to, &escaped(self.word(WORDS))),
        }
    }

    fn to_words(self, tokens: &mut [String]) {
        let words = |at: &usize| !tokens[*at].starts_with('<') && !tokens[*at].trim().is_empty();
        let words: Vec<usize> = (0..tokens.len()).filter(words).collect();
        if words.is_empty() {
            return;
        }
        let (at, to) = (words[index(self.at, words.len())], words[index(self.to, words.len())]);
        let markup = tokens[0].is_empty() && tokens.get(1).is_some_and(|first| first.starts_with('<'));
        let word = self.word(WORDS);
        let word = if markup && self.how < 250 { escaped(word) } else { word.to_owned() };
        let letters: Vec<char> = tokens[at].chars().collect();
        let place = index(self.to, letters.len() + 1);
        let (before, after) = letters.split_at(place);
        let [before, after] = [before, after].map(|letters| letters.iter().collect::<String>());
        match self.how % 9 {
            0 => tokens.swap(at, to),
            1 => tokens[at] = word,
            2 | 3 => tokens[at] = format!("{before}{word}{after}"),
            4 => tokens[at] = format!("{before}{}{after}", word.repeat(self.times(word.len()))),
            5 => tokens[at] = tokens[at].repeat(self.times(tokens[at].len())),
            6 => tokens[at] = before + &after.chars().skip(self.many()).collect::<String>(),
            7 => tokens[at].clone_from(&tokens[to].clone()),
            _ => tokens[at].clear(),
        }
    }
}

/// Tags, and the text between them; in text without tags its cells and what stands between them.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = vec![String::new()];
    let markup = text.trim_start().starts_with('<');
    for letter in text.chars() {
        let alone = !markup && matches!(letter, '\n' | '\t' | '|' | ',');
        if letter == '<' && markup || alone {
            tokens.push(String::new());
        }
        if let Some(last) = tokens.last_mut() {
            last.push(letter);
        }
        if letter == '>' && markup || alone {
            tokens.push(String::new());
        }
    }
    tokens
}

/// The tokens of the element that begins with a tag; the tag alone where it is not closed.
fn element(tokens: &[String], at: usize) -> std::ops::Range<usize> {
    let mut depth = 0_i32;
    for (place, token) in tokens.iter().enumerate().skip(at).filter(|(_, token)| token.starts_with('<')) {
        depth += match token {
            close if close.starts_with("</") => -1,
            alone if alone.ends_with("/>") || alone.starts_with("<!") => 0,
            _ => 1,
        };
        if depth <= 0 {
            return at..place + 1;
        }
    }
    at..at + 1
}

fn escaped(word: &str) -> String {
    word.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// Where the values of a tag's attributes stand.
fn values(tag: &str) -> Vec<std::ops::Range<usize>> {
    let marks: Vec<usize> = tag.match_indices('"').map(|(at, _)| at).collect();
    marks.chunks_exact(2).map(|pair| pair[0] + 1..pair[1]).collect()
}

/// A tag of which one attribute has another value; one without attributes as it is.
fn with_value(tag: &str, which: u32, value: &str) -> String {
    let values = values(tag);
    let Some(range) = values.get(index(which, values.len())) else { return tag.to_owned() };
    format!("{}{value}{}", &tag[..range.start], &tag[range.end..])
}

fn with_attribute(tag: &str, name: &str, value: &str) -> String {
    let name_end = tag.find([' ', '/', '>']).filter(|at| *at > 1).unwrap_or(tag.len());
    format!("{} {name}=\"{value}\"{}", &tag[..name_end], &tag[name_end..])
}
