//! Rules on one row.

use super::{
    Declared, Known, element,
    rule::{Finding, Message, Rule},
};
use crate::catalogue::{
    canonical::{CanonicalError, escape},
    channel,
    digest::Digest,
    draft::Row,
    element::ElementKind,
    format::Format,
    object::Object,
    time_limit::{TimeLimit, TimeLimitKind},
};

/// Checks a row and gives back the digests of its two parts; `None` where one has no canonical form, which is said.
pub(super) fn check(
    index: usize,
    row: &Row,
    known: &Known,
    elements: &[Declared],
    findings: &mut Vec<Finding>,
) -> Option<(Digest, Digest)> {
    let mut report = |rule, pointer: String, value: String, expected| {
        findings.push(Finding::row(rule, index, pointer, value, expected));
    };
    let mut digest = |part: &str, made: Result<Object, CanonicalError>| match made {
        Ok(object) => Some(object.digest),
        Err(CanonicalError::Refused { pointer, what }) => {
            let expected =
                Message::new(format!("规范形式的值（{what}）"), format!("a value in canonical form: {what}"));
            report(Rule::Shape, format!("/{part}{pointer}"), String::new(), expected);
            None
        }
        Err(_) => None,
    };
    let content = digest("content", row.content.to_object());
    let local = digest("local", row.local.to_object());
    elements_present(row, &mut report);
    channels(row, known, &mut report);
    for (i, limit) in row.content.time_limits.iter().flatten().enumerate() {
        time_limit(limit, format!("/content/timeLimits/{i}"), &mut report);
    }
    domain(row, known, &mut report);
    element::check_row(row, elements, known.to_fill, &mut report);
    oddities(row, &mut report);
    content.zip(local)
}

pub(super) type Report<'a> = dyn FnMut(Rule, String, String, Message) + 'a;

/// Which of the eight elements of 国办发〔2019〕54号, and of the others, the row has.
fn has(row: &Row, kind: ElementKind) -> bool {
    let (content, local) = (&row.content, &row.local);
    match kind {
        ElementKind::Name => !content.names.is_empty(),
        ElementKind::Content => content.points.is_some(),
        ElementKind::Basis => content.basis.is_some(),
        ElementKind::TimeLimit => content.time_limits.is_some(),
        ElementKind::PublicityPeriod => content.publicity_period.is_some(),
        ElementKind::ResponsibleUnit => local.units.is_some(),
        ElementKind::Method => content.methods.is_some(),
        ElementKind::Channel => content.channels.is_some(),
        ElementKind::Audience => content.audience.is_some(),
        ElementKind::Level => local.levels.is_some(),
        ElementKind::Extension => content.extensions.is_some() || local.extensions.is_some(),
    }
}

fn elements_present(row: &Row, report: &mut Report) {
    use ElementKind::*;
    let name = || row.content.names.last().map(ToString::to_string).unwrap_or_default();
    if ![Content, Basis, TimeLimit, ResponsibleUnit].into_iter().any(|kind| has(row, kind)) {
        let expected = Message::new(
            "内容、依据、时限、主体至少一项",
            "at least one of content, basis, time limit and responsible unit",
        );
        report(Rule::Empty, "/content".to_owned(), name(), expected);
    }
    for (i, kind) in row.local.inferred.iter().flatten().enumerate() {
        if !has(row, *kind) {
            let expected = Message::new("行内已有的要素", "an element that the row has");
            report(Rule::Inferred, format!("/local/inferred/{i}"), kind.label().to_owned(), expected);
        }
    }
    for kind in [Content, Basis, TimeLimit, ResponsibleUnit, Method, Channel, Audience] {
        if !has(row, kind) {
            let expected = Message::new(kind.label(), kind.label_en());
            report(Rule::MissingElement, String::new(), name(), expected);
        }
    }
}

fn channels(row: &Row, known: &Known, report: &mut Report) {
    let channels = row.content.channels.as_deref().unwrap_or_default();
    for (i, used) in channels.iter().enumerate() {
        let pointer = format!("/content/channels/{i}");
        if !known.channels.contains(&used.code) {
            let expected = Message::new("已登记的渠道代码", "the code of a registered channel");
            report(Rule::UnknownChannel, format!("{pointer}/code"), used.code.clone(), expected);
        }
        if used.code == channel::OTHER && used.text.is_none() {
            let expected = Message::new("写明渠道名称", "the name of the channel");
            report(Rule::OtherChannel, format!("{pointer}/text"), String::new(), expected);
        }
    }
    for (code, url) in row.local.addresses.iter().flatten() {
        let pointer = format!("/local/addresses/{}", escape(code));
        if !channels.iter().any(|used| used.code == *code) {
            let expected = Message::new("本行列出的渠道", "a channel that the row lists");
            report(Rule::Address, pointer, code.clone(), expected);
        } else if !(["http://", "https://"].iter().any(|scheme| url.as_str().starts_with(scheme))) {
            let expected = Message::new(
                "以 http:// 或 https:// 开头的网址",
                "a URL that begins with http:// or https://",
            );
            report(Rule::Address, pointer, url.to_string(), expected);
        }
    }
}

