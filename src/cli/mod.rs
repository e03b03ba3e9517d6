//! The `mulu` command: one file a group of commands. Answers go to standard output, logs and progress to standard
//! error. Exit code 0: done; 1: refused or failed, said in both languages; 2: the command line itself is wrong.

mod adopt;
mod backup;
mod catalogue;
mod compared;
mod diff;
mod elements;
mod ending;
mod export;
mod import;
mod key;
mod log;
mod manifest;
mod operations;
mod proof;
mod publish;
mod query;
mod reference;
mod reparse;
mod report_file;
mod schema;
mod serve;
mod unit;
mod verify;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

use crate::{
    catalogue::scope::ScopeRequest,
    config::Config,
    error::{Error, Result},
    import::{File, Report},
    store::Store,
    telemetry,
};

/// 基层政务公开标准目录的开放数据平台 · the open catalogue of what grassroots governments disclose
#[derive(Debug, Parser)]
#[command(name = "mulu", version, arg_required_else_help = true)]
struct Cli {
    /// Settings file (TOML); without it mulu.toml is read where it is there
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Database, sqlite://FILE or postgres://USER@HOST/DATABASE
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer over HTTP
    Serve {
        /// Prepare an empty database first and load the example catalogue
        #[arg(long)]
        example: bool,
        /// Address to listen at, HOST:PORT
        #[arg(long)]
        listen: Option<SocketAddr>,
    },
    /// Make or update the tables and begin the log
    Migrate,
    /// Import catalogues from tables of any kind (.xlsx, .docx, .html …) or the canonical form, all or nothing
    Import(import::Import),
    /// Make a draft of a lower level from an upper one; merge it with what the place has already
    Adopt(adopt::Adopt),
    /// Read the wording of a catalogue's last version anew, and make a draft of what is now read otherwise
    Reparse(reparse::Reparse),
    /// Versions that nobody has published yet
    #[command(subcommand)]
    Draft(publish::DraftCommand),
    /// Publish drafts, all or none
    Publish {
        /// Digests (or eight digits and more of them) or catalogue codes
        #[arg(required = true)]
        drafts: Vec<String>,
    },
    /// Declare a version void from a day on
    Withdraw(publish::Withdraw),
    /// Declare that a catalogue has nothing in force from a day on
    Close(publish::Close),
    /// Look at catalogues
    #[command(subcommand)]
    Catalogue(catalogue::CatalogueCommand),
    /// Say what differs between two versions
    Diff(diff::Diff),
    /// Write a version as a file that people read, or data of any extent for machines
    Export(export::Export),
    /// Run a question in GraphQL to its end, page by page, and print a line of JSON for each node of its list
    Query(query::Query),
    /// Registers: divisions, units, domains, channels, assignments, legal bases, aliases, further elements
    #[command(subcommand)]
    Reference(reference::ReferenceCommand),
    /// Units: decisions on what their printed names mean
    #[command(subcommand)]
    Unit(unit::UnitCommand),
    /// Elements beyond the template: which a place or a domain has, which are required, how they look
    #[command(subcommand)]
    Elements(elements::ElementsCommand),
    /// Registered operations: what is asked of the server by name
    #[command(subcommand)]
    Operations(operations::OperationsCommand),
    /// Write the log and the drafts to one file while everything goes on
    Backup(backup::Backup),
    /// Fill an empty database, of either kind, from a backup
    Restore(backup::Restore),
    /// Remake every projection from `object` and `event`
    Rebuild,
    /// Recompute every digest, root, projection and checkpoint; name the first row that differs. With --file: check
    /// a proof or a manifest, without the database and the network
    Verify(verify::Verify),
    /// The keys that sign checkpoints
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Signed proofs that others can check with `mulu verify --file`
    #[command(subcommand)]
    Proof(proof::ProofCommand),
    /// Erase the bytes of an object for good; its digest stays
    Redact {
        /// The object's digest
        digest: crate::catalogue::digest::Digest,
        /// Why; becomes part of the log
        #[arg(long)]
        reason: String,
    },
    /// Print the settings in effect as TOML
    Config,
    /// Write the SDL of the read API and the JSON Schemas of what is imported
    Schema(schema::Schema),
}

impl Command {
    /// Whether it may append to the log, and so needs what signs.
    fn appends(&self) -> bool {
        match self {
            Self::Import(_) | Self::Adopt(_) | Self::Publish { .. } | Self::Withdraw(_) | Self::Close(_) => {
                true
            }
            Self::Reference(_) | Self::Unit(_) | Self::Redact { .. } | Self::Key(_) => true,
            Self::Reparse(_) => true,
            Self::Elements(command) => command.appends(),
            Self::Serve { example, .. } => *example,
            _ => false,
        }
    }
}

/// The two times under which something is read.
#[derive(Clone, Copy, Debug, Args)]
struct ScopeArgs {
    /// What is in force on this day (YYYY-MM-DD); today in Asia/Shanghai if left out
    #[arg(long, value_name = "DATE")]
    effective_on: Option<chrono::NaiveDate>,
    /// As far as the log was known at this instant (RFC 3339)
    #[arg(long, value_name = "INSTANT", conflicts_with = "revision")]
    known_at: Option<chrono::DateTime<chrono::Utc>>,
    /// As far as the log was known at this revision
    #[arg(long, value_name = "N")]
    revision: Option<u64>,
}

