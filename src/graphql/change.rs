//! The log after a revision (变化): the delta that a screen or a mini-program pulls.

use async_graphql::{Context, Enum, Object};

use super::{
    at::View,
    catalogue::{self, Catalogue},
    compare::{self, ItemComparison},
    connection::{self, Args, Connection, Page},
    cursor::ListKey,
    division, domain,
    error::{Failure, Result},
    legal_basis, loaders,
    node::Node,
    scalars::{Date, DateTime, Digest, Revision},
    unit,
    version::{self, Version},
};
use crate::{
    catalogue::{
        code::CatalogueCode,
        declaration::ElementsState,
        domain::AssignmentState,
        event::{Event, EventBody},
        reference::Register,
        unit::{AliasState, AliasedRegister},
    },
    error::Error,
    store::{Following, Reader},
};

/// What happened (事件种类).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(super) enum EventKind {
    /// 日志开始.
    Genesis,
    /// 发布: a version was published.
    Published,
    /// 撤回: a version is void from a day on.
    Withdrawn,
    /// 停用: a catalogue has nothing in force from a day on.
    Closed,
    /// 参考数据: a register was loaded.
    Reference,
    /// 涂除: the bytes of an object were erased.
    Redacted,
    /// 密钥: checkpoints signed with a further key count from here on.
    Key,
}

/// Which events are listed.
#[derive(Clone, Debug, Hash)]
pub(super) struct Filter {
    pub since: u64,
    pub division: Option<String>,
    pub include_descendants: bool,
    pub include_ancestors: bool,
    pub domain: Option<String>,
}

/// The events after a revision, oldest first.
pub(super) async fn list(
    ctx: &Context<'_>,
    view: View,
    filter: Filter,
    args: Args,
) -> Result<Connection<Change>> {
    let page = args.open(view, ListKey::new(("changes", &filter)))?;
    let until = page.view.scope.revision;
    if filter.since > until {
        return Err(Error::UnknownRevision { asked: filter.since, head: until }.into());
    }
    let division = filter.division.as_deref();
    let (below, above) = (filter.include_descendants, filter.include_ancestors);
    let divisions = catalogue::runs(ctx, page.view, division, below, above).await?;
    let following = Following { since: filter.since, until, divisions, domain: filter.domain };
    let reader = ctx.data_unchecked::<Reader>();
    let events = reader.changes(&following, &page.seek()?).await?;
    let counted = connection::is_counted(ctx);
    let total = if counted { reader.count_changes(&following).await? } else { 0 };
    let window = page.window(events, |event| event.revision.to_string());
    let change = |event: &Event| Change { view: page.view, event: event.clone() };
    let nodes = window.elements.iter().map(change).collect();
    Ok(window.with(nodes, total))
}

/// One event of the log (变化).
#[derive(Clone, Debug)]
pub(super) struct Change {
    view: View,
    event: Event,
}

impl Change {
    /// Whose event it is, and of which version.
    fn of(&self) -> Option<(&CatalogueCode, Option<u32>)> {
        match &self.event.body {
            EventBody::Published(published) => Some((&published.catalogue, Some(published.number))),
            EventBody::Withdrawn(withdrawn) => Some((&withdrawn.catalogue, Some(withdrawn.number))),
            EventBody::Closed(closed) => Some((&closed.catalogue, None)),
            _ => None,
        }
    }
}

/// One event of the log (变化). A client that follows keeps versions with their `effectiveFrom`, withdrawals and
/// closures with their `from`, and resolves what is in force by itself: a version published for a later day takes
/// effect without an event.
#[Object]
impl Change {
    /// Its position in the log (修订号): give the last one as `since` next time.
    async fn revision(&self) -> Revision {
        Revision(self.event.revision)
    }

    /// When it was recorded (记录时间).
    async fn at(&self) -> DateTime {
        DateTime(self.event.at.utc())
    }

    /// What happened (事件种类).
    async fn kind(&self) -> EventKind {
        match &self.event.body {
            EventBody::Genesis(_) => EventKind::Genesis,
            EventBody::Published(_) => EventKind::Published,
            EventBody::Withdrawn(_) => EventKind::Withdrawn,
            EventBody::Closed(_) => EventKind::Closed,
            EventBody::Reference(_) => EventKind::Reference,
            EventBody::Redacted(_) => EventKind::Redacted,
            EventBody::Key(_) => EventKind::Key,
        }
    }

    /// Whose version it is about (目录); null for events that are of no catalogue.
    async fn catalogue(&self, ctx: &Context<'_>) -> Result<Option<Catalogue>> {
        match self.of() {
            Some((code, _)) => catalogue::load(ctx, self.view, code.as_str()).await,
            None => Ok(None),
        }
    }

    /// The version that was published or withdrawn (版本); null for other events.
    async fn version(&self, ctx: &Context<'_>) -> Result<Option<Version>> {
        let Some((code, Some(number))) = self.of() else { return Ok(None) };
        match catalogue::load(ctx, self.view, code.as_str()).await? {
            Some(catalogue) => version::load(ctx, &catalogue, number).await,
            None => Ok(None),
        }
    }

    /// The day from which the version is in force (施行日期), for PUBLISHED; null otherwise.
    async fn effective_from(&self) -> Option<Date> {
        match &self.event.body {
            EventBody::Published(published) => Some(Date(published.effective_from)),
            _ => None,
        }
    }

    /// The first day on which the version is void or the catalogue has nothing in force (撤回或停用之日), for WITHDRAWN
    /// and CLOSED; null otherwise.
    async fn from(&self) -> Option<Date> {
        match &self.event.body {
            EventBody::Withdrawn(withdrawn) => Some(Date(withdrawn.from)),
            EventBody::Closed(closed) => Some(Date(closed.from)),
            _ => None,
        }
    }

