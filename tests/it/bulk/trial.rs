//! One import in a process of its own, which tells what it took.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use mulu::{
    catalogue::{diff::ChangeKind, draft::Document},
    clock::Clock,
    import::{Asked, File, Options, Outcome, Progress, ReportKind, read_telling},
    store::{Store, Then},
};
use serde::{Deserialize, Serialize};

use crate::kit::{NOW, cpu_ms, memory_kb};

/// Tells the process what to import.
const QUESTION: &str = "BULK_IMPORT";

#[derive(Serialize, Deserialize)]
pub(super) struct Question {
    pub(super) url: String,
    pub(super) path: PathBuf,
    /// Publish it, else check it and write the report.
    pub(super) publish: bool,
}

/// What an import took and came to.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) rows: usize,
    /// The work, on however many processors.
    pub(super) cpu_ms: u64,
    /// The time on the clock, whatever else the machine did.
    pub(super) ms: u128,
    /// The most memory of the whole process.
    pub(super) peak_kb: u64,
    /// How often the progress was told.
    pub(super) told: usize,
    /// How many items are new, changed and gone, of a check against a last version.
    pub(super) changes: Option<[usize; 3]>,
}

/// Imports a file in a process of its own.
pub(super) fn import(question: &Question) -> Answer {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "bulk::trial::process", "--ignored", "--nocapture"]);
    let output = command.env(QUESTION, serde_json::to_string(question).unwrap()).output().unwrap();
    // The harness says something, too.
    let said = String::from_utf8_lossy(&output.stdout);
    let answer = said.lines().find_map(|line| serde_json::from_str(line).ok());
    answer.unwrap_or_else(|| panic!("{said}{}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
#[ignore = "the process of one import, which the tests above start"]
fn process() {
    let Ok(question) = std::env::var(QUESTION) else { return };
    let Question { url, path, publish } = serde_json::from_str(&question).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (begun, work) = (Instant::now(), cpu_ms());
    let mut answer = runtime.block_on(async {
        let store = Store::connect(&url, Clock::fixed(NOW.parse().unwrap())).await.unwrap();
        staged(&store, &path, publish).await
    });
    answer.cpu_ms = cpu_ms().saturating_sub(work);
    answer.ms = begun.elapsed().as_millis();
    answer.peak_kb = memory_kb("VmHWM");
    println!("\n{}", serde_json::to_string(&answer).unwrap());
}

/// The way of `mulu import --publish`, or that of `mulu import --dry-run --report report.xlsx`.
async fn staged(store: &Store, path: &Path, publish: bool) -> Answer {
    let file = File { name: "table.xlsx".to_owned(), bytes: std::fs::read(path).unwrap() };
    let asked = Asked { domain: Some(None), ..Asked::default() };
    let mut told = 0;
    let mut tell = |_: Progress| told += 1;
    let options = Options { asked, ..Options::default() };
    let (parsed, mut report) = read_telling(store, &[file], &options, &mut tell).await.unwrap();
    assert!(!report.refused(), "{:?}", report.findings.iter().take(3).collect::<Vec<_>>());
    let (documents, origins): (Vec<Document>, Vec<_>) =
        parsed.into_iter().map(|one| (one.document, one.origin)).unzip();
    let rows = documents.iter().map(|document| document.rows.len()).sum();
    let then = if publish { Then::Publish } else { Then::Forget };
    let (mut staged, findings) = store.stage(documents, then, || {}).await.unwrap();
    let mut changes = None;
    for one in &mut staged {
        let Some(draft) = one.draft.take() else { continue };
        one.difference = store.preview(draft.digest, &draft.version, &draft.objects).await.unwrap();
        let kinds = [ChangeKind::Added, ChangeKind::Changed, ChangeKind::Removed];
        changes = one.difference.as_ref().map(|difference| kinds.map(|kind| difference.count(kind)));
    }
    findings.into_iter().for_each(|(document, finding)| report.extend([finding], &origins[document]));
    assert!(!report.refused(), "{:?}", report.findings.iter().take(3).collect::<Vec<_>>());
    if !publish {
        ReportKind::Xlsx.write(&Outcome::new(staged, report, true)).unwrap();
    }
    Answer { rows, cpu_ms: 0, ms: 0, peak_kb: 0, told, changes }
}
