//! The root fields: one object for whoever asks, some fields a file.

mod entities;
mod log;
mod registers;
mod tables;

use async_graphql::{Context, ID, MergedObject, Object};

use self::{entities::Entities, log::Log, registers::Registers, tables::Tables};
use super::{
    at::{Now, View},
    error::{Failure, Result},
    node::{self, Node},
    scalars::{Date, DateTime, Revision},
};
use crate::store::Reader;

/// The catalogue of what China's grassroots governments disclose (基层政务公开标准目录), read at the head of the log
/// and as in force today, unless `at` says otherwise.
#[derive(Clone, Copy, Debug, Default, MergedObject)]
pub struct Query(Anchor, Registers, Tables, Log, Entities);

/// Under which view the root was opened; `None`: as the request came.
#[derive(Clone, Copy, Debug, Default)]
struct Root(Option<View>);

impl Query {
    fn under(view: View) -> Self {
        let root = Root(Some(view));
        Self(Anchor(root), Registers(root), Tables(root), Log(root), Entities(root))
    }
}

impl Root {
    /// The view that a field answers under.
    fn view(self, ctx: &Context<'_>) -> View {
        self.outer(ctx).noted(ctx)
    }

    /// The same, of which a field takes only what it does not say itself.
    fn outer(self, ctx: &Context<'_>) -> View {
        self.0.unwrap_or_else(|| View::now(*ctx.data_unchecked::<Now>()))
    }
}

/// Fields that lead elsewhere: to another scope, to the object of an id.
#[derive(Clone, Copy, Debug, Default)]
struct Anchor(Root);

#[Object]
impl Anchor {
    /// The same query root, seen from another point (另一时点): what is in force on `effectiveOn`, as far as the log
    /// was known at `revision` or `knownAt`. What is left out stays as it is here.
    async fn at(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day in Asia/Shanghai (施行日); as here if left out")] effective_on: Option<
            Date,
        >,
        #[graphql(desc = "The instant at which the log was known (知悉时刻)")] known_at: Option<DateTime>,
        #[graphql(desc = "The position in the log (修订号); as here if left out. Not with `knownAt`")]
        revision: Option<Revision>,
    ) -> Result<Query> {
        let reader = ctx.data_unchecked::<Reader>();
        let (day, known_at, revision) =
            (effective_on.map(|d| d.0), known_at.map(|t| t.0), revision.map(|r| r.0));
        let view = self.0.outer(ctx).at(reader, day, known_at, revision).await?;
        Ok(Query::under(view))
    }

    /// The object of a global id (按标识查找); null where nothing of that id is known under its scope.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id (标识)")] id: ID,
    ) -> Result<Option<Node>> {
        node::find(ctx, self.0.view(ctx), &id).await
    }

    /// The objects of several global ids, in their order (按标识查找多个); null for each that is not known.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids (标识), at most 100")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > 100 {
            return Err(Failure::page_too_large(i32::try_from(ids.len()).unwrap_or(i32::MAX), 100));
        }
        let view = self.0.view(ctx);
        futures_util::future::try_join_all(ids.iter().map(|id| node::find(ctx, view, id))).await
    }
}
