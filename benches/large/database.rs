//! The database that is measured: a SQLite file, made once and kept. Registers and guidelines are loaded and published in
//! earnest; the 1.7 million catalogues are written as rows, because publishing each would take hours. So it lacks the
//! objects that only proofs and `mulu verify` need, the entries and lists of entries; all else is as it would be.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result, bail};
use mulu::{
    catalogue::{
        check::Severity,
        code::CatalogueCode,
        content::Content,
        digest::Digest,
        draft::{Document, Header, Row},
        event::{Event, EventBody, Published},
        format::Format,
        lineage::{Origin, Relation},
        local::{Local, UnitText},
        merkle::{self, Frontier},
        version::{BasedOn, Entry, Version},
    },
    clock::Clock,
    import::{File, read_references},
    store::{Store, Then},
};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, Statement,
    TransactionTrait, Value,
};

use crate::country::{self, Made};

/// Changes whenever something else is made: then a kept file is made anew.
const FORMAT: u32 = 1;

/// Rows of a table that go into one statement.
const ROWS: usize = 1_000;

/// The instant at which all of it was published, and at which it is asked for: 08:00 in Shanghai.
pub const NOW: &str = "2026-11-21T00:00:00Z";

/// The guideline from which every row is taken.
const GUIDELINE: &str = "100000000000-00G";
const GUIDELINE_ROWS: usize = 50;
/// The place whose catalogue of thirty rows is published again and again.
pub const PUBLISHED: &str = "100000000000-00S";
const PUBLISHED_ROWS: usize = 30;

pub fn url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

/// A store of the file.
pub async fn store(file: &Path) -> Result<Store> {
    Ok(Store::connect(&url(file), Clock::fixed(NOW.parse()?)).await?)
}

/// The file, which is made where it is not there yet.
pub async fn made(folder: &Path) -> Result<PathBuf> {
    let file = folder.join(format!("L-{FORMAT}.db"));
    if file.exists() {
        return Ok(file);
    }
    // Under another name until it is whole: what was interrupted is made again.
    let unfinished = file.with_extension("unfinished");
    for ending in ["unfinished", "unfinished-wal", "unfinished-shm"] {
        let _ = std::fs::remove_file(file.with_extension(ending));
    }
    let begun = Instant::now();
    let store = store(&unfinished).await?;
    store.migrate("bench.example/mulu").await?;
    register(&store, mulu::bundled::reference()).await?;
    register(&store, vec![country::register()]).await?;
    println!("{} divisions after {:.0} s", country::DIVISIONS, begun.elapsed().as_secs_f64());
    let guideline = publish(&store, document(GUIDELINE, GUIDELINE_ROWS, 0)?).await?;
    publish(&store, document(PUBLISHED, PUBLISHED_ROWS, 0)?).await?;
    store.close().await?;
    fill(&unfinished, guideline).await?;
    println!("{} was made in {:.0} s", file.display(), begun.elapsed().as_secs_f64());
    std::fs::rename(unfinished, &file)?;
    Ok(file)
}

async fn register(store: &Store, files: Vec<File>) -> Result<()> {
    let (references, report) = read_references(&files, None);
    if report.refused() {
        bail!("the registers do not pass: {:?}", report.findings.first());
    }
    let (_, findings) = store.load_reference(references.records, |_| {}).await?;
    match findings.iter().find(|(_, finding)| finding.severity() == Severity::Error) {
        Some(finding) => bail!("the registers do not pass: {finding:?}"),
        None => Ok(()),
    }
}

/// Publishes a document; the digest of its version.
pub async fn publish(store: &Store, document: Document) -> Result<Digest> {
    let (staged, findings) = store.stage(vec![document], Then::Publish, || {}).await?;
    let staged = staged.first().with_context(|| format!("it does not pass: {findings:?}"))?;
    Ok(staged.digest)
}

/// A document of so many rows, in one of its editions.
pub fn document(code: &str, rows: usize, edition: usize) -> Result<Document> {
    let catalogue: CatalogueCode = code.parse()?;
    let row = |number: usize| {
        let name =
            if edition == 0 { format!("事项{number}") } else { format!("事项{number}（{edition}）") };
        let content = Content { names: vec![name.as_str().into()], ..Content::default() };
        let item = u32::try_from(number + 1).ok().map(|serial| catalogue.item(serial));
        Row { item, content, local: local(), ..Row::default() }
    };
    let rows = (0..rows).map(row).collect();
    let header = Header {
        catalogue: catalogue.clone(),
        title: None,
        publisher: None,
        label: "2026年版".into(),
        effective_from: "2026-01-01".parse()?,
        note: None,
        based_on: None,
        elements: Vec::new(),
        sources: Vec::new(),
        omissions: Vec::new(),
    };
    Ok(Document { header, rows })
}

