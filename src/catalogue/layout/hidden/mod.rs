//! What a table of this layout cannot say of a version.

mod kind;
mod words;

use serde::Serialize;

pub use self::kind::Hidden;
use self::words::{citation, described, is_open_in_print, limit, period, replaced, says};
use super::{Layout, Part, UNKNOWN, cell};
use crate::catalogue::{
    adopt::Printed,
    content::{ChannelRule, Content, ContentPoint},
    text::Text,
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
