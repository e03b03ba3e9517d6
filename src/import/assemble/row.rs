//! One row: its cells read, its elements put together.

use std::collections::{BTreeMap, BTreeSet};

use super::{Assembled, Reader, columns, memo::Memo, no_item};
use crate::{
    catalogue::{
        content::Content,
        division::Level,
        draft::Row,
        element::{ElementKind, ElementPart},
        layout::Part,
        local::Local,
        text::Text,
    },
    import::{
        cell::{
            Reading, audience, basis, channels, clean, levels, names, points, ticks::Tick, time_limit, units,
        },
        finding::{Code, Note, Placed},
        grid::Boundaries,
        table::{Field, How, Row as TableRow, Value},
    },
};

/// What a row says; `None`, and a note, where it names no item. `table` tells the document's tables apart.
pub(super) fn read(
    reader: &Reader,
    table: usize,
    row: &TableRow,
    notes: &mut Vec<Placed>,
) -> Option<Assembled> {
    let (content, local) = (Content::default(), Local::default());
    let mut made = Making { reader, row, notes, content, local, open: BTreeSet::new() };
    made.names();
    made.shared();
    made.own();
    made.finish(table)
}

/// One row in the making.
struct Making<'a, 'n> {
    reader: &'a Reader<'a>,
    row: &'a TableRow,
    notes: &'n mut Vec<Placed>,
    content: Content,
    local: Local,
    open: BTreeSet<ElementKind>,
}

impl Making<'_, '_> {
    /// What a cell says by its reader; its notes are put in their place.
    fn read<T>(&mut self, field: &Field, read: impl FnOnce(&str) -> Reading<T>) -> Option<T> {
        let value = self.reader.value(self.row, field)?;
        let reading = read(&value.text);
        let (row, at) = (value.row, value.at);
        // What was taken from above was said there.
        if matches!(value.how, How::Printed) {
            self.notes.extend(reading.notes.into_iter().map(|note| Placed::cell(row, at, note)));
        }
        reading.value
    }

    /// The same where equal words are read alike in every row.
    fn once<T: Clone>(
        &mut self,
        field: &Field,
        memo: &Memo<T>,
        read: impl FnOnce(&str) -> Reading<T>,
    ) -> Option<T> {
        self.read(field, |raw| memo.of(raw, read))
    }

    fn names(&mut self) {
        let memos = &self.reader.memos;
        if let Some(names) = self.once(&Field::Names, &memos.names, names::slashed) {
            self.content.names = names;
        }
        for level in 0..4 {
            let name = self.once(&Field::Name(level), &memos.name, names::read);
            self.content.names.extend(name);
        }
        // The model has three levels.
        if let [outer, inner, _, _, ..] = self.content.names.as_slice() {
            let joined = Text::new(&format!("{outer}/{inner}"));
            let note = Note::new(Code::FourLevels, outer.as_str()).understood(joined.as_str());
            self.content.names.splice(..2, [joined]);
            self.placed(Reading::<()>::blank(vec![note]), &[Field::Name(0)]);
        }
    }

    fn shared(&mut self) {
        let (vocabulary, style) = (self.reader.context.vocabulary, self.reader.points);
        let memos = &self.reader.memos;
        let name = self.content.names.iter().map(Text::as_str).collect::<Vec<_>>().join("/");
        let of_points = &memos.points[usize::from(points::about_rules(&name))];
        if let Some(read) = self.once(&Field::Content, of_points, |raw| points::read(raw, style, &name)) {
            self.content.points = Some(read.points);
            self.opened(ElementKind::Content, read.open_ended);
        }
        if let Some(read) = self.once(&Field::Basis, &memos.basis, |raw| basis::read(raw, vocabulary)) {
            self.content.basis = Some(read.citations).filter(|all| !all.is_empty());
            self.opened(ElementKind::Basis, read.open_ended);
        }
        if let Some(read) = self.once(&Field::TimeLimit, &memos.time_limit, time_limit::read) {
            self.content.time_limits = read.limits;
            self.content.publicity_period = read.publicity_period;
        }
        let marks = &self.reader.marks;
        let read = |raw: &str| channels::read(raw, marks, vocabulary);
        let mut remark = None;
        if let Some(read) = self.once(&Field::Channels, &memos.channels, read) {
            self.content.channels = Some(read.uses);
            self.content.channel_rule = read.rule;
            self.local.addresses = (!read.addresses.is_empty()).then(|| read.addresses.into());
            remark = read.note;
        }
        self.ticks();
        self.extensions();
        if let Some(remark) = remark {
            self.remark(remark);
        }
    }

    fn opened(&mut self, kind: ElementKind, open: bool) {
        if open {
            self.open.insert(kind);
        }
    }

    fn tick(&self, field: &Field) -> Option<Tick> {
        let value = self.reader.value(self.row, field)?;
        // A blank cell says no only where it is surely this column's own.
        let known = if value.how == How::Lost { Boundaries::Lines } else { Boundaries::Exact };
        Some(Tick::read(&value.text, known))
    }

    fn ticks(&mut self) {
        let (society, groups) = (self.tick(&Field::WholeSociety), self.tick(&Field::Groups));
        let label = &self.reader.groups_label;
        let read = audience::audience(society.as_ref(), groups.as_ref(), label);
        self.content.audience = self.placed(read, &[Field::WholeSociety, Field::Groups]);
        if self.content.audience.is_none() {
            self.content.audience = self.read(&Field::Audience, audience::audience_cell);
        }
        let (proactive, on_request) = (self.tick(&Field::Proactive), self.tick(&Field::OnRequest));
        let read = audience::methods(proactive.as_ref(), on_request.as_ref());
        self.content.methods = self.placed(read, &[Field::Proactive, Field::OnRequest]);
        if self.content.methods.is_none() {
            self.content.methods = self.read(&Field::Method, audience::methods_cell);
        }
        let names = self.content.names.iter().map(Text::as_str).collect::<Vec<_>>().join("/");
        let odd = self.content.audience.as_ref().and_then(|made| audience::shifted(&names, made));
        if let Some(note) = odd {
            self.placed(Reading::<()>::blank(vec![note]), &[Field::WholeSociety, Field::Groups]);
        }
    }

