//! Versions (版本).

mod loading;
mod parts;

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Enum, ID, Object};

use self::loading::tree;
pub(super) use self::{
    loading::{in_memory, load, load_all, look, with_item, with_trees},
    parts::{Omission, Source},
};
use super::{
    at::View,
    catalogue::{self, Catalogue},
    compare::{self, VersionComparison},
    connection::{Args, Connection},
    cursor::ListKey,
    download::{self, Download},
    error::Result,
    id,
    item::{self, ItemConnection},
    loaders::{self, ElementKey},
    scalars::{Date, DateTime, Digest, Revision},
    walk::{Walked, table},
};
use crate::{
    catalogue::{
        code::ItemCode,
        dataset::Dataset,
        format::Format,
        scope::{Scope, VersionState as CoreState},
        version::{Omission as CoreOmission, Version as Header},
    },
    error::Error,
    store::{Reader, Subject, Tree, VersionRef},
};

/// 版本状态, computed under the scope, never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreState")]
pub(super) enum VersionState {
    /// 待施行: of a day to come.
    Scheduled,
    /// 现行有效.
    InForce,
    /// 已被替代: another is in force in its place, or none since the catalogue was closed.
    Superseded,
    /// 已撤回: void.
    Withdrawn,
}

/// A numbered, immutable state of a catalogue (版本).
#[derive(Clone, Debug)]
pub(super) struct Version {
    pub catalogue: Catalogue,
    pub number: u32,
    pub known: VersionRef,
    /// `None` where it was redacted: then only what the log says of the version can be read.
    header: Option<Arc<Header>>,
}

table!("Version": Version {
    id = |version, _| version.global_id(),
    catalogue = |version, _| &version.catalogue,
    number = |version, _| version.number,
    label = |version, _| version.header().map(|header| header.label.as_str()),
    state = |version, _| version.state_now(),
    note = |version, _| version.header().map(|header| header.note.as_ref()),
    basedOn = |version, look| version.upstream().and_then(|(code, number)| {
        let upstream = look.catalogue(version.view(), &code)?;
        self::look(look, &upstream, number)
    }),
    effectiveFrom = |version, _| Date(version.known.effective_from),
    publishedAt = |version, _| DateTime(version.known.published_at.utc()),
    digest = |version, _| Digest(version.known.digest),
    entriesRoot = |version, _| Digest(version.known.entries),
    revision = |version, _| Revision(version.known.revision),
    canonical = |version, _| version.canonical_text(),
    itemCount = |version, _| version.known.size,
});

impl Version {
    fn global_id(&self) -> ID {
        id::write("Version", &format!("{}#{}", self.catalogue.known.code, self.number), self.view())
    }

    fn state_now(&self) -> VersionState {
        let state = self.catalogue.known.history.state(self.number, self.view().scope);
        state.unwrap_or(CoreState::Superseded).into()
    }

    fn canonical_text(&self) -> Result<String> {
        let object = self.header()?.to_object().map_err(Error::from)?;
        Ok(String::from_utf8(object.bytes).map_err(Error::internal)?)
    }

    fn header(&self) -> Result<&Header> {
        Ok(self.header.as_deref().ok_or(Error::Redacted(self.known.digest))?)
    }

    /// The same, read under a view.
    pub(super) fn under(&self, view: View) -> Self {
        let catalogue = Catalogue { view, known: self.catalogue.known.clone() };
        Self { catalogue, ..self.clone() }
    }

    /// The title as printed.
    pub(super) fn title(&self) -> Option<String> {
        self.header.as_ref()?.title.as_ref().map(ToString::to_string)
    }

    /// The publisher as printed.
    pub(super) fn publisher(&self) -> Option<String> {
        self.header.as_ref()?.publisher.as_ref().map(ToString::to_string)
    }

    /// Code and number of the upstream version.
    pub(super) fn upstream(&self) -> Option<(String, u32)> {
        let upstream = self.header.as_ref()?.based_on.as_ref()?;
        Some((upstream.catalogue.to_string(), upstream.number))
    }

    /// The upstream items that it leaves out.
    pub(super) fn omitted(&self) -> impl Iterator<Item = &ItemCode> {
        self.header.iter().flat_map(|header| &header.omissions).map(|omission| &omission.item)
    }

    /// A source of its rows.
    pub(super) fn source(&self, index: u32) -> Option<Source> {
        let source = self.header.as_ref()?.sources.get(index as usize)?;
        Some(Source::new(source.clone()))
    }

    /// The declarations of further elements that its header names.
    pub(super) fn element_schemas(&self) -> &[crate::catalogue::digest::Digest] {
        self.header.as_ref().map_or(&[], |header| &header.element_schemas)
    }

    /// The labels that the header's declarations give to further elements, by key.
    pub(super) async fn element_labels(&self, ctx: &Context<'_>) -> Result<HashMap<String, String>> {
        let schemas = self.header.iter().flat_map(|header| &header.element_schemas);
        let keys = schemas.map(|digest| ElementKey(*digest));
        let declared = loaders::many(ctx, keys).await?;
        Ok(declared
            .into_values()
            .map(|element| (element.key.to_string(), element.label.to_string()))
            .collect())
    }

