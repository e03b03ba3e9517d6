//! The elements of an item as a plain list, and the further ones by key.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Enum, SimpleObject};

use super::Item;
use crate::{
    catalogue::{
        content::Content,
        element::ElementKind as CoreKind,
        local::Local,
        printed::{ElementChange, Names, Said, compare, print, print_all},
        text::Text,
    },
    graphql::{
        domain,
        error::{Failure, Result},
    },
};

/// 公开要素.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreKind")]
pub(in crate::graphql) enum ElementKind {
    /// 公开事项.
    Name,
    /// 公开内容.
    Content,
    /// 公开依据.
    Basis,
    /// 公开时限.
    TimeLimit,
    /// 公示期.
    PublicityPeriod,
    /// 公开主体.
    ResponsibleUnit,
    /// 公开方式.
    Method,
    /// 公开渠道和载体.
    Channel,
    /// 公开对象.
    Audience,
    /// 公开层级.
    Level,
    /// 扩展要素.
    Extension,
}

/// One element of an item as text (公开要素).
#[derive(Clone, Debug, SimpleObject)]
pub(in crate::graphql) struct Element {
    /// Which element (要素).
    kind: ElementKind,
    /// What tables print over it (列名).
    label: String,
    /// Its values in one text, one a line (文字).
    text: String,
    /// Its values one by one (各值).
    values: Vec<String>,
}

/// A further element that the domain or the place declares (扩展要素).
#[derive(Clone, Debug, SimpleObject)]
pub(in crate::graphql) struct Extension {
    /// Its key (键).
    key: String,
    /// What tables print over it (列名).
    label: String,
    /// The wording (原文).
    text: String,
}

/// The further elements of both parts, by key.
pub(super) async fn extensions(ctx: &Context<'_>, item: &Item) -> Result<Vec<Extension>> {
    let (content, local) = (item.content(ctx).await?, item.local(ctx).await?);
    let labels = labels(ctx, item, &content, &local).await?;
    let members = content.extensions.iter().chain(&local.extensions).flatten();
    let extension = |(key, text): (&Text, &Text)| Extension {
        key: key.to_string(),
        label: labels.get(key.as_str()).cloned().unwrap_or_else(|| key.to_string()),
        text: text.to_string(),
    };
    Ok(members.map(extension).collect())
}

/// What printing looks up, loaded before.
#[derive(Default)]
struct Looked {
    channels: HashMap<String, String>,
    labels: HashMap<String, String>,
}

impl Names for Looked {
    fn channel(&self, code: &str) -> Option<&str> {
        self.channels.get(code).map(String::as_str)
    }

    fn extension(&self, key: &str) -> Option<&str> {
        self.labels.get(key).map(String::as_str)
    }
}

/// Every element that is known, in the customary order.
pub(super) async fn elements(ctx: &Context<'_>, item: &Item) -> Result<Vec<Element>> {
    let (content, local, names) = whole(ctx, item).await?;
    let element = |said: Said<'_>| Element {
        kind: said.kind.into(),
        text: said.text().into_owned(),
        label: said.label.into_owned(),
        values: said.values.into_iter().map(std::borrow::Cow::into_owned).collect(),
    };
    Ok(print(&content, &local, &names).into_iter().map(element).collect())
}

/// The elements of two items that differ; all of the one side where there is no other.
pub(in crate::graphql) async fn compared(
    ctx: &Context<'_>,
    before: Option<&Item>,
    after: Option<&Item>,
) -> Result<Vec<ElementChange>> {
    let side = async |item: Option<&Item>| match item {
        Some(item) => {
            let (content, local, names) = whole(ctx, item).await?;
            Ok::<_, Failure>(print_all(&content, &local, &names))
        }
        None => Ok(Vec::new()),
    };
    let (before, after) = futures_util::try_join!(side(before), side(after))?;
    Ok(compare(&before, &after))
}

async fn whole(ctx: &Context<'_>, item: &Item) -> Result<(Arc<Content>, Arc<Local>, Looked)> {
    let (content, local) = futures_util::try_join!(item.content(ctx), item.local(ctx))?;
    let codes = content.channels.iter().flatten().map(|used| used.code.clone());
    let codes: Vec<String> =
        codes.chain(local.addresses.iter().flatten().map(|(code, _)| code.clone())).collect();
    let channels = domain::channels(ctx, item.view(), &codes).await?;
    let channels =
        channels.iter().map(|channel| (channel.code().to_owned(), channel.name().to_owned())).collect();
    let labels = labels(ctx, item, &content, &local).await?;
    Ok((content, local, Looked { channels, labels }))
}

/// What tables print over the further elements of a row; nothing is read where it has none.
async fn labels(
    ctx: &Context<'_>,
    item: &Item,
    content: &Content,
    local: &Local,
) -> Result<HashMap<String, String>> {
    if content.extensions.is_none() && local.extensions.is_none() {
        return Ok(HashMap::new());
    }
    item.version.element_labels(ctx).await
}
