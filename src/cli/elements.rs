//! `mulu elements`: which further elements a place or a domain has, which are required, and how they look.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    process::ExitCode,
};

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::json;

use super::{ScopeArgs, files, print_json, print_report, say};
use crate::{
    catalogue::{
        code::{DivisionCode, DomainCode},
        declaration::{DeclaredElement, ElementsState, Held, Owner, file::ElementFile, held},
        reference::{AnyRecord, Record, Register, State},
        scope::ScopeRequest,
        text::Text,
    },
    error::{Error, Result},
    import::{Origin, Report, read_elements},
    store::{Loaded, Store},
};

#[derive(Debug, Subcommand)]
pub(super) enum ElementsCommand {
    /// Declare the further elements of a place, a domain, or a domain in a place, by a JSON Schema
    Set(Set),
    /// List what is declared; with --division or --domain what holds there
    List {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        scope: ScopeArgs,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print a declaration as the JSON Schema that would set it
    Show {
        /// Whose: 530115000000 for a place, 04 for a domain, 530115000000-04 for a domain in a place
        owner: Owner,
        #[command(flatten)]
        scope: ScopeArgs,
    },
}

/// A place, a domain, or a domain in a place.
#[derive(Clone, Debug, Args)]
pub(super) struct Whose {
    /// The place (6, 9 or 12 digits), and all below it
    #[arg(long, value_name = "CODE")]
    division: Option<DivisionCode>,
    /// The domain, everywhere or in the place
    #[arg(long, value_name = "CODE")]
    domain: Option<DomainCode>,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("whose").args(["division", "domain"]).required(true).multiple(true))]
pub(super) struct Set {
    #[command(flatten)]
    whose: Whose,
    /// A JSON Schema (draft 2020-12) of an object whose members are the elements
    file: PathBuf,
    /// The day from which it holds (YYYY-MM-DD), while what was declared before holds until then; without it the
    /// declaration takes the place of all before
    #[arg(long, value_name = "DATE")]
    valid_from: Option<NaiveDate>,
    /// Who decided so, and why
    #[arg(long)]
    source: Option<String>,
    /// Check everything and say what would happen, without changing anything
    #[arg(long)]
    dry_run: bool,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

impl ElementsCommand {
    /// Whether it may append to the log.
    pub(super) fn appends(&self) -> bool {
        matches!(self, Self::Set(_))
    }

    pub(super) async fn run(self, store: &Store) -> Result<ExitCode> {
        match self {
            Self::Set(set) => set.run(store).await,
            Self::List { whose, scope, json } => list(store, whose, scope, json).await,
            Self::Show { owner, scope } => show(store, &owner, scope).await,
        }
    }
}

impl Set {
    async fn run(self, store: &Store) -> Result<ExitCode> {
        let mut report = Report::default();
        let file = files(std::slice::from_ref(&self.file))?.remove(0);
        let read = read_elements(&file, &mut report);
        let (dry_run, json) = (self.dry_run, self.json);
        let mut loaded = None;
        if let Some((read, elements)) = read {
            let owner = Owner::new(self.whose.division.clone(), self.whose.domain.clone());
            let owner = owner
                .ok_or_else(|| Error::bad_input("须指明行政区划或领域", "name a division or a domain"))?;
            let state = self.state(&read, elements);
            loaded =
                load(store, &owner, state, dry_run, &file.name, &mut report).await?.map(|one| (owner, one));
        }
        if json {
            let owner = loaded.as_ref().map(|(owner, _)| owner.to_string());
            let loaded = loaded.as_ref().map(|(_, loaded)| loaded);
            print_json(&json!({
                "refused": report.refused(), "dryRun": dry_run, "code": owner, "loaded": loaded,
                "findings": report.findings,
            }))?;
        } else {
            print_report(&report);
            if let Some((owner, loaded)) = &loaded {
                let done = match loaded.revision {
                    Some(revision) => format!("已声明 declared, revision {revision}"),
                    None if loaded.changed == 0 => "无变化 unchanged".to_owned(),
                    None => "可声明 would be declared".to_owned(),
                };
                say(format_args!("{owner}: {done}"));
            }
        }
        Ok(if report.refused() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    fn state(self, file: &ElementFile, elements: Vec<DeclaredElement>) -> ElementsState {
        ElementsState {
            division: self.whose.division,
            domain: self.whose.domain,
            elements,
            title: file.title.clone(),
            description: file.description.clone(),
            valid_from: self.valid_from,
            source: self.source.as_deref().map(Text::new).filter(|source| !source.is_empty()),
        }
    }
}

/// Records a state: from its day on it holds alone. `None`, and why in the report, where a rule refuses it.
async fn load(
    store: &Store,
    owner: &Owner,
    state: ElementsState,
    dry_run: bool,
    file: &str,
    report: &mut Report,
) -> Result<Option<Loaded>> {
    let scope = store.scope(ScopeRequest::default()).await?;
    let code = owner.to_string();
    let mut states = match state.valid_from {
        Some(_) => store.states::<ElementsState>(&code, scope).await?,
        None => Vec::new(),
    };
    states.retain(|before| before.valid_from() < state.valid_from);
    states.push(state);
    let records = BTreeMap::from([(Register::Element, vec![AnyRecord::Element(Record::new(code, states))])]);
    let (mut loaded, findings) = match dry_run {
        true => store.try_reference(records).await?,
        false => store.load_reference(records, |_| {}).await?,
    };
    let origin = Origin { file: file.to_owned(), header_line: 1, ..Origin::default() };
    report.extend(findings.into_iter().map(|(_, finding)| finding), &origin);
    Ok(loaded.pop())
}

async fn list(store: &Store, whose: Whose, scope: ScopeArgs, json: bool) -> Result<ExitCode> {
    let scope = store.scope(scope.into()).await?;
    let Whose { division, domain } = whose;
    let all = if division.is_some() || domain.is_some() {
        store.declarations(division.as_ref(), domain.as_ref(), scope).await?
    } else {
        let states: Vec<(String, ElementsState)> = store.registered(scope).await?;
        let mut states: Vec<(Owner, HashMap<String, ElementsState>)> = states
            .into_iter()
            .filter_map(|(code, state)| Some((state.owner()?, HashMap::from([(code, state)]))))
            .collect();
        states.sort_by_key(|(owner, _)| owner.to_string());
        let of = |(owner, state): (Owner, HashMap<String, ElementsState>)| {
            held(&[owner], &state, scope.effective_on)
        };
        states.into_iter().flat_map(of).collect()
    };
    if json {
        let one = |Held { owner, element }: &Held| json!({ "code": owner.to_string(), "element": element });
        print_json(&all.iter().map(one).collect::<Vec<_>>())?;
        return Ok(ExitCode::SUCCESS);
    }
    for Held { owner, element } in &all {
        let required = if element.required { "必填 required" } else { "可选 optional" };
        let label = match element.label == element.key {
            true => String::new(),
            false => format!("（{}）", element.label),
        };
        say(format_args!("{owner}: {}{label} · {} · {required}", element.key, element.part.name()));
    }
    Ok(ExitCode::SUCCESS)
}

async fn show(store: &Store, owner: &Owner, scope: ScopeArgs) -> Result<ExitCode> {
    let scope = store.scope(scope.into()).await?;
    let state: Option<ElementsState> = store.record(&owner.to_string(), scope).await?;
    let state =
        state.ok_or_else(|| Error::not_found("扩展要素的声明", "declaration of elements of", owner))?;
    print_json(&ElementFile::of(&state))?;
    Ok(ExitCode::SUCCESS)
}
