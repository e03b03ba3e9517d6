//! Root fields: the log, its head and its proofs.

use async_graphql::{Context, Object};

use super::Root;
use crate::graphql::{
    change::{self, Change},
    connection::{Args, Connection},
    error::Result,
    platform::{self, Platform},
    proof::{self, ConsistencyProof, InclusionProof},
    scalars::Revision,
};

/// Fields that ask the log.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Log(pub Root);

#[Object]
impl Log {
    /// The log after a revision (变化), oldest first: the delta that a screen or a mini-program pulls. With a division or
    /// a domain it leaves out what was published, withdrawn or closed elsewhere; catalogues that span domains and
    /// reference data concern everyone.
    #[expect(clippy::too_many_arguments, reason = "they are the field's own")]
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The last revision that is known already (已知修订号); 0 for all")] since: Revision,
        #[graphql(desc = "Of this division, by its code (行政区划)")] division: Option<String>,
        #[graphql(desc = "Those of the divisions below as well (含下级)", default = false)]
        include_descendants: bool,
        #[graphql(desc = "Those of the divisions above as well (含上级)", default = false)]
        include_ancestors: bool,
        #[graphql(desc = "Of this domain, by its code (领域)")] domain: Option<String>,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<Connection<Change>> {
        let filter =
            change::Filter { since: since.0, division, include_descendants, include_ancestors, domain };
        change::list(ctx, self.0.view(ctx), filter, Args { first, after, last, before }).await
    }

    /// Where the platform stands (平台状态).
    async fn platform(&self, ctx: &Context<'_>) -> Result<Platform> {
        platform::platform(ctx, self.0.view(ctx)).await
    }

    /// That an event is in the log (包含证明), RFC 6962, 2.1.1. `NOT_FOUND` where the log of that size has no such
    /// event, `UNKNOWN_REVISION` beyond the head.
    async fn inclusion_proof(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The event's position in the log (修订号)")] revision: Revision,
        #[graphql(
            name = "in",
            desc = "The size of the log that it is proved in (日志长度); the scope's revision if left out"
        )]
        size: Option<Revision>,
    ) -> Result<InclusionProof> {
        let size = size.map_or(self.0.view(ctx).scope.revision, |size| size.0);
        proof::inclusion(ctx, revision.0, size).await
    }

    /// That the log has only grown between two sizes (一致性证明), RFC 6962, 2.1.2. `BAD_INPUT` unless
    /// 0 < `from` <= `to`, `UNKNOWN_REVISION` beyond the head.
    async fn consistency_proof(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The earlier size (较早的日志长度)")] from: Revision,
        #[graphql(desc = "The later size (较晚的日志长度); the scope's revision if left out")] to: Option<
            Revision,
        >,
    ) -> Result<ConsistencyProof> {
        let to = to.map_or(self.0.view(ctx).scope.revision, |to| to.0);
        proof::consistency(ctx, from.0, to).await
    }
}
