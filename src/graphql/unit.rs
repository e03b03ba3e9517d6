//! Units (公开主体、责任单位), and what a printed name means.

use std::collections::BTreeSet;

use async_graphql::{Context, ID, Object};

use super::{
    at::View,
    catalogue,
    connection::{Args, Connection, Page},
    cursor::ListKey,
    division::{self, Division},
    error::Result,
    id,
    loaders::{self, NamedKey},
    scalars::{Date, Url},
    walk::{Look, table},
};
use crate::{
    catalogue::{
        reference::Register,
        unit::{AliasState, AliasedRegister, UnitState},
    },
    store::Held,
};

/// A unit that answers for items (公开主体).
#[derive(Clone, Debug)]
pub(super) struct Unit {
    view: View,
    state: Held<UnitState>,
}

/// The unit of a code; `None` where it is not known under the view.
pub(super) async fn load(ctx: &Context<'_>, view: View, code: &str) -> Result<Option<Unit>> {
    let state = loaders::state(ctx, view, code).await?;
    Ok(state.map(|state| Unit { view, state }))
}

/// The same, looked up in a walk.
pub(super) fn look(look: &mut Look<'_>, view: View, code: &str) -> Option<Unit> {
    let state = look.state(view, code)?;
    Some(Unit { view, state })
}

table!("Unit": Unit {
    id = |unit, _| id::write("Unit", unit.state.code(), unit.view),
    name = |unit, _| &unit.state.name,
    shortName = |unit, _| &unit.state.short_name,
    formerNames = |unit, _| &unit.state.former_names,
    socialCreditCode = |unit, _| unit.state.social_credit_code.as_ref().map(|code| code.as_str()),
    division = |unit, look| division::look(look, unit.view, unit.state.division.as_str()),
    supervisor = |unit, look| {
        unit.state.supervisor.as_ref().and_then(|code| self::look(look, unit.view, code.as_str()))
    },
    phone = |unit, _| &unit.state.phone,
    address = |unit, _| &unit.state.address,
    website = |unit, _| unit.state.website.as_ref().map(|url| Url(url.to_string())),
    validFrom = |unit, _| unit.state.valid_from.map(Date),
    validTo = |unit, _| unit.state.valid_to.map(Date),
});

async fn load_all(ctx: &Context<'_>, view: View, codes: &[String]) -> Result<Vec<Unit>> {
    let states = loaders::states(ctx, view, codes).await?;
    Ok(states.into_iter().map(|state| Unit { view, state }).collect())
}

/// The units that serve a division.
pub(super) async fn of_division(
    ctx: &Context<'_>,
    view: View,
    code: &str,
    args: Args,
) -> Result<Connection<Unit>> {
    let page = args.open(view, ListKey::new(("division.units", code)))?;
    page_of(ctx, &page, Some(code), None).await
}

/// The units that serve a division or have a name, or all.
pub(super) async fn list(
    ctx: &Context<'_>,
    view: View,
    division: Option<&str>,
    name: Option<&str>,
    args: Args,
) -> Result<Connection<Unit>> {
    let page = args.open(view, ListKey::new(("units", division, name)))?;
    let division = division.map(catalogue::division_code).transpose()?;
    let division = division.as_ref().map(|code| code.as_str());
    page_of(ctx, &page, division, name).await
}

async fn page_of(
    ctx: &Context<'_>,
    page: &Page,
    division: Option<&str>,
    name: Option<&str>,
) -> Result<Connection<Unit>> {
    let codes = match name {
        Some(name) => {
            loaders::one(ctx, NamedKey(Register::Unit, name.to_owned())).await?.unwrap_or_default().to_vec()
        }
        None => loaders::known(ctx, page.view, Register::Unit, division).await?,
    };
    let mut units = load_all(ctx, page.view, &codes).await?;
    let serves = |unit: &Unit| division.is_none_or(|code| unit.state.division.as_str() == code);
    units.retain(|unit| name.is_none_or(|name| unit.is_named(name)) && serves(unit));
    let cut = page.cut(&units, |unit| unit.state.code().to_owned())?;
    let nodes = cut.elements().to_vec();
    Ok(cut.with(nodes))
}

/// The words that may mean a unit: its names, and those that a person decided on.
pub(super) async fn wordings(ctx: &Context<'_>, view: View, code: &str) -> Result<BTreeSet<String>> {
    let Some(unit) = load(ctx, view, code).await? else { return Ok(BTreeSet::new()) };
    let mut words: BTreeSet<String> = unit.names().map(str::to_owned).collect();
    words.extend(aliases(ctx, view, AliasedRegister::Unit, code).await?);
    Ok(words)
}

