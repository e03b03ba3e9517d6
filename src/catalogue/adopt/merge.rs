//! Merging two contents in three ways, element by element.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::Side;
use crate::catalogue::{canonical::escape, content::Content, element::ElementKind, text::Text};

/// What came of a merge.
#[derive(Debug)]
pub(super) struct Merged {
    /// The content.
    pub(super) content: Content,
    /// Elements that are as this place has them, where upstream says something else.
    pub(super) ours: BTreeSet<ElementKind>,
    /// Elements that both changed in different ways.
    pub(super) conflicts: Vec<Conflict>,
}

/// An element that both changed in different ways.
#[derive(Debug)]
pub(super) struct Conflict {
    pub(super) kind: ElementKind,
    /// RFC 6901 pointer in the row.
    pub(super) pointer: String,
    /// The wordings, in one line each.
    pub(super) ours: String,
    pub(super) theirs: String,
}

/// Merges. Without a base nobody knows who changed what: then all of `take`'s words hold, and nothing conflicts.
pub(super) fn merge(base: Option<&Content>, ours: &Content, theirs: &Content, take: Side) -> Merged {
    let mut merge = Merge { base, ours, theirs, take, kept: BTreeSet::new(), conflicts: Vec::new() };
    use ElementKind as Kind;
    let (channels, channel_rule) =
        merge.element(Kind::Channel, "channels", |c| (c.channels.clone(), c.channel_rule));
    let content = Content {
        names: merge.element(Kind::Name, "names", |c| c.names.clone()),
        points: merge.element(Kind::Content, "points", |c| c.points.clone()),
        basis: merge.element(Kind::Basis, "basis", |c| c.basis.clone()),
        time_limits: merge.element(Kind::TimeLimit, "timeLimits", |c| c.time_limits.clone()),
        publicity_period: merge
            .element(Kind::PublicityPeriod, "publicityPeriod", |c| c.publicity_period.clone()),
        methods: merge.element(Kind::Method, "methods", |c| c.methods),
        channels,
        channel_rule,
        audience: merge.element(Kind::Audience, "audience", |c| c.audience.clone()),
        open_ended: merge.open_ended(),
        extensions: merge.extensions(),
    };
    Merged { content, ours: merge.kept, conflicts: merge.conflicts }
}

struct Merge<'a> {
    base: Option<&'a Content>,
    ours: &'a Content,
    theirs: &'a Content,
    take: Side,
    kept: BTreeSet<ElementKind>,
    conflicts: Vec<Conflict>,
}

impl Merge<'_> {
    fn element<T: PartialEq + Serialize>(
        &mut self,
        kind: ElementKind,
        member: &str,
        get: impl Fn(&Content) -> T,
    ) -> T {
        let (ours, theirs) = (get(self.ours), get(self.theirs));
        let side = match self.base.map(get) {
            _ if ours == theirs => return theirs,
            None => self.take,
            Some(base) if base == ours => Side::Theirs,
            Some(base) if base == theirs => Side::Ours,
            Some(_) => {
                let (ours, theirs) = wordings(&ours, &theirs);
                self.conflicts.push(Conflict { kind, pointer: format!("/content/{member}"), ours, theirs });
                self.take
            }
        };
        if side == Side::Theirs {
            return theirs;
        }
        self.kept.insert(kind);
        ours
    }

    /// Which elements end with 等: a yes or no for each, so two changes never differ.
    fn open_ended(&self) -> Option<Vec<ElementKind>> {
        let list = |content: &Content| content.open_ended.clone().unwrap_or_default();
        let (ours, theirs) = (list(self.ours), list(self.theirs));
        let open = |kind: &&ElementKind| {
            let (our, their) = (ours.contains(kind), theirs.contains(kind));
            match self.base.map(|base| list(base).contains(kind)) {
                None if self.take == Side::Ours => our,
                Some(base) if base == their => our,
                _ => their,
            }
        };
        let own = ours.iter().filter(|kind| !theirs.contains(kind));
        let merged: Vec<ElementKind> = theirs.iter().chain(own).filter(open).copied().collect();
        if merged.is_empty() {
            // An empty list says that none does; absent says nothing.
            let says_none = |content: &Content| content.open_ended.clone().filter(Vec::is_empty);
            return says_none(self.theirs).or_else(|| says_none(self.ours));
        }
        Some(merged)
    }

    /// Further elements: each key is an element of its own.
    fn extensions(&mut self) -> Option<BTreeMap<Text, Text>> {
        let keys =
            |content: &Content| content.extensions.iter().flatten().map(|(key, _)| key.clone()).collect();
        let all: BTreeSet<Text> =
            [self.ours, self.theirs].into_iter().flat_map(|c| -> Vec<Text> { keys(c) }).collect();
        let mut merged = BTreeMap::new();
        for key in all {
            let member = format!("extensions/{}", escape(key.as_str()));
            let get = |c: &Content| c.extensions.as_ref().and_then(|members| members.get(&key)).cloned();
            if let Some(text) = self.element(ElementKind::Extension, &member, get) {
                merged.insert(key, text);
            }
        }
        let says_none = self.theirs.extensions.as_ref().is_some_and(BTreeMap::is_empty);
        (!merged.is_empty() || says_none).then_some(merged)
    }
}

/// Two values in words; in full, where the words alone do not tell them apart.
fn wordings<T: Serialize>(ours: &T, theirs: &T) -> (String, String) {
    let value = |one: &T| serde_json::to_value(one).unwrap_or_default();
    let (ours, theirs) = (value(ours), value(theirs));
    let both = (words(&ours), words(&theirs));
    if both.0 == both.1 { (ours.to_string(), theirs.to_string()) } else { both }
}

fn words(value: &Value) -> String {
    match value {
        Value::Null => "\u{2013}".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) => {
            let said = values.iter().filter(|value| !value.is_null()).map(words);
            said.collect::<Vec<_>>().join("\u{FF1B}")
        }
        Value::Object(members) => {
            let name = members.get("text").or_else(|| members.get("code"));
            name.map_or_else(|| value.to_string(), words)
        }
        _ => value.to_string(),
    }
}
