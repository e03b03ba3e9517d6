//! What is said about data files: that others read it, that it is true, and where it is found.

use mulu::catalogue::digest::Digest;
use serde_json::Value;

use super::{OPEN, asked_of, python};
use crate::kit::{Backend, NOW, Server, TestApp, publish, root, run};

const COUNTY: &str = "513230000000-12";

/// What the command writes about the data, under a name.
fn written(app: &TestApp, now: &str, name: &str, arguments: &[&str]) -> String {
    let path = app.database.directory.path().join(name).display().to_string();
    let all = [&["export"][..], arguments, &["--out", &path, "--force"]].concat();
    let mut command = app.command(&all);
    command.env("MULU_NOW", now).envs(OPEN);
    let output = run(command);
    assert_eq!(output.code, Some(0), "{all:?}: {}{}", output.stdout, output.stderr);
    let digest = Digest::of(&std::fs::read(&path).unwrap()).to_string();
    assert!(output.stdout.contains(&digest), "{}", output.stdout);
    path
}

/// Where a link leads, as somebody who accepts this is told.
fn led(server: &Server, path: &str, accept: &str, status: u16) -> String {
    let reply = server.send("GET", path, &[("Accept", accept)], b"");
    assert_eq!(reply.status, status, "{path} {reply:?}");
    reply.header("location")
}

fn text(server: &Server, path: &str) -> String {
    let mut response = server.get(path);
    assert_eq!(response.status(), 200, "{path}");
    response.body_mut().read_to_string().unwrap()
}

#[tokio::test]
async fn frictionless_finds_every_package_and_its_files_valid() {
    let app = TestApp::example(Backend::Sqlite).await;
    let server = Server::with(&app, &OPEN);
    let head = app.store.head().await.unwrap();
    let scoped = |name: &str| format!("{}/data/{head}/2026-11-21/{name}.datapackage.json", server.address);
    let version = format!("{}/data/versions/{COUNTY}/1.datapackage.json", server.address);
    let mut asked = vec![version];
    asked.extend(
        [
            "divisions/513200000000/all",
            "domains/12",
            "platform",
            "registers",
            "registers/division",
            "registers/unit",
            "since/0/2026-11-21/platform",
        ]
        .map(scoped),
    );
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let told = python("packages.py", &asked);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), asked.len(), "{told}");
    assert!(lines[0].starts_with("versions-513230000000-12-1"), "{told}");
    // Domains, places and units that assignments, aliases and declarations name.
    assert!(lines[4].ends_with(" 9 foreign keys"), "{told}");
}

