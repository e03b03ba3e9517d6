//! Rules (校验规则): what must hold beyond the JSON Schema. A finding says rule, place, value and expectation.

mod element;
mod expected;
mod reference;
mod row;
mod rule;

use std::collections::{HashMap, HashSet};

pub use element::{Declared, Problem, problems};
pub use expected::expected;
pub use reference::{Known as KnownReferences, check as check_reference};
pub(crate) use rule::codes;
pub use rule::{Finding, Message, Place, Rule, Severity};

use super::{
    code::ItemCode,
    declaration::DeclaredElement,
    digest::Digest,
    division::DivisionState,
    domain::DomainState,
    draft::{Base, Document},
    lineage::Relation,
};

/// The reason that says that none is known; admitted with a warning.
pub const UNSTATED: &str = "未说明";

/// What the registers and the log say about things that a document names.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The catalogue's division, if registered.
    pub division: Option<DivisionState>,
    /// The registered domains by code.
    pub domains: HashMap<String, DomainState>,
    /// Codes of the registered channels.
    pub channels: HashSet<String>,
    /// The items of the upstream version that the document is based on.
    pub upstream_items: HashSet<ItemCode>,
    /// The further elements that the place and the domain declare.
    pub declared: Vec<DeclaredElement>,
    /// The document is a form for the place to fill in, so that required elements may be missing yet.
    pub to_fill: bool,
}

/// Everything that the rules have to say about a document whose rows have codes, in document order.
pub fn check(document: &Document, base: &Base, known: &Known) -> Vec<Finding> {
    let mut findings = Vec::new();
    header(document, base, known, &mut findings);
    let elements = elements(document, known, &mut findings);
    let mut seen = HashSet::new();
    let mut contents: HashMap<(Digest, Digest), usize> = HashMap::new();
    for (index, row) in document.rows.iter().enumerate() {
        let digests = row::check(index, row, known, &elements, &mut findings);
        if let Some(item) = &row.item {
            identity(document, index, item, base, &mut seen, &mut findings);
        }
        let own = digests.map(|(content, _)| content);
        lineage(document, index, own, base, &mut findings);
        if let Some(earlier) = digests.and_then(|key| contents.insert(key, index)) {
            let name = row.content.names.last().map(ToString::to_string).unwrap_or_default();
            let expected = Message::new(
                format!("与第 {} 行不同的内容", earlier + 1),
                format!("something else than row {} says", earlier + 1),
            );
            findings.push(Finding::row(Rule::DuplicateRow, index, "", name, expected));
        }
    }
    findings
}

/// What is declared: by the place and the domain, and by the header what these leave open.
fn elements(document: &Document, known: &Known, findings: &mut Vec<Finding>) -> Vec<Declared> {
    let mut elements: Vec<Declared> = known.declared.iter().filter_map(Declared::of).collect();
    for (index, element) in document.header.elements.iter().enumerate() {
        let own = Declared::of_header(index, element, findings);
        elements.extend(own.filter(|_| !known.declared.iter().any(|declared| declared.is_of(element))));
    }
    elements
}

