//! `mulu catalogue`.

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use super::{ScopeArgs, print_json, say};
use crate::{
    catalogue::{
        code::{CatalogueCode, DivisionCode, DomainCode},
        division::DivisionState,
        domain::DomainState,
        scope::Scope,
    },
    error::{Error, Result},
    store::{CatalogueFilter, CatalogueView, EntryView, Store, VersionView},
};

mod table;

#[derive(Debug, Subcommand)]
pub(super) enum CatalogueCommand {
    /// List catalogues and the versions in force
    List {
        /// Of this division only (6, 9 or 12 digits)
        #[arg(long)]
        division: Option<DivisionCode>,
        /// Of this domain only
        #[arg(long)]
        domain: Option<DomainCode>,
        #[command(flatten)]
        scope: ScopeArgs,
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print a catalogue as a table
    Show {
        /// Catalogue code, or the code of a division for all of its catalogues
        code: String,
        /// Number of the version; the one in force if left out
        #[arg(long)]
        version: Option<u32>,
        #[command(flatten)]
        scope: ScopeArgs,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
}

impl CatalogueCommand {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode> {
        match self {
            Self::List { division, domain, scope, json } => {
                let scope = store.scope(scope.into()).await?;
                if let Some(code) = &division {
                    let known = store.record::<DivisionState>(code.as_str(), scope).await?;
                    known.ok_or_else(|| Error::not_found("行政区划", "division", code))?;
                }
                if let Some(code) = &domain {
                    let known = store.record::<DomainState>(code.as_str(), scope).await?;
                    known.ok_or_else(|| Error::not_found("领域", "domain", code))?;
                }
                let division = division.map(|code| code.to_string());
                let filter = CatalogueFilter { division, domain: domain.map(|code| code.to_string()) };
                list(&store.catalogues(&filter, scope).await?, scope, json)?;
            }
            Self::Show { code, version, scope, json } => {
                let scope = store.scope(scope.into()).await?;
                for catalogue in named(store, &code, scope).await? {
                    show(store, &catalogue, version, scope, json).await?;
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn list(catalogues: &[CatalogueView], scope: Scope, json: bool) -> Result<()> {
    if json {
        let rows: Vec<_> = catalogues
            .iter()
            .map(|c| json!({ "code": c.code, "versions": c.history.known(scope).count(), "inForce": c.in_force }))
            .collect();
        return print_json(&rows);
    }
    for catalogue in catalogues {
        let in_force = catalogue.in_force.map_or("–".to_owned(), |number| format!("#{number}"));
        say(format_args!("{:24} {in_force}", catalogue.code.as_str()));
    }
    Ok(())
}

/// The catalogue of that code, or all of a division.
async fn named(store: &Store, code: &str, scope: Scope) -> Result<Vec<CatalogueView>> {
    let missing = || Error::not_found("目录", "catalogue", code);
    if let Ok(code) = code.parse::<CatalogueCode>() {
        return Ok(vec![store.catalogue(&code, scope).await?.ok_or_else(missing)?]);
    }
    let division: DivisionCode = code.parse().map_err(|_| {
        Error::bad_input(
            format!("{code} 不是目录代码或行政区划代码"),
            format!("`{code}` is no code of a catalogue or a division"),
        )
    })?;
    let filter = CatalogueFilter { division: Some(division.to_string()), domain: None };
    let catalogues = store.catalogues(&filter, scope).await?;
    if catalogues.is_empty() { Err(missing()) } else { Ok(catalogues) }
}

async fn show(
    store: &Store,
    view: &CatalogueView,
    number: Option<u32>,
    scope: Scope,
    json: bool,
) -> Result<()> {
    let Some(number) = number.or(view.in_force) else {
        return Err(Error::none_in_force(&view.code, scope.effective_on));
    };
    let version = store.version(view, number, scope).await?;
    let version =
        version.ok_or_else(|| Error::not_found("目录版本", "version", format!("{} #{number}", view.code)))?;
    let entries = store.entries(&version).await?;
    if json {
        print_json(&as_json(&version, &entries))
    } else {
        table::show(store, &version, &entries, scope).await
    }
}

fn as_json(version: &VersionView, entries: &[EntryView]) -> serde_json::Value {
    let row = |view: &EntryView| json!({ "leaf": view.leaf, "entry": view.entry, "content": view.content, "local": view.local });
    json!({
        "digest": version.digest,
        "state": version.state.label(),
        "revision": version.revision,
        "version": version.version,
        "entries": entries.iter().map(row).collect::<Vec<_>>(),
    })
}
