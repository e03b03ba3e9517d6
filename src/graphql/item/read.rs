//! Reading what entries lead to: what is not in memory together, and for good beside the entry.

use std::sync::Arc;

use async_graphql::Context;
use futures_util::try_join;

use crate::{
    catalogue::{content::Content, local::Local},
    error::Error,
    graphql::{
        error::Result,
        loaders::{self, ContentKey, LocalKey},
    },
    store::{BlobKeys, Leaf, Reader},
};

/// The contents of some entries and the local parts of some, by one statement where nobody else lacks any; one that was
/// redacted stays unread.
pub(super) async fn parts(ctx: &Context<'_>, shared: &[&Leaf], own: &[&Leaf]) -> Result<()> {
    if !loaders::stands_alone(ctx) {
        return try_join!(contents(ctx, shared), locals(ctx, own)).map(|_| ());
    }
    let shared = || shared.iter().filter(|leaf| leaf.content.get().is_none());
    let own = || own.iter().filter(|leaf| leaf.local.get().is_none());
    let keys = BlobKeys {
        contents: shared().map(|leaf| leaf.entry.content).collect(),
        locals: own().map(|leaf| leaf.entry.local).collect(),
        ..BlobKeys::default()
    };
    let found = ctx.data_unchecked::<Reader>().blobs(&keys).await?;
    for (leaf, content) in shared().filter_map(|leaf| Some((leaf, found.contents.get(&leaf.entry.content)?)))
    {
        leaf.content.get_or_init(|| content.clone());
    }
    for (leaf, local) in own().filter_map(|leaf| Some((leaf, found.locals.get(&leaf.entry.local)?))) {
        leaf.local.get_or_init(|| local.clone());
    }
    Ok(())
}

/// The contents of entries; one that was redacted stays unread.
pub(super) async fn contents(ctx: &Context<'_>, leaves: &[&Leaf]) -> Result<()> {
    let unread: Vec<&Leaf> = leaves.iter().filter(|leaf| leaf.content.get().is_none()).copied().collect();
    let found = loaders::many(ctx, unread.iter().map(|leaf| ContentKey(leaf.entry.content))).await?;
    for leaf in unread {
        if let Some(content) = found.get(&ContentKey(leaf.entry.content)) {
            leaf.content.get_or_init(|| content.clone());
        }
    }
    Ok(())
}

/// The local parts of entries; one that was redacted stays unread.
pub(super) async fn locals(ctx: &Context<'_>, leaves: &[&Leaf]) -> Result<()> {
    let unread: Vec<&Leaf> = leaves.iter().filter(|leaf| leaf.local.get().is_none()).copied().collect();
    let found = loaders::many(ctx, unread.iter().map(|leaf| LocalKey(leaf.entry.local))).await?;
    for leaf in unread {
        if let Some(local) = found.get(&LocalKey(leaf.entry.local)) {
            leaf.local.get_or_init(|| local.clone());
        }
    }
    Ok(())
}

/// The content of one entry. `REDACTED` where it was erased.
pub(super) async fn content(ctx: &Context<'_>, leaf: &Leaf) -> Result<Arc<Content>> {
    if let Some(content) = leaf.content.get() {
        return Ok(content.clone());
    }
    let content = loaders::one(ctx, ContentKey(leaf.entry.content)).await?;
    let content = content.ok_or(Error::Redacted(leaf.entry.content))?;
    Ok(leaf.content.get_or_init(|| content).clone())
}

/// The local part of one entry. `REDACTED` where it was erased.
pub(super) async fn local(ctx: &Context<'_>, leaf: &Leaf) -> Result<Arc<Local>> {
    if let Some(local) = leaf.local.get() {
        return Ok(local.clone());
    }
    let local = loaders::one(ctx, LocalKey(leaf.entry.local)).await?;
    let local = local.ok_or(Error::Redacted(leaf.entry.local))?;
    Ok(leaf.local.get_or_init(|| local).clone())
}
