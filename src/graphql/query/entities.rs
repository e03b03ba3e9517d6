//! The objects that other services of a federated graph may extend, by their keys (Apollo Federation 2): what `_entities`
//! finds, under the head and today.

use async_graphql::{Context, ID, Object};

use super::Root;
use crate::graphql::{
    catalogue::{self, Catalogue},
    division::{self, Division},
    domain::{self, Channel, Domain},
    error::Result,
    item::{self, Item},
    legal_basis::LegalBasis,
    node::{self, Node},
    unit::Unit,
};

/// The finders, one a type. Each answers null where there is nothing of that key.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Entities(pub Root);

#[Object]
impl Entities {
    #[graphql(entity)]
    async fn division(&self, ctx: &Context<'_>, #[graphql(key)] code: String) -> Result<Option<Division>> {
        division::load(ctx, self.0.view(ctx), catalogue::division_code(&code)?.as_str()).await
    }

    #[graphql(entity)]
    async fn domain(&self, ctx: &Context<'_>, #[graphql(key)] code: String) -> Result<Option<Domain>> {
        domain::load(ctx, self.0.view(ctx), &code).await
    }

    #[graphql(entity)]
    async fn channel(&self, ctx: &Context<'_>, #[graphql(key)] code: String) -> Result<Option<Channel>> {
        Ok(domain::channels(ctx, self.0.view(ctx), &[code]).await?.pop())
    }

    #[graphql(entity)]
    async fn catalogue(&self, ctx: &Context<'_>, #[graphql(key)] code: String) -> Result<Option<Catalogue>> {
        catalogue::load(ctx, self.0.view(ctx), &code).await
    }

    #[graphql(entity)]
    async fn item(&self, ctx: &Context<'_>, #[graphql(key)] code: String) -> Result<Option<Item>> {
        item::load(ctx, self.0.view(ctx), &code).await
    }

    #[graphql(entity)]
    async fn unit(&self, ctx: &Context<'_>, #[graphql(key)] id: ID) -> Result<Option<Unit>> {
        Ok(match node::find(ctx, self.0.view(ctx), &id).await? {
            Some(Node::Unit(unit)) => Some(unit),
            _ => None,
        })
    }

    #[graphql(entity)]
    async fn legal_basis(&self, ctx: &Context<'_>, #[graphql(key)] id: ID) -> Result<Option<LegalBasis>> {
        Ok(match node::find(ctx, self.0.view(ctx), &id).await? {
            Some(Node::LegalBasis(basis)) => Some(basis),
            _ => None,
        })
    }
}
