//! The words that stand over columns, and what each stands for.

use crate::import::{cell::mirror::restore, finding::Code};

/// What a column stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// 序号.
    Sequence,
    /// 领域 of the row, in a table of several domains.
    Domain,
    /// 公开事项 of one level, from 0.
    Name(usize),
    /// 公开事项 with all levels in one cell, parted by a slash.
    Names,
    /// 公开内容.
    Content,
    /// 公开依据.
    Basis,
    /// 公开时限.
    TimeLimit,
    /// 公开主体.
    Units,
    /// 公开渠道和载体.
    Channels,
    /// 公开对象 in one column, in words or boxes.
    Audience,
    /// 公开对象: 全社会.
    WholeSociety,
    /// 公开对象: 特定群体.
    Groups,
    /// 公开方式 in one column, in words or boxes.
    Method,
    /// 公开方式: 主动公开.
    Proactive,
    /// 公开方式: 依申请公开.
    OnRequest,
    /// 公开层级 in one column, in words or boxes.
    Levels,
    /// 公开层级: one column, by the word over it.
    Level(String),
    /// Any other element, by the words over it.
    Extra(String),
}

/// The headings that span several columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Names,
    Audience,
    Method,
    Level,
}

impl Group {
    /// What a column of this heading stands for that has none below it.
    pub(super) fn whole(self) -> Field {
        match self {
            Self::Names => Field::Name(0),
            Self::Audience => Field::Audience,
            Self::Method => Field::Method,
            Self::Level => Field::Levels,
        }
    }
}

/// What a heading is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Field(Field),
    Group(Group),
}

/// A heading that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    pub(super) word: Word,
    /// What stands in brackets behind the word, such as what a box means; empty where nothing does.
    pub(super) remark: String,
    /// How the word differs from the customary one.
    pub(super) differs: Option<Code>,
}

const NAMES: [&[&str]; 4] = [
    &["一级事项", "一级目录", "一级", "一级公开事项", "一级标题"],
    &["二级事项", "二级目录", "二级", "二级公开事项", "二级标题"],
    &["三级事项", "三级目录", "三级", "三级公开事项"],
    &["四级事项", "四级目录", "四级"],
];

const WORDS: [(&[&str], Field); 15] = [
    (&["序号", "编号"], Field::Sequence),
    (&["领域", "相应领域", "公开领域", "公开类别", "类别", "所属领域"], Field::Domain),
    (&["公开内容", "公开要素", "公开内容及要求", "公开内容要素"], Field::Content),
    (&["公开依据", "公开的依据"], Field::Basis),
    (&["公开时限", "时限", "公开时间"], Field::TimeLimit),
    (&["公开主体", "主体", "责任主体", "公开责任主体"], Field::Units),
    (
        &[
            "公开渠道和载体",
            "公开渠道",
            "渠道",
            "公开渠道及载体",
            "公开渠道与载体",
            "公开载体",
            "公开渠道、载体",
        ],
        Field::Channels,
    ),
    (&["全社会", "全体社会"], Field::WholeSociety),
    (&["特定群体", "特定群众", "特定对象", "特殊群众", "特殊群体", "特定人群"], Field::Groups),
    (&["主动", "主动公开"], Field::Proactive),
    (&["依申请", "依申请公开", "申请公开"], Field::OnRequest),
    (&["事项名称", "公开事项名称"], Field::Names),
    (&["一级/二级", "一级事项/二级事项"], Field::Names),
    (&["依据"], Field::Basis),
    (&["内容"], Field::Content),
];

const GROUPS: [(&[&str], Group); 4] = [
    (&["公开事项", "事项"], Group::Names),
    (&["公开对象", "对象"], Group::Audience),
    (&["公开方式", "方式"], Group::Method),
    (&["公开层级", "层级"], Group::Level),
];

