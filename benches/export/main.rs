//! How fast data files leave a server, and how much memory it takes: 500,000 items in every format, made and kept, beside
//! nginx that serves the finished file and beside PostgreSQL that copies the same rows.
//!
//! `cargo bench --bench export` prints a table and writes it as JSON beside the database, which is made once, the same as
//! that of `reads`. Arguments after `--`: `--scale S` for 1,200 items, `--only csv,ndjson`, `--postgres URL` for a server
//! that is there for this alone, and `--nginx PATH` where it is not found by its name.

#[allow(dead_code, reason = "the comparison of `reads` needs more of it")]
#[path = "../reads/database.rs"]
mod database;
#[allow(dead_code, reason = "the comparison of `reads` needs more of it")]
#[path = "../reads/generate.rs"]
mod generate;
mod others;
mod report;
#[allow(dead_code, reason = "the comparison of `reads` needs more of it")]
#[path = "../reads/servers.rs"]
mod servers;
mod transfer;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};
use mulu::export::data::DataFormat;
use serde_json::Value;

use self::{
    database::NOW,
    generate::Scale,
    others::Nginx,
    report::{Figures, Report},
    servers::{Server, Url},
};

/// Formats of which the finished file is served by nginx, too.
const FINISHED: [DataFormat; 2] = [DataFormat::Csv, DataFormat::Ndjson];

struct Arguments {
    scale: Scale,
    formats: Vec<DataFormat>,
    postgres: Option<String>,
    nginx: PathBuf,
}

fn main() -> Result<()> {
    let asked = asked(std::env::args().skip(1))?;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("reads");
    std::fs::create_dir_all(&folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let file = runtime.block_on(database::made(asked.scale, &folder))?;
    let mut report = Report::default();
    let sqlite = Url::of_file(&file);
    let extent = finished(&sqlite, &folder)?;
    measure("SQLite", &sqlite, &asked.formats, &extent, &mut report)?;
    match Nginx::start(&asked.nginx, &folder)? {
        Some(nginx) => {
            for format in FINISHED {
                let path = format!("/platform.{}", format.extension());
                let seen = transfer::get(nginx.address, &path)?;
                report.add("nginx", format.extension(), Figures::new(seen, extent.rows));
            }
        }
        None => println!("nginx is not here ({}): what it would do is not measured", asked.nginx.display()),
    }
    if let Some(server) = &asked.postgres {
        let postgres = runtime.block_on(database::of_server(asked.scale, server))?;
        measure("PostgreSQL", &postgres, &asked.formats, &extent, &mut report)?;
        report.add("psql", "COPY", Figures::new(others::copy(&postgres)?, extent.rows));
    }
    report.print();
    let file = folder.join(format!("export-{}.json", asked.scale.name));
    std::fs::write(&file, report.json())?;
    println!("{}", file.display());
    Ok(())
}

fn asked(mut given: impl Iterator<Item = String>) -> Result<Arguments> {
    let (scale, formats, nginx) = (Scale::M, DataFormat::ALL.to_vec(), PathBuf::from("nginx"));
    let mut asked = Arguments { scale, formats, postgres: None, nginx };
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--bench" => {}
            "--postgres" => asked.postgres = Some(given.next().context("--postgres URL")?),
            "--nginx" => asked.nginx = given.next().context("--nginx PATH")?.into(),
            "--scale" => {
                let name = given.next().context("--scale S or M")?;
                let scale = [Scale::S, Scale::M].into_iter().find(|scale| scale.name == name);
                asked.scale = scale.context("--scale S or M")?;
            }
            "--only" => {
                let names = given.next().context("--only csv,ndjson")?;
                asked.formats.retain(|format| names.split(',').any(|name| name == format.extension()));
                ensure!(!asked.formats.is_empty(), "no format has the name {names}");
            }
            other => {
                bail!("`{other}` is not known: --scale S|M, --only csv,ndjson, --postgres URL, --nginx PATH")
            }
        }
    }
    Ok(asked)
}

/// Each format by a server of its own, so that what it takes is told apart; then once more, from where it is kept.
fn measure(
    store: &'static str,
    database: &Url,
    formats: &[DataFormat],
    extent: &Extent,
    report: &mut Report,
) -> Result<()> {
    for format in formats {
        let server = Server::mulu(database)?;
        let path = format!("/data/{}/platform.{}", extent.scope, format.extension());
        let before = server.cpu();
        let seen = transfer::get(server.address, &path)?;
        let mut figures = Figures::new(seen, extent.rows);
        (figures.cpu, figures.memory) = (Some(server.cpu() - before), Some(server.memory().1));
        report.add(store, format.extension(), figures);
        let before = server.cpu();
        let mut figures = Figures::new(transfer::get(server.address, &path)?, extent.rows);
        (figures.cpu, figures.memory) = (Some(server.cpu() - before), Some(server.memory().1));
        report.add(store, format!("{}, kept", format.extension()), figures);
    }
    Ok(())
}

/// What is exported.
struct Extent {
    rows: u64,
    /// The revision and the day of its links.
    scope: String,
}

/// Writes the files that nginx serves.
fn finished(database: &Url, folder: &Path) -> Result<Extent> {
    let mut extent = Extent { rows: 0, scope: String::new() };
    for format in FINISHED {
        let out = folder.join(format!("platform.{}", format.extension()));
        let out = out.to_str().context("a path")?;
        let told = mulu(
            database,
            &["export", "--all", "--format", format.extension(), "--out", out, "--force", "--json"],
        )?;
        let told: Value = serde_json::from_str(&told)?;
        let day = told["effectiveOn"].as_str().context("a day")?;
        extent.rows = told["rows"].as_u64().context("rows")?;
        extent.scope = format!("{}/{day}", told["revision"]);
    }
    Ok(extent)
}

fn mulu(database: &Url, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mulu"));
    command.args(arguments).env("MULU_DATABASE_URL", &database.0).env("MULU_NOW", NOW);
    let output = command.output()?;
    ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}
