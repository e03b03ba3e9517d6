//! 公开内容: the points of a cell.

use super::{
    Reading,
    bullets::{self, Segment},
    clean::{self, Space},
    glyph::{is_han, narrow, trim_separators},
    note_once, pieces,
};
use crate::{
    catalogue::{content::ContentPoint, text::Text},
    import::finding::{Code, Note},
};

/// What a cell under 公开内容 says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Points {
    /// 公开内容, point by point.
    pub points: Vec<ContentPoint>,
    /// Whether it ends with 等.
    pub open_ended: bool,
}

/// How a column of a table writes its points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether ● and 〇 tell required points from optional ones; elsewhere they are mere bullets.
    pub required: bool,
}

impl Style {
    /// The style of a column, from all of its cells: only where both marks occur do they mean something.
    pub fn decide<'c>(cells: impl Iterator<Item = &'c str>) -> Self {
        let (mut must, mut may) = (false, false);
        for cell in cells {
            for (at, c) in cell.char_indices() {
                let required = bullets::required(c).filter(|_| bullets::starts_point(&cell[..at]));
                must |= required == Some(true);
                may |= required == Some(false);
            }
        }
        Self { required: must && may }
    }
}

/// Reads one cell of an item of this name.
pub fn read(raw: &str, style: Style, name: &str) -> Reading<Points> {
    let space = if listed(raw.trim()).is_some() { Space::Keep } else { Space::Lines };
    clean::read(raw, space).and_then(|text| {
        let mut notes = Vec::new();
        let mut made = Points::default();
        let segments = listed(&text).unwrap_or_else(|| bullets::segments(&text));
        let bulleted = segments.iter().any(|segment| segment.bulleted);
        if bulleted || segments.len() > 1 {
            notes.push(Note::new(Code::Bullets, &*text));
        }
        let mut parts: Vec<(Option<bool>, &str)> = Vec::new();
        for segment in &segments {
            let sentences = pieces::split(segment.text, |c| matches!(narrow(c), ';' | '。'));
            parts.extend(sentences.into_iter().map(|sentence| (segment.required, sentence)));
        }
        if let [(required, one)] = parts[..] {
            parts = enumerated(one).into_iter().map(|part| (required, part)).collect();
        }
        if parts.len() > segments.len() {
            notes.push(Note::new(Code::Enumeration, &*text));
        }
        for (required, part) in parts {
            let (part, open) = without_others(trim_separators(part));
            if part.is_empty() {
                continue;
            }
            if open {
                made.open_ended = true;
                note_once(&mut notes, Note::new(Code::OpenEnded, part));
            }
            made.points.push(ContentPoint {
                text: Text::new(&unwrapped(part)),
                required: required.filter(|_| style.required),
            });
        }
        if made.points.iter().any(|point| point.required.is_some()) {
            notes.push(Note::new(Code::RequiredPoints, &*text));
        }
        doubt(&text, &made, name, &mut notes);
        let value = (!made.points.is_empty()).then_some(made);
        Reading { value, notes }
    })
}

/// Three whole words or more with nothing but spaces between, 法律法规 部门规章 规范性文件. Shorter ones may be
/// pieces of words that a narrow column broke.
fn listed(text: &str) -> Option<Vec<Segment<'_>>> {
    let words: Vec<&str> = text.split([' ', '\u{3000}']).filter(|word| !word.is_empty()).collect();
    let whole = |word: &&str| word.chars().count() > 3 && word.chars().all(is_han);
    (words.len() > 2 && words.iter().all(whole))
        .then(|| words.into_iter().map(|text| Segment { text, required: None, bulleted: false }).collect())
}

/// A point in one line: the line ends inside of it were those of a narrow column.
fn unwrapped(point: &str) -> String {
    let mut result = String::new();
    for line in point.lines() {
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if latin(result.chars().next_back()) && latin(line.chars().next()) {
            result.push(' ');
        }
        result.push_str(line.trim());
    }
    result
}

/// Whether an item discloses rules, which are points with a title. It is all that a reading takes from the name.
pub fn about_rules(name: &str) -> bool {
    ["法律", "法规", "规章", "政策", "文件", "依据", "制度"].iter().any(|word| name.contains(word))
}

/// What looks wrong in what was read.
fn doubt(text: &str, made: &Points, name: &str, notes: &mut Vec<Note>) {
    let first = text.lines().next().unwrap_or_default();
    let numbered = ["1.", "1、", "1\u{ff0e}", "①", "(1)", "\u{ff08}1\u{ff09}", "一、"]
        .iter()
        .any(|number| first.starts_with(number));
    if numbered && made.points.len() == 1 {
        notes.push(Note::new(Code::FirstLineOnly, text).expected("其后各点", "the points that follow"));
    }
    let titles = made.points.iter().all(|point| is_title(point.text.as_str()));
    if titles && !about_rules(name) && !made.points.is_empty() {
        notes.push(Note::new(Code::BasisInContent, text).expected("公开的内容", "what is disclosed"));
    }
    if let Some(mask) = clean::masked(text) {
        notes.push(Note::new(Code::MaskedText, text).understood(mask));
    }
    if clean::placeholder(text).is_some() {
        notes.push(
            Note::new(Code::TemplatePlaceholder, text).expected("本地的内容", "what this place discloses"),
        );
    }
}

fn is_title(text: &str) -> bool {
    let inside = pieces::depths(text);
    text.starts_with('《') && inside.iter().all(|depth| *depth > 0)
}

