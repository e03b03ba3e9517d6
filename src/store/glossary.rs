//! The names that a printed table needs, read under one scope.

use super::{Store, read};
use crate::{
    catalogue::{
        channel::ChannelState,
        code::{CatalogueCode, DomainCode},
        division::DivisionState,
        domain::DomainState,
        layout::{ChannelName, Glossary},
        scope::Scope,
    },
    error::{Error, Result},
};

impl Store {
    /// What the registers call the place of a catalogue, the domains and the channels. Names that were redacted are
    /// left out, so that codes are printed in their place.
    pub async fn glossary(&self, catalogue: &CatalogueCode, scope: Scope) -> Result<Glossary> {
        let place = read::states(&self.reader, code_is(&catalogue.division), scope).await?;
        let place = place.into_iter().next().map(|(_, place): (_, DivisionState)| place.name.to_string());
        let mut domains = std::collections::BTreeMap::new();
        for (code, domain) in self.registered::<DomainState>(scope).await? {
            let known = |error| Error::Inconsistent(format!("domain {error}"));
            domains.insert(code.parse::<DomainCode>().map_err(known)?, domain.name.to_string());
        }
        let channels = self.registered::<ChannelState>(scope).await?.into_iter();
        let channel = |(code, channel): (String, ChannelState)| {
            (code, ChannelName { name: channel.name.to_string(), template: channel.template })
        };
        Ok(Glossary { place, domains, channels: channels.map(channel).collect() })
    }
}

fn code_is(code: &impl std::fmt::Display) -> sea_orm::sea_query::SimpleExpr {
    use sea_orm::ColumnTrait;
    super::entity::record::Column::Code.eq(code.to_string())
}
