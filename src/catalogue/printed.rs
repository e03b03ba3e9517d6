//! Elements in print (公开要素的文字): an item as the plain texts that screens, tables and comparisons show.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Serialize;

use super::{
    content::{Audience, BasisCitation, ChannelRule, ChannelUse, Content, Methods},
    division::Level,
    element::ElementKind,
    local::Local,
    text::Text,
    time_limit::{PublicityPeriod, TimeLimit},
};

/// One element as text, in words that are lent where they stand so in the item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said<'a> {
    /// Which element.
    pub kind: ElementKind,
    /// What tables print over it.
    pub label: Cow<'a, str>,
    /// Its values one by one, as the table has them.
    pub values: Vec<Cow<'a, str>>,
}

/// One element as text, with all that is known beside the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// Which element.
    pub kind: ElementKind,
    /// What tables print over it.
    pub label: String,
    /// Its values one by one, as the table has them.
    pub values: Vec<String>,
    /// The same with all that is known beside the words: 必选, what a time limit means, ticks that say no.
    pub marked: Vec<String>,
}

/// What printing must look up.
pub trait Names {
    /// The name of a channel; `None` where its code is not known.
    fn channel(&self, code: &str) -> Option<&str>;

    /// What tables print over a declared element.
    fn extension(&self, key: &str) -> Option<&str>;
}

/// An element of both sides that says something else, or that only one side has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ElementChange {
    /// Which element.
    pub kind: ElementKind,
    /// What tables print over it.
    pub label: String,
    /// What it said; `None` where it was not known.
    pub before: Option<String>,
    /// What it says; `None` where it is not known.
    pub after: Option<String>,
}

impl Said<'_> {
    /// Its values in one text, one a line.
    pub fn text(&self) -> Cow<'_, str> {
        match self.values.as_slice() {
            [one] => Cow::Borrowed(one),
            values => Cow::Owned(values.join("\n")),
        }
    }
}

impl Printed {
    /// Its values in one text, one a line.
    pub fn text(&self) -> String {
        self.values.join("\n")
    }
}

/// Every element that is known of an item, in the customary order.
pub fn print<'a>(content: &'a Content, local: &'a Local, names: &'a impl Names) -> Vec<Said<'a>> {
    // Nearly every row has one of each, and nothing that is declared.
    let mut said = Vec::with_capacity(ElementKind::Extension as usize);
    add_shared(&mut said, content, names);
    add_own(&mut said, local, names);
    said.sort_by_key(|element| element.kind);
    said
}

/// The same with what is known beside the words, and with what stands beside the elements of a table: addresses of
/// channels, the row's own domain.
pub fn print_all(content: &Content, local: &Local, names: &impl Names) -> Vec<Printed> {
    let mut said = print(content, local, names);
    // What is declared comes last, and these after it.
    said.extend(beside(local, content.channels.as_deref(), names));
    said.into_iter().map(|element| marked(element, content, local)).collect()
}

/// The elements that differ, in the customary order.
pub fn compare(before: &[Printed], after: &[Printed]) -> Vec<ElementChange> {
    let find = |side: &[Printed], element: &Printed| {
        side.iter().find(|other| other.kind == element.kind && other.label == element.label).cloned()
    };
    let mut changes = Vec::new();
    let removed = before.iter().filter(|element| find(after, element).is_none());
    for element in after.iter().chain(removed) {
        let (old, new) = (find(before, element), find(after, element));
        if old.as_ref().map(|old| &old.marked) == new.as_ref().map(|new| &new.marked) {
            continue;
        }
        // The words of the table, unless only what is known beside them differs.
        let same_words = old.as_ref().map(Printed::text) == new.as_ref().map(Printed::text);
        let text = |side: Option<Printed>| {
            side.map(|side| if same_words { side.marked.join("\n") } else { side.text() })
        };
        let (kind, label) = (element.kind, element.label.clone());
        changes.push(ElementChange { kind, label, before: text(old), after: text(new) });
    }
    changes.sort_by_key(|change| change.kind);
    changes
}

/// What is known of the part that is meant to be the same everywhere.
pub(super) fn shared<'a>(content: &'a Content, names: &'a impl Names) -> Vec<Said<'a>> {
    let mut said = Vec::new();
    add_shared(&mut said, content, names);
    said
}