/// Headings of columns beyond the template that tables are known to have.
const EXTRAS: [&str; 19] = [
    "咨询电话",
    "监督举报电话",
    "监督电话",
    "联系电话",
    "网址",
    "链接",
    "网站所属栏目",
    "政府网站",
    "公开格式",
    "五公开",
    "条款内容",
    "依据效力",
    "依据效力位阶",
    "责任科室",
    "对应职责",
    "更新频次",
    "备注",
    "监督渠道",
    "公开期限",
];

/// Of the traditional characters of headings those by which a mirror is told. Every cell is asked whether it is a
/// heading, so there is no time to convert them all.
const TRADITIONAL: &str = "開項內據時體載對會層級動請鄉縣區鎮號領責電話網類";

/// The most bytes of a heading with all its remarks. Cells of rows are asked, too, and a merged one in every row anew.
const LONGEST_HEADING: usize = 2_000;

/// What a heading stands for; `None` where its words are not known.
pub(super) fn heading(text: &str) -> Option<Heading> {
    if text.len() > LONGEST_HEADING {
        return None;
    }
    let mut mirrored = Vec::new();
    let restored = text.contains(|c| TRADITIONAL.contains(c)).then(|| restore(text, &mut mirrored));
    let (word, remark) = parted(&folded(restored.as_deref().unwrap_or(text)));
    if word.is_empty() {
        return None;
    }
    let mirrored = mirrored.first().map(|note| note.code);
    let found = |word, differs: Option<Code>| {
        Some(Heading { word, remark: remark.clone(), differs: differs.or(mirrored) })
    };
    if remark.contains("一级") && remark.contains("二级") && word.ends_with("事项") {
        return found(Word::Field(Field::Names), None);
    }
    if let Some(known) = exact(&word) {
        return found(known, None);
    }
    // A file that has lost one character everywhere has lost it here, too.
    if word.starts_with('开')
        && let Some(known) = exact(&format!("公{word}"))
    {
        return found(known, Some(Code::DroppedCharacter));
    }
    near(&word).and_then(|known| found(known, Some(Code::HeaderVariant)))
}

/// What words over a column mean in the national template; `None` where they are free for a further element.
pub fn template_word(text: &str) -> Option<String> {
    match heading(text)?.word {
        Word::Field(Field::Extra(_)) => None,
        Word::Field(field) => Some(super::name(&field)),
        Word::Group(group) => Some(super::name(&group.whole())),
    }
}

/// The heading of a column whose words are not known.
pub(super) fn other(text: &str) -> Field {
    Field::Extra(squeezed(text))
}

fn exact(word: &str) -> Option<Word> {
    if let Some(level) = NAMES.iter().position(|words| words.contains(&word)) {
        return Some(Word::Field(Field::Name(level)));
    }
    if let Some((_, field)) = WORDS.iter().find(|(words, _)| words.contains(&word)) {
        return Some(Word::Field(field.clone()));
    }
    if let Some((_, group)) = GROUPS.iter().find(|(words, _)| words.contains(&word)) {
        return Some(Word::Group(*group));
    }
    if EXTRAS.contains(&word) {
        return Some(Word::Field(Field::Extra(word.to_owned())));
    }
    is_level(word).then(|| Word::Field(Field::Level(word.to_owned())))
}

/// The shortest and the longest of the words below, in characters.
const NEAR: (usize, usize) = (4, 9);

/// A known word of four characters or more that differs in one of them. Every cell of a page may be asked, so that most
/// are turned away by their length.
fn near(word: &str) -> Option<Word> {
    let length = word.chars().take(NEAR.1 + 2).count();
    if !(NEAR.0 - 1..=NEAR.1 + 1).contains(&length) {
        return None;
    }
    let words = WORDS.iter().flat_map(|(words, _)| words.iter());
    let groups = GROUPS.iter().flat_map(|(words, _)| words.iter());
    let mut close =
        words.chain(groups).filter(|known| known.chars().count() >= NEAR.0 && one_apart(known, word));
    exact(close.next()?)
}

