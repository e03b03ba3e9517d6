//! What a matched row keeps of the last version: the reading of every element whose words are the same, and all that a
//! table does not show.

use std::collections::BTreeSet;

use super::{
    assemble::Assembled,
    cell::{channels::REMARK, clean},
    finding::{Code, Note},
};
use crate::catalogue::{
    adopt::Printed,
    check::UNSTATED,
    content::Content,
    draft::Row,
    element::ElementKind,
    layout::{Layout, Part},
    local::Local,
    text::Text,
};

/// The elements of the layout, each with what it takes over from the last version.
const ELEMENTS: [ElementKind; 9] = [
    ElementKind::Name,
    ElementKind::Content,
    ElementKind::Basis,
    ElementKind::TimeLimit,
    ElementKind::ResponsibleUnit,
    ElementKind::Channel,
    ElementKind::Audience,
    ElementKind::Method,
    ElementKind::Level,
];

/// Gives a row what the last version knows of its item. True where the row says nothing new at all. Notes come with the
/// part that they are about.
pub fn over(row: &mut Assembled, last: &Printed, layout: &Layout, notes: &mut Vec<(Part, Note)>) -> bool {
    let same = same_parts(row, last, layout);
    let kept = |element: ElementKind| keeps(row, layout, &same, |part| part.elements().contains(&element));
    let mut kept: BTreeSet<ElementKind> = ELEMENTS.into_iter().filter(|element| kept(*element)).collect();
    // What was inferred because the table has no such column, it still has not.
    if !row.has_levels && last.local.inferred.iter().flatten().any(|kind| *kind == ElementKind::Level) {
        kept.insert(ElementKind::Level);
    }
    for part in same.iter().filter(|part| part.elements().iter().any(|element| kept.contains(element))) {
        if let Some(note) = otherwise(row, last, part) {
            notes.push((part.clone(), note));
        }
    }
    let mut made =
        Row { item: Some(last.entry.item.clone()), origin: last.entry.origin.clone(), ..row.row.clone() };
    content(&mut made.content, &last.content, &kept);
    local(&mut made.local, &last.local, &kept);
    extensions(&mut made, last, row, layout, &same);
    if !kept.contains(&ElementKind::Channel) {
        remark(&mut made.content, &row.row.content);
    }
    if keeps(row, layout, &same, |part| *part == Part::Domain) {
        made.local.domain.clone_from(&last.local.domain);
    }
    open_ended(&mut made.content, &last.content, &kept);
    inferred(&mut made.local, &last.local, &kept);
    let unchanged = made.content == last.content && made.local == last.local;
    made.source = last.entry.source.filter(|_| unchanged);
    made.reason.clone_from(&last.entry.reason);
    if made.origin.is_some() && made.reason.is_none() && made.content != last.content {
        made.reason = Some(Text::new(UNSTATED));
    }
    row.row = made;
    unchanged
}

/// The parts in which the table says what the last version prints.
pub fn same_parts(row: &Assembled, last: &Printed, layout: &Layout) -> Vec<Part> {
    let same = |(part, words): &&(Part, String)| equal(words, &layout.cell(part, last));
    row.words.iter().filter(same).map(|(part, _)| part.clone()).collect()
}

/// Whether two cells have the same words: to the letter, but for runs of white space, which pages run together, or
/// once both are cleaned.
fn equal(words: &str, printed: &str) -> bool {
    let cleaned = |text: &str| clean::lines(text).value;
    if words.split_whitespace().eq(printed.split_whitespace()) {
        return true;
    }
    Text::new(words) == Text::new(printed)
        || cleaned(words).is_some_and(|words| cleaned(printed) == Some(words))
}

/// Whether every cell of the wanted parts is the same, and the table has each of them that the layout has.
fn keeps(row: &Assembled, layout: &Layout, same: &[Part], wanted: impl Fn(&Part) -> bool) -> bool {
    let own = row.words.iter().map(|(part, _)| part).filter(|part| wanted(part));
    let printed = layout.columns.iter().map(|column| &column.part).filter(|part| wanted(part));
    let mut own_all_same = own.filter(|part| !is_empty_name(row, part));
    own_all_same.all(|part| same.contains(part))
        && printed.into_iter().all(|part| same.contains(part) || is_name_beyond(part, row))
}

/// A level of names that this table lacks says no other than one that is blank.
fn is_name_beyond(part: &Part, row: &Assembled) -> bool {
    matches!(part, Part::Name(level) if *level > 0 && row.row.content.names.len() <= *level)
}

fn is_empty_name(row: &Assembled, part: &Part) -> bool {
    matches!(part, Part::Name(_))
        && row.words.iter().any(|(other, words)| other == part && words.trim().is_empty())
}

