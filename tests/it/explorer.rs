//! GraphiQL at `/graphiql`: out of the binary, with questions that have answers, in a browser without a network.

use std::path::Path;

use serde_json::{Value, json};

use crate::kit::{Backend, Browser, Server, TestApp, source};

const SERVE: [&str; 4] = ["serve", "--example", "--listen", "127.0.0.1:0"];

/// The tabs: file, and where in its answer the list is that must have something in it.
const QUESTIONS: [(&str, &str); 4] = [
    ("place", "/items/nodes"),
    ("item", "/item/elements"),
    ("board", "/items/nodes"),
    ("citations", "/legalBases/nodes/0/citedBy/nodes"),
];

fn question(name: &str) -> String {
    std::fs::read_to_string(source(&format!("explorer/queries/{name}.graphql"))).unwrap()
}

/// Each question, with what is missing from its answer.
fn unanswered(server: &Server) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, place) in QUESTIONS {
        let (status, answer) = server.post("/graphql", &json!({ "query": question(name) }).to_string());
        let list = answer["data"].pointer(place).and_then(Value::as_array);
        if status != 200 || answer["errors"] != Value::Null || list.is_none_or(Vec::is_empty) {
            wrong.push(format!("{name}: {status} {answer:#}"));
        }
    }
    wrong
}