fn add_shared<'a>(said: &mut Vec<Said<'a>>, content: &'a Content, names: &'a impl Names) {
    let mut add = |kind, values: Option<Vec<Cow<'a, str>>>| {
        said.extend(values.map(|values| Said { kind, label: Cow::Borrowed(kind.label()), values }));
    };
    add(ElementKind::Name, Some(content.names.iter().map(lent).collect()));
    let points = content.points.as_ref();
    add(ElementKind::Content, points.map(|all| all.iter().map(|point| lent(&point.text)).collect()));
    let basis = content.basis.as_ref();
    add(ElementKind::Basis, basis.map(|all| all.iter().map(|basis| lent(&basis.text)).collect()));
    let limits = content.time_limits.as_ref();
    add(ElementKind::TimeLimit, limits.map(|all| all.iter().map(limit_words).collect()));
    add(ElementKind::PublicityPeriod, content.publicity_period.as_ref().map(|it| vec![period_words(it)]));
    add(ElementKind::Method, content.methods.map(|methods| ticked(method_ticks(methods)).collect()));
    let channels = content.channels.as_ref();
    add(
        ElementKind::Channel,
        channels.map(|all| all.iter().map(|used| channel(used, names).into()).collect()),
    );
    add(
        ElementKind::Audience,
        content.audience.as_ref().map(|audience| {
            let groups = audience.groups.iter().flatten().map(|group| lent(&group.text));
            ticked(whole_society(audience)).chain(groups).collect()
        }),
    );
    said.extend(extensions(content.extensions.as_ref(), names));
}

/// What is known of the part that says who and where.
pub(super) fn own<'a>(local: &'a Local, names: &'a impl Names) -> Vec<Said<'a>> {
    let mut said = Vec::new();
    add_own(&mut said, local, names);
    said
}

fn add_own<'a>(said: &mut Vec<Said<'a>>, local: &'a Local, names: &'a impl Names) {
    let units = local.units.as_ref().map(|units| units.iter().map(|unit| lent(&unit.text)).collect());
    let levels = local.levels.as_ref().map(|levels| ticked(level_ticks(levels)).collect());
    let known = [(ElementKind::ResponsibleUnit, units), (ElementKind::Level, levels)];
    said.extend(known.into_iter().filter_map(|(kind, values)| {
        Some(Said { kind, label: Cow::Borrowed(kind.label()), values: values? })
    }));
    said.extend(extensions(local.extensions.as_ref(), names));
}

fn beside<'a>(local: &'a Local, channels: Option<&'a [ChannelUse]>, names: &'a impl Names) -> Vec<Said<'a>> {
    let address = |(code, url): (&'a String, &'a Text)| {
        let used = channels.iter().flat_map(|all| all.iter()).find(|used| used.code == *code);
        let name = used.map(|used| channel(used, names)).or_else(|| names.channel(code));
        labelled(format!("{} · 网址", name.unwrap_or(code)).into(), url.as_str())
    };
    let mut said: Vec<Said<'a>> = local.addresses.iter().flatten().map(address).collect();
    said.extend(local.domain.iter().map(|code| labelled("领域".into(), code.as_str())));
    said
}

fn extensions<'a>(
    declared: Option<&'a BTreeMap<Text, Text>>,
    names: &'a impl Names,
) -> impl Iterator<Item = Said<'a>> {
    let extension = |(key, text): (&'a Text, &'a Text)| {
        let label = names.extension(key.as_str()).unwrap_or(key.as_str());
        labelled(label.into(), text.as_str())
    };
    declared.into_iter().flatten().map(extension)
}

fn labelled<'a>(label: Cow<'a, str>, text: &'a str) -> Said<'a> {
    Said { kind: ElementKind::Extension, label, values: vec![Cow::Borrowed(text)] }
}

fn lent(text: &Text) -> Cow<'_, str> {
    Cow::Borrowed(text.as_str())
}

