//! Catalogues (目录).

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use futures_util::future::try_join_all;

use super::{
    alignment::{self, Alignment},
    at::View,
    connection::{self, Args, Connection},
    cursor::ListKey,
    division::{self, Division},
    domain::{self, Domain},
    element::{self, ElementDeclaration},
    error::{Failure, Result},
    id,
    loaders::{self, ShelfKey},
    unit::{self, Unit},
    version::{self, Version},
    walk::{Look, table},
};
use crate::{
    catalogue::{code::DivisionCode, selection::Run, version::CatalogueKind as CoreKind},
    store::{CatalogueRef, Listed, Reader},
};

/// 目录类型.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(remote = "CoreKind")]
pub(super) enum CatalogueKind {
    /// 标准指引: what a ministry or a province gives as a model.
    Guideline,
    /// 标准目录.
    Standard,
    /// 主动公开补充目录.
    Supplementary,
    /// 村(居)公开事项清单.
    Village,
}

/// Which catalogues are listed.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Filter {
    pub division: Option<String>,
    pub include_descendants: bool,
    pub domain: Option<String>,
    pub kind: Option<CatalogueKind>,
}

/// One table of one place (目录), with all its versions.
#[derive(Clone, Debug)]
pub(super) struct Catalogue {
    pub view: View,
    pub known: Arc<CatalogueRef>,
}

/// The catalogue of a code; `None` where it is not known under the view.
pub(super) async fn load(ctx: &Context<'_>, view: View, code: &str) -> Result<Option<Catalogue>> {
    let reader = ctx.data_unchecked::<Reader>();
    let Some(division) = reader.division_of(code) else { return Ok(None) };
    let shelf = match reader.shelf(division) {
        Some(shelf) => Some(shelf),
        None => loaders::one(ctx, ShelfKey(division.to_owned())).await?,
    };
    Ok(shelf.and_then(|shelf| known(view, shelf.catalogue(code)?)))
}

/// The catalogues of several codes; those not known under the view are left out.
pub(super) async fn load_all(ctx: &Context<'_>, view: View, codes: &[String]) -> Result<Vec<Catalogue>> {
    let loaded = codes.iter().map(|code| load(ctx, view, code));
    Ok(try_join_all(loaded).await?.into_iter().flatten().collect())
}

/// A catalogue under a view; `None` where it is not known there.
pub(super) fn known(view: View, known: &Arc<CatalogueRef>) -> Option<Catalogue> {
    known.history.known(view.scope).next()?;
    Some(Catalogue { view, known: known.clone() })
}

/// The catalogues that fit, by code.
pub(super) async fn list(
    ctx: &Context<'_>,
    view: View,
    filter: &Filter,
    args: Args,
) -> Result<Connection<Catalogue>> {
    let page = args.open(view, ListKey::new(("catalogues", filter)))?;
    let (reader, view) = (ctx.data_unchecked::<Reader>(), page.view);
    let listed = filter.listed(ctx, view).await?;
    let codes = reader.catalogue_codes(&listed, view.scope.revision, &page.seek()?).await?;
    let counted = connection::is_counted(ctx);
    let total = if counted { reader.count_catalogues(&listed, view.scope.revision).await? } else { 0 };
    let window = page.window(codes, Clone::clone);
    let nodes = load_all(ctx, view, &window.elements).await?;
    Ok(window.with(nodes, total))
}

impl Filter {
    /// What it lists under a view.
    pub(super) async fn listed(&self, ctx: &Context<'_>, view: View) -> Result<Listed> {
        let divisions = runs(ctx, view, self.division.as_deref(), self.include_descendants, false).await?;
        Ok(Listed { divisions, domain: self.domain.clone(), kind: self.kind.map(CoreKind::from) })
    }
}

