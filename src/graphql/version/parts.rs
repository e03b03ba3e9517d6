//! What a version says beside its items: omissions (未采用事项) and sources (来源).

use async_graphql::{Context, Object};

use super::load;
use crate::{
    catalogue::{
        text::Text,
        version::{Omission as CoreOmission, Source as CoreSource},
    },
    graphql::{
        at::View,
        catalogue,
        error::Result,
        item::{self, Item},
        scalars::{Date, Url},
        walk::table,
    },
};

table!("Source": Source {
    title = |source, _| &source.source.title,
    publisher = |source, _| &source.source.publisher,
    url = |source, _| source.source.url.as_ref().map(|url| Url(url.to_string())),
    retrievedOn = |source, _| source.source.retrieved_on.map(Date),
});

/// An item of the upstream version that is left out (未采用事项).
#[derive(Clone, Debug)]
pub(in crate::graphql) struct Omission {
    view: View,
    upstream: Option<(String, u32)>,
    omission: CoreOmission,
}

impl Omission {
    /// What a version says it leaves out of the upstream version of a code and a number.
    pub(super) fn new(view: View, upstream: Option<(String, u32)>, omission: CoreOmission) -> Self {
        Self { view, upstream, omission }
    }
}

/// An item of the upstream version that is left out (未采用事项).
#[Object]
impl Omission {
    /// The upstream item (上游事项); null where its version is not known under the scope.
    async fn item(&self, ctx: &Context<'_>) -> Result<Option<Item>> {
        let Some((code, number)) = &self.upstream else { return Ok(None) };
        let Some(catalogue) = catalogue::load(ctx, self.view, code).await? else { return Ok(None) };
        match load(ctx, &catalogue, *number).await? {
            Some(version) => item::in_version(ctx, &version, &self.omission.item).await,
            None => Ok(None),
        }
    }

    /// Why (理由).
    async fn reason(&self) -> &str {
        self.omission.reason.as_str()
    }
}

/// Where a row came from (来源): file or page, publisher, date.
#[derive(Clone, Debug)]
pub(in crate::graphql) struct Source {
    source: CoreSource,
}

impl Source {
    pub(super) fn new(source: CoreSource) -> Self {
        Self { source }
    }

    /// A document of which only the title is known.
    pub(in crate::graphql) fn titled(title: &Text) -> Self {
        Self { source: CoreSource { title: Some(title.clone()), ..CoreSource::default() } }
    }
}

/// Where a row came from (来源): file or page, publisher, date.
#[Object]
impl Source {
    /// The document's title (标题); null where it is not known.
    async fn title(&self) -> Option<&str> {
        self.source.title.as_ref().map(|title| title.as_str())
    }

    /// Who published it (发布单位); null where it is not known.
    async fn publisher(&self) -> Option<&str> {
        self.source.publisher.as_ref().map(|publisher| publisher.as_str())
    }

    /// Where it stood (网址); null where it is not known.
    async fn url(&self) -> Option<Url> {
        self.source.url.as_ref().map(|url| Url(url.to_string()))
    }

    /// The day on which it was read there (获取日期); null where it is not known.
    async fn retrieved_on(&self) -> Option<Date> {
        self.source.retrieved_on.map(Date)
    }
}
