//! Bullets (分点符号): where the points of a list begin.

use super::{
    glyph::{closing, is_separator, narrow, trim_separators},
    names, numeral, pieces,
};

/// The optional mark 〇 is also the numeral of 二〇一九, so it counts only where a point begins.
const OPTIONAL: &str = "〇○◯";
const BULLETS: &str = "●○◯■□◆◇▲△★☆▪•·∙➢➤►\u{f06c}\u{f0b7}\u{f06e}\u{f0d8}";

/// A point of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment<'t> {
    /// Its words, without bullet and number.
    pub text: &'t str,
    /// What its bullet says where ● is required and 〇 optional.
    pub required: Option<bool>,
    /// Whether it has a bullet or a number.
    pub bulleted: bool,
}

/// The text between bullets, numbers and line ends. In a bulleted list a line without a bullet goes on with the last.
pub(super) fn segments(text: &str) -> Vec<Segment<'_>> {
    let mut starts = starts(text);
    let bulleted = starts.iter().any(|start| start.1);
    let first = starts.iter().position(|start| start.1).unwrap_or(0);
    let mut place = 0;
    starts.retain(|start| {
        place += 1;
        start.1 || !bulleted || place <= first
    });
    let ends = starts.iter().skip(1).map(|start| start.0).chain([text.len()]);
    let segments = starts.iter().zip(ends).map(|(&(start, bulleted), end)| {
        let whole = trim_separators(&text[start..end]);
        let words = if bulleted { names::unnumbered(unbulleted(whole)) } else { whole };
        Segment { text: trim_separators(words), required: whole.chars().next().and_then(required), bulleted }
    });
    segments.filter(|segment| !segment.text.is_empty()).collect()
}

/// Where points begin, and whether with a bullet or a number.
fn starts(text: &str) -> Vec<(usize, bool)> {
    let mut starts = vec![(0, false)];
    let mut expected = 1;
    let mut before = 0;
    for ((at, c), depth) in text.char_indices().zip(pieces::depths(text)) {
        // A bracket stands in itself, so the depth of (1) and of 《 is that of what is before it.
        let outside = if closing(c).is_some() { before == 0 } else { depth == 0 };
        before = depth;
        if !outside {
            continue;
        }
        let begins = starts_point(&text[..at]);
        let glyph = ('①'..='⑳').contains(&c)
            || (BULLETS.contains(c) && (c != '·' || begins))
            || (OPTIONAL.contains(c) && begins);
        let number =
            number_at(text, at, begins).filter(|number| begins || (*number > 1 && *number == expected));
        if let Some(number) = number {
            expected = number + 1;
        }
        let line = text[..at].ends_with('\n');
        if glyph || number.is_some() || line {
            starts.retain(|start| start.0 != at);
            starts.push((at, glyph || number.is_some()));
        }
    }
    starts
}

/// Whether a point may begin after these words.
pub(super) fn starts_point(before: &str) -> bool {
    before.chars().next_back().is_none_or(|c| c.is_whitespace() || is_separator(c) || narrow(c) == ':')
}

/// What a bullet says of its point: ● required, 〇 optional.
pub(super) fn required(bullet: char) -> Option<bool> {
    match bullet {
        '●' => Some(true),
        c if OPTIONAL.contains(c) => Some(false),
        _ => None,
    }
}

/// The number of a point at a place: 1. 2、 (3) (一), and 一、 where a point begins; but not the 1.5 of 1.5米.
fn number_at(text: &str, at: usize, begins: bool) -> Option<u16> {
    let last = text[..at].chars().next_back();
    let part_of = |c: char| {
        narrow(c).is_ascii_alphanumeric() || matches!(narrow(c), '.' | '(' | '〔' | '第' | '条' | '款')
    };
    if last.is_some_and(part_of) {
        return None;
    }
    let rest = &text[at..];
    let bracket = rest.strip_prefix(|c| narrow(c) == '(');
    let inside = bracket.unwrap_or(rest);
    let (number, length) = numeral::leading(inside).filter(|(number, _)| *number < 100)?;
    let arabic = narrow(inside.chars().next()?).is_ascii_digit();
    let sign = inside[length..].chars().next()?;
    let after = inside[length + sign.len_utf8()..].chars().next();
    let ends = match narrow(sign) {
        ')' => arabic || bracket.is_some(),
        '.' if bracket.is_none() && arabic => !after.is_some_and(|c| narrow(c).is_ascii_digit()),
        '、' if bracket.is_none() => arabic || begins,
        _ => false,
    };
    ends.then_some(number)
}

/// The text without a bullet before it.
pub(crate) fn unbulleted(text: &str) -> &str {
    text.trim_start_matches(|c: char| {
        BULLETS.contains(c) || ('①'..='⑳').contains(&c) || matches!(c, ' ' | '〇')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_begin_at_bullets() {
        for (text, expected) in [
            ("1.甲2.乙", vec!["甲", "乙"]),
            ("1.标准为1.5倍2.乙", vec!["标准为1.5倍", "乙"]),
            ("第1.2条", vec!["第1.2条"]),
            ("甲:(1)乙(2)丙", vec!["甲", "乙", "丙"]),
            ("依第二十条(一)公开", vec!["依第二十条(一)公开"]),
            ("前言\n1.甲\n续\n2.乙", vec!["前言", "甲\n续", "乙"]),
            ("阿依古丽·买买提", vec!["阿依古丽·买买提"]),
            ("·甲 ·乙", vec!["甲", "乙"]),
            ("甲\n《乙》\n(丙)\n《丁》《戊》", vec!["甲", "《乙》", "(丙)", "《丁》《戊》"]),
            ("", vec![]),
        ] {
            assert_eq!(
                segments(text).iter().map(|segment| segment.text).collect::<Vec<_>>(),
                expected,
                "{text}"
            );
        }
    }
}
