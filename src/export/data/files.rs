//! The files that a server gives away: their links, what tells one state of them from another, and what is known of
//! those that were made before.

use std::{fmt, sync::Arc};

use moka::sync::Cache;
use sha2::{Digest as _, Sha256};

use super::{
    Download, FileName,
    csv::Written,
    finished::{Finished, Growing, Shelf},
    title,
};
use crate::{
    catalogue::{
        check::Message,
        column::Columns,
        dataset::{Dataset, Notice, Publication},
        digest::Digest,
        scope::Scope,
    },
    config::Cache as Cached,
    error::{Error, Result},
    store::Reader,
};

/// How many files are remembered.
const REMEMBERED: u64 = 100_000;

/// Rows up to which a file is made as a whole before its first byte is sent: then its length and digest are known, and
/// what fails is told by a status.
pub const SMALL: u64 = 2_000;

/// What is known of a file that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// How many bytes it has.
    pub bytes: u64,
    /// Their digest.
    pub digest: Digest,
}

/// Adds up what is known of a file while it is made.
#[derive(Clone, Debug, Default)]
pub struct Measuring {
    hasher: Sha256,
    bytes: u64,
}

impl Measuring {
    /// Takes the next bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    /// What is known at the end.
    pub fn measured(self) -> Result<Measured> {
        let digest = Digest::from_bytes(&self.hasher.finalize());
        let digest = digest.ok_or_else(|| Error::internal("SHA-256 has 32 bytes"))?;
        Ok(Measured { bytes: self.bytes, digest })
    }
}

/// The link of a file that never changes, redactions apart (固定链接).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pinned {
    /// What it holds, and how.
    pub name: FileName,
    /// The scope; one version has its own.
    pub scope: Scope,
}

impl fmt::Display for Pinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, scope } = self;
        match name.dataset {
            Dataset::Version { .. } => write!(f, "/data/{name}"),
            _ => write!(f, "/data/{}/{}/{name}", scope.revision, scope.effective_on),
        }
    }
}

/// The files that a server gives away (数据下载).
#[derive(Clone)]
pub struct Files {
    reader: Reader,
    publication: Publication,
    made: Cache<String, Measured>,
    /// `None` where none are kept.
    finished: Option<Shelf>,
    written: Written,
}

impl Files {
    /// The files of a store, given away as it is said.
    pub fn new(reader: Reader, publication: Publication) -> Self {
        let written = Written::new(Cached::default().parts / 2);
        Self { reader, publication, made: Cache::new(REMEMBERED), finished: None, written }
    }

    /// The same, of which as much is kept as the settings say.
    #[must_use]
    pub fn keeping(self, cache: &Cached) -> Self {
        let finished = (cache.files > 0).then(|| Shelf::new(cache.files));
        Self { finished, written: Written::new(cache.parts / 2), ..self }
    }

    /// What they are made from.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Where they are given away, by whom, and on which terms.
    pub fn publication(&self) -> &Publication {
        &self.publication
    }

    /// Who gives them away, and on which terms.
    pub fn notice(&self) -> &Notice {
        &self.publication.notice
    }

    /// `NOT_FOUND` where it is not said whose data they are and on which terms: then none of them are open.
    pub fn must_be_open(&self) -> Result<()> {
        if self.notice().is_whole() {
            return Ok(());
        }
        Err(Error::NotFound(Message::new(
            "尚无开放数据：须先设置 data.publisher、data.licence 和 data.attribution",
            "there are no open data yet: data.publisher, data.licence and data.attribution have to be set first",
        )))
    }

    /// A file, of which nothing was read yet. `NOT_FOUND` where what it holds is not known under its scope.
    pub async fn open(&self, file: &Pinned) -> Result<Download> {
        let FileName { dataset, format } = &file.name;
        Download::open(&self.reader, dataset, file.scope, *format, &self.publication, &self.written).await
    }

    /// What tells the bytes of a file from any other of the same link: all that they depend on, the program that makes
    /// them and redactions among it. Two servers of one log say the same.
    pub fn tag(&self, file: &Pinned) -> String {
        self.tag_of(&file.to_string())
    }

    /// The same of whatever stands at a link.
    pub(crate) fn tag_of(&self, link: &str) -> String {
        let publication = &self.publication;
        let redacted = self.reader.last_redaction();
        let version = env!("CARGO_PKG_VERSION");
        let all = format!("{link}\n{version}\n{}\n{redacted}\n{publication:?}", Columns::digest());
        Digest::of(all.as_bytes()).hex()[..32].to_owned()
    }

    /// What is known of a file that was made, by its tag and coding.
    pub fn known(&self, tag: &str) -> Option<Measured> {
        self.made.get(tag)
    }

    /// Remembers what is known of a file.
    pub fn remember(&self, tag: &str, measured: Measured) {
        self.made.insert(tag.to_owned(), measured);
    }

    /// A file that is kept, by its tag and coding.
    pub fn finished(&self, tag: &str) -> Option<Arc<Finished>> {
        self.finished.as_ref()?.get(tag)
    }

    /// A file that is to be kept when it is finished; `None` where none are.
    pub fn growing(&self) -> Option<Growing> {
        Some(self.finished.as_ref()?.grow(self.reader.last_redaction()))
    }

    /// Remembers a file that is finished, and keeps it.
    pub fn finish(&self, tag: &str, measured: Measured, growing: Option<Growing>) {
        self.remember(tag, measured);
        if let Some(growing) = growing {
            growing.finish(tag, measured, self.reader.last_redaction());
        }
    }

    /// Drops all that is kept.
    pub fn clear(&self) {
        self.finished.iter().for_each(Shelf::clear);
        self.written.clear();
    }

    /// How many are kept, and how many bytes they have, about.
    pub fn count(&self) -> (u64, u64) {
        self.finished.as_ref().map_or((0, 0), Shelf::count)
    }

    /// What is known of a file; one that was not made yet is made for it.
    pub async fn measure(&self, file: &Pinned) -> Result<Measured> {
        let tag = self.tag(file);
        if let Some(known) = self.known(&tag) {
            return Ok(known);
        }
        let mut download = self.open(file).await?;
        let mut growing = if download.most() > SMALL { self.growing() } else { None };
        let mut measuring = Measuring::default();
        while let Some(piece) = download.next().await? {
            measuring.add(&piece);
            growing.iter_mut().for_each(|growing| growing.add(&piece));
        }
        let measured = measuring.measured()?;
        self.finish(&tag, measured, growing);
        Ok(measured)
    }

    /// As [`Files::measure`] for a file of a few rows; of others what is known already.
    pub async fn measure_small(&self, file: &Pinned) -> Result<Option<Measured>> {
        if self.open(file).await?.most() <= SMALL {
            return self.measure(file).await.map(Some);
        }
        Ok(self.known(&self.tag(file)))
    }

    /// What people call a file: place, domain and kind, and the version or the day.
    pub async fn title(&self, file: &Pinned) -> Result<String> {
        title::of(self.reader.store(), &file.name.dataset, file.scope).await
    }
}
