//! A version as the table that it was, in a terminal.

use comfy_table::{ContentArrangement, Table, presets};

use super::super::say;
use crate::{
    catalogue::{
        channel::ChannelState, content::Content, division::DivisionState, domain::DomainState, local::Local,
        scope::Scope, time_limit::TimeLimit,
    },
    error::Result,
    store::{EntryView, Store, VersionView},
};

/// Columns of a terminal that does not say how wide it is.
const WIDTH: u16 = 160;

const HEADER: [&str; 9] =
    ["代码", "公开事项", "公开内容", "公开依据", "公开时限", "公开主体", "公开渠道", "公开对象", "方式/层级"];

pub(super) async fn print(
    store: &Store,
    version: &VersionView,
    entries: &[EntryView],
    scope: Scope,
) -> Result<()> {
    let header = &version.version;
    let code = &header.catalogue;
    let place = store.record::<DivisionState>(code.division.as_str(), scope).await?;
    let domain = match &code.domain {
        Some(domain) => store.record::<DomainState>(domain.as_str(), scope).await?,
        None => None,
    };
    let place = place.map(|state| state.name.to_string()).unwrap_or_default();
    let domain = domain.map(|state| format!("{}领域", state.name)).unwrap_or_default();
    let made = format!("{place}{domain}基层政务公开{}", code.kind.label());
    let title = header.title.as_ref().map_or(made, ToString::to_string);
    say(format_args!("{title} · {code} #{} {} ({})", header.number, header.label, version.state.label()));
    say(format_args!(
        "摘要 {} · 施行日期 {} · 修订号 {}",
        version.digest, header.effective_from, version.revision
    ));
    let mut table = Table::new();
    let width = std::env::var("COLUMNS").ok().and_then(|width| width.parse().ok()).unwrap_or(WIDTH);
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(width).set_header(HEADER);
    for entry in entries {
        table.add_row(row(store, entry, scope).await?);
    }
    say(&table);
    Ok(())
}

async fn row(store: &Store, entry: &EntryView, scope: Scope) -> Result<[String; 9]> {
    let serial = format!("{:04}", entry.entry.item.serial);
    let (Some(content), Some(local)) = (&entry.content, &entry.local) else {
        let mut row = std::array::from_fn(|_| "(已涂除)".to_owned());
        row[0] = serial;
        return Ok(row);
    };
    Ok([
        serial,
        lines(Some(&content.names), ToString::to_string),
        lines(content.points.as_ref(), |point| point.text.to_string()),
        lines(content.basis.as_ref(), |basis| basis.text.to_string()),
        lines(content.time_limits.as_ref(), limit),
        lines(local.units.as_ref(), |unit| unit.text.to_string()),
        channels(store, content, scope).await?,
        audience(content),
        ticks(content, local),
    ])
}

/// One element a line; nothing where the table does not say.
fn lines<T>(values: Option<&Vec<T>>, text: impl Fn(&T) -> String) -> String {
    values.into_iter().flatten().map(text).collect::<Vec<_>>().join("\n")
}

fn limit(limit: &TimeLimit) -> String {
    if let Some(text) = &limit.text {
        return text.to_string();
    }
    let trigger = limit.trigger.as_ref().map(|trigger| format!("{trigger}之日起")).unwrap_or_default();
    match (limit.count, limit.unit) {
        (Some(count), Some(unit)) => format!("{trigger}{}内", unit.counted(count)),
        _ => limit.kind.label().to_owned(),
    }
}

async fn channels(store: &Store, content: &Content, scope: Scope) -> Result<String> {
    let mut names = Vec::new();
    for used in content.channels.iter().flatten() {
        let name = match &used.text {
            Some(text) => text.to_string(),
            None => {
                let state = store.record::<ChannelState>(&used.code, scope).await?;
                state.map_or_else(|| used.code.clone(), |state| state.name.to_string())
            }
        };
        names.push(name);
    }
    Ok(names.join("\n"))
}

fn audience(content: &Content) -> String {
    let Some(audience) = &content.audience else { return String::new() };
    let whole = (audience.whole_society == Some(true)).then(|| "全社会".to_owned());
    let groups = audience.groups.iter().flatten().map(|group| group.text.to_string());
    whole.into_iter().chain(groups).collect::<Vec<_>>().join("\n")
}

fn ticks(content: &Content, local: &Local) -> String {
    let methods = content.methods.unwrap_or_default();
    let proactive = (methods.proactive == Some(true)).then_some("主动");
    let on_request = (methods.on_request == Some(true)).then_some("依申请");
    let levels = local.levels.iter().flatten().filter(|(_, ticked)| **ticked).map(|(level, _)| level.label());
    proactive.into_iter().chain(on_request).chain(levels).collect::<Vec<_>>().join("\n")
}