/// Whether two words of one length differ in one character, or one has a character more.
fn one_apart(a: &str, b: &str) -> bool {
    let (of_a, of_b) = (a.chars().count(), b.chars().count());
    let (shorter, longer) = (of_a.min(of_b), of_a.max(of_b));
    if longer - shorter > 1 {
        return false;
    }
    let head = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let tail = a.chars().rev().zip(b.chars().rev()).take_while(|(a, b)| a == b).count();
    head + tail.min(shorter - head) >= longer - 1
}

/// Whether a word names a level of government: 县级, 乡、村级, 镇(街)级.
fn is_level(word: &str) -> bool {
    let Some(places) = word.strip_suffix('级') else { return false };
    let admitted = |c: char| "省自治区市州盟县旗区乡镇街道村社居园、/".contains(c);
    // A county-level city prints its own name: 东阳市级.
    if places.contains("层") {
        return false;
    }
    (!places.is_empty() && places.chars().all(admitted))
        || (places.ends_with(['市', '县', '区']) && places.chars().count() <= 5)
}

/// Words without white space and with half-width signs, for comparing only.
pub fn folded(text: &str) -> String {
    crate::catalogue::text::folded(text)
}

/// Words without white space, their signs as printed.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A folded heading without what stands in brackets, and that. Brackets in the middle of a level, 县(区)级, are part of
/// its word.
fn parted(folded: &str) -> (String, String) {
    let Some((word, rest)) = folded.split_once('(') else { return (folded.to_owned(), String::new()) };
    let Some((inner, after)) = rest.rsplit_once(')') else { return (word.to_owned(), rest.to_owned()) };
    if after.ends_with('级') {
        return (format!("{word}{inner}{after}"), String::new());
    }
    (format!("{word}{after}"), inner.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(text: &str) -> Option<Field> {
        match heading(text)?.word {
            Word::Field(field) => Some(field),
            Word::Group(_) => None,
        }
    }

    #[test]
    fn headings_are_known_however_they_are_spaced_and_bracketed() {
        for (text, expected) in [
            ("序 号", Field::Sequence),
            ("二级\n事 项", Field::Name(1)),
            ("公开内容(要素)", Field::Content),
            ("公开内容\u{ff08}要素\u{ff09}及要求", Field::Content),
            ("公开时 限", Field::TimeLimit),
            ("特定群体(请写明)", Field::Groups),
            ("公开渠道和载体(“■”表示必选项,“□”表示可选项)", Field::Channels),
            ("公开事项(一级/二级)", Field::Names),
            ("镇(街)级", Field::Level("镇街级".to_owned())),
            ("乡、村级", Field::Level("乡、村级".to_owned())),
            ("东阳市级", Field::Level("东阳市级".to_owned())),
            ("咨询电话", Field::Extra("咨询电话".to_owned())),
        ] {
            assert_eq!(field(text), Some(expected), "{text}");
        }
        assert_eq!(heading("公开对象").unwrap().word, Word::Group(Group::Audience));
        assert_eq!(heading("公开渠道和载体(至少选择其一公开)").unwrap().remark, "至少选择其一公开");
        for text in ["", "1", "政策文件", "20个工作日", "区民政局"] {
            assert_eq!(heading(text), None, "{text}");
        }
    }

    #[test]
    fn no_word_is_longer_than_near_words_are() {
        let words = WORDS.iter().flat_map(|(words, _)| words.iter());
        let all = words.chain(GROUPS.iter().flat_map(|(words, _)| words.iter()));
        assert_eq!(all.map(|word| word.chars().count()).max(), Some(NEAR.1));
    }

    #[test]
    fn a_word_with_one_wrong_character_is_known_and_said_to_be_wrong() {
        for (text, expected, code) in [
            ("开时限", Field::TimeLimit, Code::DroppedCharacter),
            ("公开时眼", Field::TimeLimit, Code::HeaderVariant),
            ("公开的时限", Field::TimeLimit, Code::HeaderVariant),
            ("特定群伙", Field::Groups, Code::HeaderVariant),
        ] {
            assert_eq!(field(text), Some(expected), "{text}");
            assert_eq!(heading(text).unwrap().differs, Some(code), "{text}");
        }
    }
}
