//! How catalogues stand against their upstream (对照): what was taken over, what was changed, who is behind.

use std::{collections::HashSet, sync::Arc};

use async_graphql::{Context, Object};
use futures_util::future::try_join_all;

use super::{
    at::View,
    catalogue::{self, Catalogue},
    connection::{Args, Connection},
    cursor::ListKey,
    error::Result,
    item::{self, ItemConnection},
    loaders::{self, LocalKey},
    version::{self, Version},
};
use crate::{
    catalogue::{division::DivisionState, lineage::Standing},
    store::{Held, Listed, Reader, Seek, Tree},
};

/// Catalogues that are looked at together.
const CATALOGUES: u64 = 1_000;

/// How a catalogue stands against the newest version of its upstream (对照).
#[derive(Clone, Debug)]
pub(super) struct Alignment {
    catalogue: Catalogue,
    base: Version,
    newest: Version,
    upstream: Arc<Tree>,
    standing: Arc<Standing>,
}

/// How a catalogue stands; `None` where its version in force is based on none, or on one that is not known.
pub(super) async fn of(ctx: &Context<'_>, catalogue: &Catalogue) -> Result<Option<Alignment>> {
    let Some(ours) = in_force(ctx, catalogue).await? else { return Ok(None) };
    let Some((code, number)) = ours.upstream() else { return Ok(None) };
    let Some(upstream) = catalogue::load(ctx, catalogue.view, &code).await? else { return Ok(None) };
    let Some(base) = version::load(ctx, &upstream, number).await? else { return Ok(None) };
    let newest = in_force(ctx, &upstream).await?.unwrap_or_else(|| base.clone());
    let (here, there) = futures_util::try_join!(ours.tree(ctx), newest.tree(ctx))?;
    let omissions: HashSet<_> = ours.omitted().collect();
    let entries = here.leaves().map(|(_, leaf)| &leaf.entry);
    let standing =
        Standing::of(entries, &omissions, there.leaves().map(|(place, leaf)| (place, &leaf.entry)));
    let standing = for_level(ctx, catalogue, &there, standing).await?;
    let (catalogue, standing) = (catalogue.clone(), Arc::new(standing));
    Ok(Some(Alignment { catalogue, base, newest, upstream: there, standing }))
}

async fn in_force(ctx: &Context<'_>, catalogue: &Catalogue) -> Result<Option<Version>> {
    match catalogue.in_force() {
        Some(number) => version::load(ctx, catalogue, number).await,
        None => Ok(None),
    }
}

/// What an upstream row says is not for this level is neither missing nor left out. Only the rows that are not here
/// are looked at.
async fn for_level(
    ctx: &Context<'_>,
    catalogue: &Catalogue,
    upstream: &Tree,
    mut standing: Standing,
) -> Result<Standing> {
    let code = catalogue.known.code.division.as_str();
    let division: Option<Held<DivisionState>> = loaders::state(ctx, catalogue.view, code).await?;
    let Some(level) = division.map(|division| division.level) else { return Ok(standing) };
    let local = |place: &usize| upstream.leaf(*place).map(|leaf| LocalKey(leaf.entry.local));
    let keys = standing.missing.iter().chain(&standing.omitted).filter_map(local);
    let locals = loaders::many(ctx, keys).await?;
    let concerns = |place: &usize| {
        let levels = local(place).and_then(|key| locals.get(&key)).and_then(|local| local.levels.as_ref());
        levels.and_then(|levels| levels.get(&level)) != Some(&false)
    };
    standing.missing.retain(concerns);
    standing.omitted.retain(concerns);
    Ok(standing)
}

/// Which catalogues are aligned.
#[derive(Clone, Debug, Hash)]
pub(super) struct Filter {
    pub division: String,
    pub include_descendants: bool,
    pub domain: Option<String>,
}

