//! Differences (比较): what changed from one list of items to another, in a stable order that can be applied again.
//!
//! Only digests are looked at here: what did not change is never read.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    code::ItemCode,
    text::Text,
    version::{Entry, ItemParts},
};

/// An item as far as a difference looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its code.
    pub item: ItemCode,
    /// What it says.
    pub parts: ItemParts,
    /// The upstream item that it was taken from.
    pub origin: Option<ItemCode>,
}

/// What became of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChangeKind {
    /// Only the head has it.
    Added,
    /// Both have it and say something else.
    Changed,
    /// Only the base has it.
    Removed,
    /// Both have it and say the same, in another order among those that both have.
    Moved,
}

impl ChangeKind {
    /// In the order in which people count them.
    pub const ALL: [Self; 4] = [Self::Added, Self::Changed, Self::Removed, Self::Moved];

    /// The Chinese term.
    pub fn label(self) -> &'static str {
        match self {
            Self::Added => "新增",
            Self::Changed => "修改",
            Self::Removed => "删除",
            Self::Moved => "移动",
        }
    }

    /// The English term.
    pub fn label_en(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Moved => "moved",
        }
    }

    /// A sign for those who do not see colours.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Added => "+",
            Self::Changed => "~",
            Self::Removed => "-",
            Self::Moved => "^",
        }
    }
}

/// One item that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// What became of it.
    pub kind: ChangeKind,
    /// Its position in the base, from 0.
    pub before: Option<usize>,
    /// Its position in the head, from 0.
    pub after: Option<usize>,
}

/// What differs between two lists of items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// In the order of the head; what was removed stands where it would have been.
    pub changes: Vec<Change>,
    /// How many items say the same on both sides, where they stood.
    pub unchanged: usize,
}

/// Which item of the head is which of the base: positions, each at most once.
pub type Pairs = Vec<(usize, usize)>;

/// Items of two versions of one catalogue are the same by their codes, which are never used again.
pub fn by_code(base: &[Line], head: &[Line]) -> Pairs {
    let places: HashMap<&ItemCode, usize> =
        base.iter().enumerate().map(|(at, line)| (&line.item, at)).collect();
    let pair = |(at, line): (usize, &Line)| places.get(&line.item).map(|before| (*before, at));
    head.iter().enumerate().filter_map(pair).collect()
}

/// Items of two catalogues are the same by their origin: one was taken from the other, or both from a third.
pub fn by_origin(base: &[Line], head: &[Line]) -> Pairs {
    let mut places: HashMap<&ItemCode, usize> = HashMap::new();
    for (at, line) in base.iter().enumerate() {
        places.entry(&line.item).or_insert(at);
        if let Some(origin) = &line.origin {
            places.entry(origin).or_insert(at);
        }
    }
    let mut taken = vec![false; base.len()];
    let mut pairs = Vec::new();
    for (at, line) in head.iter().enumerate() {
        let keys = [Some(&line.item), line.origin.as_ref()];
        let before = keys.into_iter().flatten().find_map(|key| places.get(key).copied());
        if let Some(before) = before.filter(|before| !std::mem::replace(&mut taken[*before], true)) {
            pairs.push((before, at));
        }
    }
    pairs
}

/// Adds pairs of items that have just the same names, where only one on each side that is still alone has them.
pub fn by_names(pairs: &mut Pairs, base: &HashMap<usize, Vec<Text>>, head: &HashMap<usize, Vec<Text>>) {
    let mut named: HashMap<&Vec<Text>, (Vec<usize>, Vec<usize>)> = HashMap::new();
    base.iter().for_each(|(at, names)| named.entry(names).or_default().0.push(*at));
    head.iter().for_each(|(at, names)| named.entry(names).or_default().1.push(*at));
    let mut found: Pairs =
        named.into_values().filter_map(|(before, after)| Some((*only(&before)?, *only(&after)?))).collect();
    found.sort_unstable();
    pairs.append(&mut found);
}

fn only<T>(all: &[T]) -> Option<&T> {
    if let [one] = all { Some(one) } else { None }
}