/// What may be ticked, and whether it is; `None` where that cannot be told.
type Tick = (&'static str, Option<bool>);

fn method_ticks(methods: Methods) -> [Tick; 2] {
    [("主动公开", methods.proactive), ("依申请公开", methods.on_request)]
}

fn whole_society(audience: &Audience) -> [Tick; 1] {
    [("全社会", audience.whole_society)]
}

fn level_ticks(levels: &BTreeMap<Level, bool>) -> impl Iterator<Item = Tick> {
    levels.iter().map(|(level, tick)| (level.label(), Some(*tick)))
}

/// Those ticked.
fn ticked<'a>(ticks: impl IntoIterator<Item = Tick>) -> impl Iterator<Item = Cow<'a, str>> {
    ticks.into_iter().filter(|(_, tick)| *tick == Some(true)).map(|(label, _)| Cow::Borrowed(label))
}

/// Those of which the table says yes or no.
fn answered(ticks: impl IntoIterator<Item = Tick>) -> impl Iterator<Item = String> {
    let known = ticks.into_iter().filter_map(|(label, tick)| Some((label, tick?)));
    known.map(|(label, tick)| format!("{label}：{}", if tick { "是" } else { "否" }))
}

/// An element with what is known beside its words.
fn marked(said: Said<'_>, content: &Content, local: &Local) -> Printed {
    let with_choice = |required: Option<bool>, text: &str| {
        let mark = match required {
            Some(true) => "〔必选〕",
            Some(false) => "〔可选〕",
            None => "",
        };
        format!("{text}{mark}")
    };
    let words = said.values.iter().map(Cow::as_ref);
    let mut marked: Vec<String> = match said.kind {
        ElementKind::Name | ElementKind::Extension => words.map(str::to_owned).collect(),
        ElementKind::Content => {
            let points = content.points.iter().flatten();
            points.zip(words).map(|(point, text)| with_choice(point.required, text)).collect()
        }
        ElementKind::Basis => {
            let cited = |(basis, text): (&BasisCitation, &str)| {
                let more = [&basis.title, &basis.document_number, &basis.article]
                    .map(|text| text.as_ref().map_or("", Text::as_str));
                format!("{text} 〔{}〕", more.join(" · "))
            };
            content.basis.iter().flatten().zip(words).map(cited).collect()
        }
        ElementKind::TimeLimit => content.time_limits.iter().flatten().map(limit).collect(),
        ElementKind::PublicityPeriod => content.publicity_period.iter().map(period).collect(),
        ElementKind::Method => content.methods.iter().flat_map(|it| answered(method_ticks(*it))).collect(),
        ElementKind::Channel => {
            let used = content.channels.iter().flatten();
            let rule = content.channel_rule.map(|rule| match rule {
                ChannelRule::All => "所列渠道均须公开".to_owned(),
                ChannelRule::Any => "所列渠道至少选择其一".to_owned(),
            });
            used.zip(words).map(|(used, text)| with_choice(used.required, text)).chain(rule).collect()
        }
        ElementKind::Audience => content.audience.iter().flat_map(audience).collect(),
        ElementKind::ResponsibleUnit => {
            let unit = |unit: &super::local::UnitText| {
                let any =
                    unit.alternatives.iter().flatten().map(Text::as_str).collect::<Vec<_>>().join(" / ");
                if any.is_empty() { unit.text.to_string() } else { format!("{}〔{any}〕", unit.text) }
            };
            local.units.iter().flatten().map(unit).collect()
        }
        ElementKind::Level => local.levels.iter().flat_map(|it| answered(level_ticks(it))).collect(),
    };
    let among =
        |kinds: &Option<Vec<ElementKind>>| kinds.iter().flatten().filter(|kind| **kind == said.kind).count();
    marked.extend(std::iter::repeat_n("〔推断〕".to_owned(), among(&local.inferred)));
    marked.extend(std::iter::repeat_n("〔等〕".to_owned(), among(&content.open_ended)));
    let values = said.values.into_iter().map(Cow::into_owned).collect();
    Printed { kind: said.kind, label: said.label.into_owned(), values, marked }
}

fn audience(audience: &Audience) -> Vec<String> {
    let mut marked: Vec<String> = answered(whole_society(audience)).collect();
    for group in audience.groups.iter().flatten() {
        let code = group.code.as_ref().map(|code| format!("〔{code}〕")).unwrap_or_default();
        marked.push(format!("{}{code}", group.text));
    }
    if audience.groups.as_ref().is_some_and(Vec::is_empty) {
        marked.push("特定群体：无".to_owned());
    }
    marked
}

/// The wording of a channel where the table has one, else its name.
fn channel<'a>(used: &'a ChannelUse, names: &'a impl Names) -> &'a str {
    match &used.text {
        Some(text) => text.as_str(),
        None => names.channel(&used.code).unwrap_or(&used.code),
    }
}

/// The wording of a limit, else what it means.
pub(super) fn limit_words(limit: &TimeLimit) -> Cow<'_, str> {
    let made = || match limit.count.zip(limit.unit) {
        Some((count, unit)) => {
            let trigger =
                limit.trigger.as_ref().map(|trigger| format!("{trigger}之日起")).unwrap_or_default();
            Cow::Owned(format!("{trigger}{}内", unit.counted(count)))
        }
        None => Cow::Borrowed(limit.kind.label()),
    };
    limit.text.as_ref().map_or_else(made, lent)
}

fn period_words(period: &PublicityPeriod) -> Cow<'_, str> {
    period.text.as_ref().map_or_else(|| Cow::Owned(period.unit.counted(period.count)), lent)
}

/// The words of a limit, and beside them all that it was understood to mean.
fn limit(limit: &TimeLimit) -> String {
    let counted = limit.count.zip(limit.unit).map(|(count, unit)| unit.counted(count));
    let period = limit.period.map(|unit| format!("每{}", unit.counted(1)));
    let scope = limit.scope.as_ref().map(ToString::to_string);
    let rider = (limit.other_law_prevails == Some(true)).then(|| "另有规定的从其规定".to_owned());
    let trigger = limit.trigger.as_ref().map(ToString::to_string);
    let meant: Vec<String> = [Some(limit.kind.label().to_owned()), period, counted, trigger, scope, rider]
        .into_iter()
        .flatten()
        .collect();
    format!("{} 〔{}〕", limit_words(limit), meant.join(" · "))
}

fn period(period: &PublicityPeriod) -> String {
    let counted = period.unit.counted(period.count);
    let least = if period.at_least { "不少于" } else { "" };
    format!("{} 〔{least}{counted}〕", period_words(period))
}
