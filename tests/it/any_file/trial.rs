//! One file at a time through the whole import, in a process that is measured: how long, how much memory, and whether
//! anything panicked that was then caught.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Mutex,
        mpsc::{Receiver, channel},
    },
    time::Duration,
};

use mulu::{
    catalogue::{code::CatalogueCode, draft::Document, layout::Layout, scope::ScopeRequest},
    clock::Clock,
    error::Error,
    export::{FileKind, write},
    import::{Asked, File, Options, Outcome, ReportKind, TaskOptions, Wanted, read, read_tasks},
    store::{Store, Then},
};
use serde::{Deserialize, Serialize};

use crate::kit::{NOW, cpu_ms, edition, forget_peak, memory_kb};

/// How long a file may take: not of the clock, which also runs for whatever else the machine does.
const CPU_MS: u64 = 10_000;
/// How long until a process counts as hanging.
const PATIENCE: Duration = Duration::from_secs(180);
/// How much memory a file may take.
const PEAK_KB: u64 = 1 << 20;
/// Whose a table of tasks is.
const PLACE: &str = "990121000000";
/// Tells the process of trials that it is one.
const TRIALS: &str = "MUTATION_TRIALS";

#[derive(Serialize, Deserialize)]
struct Question {
    database: String,
    path: PathBuf,
    name: String,
    asked: Option<CatalogueCode>,
}

/// What a trial came to.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) name: String,
    pub(super) refused: bool,
    /// Whether it was clear whose it is, so that documents were made of it.
    pub(super) told: bool,
    /// Whether rows were found to be items of a last version.
    pub(super) matched: bool,
    /// Whether it would have changed that version.
    pub(super) changed: bool,
    pub(super) cpu_ms: u64,
    /// How much memory was taken for the file, at most.
    pub(super) peak_kb: u64,
    /// How much memory the process has afterwards.
    pub(super) kept_kb: u64,
    pub(super) fault: Option<String>,
}

/// The process of trials.
pub(super) struct Trial {
    child: Child,
    questions: ChildStdin,
    answers: Receiver<Answer>,
}

