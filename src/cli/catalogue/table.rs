//! A version as the table that it was, in a terminal.

use std::collections::HashMap;

use comfy_table::{ContentArrangement, Table, presets};

use super::super::say;
use crate::{
    catalogue::{
        channel::ChannelState,
        content::Content,
        division::DivisionState,
        domain::DomainState,
        element::ElementKind,
        printed::{Names, print},
        scope::Scope,
    },
    error::Result,
    store::{EntryView, Store, VersionView},
};

/// Columns of a terminal that does not say how wide it is.
const WIDTH: u16 = 160;

/// The columns: what stands over them, and the elements in them.
const COLUMNS: [(&str, &[ElementKind]); 9] = [
    ("代码", &[]),
    ("公开事项", &[ElementKind::Name]),
    ("公开内容", &[ElementKind::Content]),
    ("公开依据", &[ElementKind::Basis]),
    ("公开时限", &[ElementKind::TimeLimit]),
    ("公开主体", &[ElementKind::ResponsibleUnit]),
    ("公开渠道", &[ElementKind::Channel]),
    ("公开对象", &[ElementKind::Audience]),
    ("方式/层级", &[ElementKind::Method, ElementKind::Level]),
];

pub(super) async fn show(
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
    table.set_width(width).set_header(COLUMNS.map(|(label, _)| label));
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
    let names = names(store, content, scope).await?;
    let printed = print(content, local, &names);
    let column = |kinds: &[ElementKind]| {
        let of = |kind: &ElementKind| printed.iter().find(|element| element.kind == *kind);
        let texts = kinds.iter().filter_map(of).map(|element| element.text());
        texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
    };
    let mut row = COLUMNS.map(|(_, kinds)| column(kinds));
    row[0] = serial;
    Ok(row)
}

/// The names of the channels that a row uses.
async fn names(store: &Store, content: &Content, scope: Scope) -> Result<Channels> {
    let mut channels = HashMap::new();
    for used in content.channels.iter().flatten() {
        let state = store.record::<ChannelState>(&used.code, scope).await?;
        channels.extend(state.map(|state| (used.code.clone(), state.name.to_string())));
    }
    Ok(Channels(channels))
}

struct Channels(HashMap<String, String>);

impl Names for Channels {
    fn channel(&self, code: &str) -> Option<&str> {
        self.0.get(code).map(String::as_str)
    }

    fn extension(&self, _: &str) -> Option<&str> {
        None
    }
}
