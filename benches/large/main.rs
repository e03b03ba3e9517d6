//! A whole country: how long a server takes to be ready, how much memory it has, and how long a publish takes, with 665,272
//! divisions and 1.7 million catalogues.
//!
//! `cargo bench --bench large` prints what it measures and writes it as JSON beside the database, which is made once, in
//! about ten minutes, and takes 4 GB of the target directory. `-- --questions 1000` asks fewer than 10,000.

#[allow(dead_code, reason = "the comparison of `reads` needs more of it")]
#[path = "../reads/clients.rs"]
mod clients;
mod country;
mod database;
#[allow(dead_code, reason = "the comparison of `reads` needs more of it")]
#[path = "../reads/servers.rs"]
mod servers;

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};

use self::{
    clients::Connection,
    country::{ALL_COUNTIES, ALL_TOWNS, ALL_VILLAGES},
    servers::{Server, Url},
};

/// How often the same catalogue is published.
const EDITIONS: usize = 50;

const VILLAGE: &str =
    "query Village($division: String!) { items(filter: { division: $division }, first: 20) {
    totalCount nodes { code name division { fullName } responsibleUnits { text unit { name } } } } }";
const TOWN: &str = "query Town($division: String!) { catalogues(division: $division) { totalCount
    nodes { code title version { number itemCount } } } }";
const COUNTY: &str = "query County($division: String!) {
    items(filter: { division: $division, includeDescendants: true }, first: 20) { nodes { code name origin { code } } } }";
const LIST: &str = "query List($division: String!) {
    catalogues(division: $division, includeDescendants: true, first: 50) { totalCount nodes { code } } }";
const PAGE: &str = "query Page($domain: String!) { catalogues(domain: $domain, first: 50) {
    nodes { code division { name } } pageInfo { endCursor } } }";
const KINDS: [(&str, &str); 5] =
    [("village", VILLAGE), ("town", TOWN), ("county", COUNTY), ("list", LIST), ("page", PAGE)];

fn main() -> Result<()> {
    let mut questions = 10_000;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bench" => {}
            "--questions" => questions = arguments.next().context("--questions 1000")?.parse()?,
            other => bail!("`{other}` is not known: --questions N"),
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(run(questions))
}

async fn run(questions: usize) -> Result<()> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("reads");
    std::fs::create_dir_all(&folder)?;
    let file = database::made(&folder).await?;
    let mut told = Map::new();
    let mut tell = |name: &str, value: f64, unit: &str| {
        println!("{name:<34} {value:>9.1} {unit}");
        told.insert(format!("{name}, {unit}"), json!(value));
    };
    let begun = Instant::now();
    let server = Server::mulu(&Url::of_file(&file))?;
    ready(&server).await?;
    tell("ready", begun.elapsed().as_secs_f64() * 1000.0, "ms");
    tell("memory when ready", server.memory().0 as f64, "MB");
    let mut connection = Connection::open(server.address).await?;
    for (kind, document) in KINDS {
        let mut times = ask(&mut connection, document, kind, questions / KINDS.len()).await?;
        times.sort();
        let at = |share: usize| ms(times[(times.len() - 1) * share / 100]);
        tell(&format!("{kind}, median"), at(50), "ms");
        tell(&format!("{kind}, 99 of 100"), at(99), "ms");
        tell(&format!("{kind}, longest"), at(100), "ms");
    }
    tell("memory after questions", server.memory().0 as f64, "MB");
    let (mut published, mut seen) = publishes(&file, &mut connection).await?;
    published.sort();
    seen.sort();
    tell("publish of 30 rows, median", ms(published[EDITIONS / 2]), "ms");
    tell("publish of 30 rows, longest", ms(published[EDITIONS - 1]), "ms");
    tell("until it is seen, median", ms(seen[EDITIONS / 2]), "ms");
    tell("memory at most", server.memory().1 as f64, "MB");
    let report = folder.join("large.json");
    std::fs::write(&report, serde_json::to_vec_pretty(&Value::Object(told))?)?;
    println!("{}", report.display());
    Ok(())
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Waits until the server can answer.
async fn ready(server: &Server) -> Result<()> {
    let request = b"GET /readyz HTTP/1.1\r\nhost: bench.example\r\n\r\n";
    for _ in 0..60_000 {
        if let Ok(mut connection) = Connection::open(server.address).await
            && connection.ask(request).await.is_ok()
        {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    bail!("it is not ready after a minute")
}

/// Asks a question about so many places here and there; how long each took.
async fn ask(connection: &mut Connection, document: &str, kind: &str, many: usize) -> Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(many);
    for number in 0..many {
        // Far from one to the next, and none twice.
        let of = |all: usize| (number * 7_919 + 17) % all;
        let variables = match kind {
            "village" => json!({ "division": country::village(of(ALL_VILLAGES)) }),
            "town" => json!({ "division": country::town(of(ALL_TOWNS)) }),
            "page" => json!({ "domain": format!("{:02}", 1 + number % 26) }),
            _ => json!({ "division": country::county(of(ALL_COUNTIES)) }),
        };
        let begun = Instant::now();
        let answer = connection.data(document, &variables).await?;
        times.push(begun.elapsed());
        let found = answer.pointer("/items/nodes").or(answer.pointer("/catalogues/nodes"));
        let found = found.and_then(Value::as_array).map_or(0, Vec::len);
        ensure!(found > 0, "nothing of {variables}");
    }
    Ok(times)
}

/// Publishes while the server answers: how long the store takes, from the document to the disk, and how long after that the
/// server says so.
async fn publishes(file: &Path, connection: &mut Connection) -> Result<(Vec<Duration>, Vec<Duration>)> {
    let store = database::store(file).await?;
    let question = format!("{{ catalogue(code: \"{}\") {{ version {{ number }} }} }}", database::PUBLISHED);
    let number = |answer: Value| answer.pointer("/catalogue/version/number").and_then(Value::as_u64);
    let (mut published, mut seen) = (Vec::new(), Vec::new());
    let first = number(connection.data(&question, &json!({})).await?).context("a version")?;
    for edition in first..first + EDITIONS as u64 {
        let document = database::edition(usize::try_from(edition)?)?;
        let begun = Instant::now();
        database::publish(&store, document).await?;
        published.push(begun.elapsed());
        let begun = Instant::now();
        while number(connection.data(&question, &json!({})).await?) != Some(edition + 1) {
            ensure!(begun.elapsed() < Duration::from_secs(10), "it is not seen");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        seen.push(begun.elapsed());
    }
    store.close().await?;
    Ok((published, seen))
}
