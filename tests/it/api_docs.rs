//! The pages on the read API are held against it: every question they ask has the answer they show.

use std::{collections::BTreeSet, process::Command};

use serde_json::Value;

use crate::kit::{Asking, Backend, Server, TestApp, run, source};

const PAGES: [&str; 2] = ["docs/api.md", "docs/api.zh-CN.md"];
const READMES: [&str; 2] = ["README.md", "README.zh-CN.md"];

fn page(path: &str) -> String {
    std::fs::read_to_string(source(path)).unwrap()
}

/// The fenced blocks of a page: language and text.
fn blocks(text: &str) -> Vec<(&str, String)> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push((language, block.join("\n")));
        }
    }
    blocks
}

/// Questions with the answers that follow them.
fn examples(path: &str) -> Vec<(String, Value)> {
    let text = page(path);
    let blocks = blocks(&text);
    let asked = blocks.iter().enumerate().filter(|(_, (language, _))| *language == "graphql");
    let answered = asked.map(|(place, (_, question))| {
        let (language, answer) = blocks.get(place + 1).unwrap_or_else(|| panic!("{path}: {question}"));
        assert_eq!(*language, "json", "{path}: an answer follows {question}");
        let answer = serde_json::from_str(answer).unwrap_or_else(|error| panic!("{path}: {error}: {answer}"));
        (question.clone(), answer)
    });
    answered.collect()
}

/// A question without the line breaks and the indentation in which pages differ.
fn in_one_line(question: &str) -> String {
    question.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn every_question_has_the_answer_that_is_shown() {
    let app = TestApp::example(Backend::Sqlite).await;
    let asking = Asking::new(&app).await;
    for path in PAGES {
        for (question, shown) in examples(path) {
            let answer = asking.ask(&question).await;
            assert!(answer == shown, "{path}: {question}\nshows {shown:#}\nbut is {answer:#}");
        }
    }
}

#[test]
fn both_languages_ask_the_same_questions() {
    let [english, chinese] = PAGES.map(examples);
    assert!(english.len() >= 10, "only {} questions", english.len());
    assert_eq!(english, chinese);
}

#[test]
fn the_question_on_the_first_screen_is_one_of_the_page() {
    let known: Vec<(String, Value)> = examples(PAGES[0]);
    for readme in READMES {
        let text = page(readme);
        let first: String = text.lines().take(45).map(|line| format!("{line}\n")).collect();
        let blocks = blocks(&first);
        let asks = |text: &str| text.starts_with("curl ") && text.contains("/graphql");
        let place = blocks.iter().position(|(language, text)| *language == "sh" && asks(text));
        let place = place.unwrap_or_else(|| panic!("{readme} asks nothing on its first screen"));
        let data = blocks[place].1.split('\'').find(|part| part.starts_with("{\"query\""));
        let data: Value = serde_json::from_str(data.unwrap()).unwrap();
        let question = in_one_line(data["query"].as_str().unwrap());
        let (language, shown) = &blocks[place + 1];
        assert_eq!(*language, "json", "{readme} shows no answer");
        let shown: Value = serde_json::from_str(shown).unwrap();
        let found = known.iter().find(|(asked, _)| in_one_line(asked) == question);
        let (_, answer) = found.unwrap_or_else(|| panic!("{readme}: {question} is not in {}", PAGES[0]));
        assert_eq!(*answer, shown, "{readme}");
    }
}

#[tokio::test]
async fn the_commands_of_the_pages_ask_without_an_error() {
    let app = TestApp::example(Backend::Sqlite).await;
    for path in PAGES {
        let text = page(path);
        let folder = source("examples/operations");
        let server = Server::with(&app, &[("MULU_OPERATIONS_FOLDER", &folder)]);
        let commands = blocks(&text).into_iter().map(|(_, command)| command);
        let commands: Vec<String> = commands.filter(|command| command.starts_with("curl ")).collect();
        assert_eq!(commands.len(), 6, "{path}");
        for command in commands {
            let mut shell = Command::new("bash");
            shell.args(["-euc", &command.replace("http://127.0.0.1:8790", &server.address)]);
            let output = run(shell);
            assert_eq!(output.code, Some(0), "{path}: {command}: {}", output.stderr);
            let answers: Vec<Value> =
                serde_json::Deserializer::from_str(&output.stdout).into_iter().map(Result::unwrap).collect();
            assert_eq!(answers.len(), command.matches("curl ").count(), "{path}: {command}");
            assert!(
                answers.iter().all(|answer| answer["operations"].is_array()
                    || answer["errors"].is_null() && answer["data"].is_object()),
                "{answers:?}"
            );
        }
    }
}

/// Every code between quotation marks that follows one of the marks in a source file.
fn codes_after(path: &str, mark: &str) -> BTreeSet<String> {
    let text = page(path);
    let after = text.split(mark).skip(1).filter_map(|rest| rest.split_once('"'));
    let is_code = |word: &&str| word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    after.map(|(code, _)| code).filter(is_code).map(str::to_owned).collect()
}

#[test]
fn the_table_of_errors_lists_exactly_the_codes() {
    let mut codes = codes_after("src/error.rs", "=> \"");
    // `Self::new("CODE"` on one line or broken after the parenthesis.
    let faces: String = page("src/graphql/error.rs").split_whitespace().collect();
    codes.extend(faces.split("Self::new(\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
    // `Self::new(StatusCode::…, "CODE"`.
    let http: String = page("src/http/refusal.rs").split_whitespace().collect();
    codes.extend(http.split("Self::new(StatusCode::").skip(1).filter_map(|rest| {
        let code = rest.split(',').nth(1)?.trim_matches('"');
        Some(code.to_owned())
    }));
    assert!(codes.len() > 15, "the codes are not where they were: {codes:?}");
    for path in PAGES {
        let text = page(path);
        let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
        let listed: Vec<&str> = rows.map(|(code, _)| code).collect();
        assert_eq!(listed.iter().copied().map(str::to_owned).collect::<BTreeSet<_>>(), codes, "{path}");
        assert_eq!(listed.len(), codes.len(), "{path} lists a code twice");
    }
}
