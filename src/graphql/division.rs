//! Divisions (行政区划).

use async_graphql::{Context, Enum, ID, Object};

use super::{
    at::View,
    catalogue::{self, Catalogue, CatalogueKind},
    connection::{self, Args, Connection, Page},
    cursor::ListKey,
    domain::{self, DomainAssignment},
    download::{self, Download, Since},
    element::{self, ElementDeclaration},
    error::Result,
    id,
    loaders::{self, NamedKey},
    scalars::{Date, Revision},
    unit::{self, Unit},
    walk::{Look, table},
};
use crate::{
    catalogue::{
        code::DivisionCode,
        dataset::Dataset,
        division::{DivisionState, Level as CoreLevel},
        reference::Register,
    },
    error::Error,
    store::{Held, Reader},
};

/// 行政层级, the highest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(remote = "CoreLevel")]
pub(super) enum Level {
    /// 国家级.
    Nation,
    /// 省级.
    Province,
    /// 市级.
    Prefecture,
    /// 县级.
    County,
    /// 乡级.
    Township,
    /// 村级.
    Village,
}

/// A place that publishes (行政区划).
#[derive(Clone, Debug)]
pub(super) struct Division {
    view: View,
    state: Held<DivisionState>,
}

/// The division of a 12-digit code; `None` where it is not known under the view.
pub(super) async fn load(ctx: &Context<'_>, view: View, code: &str) -> Result<Option<Division>> {
    let state = loaders::state(ctx, view, code).await?;
    Ok(state.map(|state| Division { view, state }))
}

/// The divisions of several codes; those not known under the view are left out.
pub(super) async fn load_all(ctx: &Context<'_>, view: View, codes: &[String]) -> Result<Vec<Division>> {
    let states = loaders::states(ctx, view, codes).await?;
    Ok(states.into_iter().map(|state| Division { view, state }).collect())
}

/// The same, looked up in a walk.
pub(super) fn look(look: &mut Look<'_>, view: View, code: &str) -> Option<Division> {
    let state = look.state(view, code)?;
    Some(Division { view, state })
}

/// The divisions above one, the nearest first.
pub(super) async fn above(ctx: &Context<'_>, view: View, state: &DivisionState) -> Result<Vec<Division>> {
    let mut above: Vec<Division> = Vec::new();
    let mut next = state.parent.clone();
    while let Some(code) = next.take() {
        let Some(parent) = load(ctx, view, code.as_str()).await? else { break };
        next = parent.state.parent.clone();
        above.push(parent);
    }
    Ok(above)
}

impl Division {
    /// The code and those above it, the nearest first: where a printed name is looked up.
    pub(super) async fn path(ctx: &Context<'_>, view: View, code: &str) -> Result<Vec<String>> {
        let mut path = vec![code.to_owned()];
        if let Some(division) = load(ctx, view, code).await? {
            path.extend(
                above(ctx, view, &division.state)
                    .await?
                    .into_iter()
                    .map(|division| division.state.code().to_owned()),
            );
        }
        Ok(path)
    }

    pub(super) fn name(&self) -> String {
        self.state.name.to_string()
    }

    /// The names of those above it, the nearest first, and its own.
    fn named_below(&self, above: &[Self]) -> String {
        let named = above.iter().rev().filter(|division| division.state.level != CoreLevel::Nation);
        named.chain([self]).map(|division| division.state.name.as_str()).collect()
    }

    fn parent_in(&self, look: &mut Look<'_>) -> Option<Self> {
        self::look(look, self.view, self.state.parent.as_ref()?.as_str())
    }

    fn above_in(&self, look: &mut Look<'_>) -> Vec<Self> {
        let mut above: Vec<Self> = Vec::new();
        let mut next = self.parent_in(look);
        while let Some(division) = next {
            next = division.parent_in(look);
            above.push(division);
        }
        above
    }
}

table!("Division": Division {
    id = |division, _| id::write("Division", division.state.code(), division.view),
    code = |division, _| division.state.code(),
    name = |division, _| &division.state.name,
    fullName = |division, look| division.named_below(&division.above_in(look)),
    level = |division, _| Level::from(division.state.level),
    zone = |division, _| division.state.zone,
    parent = |division, look| division.parent_in(look),
    ancestors = |division, look| division.above_in(look).into_iter().rev().collect::<Vec<_>>(),
    validFrom = |division, _| division.state.valid_from.map(Date),
    validTo = |division, _| division.state.valid_to.map(Date),
});

/// A place that publishes (行政区划): nation, province, prefecture, county, township or village.
#[Object]
impl Division {
    /// Opaque and global (全局标识).
    pub(super) async fn id(&self) -> ID {
        id::write("Division", self.state.code(), self.view)
    }

    /// The 12-digit code (行政区划代码).
    async fn code(&self) -> &str {
        self.state.code()
    }

    /// The name (名称), without the names of the places above.
    #[graphql(name = "name")]
    async fn name_field(&self) -> &str {
        self.state.name.as_str()
    }