impl From<ScopeArgs> for ScopeRequest {
    fn from(args: ScopeArgs) -> Self {
        Self { effective_on: args.effective_on, revision: args.revision, known_at: args.known_at }
    }
}

/// Runs the command line of this process.
pub async fn run() -> ExitCode {
    // It is as large as the largest of all commands.
    match Box::pin(dispatch(Cli::parse())).await {
        Ok(code) => code,
        Err(error) => {
            let message = error.message();
            eprintln!("{}: {} · {}", error.code(), message.zh, message.en);
            if let Some(cause) = std::error::Error::source(&error) {
                tracing::error!(%cause, code = error.code());
            }
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(cli: Cli) -> Result<ExitCode> {
    let mut config = Config::load(cli.config.as_deref(), std::env::vars())?;
    if let Some(url) = cli.database_url {
        config.database_url = url;
    }
    telemetry::init(&config)?;
    match cli.command {
        Command::Config => {
            say(config.to_toml().trim_end());
            return Ok(ExitCode::SUCCESS);
        }
        Command::Schema(schema) => return schema.run(),
        Command::Operations(command) => return command.run(&config.limits).await,
        Command::Key(key::KeyCommand::Generate(generate)) => return generate.run(&config.origin),
        Command::Verify(ref verify) if let Some((file, key)) = verify.asked() => {
            return verify.run(file, key);
        }
        _ => {}
    }
    // Commands take as long as they take; whoever asks over HTTP does not wait for ever.
    let limit = matches!(cli.command, Command::Serve { .. }).then(|| config.limits.time());
    let mut store = Store::connect_within(&config.database_url, config.clock()?, limit).await?;
    // Whoever only reads need not be able to read the key.
    if cli.command.appends()
        && let Some(key) = config.signer()?
    {
        store = store.with_signer(key);
    }
    match cli.command {
        Command::Serve { example, listen } => {
            config.listen = listen.unwrap_or(config.listen);
            serve::run(store, &config, example).await
        }
        Command::Migrate => log::migrate(&store, &config).await,
        Command::Import(import) => import.run(&store).await,
        Command::Adopt(adopt) => adopt.run(&store).await,
        Command::Reparse(reparse) => reparse.run(&store).await,
        Command::Draft(command) => command.run(&store).await,
        Command::Publish { drafts } => publish::publish(&store, &drafts).await,
        Command::Withdraw(withdraw) => withdraw.run(&store).await,
        Command::Close(close) => close.run(&store).await,
        Command::Catalogue(command) => command.run(&store).await,
        Command::Diff(diff) => diff.run(&store).await,
        Command::Export(export) => export.run(&store, &config).await,
        Command::Query(query) => query.run(&store, config.limits).await,
        Command::Reference(command) => command.run(&store).await,
        Command::Unit(command) => command.run(&store).await,
        Command::Elements(command) => command.run(&store).await,
        Command::Backup(backup) => backup.run(&store, &config).await,
        Command::Restore(restore) => restore.run(&store).await,
        Command::Rebuild => log::rebuild(&store).await,
        Command::Verify(_) => log::verify(&store).await,
        Command::Key(command) => command.run(&store).await,
        Command::Proof(command) => command.run(&store).await,
        Command::Redact { digest, reason } => log::redact(&store, digest, &reason).await,
        Command::Config | Command::Schema(_) | Command::Operations(_) => Ok(ExitCode::SUCCESS),
    }
}

/// Reads files as the user named them.
fn files(paths: &[PathBuf]) -> Result<Vec<File>> {
    let read = |path: &PathBuf| {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| {
            Error::bad_input(format!("无法读取 {name}:{error}"), format!("cannot read {name}: {error}"))
        })?;
        Ok(File { name, bytes })
    };
    paths.iter().map(read).collect()
}

/// A line of the answer. A reader that has gone away, as `head` does, has had enough: that is no failure.
fn say(line: impl std::fmt::Display) {
    use std::io::Write;
    if writeln!(std::io::stdout(), "{line}").is_err() {
        std::process::exit(0);
    }
}

/// A value as indented JSON.
fn print_json<T: serde::Serialize>(value: &T) -> Result<()> {
    say(serde_json::to_string_pretty(value).map_err(Error::internal)?);
    Ok(())
}

/// The findings that a person must see: errors and warnings. Infos are counted.
fn print_report(report: &Report) {
    use crate::catalogue::check::Severity;
    for finding in report.findings.iter().filter(|finding| finding.severity != Severity::Info) {
        eprintln!("{finding}");
    }
    let [errors, warnings, infos] =
        [Severity::Error, Severity::Warning, Severity::Info].map(|s| report.count(s));
    if errors + warnings + infos > 0 {
        eprintln!("错误 errors: {errors}, 警告 warnings: {warnings}, 提示 infos: {infos}");
    }
}

/// A progress bar on a terminal, nothing elsewhere.
fn progress(length: usize) -> indicatif::ProgressBar {
    let bar = indicatif::ProgressBar::new(length as u64);
    let style = indicatif::ProgressStyle::with_template("{bar:40} {pos}/{len} {elapsed}");
    style.map_or(bar.clone(), |style| bar.with_style(style))
}
