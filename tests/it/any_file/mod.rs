//! Whatever becomes of a file, its import ends soon: it is read, or refused with the reason, and there is a report.
//!
//! Sound files of every kind are changed at random: bytes, tags, attributes, words, whole parts of packages. Each goes
//! the way of `mulu import --dry-run --report` in a process of its own ([`trial`]), where nothing can hide: a panic
//! that is caught, memory that is given back, a process that ends. The databases have the corpus's places and units, and
//! most have last versions of its catalogues, so that files are not refused at the door. What was found once lies in
//! `tests/corpus/` and is tried first, as it is.
//!
//! Tests begin in the order of their names: this one, which takes half an hour of `make soak`, is among the first.

mod change;
mod seeds;
mod trial;
mod words;

use std::{
    cell::RefCell,
    path::Path,
    time::{Duration, Instant},
};

use proptest::{prelude::*, sample::Index, test_runner::TestError};

use self::{
    change::{Change, changed, changes},
    seeds::Seed,
    trial::{Answer, Trial},
};
use crate::kit::{Backend, Database, TestApp, timed};

/// How long the trials go on where all of them are run.
const FULL: Duration = Duration::from_secs(30 * 60);
/// How many trials it takes before memory that grows is told from memory that is kept for the next file.
const SETTLED: usize = 200;
/// How much more memory may be kept at the end than in the beginning.
const GROWTH_KB: u64 = 128 << 10;

/// A file to be: a sound one, what is done to it, one to take pieces from, how it is asked for, and the database.
type Case = (Index, Vec<Change>, Index, bool, Index);

/// What became of the files.
#[derive(Default)]
struct Tally {
    tried: usize,
    refused: usize,
    told: usize,
    matched: usize,
    changed: usize,
    slowest: Answer,
    largest: Answer,
    kept_kb: Vec<u64>,
}

impl Tally {
    fn add(&mut self, answer: &Answer) {
        self.tried += 1;
        self.refused += usize::from(answer.refused);
        self.told += usize::from(answer.told);
        self.matched += usize::from(answer.matched);
        self.changed += usize::from(answer.changed);
        self.kept_kb.push(answer.kept_kb);
        if answer.cpu_ms > self.slowest.cpu_ms {
            self.slowest = answer.clone();
        }
        if answer.peak_kb > self.largest.peak_kb {
            self.largest = answer.clone();
        }
    }

    /// Memory that is kept after the first and the last files. The least of several: one large file is no growth.
    fn growth_kb(&self) -> Option<(u64, u64)> {
        let (first, last) = (self.kept_kb.get(..SETTLED)?, self.kept_kb.get(SETTLED * 2..)?);
        let last = &last[last.len().saturating_sub(SETTLED)..];
        Some((*first.iter().max()?, *last.iter().min()?))
    }
}

/// The trials; a process that ended is started again for the next.
struct Trials<'a> {
    databases: &'a [Database],
    running: Option<Trial>,
    tally: Tally,
}

impl Trials<'_> {
    /// What is wrong with the import of a file. Its bytes are kept where Cargo keeps what tests leave behind.
    fn fault(&mut self, database: usize, name: &str, bytes: &[u8], asked: Option<&str>) -> Option<String> {
        let database = &self.databases[database];
        let path = database.directory.path().join("file");
        std::fs::write(&path, bytes).unwrap();
        let trial = self.running.get_or_insert_with(Trial::start);
        let fault = match trial.of(&database.url, &path, name, asked.map(|code| code.parse().unwrap())) {
            Ok(answer) => {
                self.tally.add(&answer);
                answer.fault
            }
            Err(ended) => {
                self.running = None;
                Some(ended)
            }
        }?;
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()));
        std::fs::write(&kept, bytes).unwrap();
        Some(format!("{fault}\nthe file: {}", kept.display()))
    }
}

#[test]
fn is_read_or_refused_soon_and_with_a_report() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (seeds, databases) =
        runtime.block_on(async { seeds::all(TestApp::empty(Backend::Sqlite).await).await });
    let mut trials = Trials { databases: &databases, running: None, tally: Tally::default() };
    for seed in &seeds {
        for (database, asked) in [(0, None), (seed.published.unwrap_or(0), Some(&*seed.catalogue))] {
            assert_eq!(trials.fault(database, &seed.name, &seed.bytes, asked), None, "{}", seed.name);
        }
    }
    trials.tally = Tally::default();
    let trials = RefCell::new(trials);
    mutate(&seeds, &trials);
    let Tally { tried, refused, told, matched, changed, slowest, largest, .. } = &trials.borrow().tally;
    eprintln!(
        "mutated files: {tried} tried, of {told} it was clear whose they are, {matched} had items of a last version, \
         {changed} would have changed it, {refused} refused; at most {} ms ({}) and {} MB ({})",
        slowest.cpu_ms,
        slowest.name,
        largest.peak_kb >> 10,
        largest.name
    );
    // Otherwise nothing but the door is tried.
    let share = |many: &usize| many * 100 / tried.max(&1);
    assert!(share(told) >= 40 && share(matched) >= 25 && share(changed) >= 10, "too many end early");
    if let Some((first, last)) = trials.borrow().tally.growth_kb() {
        eprintln!("mutated files: {} MB kept in the beginning, {} MB in the end", first >> 10, last >> 10);
        assert!(last < first + GROWTH_KB, "memory grows: {first} kB, then {last} kB");
    }
}

fn mutate(seeds: &[Seed], trials: &RefCell<Trials<'_>>) {
    let (mut runner, end) = timed("mutated files", FULL);
    let databases = trials.borrow().databases.len();
    let cases = (any::<Index>(), changes(), any::<Index>(), any::<bool>(), any::<Index>());
    let try_one = |(seed, changes, other, asked, database): Case| {
        let (seed, other) = (seed.get(seeds), other.get(seeds));
        let bytes = changed(&seed.bytes, &changes, &other.bytes);
        let asked = asked.then_some(&*seed.catalogue);
        match trials.borrow_mut().fault(database.index(databases), &seed.name, &bytes, asked) {
            None => Ok(()),
            Some(fault) => Err(TestCaseError::fail(format!("{}: {fault}", seed.name))),
        }
    };
    while Instant::now() < end {
        let case = cases.new_tree(&mut runner).unwrap();
        if let Err(TestError::Fail(reason, (_, changes, ..))) = runner.run_one(case, try_one) {
            panic!("{reason}\n{changes:#?}");
        }
    }
}
