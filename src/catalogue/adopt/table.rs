//! The rows of an adopted table, and their order.

use std::collections::{HashMap, HashSet};

use super::{
    Adoption, Bases, Content, Coverage, Edition, Finding, ItemCode, Local, Message, Omission, Origin,
    Printed, Row, Rule, Side, Text, UNSTATED, is_for, local, merge,
};

/// A row of the draft and what there is to say about it; the place in the table is not known yet.
pub(super) struct Made {
    pub(super) row: Row,
    pub(super) findings: Vec<Finding>,
}

/// What the place's own row is to the upstream version.
enum Standing {
    /// Taken from the upstream row of this index, among those for this level.
    Of(usize),
    /// Taken from an upstream row that is no longer there for this level.
    Gone,
    /// This place's own, or taken from elsewhere.
    Own,
}

/// The rows: upstream's order, each own row after the row that it followed before.
pub(super) fn rows(
    asked: &Adoption,
    upstream: &Edition,
    last: Option<&Edition>,
    bases: &Bases,
    omissions: &[Omission],
) -> (Vec<Made>, Coverage) {
    let omitted: HashSet<&ItemCode> = omissions.iter().map(|omission| &omission.item).collect();
    let all: Vec<&Printed> = upstream.rows.iter().filter(|row| is_for(asked.level, &row.local)).collect();
    let theirs: Vec<&Printed> =
        all.iter().filter(|row| !omitted.contains(&row.entry.item)).copied().collect();
    let mut coverage =
        Coverage { upstream: all.len(), omitted: all.len() - theirs.len(), ..Coverage::default() };
    let table = Table { asked, upstream, theirs, bases };
    let own = last.map_or(&[][..], |last| &last.rows);
    let mut first = Vec::new();
    let mut taken: Vec<Vec<Made>> = table.theirs.iter().map(|_| Vec::new()).collect();
    let mut after: Vec<Vec<Made>> = table.theirs.iter().map(|_| Vec::new()).collect();
    let mut previous = None;
    for (row, standing) in own.iter().zip(table.standings(own)) {
        let stays = match standing {
            Standing::Of(index) => {
                taken[index].push(table.renewed(row, table.theirs[index]));
                previous = Some(index);
                continue;
            }
            Standing::Gone => table.orphan(row, &omitted),
            Standing::Own => Some(Made { row: row.row(), findings: Vec::new() }),
        };
        if let Some(made) = stays {
            coverage.own += 1;
            previous.map_or(&mut first, |index| &mut after[index]).push(made);
        }
    }
    let mut made = first;
    for ((theirs, renewed), after) in table.theirs.iter().zip(taken).zip(after) {
        let rows = if renewed.is_empty() { vec![table.fresh(theirs)] } else { renewed };
        let same = rows.iter().all(|made| made.row.content == theirs.content);
        *(if same { &mut coverage.adopted } else { &mut coverage.adapted }) += 1;
        made.extend(rows);
        made.extend(after);
    }
    (made, coverage)
}

struct Table<'a> {
    asked: &'a Adoption,
    upstream: &'a Edition,
    /// The upstream rows that are for this level and not left out.
    theirs: Vec<&'a Printed>,
    bases: &'a Bases,
}

