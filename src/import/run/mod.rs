//! The run: from files to documents, through every layer and the registers.

mod found;
mod registers;
mod reparse;
mod tasks;

use std::collections::BTreeMap;

pub(super) use self::found::Found;
pub use self::reparse::{Reparsed, reparse};
pub use self::tasks::{TaskOptions, read_tasks};
use super::{
    File, Parsed, Report,
    assemble::{self, Said},
    branch,
    canonical::{self, Form},
    checks, declared, ditto,
    document::{Making, Wanted},
    finding::{Code, Note, Placed},
    foreign, lookup, origin,
    progress::{Progress, Step},
    source::{self, Format},
    subject::{self, Asked, Claims, Subject},
    table::{self, Table},
    vocabulary::Vocabulary,
};
use crate::{
    catalogue::{
        check::Declared,
        code::CatalogueCode,
        digest::Digest,
        draft::Document,
        layout::Layout,
        scope::{Scope, ScopeRequest},
        text::Text,
    },
    error::Result,
    store::Store,
};

/// What the person says of the files.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whose they are.
    pub asked: Asked,
    /// What the versions will be.
    pub wanted: Wanted,
}

/// Reads documents from files of any kind. What is wrong with any of them is in the report.
pub async fn read(store: &Store, files: &[File], options: &Options) -> Result<(Vec<Parsed>, Report)> {
    read_telling(store, files, options, &mut |_| {}).await
}

/// As [`read`], and tells how far it has come.
pub async fn read_telling(
    store: &Store,
    files: &[File],
    options: &Options,
    tell: &mut dyn FnMut(Progress),
) -> Result<(Vec<Parsed>, Report)> {
    let scope = store.scope(ScopeRequest::default()).await?;
    let mut run = Run::new(store, scope, options, tell);
    for file in files {
        let before = run.documents.len();
        run.file(file).await?;
        let rows = run.documents[before..].iter().map(|one| one.document.rows.len()).sum();
        run.report.files.push((file.name.clone(), rows));
    }
    Ok((run.documents, run.report))
}

struct Run<'a> {
    store: &'a Store,
    scope: Scope,
    options: &'a Options,
    tell: &'a mut dyn FnMut(Progress),
    /// The names of channels, laws and domains, once a table needs them.
    vocabulary: Option<Vocabulary>,
    report: Report,
    documents: Vec<Parsed>,
}

impl<'a> Run<'a> {
    fn new(store: &'a Store, scope: Scope, options: &'a Options, tell: &'a mut dyn FnMut(Progress)) -> Self {
        let (report, documents) = (Report::default(), Vec::new());
        Self { store, scope, options, tell, vocabulary: None, report, documents }
    }
}

