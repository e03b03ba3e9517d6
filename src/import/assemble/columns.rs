//! What columns stand for beyond the words over them: parts of the national layout, further elements, domains.

use std::collections::HashMap;

use super::Context;
use crate::{
    catalogue::{code::DomainCode, division::Level, element::ElementPart, layout::Part, text::Text},
    import::{
        cell::{Reading, clean},
        finding::{Code, Note},
        table::{self, Column, Field, Table},
        vocabulary::{Named, Vocabulary},
    },
};

/// What the national layout calls a column; `None` for one that it has otherwise.
pub(super) fn part(
    column: &Column,
    levels: &[Level],
    extension: Option<&(ElementPart, Text)>,
) -> Option<Part> {
    Some(match &column.field {
        Field::Domain => Part::Domain,
        Field::Name(level) => Part::Name(*level),
        Field::Content => Part::Content,
        Field::Basis => Part::Basis,
        Field::TimeLimit => Part::TimeLimit,
        Field::Units => Part::ResponsibleUnit,
        Field::Channels => Part::Channel,
        Field::WholeSociety => Part::WholeSociety,
        Field::Groups => Part::Groups,
        Field::Proactive => Part::Proactive,
        Field::OnRequest => Part::OnRequest,
        Field::Level(_) => match levels {
            [level] => Part::Level(*level),
            _ => return None,
        },
        Field::Extra(_) => {
            let (part, key) = extension?;
            Part::Extension(*part, key.clone())
        }
        Field::Sequence | Field::Names | Field::Audience | Field::Method | Field::Levels => return None,
    })
}

/// The part and key of each column's further element: as declared, else by what its words are about.
pub(super) fn extensions(table: &Table, context: &Context) -> Vec<Option<(ElementPart, Text)>> {
    let mut met: HashMap<String, usize> = HashMap::new();
    let of = |column: &Column| {
        let Field::Extra(label) = &column.field else { return None };
        let words = table::folded(label);
        let nth = met.entry(words.clone()).or_default();
        let declared = context.declared.get(&words).and_then(|all| all.get(*nth)).cloned();
        *nth += 1;
        Some(declared.unwrap_or_else(|| (ElementPart::usual(label), Text::new(label))))
    };
    table.columns.iter().map(of).collect()
}

/// The domain of a row by its name, in a catalogue of all domains. In one of a single domain rows have none of their
/// own, and one that names another does not belong there.
pub(super) fn domain(raw: &str, whole: Option<&DomainCode>, vocabulary: &Vocabulary) -> Reading<DomainCode> {
    clean::words(raw).and_then(|words| match (vocabulary.domain(&words), whole) {
        (named, Some(whole)) => {
            let other = named.filter(|named| named.code != whole.as_str());
            let note = |named: Named| {
                Note::new(Code::OtherDomain, words.clone()).understood(named.code).expected(
                    format!("领域 {whole} 的事项；各领域的目录用 --domain 00"),
                    format!("an item of domain {whole}; --domain 00 for a catalogue of all domains"),
                )
            };
            Reading::blank(other.map(note).into_iter().collect())
        }
        (Some(named), None) => {
            let notes = match named.own {
                true => Vec::new(),
                false => vec![Note::new(Code::DomainAlias, words.clone()).understood(named.code)],
            };
            Reading { value: named.code.parse().ok(), notes }
        }
        (None, None) if let Some(named) = vocabulary.domain_with_typo(&words) => {
            let note = Note::new(Code::Typo, words.clone()).understood(named.code).proposal(named.wording);
            Reading { value: named.code.parse().ok(), notes: vec![note] }
        }
        (None, None) => {
            let like: Vec<&str> =
                vocabulary.domains_like(&words, 3, 0.0).into_iter().map(|(code, _)| code).collect();
            let note = Note::new(Code::UnknownDomainName, words.clone())
                .expected("已登记领域的名称", "the name of a registered domain")
                .proposal(like.join(" "));
            Reading::blank(vec![note])
        }
    })
}