impl Trial {
    pub(super) fn start() -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "any_file::trial::process", "--ignored", "--nocapture"]);
        command.env(TRIALS, "1").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (questions, lines) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let (sender, answers) = channel();
        std::thread::spawn(move || {
            // The harness says something, too.
            let answers =
                lines.lines().map_while(Result::ok).filter_map(|line| serde_json::from_str(&line).ok());
            answers.into_iter().try_for_each(|answer| sender.send(answer))
        });
        Self { child, questions, answers }
    }

    /// An error says that the process has ended, or has been ended for taking too long.
    pub(super) fn of(
        &mut self,
        database: &str,
        path: &Path,
        name: &str,
        asked: Option<CatalogueCode>,
    ) -> Result<Answer, String> {
        let (database, name) = (database.to_owned(), name.to_owned());
        let question = Question { database, path: path.to_owned(), name, asked };
        let question = serde_json::to_string(&question).unwrap();
        let sent = writeln!(self.questions, "{question}").and_then(|()| self.questions.flush());
        let answer = sent.ok().and_then(|()| self.answers.recv_timeout(PATIENCE).ok());
        answer.ok_or_else(|| match self.child.try_wait() {
            Ok(Some(status)) => format!("the process ended: {status}"),
            _ => format!("no answer within {PATIENCE:?}"),
        })
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[test]
#[ignore = "the process of trials, which the test above starts"]
fn process() {
    if std::env::var_os(TRIALS).is_none() {
        return;
    }
    std::panic::set_hook(Box::new(|panic| PANICS.lock().unwrap().push(panic.to_string())));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut stores: HashMap<String, Store> = HashMap::new();
    for line in std::io::stdin().lines() {
        let question: Question = serde_json::from_str(&line.unwrap()).unwrap();
        let file = File { name: question.name, bytes: std::fs::read(question.path).unwrap() };
        let store = stores.entry(question.database).or_insert_with_key(|url| {
            runtime.block_on(Store::connect(url, Clock::fixed(NOW.parse().unwrap()))).unwrap()
        });
        let answer = runtime.block_on(measured(store, file, question.asked));
        println!("\n{}", serde_json::to_string(&answer).unwrap());
    }
}

async fn measured(store: &Store, file: File, asked: Option<CatalogueCode>) -> Answer {
    forget_peak();
    let (before, begun) = (memory_kb("VmRSS"), cpu_ms());
    let name = file.name.clone();
    let done = import(store, file, asked).await;
    let cpu_ms = cpu_ms().saturating_sub(begun);
    let (peak_kb, kept_kb) = (memory_kb("VmHWM").saturating_sub(before), memory_kb("VmRSS"));
    let mut faults = std::mem::take(&mut *PANICS.lock().unwrap());
    faults.extend(done.as_ref().err().cloned());
    if cpu_ms > CPU_MS {
        faults.push(format!("took {cpu_ms} ms"));
    }
    if peak_kb > PEAK_KB {
        faults.push(format!("took {} MB", peak_kb >> 10));
    }
    let fault = (!faults.is_empty()).then(|| faults.join("\n"));
    Answer { name, cpu_ms, peak_kb, kept_kb, fault, ..done.unwrap_or_default() }
}

/// The way of `mulu import --dry-run --report`, then that of an export. Gives back how far the file came.
async fn import(store: &Store, file: File, asked: Option<CatalogueCode>) -> Result<Answer, String> {
    let options = asked.clone().map(options).unwrap_or_default();
    if asked.is_some() {
        let tasks = TaskOptions { division: PLACE.parse().unwrap(), valid_from: None };
        accepted("tasks", read_tasks(store, std::slice::from_ref(&file), &tasks).await)?;
    }
    let Some((parsed, mut report)) = accepted("read", read(store, &[file], &options).await)? else {
        return Ok(Answer { refused: true, ..Answer::default() });
    };
    if parsed.is_empty() && !report.refused() {
        return Err("neither a document nor a reason".to_owned());
    }
    let mut staged = Vec::new();
    let documents: Vec<_> = parsed.iter().map(|one| one.document.clone()).collect();
    if !report.refused() {
        let done = store.stage(documents.clone(), Then::Forget, || {}).await;
        if let Some((versions, findings)) = accepted("stage", done)? {
            findings.into_iter().for_each(|(at, finding)| report.extend([finding], &parsed[at].origin));
            staged = versions;
        }
    }
    for one in &mut staged {
        let Some(draft) = one.draft.take() else { continue };
        let compared = store.preview(draft.digest, &draft.version, &draft.objects).await;
        one.difference = accepted("preview", compared)?.flatten();
    }
    let answer = Answer {
        refused: report.refused(),
        told: !documents.is_empty(),
        matched: documents.iter().flat_map(|one| &one.rows).any(|row| row.item.is_some()),
        changed: staged.iter().any(|one| one.difference.is_some()),
        ..Answer::default()
    };
    let outcome = Outcome::new(staged, report, true);
    for kind in [ReportKind::Json, ReportKind::Html, ReportKind::Xlsx] {
        accepted("report", kind.write(&outcome))?;
    }
    for document in documents.into_iter().filter(|_| !outcome.refused) {
        export(store, document).await?;
    }
    Ok(answer)
}

async fn export(store: &Store, document: Document) -> Result<(), String> {
    let scope = store.scope(ScopeRequest::default()).await.unwrap();
    let glossary = store.glossary(&document.header.catalogue, scope).await.unwrap();
    let edition = edition(document);
    let layout = Layout::of(&edition, glossary);
    let table = layout.table(&edition.rows);
    for kind in [FileKind::Xlsx, FileKind::Html, FileKind::Docx] {
        accepted("export", write(&table, kind))?;
    }
    Ok(())
}

/// The only thing that may be wrong is the file.
fn accepted<T>(what: &str, done: Result<T, Error>) -> Result<Option<T>, String> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(Error::BadInput(_)) => Ok(None),
        Err(error) => Err(format!("{what}: {} {error:?}", error.code())),
    }
}

/// A place and a domain for tables that do not say theirs.
fn options(catalogue: CatalogueCode) -> Options {
    let (division, domain) = (catalogue.division.clone(), catalogue.domain.clone());
    Options {
        asked: Asked { division: Some(division), domain: Some(domain), kind: Some(catalogue.kind) },
        wanted: Wanted { accept: true, ..Wanted::default() },
    }
}
