//! How versions are found: with their headers, with their entries, and out of memory.

use std::{collections::HashMap, sync::Arc};

use async_graphql::Context;

use super::Version;
use crate::{
    catalogue::{code::ItemCode, digest::Digest},
    error::Error,
    graphql::{
        at::View,
        catalogue::Catalogue,
        error::Result,
        loaders::{self, Cached, HeaderKey, TreeKey, WithTreeKey},
        walk::Look,
    },
    store::{Ahead, AheadItems, Opened, Reader, Tree, VersionRef, WithTree},
};

/// One version of a catalogue; `None` where it is not known under the view.
pub(in crate::graphql) async fn load(
    ctx: &Context<'_>,
    catalogue: &Catalogue,
    number: u32,
) -> Result<Option<Version>> {
    Ok(load_all(ctx, catalogue, &[number]).await?.pop())
}

/// Versions of catalogues by their numbers, each with its entries, in that order; those not known under the view are left
/// out. What is shown next of one of them is read ahead where nobody beside lacks anything.
pub(in crate::graphql) async fn with_trees(
    ctx: &Context<'_>,
    wanted: impl IntoIterator<Item = (Catalogue, u32)>,
    ahead: Option<Ahead>,
) -> Result<Vec<(Version, Arc<Tree>)>> {
    let known =
        |(catalogue, number): (Catalogue, u32)| Some((*known(&catalogue, number)?, catalogue, number));
    let wanted: Vec<(VersionRef, Catalogue, u32)> = wanted.into_iter().filter_map(known).collect();
    let keys = wanted.iter().map(|(known, ..)| WithTreeKey(known.digest));
    let found = match ahead {
        Some(ahead) if loaders::stands_alone(ctx) => Box::pin(reading_ahead(ctx, keys, &ahead)).await?,
        _ => loaders::all(ctx, keys).await?,
    };
    let opened = wanted.into_iter().map(|(known, catalogue, number)| {
        let there = found.get(&WithTreeKey(known.digest)).cloned();
        let (header, tree) = there.ok_or_else(|| lost(known.digest))?;
        Ok((Version { catalogue, number, known, header }, tree))
    });
    opened.collect()
}

async fn reading_ahead(
    ctx: &Context<'_>,
    keys: impl Iterator<Item = WithTreeKey>,
    ahead: &Ahead,
) -> Result<HashMap<WithTreeKey, WithTree>> {
    let (mut found, missing) = loaders::in_memory(ctx, keys);
    if !missing.is_empty() {
        let digests: Vec<Digest> = missing.iter().map(|key| key.0).collect();
        let read = ctx.data_unchecked::<Reader>().with_trees(&digests, Some(ahead)).await?;
        found.extend(read.into_iter().map(|(digest, version)| (WithTreeKey(digest), version)));
    }
    Ok(found)
}

/// One version of a catalogue with its entries, for one who reads an item of it next; `None` where it is not known under the
/// view.
pub(in crate::graphql) async fn with_item(
    ctx: &Context<'_>,
    catalogue: Catalogue,
    number: u32,
    item: &ItemCode,
) -> Result<Option<(Version, Arc<Tree>)>> {
    let reader = ctx.data_unchecked::<Reader>();
    let Some(known) = known(&catalogue, number).copied() else { return Ok(None) };
    if let Some((header, tree)) = WithTreeKey(known.digest).cached(reader) {
        return Ok(Some((Version { catalogue, number, known, header }, tree)));
    }
    let code = catalogue.known.code.clone();
    let ahead = Ahead { catalogue: code, number, items: AheadItems::One(item.clone()) };
    Ok(with_trees(ctx, [(catalogue, number)], Some(ahead)).await?.pop())
}

/// What the log says of a version; `None` where it is not known under the view.
fn known(catalogue: &Catalogue, number: u32) -> Option<&VersionRef> {
    catalogue.known.version(number).filter(|known| known.revision <= catalogue.view.scope.revision)
}

fn lost(digest: Digest) -> Error {
    Error::Inconsistent(format!("entries of {digest}"))
}

/// The entries of the version whose header has this digest.
pub(super) async fn tree(ctx: &Context<'_>, digest: Digest) -> Result<Arc<Tree>> {
    let tree = loaders::one(ctx, TreeKey(digest)).await?;
    Ok(tree.ok_or_else(|| lost(digest))?)
}

/// Several versions of a catalogue, in the order of their numbers as given.
pub(in crate::graphql) async fn load_all(
    ctx: &Context<'_>,
    catalogue: &Catalogue,
    numbers: &[u32],
) -> Result<Vec<Version>> {
    let known = numbers.iter().filter_map(|number| Some((*number, *known(catalogue, *number)?)));
    let known: Vec<(u32, VersionRef)> = known.collect();
    let keys = known.iter().map(|(_, version)| HeaderKey(version.digest));
    let headers = loaders::many(ctx, keys).await?;
    let version = |(number, known): (u32, VersionRef)| {
        let header = headers.get(&HeaderKey(known.digest)).cloned();
        Version { catalogue: catalogue.clone(), number, known, header }
    };
    Ok(known.into_iter().map(version).collect())
}

impl Version {
    /// As a list keeps it, beside its entries.
    pub(in crate::graphql) fn opened(&self, tree: &Arc<Tree>) -> Opened {
        let (catalogue, header) = (self.catalogue.known.clone(), self.header.clone());
        Opened { catalogue, version: self.known, header, tree: Arc::downgrade(tree) }
    }

    /// Out of a list, under a view.
    pub(in crate::graphql) fn reopened(view: View, opened: &Opened) -> Self {
        let Opened { catalogue, version, header, .. } = opened;
        let catalogue = Catalogue { view, known: catalogue.clone() };
        Self { catalogue, number: version.number, known: *version, header: header.clone() }
    }
}

/// One version of a catalogue, where its header is in memory.
pub(in crate::graphql) fn in_memory(reader: &Reader, catalogue: &Catalogue, number: u32) -> Option<Version> {
    let known = *known(catalogue, number)?;
    let header = Some(reader.header(known.digest)?);
    Some(Version { catalogue: catalogue.clone(), number, known, header })
}

/// One version of a catalogue, looked up in a walk.
pub(in crate::graphql) fn look(look: &mut Look<'_>, catalogue: &Catalogue, number: u32) -> Option<Version> {
    let known = *known(catalogue, number)?;
    let header = Some(look.header(known.digest)?);
    Some(Version { catalogue: catalogue.clone(), number, known, header })
}
