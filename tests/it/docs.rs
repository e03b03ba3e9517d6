//! The prose is held against the program: settings, rules, commands with their output, links.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use mulu::{
    catalogue::check::{Rule, Severity},
    config::Config,
    import::finding::Code,
};

use crate::kit;

const README: &str = "README.md";
const README_ZH: &str = "README.zh-CN.md";

fn page(name: &str) -> String {
    fs::read_to_string(kit::root().join(name)).unwrap()
}

/// Every page at the root and in `docs/`, by its path from the root.
fn pages() -> Vec<PathBuf> {
    let here = |folder: &str| {
        let entries = fs::read_dir(kit::root().join(folder)).unwrap().map(|entry| entry.unwrap());
        entries.map(|entry| Path::new(folder).join(entry.file_name())).collect::<Vec<_>>()
    };
    let is_page = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "md");
    let mut pages: Vec<PathBuf> = here("").into_iter().chain(here("docs")).filter(is_page).collect();
    pages.sort();
    pages
}

/// A fenced block, and the name that a comment before it gives it.
#[derive(Debug)]
pub struct Block {
    pub language: String,
    file: Option<String>,
    lines: Vec<String>,
}

pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut file = None;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let lines = lines.by_ref().take_while(|line| *line != "```").map(str::to_owned).collect();
            blocks.push(Block { language: language.to_owned(), file: file.take(), lines });
        } else if let Some(name) = line.strip_prefix("<!-- file: ") {
            file = name.strip_suffix(" -->").map(str::to_owned);
        }
    }
    blocks
}

/// The text without fenced blocks.
fn prose(text: &str) -> String {
    let mut fenced = false;
    let mut outside = |line: &&str| {
        fenced ^= line.starts_with("```");
        !fenced
    };
    text.lines().filter(|line| outside(line)).collect::<Vec<_>>().join("\n")
}

/// A command of a `console` block with what the page shows of it.
#[derive(Debug)]
pub struct Shown {
    pub command: String,
    exit: i32,
    output: Vec<String>,
}

pub fn shown(block: &Block) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    for line in &block.lines {
        if let Some(command) = line.strip_prefix("$ ") {
            all.push(Shown { command: command.to_owned(), exit: 0, output: Vec::new() });
            continue;
        }
        let last = all.last_mut().expect("a console block begins with a command");
        match line.strip_prefix("# exit ") {
            Some(code) => last.exit = code.parse().unwrap(),
            None => last.output.push(line.trim().to_owned()),
        }
    }
    all
}

/// `mulu` as a reader calls it: in a directory of his own, with the default settings, at a fixed instant.
fn mulu(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mulu"));
    for (_, variable, _) in Config::settings() {
        command.env_remove(variable);
    }
    command.current_dir(directory).env_remove("COLUMNS");
    command.env("MULU_NOW", "2026-11-21T06:00:00Z").env("MULU_LOG_FILTER", "warn");
    command
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// The database that `make serve` leaves behind when it is stopped.
fn served() -> &'static [u8] {
    static DATABASE: OnceLock<Vec<u8>> = OnceLock::new();
    DATABASE.get_or_init(|| {
        let directory = tempfile::tempdir().unwrap();
        let mut serve = mulu(directory.path());
        serve.args(["serve", "--example"]).env("MULU_LISTEN", "127.0.0.1:0").stdout(Stdio::piped());
        let mut server = serve.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split_once("http://").and_then(|(_, address)| address.trim().strip_suffix('/'));
        let ready = get(address.unwrap_or_else(|| panic!("no address: {line}")), "/readyz");
        assert!(ready.starts_with("HTTP/1.1 200"), "{ready}");
        let kill = ["-c", "kill -TERM $0", &server.id().to_string()].map(str::to_owned);
        assert!(Command::new("sh").args(kill).status().unwrap().success());
        assert!(server.wait().unwrap().success());
        fs::read(directory.path().join("mulu.db")).unwrap()
    })
}

/// Runs the commands of a page in order, after `make serve`, and compares what the page shows with what comes.
fn follow(name: &str) {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("mulu.db"), served()).unwrap();
    let mut commands = 0;
    for block in blocks(&page(name)) {
        if let Some(file) = &block.file {
            fs::write(directory.path().join(file), block.lines.join("\n") + "\n").unwrap();
        } else if block.language == "console" {
            for shown in shown(&block) {
                run(name, directory.path(), &shown);
                commands += 1;
            }
        }
    }
    assert!(commands > 0, "{name} shows no command");
}

fn run(name: &str, directory: &Path, shown: &Shown) {
    let command = &shown.command;
    let arguments = command.strip_prefix("mulu ").unwrap_or_else(|| panic!("{name}: only mulu: {command}"));
    let done = mulu(directory).args(arguments.split_whitespace()).output().unwrap();
    let text =
        [done.stdout, done.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).join("\n");
    compare(name, shown, done.status.code(), &text);
}

/// Holds what a page shows of a command against what came of it.
pub fn compare(name: &str, shown: &Shown, code: Option<i32>, text: &str) {
    let Shown { command, exit, output } = shown;
    assert_eq!(code, Some(*exit), "{name}: {command}\n{text}");
    for line in output {
        // A line that ends with … is cut there; … alone stands for lines that are left out.
        let found = match line.strip_suffix('…') {
            Some(start) => text.lines().any(|real| real.trim().starts_with(start.trim())),
            None => text.lines().any(|real| real.trim() == line),
        };
        assert!(found, "{name}: {command}\nshows: {line}\n{text}");
    }
}