/// The positions that no pair has, of each side: those that are looked at by name.
pub fn alone(pairs: &Pairs, base: usize, head: usize) -> (Vec<usize>, Vec<usize>) {
    let (mut before, mut after) = (vec![true; base], vec![true; head]);
    for (left, right) in pairs {
        before[*left] = false;
        after[*right] = false;
    }
    let left =
        |alone: Vec<bool>| alone.iter().enumerate().filter_map(|(at, alone)| alone.then_some(at)).collect();
    (left(before), left(after))
}

impl Line {
    /// What an entry says.
    pub fn of(entry: &Entry) -> Self {
        let parts = ItemParts { content: entry.content, local: entry.local };
        Self {
            item: entry.item.clone(),
            parts,
            origin: entry.origin.as_ref().map(|origin| origin.item.clone()),
        }
    }
}

impl Difference {
    /// What differs between the lists when `pairs` are the same items.
    pub fn between(base: &[Line], head: &[Line], pairs: &Pairs) -> Self {
        let same = |before: usize, after: usize| base[before].parts == head[after].parts;
        Self::of(base.len(), head.len(), pairs, same)
    }

    /// What differs between lists of these lengths when `pairs` are the same items, and `same` tells which of them say
    /// the same.
    pub fn of(base: usize, head: usize, pairs: &Pairs, same: impl Fn(usize, usize) -> bool) -> Self {
        let mut pairs = pairs.clone();
        pairs.sort_unstable_by_key(|(_, after)| *after);
        let steady = longest_rise(&pairs.iter().map(|(before, _)| *before).collect::<Vec<_>>());
        let (mut changes, mut unchanged) = (Vec::new(), 0);
        for (place, (before, after)) in pairs.iter().enumerate() {
            let kind = if !same(*before, *after) {
                ChangeKind::Changed
            } else if steady[place] {
                unchanged += 1;
                continue;
            } else {
                ChangeKind::Moved
            };
            changes.push(Change { kind, before: Some(*before), after: Some(*after) });
        }
        let (removed, added) = alone(&pairs, base, head);
        changes.extend(added.iter().map(|at| Change {
            kind: ChangeKind::Added,
            before: None,
            after: Some(*at),
        }));
        changes.extend(removed.iter().map(|at| Change {
            kind: ChangeKind::Removed,
            before: Some(*at),
            after: None,
        }));
        // What was removed stands after the item that its nearest neighbour above became.
        let became: HashMap<usize, usize> = pairs.iter().copied().collect();
        let above: Vec<Option<usize>> = (0..base)
            .scan(None, |last, at| {
                let above = *last;
                *last = became.get(&at).copied().or(above);
                Some(above)
            })
            .collect();
        changes.sort_by_key(|change| match (change.after, change.before) {
            (Some(after), _) => (Some(after), None),
            (None, before) => (before.and_then(|at| above[at]), before),
        });
        Self { changes, unchanged }
    }

    /// How many changes are of a kind.
    pub fn count(&self, kind: ChangeKind) -> usize {
        self.changes.iter().filter(|change| change.kind == kind).count()
    }

    /// The head, made from the base and what the changes bring: the law that a difference keeps. Items that are in
    /// both keep what the base calls them.
    pub fn apply<T: Clone>(&self, base: &[T], bring: impl Fn(usize) -> T) -> Vec<T> {
        let gone: std::collections::HashSet<usize> =
            self.changes.iter().filter_map(|change| change.before).collect();
        let kept = base.iter().enumerate().filter(|(at, _)| !gone.contains(at)).map(|(_, line)| line.clone());
        let mut head: Vec<T> = kept.collect();
        for after in self.changes.iter().filter_map(|change| change.after) {
            head.insert(after.min(head.len()), bring(after));
        }
        head
    }
}

/// Which places belong to a longest rising run: what need not be called moved.
fn longest_rise(values: &[usize]) -> Vec<bool> {
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; values.len()];
    for (at, value) in values.iter().enumerate() {
        let length = tails.partition_point(|tail| values[*tail] < *value);
        before[at] = length.checked_sub(1).map(|last| tails[last]);
        match tails.get_mut(length) {
            Some(tail) => *tail = at,
            None => tails.push(at),
        }
    }
    let mut rise = vec![false; values.len()];
    let mut at = tails.last().copied();
    while let Some(place) = at {
        rise[place] = true;
        at = before[place];
    }
    rise
}
