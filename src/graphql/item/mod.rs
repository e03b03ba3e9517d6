//! Items (事项): a row of a version, with what its digests lead to.

mod ahead;
mod connection;
mod element;
mod filter;
mod here;
mod list;
mod parts;
mod read;
mod walk;

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};

pub(super) use connection::ItemConnection;
pub(super) use element::{ElementKind, compared};
pub(super) use filter::{ItemFilter, ItemOrder};
pub(super) use list::{list, of_version, some_of};
use parts::{Audience, BasisCitation, ChannelUse, ContentPoint, PublicityPeriod, ResponsibleUnit, TimeLimit};
pub(super) use walk::TABLES;

use self::element::{Element, Extension};
use super::{
    at::View,
    catalogue::{self, Catalogue},
    connection::Args,
    division::{self, Division, Level},
    domain::{self, Domain},
    error::Result,
    id,
    scalars::Digest,
    version::{self, Source, Version},
};
use crate::{
    catalogue::{
        code::{DomainCode, ItemCode},
        content::Content,
        format::Format,
        lineage::Relation as CoreRelation,
        local::Local,
        selection::{Order, Place},
        version::{Entry, ItemParts},
    },
    error::Error,
    store::{Leaf, Reader, Subject, Tree},
};

/// How an item stands to the upstream item that it was taken from (与上游的关系).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreRelation")]
pub(super) enum Relation {
    /// 采用: its content is the origin's, digest for digest.
    Adopted,
    /// 调整: it has an origin and says something else.
    Adapted,
    /// 自有: it has no origin.
    Local,
}

/// 公开方式.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub(super) enum Method {
    /// 主动公开.
    Proactive,
    /// 依申请公开.
    OnRequest,
}

/// A matter to be disclosed (事项), as one version of a catalogue says it.
#[derive(Clone, Debug)]
pub(super) struct Item {
    version: Version,
    tree: Arc<Tree>,
    /// Where in the tree, at an entry that is there.
    position: usize,
}

/// The item in the version that is in force under the view; `None` where none is or the version lacks it.
pub(super) async fn load(ctx: &Context<'_>, view: View, code: &str) -> Result<Option<Item>> {
    let Ok(item) = code.parse::<ItemCode>() else { return Ok(None) };
    let code_of = item.catalogue.as_str();
    let Some(catalogue) = catalogue::load(ctx, view, code_of).await? else { return Ok(None) };
    let Some(number) = catalogue.in_force() else { return Ok(None) };
    let opened = version::with_item(ctx, catalogue, number, &item).await?;
    let Some((version, tree)) = opened else { return Ok(None) };
    Ok(tree.place(&item).and_then(|place| Item::new(&version, &tree, place)))
}

/// The item in one version; `None` where the version lacks it.
pub(super) async fn in_version(
    ctx: &Context<'_>,
    version: &Version,
    code: &ItemCode,
) -> Result<Option<Item>> {
    let tree = version.tree(ctx).await?;
    Ok(tree.place(code).and_then(|place| Item::new(version, &tree, place)))
}

impl Method {
    /// Its value as a term.
    fn value(self) -> &'static str {
        match self {
            Self::Proactive => "PROACTIVE",
            Self::OnRequest => "ON_REQUEST",
        }
    }
}

impl Item {
    /// The item at a place of a version's tree; `None` where its entry was redacted.
    pub(super) fn new(version: &Version, tree: &Arc<Tree>, position: usize) -> Option<Self> {
        tree.leaf(position).map(|_| Self { version: version.clone(), tree: tree.clone(), position })
    }

    fn leaf(&self) -> &Leaf {
        self.tree
            .leaf(self.position)
            .expect("an item is made of an entry that is there, and trees never change")
    }

    fn entry(&self) -> &Entry {
        &self.leaf().entry
    }

    /// Where it stands in an order.
    fn place(&self, order: Order) -> Place {
        let position = u32::try_from(self.position).unwrap_or(u32::MAX);
        Place::of(order, self.entry(), self.version.number, position, self.leaf().changed)
    }

    fn view(&self) -> View {
        self.version.catalogue.view
    }

    async fn content(&self, ctx: &Context<'_>) -> Result<Arc<Content>> {
        read::content(ctx, self.leaf()).await
    }

    async fn local(&self, ctx: &Context<'_>) -> Result<Arc<Local>> {
        read::local(ctx, self.leaf()).await
    }

    fn parts(&self) -> ItemParts {
        ItemParts { content: self.entry().content, local: self.entry().local }
    }

    fn division_code(&self) -> &str {
        self.entry().item.catalogue.division.as_str()
    }

    /// The domain that the code of its catalogue names.
    fn domain_code(&self) -> Option<&DomainCode> {
        self.entry().item.catalogue.domain.as_ref()
    }

    fn global_id(&self) -> ID {
        let key = format!("{}#{}", self.entry().item, self.version.number);
        id::write("Item", &key, self.view())
    }

