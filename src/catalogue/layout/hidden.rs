//! What a table of this layout cannot say of a version.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Layout, Part, UNKNOWN, cell};
use crate::catalogue::{
    adopt::Printed,
    canonical::variant_name,
    content::{BasisCitation, ChannelRule, Content, ContentPoint},
    element::ElementKind,
    text::Text,
    time_limit::{PublicityPeriod, TimeLimit, TimeLimitKind, TimeUnit},
    version::Source,
};

/// Something known that the table does not show (未能呈现).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotShown {
    /// What kind of thing it is.
    pub kind: Hidden,
    /// What it says.
    pub text: String,
}

/// What a table has no place for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Hidden {
    /// 备注 of the version.
    Note,
    /// 上游版本 that the version was made from.
    BasedOn,
    /// 未采用.
    Omission,
    /// 扩展要素 that the version declares, with the schema of their values.
    Declaration,
    /// 事项代码.
    ItemCode,
    /// 来源事项: the upstream item.
    Origin,
    /// 调整理由.
    Reason,
    /// 来源: where the row was found.
    Source,
    /// 领域 of a row in a catalogue of one domain.
    RowDomain,
    /// 网址 of a channel.
    Address,
    /// What is known of a citation and its words do not say: title, document number, article, kind.
    Citation,
    /// What is known of a time limit or a publicity period and its words do not say.
    TimeLimit,
    /// 必选、可选 of a channel, where not every channel of the version tells.
    Required,
    /// Which registered channel is meant by a row's own wording.
    ChannelCode,
    /// The order of the row's channels, where it is not the template's.
    ChannelOrder,
    /// Whether all channels are due or one suffices, where the rows do not agree on the latter.
    ChannelRule,
    /// Which units of which any one answers.
    Alternatives,
    /// 特定群体代码.
    AudienceCode,
    /// 推断的要素.
    Inferred,
    /// 等 at an element that has no words to put it at, or whose own words end so.
    OpenEnded,
    /// 公开层级 that are known to be none at all, not level by level.
    NoLevel,
    /// Where one value ends and the next begins, or what a mark before it means: a value has that in its own words.
    Boundary,
    /// That an element is known: its words are the sign for what is not.
    Dash,
    /// Characters that no file could carry, which were replaced by signs.
    ControlCharacter,
}

impl Hidden {
    /// The Chinese term.
    pub fn label(self) -> &'static str {
        match self {
            Self::Note => "备注",
            Self::BasedOn => "上游版本",
            Self::Omission => "未采用的事项",
            Self::Declaration => "扩展要素的声明",
            Self::ItemCode => "事项代码",
            Self::Origin => "来源事项",
            Self::Reason => "调整理由",
            Self::Source => "来源",
            Self::RowDomain => "行的领域",
            Self::Address => "渠道网址",
            Self::Citation => "依据的解读",
            Self::TimeLimit => "时限的解读",
            Self::Required => "渠道必选、可选",
            Self::ChannelCode => "渠道代码",
            Self::ChannelOrder => "渠道次序",
            Self::ChannelRule => "渠道规则",
            Self::Alternatives => "可互换的主体",
            Self::AudienceCode => "特定群体代码",
            Self::Inferred => "推断的要素",
            Self::OpenEnded => "以“等”结尾",
            Self::NoLevel => "无公开层级",
            Self::Boundary => "各项的分界",
            Self::Dash => "与未知符号相同的文字",
            Self::ControlCharacter => "控制字符",
        }
    }

    /// The English term: the code in small letters.
    pub fn label_en(self) -> String {
        variant_name(&self).to_lowercase().replace('_', " ")
    }
}

type Report<'a> = dyn FnMut(Hidden, String) + 'a;

impl Layout {
    /// What the table cannot say of a row.
    pub fn not_shown(&self, row: &Printed) -> Vec<NotShown> {
        let mut found = Vec::new();
        let mut report = |kind, text: String| found.push(NotShown { kind, text: cell::visible(&text) });
        self.entry(row, &mut report);
        self.shared(&row.content, &mut report);
        self.own(row, &mut report);
        self.words(row, &mut report);
        found
    }

