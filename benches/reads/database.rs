//! The database that is measured: a SQLite file, made once by what publishes in earnest, and kept by seed and format.

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

use crate::generate::{self, DOMAINS, FORMAT, Published, SEED, Scale, TOWN_DOMAINS};

/// Documents that are published in one transaction.
const DOCUMENTS: usize = 250;

/// The instant at which all of it was published, and at which it is asked for: 08:00 in Shanghai.
pub const NOW: &str = "2026-11-21T00:00:00Z";

/// The file of a scale, which is made where it is not there yet.
pub async fn made(scale: Scale, folder: &Path) -> Result<PathBuf> {
    let file = folder.join(format!("{}-{SEED}-{FORMAT}.db", scale.name));
    if file.exists() {
        return Ok(file);
    }
    // Under another name until it is whole: what was interrupted is made again.
    let unfinished = file.with_extension("unfinished");
    for ending in ["unfinished", "unfinished-wal", "unfinished-shm"] {
        let _ = std::fs::remove_file(file.with_extension(ending));
    }
    let begun = Instant::now();
    let clock = Clock::fixed(NOW.parse()?);
    let store = Store::connect(&format!("sqlite://{}", unfinished.display()), clock).await?;
    store.migrate("bench.example/mulu").await?;
    fill(&store, scale).await?;
    store.close().await?;
    println!("{} was made in {:.1} s", file.display(), begun.elapsed().as_secs_f64());
    std::fs::rename(unfinished, &file)?;
    Ok(file)
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