    fn item_digest(&self) -> Result<Digest> {
        Ok(Digest(self.parts().digest()))
    }

    fn canonical_text(&self) -> Result<String> {
        let object = self.parts().to_object().map_err(Error::from)?;
        Ok(String::from_utf8(object.bytes).map_err(Error::internal)?)
    }

    fn source_of_row(&self) -> Option<Source> {
        self.entry().source.and_then(|index| self.version.source(index))
    }
}

/// A matter to be disclosed (事项), as one version of a catalogue says it. Null means: the table does not show it.
/// An empty list or false means: it says none, says no.
#[Object]
impl Item {
    /// Opaque and global (全局标识): the code and the version.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.global_id()
    }

    /// The code (事项代码), minted once and never used again.
    async fn code(&self) -> String {
        self.entry().item.to_string()
    }

    /// The digest of content and local part together (事项摘要).
    async fn digest(&self) -> Result<Digest> {
        self.item_digest()
    }

    /// The digest of the part that is meant to be the same everywhere (内容摘要).
    async fn content_digest(&self) -> Digest {
        Digest(self.entry().content)
    }

    /// Its place in the table, from 1 (序号).
    #[graphql(name = "position")]
    async fn position_field(&self) -> usize {
        self.position + 1
    }

    /// The exact bytes that `digest` is the hash of (规范字节), enough to verify this item offline.
    async fn canonical(&self) -> Result<String> {
        self.canonical_text()
    }

    /// The signed proof that this item stands in this version (签名证明): a file for `mulu verify --file`, format
    /// `mulu.proof/1`. Sealed by the newest checkpoint under the scope, or the first after the version's revision;
    /// null where there is none yet. `REDACTED` where a part was erased.
    #[graphql(complexity = 100)]
    async fn proof(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let (subject, seen) = (Subject::Item(&self.entry().item), self.view().scope.revision);
        let (code, number) = (self.entry().item.catalogue.as_str(), self.version.number);
        Ok(ctx.data_unchecked::<Reader>().store().proof(code, number, subject, seen).await?)
    }

    /// The outermost name (一级事项); null where the table has one level only.
    async fn topic(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let content = self.content(ctx).await?;
        Ok(content.names.first().filter(|_| content.names.len() > 1).map(ToString::to_string))
    }

    /// The deepest level that is named (事项名称): 二级事项 or 三级事项, else the only one. Null
    /// only where it was erased.
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.content(ctx).await?.names.last().map(ToString::to_string))
    }

    /// All levels (各级事项名称), outermost first. Null only where they were erased.
    async fn names(&self, ctx: &Context<'_>) -> Result<Option<Vec<String>>> {
        Ok(Some(self.content(ctx).await?.names.iter().map(ToString::to_string).collect()))
    }

    /// The catalogue (目录).
    async fn catalogue(&self) -> Catalogue {
        self.version.catalogue.clone()
    }

    /// The version (版本).
    async fn version(&self) -> Version {
        self.version.clone()
    }

    /// The domain (领域): the catalogue's, or the row's own in a catalogue of several; null where it has none.
    async fn domain(&self, ctx: &Context<'_>) -> Result<Option<Domain>> {
        let code = match self.domain_code() {
            Some(code) => Some(code.clone()),
            None => self.local(ctx).await?.domain.clone(),
        };
        match code {
            Some(code) => domain::load(ctx, self.view(), code.as_str()).await,
            None => Ok(None),
        }
    }

    /// The place (行政区划); null where it is not registered.
    async fn division(&self, ctx: &Context<'_>) -> Result<Option<Division>> {
        division::load(ctx, self.view(), self.division_code()).await
    }

    /// What is disclosed, point by point (公开内容).
    #[graphql(name = "content")]
    async fn content_field(&self, ctx: &Context<'_>) -> Result<Option<Vec<ContentPoint>>> {
        Ok(self
            .content(ctx)
            .await?
            .points
            .as_ref()
            .map(|points| points.iter().map(ContentPoint::from).collect()))
    }

    /// On what legal basis (公开依据), as cited.
    async fn basis(&self, ctx: &Context<'_>) -> Result<Option<Vec<BasisCitation>>> {
        let content = self.content(ctx).await?;
        let cite = |basis: &crate::catalogue::content::BasisCitation| BasisCitation::new(basis, self.view());
        Ok(content.basis.as_ref().map(|basis| basis.iter().map(cite).collect()))
    }

    /// By when (公开时限): the first limit; kind UNSTATED where none is printed. Null only where it was erased.
    async fn time_limit(&self, ctx: &Context<'_>) -> Result<Option<TimeLimit>> {
        let content = self.content(ctx).await?;
        let first = content.time_limits.iter().flatten().next();
        Ok(Some(first.map_or_else(TimeLimit::unstated, TimeLimit::from)))
    }

    /// Further limits for parts of the item (其他时限). Null only where they were erased.
    async fn further_time_limits(&self, ctx: &Context<'_>) -> Result<Option<Vec<TimeLimit>>> {
        let content = self.content(ctx).await?;
        Ok(Some(content.time_limits.iter().flatten().skip(1).map(TimeLimit::from).collect()))
    }

    /// How long something must stay posted (公示期).
    async fn publicity_period(&self, ctx: &Context<'_>) -> Result<Option<PublicityPeriod>> {
        Ok(self.content(ctx).await?.publicity_period.as_ref().map(PublicityPeriod::from))
    }

    /// By whom (公开主体): the words of the table, and the registered units that they mean under this scope.
    async fn responsible_units(&self, ctx: &Context<'_>) -> Result<Option<Vec<ResponsibleUnit>>> {
        let local = self.local(ctx).await?;
        let unit = |unit: &crate::catalogue::local::UnitText| {
            ResponsibleUnit::new(unit, self.division_code(), self.view())
        };
        Ok(local.units.as_ref().map(|units| units.iter().map(unit).collect()))
    }

    /// Proactively or on request (公开方式): those ticked.
    async fn methods(&self, ctx: &Context<'_>) -> Result<Option<Vec<Method>>> {
        Ok(self.content(ctx).await?.methods.map(parts::methods))
    }

    /// Through which channels (公开渠道和载体).
    async fn channels(&self, ctx: &Context<'_>) -> Result<Option<Vec<ChannelUse>>> {
        let content = self.content(ctx).await?;
        let Some(channels) = &content.channels else { return Ok(None) };
        let local = self.local(ctx).await?;
        Ok(Some(parts::channels(ctx, self.view(), channels, &local).await?))
    }

    /// To whom (公开对象).
    async fn audience(&self, ctx: &Context<'_>) -> Result<Option<Audience>> {
        Ok(self.content(ctx).await?.audience.as_ref().map(Audience::from))
    }

    /// At which levels (公开层级): those ticked.
    async fn levels(&self, ctx: &Context<'_>) -> Result<Option<Vec<Level>>> {
        let local = self.local(ctx).await?;
        let ticked = |levels: &std::collections::BTreeMap<_, bool>| {
            levels.iter().filter(|(_, ticked)| **ticked).map(|(level, _)| Level::from(*level)).collect()
        };
        Ok(local.levels.as_ref().map(ticked))
    }

    /// Further elements that the domain or the place declares (扩展要素). Null only where they were erased.
    async fn extensions(&self, ctx: &Context<'_>) -> Result<Option<Vec<Extension>>> {
        Ok(Some(element::extensions(ctx, self).await?))
    }

    /// Elements that were inferred, not printed (推断而得的要素). Null only where that was erased.
    async fn inferred(&self, ctx: &Context<'_>) -> Result<Option<Vec<ElementKind>>> {
        Ok(Some(self.local(ctx).await?.inferred.iter().flatten().map(|kind| (*kind).into()).collect()))
    }

    /// All elements that are known as a plain list (公开要素), for screens that only render. Null only where
    /// they were erased.
    async fn elements(&self, ctx: &Context<'_>) -> Result<Option<Vec<Element>>> {
        Ok(Some(element::elements(ctx, self).await?))
    }

    /// How it stands to its origin (与上游的关系).
    async fn relation(&self) -> Relation {
        self.entry().relation.into()
    }

    /// The upstream item that it was taken from (来源事项); null where there is none, or it is not known here.
    async fn origin(&self, ctx: &Context<'_>) -> Result<Option<Item>> {
        let Some(origin) = &self.entry().origin else { return Ok(None) };
        let code = origin.item.catalogue.as_str();
        let Some(upstream) = catalogue::load(ctx, self.view(), code).await? else { return Ok(None) };
        let known = upstream.known.versions().iter().find(|known| known.digest == origin.version);
        let Some(known) = known else { return Ok(None) };
        match version::load(ctx, &upstream, known.number).await? {
            Some(version) => in_version(ctx, &version, &origin.item).await,
            None => Ok(None),
        }
    }

    /// The items in force that were taken from here (采用情况), in whatever version of this item.
    async fn adoptions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this division and of those below it, by its code (行政区划)")]
        division: Option<String>,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<ItemConnection> {
        let origin = Some(self.entry().item.to_string());
        let filter =
            ItemFilter { division, include_descendants: Some(true), origin, ..ItemFilter::default() };
        list(ctx, self.view(), &filter, Order::Catalogue, Args { first, after, last, before }).await
    }

    /// This item in the versions in which its content or local part changed (沿革), the newest first.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<ItemConnection> {
        list::history(ctx, self, Args { first, after, last, before }).await
    }

    /// Why it differs from its origin (理由); null where it does not, or none was given.
    async fn reason(&self) -> Option<&str> {
        self.entry().reason.as_ref().map(|reason| reason.as_str())
    }

    /// Where this row came from (来源); null where it is not known.
    async fn source(&self) -> Option<Source> {
        self.source_of_row()
    }
}