    /// The entries.
    pub(super) async fn tree(&self, ctx: &Context<'_>) -> Result<Arc<Tree>> {
        tree(ctx, self.known.digest).await
    }

    fn view(&self) -> View {
        self.catalogue.view
    }
}

/// A numbered, immutable state of a catalogue (版本).
#[Object]
impl Version {
    /// Opaque and global (全局标识).
    pub(super) async fn id(&self) -> ID {
        self.global_id()
    }

    /// Whose version it is (目录).
    async fn catalogue(&self) -> Catalogue {
        self.catalogue.clone()
    }

    /// 1, 2, 3 … (版本号).
    #[graphql(name = "number")]
    async fn number_field(&self) -> u32 {
        self.number
    }

    /// A short name (版本名称), 2024年版.
    async fn label(&self) -> Result<&str> {
        Ok(self.header()?.label.as_str())
    }

    /// What it is under the scope (版本状态).
    async fn state(&self) -> VersionState {
        self.state_now()
    }

    /// A remark (备注); null where there is none.
    async fn note(&self) -> Result<Option<&str>> {
        Ok(self.header()?.note.as_ref().map(|note| note.as_str()))
    }

    /// The upstream version that it was made from (上游版本); null where there is none.
    async fn based_on(&self, ctx: &Context<'_>) -> Result<Option<Version>> {
        let Some((code, number)) = self.upstream() else { return Ok(None) };
        match catalogue::load(ctx, self.view(), &code).await? {
            Some(upstream) => load(ctx, &upstream, number).await,
            None => Ok(None),
        }
    }

    /// The day from which it is in force (施行日期), in Asia/Shanghai.
    async fn effective_from(&self) -> Date {
        Date(self.known.effective_from)
    }

    /// When it was published (发布时间).
    async fn published_at(&self) -> DateTime {
        DateTime(self.known.published_at.utc())
    }

    /// The digest of its header (摘要), which covers every entry.
    async fn digest(&self) -> Digest {
        Digest(self.known.digest)
    }

    /// The RFC 6962 tree hash over its entries (条目根摘要).
    async fn entries_root(&self) -> Digest {
        Digest(self.known.entries)
    }

    /// The position in the log at which it was published (修订号).
    async fn revision(&self) -> Revision {
        Revision(self.known.revision)
    }

    /// The exact bytes that `digest` is the hash of, as text (规范字节).
    async fn canonical(&self) -> Result<String> {
        self.canonical_text()
    }

    /// The signed proof that this version was published with just these entries (签名证明): a file for
    /// `mulu verify --file`, format `mulu.proof/1`. Sealed by the newest checkpoint under the scope, or the first after
    /// the version's revision; null where there is none yet. `REDACTED` where a part was erased.
    #[graphql(complexity = 1000)]
    async fn proof(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let (code, seen) = (self.catalogue.known.code.as_str(), self.view().scope.revision);
        let store = ctx.data_unchecked::<Reader>().store();
        Ok(store.proof(code, self.number, Subject::Version, seen).await?)
    }

    /// Its items as files (数据文件), with the names of the day from which it is in force.
    async fn downloads(&self) -> Vec<Download> {
        let (catalogue, number) = (self.catalogue.known.code.clone(), self.number);
        let scope = Scope { revision: self.known.revision, effective_on: self.known.effective_from };
        download::under(&Dataset::Version { catalogue, number }, scope)
    }

    /// How many items it has (事项数).
    async fn item_count(&self) -> u32 {
        self.known.size
    }

    /// Its items (事项), in table order; entries that were redacted whole are left out.
    async fn items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<Walked<ItemConnection>> {
        item::of_version(ctx, self, Args { first, after, last, before }).await.map(Walked)
    }

    /// What differs from the version before it (与上一版的比较); null for the first.
    async fn changes(&self, ctx: &Context<'_>) -> Result<Option<VersionComparison>> {
        let Some(before) = self.number.checked_sub(1) else { return Ok(None) };
        match load(ctx, &self.catalogue, before).await? {
            Some(before) => Ok(Some(compare::compare(ctx, before, self.clone()).await?)),
            None => Ok(None),
        }
    }

    /// Items of the upstream version that this place does not take over (未采用事项), with the reasons.
    async fn omissions(
        &self,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<Connection<Omission>> {
        let key = ListKey::new(("version.omissions", self.known.digest));
        let page = Args { first, after, last, before }.open(self.view(), key)?;
        let cut = page.cut(&self.header()?.omissions, |omission| omission.item.to_string())?;
        let omission = |omission: &CoreOmission| Omission::new(page.view, self.upstream(), omission.clone());
        let nodes = cut.elements().iter().map(omission).collect();
        Ok(cut.with(nodes))
    }
}