/// The catalogue that is published while others ask.
pub fn edition(edition: usize) -> Result<Document> {
    document(PUBLISHED, PUBLISHED_ROWS, edition)
}

/// Who answers for every row: one part that all share.
fn local() -> Local {
    Local {
        units: Some(vec![UnitText { text: "村民委员会".into(), alternatives: None }]),
        ..Local::default()
    }
}

/// Writes all catalogues as rows.
async fn fill(file: &Path, guideline: Digest) -> Result<()> {
    let mut options = ConnectOptions::new(url(file));
    options.max_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(|o| {
        o.pragma("journal_mode", "OFF")
            .pragma("synchronous", "OFF")
            .pragma("cache_size", "-2000000")
            .statement_cache_capacity(64)
    });
    let database = Database::connect(options).await?;
    let indexes =
        texts(&database, "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").await?;
    let names =
        texts(&database, "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").await?;
    // Made at the end, all at once.
    for name in names {
        database.execute_unprepared(&format!("DROP INDEX {name}")).await?;
    }
    let mut filling = Filling::new(database.begin().await?, guideline).await?;
    for made in country::catalogues() {
        filling.add(&made).await?;
    }
    filling.end().await?;
    for index in indexes {
        database.execute_unprepared(&index).await?;
    }
    Ok(database.close().await?)
}

async fn texts(database: &DatabaseConnection, statement: &str) -> Result<Vec<String>> {
    let rows = database.query_all_raw(Statement::from_string(DbBackend::Sqlite, statement)).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Rows of a table that wait for others.
struct Table {
    name: &'static str,
    columns: &'static [&'static str],
    waiting: Vec<Value>,
}

impl Table {
    fn new(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { name, columns, waiting: Vec::new() }
    }

    async fn add(
        &mut self,
        transaction: &DatabaseTransaction,
        row: impl IntoIterator<Item = Value>,
    ) -> Result<()> {
        self.waiting.extend(row);
        if self.waiting.len() >= ROWS * self.columns.len() { self.write(transaction).await } else { Ok(()) }
    }

    async fn write(&mut self, transaction: &DatabaseTransaction) -> Result<()> {
        let row = format!("({})", vec!["?"; self.columns.len()].join(","));
        let rows = vec![row; self.waiting.len() / self.columns.len()].join(",");
        if rows.is_empty() {
            return Ok(());
        }
        let text = format!("INSERT INTO {} ({}) VALUES {rows}", self.name, self.columns.join(","));
        let values = std::mem::take(&mut self.waiting);
        transaction.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, text, values)).await?;
        Ok(())
    }
}

/// What is being written.
struct Filling {
    transaction: DatabaseTransaction,
    frontier: Frontier,
    guideline: Digest,
    /// What the rows of the guideline say, and what all rows say besides.
    contents: Vec<Digest>,
    local: Digest,
    object: Table,
    event: Table,
    log: Table,
    catalogue: Table,
    version: Table,
    entry: Table,
    tree: Table,
}

impl Filling {
    async fn new(transaction: DatabaseTransaction, guideline: Digest) -> Result<Self> {
        let last = "SELECT revision, frontier FROM log ORDER BY revision DESC LIMIT 1";
        let last = transaction.query_one_raw(Statement::from_string(DbBackend::Sqlite, last)).await?;
        let last = last.context("a log that has begun")?;
        let (size, frontier): (i64, Vec<u8>) = (last.try_get_by_index(0)?, last.try_get_by_index(1)?);
        let frontier = Frontier::from_bytes(size.unsigned_abs(), &frontier).context("the log's edge")?;
        let said = document(GUIDELINE, GUIDELINE_ROWS, 0)?.rows;
        let contents = said.iter().map(|row| Ok(row.content.to_object()?.digest)).collect::<Result<_>>()?;
        Ok(Self {
            transaction,
            frontier,
            guideline,
            contents,
            local: local().to_object()?.digest,
            object: Table::new("object", &["digest", "bytes"]),
            event: Table::new("event", &["revision", "bytes"]),
            log: Table::new("log", &["revision", "at", "kind", "leaf", "frontier"]),
            catalogue: Table::new("catalogue", &["code", "division", "domain", "kind", "part", "revision"]),
            version: Table::new(
                "version",
                &["catalogue", "number", "digest", "entries", "size", "effective_from", "revision"],
            ),
            entry: Table::new(
                "entry",
                &[
                    "catalogue",
                    "number",
                    "position",
                    "item",
                    "serial",
                    "leaf",
                    "content",
                    "local",
                    "relation",
                    "origin_item",
                    "origin_version",
                    "changed",
                    "revision",
                ],
            ),
            tree: Table::new("tree", &["version", "bytes", "revision"]),
        })
    }

