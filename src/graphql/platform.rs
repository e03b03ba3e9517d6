//! Where the platform stands.

use async_graphql::{ComplexObject, Context, SimpleObject};

use super::{
    at::View,
    download::{self, Download, Since},
    error::Result,
    scalars::{Date, Digest, Revision},
};
use crate::{catalogue::dataset::Dataset, store::Reader};

/// Where the platform stands (平台状态).
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub(super) struct Platform {
    /// The position in the log under this scope (修订号).
    revision: Revision,
    /// The RFC 6962 tree hash over the log's events up to there (日志根摘要).
    digest: Digest,
    /// The software and its version (软件版本).
    software: &'static str,
    /// The version of this schema (接口版本); it grows with every change that a client can notice.
    schema_version: &'static str,
    #[graphql(skip)]
    view: View,
}

#[ComplexObject]
impl Platform {
    /// The newest checkpoint at or below this revision (检查点): origin, size and root of the log, signed, as
    /// c2sp.org/tlog-checkpoint has it. Null where none is; a log without a signing key has none.
    async fn checkpoint(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let store = ctx.data_unchecked::<Reader>().store();
        Ok(store.checkpoint(self.revision.0).await?.map(|(_, note)| note))
    }

    /// All that is in force under this scope, as files (数据文件).
    async fn downloads(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "In place of all of it, what became of it since this revision (自此修订号以来的变化)"
        )]
        since: Option<Revision>,
        #[graphql(
            desc = "In place of all of it, what became of it since it was in force on this day (自该日以来的变化); as here if left out"
        )]
        since_effective_on: Option<Date>,
    ) -> Result<Vec<Download>> {
        let since = Since { revision: since, effective_on: since_effective_on };
        download::of(ctx, Dataset::Platform, self.view, since).await
    }
}

pub(super) async fn platform(ctx: &Context<'_>, view: View) -> Result<Platform> {
    let reader = ctx.data_unchecked::<Reader>();
    Ok(Platform {
        revision: Revision(view.scope.revision),
        digest: Digest(reader.store().root(view.scope.revision).await?),
        software: concat!("mulu ", env!("CARGO_PKG_VERSION")),
        schema_version: "1",
        view,
    })
}
