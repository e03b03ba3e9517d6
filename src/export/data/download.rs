//! A file that is made while it is read.

use std::{collections::VecDeque, sync::Arc};

use super::{About, DataFormat, Encode, ahead::Ahead, csv::Written, encoder, not_so, title, too_many_rows};
use crate::{
    catalogue::{
        dataset::{Dataset, ItemLine, Publication, Titles},
        scope::Scope,
    },
    error::Result,
    store::{ChangeLines, Reader, RecordLines},
};

/// Where its rows come from.
enum Rows {
    Items { lines: Ahead, titles: Arc<Titles> },
    Changes(ChangeLines),
    Records(RecordLines),
}

/// What comes next.
#[derive(Clone, Copy)]
enum Next {
    Beginning,
    Rows,
    Rest,
    Nothing,
}

/// What is made while it is read, from the beginning to the end.
pub trait Pieces: Send {
    /// The next bytes; `None` at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>>> + Send;
}

impl Pieces for Download {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        Self::next(self).await
    }
}

/// A data file on its way (数据文件): piece by piece, from the beginning to the end.
pub struct Download {
    reader: Reader,
    about: About,
    /// What is read, one after the other.
    rows: VecDeque<Rows>,
    encoder: Box<dyn Encode>,
    next: Next,
    written: u64,
    redacted: u64,
    most: u64,
}

impl Download {
    /// A file, of which nothing was read yet. `NOT_FOUND` where what it holds is not known under the scope, `BAD_INPUT`
    /// where it has more rows than its format has room for, or is nothing that can be written so.
    pub(super) async fn open(
        reader: &Reader,
        dataset: &Dataset,
        scope: Scope,
        format: DataFormat,
        publication: &Publication,
        written: &Written,
    ) -> Result<Self> {
        if !format.holds(dataset) {
            return Err(not_so(dataset));
        }
        let (mut rows, mut scope, mut most) = (VecDeque::new(), scope, 0);
        let registers = match dataset {
            Dataset::Register(register) => vec![*register],
            Dataset::Changes { of, since } => {
                let lines = reader.change_lines(of, *since, scope).await?;
                most = lines.most();
                rows.push_back(Rows::Changes(lines));
                Vec::new()
            }
            _ => {
                let lines = reader.item_lines(dataset, scope).await?;
                (scope, most) = (lines.scope(), lines.most());
                let titles = lines.titles.clone();
                rows.push_back(Rows::Items { lines: Ahead::new(lines), titles });
                format.registers(dataset)
            }
        };
        for register in registers {
            most += reader.store().record_count(register, scope).await?;
            rows.push_back(Rows::Records(reader.record_lines(register, scope.revision)));
        }
        let encoder = encoder(format, written);
        // Where it is known only what there is at most, it is seen when it is written.
        if let Some(room) = encoder.room().filter(|room| most > *room)
            && dataset.is_counted()
        {
            return Err(too_many_rows(room));
        }
        let about =
            About { dataset: dataset.clone(), scope, publication: publication.clone(), title: String::new() };
        let (reader, next) = (reader.clone(), Next::Beginning);
        Ok(Self { reader, about, rows, encoder, next, written: 0, redacted: 0, most })
    }

    /// The next bytes; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let mut out = Vec::new();
        match self.next {
            Next::Beginning => {
                let About { dataset, scope, .. } = &self.about;
                self.about.title = title::of(self.reader.store(), dataset, *scope).await?;
                self.encoder.begin(&self.about, &mut out)?;
                self.next = Next::Rows;
            }
            Next::Rows => {
                if !self.batch(&mut out).await? {
                    self.encoder.end(&mut out)?;
                    self.next = Next::Rest;
                }
            }
            Next::Rest => match self.encoder.rest()? {
                Some(piece) => out = piece,
                None => self.next = Next::Nothing,
            },
            Next::Nothing => return Ok(None),
        }
        Ok(Some(out))
    }

    /// Writes the next rows; `false` where there are none.
    async fn batch(&mut self, out: &mut Vec<u8>) -> Result<bool> {
        match self.rows.front_mut() {
            None => return Ok(false),
            Some(Rows::Items { lines, titles }) => {
                let titles = titles.clone();
                let slices = lines.next().await?;
                if slices.is_none() {
                    self.rows.pop_front();
                }
                for slice in slices.into_iter().flatten() {
                    self.written += slice.lines.len() as u64;
                    let gone = |line: &&ItemLine| !line.redacted().is_empty();
                    self.redacted += slice.lines.iter().filter(gone).count() as u64;
                    self.encoder.items(&slice, &titles, out)?;
                }
            }
            Some(Rows::Changes(lines)) => {
                let changes = lines.next().await?;
                if changes.is_none() {
                    self.rows.pop_front();
                }
                let changes = changes.unwrap_or_default();
                self.written += changes.len() as u64;
                self.redacted += changes.iter().filter(|change| change.redacted.is_some()).count() as u64;
                self.encoder.changes(&changes, out)?;
            }
            Some(Rows::Records(lines)) => {
                let register = lines.register();
                let records = lines.next().await?;
                if records.is_none() {
                    self.rows.pop_front();
                }
                let records = records.unwrap_or_default();
                // What goes along with items is not what was asked for.
                if matches!(self.about.dataset, Dataset::Register(_)) {
                    self.written += records.len() as u64;
                    self.redacted += records.iter().filter(|record| record.states.is_none()).count() as u64;
                }
                self.encoder.records(register, &records, out)?;
            }
        }
        Ok(true)
    }

    /// The scope under which it is read.
    pub fn scope(&self) -> Scope {
        self.about.scope
    }

    /// How many items or records it will have at most.
    pub fn most(&self) -> u64 {
        self.most
    }

    /// How many were written so far.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// How many of them lack what was erased.
    pub fn redacted(&self) -> u64 {
        self.redacted
    }
}