    /// Publishes the first version of a catalogue: some rows of the guideline.
    async fn add(&mut self, made: &Made) -> Result<()> {
        let code: CatalogueCode = made.code.parse()?;
        let above: CatalogueCode = GUIDELINE.parse()?;
        let revision = self.frontier.size() + 1;
        let number = revision.cast_signed();
        let transaction = &self.transaction;
        let bytes = |digest: &Digest| Value::from(digest.as_bytes().to_vec());
        let (mut leaves, mut entries) = (Vec::with_capacity(made.rows), Vec::with_capacity(made.rows));
        for row in 0..made.rows {
            let from = (usize::try_from(revision)? + row) % self.contents.len();
            let origin = Origin { item: above.item(u32::try_from(from + 1)?), version: self.guideline };
            let item = code.item(u32::try_from(row + 1)?);
            let entry = Entry {
                item: item.clone(),
                content: self.contents[from],
                local: self.local,
                relation: Relation::Adopted,
                origin: Some(origin.clone()),
                reason: None,
                source: None,
            };
            let leaf = entry.to_object()?.digest;
            leaves.push(leaf);
            let place = i32::try_from(row)?;
            let values: [Value; 13] = [
                made.code.clone().into(),
                1.into(),
                place.into(),
                item.to_string().into(),
                (place + 1).into(),
                bytes(&leaf),
                bytes(&entry.content),
                bytes(&entry.local),
                "ADOPTED".into(),
                origin.item.to_string().into(),
                bytes(&origin.version),
                number.into(),
                number.into(),
            ];
            self.entry.add(transaction, values).await?;
            entries.push(Some((entry, revision)));
        }
        let version = Version {
            catalogue: code.clone(),
            number: 1,
            title: None,
            publisher: None,
            label: "2026年版".into(),
            effective_from: "2026-01-01".parse()?,
            previous: None,
            based_on: Some(BasedOn { catalogue: above, number: 1, digest: self.guideline }),
            note: None,
            element_schemas: Vec::new(),
            sources: Vec::new(),
            omissions: Vec::new(),
            size: u32::try_from(made.rows)?,
            entries: merkle::root(leaves),
        };
        let header = version.to_object()?;
        let published = Published {
            catalogue: code.clone(),
            number: 1,
            version: header.digest,
            entries: version.entries,
            size: version.size,
            effective_from: version.effective_from,
        };
        let at = mulu::catalogue::event::Instant::new(NOW.parse()?);
        let event = Event::new(revision, at, None, EventBody::Published(published)).to_bytes()?;
        let leaf = merkle::leaf_hash(&event);
        self.frontier.push(leaf);
        let edge = self.frontier.to_bytes();
        let logged = [number.into(), at.to_string().into(), "PUBLISHED".into(), bytes(&leaf), edge.into()];
        self.log.add(transaction, logged).await?;
        self.event.add(transaction, [number.into(), event.into()]).await?;
        let kind = serde_json::to_value(code.kind)?;
        let listed: [Value; 6] = [
            made.code.clone().into(),
            code.division.to_string().into(),
            code.domain.as_ref().map(ToString::to_string).into(),
            kind.as_str().context("a kind is a word")?.into(),
            i32::from(code.part).into(),
            number.into(),
        ];
        self.catalogue.add(transaction, listed).await?;
        let shown: [Value; 7] = [
            made.code.clone().into(),
            1.into(),
            bytes(&header.digest),
            bytes(&version.entries),
            i32::try_from(made.rows)?.into(),
            version.effective_from.into(),
            number.into(),
        ];
        self.version.add(transaction, shown).await?;
        let packed = mulu::store::pack(&entries)?;
        self.tree.add(transaction, [bytes(&header.digest), packed.into(), number.into()]).await?;
        self.object.add(transaction, [bytes(&header.digest), header.bytes.into()]).await
    }

    async fn end(mut self) -> Result<()> {
        for table in [
            &mut self.object,
            &mut self.event,
            &mut self.log,
            &mut self.catalogue,
            &mut self.version,
            &mut self.entry,
            &mut self.tree,
        ] {
            table.write(&self.transaction).await?;
        }
        let head = format!("UPDATE head SET revision = {}", self.frontier.size());
        self.transaction.execute_unprepared(&head).await?;
        Ok(self.transaction.commit().await?)
    }
}
