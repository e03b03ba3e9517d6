//! `mulu diff`: what differs between two versions, for people and as JSON.

use std::{collections::HashMap, io::IsTerminal, process::ExitCode, str::FromStr, sync::Arc};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{ScopeArgs, print_json, say};
use crate::{
    catalogue::{
        channel::ChannelState,
        code::CatalogueCode,
        diff::{Change, ChangeKind, Difference},
        printed::{self, ElementChange, Names, Printed},
        scope::Scope,
    },
    error::{Error, Result},
    store::{Reader, Store, Tree, VersionView},
};

/// The two versions, and how to say what differs.
#[derive(Debug, Args)]
pub(super) struct Diff {
    /// What is compared with: CATALOGUE for the version in force, or CATALOGUE#NUMBER
    base: VersionKey,
    /// What is compared: as above, of the same catalogue or another
    head: VersionKey,
    #[command(flatten)]
    scope: ScopeArgs,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
    /// When to colour
    #[arg(long, value_enum, default_value_t)]
    color: Color,
}

/// A version by its catalogue and number.
#[derive(Clone, Debug)]
pub(super) struct VersionKey {
    /// Whose.
    pub(super) catalogue: CatalogueCode,
    /// Which; `None`: the one in force.
    pub(super) number: Option<u32>,
}

impl FromStr for VersionKey {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (code, number) = match text.split_once('#') {
            Some((code, number)) => {
                (code, Some(number.parse().map_err(|_| format!("`{number}` is no number of a version"))?))
            }
            None => (text, None),
        };
        Ok(Self { catalogue: code.parse().map_err(|error| format!("{error}"))?, number })
    }
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Color {
    /// Where the output is a terminal and `NO_COLOR` is not set
    #[default]
    Auto,
    Always,
    Never,
}

impl Diff {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode> {
        let scope = store.scope(self.scope.into()).await?;
        let reader = Reader::new(store.clone()).await?;
        let base = Side::load(&reader, &self.base, scope).await?;
        let head = Side::load(&reader, &self.head, scope).await?;
        let one = self.base.catalogue == self.head.catalogue;
        let difference = reader.compare(&base.tree, &head.tree, one).await?;
        let mut items = Vec::with_capacity(difference.changes.len());
        for change in &difference.changes {
            items.push(Item::load(&reader, &base, &head, *change, scope).await?);
        }
        if self.json {
            print_json(&as_json(&base, &head, &difference, &items))?;
        } else {
            print(&base, &head, &difference, &items, self.color);
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A version and its entries.
struct Side {
    version: VersionView,
    tree: Arc<Tree>,
    labels: HashMap<String, String>,
}

impl Side {
    async fn load(reader: &Reader, key: &VersionKey, scope: Scope) -> Result<Self> {
        let store = reader.store();
        let code = &key.catalogue;
        let view = store.catalogue(code, scope).await?;
        let view = view.ok_or_else(|| Error::not_found("目录", "catalogue", code))?;
        let number = key.number.or(view.in_force).ok_or_else(|| {
            Error::not_found("现行有效的目录版本", "version in force of the catalogue", code)
        })?;
        let version = store.version(&view, number, scope).await?;
        let version =
            version.ok_or_else(|| Error::not_found("目录版本", "version", format!("{code}#{number}")))?;
        let tree = reader.trees(&[version.digest]).await?.remove(&version.digest);
        let tree = tree.ok_or_else(|| Error::Inconsistent(format!("entries of {}", version.digest)))?;
        let declared = reader.elements(&version.version.element_schemas).await?;
        let labels = declared.values().map(|element| (element.key.to_string(), element.label.to_string()));
        Ok(Self { labels: labels.collect(), version, tree })
    }

    fn name(&self) -> String {
        format!("{}#{}", self.version.version.catalogue, self.version.version.number)
    }
}

/// An item that differs.
struct Item {
    change: Change,
    /// Code and names of each side.
    before: Option<(String, String)>,
    after: Option<(String, String)>,
    elements: Vec<ElementChange>,
}

impl Item {
    async fn load(reader: &Reader, base: &Side, head: &Side, change: Change, scope: Scope) -> Result<Self> {
        let before = read(reader, base, change.before, scope).await?;
        let after = read(reader, head, change.after, scope).await?;
        let elements = |side: &Option<(String, Vec<Printed>)>| {
            side.as_ref().map(|(_, elements)| elements.clone()).unwrap_or_default()
        };
        let compared = printed::compare(&elements(&before), &elements(&after));
        let named = |side: Option<(String, Vec<Printed>)>| {
            side.map(|(code, elements)| {
                (code, elements.first().map(Printed::text).unwrap_or_default().replace('\n', " / "))
            })
        };
        let elements = if change.kind == ChangeKind::Moved { Vec::new() } else { compared };
        Ok(Self { change, before: named(before), after: named(after), elements })
    }
}

/// The code and the elements of an entry.
async fn read(
    reader: &Reader,
    side: &Side,
    place: Option<usize>,
    scope: Scope,
) -> Result<Option<(String, Vec<Printed>)>> {
    let Some(leaf) = place.and_then(|place| side.tree.leaf(place)) else { return Ok(None) };
    let entry = &leaf.entry;
    let content = reader.contents(&[entry.content]).await?.remove(&entry.content);
    let content = content.ok_or(Error::Redacted(entry.content))?;
    let local = reader.locals(&[entry.local]).await?.remove(&entry.local);
    let local = local.ok_or(Error::Redacted(entry.local))?;
    let used = content.channels.iter().flatten().map(|used| &used.code);
    let mut channels = HashMap::new();
    for code in used.chain(local.addresses.iter().flatten().map(|(code, _)| code)) {
        let state = reader.store().record::<ChannelState>(code, scope).await?;
        channels.extend(state.map(|state| (code.clone(), state.name.to_string())));
    }
    let names = Looked { channels, labels: &side.labels };
    Ok(Some((entry.item.to_string(), printed::print_all(&content, &local, &names))))
}

struct Looked<'a> {
    channels: HashMap<String, String>,
    labels: &'a HashMap<String, String>,
}

impl Names for Looked<'_> {
    fn channel(&self, code: &str) -> Option<String> {
        self.channels.get(code).cloned()
    }

