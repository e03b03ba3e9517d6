//! Legal bases (公开依据), and what a cited title means.

use std::collections::BTreeSet;

use async_graphql::{Context, Enum, ID, Object};

use super::{
    at::View,
    connection::{Args, Connection},
    cursor::ListKey,
    error::Result,
    id,
    item::{self, ItemConnection, ItemFilter},
    loaders::{self, NamedKey},
    scalars::Date,
    unit,
    walk::{Look, table},
};
use crate::{
    catalogue::{
        facet::Citation,
        legal_basis::{LegalBasisState, LegalKind as CoreKind, LegalStatus as CoreStatus},
        reference::Register,
        selection::Order,
        unit::{AliasState, AliasedRegister},
    },
    store::Held,
};

/// 依据的类别.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreKind")]
pub(super) enum LegalKind {
    /// 法律.
    Law,
    /// 法规.
    Regulation,
    /// 规章.
    Rule,
    /// 规范性文件.
    NormativeDocument,
    /// 其他.
    Other,
}

/// 效力状态.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(remote = "CoreStatus")]
pub(super) enum LegalStatus {
    /// 现行有效.
    InForce,
    /// 已修改.
    Amended,
    /// 已废止.
    Repealed,
    /// 未知: no source says.
    Unknown,
}

/// A law, regulation or document that rows cite (公开依据).
#[derive(Clone, Debug)]
pub(super) struct LegalBasis {
    view: View,
    state: Held<LegalBasisState>,
}

/// The legal basis of a code, looked up in a walk.
pub(super) fn look(look: &mut Look<'_>, view: View, code: &str) -> Option<LegalBasis> {
    let state = look.state(view, code)?;
    Some(LegalBasis { view, state })
}

table!("LegalBasis": LegalBasis {
    id = |basis, _| id::write("LegalBasis", basis.state.code(), basis.view),
    title = |basis, _| &basis.state.title,
    documentNumber = |basis, _| &basis.state.document_number,
    issuer = |basis, _| &basis.state.issuer,
    kind = |basis, _| LegalKind::from(basis.state.kind),
    status = |basis, _| LegalStatus::from(basis.state.status),
    validFrom = |basis, _| basis.state.valid_from.map(Date),
    validTo = |basis, _| basis.state.valid_to.map(Date),
});

pub(super) async fn load_all(ctx: &Context<'_>, view: View, codes: &[String]) -> Result<Vec<LegalBasis>> {
    let states = loaders::states(ctx, view, codes).await?;
    Ok(states.into_iter().map(|state| LegalBasis { view, state }).collect())
}

/// Every legal basis by code, or those whose titles hold a text, or of a status.
pub(super) async fn list(
    ctx: &Context<'_>,
    view: View,
    text: Option<String>,
    status: Option<LegalStatus>,
    args: Args,
) -> Result<Connection<LegalBasis>> {
    let page = args.open(view, ListKey::new(("legalBases", &text, status)))?;
    let codes = loaders::known(ctx, page.view, Register::LegalBasis, None).await?;
    let mut bases = load_all(ctx, page.view, &codes).await?;
    bases.retain(|basis| {
        let titled =
            text.as_ref().is_none_or(|text| basis.titles().any(|title| title.contains(text.as_str())));
        titled && status.is_none_or(|status| status == basis.state.status.into())
    });
    let cut = page.cut(&bases, |basis| basis.state.code().to_owned())?;
    let nodes = cut.elements().to_vec();
    Ok(cut.with(nodes))
}