/// How the catalogues that fit and have an upstream stand, by code.
pub(super) async fn list(
    ctx: &Context<'_>,
    view: View,
    filter: Filter,
    args: Args,
) -> Result<Connection<Alignment>> {
    let page = args.open(view, ListKey::new(("alignments", &filter)))?;
    let Filter { division, include_descendants, domain } = filter;
    let wanted = catalogue::Filter { division: Some(division), include_descendants, domain, kind: None };
    let based = based(ctx, page.view, &wanted.listed(ctx, page.view).await?).await?;
    let cut = page.cut(&based, Clone::clone)?;
    let catalogues = catalogue::load_all(ctx, page.view, cut.elements()).await?;
    let nodes = try_join_all(catalogues.iter().map(|catalogue| of(ctx, catalogue))).await?;
    Ok(cut.with(nodes.into_iter().flatten().collect()))
}

/// The codes of those that are listed whose version in force is based on one of a catalogue that is known. There may be
/// many, so no more than some of them are in memory at a time.
async fn based(ctx: &Context<'_>, view: View, listed: &Listed) -> Result<Vec<String>> {
    let reader = ctx.data_unchecked::<Reader>();
    let (mut based, mut after) = (Vec::new(), None);
    loop {
        let seek = Seek { after, before: None, count: CATALOGUES, from_end: false };
        let codes = reader.catalogue_codes(listed, view.scope.revision, &seek).await?;
        let catalogues = catalogue::load_all(ctx, view, &codes).await?;
        let versions = try_join_all(catalogues.iter().map(|catalogue| in_force(ctx, catalogue))).await?;
        let upstreams: Vec<Option<String>> =
            versions.iter().map(|version| Some(version.as_ref()?.upstream()?.0)).collect();
        let known = upstreams.iter().flatten().map(|code| catalogue::load(ctx, view, code));
        let mut known = try_join_all(known).await?.into_iter();
        for (catalogue, _) in catalogues.iter().zip(&upstreams).filter(|(_, upstream)| upstream.is_some()) {
            if known.next().flatten().is_some() {
                based.push(catalogue.known.code.to_string());
            }
        }
        after = match codes.last() {
            Some(last) if codes.len() as u64 == CATALOGUES => Some(last.clone()),
            _ => return Ok(based),
        };
    }
}

/// How a catalogue stands against the newest version of its upstream (对照): the one in force under the scope.
/// Upstream rows that say that they are not for the level of this place count neither as omitted nor as missing.
#[Object]
impl Alignment {
    /// Whose catalogue it is (目录).
    async fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The upstream version that it was made from (所依据的上游版本).
    async fn base(&self) -> &Version {
        &self.base
    }

    /// The upstream version in force (上游现行版本), or, where none is, the one that it was made from.
    async fn newest(&self) -> &Version {
        &self.newest
    }

    /// Whether the upstream has moved on since (是否落后).
    async fn behind(&self) -> bool {
        self.base.number != self.newest.number
    }

    /// How many upstream items are here with the same content (采用). Another unit or address is no deviation.
    async fn adopted(&self) -> usize {
        self.standing.adopted
    }

    /// How many upstream items are here with another content (调整).
    async fn adapted(&self) -> usize {
        self.standing.adapted
    }

    /// How many items here come from none of the upstream's (自有).
    async fn local(&self) -> usize {
        self.standing.local
    }

    /// How many upstream items are left out with a reason (未采用).
    async fn omitted(&self) -> usize {
        self.standing.omitted.len()
    }

    /// Which part of what there is to take over was taken over (覆盖率), 0 to 1; 1 where there is nothing.
    async fn coverage(&self) -> f64 {
        self.standing.coverage()
    }

    /// Upstream items of which nothing is said here (缺少的事项), in the order of the upstream table.
    async fn missing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<ItemConnection> {
        let args = Args { first, after, last, before };
        let key = ListKey::new(("alignment.missing", &self.catalogue.known.code, self.newest.known.digest));
        item::some_of(
            ctx,
            &self.newest,
            &self.upstream,
            &self.standing.missing,
            args.open(self.newest.catalogue.view, key)?,
        )
        .await
    }
}