/// The parts of an enumeration by 、 or ,; a text with commas is a sentence, and so is one whose parts are long.
fn enumerated(text: &str) -> Vec<&str> {
    let is_comma = |c| narrow(c) == ',';
    let sound = |parts: &[&str]| parts.iter().all(|part| (2..=24).contains(&part.chars().count()));
    let commas = pieces::split(text, is_comma);
    let parts = match commas.len() {
        1 => pieces::split(text, |c| c == '、'),
        2 => return vec![text],
        _ if text.contains('、') => return vec![text],
        _ => commas,
    };
    let parts_of: Vec<&str> = parts.iter().map(|part| without_others(part).0).collect();
    if parts.len() > 1 && sound(&parts_of) { parts } else { vec![text] }
}

/// A point without 等 or 等信息 at its end, and whether it had one. 平等 and 同等 end otherwise.
fn without_others(text: &str) -> (&str, bool) {
    const TAILS: [&str; 9] = ["", "内容", "信息", "情况", "事项", "材料", "资料", "方面", "相关信息"];
    for tail in TAILS {
        let Some(rest) = text.strip_suffix(tail).and_then(|rest| rest.strip_suffix('等')) else { continue };
        let word = rest.chars().next_back().is_some_and(|c| "平同高初中均相对头上下优一二三四何".contains(c));
        if !rest.is_empty() && !word {
            return (trim_separators(rest), true);
        }
    }
    (text, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn says(raw: &str, style: Style, expected: &[&str], open: bool, codes: &[&str]) {
        let reading = read(raw, style, "办事指南");
        let made = reading.value.clone().unwrap_or_default();
        let points = made.points.iter().map(|point| match point.required {
            Some(true) => format!("+{}", point.text),
            Some(false) => format!("-{}", point.text),
            None => point.text.to_string(),
        });
        assert_eq!(points.collect::<Vec<_>>(), expected, "{raw}");
        assert_eq!(made.open_ended, open, "{raw}");
        assert_eq!(reading.codes().iter().map(|code| code.code()).collect::<Vec<_>>(), codes, "{raw}");
    }

    #[test]
    fn points_are_told_by_bullets_numbers_and_lines() {
        let plain = Style::default();
        says("●名称 ●文号", plain, &["名称", "文号"], false, &["N4"]);
        says("1.机构名称\n2.职能", plain, &["机构名称", "职能"], false, &["N4"]);
        says("1、名称;2、地址;", plain, &["名称", "地址"], false, &["N4"]);
        says("1.机构名称2.职能 3.地址", plain, &["机构名称", "职能", "地址"], false, &["N4"]);
        says("①名称②文号", plain, &["名称", "文号"], false, &["N4"]);
        says("(1)名称(2)文号", plain, &["名称", "文号"], false, &["N4"]);
        says("(一)机构职能\n(二)领导信息", plain, &["机构职能", "领导信息"], false, &["N4"]);
        says("一、机构职能\n二、领导信息", plain, &["机构职能", "领导信息"], false, &["N4"]);
        says("法律法规 部门规章 规范性文件", plain, &["法律法规", "部门规章", "规范性文件"], false, &["N4"]);
        says("名称\n文号", plain, &["名称", "文号"], false, &["N4"]);
        says("1.办理时间、地\n点\n2.联系方式", plain, &["办理时间、地点", "联系方式"], false, &["N4"]);
        says("1.补贴标准为1.5倍\n2.二〇一九年", plain, &["补贴标准为1.5倍", "二〇一九年"], false, &["N4"]);
    }

    #[test]
    fn enumerations_are_parted_outside_of_brackets() {
        let plain = Style::default();
        says("条件、材料、流程", plain, &["条件", "材料", "流程"], false, &["N9"]);
        says("条件;材料、流程", plain, &["条件", "材料、流程"], false, &["N9"]);
        says("条件(城市、农村)、材料", plain, &["条件(城市、农村)", "材料"], false, &["N9"]);
        says("《甲、乙办法》", plain, &["《甲、乙办法》"], false, &["W315"]);
        says("县、乡政府信息", plain, &["县、乡政府信息"], false, &[]);
        says("公开政策的名称、文号，并作解读", plain, &["公开政策的名称、文号，并作解读"], false, &[]);
    }

    #[test]
    fn lists_may_be_open() {
        let plain = Style::default();
        says("名称、地址等", plain, &["名称", "地址"], true, &["N9", "N8"]);
        says("名称、地址等信息", plain, &["名称", "地址"], true, &["N9", "N8"]);
        says("男女平等", plain, &["男女平等"], false, &[]);
    }

    #[test]
    fn marks_tell_what_is_required_where_the_column_has_both() {
        let style = Style::decide(["●文号 〇图解", "●名称"].into_iter());
        assert_eq!(style, Style { required: true });
        says("●文号 〇图解", style, &["+文号", "-图解"], false, &["N4", "N5"]);
        assert_eq!(Style::decide(["●文号 ●图解", "二〇一九年"].into_iter()), Style::default());
    }

    #[test]
    fn doubtful_cells_are_pointed_out() {
        let plain = Style::default();
        says("1.机构名称", plain, &["机构名称"], false, &["N4", "W210"]);
        says("《甲法》、《乙条例》", plain, &["《甲法》", "《乙条例》"], false, &["N9", "W315"]);
        assert!(
            read("《甲法》、《乙条例》", plain, "政策法规")
                .notes
                .iter()
                .all(|note| note.code != Code::BasisInContent)
        );
        says("各地配套政策", plain, &["各地配套政策"], false, &["W301"]);
        says("地址(略)", plain, &["地址(略)"], false, &["W304"]);
        says("无", plain, &[], false, &["N7"]);
    }
}
