//! Proofs against the log's tree.

use async_graphql::{ComplexObject, Context, SimpleObject};

use super::{
    error::Result,
    scalars::{Digest, Revision},
};
use crate::{
    error::Error,
    store::{Grown, Included, Reader},
};

/// That an event is in the log (包含证明): RFC 6962, 2.1.1.
#[derive(Clone, Debug, SimpleObject)]
pub(super) struct InclusionProof {
    /// The event's position in the log (修订号), from 1; its index in the tree is one less.
    revision: Revision,
    /// The size of the log that it is proved in (日志长度).
    #[graphql(name = "in")]
    size: Revision,
    /// The event in canonical form (事件), as text.
    event: String,
    /// Its leaf hash (叶摘要): SHA-256 of a zero byte and the event.
    leaf: Digest,
    /// The tree hash at that size (根摘要), which a checkpoint of that size signs.
    root: Digest,
    /// The hashes that lead from leaf to root (路径), from below; empty where the log has one event.
    path: Vec<Digest>,
}

/// That the log at one size is the beginning of the log at another (一致性证明): RFC 6962, 2.1.2.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub(super) struct ConsistencyProof {
    /// The earlier size (较早的日志长度).
    from: Revision,
    /// The later size (较晚的日志长度).
    to: Revision,
    /// The tree hash at the earlier size (较早的根摘要).
    from_root: Digest,
    /// The tree hash at the later size (较晚的根摘要).
    to_root: Digest,
    /// The hashes that lead from one to the other (路径); empty where the sizes are equal.
    path: Vec<Digest>,
}

#[ComplexObject]
impl ConsistencyProof {
    /// The same with both checkpoints (签名证明): a file for `mulu verify --file`, format `mulu.consistency/1`. Null
    /// where one of the two sizes has no checkpoint.
    async fn proof(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let store = ctx.data_unchecked::<Reader>().store();
        match store.consistency_file(self.from.0, self.to.0).await {
            Ok(file) => Ok(Some(file)),
            Err(Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

pub(super) async fn inclusion(ctx: &Context<'_>, revision: u64, size: u64) -> Result<InclusionProof> {
    let store = ctx.data_unchecked::<Reader>().store();
    let Included { revision, size, event, leaf, root, path } = store.inclusion(revision, size).await?;
    let path = path.into_iter().map(Digest).collect();
    let (revision, size) = (Revision(revision), Revision(size));
    Ok(InclusionProof { revision, size, event, leaf: Digest(leaf), root: Digest(root), path })
}

pub(super) async fn consistency(ctx: &Context<'_>, from: u64, to: u64) -> Result<ConsistencyProof> {
    let store = ctx.data_unchecked::<Reader>().store();
    let Grown { from, to, from_root, to_root, path } = store.consistency(from, to).await?;
    Ok(ConsistencyProof {
        from: Revision(from),
        to: Revision(to),
        from_root: Digest(from_root),
        to_root: Digest(to_root),
        path: path.into_iter().map(Digest).collect(),
    })
}
