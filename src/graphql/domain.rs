//! Domains (领域), who answers for them, and channels (公开渠道和载体).

use async_graphql::{Context, Enum, ID, Object};
use futures_util::{future::try_join_all, try_join};

use super::{
    at::View,
    catalogue::{self, Catalogue},
    connection::{Args, Connection},
    cursor::ListKey,
    download::{self, Download, Since},
    element::{self, ElementDeclaration},
    error::{Failure, Result},
    id, loaders,
    scalars::{Date, Revision},
    unit::{self, Unit},
    version::Source,
    walk::{Look, table},
};
use crate::{
    catalogue::{
        channel::ChannelState,
        dataset::Dataset,
        domain::{AssignmentRole as CoreRole, AssignmentState, DomainState},
        reference::Register,
    },
    error::Error,
    store::Held,
};

/// A subject of disclosure (领域).
#[derive(Clone, Debug)]
pub(super) struct Domain {
    view: View,
    state: Held<DomainState>,
}

/// The domain of a code; `None` where it is not known under the view.
pub(super) async fn load(ctx: &Context<'_>, view: View, code: &str) -> Result<Option<Domain>> {
    let state = loaders::state(ctx, view, code).await?;
    Ok(state.map(|state| Domain { view, state }))
}

/// The same, looked up in a walk.
pub(super) fn look(look: &mut Look<'_>, view: View, code: &str) -> Option<Domain> {
    let state = look.state(view, code)?;
    Some(Domain { view, state })
}

/// The channel of a code, looked up in a walk.
pub(super) fn look_channel(look: &mut Look<'_>, view: View, code: &str) -> Option<Channel> {
    let state = look.state(view, code)?;
    Some(Channel { view, state })
}

table!("Domain": Domain {
    id = |domain, _| id::write("Domain", domain.state.code(), domain.view),
    code = |domain, _| domain.state.code(),
    name = |domain, _| domain.name(),
    nameEn = |domain, _| &domain.state.name_en,
    aliases = |domain, _| &domain.state.aliases,
    ministry = |domain, _| &domain.state.ministry,
    validFrom = |domain, _| domain.state.valid_from.map(Date),
    validTo = |domain, _| domain.state.valid_to.map(Date),
});

table!("Channel": Channel {
    id = |channel, _| id::write("Channel", channel.state.code(), channel.view),
    code = |channel, _| channel.state.code(),
    name = |channel, _| channel.name(),
    nameEn = |channel, _| &channel.state.name_en,
    template = |channel, _| channel.state.template,
});

async fn load_all(ctx: &Context<'_>, view: View, codes: &[String]) -> Result<Vec<Domain>> {
    let states = loaders::states(ctx, view, codes).await?;
    Ok(states.into_iter().map(|state| Domain { view, state }).collect())
}

/// Every domain by code.
pub(super) async fn list(ctx: &Context<'_>, view: View, args: Args) -> Result<Connection<Domain>> {
    let page = args.open(view, ListKey::new("domains"))?;
    let codes = loaders::known(ctx, page.view, Register::Domain, None).await?;
    let cut = page.cut(&codes, Clone::clone)?;
    let nodes = load_all(ctx, page.view, cut.elements()).await?;
    Ok(cut.with(nodes))
}

impl Domain {
    pub(super) fn name(&self) -> &str {
        self.state.name.as_str()
    }
}

/// A subject of disclosure (领域): 01 to 26 in the order of 国办发〔2019〕54号, further ones X01 and up.
#[Object]
impl Domain {
    /// Opaque and global (全局标识).
    pub(super) async fn id(&self) -> ID {
        id::write("Domain", self.state.code(), self.view)
    }

    /// The code (领域代码).
    async fn code(&self) -> &str {
        self.state.code()
    }

    /// The name (名称).
    #[graphql(name = "name")]
    async fn name_field(&self) -> &str {
        self.name()
    }

    /// The English name (英文名称).
    async fn name_en(&self) -> &str {
        self.state.name_en.as_str()
    }

    /// Names seen in tables (别名), 城乡规划 for 国土空间规划.
    async fn aliases(&self) -> Vec<&str> {
        self.state.aliases.iter().map(|name| name.as_str()).collect()
    }

    /// The ministry that owns the guideline (主管部门); null where no source names it.
    async fn ministry(&self) -> Option<&str> {
        self.state.ministry.as_ref().map(|name| name.as_str())
    }

    /// The first day of this state (生效日期); null: since before anyone recorded it.
    async fn valid_from(&self) -> Option<Date> {
        self.state.valid_from.map(Date)
    }

    /// The last day (失效日期); null: no end is known.
    async fn valid_to(&self) -> Option<Date> {
        self.state.valid_to.map(Date)
    }

    /// What took its place (承继领域).
    async fn successors(&self, ctx: &Context<'_>) -> Result<Vec<Domain>> {
        let codes: Vec<String> = self.state.successors.iter().map(ToString::to_string).collect();
        load_all(ctx, self.view, &codes).await
    }

    /// What is in force of it in all places, as files (数据文件): its catalogues, and its rows in catalogues of several
    /// domains.
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
        let code =
            self.state.code().parse().map_err(|error| Error::Inconsistent(format!("domain {error}")))?;
        let since = Since { revision: since, effective_on: since_effective_on };
        download::of(ctx, Dataset::Domain(code), self.view, since).await
    }

    /// The catalogues of this domain (目录), by code.
    async fn catalogues(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only catalogues of this division, by its code (行政区划)")] division: Option<
            String,
        >,
        #[graphql(desc = "Those of the divisions below as well (含下级)", default = false)]
        include_descendants: bool,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<Connection<Catalogue>> {
        let filter = catalogue::Filter {
            division,
            include_descendants,
            domain: Some(self.state.code().to_owned()),
            kind: None,
        };
        catalogue::list(ctx, self.view, &filter, Args { first, after, last, before }).await
    }

    /// The elements beyond the template that are declared for this domain in every place (领域声明的扩展要素).
    async fn elements(&self, ctx: &Context<'_>) -> Result<Vec<ElementDeclaration>> {
        element::of_domain(ctx, self.view, self.state.code()).await
    }
}