on_both_stores! {
    async fn every_tab_asks_something_that_has_an_answer(app: TestApp) {
        let app = TestApp::empty(app.database.backend).await;
        let wrong = unanswered(&Server::start(&app, &SERVE));
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

/// The names of files that the page links to.
fn linked(page: &str) -> Vec<String> {
    let after = page.split("=\"graphiql/").skip(1);
    after.filter_map(|rest| rest.split('"').next()).map(|name| format!("/graphiql/{name}")).collect()
}

#[tokio::test]
async fn the_page_and_its_files_come_out_of_the_binary() {
    let app = TestApp::new(Backend::Sqlite).await;
    let server = Server::start(&app, &["serve", "--listen", "127.0.0.1:0"]);
    let mut page = server.get("/graphiql");
    let text = page.body_mut().read_to_string().unwrap();
    assert_eq!(page.status(), 200, "run `make explorer`, then build again: {text}");
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(page.headers()["cache-control"], "no-cache");
    assert!(text.contains("<html lang=\"zh-CN\">") && text.contains("<title>mulu 目录 · GraphiQL</title>"));
    assert!(!text.contains("//"), "no other host: {text}");
    let tag = page.headers()["etag"].to_str().unwrap();
    assert_eq!(server.get_with("/graphiql", &[("if-none-match", tag)]).status(), 304);
    assert_eq!(server.get_with("/graphiql", &[("if-none-match", "\"another\"")]).status(), 200);

    let files = linked(&text);
    assert_eq!(files.len(), 2, "a script and a style sheet: {text}");
    for file in &files {
        let kind = if file.ends_with(".js") { "text/javascript" } else { "text/css" };
        let plain = server.get_with(file, &[("accept-encoding", "identity")]);
        let zipped = server.get_with(file, &[("accept-encoding", "gzip")]);
        assert_eq!((plain.status().as_u16(), zipped.status().as_u16()), (200, 200), "{file}");
        assert!(plain.headers().get("content-encoding").is_none(), "{file}");
        assert_eq!(zipped.headers()["content-encoding"], "gzip", "{file}");
        assert_ne!(plain.headers()["etag"], zipped.headers()["etag"], "{file}");
        for answer in [&plain, &zipped] {
            let headers = answer.headers();
            assert!(headers["content-type"].to_str().unwrap().starts_with(kind), "{file}");
            assert!(headers["cache-control"].to_str().unwrap().contains("immutable"), "{file}");
            assert_eq!(headers["vary"], "accept-encoding", "{file}");
            assert_eq!(headers["content-security-policy"], page.headers()["content-security-policy"]);
        }
    }
    let licenses = server.get("/graphiql/licenses.txt").body_mut().read_to_string().unwrap();
    for package in ["graphiql 5", "react-dom 19", "monaco-editor 0"] {
        assert!(licenses.contains(package), "{package}");
    }
    for path in ["/graphiql/index.html", "/graphiql/none.js", "/graphiql/app", "/graphiql/..%2FCargo.toml"] {
        assert_eq!(server.get(path).status(), 404, "{path}");
    }
}

#[tokio::test]
async fn only_the_page_may_run_scripts_and_only_ours() {
    let app = TestApp::new(Backend::Sqlite).await;
    let server = Server::start(&app, &["serve", "--listen", "127.0.0.1:0"]);
    let policy =
        |path: &str| server.get(path).headers()["content-security-policy"].to_str().unwrap().to_owned();
    for path in ["/", "/healthz", "/graphql", "/nothing"] {
        let nothing = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        assert_eq!(policy(path), nothing, "{path}");
    }
    let explorer = policy("/graphiql");
    assert!(explorer.starts_with("default-src 'none'; script-src 'self';"), "{explorer}");
    for word in explorer.split([';', ' ']).filter(|word| !word.is_empty()) {
        let known = word.ends_with("-src") || ["base-uri", "form-action", "frame-ancestors"].contains(&word);
        let allowed = ["'self'", "'none'", "'unsafe-inline'", "data:"].contains(&word);
        assert!(known || allowed, "{word} in {explorer}");
    }
}

/// Whether an editor shows a text, spaces aside: it breaks and indents lines as it likes.
fn has(pane: &str, text: &str) -> String {
    let text: String = text.split_whitespace().collect();
    let lines = format!("[...document.querySelectorAll('{pane} .view-line')].map(line => line.textContent)");
    format!("{lines}.join('').replace(/\\s/g, '').includes({})", json!(text))
}

#[tokio::test]
async fn it_works_in_a_browser_without_a_network() {
    let app = TestApp::empty(Backend::Sqlite).await;
    let server = Server::start(&app, &SERVE);
    let mut browser = Browser::start(1280, 900);
    browser.open(&format!("{}/graphiql", server.address));
    browser.wait("document.title === 'mulu 目录 · GraphiQL'");
    browser.wait(&has(".graphiql-query-editor", "query Place {"));
    browser.click("document.querySelector('.graphiql-execute-button')");
    browser.wait(&has(".graphiql-response", "壤塘县"));
    browser.wait(&has(".graphiql-response", "文化馆服务"));
    // Until its grammar has come, the editor does not tell words apart; the picture is for people.
    let words = "[...document.querySelectorAll('.graphiql-query-editor .view-line span')]";
    browser.wait(&format!("{words}.some(word => word.textContent === 'query')"));
    browser.screenshot(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("graphiql.png"));
    for (place, (name, _)) in QUESTIONS.into_iter().enumerate() {
        browser.click(&format!("document.querySelectorAll('.graphiql-tab-button')[{place}]"));
        browser.wait(&has(".graphiql-query-editor", question(name).lines().next().unwrap()));
    }
    // The schema has come as well, and with it what the fields mean.
    browser.click("document.querySelector('.graphiql-sidebar button')");
    browser.wait("document.querySelector('.graphiql-plugin')?.innerText.includes('CatalogueConnection')");

    // A worker checks the questions; it comes when the editor finds the time.
    browser.wait_for_request("/graphiql/graphql-worker-");
    assert_eq!(browser.complaints, [""; 0]);
    for address in &browser.requests {
        assert!(address.starts_with(&server.address) || address.starts_with("data:"), "{address}");
    }
    // Not only the network is missing: the browser would not even try. And a refusal is noticed.
    let tried = "fetch('https://example.com/').then(() => 'came', () => 'refused')";
    assert_eq!(browser.value(tried), "refused");
    assert!(browser.complaints.iter().any(|line| line.contains("connect-src")), "{:?}", browser.complaints);
}