/// The registered basis that a citation means: by document number, title or alias; where several fit a person's
/// alias decides, and without one it is `None`.
pub(super) async fn resolve(
    ctx: &Context<'_>,
    view: View,
    citation: &Citation,
) -> Result<Option<LegalBasis>> {
    let number = citation.number.as_deref();
    let title = citation.title.trim_start_matches('《').trim_end_matches('》');
    if let Some(alias) = loaders::state::<AliasState>(ctx, view, &format!("legalBasis//{title}")).await? {
        return Ok(load_all(ctx, view, std::slice::from_ref(&alias.target)).await?.pop());
    }
    let names = [Some(title), number].into_iter().flatten();
    let keys = names.map(|name| NamedKey(Register::LegalBasis, name.to_owned()));
    let codes: BTreeSet<String> =
        loaders::many(ctx, keys).await?.into_values().flat_map(|codes| codes.to_vec()).collect();
    let mut bases = load_all(ctx, view, &codes.into_iter().collect::<Vec<_>>()).await?;
    bases.retain(|basis| {
        let numbered = basis.state.document_number.as_ref().map(|number| number.as_str());
        basis.titles().any(|known| known == title) || (number.is_some() && numbered == number)
    });
    Ok(if bases.len() == 1 { bases.pop() } else { None })
}

/// The titles, without and with 《》, and the document number that may mean a law or document.
pub(super) async fn wordings(
    ctx: &Context<'_>,
    view: View,
    code: &str,
) -> Result<(BTreeSet<String>, Option<String>)> {
    let Some(basis) = load_all(ctx, view, &[code.to_owned()]).await?.pop() else {
        return Ok((BTreeSet::new(), None));
    };
    let mut titles: BTreeSet<String> = basis.titles().map(str::to_owned).collect();
    titles.extend(unit::aliases(ctx, view, AliasedRegister::LegalBasis, code).await?);
    let marked: Vec<String> = titles.iter().map(|title| format!("《{title}》")).collect();
    titles.extend(marked);
    Ok((titles, basis.state.document_number.as_ref().map(ToString::to_string)))
}

impl LegalBasis {
    /// The code that it has in the register.
    pub(super) fn code(&self) -> &str {
        self.state.code()
    }

    fn titles(&self) -> impl Iterator<Item = &str> {
        self.state.aliases.iter().chain([&self.state.title]).map(|title| title.as_str())
    }
}

/// A law, regulation or document that rows cite (公开依据).
#[Object]
impl LegalBasis {
    /// Opaque and global (全局标识).
    pub(super) async fn id(&self) -> ID {
        id::write("LegalBasis", self.state.code(), self.view)
    }

    /// The title (标题), without 《》.
    async fn title(&self) -> &str {
        self.state.title.as_str()
    }

    /// The document number (文号); null where none is registered.
    async fn document_number(&self) -> Option<&str> {
        self.state.document_number.as_ref().map(|number| number.as_str())
    }

    /// Who issued it (制定机关); null where none is registered.
    async fn issuer(&self) -> Option<&str> {
        self.state.issuer.as_ref().map(|issuer| issuer.as_str())
    }

    /// The kind (类别).
    async fn kind(&self) -> LegalKind {
        self.state.kind.into()
    }

    /// Whether it is in force (效力状态); UNKNOWN where no source says.
    async fn status(&self) -> LegalStatus {
        self.state.status.into()
    }

    /// The first day of this state (生效日期); null: since before anyone recorded it.
    async fn valid_from(&self) -> Option<Date> {
        self.state.valid_from.map(Date)
    }

    /// The last day (失效日期); null: no end is known.
    async fn valid_to(&self) -> Option<Date> {
        self.state.valid_to.map(Date)
    }

    /// The items in force that cite it (引用事项), by catalogue and place in the table: those whose words mean it under
    /// this scope.
    async fn cited_by(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 0 to 100 (前若干条); 20 if left out")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor (起始游标)")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100 (后若干条)")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor (结束游标)")] before: Option<String>,
    ) -> Result<ItemConnection> {
        let legal_basis = Some(id::write("LegalBasis", self.state.code(), self.view));
        let filter = ItemFilter { legal_basis, ..ItemFilter::default() };
        let args = Args { first, after, last, before };
        item::list(ctx, self.view, &filter, Order::Catalogue, args).await
    }

    /// What took its place (承继文件).
    async fn successors(&self, ctx: &Context<'_>) -> Result<Vec<LegalBasis>> {
        load_all(ctx, self.view, &self.state.successors).await
    }
}
