//! Names of items (公开事项的名称).

use super::{Reading, clean, pieces};
use crate::{
    catalogue::text::Text,
    import::finding::{Code, Note},
};

/// One level of an item's name; `None` where the cell is blank.
pub fn read(raw: &str) -> Reading<Text> {
    // 1 就业信息: the space is all that parts the number from the name.
    let words = clean::spaced(raw).value.unwrap_or_default();
    let counted = words.split_once(' ').filter(|(number, name)| {
        number.len() <= 2
            && number.bytes().all(|b| b.is_ascii_digit())
            && !name.starts_with(['个', '年', '月', '日', '岁'])
    });
    if let Some((number, rest)) = counted {
        let reading = read(rest);
        let note = reading
            .value
            .as_ref()
            .map(|name| Note::new(Code::NumberedName, format!("{number} {rest}")).understood(name.as_str()));
        return Reading { value: reading.value, notes: note.into_iter().chain(reading.notes).collect() };
    }
    clean::words(raw).and_then(|words| name(&words))
}

/// All levels of a name that stand in one column, 资金信息/年度安排, the outermost first.
///
/// The first slash parts them; what stands behind a second one stays as printed.
pub fn slashed(raw: &str) -> Reading<Vec<Text>> {
    clean::words(raw).and_then(|words| {
        let is_slash = |c| super::glyph::narrow(c) == '/';
        let mut notes = Vec::new();
        let (first, second) = pieces::split_once(&words, is_slash).unwrap_or((&words, ""));
        if pieces::split_once(second, is_slash).is_some() {
            notes.push(Note::new(Code::SlashedName, &*words).understood(format!("{first} / {second}")));
        }
        let mut names = Vec::new();
        for part in [first, second].into_iter().filter(|part| !part.is_empty()) {
            let reading = name(part);
            notes.extend(reading.notes);
            names.extend(reading.value);
        }
        if names.is_empty() { Reading::blank(notes) } else { Reading { value: Some(names), notes } }
    })
}

fn name(words: &str) -> Reading<Text> {
    let mut notes = Vec::new();
    if let Some(mask) = clean::masked(words) {
        notes.push(
            Note::new(Code::MaskedName, words)
                .expected("未遮盖的名称", "a name that is not masked")
                .understood(mask),
        );
        return Reading::blank(notes);
    }
    let plain = unnumbered(words);
    if plain.len() < words.len() {
        notes.push(Note::new(Code::NumberedName, words).understood(plain));
    }
    if clean::placeholder(plain).is_some() {
        notes.push(
            Note::new(Code::TemplatePlaceholder, plain).expected("本地的名称", "the name used in this place"),
        );
    }
    Reading { value: Some(Text::new(plain)), notes }
}

/// The name without `1.`, `2.1`, `3、`, `(一)` or `一、` before it; a number that is part of the name stays.
pub(crate) fn unnumbered(words: &str) -> &str {
    let rest = number(words).map_or(words, |length| words[length..].trim_start());
    if rest.is_empty() { words } else { rest }
}

/// The length of a number before a name: it has a point inside, or ends with one. 12345热线 and 3岁以下 have none.
fn number(words: &str) -> Option<usize> {
    use super::glyph::narrow;
    if let Some(inside) = words.strip_prefix(|c| narrow(c) == '(') {
        let numeral = |c: char| narrow(c).is_ascii_digit() || super::numeral::is_numeral(c);
        let length = inside.find(|c| !numeral(c)).filter(|length| *length > 0)?;
        let close = inside[length..].chars().next().filter(|c| narrow(*c) == ')')?;
        return Some(words.len() - inside.len() + length + close.len_utf8());
    }
    let digits = |text: &str| text.find(|c| !narrow(c).is_ascii_digit()).unwrap_or(text.len());
    let first = digits(words);
    if first == 0 {
        let length = words.find(|c| !super::numeral::is_numeral(c)).filter(|length| *length > 0)?;
        return words[length..].starts_with('、').then_some(length + '、'.len_utf8());
    }
    let (mut length, mut dotted) = (first, false);
    loop {
        let Some(sign) = words[length..].chars().next() else { return dotted.then_some(length) };
        match narrow(sign) {
            '.' => {
                let more = digits(&words[length + sign.len_utf8()..]);
                dotted = true;
                length += sign.len_utf8() + more;
                if more == 0 {
                    return Some(length);
                }
            }
            '、' | ')' => return Some(length + sign.len_utf8()),
            _ => return dotted.then_some(length),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cleaned() {
        for (raw, expected, codes) in [
            ("1.就业信息", Some("就业信息"), vec!["N3"]),
            ("1.1政策文件", Some("政策文件"), vec!["N3"]),
            ("2、办事指南", Some("办事指南"), vec!["N3"]),
            ("(二)办事指南", Some("办事指南"), vec!["N3"]),
            ("二、办事指南", Some("办事指南"), vec!["N3"]),
            ("1 就业信息", Some("就业信息"), vec!["N3"]),
            ("12345热线", Some("12345热线"), vec![]),
            ("3岁以下婴幼儿照护", Some("3岁以下婴幼儿照护"), vec![]),
            ("2020年预算", Some("2020年预算"), vec![]),
            ("一次性补贴", Some("一次性补贴"), vec![]),
            ("1.", Some("1."), vec![]),
            ("行 政\n许可", Some("行政许可"), vec!["N1"]),
            ("─", None, vec!["N7"]),
            ("", None, vec![]),
            ("**补贴", None, vec!["E103"]),
            ("《XX省实施方案》", Some("《XX省实施方案》"), vec!["W301"]),
        ] {
            let reading = read(raw);
            assert_eq!(reading.value.as_ref().map(Text::as_str), expected, "{raw}");
            assert_eq!(reading.codes().iter().map(|code| code.code()).collect::<Vec<_>>(), codes, "{raw}");
        }
    }

    #[test]
    fn levels_in_one_column_are_parted_at_the_first_slash() {
        for (raw, expected, codes) in [
            ("资金信息/年度安排", vec!["资金信息", "年度安排"], vec![]),
            ("资金信息/年度/安排", vec!["资金信息", "年度/安排"], vec!["W205"]),
            ("资金信息", vec!["资金信息"], vec![]),
            ("社会(养老/医疗)保险", vec!["社会(养老/医疗)保险"], vec![]),
        ] {
            let reading = slashed(raw);
            let names = reading.value.clone().unwrap_or_default();
            assert_eq!(names.iter().map(Text::as_str).collect::<Vec<_>>(), expected, "{raw}");
            assert_eq!(reading.codes().iter().map(|code| code.code()).collect::<Vec<_>>(), codes, "{raw}");
        }
    }
}
