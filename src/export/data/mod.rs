//! Data files (数据文件): datasets in the formats of those who work with data, row by row. Memory holds a batch of rows,
//! however many there are; one dataset under one scope makes the same bytes each time, from either store.

mod csv;
mod download;
mod files;
mod json;
mod json_ld;
mod ndjson;

use std::{fmt, str::FromStr};

pub use self::{
    download::{Download, Pieces},
    files::{Files, Measured, Measuring, Pinned, SMALL},
    json::{DataFile, DataRow, DataVersion, RegisterFile, RegisterRecord},
};
use crate::{
    catalogue::{
        dataset::{Dataset, Publication, RecordLine, Titles},
        reference::Register,
        scope::Scope,
    },
    error::Result,
    store::Slice,
};

/// How data are written (数据格式).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DataFormat {
    /// One JSON value a line, in the canonical form that `mulu import` reads.
    Ndjson,
    /// RFC 4180 in UTF-8, one row an item.
    Csv,
    /// The same for spreadsheets: with a byte order mark, Chinese column names, and without formulas.
    ExcelCsv,
    /// One nested value, by schema/json/data.schema.json.
    Json,
    /// Linked data, by the vocabulary at `/ns`.
    JsonLd,
}

impl DataFormat {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Ndjson, Self::Csv, Self::ExcelCsv, Self::Json, Self::JsonLd];

    /// What names of such files end with, after the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::ExcelCsv => "excel.csv",
            Self::Json => "json",
            Self::JsonLd => "jsonld",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv | Self::ExcelCsv => "text/csv; charset=utf-8; header=present",
            Self::Json => "application/json",
            Self::JsonLd => "application/ld+json",
        }
    }
}

/// A dataset in a format: `divisions/530115000000.csv` (文件名).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileName {
    /// What it holds.
    pub dataset: Dataset,
    /// How it is written.
    pub format: DataFormat,
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.dataset, self.format.extension())
    }
}

impl FromStr for FileName {
    type Err = crate::catalogue::dataset::NoDataset;

    fn from_str(name: &str) -> std::result::Result<Self, Self::Err> {
        let read = |format: DataFormat| {
            let path = name.strip_suffix(format.extension())?.strip_suffix('.')?;
            Some(Self { dataset: path.parse().ok()?, format })
        };
        DataFormat::ALL.into_iter().find_map(read).ok_or(crate::catalogue::dataset::NoDataset)
    }
}

/// What a file is about.
#[derive(Clone, Debug)]
struct About {
    dataset: Dataset,
    scope: Scope,
    publication: Publication,
}

/// Writes a file piece by piece. The pieces of one version follow each other.
trait Encode: Send {
    /// What stands before all rows.
    fn begin(&mut self, about: &About, out: &mut Vec<u8>) -> Result<()>;
    /// Rows of a version.
    fn items(&mut self, slice: &Slice, titles: &Titles, out: &mut Vec<u8>) -> Result<()>;
    /// Records of a register.
    fn records(&mut self, register: Register, lines: &[RecordLine], out: &mut Vec<u8>) -> Result<()>;
    /// What stands after all rows.
    fn end(&mut self, out: &mut Vec<u8>) -> Result<()>;
}

fn encoder(format: DataFormat) -> Box<dyn Encode> {
    match format {
        DataFormat::Ndjson => Box::<ndjson::Lines>::default(),
        DataFormat::Csv => Box::new(csv::Table::plain()),
        DataFormat::ExcelCsv => Box::new(csv::Table::for_spreadsheets()),
        DataFormat::Json => Box::<json::Tree>::default(),
        DataFormat::JsonLd => Box::<json_ld::Graph>::default(),
    }
}
