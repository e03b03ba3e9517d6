//! Ticks (勾选): one cell under 全社会, 特定群体, 主动, 依申请公开 or a level.

use super::{
    clean,
    glyph::{closing, narrow},
};
use crate::{catalogue::text::Text, import::grid::Boundaries};

/// What a cell under a column of ticks says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tick {
    /// 是, with the words that stand beside the mark: √(面向本村集体成员).
    Yes(Option<Text>),
    /// 否: a cross, an empty box, or a blank cell that is surely this column's own.
    No,
    /// Blank where blank cells may be lost, or a dash.
    Unknown,
    /// Words in place of a mark, 申请人.
    Words(Text),
}

/// Marks that mean yes: ticks, what people type for one, and filled shapes.
const YES: &str = "√✓✔☑☒■●▲◆▄★♦▪◼⬛𝐕VvⅤ✅\u{f0fc}\u{f0fe}\u{f052}þ";

/// Marks that mean no: crosses and empty shapes.
const NO: &str = "×✗✘✕╳□☐○◇△☆◻\u{f0a8}\u{f0a3}¨£";

impl Tick {
    /// Reads one cell; `boundaries` tells whether a blank one means no.
    pub fn read(raw: &str, boundaries: Boundaries) -> Self {
        let text = clean::words(raw);
        let Some(words) = text.value else {
            // 无 and / answer the question; a dash may also stand for a cell that nobody filled in.
            let blank = raw.trim().is_empty();
            let none = raw.trim() == "无";
            return if none || (blank && boundaries == Boundaries::Exact) { Self::No } else { Self::Unknown };
        };
        match words.as_str() {
            "是" | "1" | "\u{ff11}" | "Y" | "y" | "有" => return Self::Yes(None),
            "否" | "0" | "\u{ff10}" | "N" | "n" | "X" | "x" | "口" => return Self::No,
            _ => {}
        }
        let beside = words.trim_start_matches(|c| YES.contains(narrow(c)));
        if beside.len() < words.len() && !begins_with_latin(beside) {
            return Self::Yes(inside(beside));
        }
        if words.chars().all(|c| NO.contains(narrow(c))) {
            return Self::No;
        }
        let marked = words.trim_end_matches(|c: char| YES.contains(c) && !c.is_ascii_alphabetic());
        if marked.len() < words.len() {
            return Self::Yes(inside(marked));
        }
        Self::Words(Text::new(&words))
    }

    /// Whether the column is ticked; `None` where that is not known, or where words stand in place of a mark.
    pub fn ticked(&self) -> Option<bool> {
        match self {
            Self::Yes(_) => Some(true),
            Self::No => Some(false),
            Self::Unknown | Self::Words(_) => None,
        }
    }

    /// The words beside a mark or in its place.
    pub fn words(&self) -> Option<&Text> {
        match self {
            Self::Yes(words) => words.as_ref(),
            Self::Words(words) => Some(words),
            Self::No | Self::Unknown => None,
        }
    }
}

/// A V that begins a word is no tick.
fn begins_with_latin(rest: &str) -> bool {
    rest.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// Words beside a mark, without the brackets around all of them.
fn inside(words: &str) -> Option<Text> {
    let words = words.trim();
    let open = words.chars().next().and_then(closing);
    let bare = open.and_then(|close| {
        let inside = words.strip_suffix(|c| narrow(c) == close)?;
        let bare = &inside[inside.chars().next()?.len_utf8()..];
        (super::pieces::depths(words).iter().all(|depth| *depth > 0)).then_some(bare)
    });
    let text = Text::new(bare.unwrap_or(words));
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_ticks() {
        let yes = |words: &str| Tick::Yes(Some(Text::new(words)));
        let words = |words: &str| Tick::Words(Text::new(words));
        for (raw, expected) in [
            ("√", Tick::Yes(None)),
            ("✓", Tick::Yes(None)),
            ("V", Tick::Yes(None)),
            ("v", Tick::Yes(None)),
            ("\u{ff36}", Tick::Yes(None)),
            ("Ⅴ", Tick::Yes(None)),
            ("是", Tick::Yes(None)),
            ("1", Tick::Yes(None)),
            ("●", Tick::Yes(None)),
            ("■", Tick::Yes(None)),
            ("☑", Tick::Yes(None)),
            (" √ ", Tick::Yes(None)),
            ("", Tick::No),
            ("✗", Tick::No),
            ("×", Tick::No),
            ("否", Tick::No),
            ("□", Tick::No),
            ("无", Tick::No),
            ("—", Tick::Unknown),
            ("√(面向本村集体成员)", yes("面向本村集体成员")),
            ("√\u{ff08}申请人\u{ff09}", yes("申请人")),
            ("√申请人", yes("申请人")),
            ("√(甲)和(乙)", yes("(甲)和(乙)")),
            ("申请人", words("申请人")),
            ("征收范围内", words("征收范围内")),
            ("VIP客户", words("VIP客户")),
        ] {
            assert_eq!(Tick::read(raw, Boundaries::Exact), expected, "{raw}");
        }
    }

    #[test]
    fn a_lost_blank_is_not_known() {
        for boundaries in [Boundaries::Bars, Boundaries::Lines] {
            assert_eq!(Tick::read("", boundaries), Tick::Unknown);
            assert_eq!(Tick::read("□", boundaries), Tick::No);
        }
    }
}