impl Run<'_> {
    async fn file(&mut self, file: &File) -> Result<()> {
        if self.canonical(file, None) {
            return Ok(());
        }
        let read = match source::read(file) {
            Ok(read) => read,
            Err(refusal) => {
                self.say(file, None, [Placed::whole(*refusal)], None);
                return Ok(());
            }
        };
        if self.canonical(file, Some(read.format)) {
            return Ok(());
        }
        if let Some(documents) = canonical::read_sheets(file, &read.grids, &mut self.report) {
            let notes = read.notes.into_iter().map(|(_, note)| Placed::whole(note));
            self.say(file, None, notes, None);
            self.take(documents);
            return Ok(());
        }
        let first = self.report.grids.len();
        self.report.grids.extend(read.grids.into_iter().map(|grid| (file.name.clone(), grid)));
        for (place, note) in read.notes {
            let grid = place.map(|place| first + place.grid);
            let placed = match place {
                Some(place) => Placed::cell(place.row, place.column, note),
                None => Placed::whole(note),
            };
            self.say(file, grid, [placed], None);
        }
        if self.vocabulary.is_none() {
            self.vocabulary = Some(registers::vocabulary(self.store, self.scope).await?);
        }
        let found = self.tables(file, first..self.report.grids.len()).await?;
        let mut groups: BTreeMap<CatalogueCode, Vec<Found>> = BTreeMap::new();
        for one in found {
            groups.entry(one.subject.catalogue.clone()).or_default().push(one);
        }
        for tables in groups.into_values() {
            self.catalogue(file, tables).await?;
        }
        Ok(())
    }

    fn say(
        &mut self,
        file: &File,
        grid: Option<usize>,
        notes: impl IntoIterator<Item = Placed>,
        table: Option<&Table>,
    ) {
        let label = |row: Option<usize>, at: usize| {
            table.and_then(|table| table.column(row, at)).map(|column| table::name(&column.field))
        };
        self.report.note(notes, &file.name, grid, label);
    }

    /// Reads a file that is in the canonical form by its content, or says so by its name. False for any other.
    fn canonical(&mut self, file: &File, format: Option<Format>) -> bool {
        let name = file.name.to_lowercase();
        let form = match format {
            Some(Format::CanonicalCsv) => Form::Csv,
            Some(Format::Ndjson) => Form::Ndjson,
            None if [".ndjson", ".jsonl"].iter().any(|end| name.ends_with(end)) => Form::Ndjson,
            None if canonical::is_data(file) => Form::Json,
            _ => return false,
        };
        let read = canonical::read_as(file, form, &mut self.report);
        self.take(read);
        true
    }

    /// Takes in documents that were in the canonical form.
    fn take(&mut self, read: Vec<Parsed>) {
        for one in read.iter().filter(|_| self.options.wanted.complete) {
            for (at, row) in one.document.rows.iter().enumerate() {
                for kind in checks::lacks(row) {
                    let name = row.content.names.iter().map(Text::as_str).collect::<Vec<_>>().join("/");
                    self.report.note_row(checks::absent(kind, name), at, &one.origin);
                }
            }
        }
        self.documents.extend(read);
    }

    /// The tables of a file with whose they are; what is wrong with the others is in the report.
    async fn tables(&mut self, file: &File, grids: std::ops::Range<usize>) -> Result<Vec<Found>> {
        let (mut found, mut why, mut any) = (Vec::new(), Vec::new(), false);
        let mut places = Vec::new();
        if grids.is_empty() {
            self.say(file, None, [Placed::whole(no_sheet())], None);
        }
        for at in grids {
            let (tables, notes) = table::tables(&self.report.grids[at].1);
            why.extend(notes.into_iter().map(|note| (at, note)));
            for table in tables {
                any = true;
                self.say(file, Some(at), table.notes.clone(), Some(&table));
                if let Some((subject, claims)) = self.subject(file, at, &table, &mut places).await? {
                    found.push(Found { grid: at, table, subject, claims });
                }
            }
        }
        // A sheet without a table is no fault where another has one.
        for (at, note) in why.into_iter().filter(|_| !any) {
            self.say(file, Some(at), [note], None);
        }
        Ok(found)
    }

    /// Whose a table is. The `places` that a file names once hold for all of its tables.
    async fn subject(
        &mut self,
        file: &File,
        grid: usize,
        table: &Table,
        places: &mut Vec<String>,
    ) -> Result<Option<(Subject, Claims)>> {
        let Some(vocabulary) = &self.vocabulary else { return Ok(None) };
        let mut claims = subject::claims(table, self.report.grids[grid].1.sheet.as_deref(), vocabulary);
        if claims.places.is_empty() {
            claims.places.clone_from(places);
        }
        places.clone_from(&claims.places);
        // A version of a catalogue may be empty, and so may be what was exported of it; a template is none.
        if table.rows.is_empty() && claims.code.is_none() {
            self.say(file, Some(grid), [Placed::row(table.head, no_rows())], None);
            return Ok(None);
        }
        let divisions = self.divisions(&claims).await?;
        let Some(vocabulary) = &self.vocabulary else { return Ok(None) };
        let decided = subject::decide(&claims, &self.options.asked, &divisions, vocabulary);
        let place = |note: Note| Placed::row(table.head, note);
        match decided {
            Ok(subject) => {
                self.say(file, Some(grid), claims.notes.iter().cloned().map(place), None);
                Ok(Some((subject, claims)))
            }
            Err(notes) => {
                self.say(file, Some(grid), notes.into_iter().map(place), None);
                Ok(None)
            }
        }
    }

    /// One catalogue's tables of a file, together one document.
    async fn catalogue(&mut self, file: &File, tables: Vec<Found>) -> Result<()> {
        let Some(mut subject) = tables.first().map(|one| one.subject.clone()) else { return Ok(()) };
        let last = self.last(&subject.catalogue).await?;
        let chain = self.chain(&subject.catalogue.division).await?;
        let units = self.units(&chain).await?;
        let Some(vocabulary) = &self.vocabulary else { return Ok(()) };
        let layout = match &last {
            Some(last) => Some(Layout::of(last, self.store.glossary(&subject.catalogue, self.scope).await?)),
            None => None,
        };
        if let Some((last, layout)) = last.as_ref().zip(layout.as_ref()) {
            tables[0].as_exported(&mut subject, last, layout);
        }
        let wanted = found::wanted(&self.options.wanted, &tables[0], last.as_ref().zip(layout.as_ref()));
        let held = self.held(&subject, &wanted, last.as_ref()).await?;
        let context = found::context(vocabulary, &chain, last.as_ref().zip(layout.as_ref()), &subject, &held);
        let (mut rows, mut said) = (Vec::new(), Vec::new());
        let many = tables.iter().map(|one| one.table.rows.len()).sum();
        let mut told = Progress::counting(Step::Reading, many, self.tell);
        for (number, one) in tables.iter().enumerate() {
            let (read, notes) = assemble::rows(number, &one.table, &context, &mut told);
            rows.extend(read);
            said.extend(notes);
        }
        drop(told);
        let day = self.options.wanted.effective_from.unwrap_or(self.scope.effective_on);
        checks::repeated(&mut rows, &mut said);
        let (complete, refused) = (self.options.wanted.complete, checks::refused(&tables, &said));
        if !complete {
            checks::missing(&rows, &refused, &mut said);
        }
        checks::cut_short(&rows, &mut said);
        checks::fewer(&rows, last.as_ref(), &mut said);
        said.extend(foreign::words(&rows, vocabulary));
        if ditto::any(&tables) {
            said.extend(ditto::stale(&rows, &tables, self.upstream(&subject.catalogue, &chain).await?));
        }
        let places = self.served(&rows, &chain).await?;
        let publisher = subject.publisher.as_ref().map(Text::as_str);
        let around = branch::Around { publisher, places: &places, day };
        said.extend(lookup::notes(&rows, &units, &around));
        let contents = checks::contents(&rows);
        let other = self.store.same_contents(contents, &subject.catalogue, self.scope).await?;
        said.extend(other.map(|other| checks::copied(&other)));
        let making = Making {
            level: chain.first().map(|(_, state)| state.level),
            subject,
            wanted: &wanted,
            last: last.as_ref().zip(layout.as_ref()),
            remarks: found::remarks(&tables),
            file: Digest::of(&file.bytes),
            today: self.scope.effective_on,
        };
        let many = if last.is_some() { rows.len() } else { 0 };
        let mut told = Progress::counting(Step::Matching, many, self.tell);
        let header = making.settle(&mut rows, &mut said, &mut told);
        drop(told);
        if complete {
            checks::incomplete(&rows, &refused, &mut said);
        }
        let elements: Vec<Declared> = held.iter().filter_map(|held| Declared::of(&held.element)).collect();
        said.extend(declared::check(&rows, &tables, &elements));
        let origin = origin::of(file, &tables, &rows, &self.report);
        // Whoever looks at rows has done so: the document takes over what they say.
        let rows = rows.iter_mut().map(|row| std::mem::take(&mut row.row)).collect();
        let document = Document { header, rows };
        for Said { table, placed } in said {
            let one = &tables[table];
            self.say(file, Some(one.grid), [placed], Some(&one.table));
        }
        self.documents.push(Parsed { document, origin });
        Ok(())
    }
}

/// E008: a header, and nothing below it.
fn no_rows() -> Note {
    Note::new(Code::NoTable, "").expected("表头之下至少一行", "at least one row below the header")
}

/// E008 for a workbook of which nothing is to be seen.
fn no_sheet() -> Note {
    Note::new(Code::NoTable, "").expected("至少一张未隐藏的工作表", "at least one sheet that is not hidden")
}
