//! Looking registers up by what people write: names, and the places that records belong to.

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    Store,
    entity::{entry, naming, record},
    read, signed,
};
use crate::{
    catalogue::{code::CatalogueCode, digest::Digest, facet::bounded, reference::State, scope::Scope},
    error::Result,
};

/// Names that one statement asks for.
const NAMES_A_STATEMENT: usize = 500;

/// Tables that are looked at to find a copy.
const CANDIDATES: u64 = 20;

impl Store {
    /// All records of a small register; redacted ones are left out.
    pub async fn registered<S: State>(&self, scope: Scope) -> Result<Vec<(String, S)>> {
        read::register(&self.reader, scope).await
    }

    /// The records that have, or ever had, one of these names.
    pub async fn called<S: State>(&self, names: &[String], scope: Scope) -> Result<Vec<(String, S)>> {
        let mut codes: BTreeSet<String> = BTreeSet::new();
        for some in names.chunks(NAMES_A_STATEMENT) {
            let found = naming::Entity::find()
                .select_only()
                .column(naming::Column::Code)
                .filter(naming::Column::Register.eq(S::REGISTER.name()))
                .filter(naming::Column::Name.is_in(some.iter().map(|name| bounded(name))))
                .filter(naming::Column::Revision.lte(signed(scope.revision)))
                .distinct();
            codes.extend(found.into_tuple::<String>().all(&self.reader).await?);
        }
        let codes: Vec<String> = codes.into_iter().collect();
        let mut records = Vec::new();
        for some in codes.chunks(NAMES_A_STATEMENT) {
            let which = record::Column::Code.is_in(some.iter().map(String::as_str));
            records.extend(read::states(&self.reader, which, scope).await?);
        }
        Ok(records)
    }

    /// Another catalogue with a version that has just these contents, row by row, with the number: `…-04 #1`. `None`
    /// among them is a content that no version has. More than the first are only asked for where one begins so.
    pub async fn same_contents(
        &self,
        mut contents: impl Iterator<Item = Option<Digest>>,
        but: &CatalogueCode,
        scope: Scope,
    ) -> Result<Option<String>> {
        let Some(Some(first)) = contents.next() else { return Ok(None) };
        let begin: Vec<(String, i32)> = entry::Entity::find()
            .select_only()
            .columns([entry::Column::Catalogue, entry::Column::Number])
            .filter(entry::Column::Content.eq(first.as_bytes().to_vec()))
            .filter(entry::Column::Catalogue.ne(but.as_str()))
            .filter(entry::Column::Revision.lte(signed(scope.revision)))
            .distinct()
            .limit(CANDIDATES)
            .into_tuple()
            .all(&self.reader)
            .await?;
        if begin.is_empty() {
            return Ok(None);
        }
        let contents: Vec<Option<Digest>> = std::iter::once(Some(first)).chain(contents).collect();
        for (catalogue, number) in begin {
            let theirs: Vec<Vec<u8>> = entry::Entity::find()
                .select_only()
                .column(entry::Column::Content)
                .filter(entry::Column::Catalogue.eq(&*catalogue))
                .filter(entry::Column::Number.eq(number))
                .order_by_asc(entry::Column::Position)
                .into_tuple()
                .all(&self.reader)
                .await?;
            if theirs.iter().map(|bytes| Digest::from_bytes(bytes)).eq(contents.iter().copied()) {
                return Ok(Some(format!("{catalogue} #{number}")));
            }
        }
        Ok(None)
    }

    /// The records that belong to one of these places: units, assignments, aliases.
    pub async fn belonging<S: State>(&self, places: &[String], scope: Scope) -> Result<Vec<(String, S)>> {
        let which = record::Column::Parent.is_in(places.iter().map(String::as_str));
        read::states(&self.reader, which, scope).await
    }
}