fn content(made: &mut Content, last: &Content, kept: &BTreeSet<ElementKind>) {
    if kept.contains(&ElementKind::Name) {
        made.names.clone_from(&last.names);
    }
    if kept.contains(&ElementKind::Content) {
        made.points.clone_from(&last.points);
    }
    if kept.contains(&ElementKind::Basis) {
        made.basis.clone_from(&last.basis);
    }
    if kept.contains(&ElementKind::TimeLimit) {
        made.time_limits.clone_from(&last.time_limits);
        made.publicity_period.clone_from(&last.publicity_period);
    }
    if kept.contains(&ElementKind::Channel) {
        made.channels.clone_from(&last.channels);
        made.channel_rule = last.channel_rule;
    }
    if kept.contains(&ElementKind::Audience) {
        made.audience.clone_from(&last.audience);
    }
    if kept.contains(&ElementKind::Method) {
        made.methods = last.methods;
    }
}

fn local(made: &mut Local, last: &Local, kept: &BTreeSet<ElementKind>) {
    if kept.contains(&ElementKind::ResponsibleUnit) {
        made.units.clone_from(&last.units);
    }
    if kept.contains(&ElementKind::Level) {
        made.levels.clone_from(&last.levels);
    }
    if kept.contains(&ElementKind::Channel) {
        made.addresses.clone_from(&last.addresses);
    }
}

/// Further elements one by one: those with the same words keep what they said, with its very form.
fn extensions(made: &mut Row, last: &Printed, row: &Assembled, layout: &Layout, same: &[Part]) {
    let beyond = |part: &Part| matches!(part, Part::Extension(..));
    if keeps(row, layout, same, beyond) {
        made.content.extensions.clone_from(&last.content.extensions);
        made.local.extensions.clone_from(&last.local.extensions);
        return;
    }
    for part in same {
        let Part::Extension(of, key) = part else { continue };
        let (from, to) = match of {
            crate::catalogue::element::ElementPart::Content => {
                (&last.content.extensions, &mut made.content.extensions)
            }
            crate::catalogue::element::ElementPart::Local => {
                (&last.local.extensions, &mut made.local.extensions)
            }
        };
        if let Some(text) = from.as_ref().and_then(|all| all.get(key)) {
            to.get_or_insert_default().insert(key.clone(), text.clone());
        }
    }
}

/// A remark among the channels goes with their cell, which is read anew, whatever the columns of further elements say.
fn remark(made: &mut Content, read: &Content) {
    let key = Text::new(REMARK);
    let now = read.extensions.as_ref().and_then(|all| all.get(&key)).cloned();
    let mut all = made.extensions.take().unwrap_or_default();
    match now {
        Some(text) => drop(all.insert(key, text)),
        None => drop(all.remove(&key)),
    }
    made.extensions = (!all.is_empty()).then_some(all);
}

/// What ends with 等: as it was for the elements that are kept, as read for the others.
fn open_ended(made: &mut Content, last: &Content, kept: &BTreeSet<ElementKind>) {
    made.open_ended = mixed(made.open_ended.take(), last.open_ended.as_ref(), kept);
}

/// What was inferred, likewise.
fn inferred(made: &mut Local, last: &Local, kept: &BTreeSet<ElementKind>) {
    made.inferred = mixed(made.inferred.take(), last.inferred.as_ref(), kept);
}

fn mixed(
    made: Option<Vec<ElementKind>>,
    last: Option<&Vec<ElementKind>>,
    kept: &BTreeSet<ElementKind>,
) -> Option<Vec<ElementKind>> {
    // A publicity period stands in the cell of the time limit, an extension has no list of its own.
    let stays = |kind: &ElementKind| match kind {
        ElementKind::PublicityPeriod => kept.contains(&ElementKind::TimeLimit),
        ElementKind::Extension => true,
        kind => kept.contains(kind),
    };
    let mut mixed: Vec<ElementKind> =
        last.into_iter().flatten().filter(|kind| stays(kind)).copied().collect();
    for kind in made.into_iter().flatten() {
        if !stays(&kind) && !mixed.contains(&kind) {
            mixed.push(kind);
        }
    }
    let nothing = mixed.is_empty() && last.is_none_or(|last| !last.is_empty());
    (!nothing).then_some(mixed)
}

/// What is now read from the same words, where that is something else than the last version says.
fn otherwise(row: &Assembled, last: &Printed, part: &Part) -> Option<Note> {
    let (now, then) = (&row.row, last);
    let differs = match part {
        Part::Content => now.content.points != then.content.points,
        Part::Basis => now.content.basis != then.content.basis,
        Part::TimeLimit => {
            now.content.time_limits != then.content.time_limits
                || now.content.publicity_period != then.content.publicity_period
        }
        Part::ResponsibleUnit => now.local.units != then.local.units,
        Part::Channel => now.content.channels != then.content.channels,
        _ => false,
    };
    let words = row.words.iter().find(|(other, _)| other == part).map(|(_, words)| words.clone())?;
    differs.then(|| Note::new(Code::OtherReading, words))
}
