//! 公开主体: the units that a cell names. Which registered units they are is for the layer above.

use super::{
    Reading, clean,
    glyph::{narrow, trim_separators},
    note_once, pieces,
};
use crate::{
    catalogue::{local::UnitText, text::Text},
    import::finding::{Code, Note},
};

/// The units of a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Units {
    /// 公开主体, in the order of the table.
    pub units: Vec<UnitText>,
    /// Whether the list ends with 等有关部门、单位.
    pub open_ended: bool,
}

/// What names of units end with: a part of a list without it is only the beginning of the next, 市、区县人民政府.
const ENDINGS: [&str; 42] = [
    "府",
    "局",
    "委",
    "办",
    "处",
    "院",
    "所",
    "站",
    "厅",
    "部",
    "会",
    "社",
    "队",
    "校",
    "馆",
    "署",
    "银行",
    "园",
    "科",
    "股",
    "村",
    "公司",
    "中心",
    "单位",
    "部门",
    "机构",
    "机关",
    "街道",
    "乡",
    "镇",
    "窗口",
    "代理人",
    "招标人",
    "采购人",
    "集团",
    "平台",
    "小学",
    "中学",
    "室",
    "组",
    "专班",
    "企业",
];

/// Endings of 泛称: what the national template puts where each place should name its own unit.
const GENERIC: [&str; 5] = ["部门", "机构", "机关", "单位", "有关方面"];

/// 等有关部门、单位 and its variants, which leave a list open.
const AND_OTHERS: [&str; 10] = [
    "等有关部门、单位",
    "等相关部门、单位",
    "等有关部门和单位",
    "等相关部门和单位",
    "等有关部门",
    "等相关部门",
    "等有关单位",
    "等相关单位",
    "等单位",
    "等部门",
];

/// Reads one cell.
pub fn read(raw: &str) -> Reading<Units> {
    clean::spaced(raw).and_then(|text| {
        let mut notes = Vec::new();
        let mut made = Units::default();
        let mut text = text.as_str();
        for end in AND_OTHERS.iter().chain(&["等"]) {
            if let Some(rest) = trim_separators(text).strip_suffix(end).filter(|rest| !rest.is_empty()) {
                notes.push(Note::new(Code::OpenUnits, text));
                made.open_ended = true;
                text = rest;
                break;
            }
        }
        let parts = parts(text);
        if parts.len() > 1 {
            notes.push(Note::new(Code::SeveralUnits, text).understood(parts.join(" | ")));
        }
        for part in &parts {
            if let Some(mask) = clean::masked(part) {
                notes.push(Note::new(Code::MaskedText, part).understood(mask));
            }
            if clean::placeholder(part).is_some() {
                let expected = ("本地的单位", "the unit of this place");
                note_once(
                    &mut notes,
                    Note::new(Code::TemplatePlaceholder, part).expected(expected.0, expected.1),
                );
            }
            made.units.push(unit(part, &mut notes));
        }
        let value = (!made.units.is_empty()).then_some(made);
        Reading { value, notes }
    })
}

/// The parts of a list; one that does not end as units do stays with the next.
fn parts(text: &str) -> Vec<String> {
    let is_separator = |c| matches!(narrow(c), '、' | ';' | ',' | '/' | '\n' | ' ' | '。');
    let mut parts: Vec<String> = Vec::new();
    let mut held = String::new();
    let mut rest = text;
    for piece in pieces::split(text, is_separator) {
        let at = rest.find(piece).unwrap_or(0);
        let between = &rest[..at];
        rest = &rest[at + piece.len()..];
        if held.is_empty() {
            held = piece.to_owned();
        } else if is_whole(&held) && (is_whole(piece) || !is_blank_gap(between)) && piece.chars().count() > 1
        {
            parts.push(std::mem::replace(&mut held, piece.to_owned()));
        } else {
            // A gap or a line end inside a name goes; 、 stays.
            let joint = between.trim();
            held.push_str(joint);
            held.push_str(piece);
        }
    }
    parts.extend((!held.is_empty()).then_some(held));
    parts.iter().map(|part| trim_separators(part).to_owned()).filter(|part| !part.is_empty()).collect()
}

fn is_blank_gap(between: &str) -> bool {
    between.trim().is_empty()
}

fn is_whole(part: &str) -> bool {
    let base = pieces::trailing_bracket(part).map_or(part, |(before, _)| before);
    base.chars().count() > 1 && ENDINGS.iter().any(|end| base.ends_with(end))
}

