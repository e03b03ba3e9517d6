//! Data files (数据文件): datasets in the formats of those who work with data, row by row. Memory holds a batch of rows,
//! however many there are; one dataset under one scope makes the same bytes each time, from either store.

mod ahead;
mod cells;
mod csv;
mod download;
mod files;
mod finished;
mod json;
mod json_ld;
mod ndjson;
mod parquet;
mod sink;
mod sqlite;
mod title;
mod xlsx;

use std::{fmt, str::FromStr};

pub use self::{
    download::{Download, Pieces},
    files::{Files, Measured, Measuring, Pinned, SMALL},
    finished::{Finished, Growing},
    json::{ChangesFile, DataFile, DataRow, DataVersion, RegisterFile, RegisterRecord, Since},
};
use crate::{
    catalogue::{
        changed::ChangeRow,
        column::Columns,
        dataset::{Dataset, Publication, RecordLine, Titles},
        reference::Register,
        scope::Scope,
    },
    error::{Error, Result},
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
    /// A workbook: one row an item, the codes, and what it is.
    Xlsx,
    /// Columns with types, lists as lists, compressed.
    Parquet,
    /// A relational database with views.
    Sqlite,
}

impl DataFormat {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Ndjson,
        Self::Csv,
        Self::ExcelCsv,
        Self::Json,
        Self::JsonLd,
        Self::Xlsx,
        Self::Parquet,
        Self::Sqlite,
    ];

    /// What names of such files end with, after the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::ExcelCsv => "excel.csv",
            Self::Json => "json",
            Self::JsonLd => "jsonld",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
            Self::Sqlite => "sqlite",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv | Self::ExcelCsv => "text/csv; charset=utf-8; header=present",
            Self::Json => "application/json",
            Self::JsonLd => "application/ld+json",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Sqlite => "application/vnd.sqlite3",
        }
    }

    /// Whether a dataset can be written so: a difference is a table, and neither linked data nor a relational database.
    pub fn holds(self, dataset: &Dataset) -> bool {
        !matches!((self, dataset), (Self::JsonLd | Self::Sqlite, Dataset::Changes { .. }))
    }

    /// The formats in which a dataset can be written.
    pub fn of(dataset: &Dataset) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |format| format.holds(dataset))
    }

    /// The registers that a file of a dataset has beside its items.
    fn registers(self, dataset: &Dataset) -> Vec<Register> {
        match self {
            Self::Sqlite => sqlite::registers(dataset),
            _ => Vec::new(),
        }
    }

    /// Whether its bytes are compressed already, so that a coding would only cost time.
    pub fn is_compressed(self) -> bool {
        match self {
            Self::Xlsx | Self::Parquet => true,
            Self::Ndjson | Self::Csv | Self::ExcelCsv | Self::Json | Self::JsonLd | Self::Sqlite => false,
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
            let dataset = path.parse().ok().filter(|dataset| format.holds(dataset))?;
            Some(Self { dataset, format })
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
    /// What people call it.
    title: String,
}

/// Something that a file says of itself.
struct Told {
    /// Its name.
    name: &'static str,
    /// The Chinese term and the English one.
    label: &'static str,
    value: String,
}

impl About {
    /// What a file says of itself where its format has a place for it; what is not known is not said.
    fn told(&self) -> Vec<Told> {
        let Self { dataset, scope, publication, title } = self;
        let notice = &publication.notice;
        let known = |text: &str| Some(text.to_owned());
        let day = scope.effective_on.to_string();
        let columns = Columns::declared().version.to_string();
        let since = match dataset {
            Dataset::Changes { since, .. } => Some(format!("{} {}", since.revision, since.effective_on)),
            _ => None,
        };
        let all = [
            ("title", "标题 title", known(title)),
            ("dataset", "数据集 dataset", Some(dataset.to_string())),
            ("revision", "修订号 revision", Some(scope.revision.to_string())),
            // The records of a register are those of all days.
            ("since", "自 since", since),
            (
                "effectiveOn",
                "日期 effective on",
                Some(day).filter(|_| !matches!(dataset, Dataset::Register(_))),
            ),
            ("publisher", "发布者 publisher", notice.publisher.clone()),
            ("licence", "许可协议 licence", notice.licence.clone()),
            ("attribution", "署名方式 attribution", notice.attribution.clone()),
            ("columns", "列的版本 version of the columns", Some(columns)),
        ];
        all.into_iter().filter_map(|(name, label, value)| Some(Told { name, label, value: value? })).collect()
    }
}

/// Writes a file piece by piece. The pieces of one version follow each other.
trait Encode: Send {
    /// What stands before all rows.
    fn begin(&mut self, about: &About, out: &mut Vec<u8>) -> Result<()>;
    /// Rows of a version.
    fn items(&mut self, slice: &Slice, titles: &Titles, out: &mut Vec<u8>) -> Result<()>;
    /// Records of a register.
    fn records(&mut self, register: Register, lines: &[RecordLine], out: &mut Vec<u8>) -> Result<()>;
    /// What became of versions and items. Only a format that [`DataFormat::holds`] such a dataset is asked for it.
    fn changes(&mut self, _: &[ChangeRow], _: &mut Vec<u8>) -> Result<()> {
        Err(Error::internal("a format without differences"))
    }
    /// What stands after all rows.
    fn end(&mut self, out: &mut Vec<u8>) -> Result<()>;
    /// What is left of a file that is made elsewhere first, piece by piece after its end; `None` where nothing is.
    fn rest(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(None)
    }
    /// How many rows a file can have; `None` where there is no end.
    fn room(&self) -> Option<u64> {
        None
    }
}

fn encoder(format: DataFormat, written: &csv::Written) -> Box<dyn Encode> {
    match format {
        DataFormat::Ndjson => Box::<ndjson::Lines>::default(),
        DataFormat::Csv => Box::new(csv::Table::plain(written.clone())),
        DataFormat::ExcelCsv => Box::new(csv::Table::for_spreadsheets(written.clone())),
        DataFormat::Json => Box::<json::Tree>::default(),
        DataFormat::JsonLd => Box::<json_ld::Graph>::default(),
        DataFormat::Xlsx => Box::<xlsx::Book>::default(),
        DataFormat::Parquet => Box::<parquet::File>::default(),
        DataFormat::Sqlite => Box::<sqlite::Database>::default(),
    }
}

/// `BAD_INPUT` for a dataset that cannot be written in a format.
fn not_so(dataset: &Dataset) -> Error {
    let formats: Vec<&str> = DataFormat::of(dataset).map(DataFormat::extension).collect();
    let formats = formats.join(", ");
    Error::bad_input(
        format!("该数据集没有这种格式，可用：{formats}"),
        format!("this dataset is not written so, but as {formats}"),
    )
}

/// `BAD_INPUT` for more rows than a format has room for.
fn too_many_rows(room: u64) -> Error {
    Error::bad_input(
        format!("行数超过该格式的上限（{room} 行），请分别下载，或改用 csv、parquet、sqlite"),
        format!(
            "more rows than the format has room for ({room}); take parts of it, or csv, parquet or sqlite"
        ),
    )
}
