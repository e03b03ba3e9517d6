//! Cleaning (文字清理): what every cell goes through before it is read, and folding for comparison.

use unicode_normalization::UnicodeNormalization;

use super::{
    Reading,
    glyph::{is_chinese, is_han, narrow},
    mirror,
};
use crate::import::finding::{Code, Note};

/// What becomes of white space inside a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// One line: line breaks are as meaningless as the other spaces between Chinese characters.
    Join,
    /// Line breaks part elements; spaces between Chinese characters go.
    Lines,
    /// Line breaks and single spaces may part elements; both stay.
    Keep,
}

/// A cell in one line, without residue, noise and spaces inside words; `None` where it says nothing.
pub fn words(raw: &str) -> Reading<String> {
    read(raw, Space::Join)
}

/// The same with its lines apart.
pub fn lines(raw: &str) -> Reading<String> {
    read(raw, Space::Lines)
}

/// The same with its lines apart and single spaces where there were any.
pub fn spaced(raw: &str) -> Reading<String> {
    read(raw, Space::Keep)
}

/// A cell cleaned, with white space as asked.
pub fn read(raw: &str, space: Space) -> Reading<String> {
    let mut notes = Vec::new();
    let text = line_ends(raw);
    let text = residue(&text, &mut notes);
    let text = noise(&text, &mut notes);
    let text = mirror::restore(&text, &mut notes);
    let text = spaces(&text, space, &mut notes);
    let text: String = text.nfc().collect();
    if is_blank(&text) {
        if !text.is_empty() {
            notes.push(Note::new(Code::ExplicitBlank, text));
        }
        return Reading::blank(notes);
    }
    Reading { value: Some(text), notes }
}

/// Whether a cell says nothing, or says in words or with a dash that there is nothing.
pub fn is_blank(text: &str) -> bool {
    let text = text.trim();
    text == "无"
        || text
            .chars()
            .all(|c| matches!(narrow(c), '-' | '/' | '─' | '—' | '–' | '―' | '━' | '\u{2212}' | '_' | '\\'))
}

/// Text for comparison only: widths, case, spaces, brackets and punctuation make no difference.
pub fn fold(text: &str) -> String {
    text.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Runs of masking characters, and what sites put in place of an address or a name (隐去的文字).
pub fn masked(text: &str) -> Option<&str> {
    let star = |c: char| narrow(c) == '*';
    if let Some(at) = text.find(star) {
        let end = text[at..].find(|c| !star(c)).map_or(text.len(), |length| at + length);
        return Some(&text[at..end]);
    }
    ["(略)", "\u{ff08}略\u{ff09}", "(略\u{ff09}", "\u{ff08}略)"].into_iter().find(|mark| text.contains(mark))
}

/// Words that the national template leaves for each place to fill in (模板占位文字).
pub fn placeholder(text: &str) -> Option<&'static str> {
    const MARKS: [&str; 9] = [
        "XX",
        "xx",
        "××",
        "\u{ff38}\u{ff38}",
        "县(区、市)",
        "县\u{ff08}区、市\u{ff09}",
        "各地配套",
        "某某",
        "**省",
    ];
    MARKS.into_iter().find(|mark| text.contains(mark))
}

fn line_ends(raw: &str) -> String {
    let lf = raw.replace("\r\n", "\n");
    let unseen = |c: &char| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}');
    let even = |c| match c {
        '\r' | '\u{b}' | '\u{c}' | '\u{2028}' | '\u{2029}' => '\n',
        c => c,
    };
    lf.chars().filter(unseen).map(even).collect()
}

