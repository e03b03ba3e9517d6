//! What the printed words of an element leave unsaid of it.

use std::collections::BTreeSet;

use super::{Hidden, Report};
use crate::catalogue::{
    adopt::Printed,
    canonical::variant_name,
    content::BasisCitation,
    element::ElementKind,
    layout::cell,
    text::Text,
    time_limit::{PublicityPeriod, TimeLimit, TimeLimitKind, TimeUnit},
    version::Source,
};

/// The characters that are not printed as they are, each once.
pub(super) fn replaced(words: &str) -> Vec<String> {
    let signs = words.chars().zip(cell::visible(words).chars().collect::<Vec<_>>());
    let gone: BTreeSet<char> = signs.filter(|(raw, sign)| raw != sign).map(|(raw, _)| raw).collect();
    gone.into_iter().map(|raw| format!("U+{:04X}", u32::from(raw))).collect()
}

pub(super) fn described(source: &Source) -> String {
    let day = source.retrieved_on.map(|day| day.to_string());
    let file = source.file.map(|file| file.to_string());
    let texts =
        [&source.title, &source.publisher, &source.url].map(|text| text.as_ref().map(Text::to_string));
    texts.into_iter().chain([day, file]).flatten().collect::<Vec<_>>().join(" ")
}

/// Whether a text has the letters and figures of a detail in their order, so that a reader finds it there.
pub(super) fn says(text: &str, detail: &str) -> bool {
    if !detail.contains(char::is_alphanumeric) {
        return text.contains(detail);
    }
    let mut words = text.chars();
    detail.chars().filter(|c| c.is_alphanumeric()).all(|c| words.any(|word| word == c))
}

pub(super) fn citation(basis: &BasisCitation, report: &mut Report) {
    let details = [&basis.title, &basis.document_number, &basis.article];
    let hidden = details.into_iter().flatten().map(Text::as_str);
    let kind = basis.kind.filter(|_| !basis.text.as_str().contains('【')).map(|kind| variant_name(&kind));
    let hidden: Vec<&str> = hidden.filter(|detail| !says(basis.text.as_str(), detail)).collect();
    let hidden: Vec<&str> = hidden.into_iter().chain(kind.as_deref()).collect();
    if !hidden.is_empty() {
        report(Hidden::Citation, format!("{}\u{ff1a}{}", basis.text, hidden.join(" · ")));
    }
}

pub(super) fn limit(limit: &TimeLimit, report: &mut Report) {
    let words = cell::limit(limit);
    let mut hidden = Vec::new();
    let sign = match limit.kind {
        // These are told by their numbers.
        TimeLimitKind::Within | TimeLimitKind::Periodic => "",
        TimeLimitKind::RealTime => "实时",
        TimeLimitKind::Timely => "及时",
        TimeLimitKind::LongTerm => "长期",
        TimeLimitKind::AsPrescribed => "规定",
        kind => kind.label(),
    };
    if !words.contains(sign) {
        hidden.push(limit.kind.label().to_owned());
    }
    hidden.extend(measure(&words, limit.count.zip(limit.unit)));
    let period = limit.period.filter(|unit| !says(&words, unit.label()));
    hidden.extend(period.map(|unit| format!("每{}", unit.counted(1))));
    let texts = limit.trigger.iter().chain(&limit.scope).filter(|text| !says(&words, text.as_str()));
    hidden.extend(texts.map(Text::to_string));
    if limit.other_law_prevails == Some(true) && !words.contains("规定") {
        hidden.push("另有规定的从其规定".to_owned());
    }
    if !hidden.is_empty() {
        report(Hidden::TimeLimit, format!("{words}\u{ff1a}{}", hidden.join(" · ")));
    }
}

pub(super) fn period(period: &PublicityPeriod, report: &mut Report) {
    let words = cell::period(period);
    if let Some(hidden) = measure(&words, Some((period.count, period.unit))) {
        report(Hidden::TimeLimit, format!("{words}\u{ff1a}{hidden}"));
    }
}

/// A count of units that the words do not say.
fn measure(words: &str, counted: Option<(u16, TimeUnit)>) -> Option<String> {
    let (count, unit) = counted?;
    let said = words.contains(&count.to_string())
        && (words.contains(unit.label()) || unit == TimeUnit::Day && words.contains('天'));
    (!said).then(|| unit.counted(count))
}

/// Whether the cell of an element that is open-ended ends with a 等 that is not of its own words.
pub(super) fn is_open_in_print(row: &Printed, kind: ElementKind) -> bool {
    let (content, local) = (&row.content, &row.local);
    let last = match kind {
        ElementKind::Name => Some(content.names.last()),
        ElementKind::Content => content.points.as_ref().map(|all| all.last().map(|it| &it.text)),
        ElementKind::Basis => content.basis.as_ref().map(|all| all.last().map(|it| &it.text)),
        ElementKind::TimeLimit => {
            content.time_limits.as_ref().map(|all| all.last().and_then(|it| it.text.as_ref()))
        }
        ElementKind::ResponsibleUnit => local.units.as_ref().map(|all| all.last().map(|it| &it.text)),
        // It has a line of its own there.
        ElementKind::Channel => content.channels.as_ref().map(|_| None),
        ElementKind::Audience => {
            let groups = content.audience.as_ref().and_then(|it| it.groups.as_ref());
            groups.map(|all| all.last().map(|it| &it.text))
        }
        ElementKind::PublicityPeriod | ElementKind::Method | ElementKind::Level | ElementKind::Extension => {
            None
        }
    };
    last.is_some_and(|last| !last.is_some_and(|last| last.as_str().ends_with('等')))
}