on_both_stores! {
    async fn a_package_says_what_its_files_are(app: TestApp) {
        publish(&app, COUNTY, "2026-01-01", 2).await;
        let server = Server::with(&app, &OPEN);
        let path = "/data/versions/513230000000-12/1.datapackage.json";
        let package: Value = serde_json::from_str(&text(&server, path)).unwrap();
        assert_eq!(package["licenses"][0]["path"], OPEN[1].1);
        assert_eq!(package["contributors"][0]["title"], OPEN[0].1);
        for file in package["resources"].as_array().unwrap() {
            let mut response = server.get(&format!("/data/versions/513230000000-12/{}", file["path"].as_str().unwrap()));
            let links: Vec<String> =
                response.headers().get_all("link").iter().map(|link| link.to_str().unwrap().to_owned()).collect();
            assert_eq!(links[1], format!("<{path}>; rel=\"describedby\"; type=\"application/json\""));
            let bytes = response.body_mut().read_to_vec().unwrap();
            assert_eq!(file["bytes"], bytes.len(), "{file}");
            assert_eq!(file["hash"], Digest::of(&bytes).to_string(), "{file}");
        }
        let fields = package["resources"].as_array().unwrap().iter().find(|file| file["name"] == "csv").unwrap();
        assert_eq!(fields["schema"]["primaryKey"], serde_json::json!(["catalogue", "number", "position"]));
        // The command says the same of the same state.
        let file = written(&app, NOW, "a.json", &[COUNTY, "--metadata", "data-package"]);
        assert_eq!(std::fs::read_to_string(file).unwrap(), text(&server, path));
        let tag = server.get(path).headers()["etag"].to_str().unwrap().to_owned();
        assert_eq!(server.get_with(path, &[("if-none-match", &tag)]).status(), 304);
        assert_eq!(
            led(&server, "/data/latest/catalogues/513230000000-12.datapackage.json", "*/*", 307),
            path,
        );
        for (missing, code) in [
            ("versions/513230000000-12/2.datapackage.json", "NOT_FOUND"),
            ("9/2026-11-21/platform.datapackage.json", "UNKNOWN_REVISION"),
            ("6/2026-11-21/divisions/110000000000.datapackage.json", "NOT_FOUND"),
            ("6/2026-11-21/catalog/2.ttl", "NOT_FOUND"),
            ("6/2026-11-21/catalog/0.ttl", "NOT_FOUND"),
            ("divisions/110000000000", "NOT_FOUND"),
            ("versions/513230000000-12/7", "NOT_FOUND"),
        ] {
            let reply = server.send("GET", &format!("/data/{missing}"), &[], b"");
            assert_eq!((reply.status, reply.code().as_str()), (404, code), "{missing}");
        }
    }

    async fn names_lead_to_the_page_that_describes_them(app: TestApp) {
        publish(&app, COUNTY, "2026-01-01", 2).await;
        let closed = Server::with(&app, &OPEN[..2]);
        for path in ["/data", "/data/catalog.ttl", "/data/6/2026-11-21/catalog.ttl", "/data/catalog"] {
            let reply = closed.send("GET", path, &[], b"");
            assert_eq!((reply.status, reply.code().as_str()), (404, "NOT_FOUND"), "{path}");
        }
        let server = Server::with(&app, &OPEN);
        for thing in [
            "", "/catalog", "/platform", "/registers/unit", "/divisions/513230000000", "/versions/513230000000-12/1",
        ] {
            let path = format!("/data{thing}");
            assert_eq!(led(&server, &path, "text/turtle", 303), "/data/6/2026-11-21/catalog/1.ttl");
            assert_eq!(led(&server, &path, "application/ld+json", 303), "/data/6/2026-11-21/catalog/1.jsonld");
        }
        assert_eq!(led(&server, "/data/catalog.ttl", "*/*", 307), "/data/6/2026-11-21/catalog.ttl");
        assert_eq!(
            led(&server, "/data/latest/catalog.jsonld?effectiveOn=2027-01-01", "*/*", 307),
            "/data/6/2027-01-01/catalog.jsonld",
        );
        for path in ["/data/6/2026-11-21/catalog.ttl", "/data/6/2026-11-21/catalog/1.jsonld"] {
            let response = server.get(path);
            let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
            assert!(kind.starts_with("text/turtle") || kind == "application/ld+json", "{kind}");
            let tag = response.headers()["etag"].to_str().unwrap().to_owned();
            assert_eq!(server.get_with(path, &[("if-none-match", &tag)]).status(), 304);
            let other = Server::with(&app, &[&OPEN[..], &[("MULU_DATA_CONTACT", "mailto:a@example.cn")]].concat());
            assert_ne!(other.get(path).headers()["etag"].to_str().unwrap(), tag);
        }
        // As the command writes it, sent as it is made.
        let file = written(&app, NOW, "a.ttl", &["--all", "--metadata", "turtle"]);
        assert_eq!(std::fs::read_to_string(file).unwrap(), text(&server, "/data/6/2026-11-21/catalog.ttl"));
    }

    async fn a_catalogue_says_when_each_version_is_in_force(app: TestApp) {
        publish(&app, COUNTY, "2026-01-01", 2).await;
        publish(&app, COUNTY, "2026-12-01", 3).await;
        app.ok(&["withdraw", COUNTY, "2", "--from", "2026-12-10", "--reason", "误发"]);
        app.ok(&["close", COUNTY, "--from", "2027-01-01", "--reason", "合并"]);
        let file = written(&app, NOW, "a.ttl", &["--all", "--metadata", "turtle"]);
        let turtle = std::fs::read_to_string(file).unwrap();
        let days = |iri: &str| -> Vec<String> {
            let node = turtle.split("\n\n").find(|node| node.starts_with(&format!("<http://localhost:8790{iri}>\n")) && node.contains("dct:identifier"));
            let node = node.unwrap_or_else(|| panic!("{iri}: {turtle}"));
            node.lines().filter(|line| line.contains("Date \"")).map(|line| line.trim().split('"').nth(1).unwrap().to_owned()).collect()
        };
        assert_eq!(days("/data/versions/513230000000-12/1"), ["2026-01-01", "2026-11-30", "2026-12-10", "2026-12-31"]);
        assert_eq!(days("/data/versions/513230000000-12/2"), ["2026-12-01", "2026-12-09"]);
        assert!(turtle.contains("dcat:previousVersion <http://localhost:8790/data/versions/513230000000-12/1>"));
    }
}

