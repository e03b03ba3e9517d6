//! The run: from files to documents, through every layer and the registers.

use std::collections::{BTreeMap, HashMap};

use super::{
    File, Parsed, Report,
    assemble::{self, Context, Said},
    canonical::{self, Form},
    checks, ditto,
    document::{Making, Wanted},
    finding::{Code, Note, Placed},
    foreign,
    lookup::{self, Units},
    origin,
    source::{self, Format},
    subject::{self, Asked, Claims, Divisions, Subject},
    table::{self, Table},
    vocabulary::Vocabulary,
};
use crate::{
    catalogue::{
        adopt::Edition,
        channel::ChannelState,
        code::{CatalogueCode, DivisionCode, DomainCode},
        digest::Digest,
        division::{DivisionState, Level},
        domain::DomainState,
        element::ElementPart,
        layout::{Layout, Part},
        legal_basis::LegalBasisState,
        scope::{Scope, ScopeRequest},
        text::Text,
        unit::{AliasState, AliasedRegister, UnitState},
        version::CatalogueKind,
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
    let scope = store.scope(ScopeRequest::default()).await?;
    let mut run =
        Run { store, scope, options, vocabulary: None, report: Report::default(), documents: Vec::new() };
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
    /// The names of channels, laws and domains, once a table needs them.
    vocabulary: Option<Vocabulary>,
    report: Report,
    documents: Vec<Parsed>,
}

/// A table of a file, and whose it is.
pub(super) struct Found {
    /// Which of the report's grids it stands in.
    pub(super) grid: usize,
    pub(super) table: Table,
    subject: Subject,
    /// What the table prints of its version.
    claims: Claims,
}

impl Found {
    /// Whether these words stand above the table. Pages run white space together, and words may be broken over lines.
    fn prints(&self, words: &str) -> bool {
        let folded = |lines: &[String]| lines.iter().map(|line| table::folded(line)).collect::<String>();
        let words = table::folded(words);
        folded(&self.table.titles).contains(&words) || folded(&self.table.above).contains(&words)
    }

    /// A title and a publisher that are printed as an export prints the last version's are that version's own.
    fn as_exported(&self, subject: &mut Subject, last: &Edition, layout: &Layout) {
        if self.prints(&layout.title) {
            subject.title.clone_from(&last.version.title);
        }
        if self.prints(&layout.about) {
            subject.publisher.clone_from(&last.version.publisher);
        }
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
            self.vocabulary = Some(vocabulary(self.store, self.scope).await?);
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
            _ => return false,
        };
        self.documents.extend(canonical::read_as(file, form, &mut self.report));
        true
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

    /// The divisions that claims name, and the one that was asked for.
    async fn divisions(&self, claims: &Claims) -> Result<Divisions> {
        let mut divisions = Divisions::new();
        let asked = self.options.asked.division.as_ref();
        let mut known: Vec<(String, DivisionState)> = self.store.called(&claims.places, self.scope).await?;
        if let Some(code) = asked
            && let Some(state) = self.store.record::<DivisionState>(code.as_str(), self.scope).await?
        {
            known.push((code.to_string(), state));
        }
        for (code, state) in known {
            if let Ok(code) = code.parse::<DivisionCode>() {
                let all = divisions.entry(state.name.to_string()).or_default();
                if !all.iter().any(|(other, _)| *other == code) {
                    all.push((code, state));
                }
            }
        }
        Ok(divisions)
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
        let context = context(vocabulary, &chain, last.as_ref().zip(layout.as_ref()), &subject);
        let (mut rows, mut said) = (Vec::new(), Vec::new());
        for (number, one) in tables.iter().enumerate() {
            let (read, notes) = assemble::rows(number, &one.table, &context);
            rows.extend(read);
            said.extend(notes);
        }
        let day = self.options.wanted.effective_from.unwrap_or(self.scope.effective_on);
        checks::repeated(&mut rows, &mut said);
        checks::missing(&rows, &mut said);
        checks::cut_short(&rows, &mut said);
        checks::fewer(&rows, last.as_ref(), &mut said);
        said.extend(foreign::words(&rows, vocabulary));
        if ditto::any(&tables) {
            said.extend(ditto::stale(&rows, &tables, self.upstream(&subject.catalogue, &chain).await?));
        }
        said.extend(lookup::notes(&rows, &units, day));
        if let Some(contents) = checks::contents(&rows) {
            let other = self.store.same_contents(&contents, &subject.catalogue, self.scope).await?;
            said.extend(other.map(|other| checks::copied(&other)));
        }
        let wanted = wanted(&self.options.wanted, &tables[0], last.as_ref().zip(layout.as_ref()));
        let making = Making {
            level: chain.first().map(|(_, state)| state.level),
            subject,
            wanted: &wanted,
            last: last.as_ref().zip(layout.as_ref()),
            file: Digest::of(&file.bytes),
            today: self.scope.effective_on,
        };
        let document = making.document(&mut rows, &mut said);
        let origin = origin::of(file, &tables, &rows, &self.report);
        for Said { table, placed } in said {
            let one = &tables[table];
            self.say(file, Some(one.grid), [placed], Some(&one.table));
        }
        self.documents.push(Parsed { document, origin });
        Ok(())
    }

    /// The last version of a catalogue; `None` before its first.
    async fn last(&self, code: &CatalogueCode) -> Result<Option<Edition>> {
        let Some(view) = self.store.catalogue(code, self.scope).await? else { return Ok(None) };
        let last = view.history.known(self.scope).map(|version| version.number).max();
        match last {
            Some(number) => Ok(Some(self.store.edition(&view, number, self.scope).await?)),
            None => Ok(None),
        }
    }

    /// The nearest catalogue above for the same domain, and how it is printed: a place's own, else the ministry's
    /// guideline. `None` where no version of any is in force.
    async fn upstream(
        &self,
        code: &CatalogueCode,
        chain: &[(DivisionCode, DivisionState)],
    ) -> Result<Option<(Edition, Layout)>> {
        for (division, _) in chain.iter().skip(1) {
            for kind in [CatalogueKind::Standard, CatalogueKind::Guideline] {
                let domain = code.domain.as_ref().map_or("00", DomainCode::as_str);
                let letter = kind.letter().map(String::from).unwrap_or_default();
                let Ok(code) = format!("{division}-{domain}{letter}").parse() else { continue };
                let Some(view) = self.store.catalogue(&code, self.scope).await? else { continue };
                let Some(number) = view.in_force else { continue };
                let edition = self.store.edition(&view, number, self.scope).await?;
                let layout = Layout::of(&edition, self.store.glossary(&code, self.scope).await?);
                return Ok(Some((edition, layout)));
            }
        }
        Ok(None)
    }

    /// A place and those above it, the nearest first.
    async fn chain(&self, place: &DivisionCode) -> Result<Vec<(DivisionCode, DivisionState)>> {
        let mut chain = Vec::new();
        let mut next = Some(place.clone());
        // No chain is longer than the levels are many; a register that loops ends here, too.
        while let Some(code) = next.take().filter(|_| chain.len() < 6) {
            let Some(state) = self.store.record::<DivisionState>(code.as_str(), self.scope).await? else {
                break;
            };
            next.clone_from(&state.parent);
            chain.push((code, state));
        }
        Ok(chain)
    }

    async fn units(&self, chain: &[(DivisionCode, DivisionState)]) -> Result<Units> {
        let places: Vec<DivisionCode> = chain.iter().map(|(code, _)| code.clone()).collect();
        let codes: Vec<String> = places.iter().map(ToString::to_string).collect();
        let units: Vec<(String, UnitState)> = self.store.belonging(&codes, self.scope).await?;
        let aliases: Vec<(String, AliasState)> = self.store.registered(self.scope).await?;
        let decided: Vec<(Text, String)> = aliases
            .into_iter()
            .filter(|(_, alias)| alias.register == AliasedRegister::Unit)
            .filter(|(_, alias)| alias.division.as_ref().is_none_or(|place| places.contains(place)))
            .map(|(_, alias)| (alias.text, alias.target))
            .collect();
        Ok(Units::new(&places, &units, &decided))
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

async fn vocabulary(store: &Store, scope: Scope) -> Result<Vocabulary> {
    let channels: Vec<(String, ChannelState)> = store.registered(scope).await?;
    let bases: Vec<(String, LegalBasisState)> = store.registered(scope).await?;
    let domains: Vec<(String, DomainState)> = store.registered(scope).await?;
    Ok(Vocabulary::new(&channels, &bases, &domains))
}

/// What the person wants, and what the table prints of its version where that is news: the line below the title of an
/// export says it of the version that was exported.
fn wanted(asked: &Wanted, found: &Found, last: Option<(&Edition, &Layout)>) -> Wanted {
    if last.is_some_and(|(_, layout)| found.prints(&layout.about)) {
        return asked.clone();
    }
    let version = last.map(|(last, _)| &last.version);
    let label = found.claims.label.as_deref().map(Text::new);
    let label = label.filter(|label| version.is_none_or(|version| version.label != *label));
    let day = found.claims.effective_from;
    let day = day.filter(|day| version.is_none_or(|version| version.effective_from != *day));
    Wanted {
        label: asked.label.clone().or(label),
        effective_from: asked.effective_from.or(day),
        ..asked.clone()
    }
}

fn context<'v>(
    vocabulary: &'v Vocabulary,
    chain: &[(DivisionCode, DivisionState)],
    last: Option<(&Edition, &Layout)>,
    subject: &Subject,
) -> Context<'v> {
    let mut declared: HashMap<String, Vec<(ElementPart, Text)>> = HashMap::new();
    if let Some((last, layout)) = last {
        let printed = layout.columns.iter().filter_map(|column| match &column.part {
            Part::Extension(part, key) => Some((column.label.as_str(), *part, key)),
            _ => None,
        });
        let known = last.elements.iter().map(|element| (element.label.as_str(), element.part, &element.key));
        for (label, part, key) in printed.chain(known) {
            let all = declared.entry(table::folded(label)).or_default();
            if !all.contains(&(part, key.clone())) {
                all.push((part, key.clone()));
            }
        }
    }
    let places: Vec<(Level, String)> =
        chain.iter().map(|(_, state)| (state.level, state.name.to_string())).collect();
    Context { vocabulary, places, declared, domain: subject.catalogue.domain.clone() }
}