    /// What the table cannot say of the version as a whole.
    pub fn not_shown_of_version(&self) -> Vec<NotShown> {
        let version = &self.version;
        let note = version.note.iter().map(|note| (Hidden::Note, note.to_string()));
        let based_on =
            version.based_on.iter().map(|on| (Hidden::BasedOn, format!("{}#{}", on.catalogue, on.number)));
        let omissions = version.omissions.iter();
        let omissions = omissions.map(|it| (Hidden::Omission, format!("{} {}", it.item, it.reason)));
        let declared = self.declared.iter();
        let declared = declared.map(|it| (Hidden::Declaration, format!("{} {}", it.key, it.schema)));
        let words = version.title.iter().chain(&version.publisher).chain([&version.label]);
        let words = words.chain(self.declared.iter().map(|it| &it.label)).map(Text::as_str);
        let replaced = words.map(|words| (replaced(words).join(" "), words));
        let replaced = replaced.filter(|(gone, _)| !gone.is_empty());
        let replaced = replaced.map(|(gone, words)| (Hidden::ControlCharacter, format!("{gone} {words}")));
        let all = note.chain(based_on).chain(omissions).chain(declared).chain(replaced);
        all.map(|(kind, text)| NotShown { kind, text: cell::visible(&text) }).collect()
    }

    fn entry(&self, row: &Printed, report: &mut Report) {
        let entry = &row.entry;
        report(Hidden::ItemCode, entry.item.to_string());
        if let Some(origin) = &entry.origin {
            report(Hidden::Origin, format!("{} {} {}", entry.relation.label(), origin.item, origin.version));
        }
        if let Some(reason) = &entry.reason {
            report(Hidden::Reason, reason.to_string());
        }
        if let Some(source) = entry.source.and_then(|index| self.source(index)) {
            report(Hidden::Source, described(source));
        }
    }

    fn shared(&self, content: &Content, report: &mut Report) {
        content.basis.iter().flatten().for_each(|basis| citation(basis, report));
        content.time_limits.iter().flatten().for_each(|it| limit(it, report));
        content.publicity_period.iter().for_each(|it| period(it, report));
        let used = content.channels.as_deref().unwrap_or_default();
        for one in used {
            let name = self.channel_name(&one.code);
            if let Some(required) = one.required.filter(|_| !self.marks.required) {
                report(Hidden::Required, format!("{name} {}", if required { "必选" } else { "可选" }));
            }
            let reworded = one
                .text
                .as_ref()
                .filter(|text| one.code != crate::catalogue::channel::OTHER && text.as_str() != name);
            if let Some(text) = reworded {
                report(Hidden::ChannelCode, format!("{text} {}", one.code));
            }
        }
        if !self.in_order(used).into_iter().eq(used) {
            let codes: Vec<&str> = used.iter().map(|one| one.code.as_str()).collect();
            report(Hidden::ChannelOrder, codes.join("、"));
        }
        if let Some(rule) = content.channel_rule.filter(|_| !self.marks.any || content.channels.is_none()) {
            let words = match rule {
                ChannelRule::All => "所列渠道均须公开",
                ChannelRule::Any => "所列渠道至少选择其一",
            };
            report(Hidden::ChannelRule, words.to_owned());
        }
        for group in content.audience.iter().flat_map(|it| it.groups.iter().flatten()) {
            if let Some(code) = &group.code {
                report(Hidden::AudienceCode, format!("{} {code}", group.text));
            }
        }
    }

    fn own(&self, row: &Printed, report: &mut Report) {
        let local = &row.local;
        for kind in row.content.open_ended.iter().flatten().filter(|kind| !is_open_in_print(row, **kind)) {
            report(Hidden::OpenEnded, kind.label().to_owned());
        }
        if let Some(domain) = &local.domain
            && self.version.catalogue.domain.is_some()
        {
            report(Hidden::RowDomain, domain.as_str().to_owned());
        }
        for unit in local.units.iter().flatten() {
            let others: Vec<&str> = unit.alternatives.iter().flatten().map(Text::as_str).collect();
            if !others.iter().all(|other| says(unit.text.as_str(), other)) {
                report(Hidden::Alternatives, format!("{}\u{ff1a}{}", unit.text, others.join(" / ")));
            }
        }
        if local.levels.as_ref().is_some_and(std::collections::BTreeMap::is_empty) {
            report(Hidden::NoLevel, String::new());
        }
        for (code, url) in local.addresses.iter().flatten() {
            report(Hidden::Address, format!("{} {url}", self.channel_name(code)));
        }
        let inferred: Vec<&str> = local.inferred.iter().flatten().map(|kind| kind.label()).collect();
        if !inferred.is_empty() {
            report(Hidden::Inferred, inferred.join("、"));
        }
    }

