//! The elements of an item as a plain list, and the further ones by key.

use async_graphql::{Context, Enum, SimpleObject};

use super::{Item, parts};
use crate::{
    catalogue::{element::ElementKind as CoreKind, text::Text, time_limit::TimeLimit},
    graphql::error::Result,
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
    let labels = item.version.element_labels(ctx).await?;
    let members = content.extensions.iter().chain(&local.extensions).flatten();
    let extension = |(key, text): (&Text, &Text)| Extension {
        key: key.to_string(),
        label: labels.get(key.as_str()).cloned().unwrap_or_else(|| key.to_string()),
        text: text.to_string(),
    };
    Ok(members.map(extension).collect())
}

/// Every element that is known, in the customary order.
pub(super) async fn elements(ctx: &Context<'_>, item: &Item) -> Result<Vec<Element>> {
    let (content, local) = (item.content(ctx).await?, item.local(ctx).await?);
    let mut elements = vec![element(CoreKind::Name, texts(&content.names))];
    let mut add =
        |kind, values: Option<Vec<String>>| elements.extend(values.map(|values| element(kind, values)));
    add(CoreKind::Content, content.points.as_ref().map(|p| p.iter().map(|p| p.text.to_string()).collect()));
    add(CoreKind::Basis, content.basis.as_ref().map(|b| b.iter().map(|b| b.text.to_string()).collect()));
    add(CoreKind::TimeLimit, content.time_limits.as_ref().map(|limits| limits.iter().map(limit).collect()));
    let period = content.publicity_period.as_ref();
    add(
        CoreKind::PublicityPeriod,
        period.map(|period| {
            let made = || period.unit.counted(period.count);
            vec![period.text.as_ref().map_or_else(made, ToString::to_string)]
        }),
    );
    add(
        CoreKind::ResponsibleUnit,
        local.units.as_ref().map(|u| u.iter().map(|u| u.text.to_string()).collect()),
    );
    add(
        CoreKind::Method,
        content.methods.map(|methods| {
            let label =
                |method| if method == super::Method::Proactive { "主动公开" } else { "依申请公开" };
            parts::methods(methods).into_iter().map(|method| label(method).to_owned()).collect()
        }),
    );
    if let Some(used) = &content.channels {
        let channels = parts::channels(ctx, item.view(), used, &local).await?;
        add(CoreKind::Channel, Some(channels.iter().map(parts::ChannelUse::printed).collect()));
    }
    add(
        CoreKind::Audience,
        content.audience.as_ref().map(|audience| {
            let whole = (audience.whole_society == Some(true)).then(|| "全社会".to_owned());
            whole
                .into_iter()
                .chain(audience.groups.iter().flatten().map(|group| group.text.to_string()))
                .collect()
        }),
    );
    add(
        CoreKind::Level,
        local.levels.as_ref().map(|levels| {
            levels.iter().filter(|(_, ticked)| **ticked).map(|(level, _)| level.label().to_owned()).collect()
        }),
    );
    for extension in extensions(ctx, item).await? {
        let Extension { label, text, .. } = extension;
        elements.push(Element { kind: ElementKind::Extension, label, values: vec![text.clone()], text });
    }
    Ok(elements)
}

fn element(kind: CoreKind, values: Vec<String>) -> Element {
    Element { kind: kind.into(), label: kind.label().to_owned(), text: values.join("\n"), values }
}

fn texts(texts: &[Text]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

/// The wording, else what it means.
fn limit(limit: &TimeLimit) -> String {
    if let Some(text) = &limit.text {
        return text.to_string();
    }
    match limit.count.zip(limit.unit) {
        Some((count, unit)) => format!("{}内", unit.counted(count)),
        None => limit.kind.label().to_owned(),
    }
}
