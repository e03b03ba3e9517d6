//! A file that is made while it is read.

use super::{About, DataFormat, Encode, encoder};
use crate::{
    catalogue::{
        dataset::{Dataset, ItemLine, Publication},
        scope::Scope,
    },
    error::Result,
    store::{ItemLines, Reader, RecordLines},
};

/// Where its rows come from.
enum Rows {
    Items(ItemLines),
    Records(RecordLines),
}

/// What comes next.
#[derive(Clone, Copy)]
enum Next {
    Beginning,
    Rows,
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
    about: About,
    rows: Rows,
    encoder: Box<dyn Encode>,
    next: Next,
    written: u64,
    redacted: u64,
    most: u64,
}

impl Download {
    /// A file, of which nothing was read yet. `NOT_FOUND` where what it holds is not known under the scope.
    pub async fn open(
        reader: &Reader,
        dataset: &Dataset,
        scope: Scope,
        format: DataFormat,
        publication: &Publication,
    ) -> Result<Self> {
        let (rows, scope, most) = match dataset {
            Dataset::Register(register) => {
                let most = reader.store().record_count(*register, scope).await?;
                (Rows::Records(reader.record_lines(*register, scope.revision)), scope, most)
            }
            _ => {
                let lines = reader.item_lines(dataset, scope).await?;
                let (scope, most) = (lines.scope(), lines.most());
                (Rows::Items(lines), scope, most)
            }
        };
        let about = About { dataset: dataset.clone(), scope, publication: publication.clone() };
        let next = Next::Beginning;
        Ok(Self { about, rows, encoder: encoder(format), next, written: 0, redacted: 0, most })
    }

    /// The next bytes; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let mut out = Vec::new();
        match self.next {
            Next::Beginning => {
                self.encoder.begin(&self.about, &mut out)?;
                self.next = Next::Rows;
            }
            Next::Rows => {
                if !self.batch(&mut out).await? {
                    self.encoder.end(&mut out)?;
                    self.next = Next::Nothing;
                }
            }
            Next::Nothing => return Ok(None),
        }
        Ok(Some(out))
    }

    /// Writes the next rows; `false` where there are none.
    async fn batch(&mut self, out: &mut Vec<u8>) -> Result<bool> {
        match &mut self.rows {
            Rows::Items(lines) => {
                let titles = lines.titles.clone();
                let Some(slices) = lines.next().await? else { return Ok(false) };
                for slice in slices {
                    self.written += slice.lines.len() as u64;
                    let gone = |line: &&ItemLine| !line.redacted().is_empty();
                    self.redacted += slice.lines.iter().filter(gone).count() as u64;
                    self.encoder.items(&slice, &titles, out)?;
                }
            }
            Rows::Records(lines) => {
                let register = lines.register();
                let Some(records) = lines.next().await? else { return Ok(false) };
                self.written += records.len() as u64;
                self.redacted += records.iter().filter(|record| record.states.is_none()).count() as u64;
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