/// `_x000b_` and its like, also where the escape was escaped once more (`_x005f_x000b_`), and ? in place of a space.
fn residue(text: &str, notes: &mut Vec<Note>) -> String {
    let mut result = String::new();
    let mut rest = text;
    let mut found = false;
    while let Some(c) = rest.chars().next() {
        if let Some((code, length)) = escape(rest) {
            found = true;
            rest = &rest[length..];
            match code {
                // An escaped underscore was the first of another escape, and drew underscores to itself.
                0x5f => result.truncate(result.trim_end_matches('_').len()),
                0x9..=0xd => result.push('\n'),
                code => result.extend(char::from_u32(code).filter(|c| !c.is_control())),
            }
            if let Some((0x9..=0xd, length)) = escape(&format!("_{rest}")) {
                rest = &rest[length - 1..];
                result.push('\n');
            }
            continue;
        }
        rest = &rest[c.len_utf8()..];
        let lost_space = c == '?'
            && result.chars().next_back().is_some_and(is_chinese)
            && rest.chars().next().is_some_and(is_chinese);
        if lost_space {
            found = true;
        } else if c == '\n' || c == '\t' || !c.is_control() {
            result.push(c);
        } else {
            found = true;
        }
    }
    if found {
        notes.push(Note::new(Code::OfficeResidue, text).understood(result.trim()));
    }
    result
}

fn escape(text: &str) -> Option<(u32, usize)> {
    let hex = text.strip_prefix("_x")?.get(..5)?.strip_suffix('_')?;
    Some((u32::from_str_radix(hex, 16).ok()?, 7))
}

/// `@@`, which some sites strew over texts.
fn noise(text: &str, notes: &mut Vec<Note>) -> String {
    let result = text.replace("@@", "");
    if result.len() < text.len() {
        notes.push(Note::new(Code::ForeignWords, text).understood(result.trim()));
    }
    result
}

/// Each run of white space becomes nothing, a space or a line end, by what stands around it.
fn spaces(text: &str, space: Space, notes: &mut Vec<Note>) -> String {
    let mut result = String::new();
    let mut rest = text.trim();
    let (mut inside, mut digits, mut url) = (false, false, false);
    while !rest.is_empty() {
        let word = rest.find(is_space).unwrap_or(rest.len());
        if word > 0 {
            result.push_str(&rest[..word]);
            url |= rest[..word].contains("://");
            rest = &rest[word..];
            continue;
        }
        let run = rest.find(|c| !is_space(c)).unwrap_or(rest.len());
        let (gap, next) = rest.split_at(run);
        rest = next;
        let Some(before) = result.chars().next_back() else { continue };
        let Some(after) = next.chars().next() else { continue };
        if gap.contains('\n') && space != Space::Join {
            result.push('\n');
        } else if splits_digits(&result, next) {
            digits = true;
        } else if space != Space::Join && parts(gap, &result, next) {
            result.push('\n');
        } else if (space == Space::Keep && !is_mark(before)) || url || keeps(before, next, space) {
            result.push(' ');
            url = false;
        } else {
            inside |= is_han(before) && is_han(after);
        }
    }
    if digits {
        notes.push(Note::new(Code::RepairedDigits, text.trim()).understood(&*result));
    }
    if inside {
        notes.push(Note::new(Code::InnerSpace, text.trim()).understood(&*result));
    }
    result
}

fn is_space(c: char) -> bool {
    c.is_whitespace()
}

/// Bullets and boxes, which stand before the words that they mark.
fn is_mark(c: char) -> bool {
    !c.is_alphanumeric() && !is_chinese(c) && !c.is_ascii() || matches!(c, '●' | '○' | '〇')
}

/// Digits on both sides of a gap that make a number no longer than a year.
fn splits_digits(before: &str, next: &str) -> bool {
    let digit = |c: &char| narrow(*c).is_ascii_digit();
    let (left, right) = (
        before.chars().rev().take(5).take_while(digit).count(),
        next.chars().take(5).take_while(digit).count(),
    );
    left > 0 && right > 0 && left + right <= 4
}

/// A tab or a run of blanks between whole words, as where a table inside a cell was flattened.
fn parts(gap: &str, before: &str, next: &str) -> bool {
    let wide = gap.contains('\t') || gap.chars().count() > 1;
    let last = before.chars().rev().take_while(|c| !is_space(*c)).take(2).filter(|c| is_han(*c)).count();
    let first = next.chars().take_while(|c| !is_space(*c)).take(2).filter(|c| is_han(*c)).count();
    wide && last == 2 && first == 2
}