/// The runs of divisions that are asked for: one, and those below or above it; `None` without a division.
pub(super) async fn runs(
    ctx: &Context<'_>,
    view: View,
    division: Option<&str>,
    include_below: bool,
    include_above: bool,
) -> Result<Option<Vec<Run>>> {
    let Some(division) = division else { return Ok(None) };
    let division = division_code(division)?.to_string();
    let mut runs = if include_below {
        ctx.data_unchecked::<Reader>().with_below(&division, view.scope).await?.to_vec()
    } else {
        vec![(division.clone(), division.clone())]
    };
    if include_above {
        let above = Division::path(ctx, view, &division).await?.into_iter().skip(1);
        runs.extend(above.map(|place| (place.clone(), place)));
        runs.sort();
        runs.dedup();
    }
    Ok(Some(runs))
}

/// A division's code as people write it.
pub(super) fn division_code(text: &str) -> Result<DivisionCode> {
    text.parse().map_err(|_| {
        Failure::bad_input(
            &format!("{text} 不是 6、9 或 12 位行政区划代码"),
            &format!("`{text}` is no division code of 6, 9 or 12 digits"),
        )
    })
}

impl Catalogue {
    /// The number of the version in force; `None` where none is.
    pub(super) fn in_force(&self) -> Option<u32> {
        self.known.history.in_force(self.view.scope)
    }

    /// The version that speaks for the catalogue: in force, else the last that is known.
    async fn speaking(&self, ctx: &Context<'_>) -> Result<Option<Version>> {
        version::load(ctx, self, self.speaker()).await
    }

    /// Its number.
    fn speaker(&self) -> u32 {
        let last = || self.known.history.known(self.view.scope).map(|version| version.number).max();
        self.in_force().or_else(last).unwrap_or_default()
    }

    /// A title made from place, domain and kind.
    fn made_title(&self, place: Option<&Division>, domain: Option<&Domain>) -> String {
        let place = place.map(Division::name).unwrap_or_default();
        let domain = domain.map(|domain| format!("{}领域", domain.name())).unwrap_or_default();
        format!("{place}{domain}基层政务公开{}", self.known.code.kind.label())
    }

    fn place_in(&self, look: &mut Look<'_>) -> Option<Division> {
        division::look(look, self.view, self.known.code.division.as_str())
    }

    fn domain_in(&self, look: &mut Look<'_>) -> Option<Domain> {
        let code = self.known.code.domain.as_ref()?;
        domain::look(look, self.view, code.as_str())
    }

    fn speaking_in(&self, look: &mut Look<'_>) -> Option<Version> {
        version::look(look, self, self.speaker())
    }

    fn title_in(&self, look: &mut Look<'_>) -> String {
        if let Some(title) = self.speaking_in(look).and_then(|version| version.title()) {
            return title;
        }
        let (place, domain) = (self.place_in(look), self.domain_in(look));
        self.made_title(place.as_ref(), domain.as_ref())
    }
}

table!("Catalogue": Catalogue {
    id = |catalogue, _| id::write("Catalogue", catalogue.known.code.as_str(), catalogue.view),
    code = |catalogue, _| catalogue.known.code.as_str(),
    division = |catalogue, look| catalogue.place_in(look),
    domain = |catalogue, look| catalogue.domain_in(look),
    kind = |catalogue, _| CatalogueKind::from(catalogue.known.code.kind),
    title = |catalogue, look| catalogue.title_in(look),
    publisherText = |catalogue, look| catalogue.speaking_in(look).and_then(|version| version.publisher()),
    version = |catalogue, look| catalogue.in_force().and_then(|number| version::look(look, catalogue, number)),
    upstream = |catalogue, look| {
        let upstream = catalogue.speaking_in(look).and_then(|version| version.upstream());
        upstream.and_then(|(code, _)| look.catalogue(catalogue.view, &code))
    },
});

/// One table of one place (目录): what it says is in its versions.
#[Object]
impl Catalogue {
    /// Opaque and global (全局标识).
    pub(super) async fn id(&self) -> ID {
        id::write("Catalogue", self.known.code.as_str(), self.view)
    }