#[tokio::test]
async fn both_syntaxes_say_the_same_and_keep_to_the_shapes() {
    let app = TestApp::example(Backend::Sqlite).await;
    let contact = ("MULU_DATA_CONTACT", "https://www.example.gov.cn/contact");
    let server = Server::with(&app, &[&OPEN[..], &[contact]].concat());
    let head = app.store.head().await.unwrap();
    let turtle = written(&app, NOW, "catalog.ttl", &["--all", "--metadata", "turtle"]);
    let json_ld = written(&app, NOW, "catalog.jsonld", &["--all", "--metadata", "json-ld"]);
    let told = python("linked.py", &["same", &turtle, &json_ld]);
    assert!(told.trim().parse::<u32>().unwrap() > 3_000, "{told}");
    // Page by page, as links lead from one to the next.
    let mut pages = Vec::new();
    let mut next = led(&server, "/data/catalog", "text/turtle", 303);
    loop {
        let page = text(&server, &next);
        pages.push(app.file(&format!("page{}.ttl", pages.len() + 1), &page));
        let Some((_, after)) = page.split_once("hydra:next <http://localhost:8790") else { break };
        next = after.split_once('>').unwrap().0.to_owned();
    }
    assert!(pages.len() > 1, "the example has more than a page");
    let mut as_json = text(&server, &format!("/data/{head}/2026-11-21/catalog/1.jsonld"));
    for page in 1..=pages.len() {
        as_json = as_json.replace(&format!("/catalog/{page}.jsonld"), &format!("/catalog/{page}.ttl"));
    }
    let as_json = app.file("page.jsonld", &as_json);
    python("linked.py", &["same", &pages[0], &as_json]);
    // Every dataset is on a page.
    let whole = std::fs::read_to_string(&turtle).unwrap();
    let listed = |text: &str| -> std::collections::BTreeSet<String> {
        text.lines().filter(|line| line.contains("dcat:dataset <")).map(str::to_owned).collect()
    };
    let on_pages: std::collections::BTreeSet<String> =
        pages.iter().flat_map(|page| listed(&std::fs::read_to_string(page).unwrap())).collect();
    assert_eq!(on_pages, listed(&whole));
    assert!(on_pages.len() > 80, "{}", on_pages.len());
    let files: Vec<&str> = [turtle.as_str()].into_iter().chain(pages.iter().map(String::as_str)).collect();
    let own = root().join("tests/shapes/catalog.ttl").display().to_string();
    let mut shapes = vec!["official".to_owned(), own];
    // Whoever has a profile of his own names its shapes here.
    shapes.extend(std::env::var("MULU_TEST_SHAPES").iter().flat_map(|all| all.split(':')).map(str::to_owned));
    for shapes in &shapes {
        python("linked.py", &[&["shapes", shapes.as_str()], &files[..]].concat());
    }
    // What these shapes ask for is missed where it is not there.
    let broken = app.file("broken.ttl", &whole.replace("dct:title", "dct:alternative"));
    for shapes in &shapes[..2] {
        assert_eq!(asked_of("linked.py", &["shapes", shapes, &broken]).code, Some(1), "{shapes}");
    }
}

#[tokio::test]
async fn metadata_are_the_same_from_either_store_on_any_day() {
    let [sqlite, postgres] =
        [TestApp::example(Backend::Sqlite).await, TestApp::example(Backend::Postgres).await];
    let head = sqlite.store.head().await.unwrap().to_string();
    let scope = ["--revision", &head, "--effective-on", "2026-11-21"];
    for asked in [
        &["--all", "--metadata", "turtle"][..],
        &["--all", "--metadata", "json-ld", "--page", "1"],
        &["--division", "5132", "--descendants", "--metadata", "data-package"],
        &["--registers", "--metadata", "data-package"],
    ] {
        let asked = [asked, &scope].concat();
        let first = written(&sqlite, "2026-11-22T00:00:00Z", "one", &asked);
        let second = written(&postgres, "2031-02-03T00:00:00Z", "two", &asked);
        assert!(std::fs::read(first).unwrap() == std::fs::read(second).unwrap(), "{asked:?}");
    }
    for wrong in [
        &["export", "--domain", "12", "--metadata", "turtle"][..],
        &["export", "--all", "--metadata", "data-package", "--page", "1"],
        &["export", "--registers", "--format", "csv"],
        &["export", "--all", "--metadata", "turtle"],
    ] {
        assert_eq!(sqlite.cli(wrong).code, Some(1), "{wrong:?}");
    }
    assert_eq!(sqlite.cli(&["export", "--all", "--metadata", "turtle", "--format", "csv"]).code, Some(2));
}
