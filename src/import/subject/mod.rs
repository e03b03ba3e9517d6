//! Whose catalogue a table is: what its title, its sheet and the lines above it claim, held against what was asked.
//! Where they disagree that is an error, never a guess.

mod claims;

use std::collections::HashMap;

pub use self::claims::{Claims, Domain, claims};
use super::{
    finding::{Code, Note},
    vocabulary::Vocabulary,
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
