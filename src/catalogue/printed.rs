//! Elements in print (公开要素的文字): an item as the plain texts that screens, tables and comparisons show.

use serde::Serialize;

use super::{
    content::{ChannelRule, ChannelUse, Content},
    element::ElementKind,
    local::Local,
    text::Text,
    time_limit::{PublicityPeriod, TimeLimit},
};

/// One element as text.
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
    fn channel(&self, code: &str) -> Option<String>;

    /// What tables print over a declared element.
    fn extension(&self, key: &str) -> Option<String>;
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

impl Printed {
    fn new(kind: ElementKind, values: Vec<(String, String)>) -> Self {
        let (values, marked) = values.into_iter().unzip();
        Self { kind, label: kind.label().to_owned(), values, marked }
    }

    /// Its values in one text, one a line.
    pub fn text(&self) -> String {
        self.values.join("\n")
    }
}

/// Every element that is known of an item, in the customary order.
pub fn print(content: &Content, local: &Local, names: &impl Names) -> Vec<Printed> {
    let mut printed = shared(content, names);
    printed.extend(own(local, names));
    in_order(content, local, printed)
}

/// The same with what stands beside the elements of a table: addresses of channels, the row's own domain.
pub fn print_all(content: &Content, local: &Local, names: &impl Names) -> Vec<Printed> {
    let mut printed = shared(content, names);
    printed.extend(own(local, names));
    printed.extend(beside(local, content.channels.as_deref(), names));
    in_order(content, local, printed)
}

fn in_order(content: &Content, local: &Local, mut printed: Vec<Printed>) -> Vec<Printed> {
    let order = |element: &Printed| CUSTOMARY.iter().position(|kind| *kind == element.kind);
    printed.sort_by_key(order);
    let known = local.inferred.iter().flatten();
    for kind in known {
        printed.iter_mut().filter(|element| element.kind == *kind).for_each(|element| mark(element, "推断"));
    }
    for kind in content.open_ended.iter().flatten() {
        printed.iter_mut().filter(|element| element.kind == *kind).for_each(|element| mark(element, "等"));
    }
    printed
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
    changes.sort_by_key(|change| CUSTOMARY.iter().position(|kind| *kind == change.kind));
    changes
}

/// The order in which tables have them.
const CUSTOMARY: [ElementKind; 11] = [
    ElementKind::Name,
    ElementKind::Content,
    ElementKind::Basis,
    ElementKind::TimeLimit,
    ElementKind::PublicityPeriod,
    ElementKind::ResponsibleUnit,
    ElementKind::Method,
    ElementKind::Channel,
    ElementKind::Audience,
    ElementKind::Level,
    ElementKind::Extension,
];

fn shared(content: &Content, names: &impl Names) -> Vec<Printed> {
    let mut printed = vec![Printed::new(ElementKind::Name, content.names.iter().map(plain).collect())];
    let mut add = |kind, values: Option<Vec<(String, String)>>| {
        printed.extend(values.map(|values| Printed::new(kind, values)));
    };
    let points = content.points.as_ref();
    add(
        ElementKind::Content,
        points.map(|all| all.iter().map(|p| chosen(p.text.to_string(), p.required)).collect()),
    );
    add(
        ElementKind::Basis,
        content.basis.as_ref().map(|all| {
            all.iter()
                .map(|basis| {
                    let more = [&basis.title, &basis.document_number, &basis.article]
                        .map(|text| text.as_ref().map_or("", Text::as_str));
                    (basis.text.to_string(), format!("{} 〔{}〕", basis.text, more.join(" · ")))
                })
                .collect()
        }),
    );
    add(ElementKind::TimeLimit, content.time_limits.as_ref().map(|all| all.iter().map(limit).collect()));
    add(ElementKind::PublicityPeriod, content.publicity_period.as_ref().map(|p| vec![period(p)]));
    let ticks =
        content.methods.map(|methods| [("主动公开", methods.proactive), ("依申请公开", methods.on_request)]);
    printed.extend(ticks.map(|ticks| ticked(ElementKind::Method, &ticks)));
    if let Some(used) = &content.channels {
        let mut channels = Printed::new(
            ElementKind::Channel,
            used.iter().map(|used| chosen(channel(used, names), used.required)).collect(),
        );
        channels.marked.extend(content.channel_rule.map(|rule| match rule {
            ChannelRule::All => "所列渠道均须公开".to_owned(),
            ChannelRule::Any => "所列渠道至少选择其一".to_owned(),
        }));
        printed.push(channels);
    }
    if let Some(audience) = &content.audience {
        let whole = [("全社会", audience.whole_society)];
        let mut element = ticked(ElementKind::Audience, &whole);
        for group in audience.groups.iter().flatten() {
            element.values.push(group.text.to_string());
            let code = group.code.as_ref().map(|code| format!("〔{code}〕")).unwrap_or_default();
            element.marked.push(format!("{}{code}", group.text));
        }
        if audience.groups.as_ref().is_some_and(Vec::is_empty) {
            element.marked.push("特定群体：无".to_owned());
        }
        printed.push(element);
    }
    printed.extend(extensions(content.extensions.as_ref(), names));
    printed
}