    fn extension(&self, key: &str) -> Option<String> {
        self.labels.get(key).cloned()
    }
}

/// The kinds of change: how people and programs see them, and the colour.
const KINDS: [(ChangeKind, &str, &str, &str, &str); 4] = [
    (ChangeKind::Added, "added", "新增", "+", "\u{1b}[32m"),
    (ChangeKind::Changed, "changed", "修改", "~", "\u{1b}[33m"),
    (ChangeKind::Removed, "removed", "删除", "-", "\u{1b}[31m"),
    (ChangeKind::Moved, "moved", "移动", "^", "\u{1b}[36m"),
];

fn as_json(base: &Side, head: &Side, difference: &Difference, items: &[Item]) -> Value {
    let side = |side: &Side| {
        let version = &side.version.version;
        json!({ "catalogue": version.catalogue, "number": version.number, "digest": side.version.digest })
    };
    let element = |change: &ElementChange| json!({ "kind": change.kind, "label": change.label, "before": change.before, "after": change.after });
    let item = |item: &Item| {
        let named = |named: &Option<(String, String)>| {
            named.as_ref().map(|(code, name)| json!({ "item": code, "name": name }))
        };
        json!({
            "kind": KINDS.iter().find(|(kind, ..)| *kind == item.change.kind).map(|(_, name, ..)| name.to_uppercase()),
            "before": named(&item.before),
            "after": named(&item.after),
            "elements": item.elements.iter().map(element).collect::<Vec<_>>(),
        })
    };
    let mut answer = json!({ "base": side(base), "head": side(head), "unchanged": difference.unchanged });
    for (kind, name, ..) in KINDS {
        answer[name] = difference.count(kind).into();
    }
    answer["items"] = items.iter().map(item).collect();
    answer
}

fn print(base: &Side, head: &Side, difference: &Difference, items: &[Item], color: Color) {
    let colored = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
    };
    let paint = |color: &str, text: &str| {
        if colored { format!("{color}{text}\u{1b}[0m") } else { text.to_owned() }
    };
    let counts = KINDS.map(|(kind, _, label, ..)| format!("{label} {}", difference.count(kind))).join(" · ");
    say(format_args!("{} → {} · {counts} · 未变 {}", base.name(), head.name(), difference.unchanged));
    for item in items {
        let Some((_, _, _, sign, color)) = KINDS.iter().find(|(kind, ..)| *kind == item.change.kind) else {
            continue;
        };
        let (code, name) = item.after.as_ref().or(item.before.as_ref()).cloned().unwrap_or_default();
        say(paint(color, &format!("{sign} {code} {name}")));
        if item.change.kind != ChangeKind::Changed {
            continue;
        }
        for element in &item.elements {
            say(format_args!("    {}", element.label));
            let lines = |text: &Option<String>, sign: &str, color: &str| {
                for line in text.iter().flat_map(|text| text.lines()) {
                    say(paint(color, &format!("      {sign} {line}")));
                }
            };
            lines(&element.before, "-", "\u{1b}[31m");
            lines(&element.after, "+", "\u{1b}[32m");
        }
    }
}
