//! Declarations of further elements (扩展要素的声明), by places and domains.

use std::collections::HashMap;

use async_graphql::{Context, Enum, Object};

use super::{
    at::View,
    division::{self, Division},
    domain::{self, Domain},
    error::Result,
    loaders,
    scalars::Date,
};
use crate::{
    catalogue::{
        code::{CatalogueCode, DivisionCode, DomainCode},
        declaration::{DeclaredElement, ElementsState, Owner, held},
        element::ElementPart as CorePart,
        reference::Register,
    },
    error::Error,
    store::Held,
};

/// The part of an item that holds an element (所在部分).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "CorePart")]
pub(super) enum ElementPart {
    /// 共同内容: meant to be the same everywhere.
    Content,
    /// 本地部分: who and where.
    Local,
}

/// An element beyond the template, as a place or a domain declares it (扩展要素的声明).
#[derive(Clone, Debug)]
pub(super) struct ElementDeclaration {
    view: View,
    owner: Owner,
    valid_from: Option<chrono::NaiveDate>,
    element: DeclaredElement,
}

/// What a division declares itself: for all domains first, then domain by domain.
pub(super) async fn of_division(
    ctx: &Context<'_>,
    view: View,
    code: &str,
) -> Result<Vec<ElementDeclaration>> {
    let codes = loaders::known(ctx, view, Register::Element, Some(code)).await?;
    let states = loaders::states(ctx, view, &codes).await?;
    Ok(states.into_iter().flat_map(|state| declared(view, state)).collect())
}

/// What a domain declares for every place.
pub(super) async fn of_domain(ctx: &Context<'_>, view: View, code: &str) -> Result<Vec<ElementDeclaration>> {
    let state = loaders::state(ctx, view, code).await?;
    Ok(state.into_iter().flat_map(|state| declared(view, state)).collect())
}

/// What holds for a catalogue, the most specific declaration of each element.
pub(super) async fn of_catalogue(
    ctx: &Context<'_>,
    view: View,
    code: &CatalogueCode,
) -> Result<Vec<ElementDeclaration>> {
    let path = Division::path(ctx, view, code.division.as_str()).await?;
    let places: std::result::Result<Vec<DivisionCode>, _> = path.iter().map(|code| code.parse()).collect();
    let places = places.map_err(Error::internal)?;
    let owners = Owner::over(&places, code.domain.as_ref());
    let codes: Vec<String> = owners.iter().map(ToString::to_string).collect();
    let states = loaders::states::<ElementsState>(ctx, view, &codes).await?;
    let states: HashMap<String, ElementsState> =
        states.into_iter().map(|state| (state.code().to_owned(), (*state).clone())).collect();
    let held = held(&owners, &states, view.scope.effective_on);
    Ok(held
        .into_iter()
        .map(|held| {
            let valid_from = states.get(&held.owner.to_string()).and_then(|state| state.valid_from);
            ElementDeclaration { view, owner: held.owner, valid_from, element: held.element }
        })
        .collect())
}

/// The elements of a state that holds on the view's day.
fn declared(view: View, state: Held<ElementsState>) -> impl Iterator<Item = ElementDeclaration> {
    let owner = state.owner().filter(|_| state.valid_from.is_none_or(|from| from <= view.scope.effective_on));
    let valid_from = state.valid_from;
    owner.into_iter().flat_map(move |owner| {
        let of = move |element: &DeclaredElement| ElementDeclaration {
            view,
            owner: owner.clone(),
            valid_from,
            element: element.clone(),
        };
        state.elements.iter().map(of).collect::<Vec<_>>()
    })
}

/// An element beyond the template, as a place or a domain declares it (扩展要素的声明).
#[Object]
impl ElementDeclaration {
    /// Its key (键), under which items have it among their extensions.
    async fn key(&self) -> &str {
        self.element.key.as_str()
    }

    /// What tables print over it (列名).
    async fn label(&self) -> &str {
        self.element.label.as_str()
    }

    /// Other words over its column (列名的其他写法).
    async fn aliases(&self) -> Vec<&str> {
        self.element.aliases.iter().map(|alias| alias.as_str()).collect()
    }

    /// The part of an item that holds it (所在部分).
    async fn part(&self) -> ElementPart {
        self.element.part.into()
    }

    /// Whether every item must have it (是否必填).
    async fn required(&self) -> bool {
        self.element.required
    }

    /// How it looks (值的规定): a JSON Schema (draft 2020-12) of its text.
    async fn schema(&self) -> Result<String> {
        Ok(self.element.schema.to_value().map_err(Error::from)?.to_string())
    }

    /// The place that declares it (声明的行政区划); null where a domain does so for every place.
    async fn division(&self, ctx: &Context<'_>) -> Result<Option<Division>> {
        match &self.owner.division {
            Some(code) => division::load(ctx, self.view, code.as_str()).await,
            None => Ok(None),
        }
    }

    /// The domain for which it is declared (声明的领域); null: for all.
    async fn domain(&self, ctx: &Context<'_>) -> Result<Option<Domain>> {
        match self.owner.domain.as_ref().map(DomainCode::as_str) {
            Some(code) => domain::load(ctx, self.view, code).await,
            None => Ok(None),
        }
    }

    /// The day from which the declaration holds (生效日期); null: since before anyone recorded it.
    async fn valid_from(&self) -> Option<Date> {
        self.valid_from.map(Date)
    }
}