fn own(local: &Local, names: &impl Names) -> Vec<Printed> {
    let mut printed = Vec::new();
    if let Some(units) = &local.units {
        let unit = |unit: &super::local::UnitText| {
            let any = unit.alternatives.iter().flatten().map(Text::as_str).collect::<Vec<_>>().join(" / ");
            let marked =
                if any.is_empty() { unit.text.to_string() } else { format!("{}〔{any}〕", unit.text) };
            (unit.text.to_string(), marked)
        };
        printed.push(Printed::new(ElementKind::ResponsibleUnit, units.iter().map(unit).collect()));
    }
    if let Some(levels) = &local.levels {
        let ticks: Vec<(&str, Option<bool>)> =
            levels.iter().map(|(level, tick)| (level.label(), Some(*tick))).collect();
        printed.push(ticked(ElementKind::Level, &ticks));
    }
    printed.extend(extensions(local.extensions.as_ref(), names));
    printed
}

fn beside(local: &Local, channels: Option<&[ChannelUse]>, names: &impl Names) -> Vec<Printed> {
    let address = |(code, url): (&String, &Text)| {
        let name = channels.iter().flat_map(|all| all.iter()).find(|used| used.code == *code);
        let name = name.map(|used| channel(used, names)).or_else(|| names.channel(code));
        let label = format!("{} · 网址", name.unwrap_or_else(|| code.clone()));
        labelled(label, url.to_string())
    };
    let mut printed: Vec<Printed> = local.addresses.iter().flatten().map(address).collect();
    printed.extend(local.domain.iter().map(|code| labelled("领域".to_owned(), code.as_str().to_owned())));
    printed
}

fn extensions<'a>(
    declared: Option<&'a std::collections::BTreeMap<Text, Text>>,
    names: &'a impl Names,
) -> impl Iterator<Item = Printed> + 'a {
    declared.into_iter().flatten().map(|(key, text)| {
        let label = names.extension(key.as_str()).unwrap_or_else(|| key.to_string());
        labelled(label, text.to_string())
    })
}

fn labelled(label: String, text: String) -> Printed {
    Printed { kind: ElementKind::Extension, label, values: vec![text.clone()], marked: vec![text] }
}

fn plain(text: &Text) -> (String, String) {
    (text.to_string(), text.to_string())
}

fn chosen(text: String, required: Option<bool>) -> (String, String) {
    let mark = match required {
        Some(true) => "〔必选〕",
        Some(false) => "〔可选〕",
        None => "",
    };
    let marked = format!("{text}{mark}");
    (text, marked)
}

/// Those ticked; marked also those of which the table says no.
fn ticked(kind: ElementKind, ticks: &[(&str, Option<bool>)]) -> Printed {
    let yes = ticks.iter().filter(|(_, tick)| *tick == Some(true)).map(|(label, _)| (*label).to_owned());
    let known = ticks.iter().filter_map(|(label, tick)| Some((label, (*tick)?)));
    let marked = known.map(|(label, tick)| format!("{label}：{}", if tick { "是" } else { "否" }));
    Printed { kind, label: kind.label().to_owned(), values: yes.collect(), marked: marked.collect() }
}

fn mark(element: &mut Printed, what: &str) {
    element.marked.push(format!("〔{what}〕"));
}

/// The wording of a channel where the table has one, else its name.
fn channel(used: &ChannelUse, names: &impl Names) -> String {
    let named = || names.channel(&used.code).unwrap_or_else(|| used.code.clone());
    used.text.as_ref().map_or_else(named, ToString::to_string)
}

/// The wording of a limit, else what it means.
pub(super) fn limit_words(limit: &TimeLimit) -> String {
    let made = || match limit.count.zip(limit.unit) {
        Some((count, unit)) => {
            let trigger =
                limit.trigger.as_ref().map(|trigger| format!("{trigger}之日起")).unwrap_or_default();
            format!("{trigger}{}内", unit.counted(count))
        }
        None => limit.kind.label().to_owned(),
    };
    limit.text.as_ref().map_or_else(made, ToString::to_string)
}

/// The words of a limit, and beside them all that it was understood to mean.
fn limit(limit: &TimeLimit) -> (String, String) {
    let text = limit_words(limit);
    let counted = limit.count.zip(limit.unit).map(|(count, unit)| unit.counted(count));
    let period = limit.period.map(|unit| format!("每{}", unit.counted(1)));
    let scope = limit.scope.as_ref().map(ToString::to_string);
    let rider = (limit.other_law_prevails == Some(true)).then(|| "另有规定的从其规定".to_owned());
    let trigger = limit.trigger.as_ref().map(ToString::to_string);
    let meant: Vec<String> = [Some(limit.kind.label().to_owned()), period, counted, trigger, scope, rider]
        .into_iter()
        .flatten()
        .collect();
    let marked = format!("{text} 〔{}〕", meant.join(" · "));
    (text, marked)
}

fn period(period: &PublicityPeriod) -> (String, String) {
    let counted = period.unit.counted(period.count);
    let text = period.text.as_ref().map_or_else(|| counted.clone(), ToString::to_string);
    let least = if period.at_least { "不少于" } else { "" };
    let marked = format!("{text} 〔{least}{counted}〕");
    (text, marked)
}