fn unit(part: &str, notes: &mut Vec<Note>) -> UnitText {
    let part = super::names::unnumbered(part);
    let alternatives = alternatives(part);
    if is_generic(part) {
        notes.push(
            Note::new(Code::GenericUnit, part).expected("本地单位的名称", "the name of a unit of this place"),
        );
    }
    UnitText { text: Text::new(part), alternatives }
}

/// Units of which any one answers: 甲或乙, and 乡镇政府(街道办事处), where the bracket holds another kind of government.
fn alternatives(part: &str) -> Option<Vec<Text>> {
    let any: Vec<&str> = match pieces::find(part, &["或者", "或"]) {
        Some((at, word)) => vec![&part[..at], &part[at + word.len()..]],
        None => {
            let (before, inside) = pieces::trailing_bracket(part)?;
            let government = ["街道办事处", "街道办", "管委会", "管理委员会", "管理处", "人民政府", "街道"];
            let another = government.iter().any(|end| inside.ends_with(end)) && is_whole(before);
            if another { vec![before, inside] } else { return None }
        }
    };
    let any: Vec<Text> =
        any.into_iter().map(|one| Text::new(trim_separators(one))).filter(|one| !one.is_empty()).collect();
    (any.len() > 1).then_some(any)
}

fn is_generic(part: &str) -> bool {
    let base = pieces::trailing_bracket(part).map_or(part, |(before, _)| before);
    let begins = ["相关", "有关", "各级", "地方各级", "县级人民政府", "县级政府"]
        .iter()
        .any(|word| base.starts_with(word));
    begins || GENERIC.iter().any(|end| base.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_parted() {
        for (raw, expected, codes) in [
            ("青禾县民政局", vec!["青禾县民政局"], vec![]),
            ("县 民政\n局", vec!["县民政局"], vec![]),
            ("县民政局、县财政局", vec!["县民政局", "县财政局"], vec!["U2"]),
            ("县民政局/县财政局", vec!["县民政局", "县财政局"], vec!["U2"]),
            ("县民政局;县财政局\n县医保局", vec!["县民政局", "县财政局", "县医保局"], vec!["U2"]),
            ("县民政局 县财政局", vec!["县民政局", "县财政局"], vec!["U2"]),
            (
                "市、区县人民政府住房保障行政主管部门",
                vec!["市、区县人民政府住房保障行政主管部门"],
                vec!["W341"],
            ),
            ("县(区、市)人民政府", vec!["县(区、市)人民政府"], vec!["W301"]),
            ("应急管理部门", vec!["应急管理部门"], vec!["W341"]),
            ("相关审批部门", vec!["相关审批部门"], vec!["W341"]),
            ("党政办", vec!["党政办"], vec![]),
            ("新园街道办事处公共服务办公室", vec!["新园街道办事处公共服务办公室"], vec![]),
            ("县民政局、县财政局等有关部门、单位", vec!["县民政局", "县财政局"], vec!["U5", "U2"]),
            ("/", vec![], vec!["N7"]),
        ] {
            let reading = read(raw);
            let made = reading.value.clone().unwrap_or_default();
            assert_eq!(
                made.units.iter().map(|unit| unit.text.as_str()).collect::<Vec<_>>(),
                expected,
                "{raw}"
            );
            assert_eq!(made.open_ended, raw.contains('等'));
            assert_eq!(reading.codes().iter().map(|code| code.code()).collect::<Vec<_>>(), codes, "{raw}");
        }
    }

    #[test]
    fn any_of_several_may_answer() {
        let any = |raw| {
            let unit = read(raw).value.and_then(|made| made.units.into_iter().next());
            unit.and_then(|unit| unit.alternatives)
                .map(|any| any.iter().map(ToString::to_string).collect::<Vec<_>>().join("|"))
        };
        assert_eq!(any("乡镇政府(街道办事处)").as_deref(), Some("乡镇政府|街道办事处"));
        assert_eq!(
            any("各乡(镇)人民政府\u{ff08}街道办事处\u{ff09}").as_deref(),
            Some("各乡(镇)人民政府|街道办事处")
        );
        assert_eq!(any("招标人或者其委托的招标代理机构").as_deref(), Some("招标人|其委托的招标代理机构"));
        assert_eq!(any("市司法局(行政复议局)"), None);
        assert_eq!(any("县民政局"), None);
    }
}
