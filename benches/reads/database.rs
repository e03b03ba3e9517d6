//! The database that is measured, made by what publishes in earnest: a SQLite file, made once and kept by seed and format,
//! or one of a PostgreSQL server.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result, bail};
use mulu::{
    catalogue::{check::Severity, draft::Document},
    clock::Clock,
    import::read_references,
    store::{Store, Then},
};
use sea_orm::{ConnectionTrait, Database};

use crate::generate::{self, DOMAINS, FORMAT, Published, SEED, Scale, TOWN_DOMAINS};
use crate::servers::Url;

/// Documents that are published in one transaction.
const DOCUMENTS: usize = 250;

/// The instant at which all of it was published, and at which it is asked for: 08:00 in Shanghai.
pub const NOW: &str = "2026-11-21T00:00:00Z";
const ORIGIN: &str = "bench.example/mulu";

/// The file of a scale, which is made where it is not there yet.
pub async fn made(scale: Scale, folder: &Path) -> Result<PathBuf> {
    let file = folder.join(format!("{}-{SEED}-{FORMAT}.db", scale.name));
    if file.exists() {
        // It may be of a version before.
        let store = Store::connect(&Url::of_file(&file).0, Clock::fixed(NOW.parse()?)).await?;
        store.migrate(ORIGIN).await?;
        store.close().await?;
        return Ok(file);
    }
    // Under another name until it is whole: what was interrupted is made again.
    let unfinished = file.with_extension("unfinished");
    for ending in ["unfinished", "unfinished-wal", "unfinished-shm"] {
        let _ = std::fs::remove_file(file.with_extension(ending));
    }
    make(scale, &Url::of_file(&unfinished)).await?;
    std::fs::rename(unfinished, &file)?;
    Ok(file)
}

/// A file of a scale that may be written to, beside the one that is kept.
pub async fn copied(scale: Scale, folder: &Path) -> Result<Url> {
    let copy = folder.join(format!("{}-copy.db", scale.name));
    for ending in ["db", "db-wal", "db-shm"] {
        let _ = std::fs::remove_file(copy.with_extension(ending));
    }
    std::fs::copy(made(scale, folder).await?, &copy)?;
    Ok(Url::of_file(&copy))
}

/// A database of a PostgreSQL server, made anew: the server is there for this alone.
pub async fn of_server(scale: Scale, server: &str) -> Result<Url> {
    let name = format!("mulu_bench_{}", scale.name.to_lowercase());
    let connection = Database::connect(server).await?;
    for statement in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
        connection.execute_unprepared(&statement).await?;
    }
    let (server, _) = server.rsplit_once('/').context("the URL of a PostgreSQL server names a database")?;
    let url = Url(format!("{server}/{name}"));
    make(scale, &url).await?;
    Ok(url)
}

async fn make(scale: Scale, url: &Url) -> Result<()> {
    let begun = Instant::now();
    let store = Store::connect(&url.0, Clock::fixed(NOW.parse()?)).await?;
    store.migrate(ORIGIN).await?;
    fill(&store, scale).await?;
    store.close().await?;
    println!("{}: made in {:.1} s", scale.name, begun.elapsed().as_secs_f64());
    Ok(())
}

async fn fill(store: &Store, scale: Scale) -> Result<()> {
    let mut files = mulu::bundled::reference();
    files.extend(generate::registers(scale));
    let (references, report) = read_references(&files, None);
    if report.refused() {
        bail!("the registers do not pass: {:?}", report.findings.first());
    }
    let (_, findings) = store.load_reference(references.records, |_| {}).await?;
    if let Some(finding) = findings.iter().find(|(_, finding)| finding.severity() == Severity::Error) {
        bail!("the registers do not pass: {finding:?}");
    }
    let guidelines = publish(store, generate::guidelines().into_iter()).await?;
    let villages = *guidelines.last().context("the last is that of villages")?;
    let places = (0..scale.counties).flat_map(|county| (0..DOMAINS).map(move |domain| (county, domain)));
    let counties = places.map(|(county, domain)| generate::of_county(county, domain, guidelines[domain]));
    let counties = publish(store, counties).await?;
    let domains = if scale.town_tables { TOWN_DOMAINS } else { 0 };
    let towns = scale.towns().flat_map(|(county, town)| {
        let upstream = &counties;
        let tables = (0..domains)
            .map(move |domain| generate::of_town(county, town, domain, upstream[county * DOMAINS + domain]));
        tables.chain([generate::of_villages(county, town, villages)])
    });
    publish(store, towns).await?;
    Ok(())
}

/// Publishes documents in batches; the digests of their versions.
async fn publish(store: &Store, mut documents: impl Iterator<Item = Document>) -> Result<Vec<Published>> {
    let mut published = Vec::new();
    loop {
        let some: Vec<Document> = documents.by_ref().take(DOCUMENTS).collect();
        if some.is_empty() {
            return Ok(published);
        }
        let (staged, findings) = store.stage(some, Then::Publish, || {}).await?;
        if let Some(finding) = findings.iter().find(|(_, finding)| finding.severity() == Severity::Error) {
            bail!("a document does not pass: {finding:?}");
        }
        published.extend(staged.into_iter().map(|staged| staged.digest));
    }
}
