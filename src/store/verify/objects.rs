//! Objects: their digests, their canonical form, and the rows that they alone give.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{ROWS_A_STATEMENT, differs};
use crate::{
    catalogue::{
        canonical,
        digest::Digest,
        object::{digest_of, leaf_content},
    },
    error::Result,
    store::{entity::object, terms::Terms},
};

/// What was gone through.
#[derive(Default)]
pub(super) struct Objects {
    /// Objects with their bytes.
    pub whole: u64,
    /// Objects without.
    pub redacted: u64,
    /// Rows that they gave.
    pub terms: u64,
}

/// All objects by digest, some at a time.
#[derive(Default)]
pub(in crate::store) struct Pages {
    after: Option<Vec<u8>>,
}

impl Pages {
    /// The next ones; `None` after the last.
    pub async fn next<C: ConnectionTrait>(&mut self, connection: &C) -> Result<Option<Vec<object::Model>>> {
        let mut query = object::Entity::find().order_by_asc(object::Column::Digest).limit(ROWS_A_STATEMENT);
        if let Some(after) = self.after.take() {
            query = query.filter(object::Column::Digest.gt(after));
        }
        let rows = query.all(connection).await?;
        self.after = rows.last().map(|last| last.digest.clone());
        Ok(self.after.is_some().then_some(rows))
    }
}

/// Recomputes digests and rows.
pub(super) async fn verify<C: ConnectionTrait>(connection: &C) -> Result<Objects> {
    let (mut objects, mut pages) = (Objects::default(), Pages::default());
    while let Some(rows) = pages.next(connection).await? {
        let mut expected = Terms::default();
        for row in &rows {
            match &row.bytes {
                None => objects.redacted += 1,
                Some(bytes) => {
                    is_itself(&row.digest, bytes)?;
                    expected.read(&row.digest, bytes);
                    objects.whole += 1;
                }
            }
        }
        if let Some(place) = expected.difference(&Terms::stored(connection, &rows).await?) {
            return Err(differs(place));
        }
        objects.terms += expected.len();
    }
    let stored = Terms::count(connection).await?;
    if stored == objects.terms {
        Ok(objects)
    } else {
        let said = objects.terms;
        Err(differs(format!("term and heading hold {stored} rows, the objects say {said}")))
    }
}

/// Writes the rows that the objects give into empty tables; says how many.
pub(super) async fn rebuild<C: ConnectionTrait>(connection: &C) -> Result<u64> {
    let (mut written, mut pages) = (0, Pages::default());
    while let Some(rows) = pages.next(connection).await? {
        let mut terms = Terms::default();
        rows.iter()
            .filter_map(|row| Some((row, row.bytes.as_ref()?)))
            .for_each(|(row, bytes)| terms.read(&row.digest, bytes));
        written += terms.len();
        terms.insert(connection).await?;
    }
    Ok(written)
}

/// Whether bytes have the digest under which they are kept, and the form that they must have.
pub(in crate::store) fn is_itself(key: &[u8], bytes: &[u8]) -> Result<()> {
    let key = Digest::from_bytes(key).ok_or_else(|| differs("object with a key that is no digest"))?;
    if digest_of(bytes) != Some(key) {
        Err(differs(format!("object {key}: its bytes have another digest")))
    } else if is_canonical(bytes) {
        Ok(())
    } else {
        Err(differs(format!("object {key}: its bytes are not in canonical form")))
    }
}

/// Whether an object that says something says it in canonical form; lists of hashes say nothing.
fn is_canonical(bytes: &[u8]) -> bool {
    let said = leaf_content(bytes).or(bytes.starts_with(b"{").then_some(bytes));
    said.is_none_or(|said| canonical::from_bytes::<serde_json::Value>(said).is_ok())
}