/// Whether a space is one between words: beside Latin letters, before a bullet.
fn keeps(before: char, next: &str, space: Space) -> bool {
    let after = next.chars().next().unwrap_or(' ');
    if is_mark(after) {
        return true;
    }
    if is_mark(before) {
        return false;
    }
    let numbered = space == Space::Lines && after.is_ascii_digit() && {
        let end = next.find(|c: char| !c.is_ascii_digit()).unwrap_or(next.len());
        next[end..].starts_with(|c| matches!(narrow(c), '.' | '、' | ')'))
    };
    let latin = |c: char| c.is_alphabetic() && !is_han(c);
    let number = |c: char| narrow(c).is_ascii_digit();
    numbered || latin(before) || latin(after) || (number(before) && number(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn says(read: impl Fn(&str) -> Reading<String>, raw: &str, value: Option<&str>, codes: &[&str]) {
        let reading = read(raw);
        assert_eq!(reading.value.as_deref(), value, "{raw:?}");
        assert_eq!(reading.codes().iter().map(|code| code.code()).collect::<Vec<_>>(), codes, "{raw:?}");
    }

    #[test]
    fn spaces_inside_words_go() {
        says(words, "二级 事 项", Some("二级事项"), &["N1"]);
        says(words, "依申\n请", Some("依申请"), &["N1"]);
        says(words, "全\u{3000}社会 ", Some("全社会"), &["N1"]);
        says(words, "\u{200b}公开", Some("公开"), &[]);
        says(words, "20 个工作日", Some("20个工作日"), &[]);
        says(words, "GB/T 32939-2016", Some("GB/T 32939-2016"), &[]);
        says(words, "http://www.qinghe.gov.cn/1 两微一端", Some("http://www.qinghe.gov.cn/1 两微一端"), &[]);
    }

    #[test]
    fn line_ends_stay_where_they_part_elements() {
        says(lines, "名 称\n\n 文号", Some("名称\n文号"), &["N1"]);
        says(lines, "机构名称 2.职能", Some("机构名称 2.职能"), &[]);
        says(lines, "法律法规\t部门规章", Some("法律法规\n部门规章"), &[]);
        says(spaced, "县民政局 县财政局\n县医保局", Some("县民政局 县财政局\n县医保局"), &[]);
    }

    #[test]
    fn split_digits_are_joined() {
        says(words, "2 0 个工作日", Some("20个工作日"), &["W211"]);
        says(words, "〔2012 ) 8 4 号", Some("〔2012)84号"), &["W211"]);
        says(words, "2019 2020", Some("2019 2020"), &[]);
    }

    #[test]
    fn residue_and_noise_go() {
        says(words, "《甲法》;__x005f_", Some("《甲法》;"), &["N13"]);
        says(lines, "甲_x000b_乙_x005f_x000D_丙", Some("甲\n乙\n丙"), &["N13"]);
        says(words, "甲法?第二条", Some("甲法第二条"), &["N13"]);
        says(words, "政府@@信息", Some("政府信息"), &["W305"]);
    }

    #[test]
    fn explicit_blanks_say_nothing() {
        for blank in ["─", "—", "-", "/", "无", "\u{ff0d}", "——"] {
            says(words, blank, None, &["N7"]);
        }
        says(words, " \n\u{3000}", None, &[]);
        says(words, "无障碍设施", Some("无障碍设施"), &[]);
    }

    #[test]
    fn folding_is_for_comparison() {
        assert_eq!(
            fold("社区/企事业单位、村公示栏\u{ff08}电子屏\u{ff09}"),
            fold("社区企事业单位村公示栏(电子屏)")
        );
        assert_eq!(fold("\u{ff21}PP 客户端"), "app客户端");
        assert_ne!(fold("村公示栏"), fold("存公示栏"));
    }

    #[test]
    fn masks_are_found() {
        assert_eq!(masked("** 个工作日"), Some("**"));
        assert_eq!(masked("办理地址(略)"), Some("(略)"));
        assert_eq!(masked("策略"), None);
    }
}