    /// The names from the province down (全称), 四川省阿坝藏族羌族自治州壤塘县.
    async fn full_name(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.named_below(&above(ctx, self.view, &self.state).await?))
    }

    /// The level (行政层级).
    async fn level(&self) -> Level {
        self.state.level.into()
    }

    /// Whether it is a functional zone without an official code (功能区); its code is then ours.
    async fn zone(&self) -> bool {
        self.state.zone
    }

    /// The division above (上级区划); null for the nation.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Division>> {
        match &self.state.parent {
            Some(code) => load(ctx, self.view, code.as_str()).await,
            None => Ok(None),
        }
    }

    /// The divisions above (各级上级区划), the nation first.
    async fn ancestors(&self, ctx: &Context<'_>) -> Result<Vec<Division>> {
        let mut above = above(ctx, self.view, &self.state).await?;
        above.reverse();
        Ok(above)
    }

    /// The first day of this state (生效日期); null: since before anyone recorded it.
    async fn valid_from(&self) -> Option<Date> {
        self.state.valid_from.map(Date)
    }

    /// The last day (失效日期); null: no end is known.
    async fn valid_to(&self) -> Option<Date> {
        self.state.valid_to.map(Date)
    }

    /// What took its place (承继区划): one after a merger, several after a split.
    async fn successors(&self, ctx: &Context<'_>) -> Result<Vec<Division>> {
        let codes: Vec<String> = self.state.successors.iter().map(ToString::to_string).collect();
        load_all(ctx, self.view, &codes).await
    }

    /// The divisions directly below (下级区划), by code.
    async fn children(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<Connection<Division>> {
        children(ctx, self.view, self.state.code(), Args { first, after, last, before }).await
    }

    /// The units that serve this place (公开主体), by code.
    async fn units(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<Connection<Unit>> {
        unit::of_division(ctx, self.view, self.state.code(), Args { first, after, last, before }).await
    }

    /// The catalogues of this place (目录), by code.
    async fn catalogues(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only catalogues of this kind (目录类型)")] kind: Option<CatalogueKind>,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<Connection<Catalogue>> {
        let filter = catalogue::Filter {
            division: Some(self.state.code().to_owned()),
            kind,
            ..catalogue::Filter::default()
        };
        catalogue::list(ctx, self.view, &filter, Args { first, after, last, before }).await
    }

    /// Which unit answers for which domain here (领域责任分工), by domain, then as the source orders them.
    async fn assignments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<Connection<DomainAssignment>> {
        domain::assignments(ctx, self.view, self.state.code(), Args { first, after, last, before }).await
    }

    /// The elements beyond the template that this place declares itself (本地声明的扩展要素): those for all domains, then
    /// domain by domain. What holds for a catalogue is `Catalogue.elements`.
    async fn elements(&self, ctx: &Context<'_>) -> Result<Vec<ElementDeclaration>> {
        element::of_division(ctx, self.view, self.state.code()).await
    }

    /// What is in force here as files (数据文件).
    async fn downloads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "With all places below it (含下级)", default)] include_descendants: bool,
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
            self.state.code().parse().map_err(|error| Error::Inconsistent(format!("division {error}")))?;
        let since = Since { revision: since, effective_on: since_effective_on };
        download::of(ctx, Dataset::Division { code, below: include_descendants }, self.view, since).await
    }
}

/// Which divisions are listed.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Filter {
    pub parent: Option<String>,
    pub level: Option<Level>,
    pub name: Option<String>,
}

/// The divisions that fit, by code: those of a name, all of a level, or those directly below one.
pub(super) async fn list(
    ctx: &Context<'_>,
    view: View,
    filter: Filter,
    args: Args,
) -> Result<Connection<Division>> {
    let page = args.open(view, ListKey::new(("divisions", &filter)))?;
    let parent = filter.parent.as_ref().map(|code| super::catalogue::division_code(code)).transpose()?;
    let codes = match (&filter.name, filter.level) {
        (Some(name), _) => {
            loaders::one(ctx, NamedKey(Register::Division, name.clone())).await?.unwrap_or_default().to_vec()
        }
        (None, Some(level)) if parent.is_none() => return of_level(ctx, level, &page).await,
        _ => {
            let parent = parent.clone().unwrap_or_else(DivisionCode::nation);
            loaders::known(ctx, page.view, Register::Division, Some(parent.as_str())).await?
        }
    };
    let parent = parent.or_else(|| filter.name.is_none().then(DivisionCode::nation));
    let mut divisions = load_all(ctx, page.view, &codes).await?;
    divisions.retain(|division| {
        let state = &division.state;
        filter.name.as_ref().is_none_or(|name| state.name.as_str() == name)
            && filter.level.is_none_or(|level| level == state.level.into())
            && parent.as_ref().is_none_or(|parent| state.parent.as_ref() == Some(parent))
    });
    let cut = page.cut(&divisions, |division| division.state.code().to_owned())?;
    let nodes = cut.elements().to_vec();
    Ok(cut.with(nodes))
}

/// The divisions of a level in the whole country: there may be hundreds of thousands, so the store cuts the page.
async fn of_level(ctx: &Context<'_>, level: Level, page: &Page) -> Result<Connection<Division>> {
    let reader = ctx.data_unchecked::<Reader>();
    let (level, revision) = (CoreLevel::from(level), page.view.scope.revision);
    let codes = reader.of_level(level, revision, &page.seek()?).await?;
    let counted = connection::is_counted(ctx);
    let total = if counted { reader.count_of_level(level, revision).await? } else { 0 };
    let window = page.window(codes, Clone::clone);
    let nodes = load_all(ctx, page.view, &window.elements).await?;
    Ok(window.with(nodes, total))
}

/// The divisions directly below one.
pub(super) async fn children(
    ctx: &Context<'_>,
    view: View,
    parent: &str,
    args: Args,
) -> Result<Connection<Division>> {
    let page = args.open(view, ListKey::new(("division.children", parent)))?;
    let codes = loaders::known(ctx, page.view, Register::Division, Some(parent)).await?;
    let mut divisions = load_all(ctx, page.view, &codes).await?;
    // A place that came under another one is still listed where it was once.
    divisions.retain(|division| division.state.parent.as_ref().is_some_and(|code| code.as_str() == parent));
    let cut = page.cut(&divisions, |division| division.state.code().to_owned())?;
    let nodes = cut.elements().to_vec();
    Ok(cut.with(nodes))
}