    /// A reading of several cells, its notes at the one whose words they are, else at the first.
    fn placed<T>(&mut self, read: Reading<T>, fields: &[Field]) -> Option<T> {
        let values: Vec<&Value> =
            fields.iter().filter_map(|field| self.reader.value(self.row, field)).collect();
        let first = values.first()?;
        for note in read.notes {
            let own = values.iter().find(|value| !note.text.is_empty() && value.text.contains(&note.text));
            let (row, at) = own.map_or((first.row, first.at), |value| (value.row, value.at));
            self.notes.push(Placed::cell(row, at, note));
        }
        read.value
    }

    fn extensions(&mut self) {
        for (extension, value) in self.reader.extensions.iter().zip(&self.row.values) {
            let Some((part, key)) = extension.clone() else { continue };
            let Some(text) = clean::lines(&value.text).value else { continue };
            let extensions = match part {
                ElementPart::Content => &mut self.content.extensions,
                ElementPart::Local => &mut self.local.extensions,
            };
            extensions.get_or_insert_default().insert(key, Text::new(&text));
        }
    }

    /// 注 in the cell of the channels: an element of its own, beside what a column of that name says.
    fn remark(&mut self, remark: Text) {
        let extensions = self.content.extensions.get_or_insert_default();
        let text = match extensions.get(&Text::new(channels::REMARK)) {
            Some(printed) => Text::new(&format!("{printed}\n{remark}")),
            None => remark,
        };
        extensions.insert(Text::new(channels::REMARK), text);
    }

    fn own(&mut self) {
        if let Some(read) = self.once(&Field::Units, &self.reader.memos.units, units::read) {
            self.local.units = Some(read.units);
            self.opened(ElementKind::ResponsibleUnit, read.open_ended);
        }
        self.levels();
        let context = self.reader.context;
        let read = |raw: &str| columns::domain(raw, context.domain.as_ref(), context.vocabulary);
        self.local.domain = self.once(&Field::Domain, &self.reader.memos.domain, read);
    }

    fn levels(&mut self) {
        let mut levels: BTreeMap<Level, bool> = BTreeMap::new();
        for (at, column) in self.reader.table.columns.iter().enumerate() {
            let Some(tick) =
                matches!(column.field, Field::Level(_)).then(|| self.tick(&column.field)).flatten()
            else {
                continue;
            };
            let value = &self.row.values[at];
            // A word in place of the tick, 县级 under 县级, says the same.
            let worded = tick.words().is_some_and(|words| column.label.ends_with(words.as_str()));
            let ticked = if worded { Some(true) } else { tick.ticked() };
            if worded {
                let note = Note::new(Code::LevelWord, value.text.clone());
                self.notes.push(Placed::cell(value.row, value.at, note));
            }
            for level in &self.reader.levels[at] {
                if let Some(ticked) = ticked {
                    *levels.entry(*level).or_insert(false) |= ticked;
                }
            }
        }
        if levels.is_empty() {
            let places: Vec<(Level, &str)> =
                self.reader.context.places.iter().map(|(level, name)| (*level, name.as_str())).collect();
            levels = self.read(&Field::Levels, |raw| levels::cell(raw, &places)).unwrap_or_default();
        }
        self.local.levels = (!levels.is_empty()).then_some(levels);
    }

    fn finish(mut self, table: usize) -> Option<Assembled> {
        let named = |field: &Field| matches!(field, Field::Name(_) | Field::Names);
        let cells = || self.reader.table.columns.iter().zip(&self.row.values);
        if !cells().any(|(column, value)| named(&column.field) && !value.text.is_empty()) {
            let words = cells().map(|(_, value)| value.text.as_str()).filter(|text| !text.is_empty());
            let note = no_item(words.collect::<Vec<_>>().join(" | "));
            self.notes.push(Placed::row(self.row.at, note));
            return None;
        }
        self.content.open_ended = (!self.open.is_empty()).then(|| self.open.iter().copied().collect());
        let (words, cells) = self.words();
        let has_levels = self
            .reader
            .table
            .columns
            .iter()
            .any(|column| matches!(column.field, Field::Level(_) | Field::Levels));
        let row = Row {
            item: None,
            content: self.content,
            local: self.local,
            origin: None,
            reason: None,
            source: None,
        };
        Some(Assembled {
            table,
            at: self.row.at,
            row,
            words,
            cells,
            collapsed: self.row.collapsed,
            level_columns: self.reader.levels.iter().flatten().copied().collect(),
            has_levels,
        })
    }

    /// The words of the cells that the national layout has, too.
    #[expect(clippy::type_complexity, reason = "two lists of one order")]
    fn words(&self) -> (Vec<(Part, String)>, Vec<(usize, usize)>) {
        let columns = self.reader.table.columns.iter().zip(&self.row.values).enumerate();
        let told = columns.filter_map(|(at, (column, value))| {
            let part = columns::part(column, &self.reader.levels[at], self.reader.extensions[at].as_ref())?;
            (value.how != How::Lost).then(|| ((part, value.text.clone()), (value.row, value.at)))
        });
        told.unzip()
    }
}