    /// Why (理由), for WITHDRAWN, CLOSED and REDACTED; null otherwise.
    async fn reason(&self) -> Option<&str> {
        match &self.event.body {
            EventBody::Withdrawn(withdrawn) => Some(withdrawn.reason.as_str()),
            EventBody::Closed(closed) => Some(closed.reason.as_str()),
            EventBody::Redacted(redacted) => Some(redacted.reason.as_str()),
            _ => None,
        }
    }

    /// The catalogue that takes the place of a closed one (承继目录); null where none was named or none is published.
    async fn successor(&self, ctx: &Context<'_>) -> Result<Option<Catalogue>> {
        let EventBody::Closed(closed) = &self.event.body else { return Ok(None) };
        match &closed.successor {
            Some(code) => catalogue::load(ctx, self.view, code.as_str()).await,
            None => Ok(None),
        }
    }

    /// The digest of what was erased (被涂除的摘要), for REDACTED: a follower erases it, too; null otherwise.
    async fn redacted(&self) -> Option<Digest> {
        match &self.event.body {
            EventBody::Redacted(redacted) => Some(Digest(redacted.object)),
            _ => None,
        }
    }

    /// The register that was loaded (名录), for REFERENCE: `division`, `unit`, `domain`, `channel`, `legalBasis`,
    /// `assignment`, `alias` or `element`; null otherwise.
    async fn register(&self) -> Option<&'static str> {
        match &self.event.body {
            EventBody::Reference(load) => Some(load.register.name()),
            _ => None,
        }
    }

    /// The items that differ from the version before (有变化的事项), for PUBLISHED: all are ADDED in a first version; null
    /// otherwise.
    async fn items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<Option<Connection<ItemComparison>>> {
        let EventBody::Published(published) = &self.event.body else { return Ok(None) };
        let code = published.catalogue.as_str();
        let Some(catalogue) = catalogue::load(ctx, self.view, code).await? else { return Ok(None) };
        let Some(head) = version::load(ctx, &catalogue, published.number).await? else { return Ok(None) };
        let base = version::load(ctx, &catalogue, published.number - 1).await?;
        let args = Args { first, after, last, before };
        Ok(Some(compare::since(ctx, base, head).await?.page(args)?))
    }

    /// What the records that changed are or are about (有变化的登记项), for REFERENCE, by code, as they are under the
    /// scope: for assignments the divisions, for aliases the units and laws that they mean, for further elements the
    /// divisions or domains that declare them; null otherwise.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<Option<Connection<Node>>> {
        let EventBody::Reference(load) = &self.event.body else { return Ok(None) };
        let key = ListKey::new(("change.nodes", self.event.revision));
        let page = Args { first, after, last, before }.open(self.view, key)?;
        let codes = ctx.data_unchecked::<Reader>().loaded(self.event.revision, &page.seek()?).await?;
        let window = page.window(codes, Clone::clone);
        let nodes = nodes(ctx, &page, load.register, &window.elements).await?;
        Ok(Some(window.with_some(nodes, load.count)))
    }
}

/// What records are or are about; `None` for one whose record was redacted.
async fn nodes(
    ctx: &Context<'_>,
    page: &Page,
    register: Register,
    codes: &[String],
) -> Result<Vec<Option<Node>>> {
    let view = page.view;
    let node = |code: String| async move {
        let found: Result<Option<Node>> = async {
            Ok(match register {
                Register::Division => division::load(ctx, view, &code).await?.map(Node::Division),
                Register::Unit => unit::load(ctx, view, &code).await?.map(Node::Unit),
                Register::Domain => domain::load(ctx, view, &code).await?.map(Node::Domain),
                Register::Channel => domain::channels(ctx, view, &[code]).await?.pop().map(Node::Channel),
                Register::LegalBasis => {
                    legal_basis::load_all(ctx, view, &[code]).await?.pop().map(Node::LegalBasis)
                }
                Register::Assignment => match loaders::state::<AssignmentState>(ctx, view, &code).await? {
                    Some(state) => {
                        division::load(ctx, view, state.division.as_str()).await?.map(Node::Division)
                    }
                    None => None,
                },
                Register::Alias => match loaders::state::<AliasState>(ctx, view, &code).await? {
                    Some(state) => target(ctx, view, &state).await?,
                    None => None,
                },
                Register::Element => match loaders::state::<ElementsState>(ctx, view, &code).await? {
                    Some(state) => owner(ctx, view, &state).await?,
                    None => None,
                },
            })
        }
        .await;
        match found {
            Err(failure) if failure.is_redacted() => Ok(None),
            other => other,
        }
    };
    futures_util::future::try_join_all(codes.iter().cloned().map(node)).await
}

async fn target(ctx: &Context<'_>, view: View, alias: &AliasState) -> Result<Option<Node>> {
    Ok(match alias.register {
        AliasedRegister::Unit => unit::load(ctx, view, &alias.target).await?.map(Node::Unit),
        AliasedRegister::LegalBasis => {
            let bases = legal_basis::load_all(ctx, view, std::slice::from_ref(&alias.target)).await?;
            bases.into_iter().next().map(Node::LegalBasis)
        }
    })
}

/// The place that declares elements, or the domain where it does so for every place.
async fn owner(ctx: &Context<'_>, view: View, state: &ElementsState) -> Result<Option<Node>> {
    Ok(match (&state.division, &state.domain) {
        (Some(code), _) => division::load(ctx, view, code.as_str()).await?.map(Node::Division),
        (None, Some(code)) => domain::load(ctx, view, code.as_str()).await?.map(Node::Domain),
        (None, None) => None,
    })
}

impl Failure {
    fn is_redacted(&self) -> bool {
        self.code() == "REDACTED"
    }
}
