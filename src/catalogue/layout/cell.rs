//! The words of one cell.

use std::collections::BTreeMap;

use super::{Layout, Part, TICK, UNKNOWN};
use crate::catalogue::{
    adopt::Printed,
    content::{Content, ContentPoint},
    element::{ElementKind, ElementPart},
    printed::limit_words,
    text::Text,
    time_limit::{PublicityPeriod, TimeLimit},
};

/// Ends a list that names only some.
const AND_SO_ON: char = '等';

impl Layout {
    /// The words of a row where a table has this part, whether or not this table does. 序号 is not known to a row and
    /// blank here.
    pub fn cell(&self, part: &Part, row: &Printed) -> String {
        visible(&self.raw(part, row))
    }

    /// The same with the characters that no file could carry.
    pub(super) fn raw(&self, part: &Part, row: &Printed) -> String {
        let (content, local) = (&row.content, &row.local);
        let audience = content.audience.as_ref();
        match part {
            Part::Sequence => String::new(),
            Part::Domain => {
                let name = |code| self.glossary.domains.get(code).cloned();
                local
                    .domain
                    .as_ref()
                    .map_or_else(String::new, |code| name(code).unwrap_or_else(|| code.as_str().to_owned()))
            }
            Part::Name(level) => name(content, *level),
            Part::Content => {
                let points = content.points.as_ref().map(|all| all.iter().map(point));
                list(points, "\n", open(content, ElementKind::Content))
            }
            Part::Basis => {
                let basis = content.basis.as_ref().map(|all| all.iter().map(|it| it.text.to_string()));
                list(basis, "\n", open(content, ElementKind::Basis))
            }
            Part::TimeLimit => time_limits(content),
            Part::ResponsibleUnit => {
                let units = local.units.as_ref().map(|all| all.iter().map(|it| it.text.to_string()));
                list(units, "\n", open(content, ElementKind::ResponsibleUnit))
            }
            Part::Channel => self.channels(content),
            Part::WholeSociety => tick(audience.and_then(|it| it.whole_society)),
            Part::Groups => {
                let groups = audience.and_then(|it| it.groups.as_ref());
                let groups = groups.map(|all| all.iter().map(|group| group.text.to_string()));
                list(groups, "、", open(content, ElementKind::Audience))
            }
            Part::Proactive => tick(content.methods.and_then(|it| it.proactive)),
            Part::OnRequest => tick(content.methods.and_then(|it| it.on_request)),
            // A row that has ticked nothing says no to all; one that has ticked another level leaves this one open.
            Part::Level(level) => match &local.levels {
                Some(levels) if levels.is_empty() => String::new(),
                levels => tick(levels.as_ref().and_then(|levels| levels.get(level).copied())),
            },
            Part::Extension(part, key) => {
                let text = extensions(*part, row).find(|(other, _)| *other == key);
                text.map_or_else(|| UNKNOWN.to_owned(), |(_, text)| text.to_string())
            }
        }
    }
}

/// The further elements of a part of a row.
pub(super) fn extensions(part: ElementPart, row: &Printed) -> impl Iterator<Item = (&Text, &Text)> {
    let all: Option<&BTreeMap<Text, Text>> = match part {
        ElementPart::Content => row.content.extensions.as_ref(),
        ElementPart::Local => row.local.extensions.as_ref(),
    };
    all.into_iter().flatten()
}

pub(super) fn open(content: &Content, kind: ElementKind) -> bool {
    content.open_ended.iter().flatten().any(|open| *open == kind)
}

/// What a limit says; one whose wording nobody kept is told with what it is for.
pub(super) fn limit(limit: &TimeLimit) -> String {
    match &limit.scope {
        Some(scope) if limit.text.is_none() => format!("{scope}\u{ff1a}{}", limit_words(limit)),
        _ => limit_words(limit).into_owned(),
    }
}

/// A period stands among limits, so its words must say that it is none.
pub(super) fn period(period: &PublicityPeriod) -> String {
    let least = if period.at_least { "不少于" } else { "" };
    match &period.text {
        None => format!("公示期{least}{}", period.unit.counted(period.count)),
        Some(text) if text.as_str().contains("公示") => text.to_string(),
        Some(text) => format!("公示期\u{ff1a}{text}"),
    }
}

/// Characters that XML cannot carry, or that nobody would see, as signs that stand for them.
pub(super) fn visible(words: &str) -> String {
    let sign = |c: char| match c {
        '\n' | '\t' => c,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        _ => c,
    };
    words.chars().map(sign).collect()
}

fn name(content: &Content, level: usize) -> String {
    let mut name = content.names.get(level).map(ToString::to_string).unwrap_or_default();
    if level + 1 == content.names.len() {
        and_so_on(&mut name, open(content, ElementKind::Name));
    }
    name
}

fn point(point: &ContentPoint) -> String {
    let mark = match point.required {
        Some(true) => "●",
        Some(false) => "〇",
        None => "",
    };
    format!("{mark}{}", point.text)
}

fn time_limits(content: &Content) -> String {
    let limits = content.time_limits.as_ref().map(|all| all.iter().map(limit));
    let limits = list(limits, "\n", open(content, ElementKind::TimeLimit));
    let period = content.publicity_period.as_ref().map(period);
    let lines = [limits, period.unwrap_or_default()].into_iter().filter(|lines| !lines.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

fn tick(tick: Option<bool>) -> String {
    let sign = match tick {
        Some(true) => TICK,
        Some(false) => "",
        None => UNKNOWN,
    };
    sign.to_owned()
}

fn list(values: Option<impl Iterator<Item = String>>, between: &str, open: bool) -> String {
    let Some(values) = values else { return UNKNOWN.to_owned() };
    let mut text = values.collect::<Vec<_>>().join(between);
    and_so_on(&mut text, open);
    text
}

fn and_so_on(text: &mut String, open: bool) {
    if open && !text.ends_with(AND_SO_ON) {
        text.push(AND_SO_ON);
    }
}