#[test]
fn commands_of_the_readme_run_as_shown() {
    follow(README);
}

#[test]
fn commands_of_the_chinese_readme_run_as_shown() {
    follow(README_ZH);
}

#[test]
fn commands_of_the_import_pages_run_as_shown() {
    follow("docs/import.md");
    follow("docs/import.zh-CN.md");
}

#[test]
fn commands_of_the_pages_on_tables_run_as_shown() {
    follow("docs/tables.md");
    follow("docs/tables.zh-CN.md");
}

#[test]
fn commands_of_the_pages_on_data_run_as_shown() {
    follow("docs/data.md");
    follow("docs/data.zh-CN.md");
}

#[test]
fn commands_of_the_operations_pages_run_as_shown() {
    follow("docs/operations.md");
    follow("docs/operations.zh-CN.md");
}

#[test]
fn both_languages_show_the_same_commands_and_files() {
    for (english, chinese) in [
        (README, README_ZH),
        ("docs/data.md", "docs/data.zh-CN.md"),
        ("docs/import.md", "docs/import.zh-CN.md"),
        ("docs/operations.md", "docs/operations.zh-CN.md"),
        ("docs/tables.md", "docs/tables.zh-CN.md"),
    ] {
        let all = |name: &str| {
            let blocks = blocks(&page(name));
            let commands = blocks.iter().filter(|block| block.language == "console").flat_map(shown);
            let files =
                blocks.iter().filter(|block| block.file.is_some()).map(|block| block.lines.join("\n"));
            files.chain(commands.map(|shown| shown.command)).collect::<Vec<_>>()
        };
        assert_eq!(all(english), all(chinese), "{english} and {chinese}");
    }
}

#[test]
fn the_first_screen_has_both_commands() {
    for name in [README, README_ZH] {
        let text = page(name);
        let first = text.lines().take(40).collect::<Vec<_>>().join("\n");
        assert!(first.contains("make serve") && first.contains("make test"), "{name}");
    }
}

#[test]
fn every_setting_is_in_both_readmes_with_its_default() {
    let defaults: toml::Table = Config::default().to_toml().parse().unwrap();
    for name in [README, README_ZH] {
        let text = page(name);
        for (key, variable, _) in Config::settings() {
            let value = match key.split_once('.') {
                Some((group, name)) => &defaults[group][name],
                None => &defaults[key],
            };
            let default = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let cells = [key, variable, &default].map(|cell| format!("`{cell}`"));
            let says = |line: &str| cells.iter().all(|cell| *cell == "``" || line.contains(cell));
            assert!(text.lines().any(says), "{name} has no line with {}", cells.join(", "));
        }
    }
}

#[test]
fn every_rule_is_in_the_pages_on_formats() {
    let (english, chinese) = (page("docs/formats.md"), page("docs/formats.zh-CN.md"));
    for rule in Rule::ALL {
        let title = rule.title();
        let (en, zh) = match rule.severity() {
            Severity::Error => ("error", "错误"),
            Severity::Warning => ("warning", "警告"),
            Severity::Info => ("info", "提示"),
        };
        let rows = [
            (&english, format!("| {} | {en} | {} | {} |", rule.code(), title.en, title.zh)),
            (&chinese, format!("| {} | {zh} | {} |", rule.code(), title.zh)),
        ];
        for (text, row) in rows {
            assert!(text.lines().any(|line| line == row), "missing: {row}");
        }
    }
}

#[test]
fn every_code_of_a_table_is_in_the_pages_on_tables() {
    let (english, chinese) = (page("docs/tables.md"), page("docs/tables.zh-CN.md"));
    for code in Code::ALL {
        let (title, code, severity) = (code.title(), code.code(), code.severity());
        let (en, zh) = match severity {
            Severity::Error => ("error", "错误"),
            Severity::Warning => ("warning", "警告"),
            Severity::Info => ("info", "提示"),
        };
        let rows = [
            (&english, format!("| {code} | {en} | {} | {} |", title.en, title.zh)),
            (&chinese, format!("| {code} | {zh} | {} | {} |", title.zh, title.en)),
        ];
        for (text, row) in rows {
            assert!(text.lines().any(|line| line == row), "missing: {row}");
        }
    }
}

#[test]
fn no_page_names_a_rule_that_does_not_exist() {
    let known: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.code()).collect();
    for path in pages() {
        let text = fs::read_to_string(kit::root().join(&path)).unwrap();
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        let is_code = |word: &str| {
            word.len() == 4 && word.starts_with('R') && word[1..].bytes().all(|byte| byte.is_ascii_digit())
        };
        for word in words.filter(|word| is_code(word)) {
            assert!(known.contains(word), "{}: {word}", path.display());
        }
    }
}

#[test]
fn links_lead_to_files_that_are_there() {
    for path in pages() {
        let text = prose(&fs::read_to_string(kit::root().join(&path)).unwrap());
        let folder = kit::root().join(path.parent().unwrap());
        for target in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')) {
            let target = target.0.split('#').next().unwrap_or_default();
            if !target.is_empty() && !target.contains("://") {
                assert!(folder.join(target).exists(), "{}: {target}", path.display());
            }
        }
    }
}