/// In which role a unit answers for a domain (分工).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreRole")]
pub(super) enum AssignmentRole {
    /// 负责.
    Responsible,
    /// 牵头.
    Lead,
    /// 配合.
    Support,
    /// 主管、指导.
    Guiding,
}

/// Which unit answers for a domain in a place (领域责任分工).
#[derive(Clone, Debug)]
pub(super) struct DomainAssignment {
    state: Held<AssignmentState>,
    domain: Domain,
    unit: Unit,
}

/// The assignments of a division, by domain, then as the source orders them.
pub(super) async fn assignments(
    ctx: &Context<'_>,
    view: View,
    division: &str,
    args: Args,
) -> Result<Connection<DomainAssignment>> {
    let page = args.open(view, ListKey::new(("division.assignments", division)))?;
    let codes = loaders::known(ctx, page.view, Register::Assignment, Some(division)).await?;
    let mut states: Vec<Held<AssignmentState>> = loaders::states(ctx, page.view, &codes).await?;
    states.retain(|state| state.division.as_str() == division);
    states.sort_by(|left, right| {
        (&left.domain, left.order, left.code()).cmp(&(&right.domain, right.order, right.code()))
    });
    let cut = page.cut(&states, |state| state.code().to_owned())?;
    // All at once, so that what is not in memory is loaded together.
    let view = page.view;
    let node = |state: &Held<AssignmentState>| {
        let state = state.clone();
        async move {
            let (domain, unit) = try_join!(
                load(ctx, view, state.domain.as_str()),
                unit::load(ctx, view, state.unit.as_str())
            )?;
            let lost =
                || crate::error::Error::Inconsistent(format!("assignment {} leads nowhere", state.code()));
            let (domain, unit) = (domain.ok_or_else(lost)?, unit.ok_or_else(lost)?);
            Ok::<_, Failure>(DomainAssignment { state, domain, unit })
        }
    };
    let nodes = try_join_all(cut.elements().iter().map(node)).await?;
    Ok(cut.with(nodes))
}

/// Which unit answers for a domain in a place (领域责任分工).
#[Object]
impl DomainAssignment {
    /// The domain (领域).
    async fn domain(&self) -> Domain {
        self.domain.clone()
    }

    /// The unit (责任单位).
    async fn unit(&self) -> Unit {
        self.unit.clone()
    }

    /// In which role (分工).
    async fn role(&self) -> AssignmentRole {
        self.state.role.into()
    }

    /// The first day of this state (生效日期); null: since before anyone recorded it.
    async fn valid_from(&self) -> Option<Date> {
        self.state.valid_from.map(Date)
    }

    /// The last day (失效日期); null: no end is known.
    async fn valid_to(&self) -> Option<Date> {
        self.state.valid_to.map(Date)
    }

    /// The wording of the source (原文); null where none was kept.
    async fn text(&self) -> Option<&str> {
        self.state.text.as_ref().map(|text| text.as_str())
    }

    /// The document that assigns it (来源); null where none is named.
    async fn source(&self) -> Option<Source> {
        self.state.source.as_ref().map(Source::titled)
    }
}

/// A way of disclosing (公开渠道和载体).
#[derive(Clone, Debug)]
pub(super) struct Channel {
    view: View,
    state: Held<ChannelState>,
}

/// The channels of several codes by code; those not known under the view are missing.
pub(super) async fn channels(ctx: &Context<'_>, view: View, codes: &[String]) -> Result<Vec<Channel>> {
    let states = loaders::states(ctx, view, codes).await?;
    Ok(states.into_iter().map(|state| Channel { view, state }).collect())
}

/// Every channel by code.
pub(super) async fn list_channels(ctx: &Context<'_>, view: View, args: Args) -> Result<Connection<Channel>> {
    let page = args.open(view, ListKey::new("channels"))?;
    let codes = loaders::known(ctx, page.view, Register::Channel, None).await?;
    let cut = page.cut(&codes, Clone::clone)?;
    let nodes = channels(ctx, page.view, cut.elements()).await?;
    Ok(cut.with(nodes))
}

impl Channel {
    pub(super) fn code(&self) -> &str {
        self.state.code()
    }

    pub(super) fn name(&self) -> &str {
        self.state.name.as_str()
    }
}

/// A way of disclosing (公开渠道和载体): of the national template, or a local addition.
#[Object]
impl Channel {
    /// Opaque and global (全局标识).
    pub(super) async fn id(&self) -> ID {
        id::write("Channel", self.state.code(), self.view)
    }

    /// The code (渠道代码).
    #[graphql(name = "code")]
    async fn code_field(&self) -> &str {
        self.state.code()
    }

    /// The name (名称).
    #[graphql(name = "name")]
    async fn name_field(&self) -> &str {
        self.name()
    }

    /// The English name (英文名称).
    async fn name_en(&self) -> &str {
        self.state.name_en.as_str()
    }

    /// Whether the national template lists it (国家模板所列).
    async fn template(&self) -> bool {
        self.state.template
    }
}
