//! The header of a document, and what its rows take from the last version.

use std::collections::{BTreeMap, HashSet};

use chrono::{Datelike, NaiveDate};
use serde_json::json;

use super::{
    assemble::{Assembled, Said, no_item},
    carry,
    finding::{Code, Note},
    identity,
    subject::Subject,
};
use crate::catalogue::{
    adopt::Edition,
    digest::Digest,
    division::Level,
    draft::{Header, Upstream},
    element::{ElementKind, ElementPart, ElementSchema},
    layout::Layout,
    text::Text,
    version::Source,
};

/// What the person says of the version to be.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// A short name; `None`: the year of the day, 2026年版.
    pub label: Option<Text>,
    /// 施行日期; `None`: today, or the day of the last version where that is later.
    pub effective_from: Option<NaiveDate>,
    /// A remark; `None`: the remarks below the table, else that of the last version.
    pub note: Option<Text>,
    /// Whether items that are only likely the same are taken for the same.
    pub accept: bool,
    /// Whether a missing mandatory element is refused.
    pub complete: bool,
}

/// What a document is made from besides its rows.
pub struct Making<'a> {
    /// Whose it is.
    pub subject: Subject,
    /// What the person says of it.
    pub wanted: &'a Wanted,
    /// The last version, and how the national layout prints it; `None` before the first.
    pub last: Option<(&'a Edition, &'a Layout)>,
    /// The level of the place, for tables without a column of levels; `None` where it is not known.
    pub level: Option<Level>,
    /// The remarks (注) below its tables.
    pub remarks: Option<Text>,
    /// The digest of the file.
    pub file: Digest,
    /// Today in Asia/Shanghai.
    pub today: NaiveDate,
}

impl Making<'_> {
    /// Makes these rows those of a document, of which it returns the header: each gets what it keeps of the last version,
    /// and those that are no items go. What there is to say goes to `notes`, and `told` is called for each row that was
    /// compared with the last version.
    pub fn settle(&self, rows: &mut Vec<Assembled>, notes: &mut Vec<Said>, told: &mut dyn FnMut()) -> Header {
        let same = self.carry_over(rows, notes, told);
        notes.extend(
            rows.iter()
                .filter(|row| !row.is_item())
                .map(|row| row.say(no_item(row.printed_names().join(" | ")))),
        );
        rows.retain(Assembled::is_item);
        self.infer(rows, notes);
        let asked =
            self.wanted.label.is_some() || self.wanted.effective_from.is_some() || self.wanted.note.is_some();
        let mut header = match self.last {
            Some((last, _)) if same && !asked => continued(last),
            _ => self.header(),
        };
        if !same || asked {
            self.sources(&mut header, rows);
        }
        declare(&mut header, rows);
        header
    }

    /// Gives rows the codes and readings of the last version. True where they say no more and no less than it does.
    fn carry_over(&self, rows: &mut [Assembled], notes: &mut Vec<Said>, told: &mut dyn FnMut()) -> bool {
        let Some((last, layout)) = self.last else { return false };
        let found = identity::find(rows, last, layout, self.wanted.accept);
        notes.extend(found.notes.into_iter().map(|(row, note)| rows[row].say(note)));
        let in_order = found.places.iter().copied().eq((0..last.rows.len()).map(Some));
        let mut same = in_order;
        // Words that were published cannot be refused now, however odd they are.
        let mut published_cells = HashSet::new();
        for (row, place) in rows.iter_mut().zip(found.places) {
            told();
            let Some(published) = place.and_then(|place| last.rows.get(place)) else { continue };
            let kept = row.cells_of(&carry::same_parts(row, published, layout));
            published_cells.extend(kept.into_iter().map(|(at, column)| (row.table, at, column)));
            let mut said = Vec::new();
            same &= carry::over(row, published, layout, &mut said);
            notes.extend(said.into_iter().map(|(part, note)| row.say_of(&part, note)));
        }
        notes.retain(|said| !said.refusal_of().is_some_and(|cell| published_cells.contains(&cell)));
        same && (self.subject.title.is_none() || self.subject.title == last.version.title)
    }

    /// What a table does not print and its place tells: the level; and ticks whose columns are lost.
    fn infer(&self, rows: &mut [Assembled], notes: &mut Vec<Said>) {
        let mut said = false;
        for row in rows.iter_mut().filter(|row| row.row.item.is_none()) {
            if let Some(ticks) = row.collapsed {
                collapsed(row, ticks);
            }
            let Some(level) = self.level.filter(|_| !row.has_levels && row.row.local.levels.is_none()) else {
                continue;
            };
            row.row.local.levels = Some(BTreeMap::from([(level, true)]));
            row.row.local.inferred.get_or_insert_default().push(ElementKind::Level);
            if !std::mem::replace(&mut said, true) {
                notes.push(row.say(Note::new(Code::NoLevelColumn, "").understood(level.label())));
            }
        }
    }

    fn header(&self) -> Header {
        let last = self.last.map(|(last, _)| &last.version);
        let day = day(self.wanted, self.last.map(|(last, _)| last), self.today);
        Header {
            catalogue: self.subject.catalogue.clone(),
            title: self.subject.title.clone(),
            publisher: self
                .subject
                .publisher
                .clone()
                .or_else(|| last.and_then(|last| last.publisher.clone())),
            label: self.wanted.label.clone().unwrap_or_else(|| Text::new(&format!("{}年版", day.year()))),
            effective_from: day,
            note: self
                .wanted
                .note
                .clone()
                .or_else(|| self.remarks.clone())
                .or_else(|| last.and_then(|last| last.note.clone())),
            based_on: last
                .and_then(|last| last.based_on.as_ref())
                .map(|on| Upstream { catalogue: on.catalogue.clone(), number: on.number }),
            elements: self.last.map(|(last, _)| last.elements.clone()).unwrap_or_default(),
            sources: last.map(|last| last.sources.clone()).unwrap_or_default(),
            omissions: last.map(|last| last.omissions.clone()).unwrap_or_default(),
        }
    }

    /// Rows that say something new come from this file; sources that no row names any more are left out.
    fn sources(&self, header: &mut Header, rows: &mut [Assembled]) {
        let own = Source {
            title: self.subject.title.clone(),
            publisher: self.subject.publisher.clone(),
            file: Some(self.file),
            ..Source::default()
        };
        let before = std::mem::take(&mut header.sources);
        for row in rows {
            let kept = row.row.source.and_then(|index| before.get(usize::try_from(index).ok()?)).cloned();
            let source = kept.unwrap_or_else(|| own.clone());
            let at = header.sources.iter().position(|known| *known == source).unwrap_or_else(|| {
                header.sources.push(source);
                header.sources.len() - 1
            });
            row.row.source = u32::try_from(at).ok();
        }
    }
}

