//! What objects say about facets, in rows: a projection of `object` alone, so adopted contents are written once
//! however many versions hold them.

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};

use super::entity::{heading, object, term};
use crate::{
    catalogue::{digest::Digest, facet},
    error::Result,
};

/// Rows that one statement writes; each binds three values.
const ROWS_A_STATEMENT: usize = 1000;

/// The rows of some objects, in key order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Terms {
    terms: BTreeSet<term::Model>,
    headings: BTreeSet<heading::Model>,
}

impl Terms {
    /// Adds what an object says.
    pub fn read(&mut self, object: &[u8], bytes: &[u8]) {
        let (terms, names) = facet::terms_of(bytes);
        let term =
            |(facet, value): facet::Term| term::Model { object: object.to_vec(), facet: facet.name(), value };
        self.terms.extend(terms.into_iter().map(term));
        self.headings.extend(names.map(|names| heading::Model { object: object.to_vec(), names }));
    }

    /// How many rows.
    pub fn len(&self) -> u64 {
        (self.terms.len() + self.headings.len()) as u64
    }

    /// Writes the rows.
    pub async fn insert<C: ConnectionTrait>(self, connection: &C) -> Result<()> {
        let terms: Vec<term::ActiveModel> =
            self.terms.into_iter().map(IntoActiveModel::into_active_model).collect();
        for some in terms.chunks(ROWS_A_STATEMENT) {
            term::Entity::insert_many(some.to_vec()).exec_without_returning(connection).await?;
        }
        let headings: Vec<heading::ActiveModel> =
            self.headings.into_iter().map(IntoActiveModel::into_active_model).collect();
        for some in headings.chunks(ROWS_A_STATEMENT) {
            heading::Entity::insert_many(some.to_vec()).exec_without_returning(connection).await?;
        }
        Ok(())
    }

    /// The stored rows of some objects.
    pub async fn stored<C: ConnectionTrait>(connection: &C, objects: &[object::Model]) -> Result<Self> {
        let keys = || objects.iter().map(|object| object.digest.clone());
        let terms = term::Entity::find().filter(term::Column::Object.is_in(keys())).all(connection).await?;
        let headings = heading::Entity::find().filter(heading::Column::Object.is_in(keys()));
        let headings = headings.all(connection).await?;
        Ok(Self { terms: terms.into_iter().collect(), headings: headings.into_iter().collect() })
    }

    /// The first row that differs from `stored`.
    pub fn difference(&self, stored: &Self) -> Option<String> {
        let term = self.terms.symmetric_difference(&stored.terms).next();
        let heading = self.headings.symmetric_difference(&stored.headings).next();
        let said = |lies: bool| if lies { "is stored, its object does not say it" } else { "is missing" };
        term.map(|row| format!("term {row:?} {}", said(stored.terms.contains(row))))
            .or(heading.map(|row| format!("heading {row:?} {}", said(stored.headings.contains(row)))))
    }

    /// How many rows are stored in all.
    pub async fn count<C: ConnectionTrait>(connection: &C) -> Result<u64> {
        Ok(term::Entity::find().count(connection).await? + heading::Entity::find().count(connection).await?)
    }

    /// Deletes all rows.
    pub async fn clear<C: ConnectionTrait>(connection: &C) -> Result<()> {
        term::Entity::delete_many().exec(connection).await?;
        heading::Entity::delete_many().exec(connection).await?;
        Ok(())
    }

    /// Deletes the rows of an object whose bytes are gone.
    pub async fn erase<C: ConnectionTrait>(connection: &C, object: Digest) -> Result<()> {
        let key = object.as_bytes().to_vec();
        term::Entity::delete_many().filter(term::Column::Object.eq(key.clone())).exec(connection).await?;
        heading::Entity::delete_by_id(key).exec(connection).await?;
        Ok(())
    }
}
