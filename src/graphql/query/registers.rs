//! Root fields: places, units, domains, channels, laws.

use async_graphql::{Context, ID, Object};

use super::Root;
use crate::graphql::{
    catalogue,
    connection::{Args, Connection},
    division::{self, Division, Level},
    domain::{self, Channel, Domain},
    error::Result,
    legal_basis::{self, LegalBasis, LegalStatus},
    node::{self, Node},
    unit::{self, Unit},
    walk::Walked,
};

/// Fields that ask the registers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Registers(pub Root);

#[Object]
impl Registers {
    /// A domain by its code (领域); null where it is not registered.
    async fn domain(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "01 or X01 (领域代码)")] code: String,
    ) -> Result<Option<Walked<Domain>>> {
        Ok(domain::load(ctx, self.0.view(ctx), &code).await?.map(Walked))
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
    ) -> Result<Walked<Connection<Domain>>> {
        domain::list(ctx, self.0.view(ctx), Args { first, after, last, before }).await.map(Walked)
    }

    /// A division by its code (行政区划); null where it is not registered.
    async fn division(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "6, 9 or 12 digits (行政区划代码)")] code: String,
    ) -> Result<Option<Walked<Division>>> {
        let code = catalogue::division_code(&code)?;
        Ok(division::load(ctx, self.0.view(ctx), code.as_str()).await?.map(Walked))
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
        division::list(ctx, self.0.view(ctx), filter, Args { first, after, last, before }).await
    }

    /// A unit by its id (公开主体); null where it is not registered.
    async fn unit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id (标识)")] id: ID,
    ) -> Result<Option<Unit>> {
        match node::find(ctx, self.0.view(ctx), &id).await? {
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
        unit::list(ctx, self.0.view(ctx), division.as_deref(), name.as_deref(), args).await
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
        domain::list_channels(ctx, self.0.view(ctx), Args { first, after, last, before }).await
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
        legal_basis::list(ctx, self.0.view(ctx), text, status, Args { first, after, last, before }).await
    }
}
