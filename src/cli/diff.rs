//! `mulu diff`: what differs between two versions, for people and as JSON.

use std::{collections::HashMap, process::ExitCode, str::FromStr, sync::Arc};

use clap::Args;

use super::{
    ScopeArgs,
    compared::{self, Color},
    print_json,
};
use crate::{
    catalogue::{
        channel::ChannelState,
        code::CatalogueCode,
        compared::{Compared, ItemChange, Labels, Side as Item, VersionName},
        element::ElementSchema,
        printed,
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
            let before = read(&reader, &base, change.before, scope).await?;
            let after = read(&reader, &head, change.after, scope).await?;
            items.push(ItemChange::new(change.kind, before, after));
        }
        let unchanged = difference.unchanged;
        let compared = Compared { base: base.name(), head: head.name(), unchanged, items };
        if self.json {
            print_json(&compared)?;
        } else {
            compared::print(&compared, self.color);
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A version and its entries.
struct Side {
    version: VersionView,
    tree: Arc<Tree>,
    elements: Vec<ElementSchema>,
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
        let elements = declared.values().map(|element| ElementSchema::clone(element)).collect();
        Ok(Self { elements, version, tree })
    }

    fn name(&self) -> VersionName {
        let version = &self.version.version;
        VersionName {
            catalogue: version.catalogue.clone(),
            number: version.number,
            digest: self.version.digest,
        }
    }
}

/// The code and the elements of an entry.
async fn read(reader: &Reader, side: &Side, place: Option<usize>, scope: Scope) -> Result<Item> {
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
    let names = Labels { channels: &channels, elements: &side.elements };
    Ok(Some((entry.item.clone(), printed::print_all(&content, &local, &names))))
}