    /// The code (目录代码): `513230000000-12`.
    async fn code(&self) -> &str {
        self.known.code.as_str()
    }

    /// Whose it is (行政区划); null where the place is not registered.
    async fn division(&self, ctx: &Context<'_>) -> Result<Option<Division>> {
        division::load(ctx, self.view, self.known.code.division.as_str()).await
    }

    /// Its domain (领域); null where one table spans several or has none.
    async fn domain(&self, ctx: &Context<'_>) -> Result<Option<Domain>> {
        match &self.known.code.domain {
            Some(code) => domain::load(ctx, self.view, code.as_str()).await,
            None => Ok(None),
        }
    }

    /// The elements beyond the template that hold for it (适用的扩展要素): of its place and those above, of its domain, and
    /// of its domain in these; the most specific declaration of each. Rows of a version may have others besides.
    async fn elements(&self, ctx: &Context<'_>) -> Result<Vec<ElementDeclaration>> {
        element::of_catalogue(ctx, self.view, &self.known.code).await
    }

    /// What kind of catalogue it is (目录类型).
    async fn kind(&self) -> CatalogueKind {
        self.known.code.kind.into()
    }

    /// The title (标题): as printed, else made from place, domain and kind.
    async fn title(&self, ctx: &Context<'_>) -> Result<String> {
        if let Some(title) = self.speaking(ctx).await?.and_then(|version| version.title()) {
            return Ok(title);
        }
        let place = division::load(ctx, self.view, self.known.code.division.as_str()).await?;
        let domain = match &self.known.code.domain {
            Some(code) => domain::load(ctx, self.view, code.as_str()).await?,
            None => None,
        };
        Ok(self.made_title(place.as_ref(), domain.as_ref()))
    }

    /// The registered unit that published it (发布单位); null where the printed words mean none for sure.
    async fn publisher(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        match self.speaking(ctx).await?.and_then(|version| version.publisher()) {
            Some(text) => unit::resolve(ctx, self.view, self.known.code.division.as_str(), &text).await,
            None => Ok(None),
        }
    }

    /// Who published it, as printed (发布单位原文); null where none is named.
    async fn publisher_text(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.speaking(ctx).await?.and_then(|version| version.publisher()))
    }

    /// The version in force (现行版本), or the one with that number; null where there is none.
    async fn version(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The version's number (版本号); the one in force if left out")] number: Option<i32>,
    ) -> Result<Option<Version>> {
        let number = match number {
            Some(number) => u32::try_from(number).ok(),
            None => self.in_force(),
        };
        match number {
            Some(number) => version::load(ctx, self, number).await,
            None => Ok(None),
        }
    }

    /// Its versions (各版本), the newest first.
    async fn versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<Connection<Version>> {
        let args = Args { first, after, last, before };
        let page = args.open(self.view, ListKey::new(("catalogue.versions", &self.known.code)))?;
        let mut numbers: Vec<u32> =
            self.known.history.known(page.view.scope).map(|version| version.number).collect();
        numbers.sort_by(|a, b| b.cmp(a));
        let cut = page.cut(&numbers, ToString::to_string)?;
        let resumed = Self { view: page.view, known: self.known.clone() };
        let nodes = version::load_all(ctx, &resumed, cut.elements()).await?;
        Ok(cut.with(nodes))
    }

    /// The catalogue that the version in force is based on (上游目录); null where there is none.
    async fn upstream(&self, ctx: &Context<'_>) -> Result<Option<Catalogue>> {
        match self.speaking(ctx).await?.and_then(|version| version.upstream()) {
            Some((code, _)) => load(ctx, self.view, &code).await,
            None => Ok(None),
        }
    }

    /// How it stands against the newest version of its upstream (对照); null where its version in force is based on
    /// none that is known.
    async fn alignment(&self, ctx: &Context<'_>) -> Result<Option<Alignment>> {
        alignment::of(ctx, self).await
    }
}
