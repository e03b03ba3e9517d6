//! Rows as runs of cells (单元格段): cells that stand side by side and are told from one part of a row. What is said of a
//! part is the same in the rows of many places, so what was written of it lately is kept as it was written.

use std::{ops::Range, sync::Arc};

use super::Style;
use crate::{
    cache::{self, Cache},
    catalogue::{
        canonical::CanonicalError,
        column::{Cell, Column, Columns, ItemSource, Part, Row},
        dataset::{ItemLine, Titles, VersionHead},
        digest::Digest,
    },
    error::{Error, Result},
};

/// What the cells of a part take beside their text, about.
const OVERHEAD: usize = 250;

/// The cells of parts as they were written lately, by what else they depend on and by the part's digest; `None` where none
/// are kept.
#[derive(Clone, Debug)]
pub(in crate::export::data) struct Written(Option<Cache<Key, Arc<Cells>>>);

type Key = (Digest, Digest);

impl Written {
    /// So many bytes of them at most, by all files together; 0: none.
    pub(in crate::export::data) fn new(bytes: u64) -> Self {
        let weight =
            |_: &Key, cells: &Arc<Cells>| u32::try_from(OVERHEAD + cells.text.len()).unwrap_or(u32::MAX);
        Self((bytes > 0).then(|| cache::weighed(bytes, weight)))
    }

    /// Forgets all of them.
    pub(in crate::export::data) fn clear(&self) {
        self.0.iter().for_each(Cache::invalidate_all);
    }

    fn get(&self, key: &Key) -> Option<Arc<Cells>> {
        self.0.as_ref()?.get(key)
    }

    fn keep(&self, key: Key, cells: &Arc<Cells>) {
        if let Some(kept) = &self.0 {
            kept.insert(key, cells.clone());
        }
    }
}

/// What is written of a part: the text of each of its runs.
#[derive(Debug)]
struct Cells {
    text: Box<[u8]>,
    runs: Box<[Range<usize>]>,
}

/// Cells that stand side by side and are told from one part.
struct Run {
    part: Part,
    /// Which run of its part it is.
    place: usize,
    columns: Vec<&'static Column<ItemSource>>,
}

/// How rows are written in a file.
pub(super) struct Runs {
    style: Style,
    runs: Vec<Run>,
    written: Written,
    /// What the cells of a part depend on beside its digest, once names are known.
    beside: Option<Digest>,
    /// The version that was written last, and whether as on its first row.
    version: Option<(Digest, bool, Arc<Cells>)>,
}

impl Runs {
    pub(super) fn new(style: Style, written: Written) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        for column in style.shown(&Columns::declared().item) {
            let part = column.source().part();
            match runs.last_mut().filter(|run| run.part == part) {
                Some(run) => run.columns.push(column),
                None => {
                    let place = runs.iter().filter(|run| run.part == part).count();
                    runs.push(Run { part, place, columns: vec![column] });
                }
            }
        }
        Self { style, runs, written, beside: None, version: None }
    }

    /// Writes the row of a line.
    pub(super) fn row(
        &mut self,
        head: &VersionHead,
        line: &ItemLine,
        titles: &Titles,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let first = self.version.as_ref().is_none_or(|(digest, ..)| *digest != head.digest);
        let row = Row::new(head, line, titles, first);
        let beside = self.beside(titles)?;
        let version = self.version(head.digest, first, &row)?;
        let entry = line.entry.as_ref();
        let content = entry.filter(|_| line.content.is_some()).map(|entry| entry.content);
        let local = entry.filter(|_| line.local.is_some()).map(|entry| entry.local);
        let shared = self.part(Part::Shared, content.map(|content| (beside, content)), &row)?;
        let own = self.part(Part::Own, local.map(|local| (beside, local)), &row)?;
        for (place, run) in self.runs.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            match run.part {
                Part::Version => out.extend_from_slice(version.run(run.place)),
                Part::Shared => out.extend_from_slice(shared.run(run.place)),
                Part::Own => out.extend_from_slice(own.run(run.place)),
                Part::Row => self.style.record(run.cells(&row), out)?,
            }
        }
        out.extend_from_slice(super::END);
        Ok(())
    }

    fn version(&mut self, digest: Digest, first: bool, row: &Row<'_>) -> Result<Arc<Cells>> {
        if let Some((_, _, cells)) =
            self.version.as_ref().filter(|known| (known.0, known.1) == (digest, first))
        {
            return Ok(cells.clone());
        }
        let cells = Arc::new(self.cells(Part::Version, row)?);
        self.version = Some((digest, first, cells.clone()));
        Ok(cells)
    }

    /// What is written of a part; `None` for one that was erased.
    fn part(&self, part: Part, key: Option<Key>, row: &Row<'_>) -> Result<Arc<Cells>> {
        if let Some(known) = key.as_ref().and_then(|key| self.written.get(key)) {
            return Ok(known);
        }
        let cells = Arc::new(self.cells(part, row)?);
        if let Some(key) = key {
            self.written.keep(key, &cells);
        }
        Ok(cells)
    }

    fn cells(&self, part: Part, row: &Row<'_>) -> Result<Cells> {
        let (mut text, mut runs) = (Vec::new(), Vec::new());
        for run in self.runs.iter().filter(|run| run.part == part) {
            let begun = text.len();
            self.style.record(run.cells(row), &mut text)?;
            runs.push(begun..text.len());
        }
        Ok(Cells { text: text.into(), runs: runs.into() })
    }

    /// Cells of a part are written as the style has it, with names of channels.
    fn beside(&mut self, titles: &Titles) -> Result<Digest> {
        if let Some(known) = self.beside {
            return Ok(known);
        }
        let all = serde_json::to_vec(&(self.style.for_spreadsheets, &titles.channels));
        let beside = Digest::of(&all.map_err(Error::internal)?);
        self.beside = Some(beside);
        Ok(beside)
    }
}

impl Run {
    fn cells<'a>(
        &'a self,
        row: &'a Row<'_>,
    ) -> impl Iterator<Item = std::result::Result<Cell<'a>, CanonicalError>> {
        self.columns.iter().map(|column| row.cell(column))
    }
}

impl Cells {
    fn run(&self, place: usize) -> &[u8] {
        self.runs.get(place).map_or(&[], |run| &self.text[run.clone()])
    }
}