    /// What gets lost in the words themselves.
    fn words(&self, row: &Printed, report: &mut Report) {
        let content = &row.content;
        let lines = content.points.iter().flatten().map(|it| &it.text);
        let lines = lines.chain(content.basis.iter().flatten().map(|it| &it.text));
        let lines = lines.chain(content.time_limits.iter().flatten().filter_map(|it| it.text.as_ref()));
        let lines = lines.chain(row.local.units.iter().flatten().map(|it| &it.text));
        let lines = lines.chain(content.channels.iter().flatten().filter_map(|it| it.text.as_ref()));
        let groups = content.audience.iter().flat_map(|it| it.groups.iter().flatten()).map(|it| &it.text);
        let parted = lines.map(|text| (text, '\n')).chain(groups.map(|text| (text, '、')));
        for (text, _) in parted.filter(|(text, between)| text.as_str().contains(*between)) {
            report(Hidden::Boundary, text.to_string());
        }
        let marked =
            |point: &&ContentPoint| point.required.is_none() && point.text.as_str().starts_with(['●', '〇']);
        for point in content.points.iter().flatten().filter(marked) {
            report(Hidden::Boundary, point.text.to_string());
        }
        for column in &self.columns {
            let raw = self.raw(&column.part, row);
            let replaced = replaced(&raw);
            if !replaced.is_empty() {
                report(Hidden::ControlCharacter, format!("{} {raw}", replaced.join(" ")));
            }
            if raw == UNKNOWN && self.is_known(&column.part, row) {
                report(Hidden::Dash, column.label.clone());
            }
        }
    }

    /// Whether what a part prints is the words of an element, not the sign that it is not known.
    fn is_known(&self, part: &Part, row: &Printed) -> bool {
        let (content, local) = (&row.content, &row.local);
        match part {
            Part::Sequence | Part::Domain | Part::Name(_) => true,
            Part::Content => content.points.is_some(),
            Part::Basis => content.basis.is_some(),
            Part::TimeLimit => content.time_limits.is_some(),
            Part::ResponsibleUnit => local.units.is_some(),
            Part::Channel => content.channels.is_some(),
            Part::Groups => content.audience.as_ref().is_some_and(|it| it.groups.is_some()),
            Part::WholeSociety | Part::Proactive | Part::OnRequest | Part::Level(_) => false,
            Part::Extension(part, key) => cell::extensions(*part, row).any(|(other, _)| other == key),
        }
    }
}

/// The characters that are not printed as they are, each once.
fn replaced(words: &str) -> Vec<String> {
    let signs = words.chars().zip(cell::visible(words).chars().collect::<Vec<_>>());
    let gone: BTreeSet<char> = signs.filter(|(raw, sign)| raw != sign).map(|(raw, _)| raw).collect();
    gone.into_iter().map(|raw| format!("U+{:04X}", u32::from(raw))).collect()
}

fn described(source: &Source) -> String {
    let day = source.retrieved_on.map(|day| day.to_string());
    let file = source.file.map(|file| file.to_string());
    let texts =
        [&source.title, &source.publisher, &source.url].map(|text| text.as_ref().map(Text::to_string));
    texts.into_iter().chain([day, file]).flatten().collect::<Vec<_>>().join(" ")
}

/// Whether a text has the letters and figures of a detail in their order, so that a reader finds it there.
fn says(text: &str, detail: &str) -> bool {
    if !detail.contains(char::is_alphanumeric) {
        return text.contains(detail);
    }
    let mut words = text.chars();
    detail.chars().filter(|c| c.is_alphanumeric()).all(|c| words.any(|word| word == c))
}

fn citation(basis: &BasisCitation, report: &mut Report) {
    let details = [&basis.title, &basis.document_number, &basis.article];
    let hidden = details.into_iter().flatten().map(Text::as_str);
    let kind = basis.kind.filter(|_| !basis.text.as_str().contains('【')).map(|kind| variant_name(&kind));
    let hidden: Vec<&str> = hidden.filter(|detail| !says(basis.text.as_str(), detail)).collect();
    let hidden: Vec<&str> = hidden.into_iter().chain(kind.as_deref()).collect();
    if !hidden.is_empty() {
        report(Hidden::Citation, format!("{}\u{ff1a}{}", basis.text, hidden.join(" · ")));
    }
}

fn limit(limit: &TimeLimit, report: &mut Report) {
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

fn period(period: &PublicityPeriod, report: &mut Report) {
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
fn is_open_in_print(row: &Printed, kind: ElementKind) -> bool {
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
