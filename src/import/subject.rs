//! Whose catalogue a table is: what its title, its sheet and the lines above it claim, held against what was asked.
//! Where they disagree that is an error, never a guess.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{
    cell::clean,
    finding::{Code, Note},
    table::Table,
    vocabulary::{Named, Vocabulary},
};
use crate::catalogue::{
    code::{CatalogueCode, DivisionCode, DomainCode},
    division::{DivisionState, Level},
    text::Text,
    version::CatalogueKind,
};

/// What the person says of whose catalogue the files hold.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The place.
    pub division: Option<DivisionCode>,
    /// The domain; `Some(None)`: all domains, `00`.
    pub domain: Option<Option<DomainCode>>,
    /// What kind of catalogue; `None`: a village list in a village, else what the title says.
    pub kind: Option<CatalogueKind>,
}

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

/// Divisions by name, with the state that they have.
pub type Divisions = HashMap<String, Vec<(DivisionCode, DivisionState)>>;

/// Whose a table is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The code of the catalogue.
    pub catalogue: CatalogueCode,
    /// 标题.
    pub title: Option<Text>,
    /// 发布单位.
    pub publisher: Option<Text>,
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

/// Holds the claims against what was asked; what is wrong with them otherwise.
pub fn decide(
    claims: &Claims,
    asked: &Asked,
    divisions: &Divisions,
    vocabulary: &Vocabulary,
) -> Result<Subject, Vec<Note>> {
    let mut notes = Vec::new();
    let division = place(claims, asked, divisions).map_err(|note| notes.push(*note)).ok();
    let domain = about(claims, asked, vocabulary).map_err(|note| notes.push(*note)).ok();
    let (Some((division, level)), Some(domain)) = (division, domain) else { return Err(notes) };
    let text = |words: &Option<String>| words.as_deref().map(Text::new).filter(|text| !text.is_empty());
    let (title, publisher) = (text(&claims.title), text(&claims.publisher));
    if let Some(code) = claims.code.clone().filter(|_| asked.kind.is_none()) {
        return Ok(Subject { catalogue: code, title, publisher });
    }
    let usual = match level {
        Some(Level::Village) => CatalogueKind::Village,
        _ if claims.guideline => CatalogueKind::Guideline,
        _ => CatalogueKind::Standard,
    };
    let letter = asked.kind.unwrap_or(usual).letter().map(String::from).unwrap_or_default();
    let domain = domain.as_ref().map_or("00", DomainCode::as_str);
    let Ok(catalogue) = format!("{division}-{domain}{letter}").parse() else { return Err(notes) };
    Ok(Subject { catalogue, title, publisher })
}

/// The place: the one that was asked for, unless the title names another; else the only one that the title can mean.
fn place(
    claims: &Claims,
    asked: &Asked,
    divisions: &Divisions,
) -> Result<(DivisionCode, Option<Level>), Box<Note>> {
    if let Some(code) = &claims.code {
        let other = asked.division.as_ref().filter(|asked| **asked != code.division);
        return match other {
            Some(asked) => Err(Box::new(
                Note::new(Code::OtherPlace, code.as_str()).expected(asked.as_str(), asked.as_str()),
            )),
            None => Ok((code.division.clone(), None)),
        };
    }
    let named = claims.places.last();
    let meant = candidates(claims, divisions);
    let printed = || claims.places.concat();
    if let Some(division) = &asked.division {
        let level =
            divisions.values().flatten().find(|(code, _)| code == division).map(|(_, state)| state.level);
        let own = divisions.iter().filter(|(_, all)| all.iter().any(|(code, _)| code == division));
        let names: Vec<&str> = own.map(|(name, _)| name.as_str()).collect();
        return match named {
            // Of a place that nobody registered only the name can be compared.
            Some(name)
                if !names.contains(&name.as_str()) && meant.iter().all(|(code, _)| code != division) =>
            {
                let expected = names.first().copied().unwrap_or(division.as_str()).to_owned();
                Err(Box::new(Note::new(Code::OtherPlace, printed()).expected(expected.clone(), expected)))
            }
            _ => Ok((division.clone(), level)),
        };
    }
    match meant.as_slice() {
        [(code, state)] => Ok((code.clone(), Some(state.level))),
        [] => Err(Box::new(Note::new(Code::WhoseCatalogue, printed()).expected(
            "--division 区划代码，或标题中的地名",
            "--division CODE, or the name of a place in the title",
        ))),
        several => {
            let codes: Vec<&str> = several.iter().map(|(code, _)| code.as_str()).collect();
            Err(Box::new(
                Note::new(Code::WhoseCatalogue, printed())
                    .expected("用 --division 指明其中一个", "one of these by --division")
                    .proposal(codes.join(" ")),
            ))
        }
    }
}

/// The divisions that the last of the named places can be, below those named before it.
fn candidates(claims: &Claims, divisions: &Divisions) -> Vec<(DivisionCode, DivisionState)> {
    let of = |name: &String| divisions.get(name).cloned().unwrap_or_default();
    let Some((last, above)) = claims.places.split_last() else { return Vec::new() };
    let below = |code: &DivisionCode, above: &String| {
        let all = of(above);
        all.is_empty() || all.iter().any(|(other, state)| within(code, other, state.level))
    };
    of(last).into_iter().filter(|(code, _)| above.iter().all(|name| below(code, name))).collect()
}

/// Whether a code lies below another of a level, by the digits that the level has.
pub(super) fn within(code: &DivisionCode, above: &DivisionCode, level: Level) -> bool {
    let digits = match level {
        Level::Nation => 0,
        Level::Province => 2,
        Level::Prefecture => 4,
        Level::County => 6,
        Level::Township => 9,
        Level::Village => 12,
    };
    code.as_str().get(..digits) == above.as_str().get(..digits)
}

fn about(claims: &Claims, asked: &Asked, vocabulary: &Vocabulary) -> Result<Option<DomainCode>, Box<Note>> {
    if let Some(code) = &claims.code {
        return match &asked.domain {
            Some(asked) if *asked != code.domain => {
                let expected = asked.as_ref().map_or("00", DomainCode::as_str);
                Err(Box::new(Note::new(Code::OtherDomain, code.as_str()).expected(expected, expected)))
            }
            _ => Ok(code.domain.clone()),
        };
    }
    match (&asked.domain, &claims.domain) {
        (Some(Some(asked)), Some(Domain::Known(named))) if asked != named => Err(Box::new(
            Note::new(Code::OtherDomain, named.as_str()).expected(asked.as_str(), asked.as_str()),
        )),
        (Some(asked), _) => Ok(asked.clone()),
        (None, Some(Domain::Known(named))) => Ok(Some(named.clone())),
        (None, Some(Domain::Unknown(words))) => {
            let like: Vec<&str> =
                vocabulary.domains_like(words, 3, 0.0).into_iter().map(|(code, _)| code).collect();
            Err(Box::new(
                Note::new(Code::UnknownDomainName, words.as_str())
                    .expected("已登记领域的名称，或 --domain", "the name of a registered domain, or --domain")
                    .proposal(like.join(" ")),
            ))
        }
        (None, None) => Err(Box::new(
            Note::new(Code::WhoseCatalogue, claims.title.as_deref().unwrap_or_default())
                .expected("标题中的领域，或 --domain 领域代码", "a domain in the title, or --domain CODE"),
        )),
    }
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
