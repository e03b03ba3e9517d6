//! The root fields.

use async_graphql::{Context, ID, Interface, Object};

use super::{
    alignment::{self, Alignment},
    at::{Now, View},
    catalogue::{self, Catalogue, CatalogueKind},
    change::{self, Change},
    compare::{self, VersionComparison},
    connection::{Args, Connection},
    division::{self, Division, Level},
    domain::{self, Channel, Domain},
    error::{Failure, Result},
    id,
    item::{self, Item, ItemConnection, ItemFilter, ItemOrder},
    legal_basis::{self, LegalBasis, LegalStatus},
    platform::{self, Platform},
    proof::{self, ConsistencyProof, InclusionProof},
    scalars::{Date, DateTime, Revision},
    unit::{self, Unit},
    version::{self, Version},
};
use crate::store::Reader;

/// The root of every question; `at` opens it again under another scope.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query {
    view: Option<View>,
}

/// What has a global id (具有全局标识的对象).
#[derive(Clone, Debug, Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque and global (全局标识)."))]
pub(super) enum Node {
    Division(Division),
    Unit(Unit),
    Domain(Domain),
    Channel(Channel),
    LegalBasis(LegalBasis),
    Catalogue(Catalogue),
    Version(Version),
    Item(Item),
}

impl Query {
    fn view(&self, ctx: &Context<'_>) -> View {
        self.view.unwrap_or_else(|| View::now(*ctx.data_unchecked::<Now>()))
    }

    async fn find(&self, ctx: &Context<'_>, id: &str) -> Result<Option<Node>> {
        let Some((kind, key, view)) = id::read(id, self.view(ctx)) else {
            return Err(Failure::bad_input("无法识别的标识", "this is no id of ours"));
        };
        let (code, number) = match key.split_once('#') {
            Some((code, number)) => (code, number.parse::<u32>().ok()),
            None => (key.as_str(), None),
        };
        Ok(match kind.as_str() {
            "Division" => division::load(ctx, view, code).await?.map(Node::Division),
            "Unit" => unit::load(ctx, view, code).await?.map(Node::Unit),
            "Domain" => domain::load(ctx, view, code).await?.map(Node::Domain),
            "Channel" => domain::channels(ctx, view, &[code.to_owned()]).await?.pop().map(Node::Channel),
            "LegalBasis" => {
                legal_basis::load_all(ctx, view, &[code.to_owned()]).await?.pop().map(Node::LegalBasis)
            }
            "Catalogue" => catalogue::load(ctx, view, code).map(Node::Catalogue),
            "Version" => version_of(ctx, view, code, number).await?.map(Node::Version),
            "Item" => {
                let catalogue = code.rsplit_once('-').map_or(code, |(catalogue, _)| catalogue);
                match version_of(ctx, view, catalogue, number).await? {
                    Some(version) => item::in_version(ctx, &version, code).await?.map(Node::Item),
                    None => None,
                }
            }
            _ => None,
        })
    }

    /// The version that an id means: itself, or the one in force of a catalogue.
    async fn version(&self, ctx: &Context<'_>, id: &str) -> Result<Version> {
        let version = match self.find(ctx, id).await? {
            Some(Node::Version(version)) => Some(version),
            Some(Node::Catalogue(catalogue)) => match catalogue.in_force() {
                Some(number) => version::load(ctx, &catalogue, number).await?,
                None => None,
            },
            _ => None,
        };
        version.ok_or_else(|| {
            Failure::bad_input(
                &format!("{id} 不指向任何版本或现行目录"),
                &format!("`{id}` leads to no version, nor to a catalogue with one in force"),
            )
        })
    }
}

async fn version_of(
    ctx: &Context<'_>,
    view: View,
    code: &str,
    number: Option<u32>,
) -> Result<Option<Version>> {
    match catalogue::load(ctx, view, code).zip(number) {
        Some((catalogue, number)) => version::load(ctx, &catalogue, number).await,
        None => Ok(None),
    }
}

