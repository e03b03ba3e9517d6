//! `mulu export`.

mod bundle;
mod data;
mod metadata;
mod official;
mod target;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, ValueEnum};

use self::{bundle::Bundle, data::Data, metadata::Metadata, official::Official, target::Target};
use super::{ScopeArgs, diff::VersionKey};
use crate::{
    catalogue::{
        code::{DivisionCode, DomainCode},
        dataset::Dataset,
        reference::Register,
        scope::Scope,
    },
    config::Config,
    error::{Error, Result},
    export::{
        FileKind,
        data::DataFormat,
        metadata::{Document, Subject as About},
        rdf::Syntax,
    },
    store::Store,
};

#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(flatten)]
    subject: Subject,
    /// With --division: with all places below it
    #[arg(long, requires = "division", conflicts_with_all = ["version", "domain", "all", "register", "registers"])]
    descendants: bool,
    #[command(flatten)]
    scope: ScopeArgs,
    /// What became of --all, --division or --domain since this revision, in place of what is in force
    #[arg(long, value_name = "N", conflicts_with_all = ["version", "register", "registers", "bundle", "layout"])]
    since: Option<u64>,
    /// With --since: the day that is compared with; the same as that of --effective-on if left out
    #[arg(long, value_name = "DATE", requires = "since")]
    since_effective_on: Option<chrono::NaiveDate>,
    /// How a table for people is laid out: for xlsx, html and docx
    #[arg(long, value_enum)]
    layout: Option<LayoutName>,
    /// How it is written: data as ndjson, csv, excel-csv, json, json-ld, xlsx, parquet or sqlite; with --layout a table for people as xlsx, html or docx
    #[arg(long, value_enum, required_unless_present_any = ["metadata", "bundle"])]
    format: Option<Kind>,
    /// What is said about the data in place of the data: a Data Package, or the DCAT catalogue of all data
    #[arg(long, value_enum, conflicts_with_all = ["format", "layout"])]
    metadata: Option<MetadataKind>,
    /// All files of --all or of a place, with metadata and a manifest, as a directory that a server of files can serve
    #[arg(long, value_name = "DIRECTORY", conflicts_with_all = ["format", "layout", "metadata", "out", "force"])]
    bundle: Option<PathBuf>,
    /// With --metadata turtle or json-ld: this page of the catalogue, from 1
    #[arg(long, value_name = "N", requires = "metadata")]
    page: Option<u32>,
    /// The file, - for standard output; named after what it holds, in the working directory, if left out
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

