//! Copies on mirror hosts (转载页面): pinyin beside characters, and traditional characters.

use super::glyph::{is_han, narrow};
use crate::import::finding::{Code, Note};

/// Letters with tone marks, by which pinyin is told from other Latin letters in brackets.
const TONES: &str = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹ";

/// Traditional characters that simplified texts use as well: in names of places and persons, and in 瞭望, 慰藉, 颠覆.
const IN_BOTH: &str = "乾徵藉瞭於麼麽夥餘鍾覆彷牴阪祇衹薹著昇剋儘託鉅";

/// The text without pinyin and in simplified characters.
pub(crate) fn restore(text: &str, notes: &mut Vec<Note>) -> String {
    let plain = without_pinyin(text);
    let simplified = simplified(&plain);
    if simplified != text {
        notes.push(Note::new(Code::MirrorCopy, text).understood(simplified.trim()));
    }
    simplified
}

/// Takes `(kāi)` away after a Chinese character; without a tone mark, as in `(de)`, only where others have one.
fn without_pinyin(text: &str) -> String {
    if !text.contains(|c| TONES.contains(c)) {
        return text.to_owned();
    }
    let mut result = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = pinyin(rest).filter(|_| result.trim_end().chars().next_back().is_some_and(is_han));
        if length.is_none() {
            result.push(c);
        }
        rest = &rest[length.unwrap_or(c.len_utf8())..];
    }
    result
}

/// The length of a syllable in brackets at the beginning of `text`.
fn pinyin(text: &str) -> Option<usize> {
    let inside = text.strip_prefix(|c| narrow(c) == '(')?;
    let length = inside.find(|c: char| !c.is_ascii_lowercase() && c != 'ü' && !TONES.contains(c))?;
    let close = inside[length..].chars().next().filter(|c| narrow(*c) == ')')?;
    let syllable = (1..=6).contains(&inside[..length].chars().count());
    syllable.then(|| text.len() - inside.len() + length + close.len_utf8())
}

/// Converts a text only where it has a character that no simplified text has.
fn simplified(text: &str) -> String {
    let is_evidence = |c: char| {
        is_han(c) && !IN_BOTH.contains(c) && {
            let mut utf8 = [0; 4];
            let one: &str = c.encode_utf8(&mut utf8);
            hanconv::t2s(one) != one
        }
    };
    if text.chars().any(is_evidence) { hanconv::t2s(text) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirrors_are_undone() {
        for (text, expected) in [
            ("公開(kāi)時(shí)限", Some("公开时限")),
            ("自信息形成的(de)公開(kāi)", Some("自信息形成的公开")),
            ("事項", Some("事项")),
            ("客户端(app)", None),
            ("陕西省乾县瞭望塔著作权", None),
            ("公开时限", None),
        ] {
            let mut notes = Vec::new();
            assert_eq!(restore(text, &mut notes), expected.unwrap_or(text));
            assert_eq!(notes.len(), usize::from(expected.is_some()), "{text}");
        }
    }
}