fn header(document: &Document, base: &Base, known: &Known, findings: &mut Vec<Finding>) {
    let header = &document.header;
    let code = &header.catalogue;
    if known.division.is_none() {
        let expected = Message::new(
            "已登记的行政区划（mulu reference load）",
            "a registered division (mulu reference load)",
        );
        findings.push(Finding::header(Rule::UnknownDivision, "/catalogue", &code.division, expected));
    }
    if let Some(domain) = &code.domain {
        match known.domains.get(domain.as_str()) {
            None => {
                let expected = Message::new("已登记的领域", "a registered domain");
                findings.push(Finding::header(Rule::UnknownDomain, "/catalogue", domain, expected));
            }
            Some(state) if state.valid_to.is_some_and(|end| end < header.effective_from) => {
                let expected = Message::new(
                    "施行日期时仍有效的领域",
                    "a domain that still exists when the version takes effect",
                );
                findings.push(Finding::header(Rule::OutlivedDomain, "/catalogue", &state.name, expected));
            }
            Some(_) => {}
        }
    }
    if let Some(upstream) = header.based_on.as_ref().filter(|_| base.upstream.is_none()) {
        let value = format!("{} #{}", upstream.catalogue, upstream.number);
        let expected = Message::new("已发布的上游目录版本", "a published version of the upstream catalogue");
        findings.push(Finding::header(Rule::UnknownCatalogue, "/basedOn", value, expected));
    }
    let taken: HashSet<&ItemCode> =
        document.rows.iter().filter_map(|row| row.origin.as_ref().map(|o| &o.item)).collect();
    for (index, omission) in header.omissions.iter().enumerate() {
        let pointer = format!("/omissions/{index}");
        if !known.upstream_items.contains(&omission.item) || taken.contains(&omission.item) {
            let expected = Message::new(
                "上游版本中有而本目录未采用的事项",
                "an item of the upstream version that no row takes over",
            );
            findings.push(Finding::header(
                Rule::Omission,
                format!("{pointer}/item"),
                &omission.item,
                expected,
            ));
        }
        unstated(omission.reason.as_str(), None, format!("{pointer}/reason"), findings);
    }
}

fn identity(
    document: &Document,
    index: usize,
    item: &ItemCode,
    base: &Base,
    seen: &mut HashSet<ItemCode>,
    findings: &mut Vec<Finding>,
) {
    if item.catalogue != document.header.catalogue {
        let expected = Message::new(
            format!("以 {} 开头的事项代码", document.header.catalogue),
            format!("an item code of {}", document.header.catalogue),
        );
        findings.push(Finding::row(Rule::ForeignItem, index, "/item", item, expected));
    } else if base.last.is_some() && item.serial <= base.last_serial && !base.minted.contains(item) {
        let expected = Message::new(
            format!("曾经发布过的代码，或大于 {} 的序号，或不写", base.last_serial),
            format!("a code published before, a serial above {}, or none", base.last_serial),
        );
        findings.push(Finding::row(Rule::MintedItem, index, "/item", item, expected));
    }
    if !seen.insert(item.clone()) {
        let expected = Message::new("每个事项代码只出现一次", "each item code once");
        findings.push(Finding::row(Rule::DuplicateItem, index, "/item", item, expected));
    }
    let sources = document.header.sources.len();
    if let Some(source) = document.rows[index].source.filter(|source| *source as usize >= sources) {
        let expected = Message::new(
            format!("小于 {sources} 的序号（sources 的长度）"),
            format!("an index below {sources}, the number of sources"),
        );
        findings.push(Finding::row(Rule::SourceIndex, index, "/source", source, expected));
    }
}

/// `own` is the digest of the row's content.
fn lineage(document: &Document, index: usize, own: Option<Digest>, base: &Base, findings: &mut Vec<Finding>) {
    let row = &document.rows[index];
    if let Some(reason) = &row.reason {
        unstated(reason.as_str(), Some(index), "/reason".to_owned(), findings);
    }
    let Some(origin) = &row.origin else { return };
    let Some(content) = base.origins.get(&(origin.item.clone(), origin.version)) else {
        let expected = Message::new("已发布的上游版本中的事项", "an item of a published upstream version");
        findings.push(Finding::row(Rule::UnknownOrigin, index, "/origin", &origin.item, expected));
        return;
    };
    if row.reason.is_none() && own.is_some_and(|own| Relation::of(own, Some(*content)) == Relation::Adapted) {
        let expected = Message::new("理由；不详时写“未说明”", "a reason; 未说明 where none is known");
        findings.push(Finding::row(Rule::MissingReason, index, "/reason", "", expected));
    }
}

fn unstated(reason: &str, row: Option<usize>, pointer: String, findings: &mut Vec<Finding>) {
    if reason == UNSTATED {
        let expected = Message::new("与上游不同的理由", "why this differs from upstream");
        let place = Place { row, pointer };
        findings.push(Finding { rule: Rule::UnstatedReason, place, value: reason.to_owned(), expected });
    }
}
