//! Data files (数据文件) of what a question has found.

use async_graphql::{Context, Enum, Object};

use super::{
    at::View,
    error::Result,
    scalars::{ByteCount, Date, Digest, Revision},
};
use crate::{
    catalogue::{dataset::Dataset, scope::Scope},
    export::data::{DataFormat as Format, FileName, Files, Measured, Pinned},
    store::{Reader, Reads},
};

/// How data are written (数据格式).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Format")]
pub(super) enum DataFormat {
    /// One JSON value a line, in the canonical form that an import reads.
    Ndjson,
    /// RFC 4180 in UTF-8, one row an item.
    Csv,
    /// The same for spreadsheets (供电子表格使用): byte order mark, Chinese column names, no formulas.
    ExcelCsv,
    /// One nested value, by schema/json/data.schema.json.
    Json,
    /// Linked data (关联数据), by the vocabulary at `/ns`.
    JsonLd,
    /// A workbook (工作簿): one row an item, the codes, and what it is.
    Xlsx,
    /// Apache Parquet: columns with types, lists as lists.
    Parquet,
    /// A SQLite database (关系数据库): tables of versions, items and their lists, with views.
    Sqlite,
}

/// A data file (数据文件), which never changes but for a redaction.
#[derive(Clone, Debug)]
pub(super) struct Download(Pinned);

/// The scope that a difference begins with (变化的起点): what it leaves out is as in the view.
#[derive(Clone, Copy, Debug)]
pub(super) struct Since {
    pub revision: Option<Revision>,
    pub effective_on: Option<Date>,
}

/// The files of a dataset under a view, in every format, or of what became of it since another scope. Their links name
/// the revision. `UNKNOWN_REVISION` where that is beyond the head.
pub(super) async fn of(
    ctx: &Context<'_>,
    dataset: Dataset,
    view: View,
    since: Since,
) -> Result<Vec<Download>> {
    let reader = ctx.data_unchecked::<Reader>();
    reader.note(Reads::log);
    let Since { revision, effective_on } = since;
    if revision.is_none() && effective_on.is_none() {
        return Ok(under(&dataset, view.scope));
    }
    let begin = view.at(reader, effective_on.map(|day| day.0), None, revision.map(|it| it.0)).await?;
    Ok(dataset.changes_since(begin.scope).map_or_else(Vec::new, |changes| under(&changes, view.scope)))
}

/// The same under a scope, as of a version, which has its own.
pub(super) fn under(dataset: &Dataset, scope: Scope) -> Vec<Download> {
    let file = |format| Download(Pinned { name: FileName { dataset: dataset.clone(), format }, scope });
    Format::of(dataset).map(file).collect()
}

/// A data file (数据文件), which never changes but for a redaction.
#[Object]
impl Download {
    /// How it is written (数据格式).
    async fn format(&self) -> DataFormat {
        self.0.name.format.into()
    }

    /// Its media type (媒体类型).
    async fn media_type(&self) -> &str {
        self.0.name.format.media_type()
    }

    /// Its link (链接), relative to this server: `/data/…`.
    async fn url(&self) -> String {
        self.0.to_string()
    }

    /// How many bytes it has (字节数); null for one of more than 2,000 rows until this server has made it once.
    async fn bytes(&self, ctx: &Context<'_>) -> Result<Option<ByteCount>> {
        Ok(self.measured(ctx).await?.map(|measured| ByteCount(measured.bytes)))
    }

    /// The digest of its bytes (摘要); null for one of more than 2,000 rows until this server has made it once.
    async fn digest(&self, ctx: &Context<'_>) -> Result<Option<Digest>> {
        Ok(self.measured(ctx).await?.map(|measured| Digest(measured.digest)))
    }
}

impl Download {
    async fn measured(&self, ctx: &Context<'_>) -> Result<Option<Measured>> {
        let measured = ctx.data_unchecked::<Files>().measure_small(&self.0).await?;
        if measured.is_none() {
            // It may be made at any time.
            ctx.data_unchecked::<Reader>().note(Reads::passing);
        }
        Ok(measured)
    }
}
