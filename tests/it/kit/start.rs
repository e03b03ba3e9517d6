//! What tests begin with: databases that are made once and copied for every test.

use mulu::{
    clock::Clock,
    import::{File, read_references},
    store::Store,
};
use tokio::sync::OnceCell;

use super::{Backend, Database, NOW, ORIGIN, TestApp, database::Master, documents::registers, source};

/// What a database holds when a test begins.
#[derive(Clone, Copy)]
enum Start {
    /// A begun log and a few registers.
    Registers,
    /// These and all that comes with mulu.
    Bundled,
    /// What `mulu serve --example` makes.
    Example,
}

/// The master of each start, on either store.
static MASTERS: [[OnceCell<Master>; 2]; 3] = [const { [const { OnceCell::const_new() }; 2] }; 3];

impl TestApp {
    /// A begun log and a few registers.
    pub async fn new(backend: Backend) -> Self {
        Self::copied(backend, Start::Registers).await
    }

    /// The same with the registers that come with mulu.
    pub async fn bundled(backend: Backend) -> Self {
        Self::copied(backend, Start::Bundled).await
    }

    /// What `mulu serve --example` makes, at the tests' instant.
    pub async fn example(backend: Backend) -> Self {
        Self::copied(backend, Start::Example).await
    }

    /// A fresh database without tables.
    pub async fn empty(backend: Backend) -> Self {
        Self::on(Database::create(backend).await).await
    }

    async fn copied(backend: Backend, start: Start) -> Self {
        let made = || async {
            let Self { database, store, .. } = Self::made(backend, start).await;
            store.close().await.unwrap();
            database.into_master()
        };
        let master = MASTERS[start as usize][backend as usize].get_or_init(made).await;
        Self::on(Database::copy(master).await).await
    }

    async fn made(backend: Backend, start: Start) -> Self {
        let app = Self::empty(backend).await;
        match start {
            Start::Registers => app.begin().await,
            Start::Bundled => {
                app.begin().await;
                app.ok(&["reference", "load", "--bundled"]);
            }
            Start::Example => {
                app.ok(&["migrate"]);
                app.ok(&["reference", "load", "--bundled"]);
                let files = example();
                let files = files.iter().map(String::as_str);
                app.ok(&["import", "--publish"].into_iter().chain(files).collect::<Vec<_>>());
            }
        }
        app
    }

    async fn begin(&self) {
        self.store.migrate(ORIGIN).await.unwrap();
        self.load(registers()).await;
    }

    /// Its database as many times over. Nobody may use this one any more.
    pub async fn copies(self, many: usize) -> Vec<Database> {
        self.store.close().await.unwrap();
        let master = self.database.into_master();
        let mut copies = Vec::with_capacity(many);
        for _ in 0..many {
            copies.push(Database::copy(&master).await);
        }
        copies
    }

    /// What works on a database.
    pub async fn on(database: Database) -> Self {
        let clock = Clock::fixed(NOW.parse().unwrap());
        let store = Store::connect(&database.url, clock.clone()).await.unwrap();
        Self { database, store, clock }
    }

    /// Loads registers that must pass.
    pub async fn load(&self, files: Vec<File>) {
        let (references, report) = read_references(&files, None);
        assert!(!report.refused(), "{:?}", report.findings);
        let (_, findings) = self.store.load_reference(references.records, |_| {}).await.unwrap();
        assert_eq!(findings, []);
    }
}

/// The files of the example's catalogues.
fn example() -> Vec<String> {
    let files = std::fs::read_dir(source("examples/catalogue/catalogues")).unwrap();
    let mut files: Vec<String> = files.map(|file| file.unwrap().path().display().to_string()).collect();
    files.sort();
    files
}
