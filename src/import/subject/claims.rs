//! What the words around a table claim: its title, its sheet and the lines above it.

use chrono::NaiveDate;

use crate::{
    catalogue::code::{CatalogueCode, DomainCode},
    import::{
        cell::clean,
        finding::{Code, Note},
        table::Table,
        vocabulary::{Named, Vocabulary},
    },
};

/// What the words around a table say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The title, without its number.
    pub title: Option<String>,
    /// The places that it names, the widest first.
    pub places: Vec<String>,
    /// The domain that it names.
    pub domain: Option<Domain>,
    /// 发布机构, where a line above the table names one.
    pub publisher: Option<String>,
    /// 目录代码, which tables that mulu exports print.
    pub code: Option<CatalogueCode>,
    /// 版本, likewise.
    pub label: Option<String>,
    /// 施行日期.
    pub effective_from: Option<NaiveDate>,
    /// The title is that of a ministry's guideline (标准指引).
    pub guideline: bool,
    /// What there is to say about them.
    pub notes: Vec<Note>,
}

/// A domain as printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Domain {
    /// A registered one.
    Known(DomainCode),
    /// Words that name none.
    Unknown(String),
}

/// Ends of the names of places. Longer ones first, so that 街道办事处 is not cut at 街道.
const PLACES: [&str; 17] = [
    "街道办事处",
    "居民委员会",
    "村民委员会",
    "自治区",
    "自治州",
    "自治县",
    "居委会",
    "村委会",
    "街道",
    "社区",
    "省",
    "市",
    "州",
    "县",
    "区",
    "镇",
    "乡",
];

/// Words that follow what a title is about.
const AFTER: [&str; 8] =
    ["领域", "基层政务公开", "政务公开", "标准目录", "公开标准", "公开目录", "事项标准", "公开事项"];

/// The most characters of a domain's name. A page may have a line of any length where titles stand, and every end of
/// it could be a name.
const LONGEST_DOMAIN: usize = 60;

/// What the words around a table claim.
pub fn claims(table: &Table, sheet: Option<&str>, vocabulary: &Vocabulary) -> Claims {
    let stated = |words: &[&str]| stated(&table.above, words);
    let label = stated(&["版本"]);
    let mut claims = Claims {
        publisher: stated(&["发布机构", "发布单位", "公开单位", "编制单位", "填报单位"]),
        code: stated(&["目录代码"]).and_then(|code| code.parse().ok()),
        // Behind it the number of the version stands in brackets.
        label: label
            .map(|label| label.rsplit_once('\u{ff08}').map_or(label.clone(), |(label, _)| label.to_owned())),
        effective_from: stated(&["施行日期", "实施日期"]).and_then(|day| day.parse().ok()),
        ..Claims::default()
    };
    let titles = table.titles.iter().rev().map(|title| unnumbered(title));
    for title in titles.chain(sheet.map(unnumbered)) {
        if title.is_empty() {
            continue;
        }
        let (places, about) = parts(&title);
        claims.guideline |= title.contains("标准指引");
        let mut notes = Vec::new();
        let named = domain(&about, &title, vocabulary, &mut notes);
        if claims.places.is_empty() {
            // 城乡规划 is a domain, of which 城乡 would be a place.
            claims.places = named.as_ref().map_or(places, |(_, at)| parts(&title[..*at]).0);
        }
        if claims.domain.is_none() {
            claims.domain = named.map(|(domain, _)| domain);
            claims.notes.extend(notes);
        }
        // The name of a sheet is a title only where it reads like one.
        if claims.title.is_none() && title.chars().count() > 6 && title.contains("目录") {
            claims.title = Some(title);
        }
    }
    if claims.places.is_empty() {
        claims.places = claims.publisher.as_deref().map(|words| parts(words).0).unwrap_or_default();
    }
    claims
}