/// What is exported.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Subject {
    /// The catalogue, and #NUMBER for another version than the one in force
    #[arg(value_name = "CATALOGUE[#NUMBER]")]
    version: Option<VersionKey>,
    /// What is in force in a place
    #[arg(long, value_name = "CODE")]
    division: Option<DivisionCode>,
    /// What is in force of a domain in all places
    #[arg(long, value_name = "CODE")]
    domain: Option<DomainCode>,
    /// All that is in force
    #[arg(long)]
    all: bool,
    /// A register with all states of its records: division, unit, domain …
    #[arg(long, value_name = "NAME")]
    register: Option<Register>,
    /// All registers together, with --metadata data-package
    #[arg(long)]
    registers: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LayoutName {
    /// As the national template has it
    Official,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum MetadataKind {
    /// Data Package 2.0 (Frictionless)
    DataPackage,
    /// The files with bytes and digests, mulu.manifest/1, without a signature
    Manifest,
    /// The catalogue in DCAT 3 as Turtle
    Turtle,
    /// The catalogue in DCAT 3 as JSON-LD
    JsonLd,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Ndjson,
    Csv,
    ExcelCsv,
    Json,
    JsonLd,
    Xlsx,
    Parquet,
    Sqlite,
    Html,
    Docx,
}

impl Kind {
    /// The data that it holds; `None` for what is for people only.
    fn data(self) -> Option<DataFormat> {
        Some(match self {
            Self::Ndjson => DataFormat::Ndjson,
            Self::Csv => DataFormat::Csv,
            Self::ExcelCsv => DataFormat::ExcelCsv,
            Self::Json => DataFormat::Json,
            Self::JsonLd => DataFormat::JsonLd,
            Self::Xlsx => DataFormat::Xlsx,
            Self::Parquet => DataFormat::Parquet,
            Self::Sqlite => DataFormat::Sqlite,
            Self::Html | Self::Docx => return None,
        })
    }

    /// The table that it holds for people; `None` for what is for machines only.
    fn table(self) -> Option<FileKind> {
        match self {
            Self::Xlsx => Some(FileKind::Xlsx),
            Self::Html => Some(FileKind::Html),
            Self::Docx => Some(FileKind::Docx),
            Self::Ndjson
            | Self::Csv
            | Self::ExcelCsv
            | Self::Json
            | Self::JsonLd
            | Self::Parquet
            | Self::Sqlite => None,
        }
    }
}

impl MetadataKind {
    fn document(self, subject: About, page: Option<u32>) -> Result<Document> {
        let syntax = match self {
            Self::DataPackage | Self::Manifest if page.is_some() => {
                return Err(Error::bad_input("只有目录分页", "only the catalogue has pages"));
            }
            Self::DataPackage => return Ok(Document::Package(subject)),
            Self::Manifest => return Ok(Document::Manifest(subject)),
            Self::Turtle => Syntax::Turtle,
            Self::JsonLd => Syntax::JsonLd,
        };
        metadata::must_be_all(&subject)?;
        Ok(Document::Catalog { page, syntax })
    }
}

impl Export {
    pub(super) async fn run(self, store: &Store, config: &Config) -> Result<ExitCode> {
        let scope = store.scope(self.scope.into()).await?;
        let (target, json) = (Target { path: self.out, force: self.force }, self.json);
        let since = self.since.map(|revision| Scope {
            revision,
            effective_on: self.since_effective_on.unwrap_or(scope.effective_on),
        });
        let changes = |dataset: Dataset| match since {
            None => Ok(dataset),
            Some(since) => dataset.changes_since(since).ok_or_else(|| {
                Error::bad_input(
                    "--since 用于 --all、--division 或 --domain",
                    "--since is for --all, --division and --domain",
                )
            }),
        };
        if let Some(directory) = self.bundle {
            let dataset = self.subject.dataset(store, scope, self.descendants).await?;
            let (publication, signer) = (config.data.publication(), config.signer()?);
            return Bundle { dataset, scope, directory, json, publication, signer }.run(store).await;
        }
        if let Some(kind) = self.metadata {
            let subject = match self.subject.registers {
                true => About::Registers,
                false => {
                    About::Dataset(changes(self.subject.dataset(store, scope, self.descendants).await?)?)
                }
            };
            let document = kind.document(subject, self.page)?;
            let publication = config.data.publication();
            return Metadata { document, scope, target, json, publication }.run(store).await;
        }
        if self.subject.registers {
            return Err(Error::bad_input(
                "--registers 只用于 --metadata；数据请逐一导出：--register NAME",
                "--registers is for --metadata; data are exported one by one: --register NAME",
            ));
        }
        let Some(format) = self.format else { return Err(Error::internal("clap asks for a format")) };
        if let Some(LayoutName::Official) = self.layout {
            let (Some(kind), Some(version)) = (format.table(), self.subject.version) else {
                return Err(Error::bad_input(
                    "--layout 只用于一个目录的 xlsx、html 和 docx",
                    "--layout is for xlsx, html and docx of one catalogue",
                ));
            };
            return Official { version, scope, kind, target, json }.run(store).await;
        }
        let format = format.data().ok_or_else(|| {
            Error::bad_input("html 和 docx 须写明 --layout official", "html and docx take --layout official")
        })?;
        let dataset = changes(self.subject.dataset(store, scope, self.descendants).await?)?;
        let publication = config.data.publication();
        Data { dataset, scope, format, target, json, publication }.run(store).await
    }
}

impl Subject {
    /// What is meant; of a catalogue without a number the version in force.
    async fn dataset(self, store: &Store, scope: Scope, below: bool) -> Result<Dataset> {
        let Self { version, division, domain, register, .. } = self;
        if let Some(VersionKey { catalogue, number }) = version {
            let number = match number {
                Some(number) => number,
                None => store.in_force(&catalogue, scope).await?,
            };
            return Ok(Dataset::Version { catalogue, number });
        }
        let division = division.map(|code| Dataset::Division { code, below });
        let named = division.or(domain.map(Dataset::Domain)).or(register.map(Dataset::Register));
        Ok(named.unwrap_or(Dataset::Platform))
    }
}
