//! The records of a register, a batch at a time.

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};
use serde::Deserialize;
use serde_json::Value;

use super::Reader;
use crate::{
    catalogue::{dataset::RecordLine, reference::Register, scope::Revision},
    error::{Error, Result},
    store::{entity::record, read, signed},
};

/// How many records one statement reads.
const RECORDS: u64 = 2_000;

/// The records of a register by code, as last recorded up to a revision.
pub struct RecordLines {
    reader: Reader,
    register: Register,
    revision: Revision,
    /// The last code that was read.
    after: Option<String>,
    ended: bool,
}

impl Reader {
    /// The records of a register, to be read from the beginning to the end.
    pub fn record_lines(&self, register: Register, revision: Revision) -> RecordLines {
        RecordLines { reader: self.clone(), register, revision, after: None, ended: false }
    }
}

impl RecordLines {
    /// The register.
    pub fn register(&self) -> Register {
        self.register
    }

    /// The next records; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<RecordLine>>> {
        if self.ended {
            return Ok(None);
        }
        let later = Query::select()
            .expr(Expr::cust("1"))
            .from_as(record::Entity, "later")
            .and_where(Expr::col(("later", record::Column::Register)).eq(self.register.name()))
            .and_where(
                Expr::col(("later", record::Column::Code)).equals((record::Entity, record::Column::Code)),
            )
            .and_where(
                Expr::col(("later", record::Column::Revision))
                    .gt(Expr::col((record::Entity, record::Column::Revision))),
            )
            .and_where(Expr::col(("later", record::Column::Revision)).lte(signed(self.revision)))
            .to_owned();
        let mut query = record::Entity::find()
            .filter(record::Column::Register.eq(self.register.name()))
            .filter(record::Column::Revision.lte(signed(self.revision)))
            .filter(Expr::not_exists(later));
        if let Some(after) = &self.after {
            query = query.filter(record::Column::Code.gt(after));
        }
        let rows =
            query.order_by_asc(record::Column::Code).limit(RECORDS).all(&self.reader.store().passing).await?;
        self.ended = (rows.len() as u64) < RECORDS;
        self.after = rows.last().map(|row| row.code.clone());
        let lines: Vec<RecordLine> = rows.into_iter().map(line).collect::<Result<_>>()?;
        Ok((!lines.is_empty()).then_some(lines))
    }
}

fn line(row: record::Model) -> Result<RecordLine> {
    #[derive(Deserialize)]
    struct States {
        states: Vec<Value>,
    }
    let read = |bytes: Vec<u8>| serde_json::from_slice::<States>(&bytes);
    let states = row.bytes.map(read).transpose();
    let states = states.map_err(|error| Error::Inconsistent(format!("record {}: {error}", row.code)))?;
    let object = read::digest(&row.object, "record")?;
    Ok(RecordLine { code: row.code, object, states: states.map(|record| record.states) })
}