impl Table<'_> {
    /// Rows name their origin. Those that name none that is here, as in a catalogue from before it had an upstream,
    /// are taken for the upstream row of the same names where only one on either side has them.
    fn standings(&self, own: &[Printed]) -> Vec<Standing> {
        let items: HashMap<&ItemCode, usize> =
            self.theirs.iter().enumerate().map(|(index, row)| (&row.entry.item, index)).collect();
        let named: HashSet<&ItemCode> = own.iter().filter_map(|row| origin(row)).collect();
        let free = |row: &&&Printed| !named.contains(&row.entry.item);
        let theirs = by_names(self.theirs.iter().filter(free).copied());
        let here = |row: &Printed| {
            let item = origin(row).filter(|item| item.catalogue == self.upstream.version.catalogue);
            item.map(|item| items.get(item).copied())
        };
        let ours = by_names(own.iter().filter(|row| here(row).flatten().is_none()));
        let same_names = |row: &Printed| {
            let names = row.content.names.as_slice();
            ours.get(names).copied().flatten()?;
            items.get(&theirs.get(names).copied().flatten()?.entry.item).copied()
        };
        let standing = |row: &Printed| {
            let named = here(row);
            match named.flatten().or_else(|| same_names(row)) {
                Some(index) => Standing::Of(index),
                None if named.is_some() => Standing::Gone,
                None => Standing::Own,
            }
        };
        own.iter().map(standing).collect()
    }

    /// What a row was taken from, as it was then.
    fn base(&self, row: &Printed) -> Option<&(Content, Local)> {
        let origin = row.entry.origin.as_ref()?;
        self.bases.get(&origin.version)?.get(&origin.item)
    }

    fn origin(&self, theirs: &Printed) -> Option<Origin> {
        Some(Origin { item: theirs.entry.item.clone(), version: self.upstream.digest })
    }

    /// A row that this place does not have yet. Its origin says where it comes from; it has no source of its own.
    fn fresh(&self, theirs: &Printed) -> Made {
        let row = Row {
            item: None,
            content: theirs.content.clone(),
            local: local::localise(self.asked, &theirs.local),
            origin: self.origin(theirs),
            reason: None,
            source: None,
        };
        let findings = self.unassigned(&row).into_iter().collect();
        Made { row, findings }
    }

    /// A row that this place has already, merged with what upstream says now.
    fn renewed(&self, ours: &Printed, theirs: &Printed) -> Made {
        let base = self.base(ours);
        let was = base.map(|(content, _)| content);
        let merged = merge::merge(was, &ours.content, &theirs.content, self.asked.take);
        let reason = if merged.content != theirs.content {
            Some(ours.entry.reason.clone().unwrap_or_else(|| Text::new(UNSTATED)))
        } else {
            // A reason for a difference that is gone goes with it.
            ours.entry.reason.clone().filter(|_| was == Some(&ours.content))
        };
        let was = base.map(|(_, local)| local);
        let local = local::merge(self.asked, was, &ours.local, &theirs.local, &merged.content, &merged.ours);
        let item = Some(ours.entry.item.clone());
        let source = ours.entry.source;
        let row = Row { item, content: merged.content, local, origin: self.origin(theirs), reason, source };
        let mut findings: Vec<Finding> =
            merged.conflicts.into_iter().map(|conflict| self.conflict(theirs, conflict)).collect();
        findings.extend(self.unassigned(&row));
        Made { row, findings }
    }

    /// A row whose origin is gone: removed where it still said what its origin said, or where it is left out by
    /// name; else it stays, and keeps the origin that it was adapted from.
    fn orphan(&self, row: &Printed, omitted: &HashSet<&ItemCode>) -> Option<Made> {
        let item = origin(row)?;
        if omitted.contains(item) || self.base(row).is_some_and(|(content, _)| *content == row.content) {
            return None;
        }
        let version = &self.upstream.version;
        let expected = Message::new(
            format!(
                "{item} \u{4ECD}\u{9002}\u{7528}\u{4E8E}\u{672C}\u{7EA7}\u{FF1B}{} #{} \u{4E2D}\u{5DF2}\u{65E0}\u{FF0C}\u{672C}\u{884C}\u{4FDD}\u{7559}",
                version.catalogue, version.number
            ),
            format!(
                "{item} for this level; {} #{} no longer has it, and the row stays",
                version.catalogue, version.number
            ),
        );
        let name = row.content.heading();
        let finding = Finding::row(Rule::OrphanedItem, 0, "/origin", name, expected);
        Some(Made { row: row.row(), findings: vec![finding] })
    }

    fn conflict(&self, theirs: &Printed, conflict: merge::Conflict) -> Finding {
        let merge::Conflict { kind, pointer, ours, theirs: new } = conflict;
        let item = &theirs.entry.item;
        let (zh, en) = match self.asked.take {
            Side::Ours => ("\u{672C}\u{7EA7}", "this place's words stay"),
            Side::Theirs => ("\u{4E0A}\u{6E38}", "upstream's words are taken"),
        };
        let expected = Message::new(
            format!(
                "{item} {}\u{FF1A}\u{4E0A}\u{6E38}\u{6539}\u{4E3A}\u{201C}{new}\u{201D}\u{FF0C}\u{53D6}{zh}\u{6587}\u{5B57}",
                kind.label()
            ),
            format!("{item} {kind:?}: upstream changed it to \u{201C}{new}\u{201D}; {en}"),
        );
        Finding::row(Rule::AdoptionConflict, 0, pointer, ours, expected)
    }

    /// Upstream's words for the unit stay where this place has nobody for the domain.
    fn unassigned(&self, row: &Row) -> Option<Finding> {
        let domain = local::domain(self.asked, &row.local);
        if domain.is_some_and(|domain| self.asked.units.contains_key(domain)) {
            return None;
        }
        let expected = Message::new(
            format!(
                "\u{9886}\u{57DF} {} \u{5728}\u{672C}\u{7EA7}\u{7684}\u{8D1F}\u{8D23}\u{6216}\u{7275}\u{5934}\u{5355}\u{4F4D}\u{FF08}assignment \u{540D}\u{5F55}\u{FF09}",
                domain.map_or("\u{2013}", |domain| domain.as_str())
            ),
            format!(
                "a unit of this place that is responsible for domain {} or leads in it (register assignment)",
                domain.map_or("\u{2013}", |domain| domain.as_str())
            ),
        );
        let units = row.local.units.iter().flatten().map(|unit| unit.text.as_str());
        let units = units.collect::<Vec<_>>().join("\u{FF1B}");
        Some(Finding::row(Rule::UnassignedUnit, 0, "/local/units", units, expected))
    }
}

fn origin(row: &Printed) -> Option<&ItemCode> {
    row.entry.origin.as_ref().map(|origin| &origin.item)
}

/// Rows by their names; `None` where several have them.
fn by_names<'a>(rows: impl Iterator<Item = &'a Printed>) -> HashMap<&'a [Text], Option<&'a Printed>> {
    let mut named: HashMap<&[Text], Option<&Printed>> = HashMap::new();
    for row in rows {
        let only = if named.contains_key(row.content.names.as_slice()) { None } else { Some(row) };
        named.insert(&row.content.names, only);
    }
    named
}
