//! What a draft would change (拟议变更) of the last version of its catalogue, and what a version did change.

use std::collections::{BTreeMap, HashMap};

use sea_orm::EntityTrait;

use super::{Store, draft, entity::draft as table};
use crate::{
    catalogue::{
        adopt::Edition,
        channel::ChannelState,
        code::CatalogueCode,
        compared::Compared,
        digest::Digest,
        scope::{Scope, ScopeRequest},
        version::Version,
    },
    error::{Error, Result},
};

impl Store {
    /// What a kept draft would change; `None` where it is a catalogue's first version. `NOT_FOUND` where there is no
    /// draft with that digest.
    pub async fn preview_draft(&self, digest: Digest) -> Result<Option<Compared>> {
        let row = table::Entity::find_by_id(digest.as_bytes().to_vec()).one(&self.reader).await?;
        let row = row.ok_or_else(|| Error::not_found("草案", "draft", digest))?;
        let (version, objects) = draft::open(digest, &row.objects)?;
        self.preview(digest, &version, &objects).await
    }

    /// What a draft would change, kept or not; `None` where it is a catalogue's first version.
    pub async fn preview(
        &self,
        digest: Digest,
        version: &Version,
        objects: &BTreeMap<Digest, Vec<u8>>,
    ) -> Result<Option<Compared>> {
        let scope = self.scope(ScopeRequest::default()).await?;
        let Some(number) = version.number.checked_sub(1).filter(|number| *number > 0) else {
            return Ok(None);
        };
        let view = self.catalogue(&version.catalogue, scope).await?;
        let view = view.ok_or_else(|| Error::not_found("目录", "catalogue", &version.catalogue))?;
        let base = self.edition(&view, number, scope).await?;
        let head = Edition::open(digest, objects);
        let head = head.ok_or_else(|| Error::Inconsistent(format!("draft {digest}")))?;
        Ok(Some(Compared::between(&base, &head, &self.channel_names(scope).await?)))
    }

    /// What a published version changed of the one before it; `None` for a catalogue's first version.
    pub async fn changed_by(&self, code: &CatalogueCode, number: u32) -> Result<Option<Compared>> {
        let scope = self.scope(ScopeRequest::default()).await?;
        let Some(before) = number.checked_sub(1).filter(|number| *number > 0) else { return Ok(None) };
        let view = self.catalogue(code, scope).await?;
        let view = view.ok_or_else(|| Error::not_found("目录", "catalogue", code))?;
        let (base, head) =
            (self.edition(&view, before, scope).await?, self.edition(&view, number, scope).await?);
        Ok(Some(Compared::between(&base, &head, &self.channel_names(scope).await?)))
    }

    async fn channel_names(&self, scope: Scope) -> Result<HashMap<String, String>> {
        let channels: Vec<(String, ChannelState)> = self.registered(scope).await?;
        Ok(channels.into_iter().map(|(code, state)| (code, state.name.to_string())).collect())
    }
}
