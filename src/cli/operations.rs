//! `mulu operations`: a folder of operations that a server is to register, without the server and without a database.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Subcommand;
use serde_json::{Value, json};

use super::{print_json, say};
use crate::{
    config::Limits,
    error::{Error, Result},
    graphql::{Finding, Registered, RegisteredOperation, Variable},
};

#[derive(Debug, Subcommand)]
pub(super) enum OperationsCommand {
    /// Hold every .graphql file of a folder against the schema and the limits
    Check {
        /// The folder, as in the setting operations.folder
        folder: PathBuf,
        /// Print the findings as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the name, the id, the variables and the cost of every operation of a folder
    List {
        /// The folder, as in the setting operations.folder
        folder: PathBuf,
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
    /// Write the manifest from which clients load the operations of a folder: Apollo's persisted queries
    Load {
        /// The folder, as in the setting operations.folder
        folder: PathBuf,
        /// The file to write; without it, it is printed
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

impl OperationsCommand {
    pub(super) async fn run(self, limits: &Limits) -> Result<ExitCode> {
        let (Self::Check { folder, .. } | Self::List { folder, .. } | Self::Load { folder, .. }) = &self;
        let (registered, findings) = Registered::read(folder, limits).await?;
        if let Self::Check { json: true, .. } = self {
            print_json(&json!({ "operations": registered.operations().count(), "findings": findings }))?;
            return Ok(exit(&findings));
        }
        if !findings.is_empty() {
            findings.iter().for_each(say);
            return Ok(exit(&findings));
        }
        match self {
            Self::Check { .. } => {
                let count = registered.operations().count();
                say(format_args!("{count} 个操作均有效 · all {count} operations are valid"));
            }
            Self::List { json: true, .. } => {
                print_json(&registered.operations().map(listed).collect::<Vec<_>>())?;
            }
            Self::List { .. } => registered.operations().for_each(print),
            Self::Load { out: None, .. } => print_json(&manifest(&registered))?,
            Self::Load { out: Some(path), .. } => write(&path, &manifest(&registered))?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn exit(findings: &[Finding]) -> ExitCode {
    if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One operation in three columns, with its variables as they are defined.
fn print(operation: &RegisteredOperation) {
    let RegisteredOperation { name, variables, cost, document, .. } = operation;
    let defined = |Variable { name, kind, default }: &Variable| match default {
        Some(default) => format!("${name}: {kind} = {default}"),
        None => format!("${name}: {kind}"),
    };
    let defined = variables.iter().map(defined).collect::<Vec<_>>().join(", ");
    let defined = if defined.is_empty() { defined } else { format!("({defined})") };
    say(format_args!("{}\t{cost}\t{name}{defined}", document.id()));
}

fn listed(operation: &RegisteredOperation) -> Value {
    let RegisteredOperation { name, about, variables, cost, document, .. } = operation;
    let variable = |it: &Variable| json!({ "name": it.name, "type": it.kind.to_string(), "required": it.is_required(), "default": it.default });
    let variables: Vec<Value> = variables.iter().map(variable).collect();
    json!({
        "name": name,
        "about": about,
        "documentId": document.id(),
        "file": document.file,
        "variables": variables,
        "cost": cost,
    })
}

/// The form in which Apollo's clients take documents that are known beforehand. Their ids are the hashes that they then
/// send as `extensions.persistedQuery`.
fn manifest(registered: &Registered) -> Value {
    let operation = |operation: &RegisteredOperation| {
        let RegisteredOperation { name, document, .. } = operation;
        json!({ "id": document.hash_text(), "name": name, "type": "query", "body": &*document.text })
    };
    let operations: Vec<Value> = registered.operations().map(operation).collect();
    json!({ "format": "apollo-persisted-query-manifest", "version": 1, "operations": operations })
}

fn write(path: &Path, manifest: &Value) -> Result<()> {
    let text = serde_json::to_string_pretty(manifest).map_err(Error::internal)? + "\n";
    std::fs::write(path, text).map_err(|error| {
        let path = path.display();
        Error::bad_input(format!("无法写入 {path}：{error}"), format!("cannot write {path}: {error}"))
    })
}