/// The words that persons decided to mean a code of a register.
pub(super) async fn aliases(
    ctx: &Context<'_>,
    view: View,
    register: AliasedRegister,
    code: &str,
) -> Result<Vec<String>> {
    let keys = loaders::one(ctx, NamedKey(Register::Alias, code.to_owned())).await?.unwrap_or_default();
    let aliases: Vec<Held<AliasState>> = loaders::states(ctx, view, &keys).await?;
    let means = |alias: &AliasState| alias.register == register && alias.target == code;
    Ok(aliases.into_iter().filter(|alias| means(alias)).map(|alias| alias.text.to_string()).collect())
}

/// The registered unit that a printed name means in a place: by its name, short or former name there, else in the
/// places above, the nearest first, else by an alias that holds everywhere. Where several have the name a person's
/// alias decides; without one it is `None`.
pub(super) async fn resolve(
    ctx: &Context<'_>,
    view: View,
    division: &str,
    text: &str,
) -> Result<Option<Unit>> {
    for place in Division::path(ctx, view, division).await? {
        let alias = format!("unit/{place}/{text}");
        if let Some(alias) = loaders::state::<AliasState>(ctx, view, &alias).await? {
            return load(ctx, view, &alias.target).await;
        }
        let codes = loaders::known(ctx, view, Register::Unit, Some(&place)).await?;
        let mut named = load_all(ctx, view, &codes).await?;
        named.retain(|unit| unit.is_named(text) && unit.state.division.as_str() == place);
        match named.len() {
            0 => {}
            1 => return Ok(named.pop()),
            _ => return Ok(None),
        }
    }
    match loaders::state::<AliasState>(ctx, view, &format!("unit//{text}")).await? {
        Some(alias) => load(ctx, view, &alias.target).await,
        None => Ok(None),
    }
}

impl Unit {
    fn names(&self) -> impl Iterator<Item = &str> {
        let names = [Some(&self.state.name), self.state.short_name.as_ref()];
        names.into_iter().flatten().chain(&self.state.former_names).map(|name| name.as_str())
    }

    fn is_named(&self, text: &str) -> bool {
        self.names().any(|name| name == text)
    }

    /// The code that it has in the register.
    pub(super) fn code(&self) -> &str {
        self.state.code()
    }
}

/// A unit that answers for items (公开主体、责任单位).
#[Object]
impl Unit {
    /// Opaque and global (全局标识).
    pub(super) async fn id(&self) -> ID {
        id::write("Unit", self.state.code(), self.view)
    }

    /// The name (名称).
    async fn name(&self) -> &str {
        self.state.name.as_str()
    }

    /// The short name (简称); null where none is registered.
    async fn short_name(&self) -> Option<&str> {
        self.state.short_name.as_ref().map(|name| name.as_str())
    }

    /// Names that it had before (曾用名).
    async fn former_names(&self) -> Vec<&str> {
        self.state.former_names.iter().map(|name| name.as_str()).collect()
    }

    /// The unified social credit code (统一社会信用代码, GB 32100); null where none is registered.
    async fn social_credit_code(&self) -> Option<String> {
        self.state.social_credit_code.as_ref().map(|code| code.as_str().to_owned())
    }

    /// The place that it serves (服务的行政区划), which is not always the place that supervises it; null where that
    /// place is not registered.
    async fn division(&self, ctx: &Context<'_>) -> Result<Option<Division>> {
        division::load(ctx, self.view, self.state.division.as_str()).await
    }

    /// The unit above it in its line of work (上级主管单位); null where none is registered.
    async fn supervisor(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        match &self.state.supervisor {
            Some(code) => load(ctx, self.view, code.as_str()).await,
            None => Ok(None),
        }
    }

    /// The telephone for questions (咨询电话); null where none is registered.
    async fn phone(&self) -> Option<&str> {
        self.state.phone.as_ref().map(|text| text.as_str())
    }

    /// The address (地址); null where none is registered.
    async fn address(&self) -> Option<&str> {
        self.state.address.as_ref().map(|text| text.as_str())
    }

    /// The web site (网站); null where none is registered.
    async fn website(&self) -> Option<Url> {
        self.state.website.as_ref().map(|url| Url(url.to_string()))
    }

    /// The first day of this state (生效日期); null: since before anyone recorded it.
    async fn valid_from(&self) -> Option<Date> {
        self.state.valid_from.map(Date)
    }

    /// The last day (失效日期); null: no end is known.
    async fn valid_to(&self) -> Option<Date> {
        self.state.valid_to.map(Date)
    }

    /// What took its place (承继单位): one after a merger, several after a split.
    async fn successors(&self, ctx: &Context<'_>) -> Result<Vec<Unit>> {
        let codes: Vec<String> = self.state.successors.iter().map(ToString::to_string).collect();
        load_all(ctx, self.view, &codes).await
    }
}