/// The day from which a version is in force: as wanted, else today, or the last version's day where that is later.
pub fn day(wanted: &Wanted, last: Option<&Edition>, today: NaiveDate) -> NaiveDate {
    let usual = last.map_or(today, |last| last.version.effective_from.max(today));
    wanted.effective_from.unwrap_or(usual)
}

/// The header of a document that says just what the last version says.
fn continued(last: &Edition) -> Header {
    let version = &last.version;
    Header {
        catalogue: version.catalogue.clone(),
        title: version.title.clone(),
        publisher: version.publisher.clone(),
        label: version.label.clone(),
        effective_from: version.effective_from,
        note: version.note.clone(),
        based_on: version
            .based_on
            .as_ref()
            .map(|on| Upstream { catalogue: on.catalogue.clone(), number: on.number }),
        elements: last.elements.clone(),
        sources: version.sources.clone(),
        omissions: version.omissions.clone(),
    }
}

/// Declares the further elements that rows have and nobody declared: any text.
fn declare(header: &mut Header, rows: &[Assembled]) {
    let mut used: BTreeMap<&Text, ElementPart> = BTreeMap::new();
    for row in rows {
        let shared = row.row.content.extensions.iter().flatten().map(|(key, _)| (key, ElementPart::Content));
        let own = row.row.local.extensions.iter().flatten().map(|(key, _)| (key, ElementPart::Local));
        used.extend(shared.chain(own));
    }
    for (key, part) in used {
        if !header.elements.iter().any(|element| element.key == *key && element.part == part) {
            let schema = json!({ "type": "string" });
            header.elements.push(ElementSchema { key: key.clone(), label: key.clone(), part, schema });
        }
    }
}

/// Ticks of which only the number is left: 全社会, 主动, then levels from the first on. A person confirms.
fn collapsed(row: &mut Assembled, ticks: usize) {
    use crate::catalogue::content::{Audience, Methods};
    let content = &mut row.row.content;
    content.audience = Some(Audience { whole_society: Some(true), groups: None });
    let mut inferred = vec![ElementKind::Audience];
    if ticks > 1 {
        content.methods = Some(Methods { proactive: Some(true), on_request: None });
        inferred.push(ElementKind::Method);
    }
    let levels = row.level_columns.iter().take(ticks.saturating_sub(2)).map(|level| (*level, true));
    let levels: BTreeMap<Level, bool> = levels.collect();
    if !levels.is_empty() {
        row.row.local.levels = Some(levels);
        inferred.push(ElementKind::Level);
    }
    row.row.local.inferred = Some(inferred);
}