/// `count` and `unit` go together; WITHIN needs both, PERIODIC a period, and the kinds without a number have none.
fn time_limit(limit: &TimeLimit, pointer: String, report: &mut Report) {
    use TimeLimitKind::*;
    let measured = limit.count.is_some() && limit.unit.is_some();
    let bare = limit.count.is_none() && limit.unit.is_none();
    let fits = match limit.kind {
        Within => measured && limit.period.is_none(),
        BeforeEvent => (measured || bare) && limit.period.is_none(),
        Periodic => limit.period.is_some() && (measured || bare),
        RealTime | Timely | LongTerm | FixedDate | WithEvent | AsPrescribed | Other | Unstated => {
            bare && limit.period.is_none()
        }
    };
    if fits {
        return;
    }
    let expected = match limit.kind {
        Within => Message::new("数量和单位，没有周期", "count and unit, no period"),
        BeforeEvent => Message::new("数量和单位，或两者都没有", "count and unit, or neither"),
        Periodic => {
            Message::new("周期，及数量和单位（或两者都没有）", "a period, with count and unit or neither")
        }
        _ => Message::new("没有数量、单位和周期", "no count, unit or period"),
    };
    report(Rule::TimeLimit, pointer, limit.kind.label().to_owned(), expected);
}

fn domain(row: &Row, known: &Known, report: &mut Report) {
    let (Some(domain), Some(item)) = (&row.local.domain, &row.item) else { return };
    if item.catalogue.domain.is_some() {
        let expected = Message::new("不写领域（目录代码已写明）", "no domain: the catalogue's code says it");
        report(Rule::RowDomain, "/local/domain".to_owned(), domain.to_string(), expected);
    } else if !known.domains.contains_key(domain.as_str()) {
        let expected = Message::new("已登记的领域", "a registered domain");
        report(Rule::UnknownDomain, "/local/domain".to_owned(), domain.to_string(), expected);
    }
}

fn oddities(row: &Row, report: &mut Report) {
    let content = &row.content;
    if let Some(audience) = &content.audience
        && audience.whole_society == Some(true)
        && audience.groups.as_ref().is_some_and(|groups| !groups.is_empty())
    {
        let expected = Message::new("全社会或特定群体之一", "either the whole society or specific groups");
        report(Rule::Audience, "/content/audience".to_owned(), "全社会+特定群体".to_owned(), expected);
    }
    if let Some(methods) = &content.methods
        && methods.proactive.is_some()
        && methods.proactive == methods.on_request
    {
        let value = if methods.proactive == Some(true) { "主动+依申请" } else { "" };
        let expected = Message::new("主动公开或依申请公开之一", "either proactive or on request");
        report(Rule::Methods, "/content/methods".to_owned(), value.to_owned(), expected);
    }
    for (i, basis) in content.basis.iter().flatten().enumerate() {
        if let Some(number) =
            basis.document_number.as_ref().filter(|number| unusual_brackets(number.as_str()))
        {
            let expected = Message::new("如 青政办〔2020〕3号", "such as 青政办〔2020〕3号");
            report(
                Rule::DocumentNumber,
                format!("/content/basis/{i}/documentNumber"),
                number.to_string(),
                expected,
            );
        }
        if placeholder(basis.text.as_str()) {
            let expected = Message::new("本地的文件", "the document of this place");
            report(Rule::Placeholder, format!("/content/basis/{i}/text"), basis.text.to_string(), expected);
        }
    }
}

/// A year in any brackets but 〔〕: those were retyped by hand (import quirk B3).
fn unusual_brackets(number: &str) -> bool {
    number
        .chars()
        .any(|c| matches!(c, '[' | ']' | '(' | ')' | '\u{FF08}' | '\u{FF09}' | '﹝' | '﹞' | '【' | '】'))
}

/// XX省, 县(区、市): words that the national template leaves for each place to fill in.
fn placeholder(text: &str) -> bool {
    ["XX", "××", "县(区、市)", "县\u{FF08}区、市\u{FF09}"].iter().any(|mark| text.contains(mark))
}