/// A title without the number, the annex and the remarks in brackets around it.
fn unnumbered(title: &str) -> String {
    let title: String = title.chars().filter(|c| !c.is_whitespace()).collect();
    // A heading of Markdown begins with #.
    let title = title.trim_start_matches('#');
    let title = match title.find("附件") {
        Some(0) => title["附件".len()..]
            .trim_start_matches(|c: char| c.is_ascii_digit() || ":\u{ff1a}、.".contains(c)),
        _ => title,
    };
    let number =
        |c: char| c.is_ascii_digit() || "一二三四五六七八九十()\u{ff08}\u{ff09}、.\u{ff0e}".contains(c);
    // 一 may begin a name; a number ends with a sign.
    let end =
        title.char_indices().take_while(|(_, c)| number(*c)).last().map_or(0, |(at, c)| at + c.len_utf8());
    let signed = title[..end].ends_with([')', '\u{ff09}', '、', '.', '\u{ff0e}']);
    if signed { title[end..].to_owned() } else { title.to_owned() }
}

/// The places with which a title begins, and what follows them.
fn parts(title: &str) -> (Vec<String>, String) {
    let mut places = Vec::new();
    let mut rest = title;
    loop {
        // A name has two characters at least before its kind, except where it is one: 县区 begins no place.
        let end = PLACES
            .iter()
            .filter_map(|kind| rest.find(kind).map(|at| (at, at + kind.len())))
            .filter(|(at, _)| *at >= "中".len())
            .min_by_key(|(at, end)| (*at, std::cmp::Reverse(*end)));
        let before = AFTER.iter().filter_map(|word| rest.find(word)).min().unwrap_or(rest.len());
        match end.filter(|(_, end)| *end <= before) {
            Some((_, end)) if rest[..end].chars().count() <= 12 => {
                places.push(rest[..end].to_owned());
                rest = &rest[end..];
            }
            _ => return (places, rest.trim_start_matches("人民政府").to_owned()),
        }
    }
}

/// The domain that a title is about, and where in it: what stands before 领域 or, without that word, before
/// 基层政务公开.
fn domain(
    about: &str,
    title: &str,
    vocabulary: &Vocabulary,
    notes: &mut Vec<Note>,
) -> Option<(Domain, usize)> {
    let end = AFTER.iter().filter_map(|word| about.find(word)).min().unwrap_or(about.len());
    let words = &about[..end];
    // A place may hide in front of the domain, and a domain's name may look like a place, so both are tried.
    let whole = title.find(words).map_or(words, |at| &title[..at + words.len()]);
    let first = whole.char_indices().rev().nth(LONGEST_DOMAIN - 1).map_or(0, |(at, _)| at);
    let starts = whole[first..].char_indices().map(|(at, _)| (first + at, &whole[first + at..]));
    let named = starts
        .filter(|(_, words)| words.chars().count() >= 2)
        .find_map(|(at, words)| Some((at, vocabulary.domain(words)?)));
    if let Some((at, named)) = named {
        if !named.own {
            notes.push(Note::new(Code::DomainAlias, named.wording).understood(named.code));
        }
        return named.code.parse().ok().map(|code| (Domain::Known(code), at));
    }
    if let Some((at, named)) = misspelt(whole, first, vocabulary) {
        notes.push(Note::new(Code::Typo, &whole[at..]).understood(named.code).proposal(named.wording));
        return named.code.parse().ok().map(|code| (Domain::Known(code), at));
    }
    let stated = about[end..].starts_with("领域") && !words.is_empty();
    stated.then(|| (Domain::Unknown(words.to_owned()), whole.len() - words.len()))
}

/// The domain with whose name, but for one character, words end, and where that begins. Ends that are near to several
/// domains mean none.
fn misspelt<'v>(words: &str, first: usize, vocabulary: &'v Vocabulary) -> Option<(usize, Named<'v>)> {
    let starts = words[first..].char_indices().map(|(at, _)| first + at);
    let mut near = starts.filter_map(|at| Some((at, vocabulary.domain_with_typo(&words[at..])?)));
    let (at, named) = near.next()?;
    near.all(|(_, other)| other.code == named.code).then_some((at, named))
}

/// What one of the lines says behind one of these words: 发布机构:….
fn stated(lines: &[String], words: &[&str]) -> Option<String> {
    lines.iter().find_map(|line| {
        let at = words.iter().find_map(|word| Some(line.find(word)? + word.len()))?;
        let rest = line[at..].trim_start_matches([':', '\u{ff1a}', ' ']);
        let value = rest.split([' ', '\u{3000}', '\t', '\n']).next().unwrap_or_default();
        let value = clean::words(value).value?;
        (!value.is_empty()).then_some(value)
    })
}