/// The catalogue of what China's grassroots governments disclose (基层政务公开标准目录), read at the head of the log
/// and as in force today, unless `at` says otherwise.
#[Object]
impl Query {
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
        let view = self.view(ctx).at(reader, day, known_at, revision).await?;
        Ok(Query { view: Some(view) })
    }

    /// The object of a global id (按标识查找); null where nothing of that id is known under its scope.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id (标识)")] id: ID,
    ) -> Result<Option<Node>> {
        self.find(ctx, &id).await
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
        futures_util::future::try_join_all(ids.iter().map(|id| self.find(ctx, id))).await
    }

    /// A domain by its code (领域); null where it is not registered.
    async fn domain(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "01 or X01 (领域代码)")] code: String,
    ) -> Result<Option<Domain>> {
        domain::load(ctx, self.view(ctx), &code).await
    }

    /// Every domain (领域), by code.
    async fn domains(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<Connection<Domain>> {
        domain::list(ctx, self.view(ctx), Args { first, after, last, before }).await
    }

    /// A division by its code (行政区划); null where it is not registered.
    async fn division(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "6, 9 or 12 digits (行政区划代码)")] code: String,
    ) -> Result<Option<Division>> {
        division::load(ctx, self.view(ctx), catalogue::division_code(&code)?.as_str()).await
    }

    /// The divisions that fit (行政区划), by code. A `name` or a `level` without a `parent` looks through the whole
    /// country; with nothing given these are the provinces.
    async fn divisions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those directly below this one, by its code (上级区划)")] parent: Option<
            String,
        >,
        #[graphql(desc = "Only those of this level (行政层级)")] level: Option<Level>,
        #[graphql(desc = "Only those with just this name (名称)")] name: Option<String>,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<Connection<Division>> {
        let filter = division::Filter { parent, level, name };
        division::list(ctx, self.view(ctx), filter, Args { first, after, last, before }).await
    }

    /// A unit by its id (公开主体); null where it is not registered.
    async fn unit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id (标识)")] id: ID,
    ) -> Result<Option<Unit>> {
        match self.find(ctx, &id).await? {
            Some(Node::Unit(unit)) => Ok(Some(unit)),
            _ => Ok(None),
        }
    }

    /// The units that fit (公开主体), by code; all if nothing is given.
    async fn units(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those that serve this division, by its code (行政区划)")] division: Option<
            String,
        >,
        #[graphql(desc = "Only those with just this name, short or former name (名称)")] name: Option<String>,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<Connection<Unit>> {
        let args = Args { first, after, last, before };
        unit::list(ctx, self.view(ctx), division.as_deref(), name.as_deref(), args).await
    }

    /// Every channel (公开渠道和载体), by code: the national template's list and the local additions to it.
    async fn channels(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<Connection<Channel>> {
        domain::list_channels(ctx, self.view(ctx), Args { first, after, last, before }).await
    }

    /// The registered laws, regulations and documents (公开依据), by code.
    async fn legal_bases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those with this text in a title (标题含)")] text: Option<String>,
        #[graphql(desc = "Only those of this status (效力状态)")] status: Option<LegalStatus>,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<Connection<LegalBasis>> {
        legal_basis::list(ctx, self.view(ctx), text, status, Args { first, after, last, before }).await
    }

    /// A catalogue by its code (目录); null where none was published.
    async fn catalogue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "513230000000-12 (目录代码)")] code: String,
    ) -> Result<Option<Catalogue>> {
        Ok(catalogue::load(ctx, self.view(ctx), &code))
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
    ) -> Result<Connection<Catalogue>> {
        let filter = catalogue::Filter { division, include_descendants, domain, kind };
        catalogue::list(ctx, self.view(ctx), &filter, Args { first, after, last, before }).await
    }

    /// An item by its code (事项), in the version in force; null where there is none.
    async fn item(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "513230000000-12-0001 (事项代码)")] code: String,
    ) -> Result<Option<Item>> {
        item::load(ctx, self.view(ctx), &code).await
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
    ) -> Result<ItemConnection> {
        let (filter, args) = (filter.unwrap_or_default(), Args { first, after, last, before });
        item::list(ctx, self.view(ctx), &filter, order_by.into(), args).await
    }

    /// What differs between two versions (比较): of one catalogue, or of two catalogues, of which the versions in force
    /// are compared. `BAD_INPUT` where an id leads to no version.
    async fn compare(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of a version or catalogue: what is compared with (比较的基准)")] base: ID,
        #[graphql(desc = "The id of a version or catalogue: what is compared (比较的对象)")] head: ID,
    ) -> Result<VersionComparison> {
        let (base, head) = futures_util::try_join!(self.version(ctx, &base), self.version(ctx, &head))?;
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
        alignment::list(ctx, self.view(ctx), filter, Args { first, after, last, before }).await
    }

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
        change::list(ctx, self.view(ctx), filter, Args { first, after, last, before }).await
    }

    /// Where the platform stands (平台状态).
    async fn platform(&self, ctx: &Context<'_>) -> Result<Platform> {
        platform::platform(ctx, self.view(ctx)).await
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
        let size = size.map_or(self.view(ctx).scope.revision, |size| size.0);
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
        let to = to.map_or(self.view(ctx).scope.revision, |to| to.0);
        proof::consistency(ctx, from.0, to).await
    }
}
