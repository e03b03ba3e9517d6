//! Root fields: catalogues and items, and how they compare.

use async_graphql::{Context, ID, Object};

use super::Root;
use crate::graphql::{
    alignment::{self, Alignment},
    catalogue::{self, Catalogue, CatalogueKind},
    compare::{self, VersionComparison},
    connection::{Args, Connection},
    error::Result,
    item::{self, Item, ItemConnection, ItemFilter, ItemOrder},
    node,
    walk::Walked,
};

/// Fields that ask catalogues.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tables(pub Root);

#[Object]
impl Tables {
    /// A catalogue by its code (目录); null where none was published.
    async fn catalogue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "513230000000-12 (目录代码)")] code: String,
    ) -> Result<Option<Walked<Catalogue>>> {
        Ok(catalogue::load(ctx, self.0.view(ctx), &code).await?.map(Walked))
    }

    /// The catalogues that fit (目录), by code.
    async fn catalogues(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this division, by its code (行政区划)")] division: Option<String>,
        #[graphql(desc = "Those of the divisions below as well (含下级)", default = false)]
        include_descendants: bool,
        #[graphql(desc = "Of this domain, by its code (领域)")] domain: Option<String>,
        #[graphql(desc = "Of this kind (目录类型)")] kind: Option<CatalogueKind>,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<Walked<Connection<Catalogue>>> {
        let filter = catalogue::Filter { division, include_descendants, domain, kind };
        catalogue::list(ctx, self.0.view(ctx), &filter, Args { first, after, last, before }).await.map(Walked)
    }

    /// An item by its code (事项), in the version in force; null where there is none.
    async fn item(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "513230000000-12-0001 (事项代码)")] code: String,
    ) -> Result<Option<Walked<Item>>> {
        Ok(item::load(ctx, self.0.view(ctx), &code).await?.map(Walked))
    }

    /// The items in force that fit (事项).
    async fn items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which items (筛选条件); all if left out")] filter: Option<ItemFilter>,
        #[graphql(desc = "In which order (次序)", default_with = "ItemOrder::Catalogue")] order_by: ItemOrder,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<Walked<ItemConnection>> {
        let (filter, args) = (filter.unwrap_or_default(), Args { first, after, last, before });
        item::list(ctx, self.0.view(ctx), &filter, order_by.into(), args).await.map(Walked)
    }

    /// What differs between two versions (比较): of one catalogue, or of two catalogues, of which the versions in force
    /// are compared. `BAD_INPUT` where an id leads to no version.
    async fn compare(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of a version or catalogue: what is compared with (比较的基准)")] base: ID,
        #[graphql(desc = "The id of a version or catalogue: what is compared (比较的对象)")] head: ID,
    ) -> Result<VersionComparison> {
        let view = self.0.view(ctx);
        let (base, head) =
            futures_util::try_join!(node::version(ctx, view, &base), node::version(ctx, view, &head))?;
        compare::compare(ctx, base, head).await
    }

    /// How the catalogues of a place and of those below it stand against their upstream (对照), by code: those that have
    /// one.
    async fn alignments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this division, by its code (行政区划)")] division: String,
        #[graphql(desc = "Those of the divisions below as well (含下级)", default = false)]
        include_descendants: bool,
        #[graphql(desc = "Of this domain, by its code (领域)")] domain: Option<String>,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<Connection<Alignment>> {
        let filter = alignment::Filter { division, include_descendants, domain };
        alignment::list(ctx, self.0.view(ctx), filter, Args { first, after, last, before }).await
    }
}
