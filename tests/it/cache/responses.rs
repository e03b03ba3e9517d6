//! Answers that are kept: when they are given again, to whom, in which form, and how much of them is kept.

use std::{
    io::Read,
    sync::{Arc, Barrier},
};

use mulu::catalogue::text::Text;
use serde_json::{Value, json};

use super::metric;
use crate::kit::{Backend, Server, TestApp, publish};

const HERE: &str = "513230000000-12";
const ELSEWHERE: &str = "513230000000-20";

fn found(server: &Server, how: &str) -> u64 {
    metric(server, &format!("mulu_graphql_answers_total{{found=\"{how}\"}}"))
}

/// How often an answer was kept and stood, was not kept, and did not stand any more.
fn counts(server: &Server) -> [u64; 3] {
    ["hit", "miss", "outdated"].map(|how| found(server, how))
}

fn ask(server: &Server, question: &str) -> Value {
    let reply = server.ask(&json!({ "query": question }).to_string());
    assert_eq!(reply.status, 200, "{}", reply.body);
    let answer = reply.json();
    assert!(answer["errors"].is_null(), "{answer}");
    answer["data"].clone()
}

/// A link to a question.
fn link(question: &str) -> String {
    let query: String = question.bytes().map(|byte| format!("%{byte:02x}")).collect();
    format!("/graphql?query={query}")
}

/// Has a server look at the log, by asking about its head; no answer that the tests count is about that.
async fn look(app: &TestApp, server: &Server) {
    let head = app.store.head().await.unwrap();
    ask(server, &format!("{{ at(revision: {head}) {{ platform {{ revision }} }} }}"));
}

/// What puts answers out, on a server with some settings.
async fn here_and_elsewhere(app: TestApp, settings: &[(&str, &str)]) {
    publish(&app, HERE, "2026-01-01", 3).await;
    publish(&app, ELSEWHERE, "2026-01-01", 2).await;
    let server = Server::with(&app, settings);
    let list = format!("{{ catalogue(code: \"{HERE}\") {{ version {{ number items {{ totalCount nodes {{
        code name responsibleUnits {{ unit {{ name }} text }} elements {{ kind text }} division {{ fullName }} }} }} }} }} }}");
    let item = format!("{{ item(code: \"{HERE}-0001\") {{ name version {{ number }} }} }}");
    let none = "{ catalogue(code: \"513230000000-01\") { code } }";
    let board = "{ items(filter: { division: \"513230100\", includeAncestors: true, domain: [\"12\"] }) { totalCount nodes { code } } }";
    let all = "{ catalogues { totalCount } }";
    let asked: [&str; 4] = [&list, &item, none, board];
    let first = asked.map(|question| ask(&server, question));
    assert_eq!(counts(&server), [0, 4, 0]);
    assert_eq!(asked.map(|question| ask(&server, question)), first);
    assert_eq!(counts(&server), [4, 4, 0]);
    // Another place has a version for the first time: that is no matter of any of these.
    publish(&app, "510000000000-12", "2026-01-01", 2).await;
    look(&app, &server).await;
    let [hits, misses, outdated] = counts(&server);
    assert_eq!(
        asked[..3].iter().map(|question| ask(&server, question)).collect::<Vec<_>>(),
        first[..3].to_vec()
    );
    assert_eq!(counts(&server), [hits + 3, misses, outdated]);
    // It is above the board's place, whose list has it now.
    assert_eq!(ask(&server, board)["items"]["totalCount"], 5);
    assert_eq!(counts(&server), [hits + 3, misses, outdated + 1]);

    publish(&app, HERE, "2026-02-01", 4).await;
    look(&app, &server).await;
    let [hits, misses, outdated] = counts(&server);
    assert_eq!(ask(&server, &list)["catalogue"]["version"]["items"]["totalCount"], 4);
    assert_eq!(ask(&server, &item)["item"]["version"]["number"], 2);
    assert_eq!(ask(&server, board)["items"]["totalCount"], 6);
    assert_eq!(ask(&server, none), first[2]);
    assert_eq!(counts(&server), [hits + 1, misses, outdated + 3]);
    // What was not there is there now.
    assert_eq!(ask(&server, all)["catalogues"]["totalCount"], 3);
    publish(&app, "513230000000-01", "2026-01-01", 1).await;
    look(&app, &server).await;
    assert_eq!(ask(&server, none)["catalogue"]["code"], "513230000000-01");
    assert_eq!(ask(&server, all)["catalogues"]["totalCount"], 4);
    // A load of a register that they read.
    let units = "code,division,name\n513230000000-U002,513230,县教育局\n".as_bytes().to_vec();
    app.load(vec![mulu::import::File { name: "units.csv".to_owned(), bytes: units }]).await;
    look(&app, &server).await;
    let [hits, misses, outdated] = counts(&server);
    ask(&server, &list);
    ask(&server, &item);
    assert_eq!(counts(&server), [hits + 1, misses, outdated + 1], "the item names no unit");
}

on_both_stores! {
    async fn a_publish_elsewhere_puts_nothing_out_and_one_here_does(app: TestApp) {
        here_and_elsewhere(app, &[]).await;
    }

    async fn and_so_it_is_where_catalogues_are_more_than_are_held(app: TestApp) {
        here_and_elsewhere(app, &[("MULU_CACHE_CATALOGUES", "1")]).await;
    }

    async fn cursors_follow_the_head_without_asking_where_the_list_has_not_changed(app: TestApp) {
        publish(&app, HERE, "2026-01-01", 3).await;
        publish(&app, ELSEWHERE, "2026-01-01", 2).await;
        let (server, fresh) = (Server::with(&app, &[]), Server::with(&app, &[("MULU_CACHE_RESPONSES", "0")]));
        let page = "totalCount edges { cursor node { code } } pageInfo { startCursor endCursor }";
        let list = |arguments: &str| {
            format!("{{ catalogue(code: \"{HERE}\") {{ version {{ items(first: 2{arguments}) {{ {page} }} }} }} }}")
        };
        let first = list("");
        let cursor = ask(&server, &first)["catalogue"]["version"]["items"]["pageInfo"]["endCursor"].clone();
        let second = list(&format!(", after: {cursor}"));
        let hidden = first.replace("endCursor", "end: endCursor");
        let asked: [&str; 3] = [&first, &second, &hidden];
        asked.iter().for_each(|question| drop(ask(&server, question)));
        let same = |question: &str| assert_eq!(ask(&server, question), ask(&fresh, question), "{question}");
        for (renewed, hits) in [(1, 0), (2, 1)] {
            publish(&app, ELSEWHERE, &format!("2026-02-0{renewed}"), 2).await;
            look(&app, &server).await;
            look(&app, &fresh).await;
            let before = counts(&server);
            asked.iter().for_each(|question| same(question));
            assert_eq!(found(&server, "renewed"), renewed, "the first, which gives no cursor");
            // The cursor that was given keeps the second under its own revision.
            assert_eq!(counts(&server)[0] - before[0], hits);
            asked.iter().for_each(|question| same(question));
            assert_eq!(counts(&server)[0] - before[0], hits + 3);
        }
        publish(&app, HERE, "2026-02-01", 5).await;
        look(&app, &server).await;
        look(&app, &fresh).await;
        same(&first);
        same(&hidden);
        assert_eq!(found(&server, "renewed"), 2, "the list is another one now");
    }

    async fn what_is_pinned_is_kept_for_ever_and_what_was_erased_is_not(app: TestApp) {
        publish(&app, HERE, "2026-01-01", 3).await;
        let pinned = app.store.head().await.unwrap();
        let server = Server::with(&app, &[]);
        let question = format!("{{ at(revision: {pinned}, effectiveOn: \"2026-11-21\") {{ items {{ totalCount nodes {{ id name }} pageInfo {{ endCursor }} }} }} }}");
        let first = ask(&server, &question);
        let digest = "{ item(code: \"513230000000-12-0001\") { contentDigest } }";
        let digest = ask(&server, digest)["item"]["contentDigest"].clone();
        publish(&app, HERE, "2026-02-01", 5).await;
        look(&app, &server).await;
        let [hits, ..] = counts(&server);
        assert_eq!(ask(&server, &question), first);
        assert_eq!(found(&server, "hit"), hits + 1);
        let reply = server.send("GET", &link(&question), &[], b"");
        assert_eq!(reply.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(reply.header("x-mulu-revision"), (pinned + 1).to_string());
        let now = server.send("GET", &link("{ items { totalCount } }"), &[], b"");
        assert_eq!(now.header("cache-control"), "public, max-age=10, stale-while-revalidate=50");
        // Half pinned is not pinned, nor is what looks beyond its revision.
        for half in ["at(revision: 5) { items { totalCount } }", "at(effectiveOn: \"2026-11-21\") { items { totalCount } }",
            "at(revision: 5, effectiveOn: \"2026-11-21\") { platform { software } }",
            "at(revision: 5, effectiveOn: \"2026-11-21\") { __typename } items { totalCount }"]
        {
            let reply = server.send("GET", &link(&format!("{{ {half} }}")), &[], b"");
            assert_eq!(reply.header("cache-control"), "public, max-age=10, stale-while-revalidate=50", "{half}: {}", reply.body);
        }
        let future = "{ at(knownAt: \"2027-01-01T00:00:00Z\", effectiveOn: \"2026-11-21\") { items { nodes { id } } } }";
        assert_eq!(server.send("GET", &link(future), &[], b"").header("cache-control"), "no-cache", "its ids change when that is past");

        app.store.redact(digest.as_str().unwrap().parse().unwrap(), Text::new("个人信息")).await.unwrap();
        look(&app, &server).await;
        for _ in 0..2 {
            let reply = server.ask(&json!({ "query": question }).to_string());
            assert_eq!(reply.code(), "REDACTED", "{}", reply.body);
            assert!(!reply.body.contains("事项1"), "{}", reply.body);
        }
        assert_eq!(server.send("GET", &link(&question), &[], b"").header("cache-control"), "no-store");
    }

    async fn sixty_four_who_ask_the_same_at_once_are_answered_by_one_execution(app: TestApp) {
        publish(&app, HERE, "2026-01-01", 40).await;
        let settings = [("MULU_HTTP_REQUESTS_PER_CLIENT", "100")];
        let question = r#"{"query":"{ items(first: 100) { totalCount nodes { code name elements { text } responsibleUnits { unit { name } } } } }"}"#;
        let alone = Server::with(&app, &settings);
        let body = alone.ask(question).body;
        let server = Arc::new(Server::with(&app, &settings));
        let together = Arc::new(Barrier::new(64));
        let asking = (0..64).map(|_| {
            let (server, together) = (server.clone(), together.clone());
            std::thread::spawn(move || {
                together.wait();
                server.ask(question).body
            })
        });
        let asking: Vec<_> = asking.collect();
        for answer in asking {
            assert_eq!(answer.join().unwrap(), body);
        }
        assert_eq!((found(&server, "miss"), found(&server, "hit") + found(&server, "joined")), (1, 63));
        let without = metric(&server, "mulu_http_request_statements_bucket{le=\"0.0\",route=\"/graphql\"}");
        assert_eq!(without, 63, "one of them sent statements");
    }
}

#[tokio::test]
async fn bytes_have_a_tag_for_each_coding_and_are_sent_to_those_who_lack_them() {
    let app = TestApp::new(Backend::Sqlite).await;
    publish(&app, HERE, "2026-01-01", 30).await;
    let (server, off) = (Server::with(&app, &[]), Server::with(&app, &[("MULU_CACHE_RESPONSES", "0")]));
    let target = link("{ items(first: 30) { nodes { code name elements { label text } } } }");
    let plain = server.send("GET", &target, &[], b"");
    assert_eq!((plain.status, plain.header("content-encoding")), (200, String::new()));
    assert_eq!(plain.header("vary"), "accept, accept-encoding, x-mulu-cost");
    assert_eq!(off.send("GET", &target, &[], b"").header("etag"), plain.header("etag"));
    let mut tags = vec![plain.header("etag")];
    for coding in ["gzip", "zstd"] {
        for _ in 0..2 {
            let mut answer = server.get_with(&target, &[("Accept-Encoding", coding)]);
            assert_eq!(answer.headers()["content-encoding"], coding);
            tags.push(answer.headers()["etag"].to_str().unwrap().to_owned());
            let packed = answer.body_mut().read_to_vec().unwrap();
            assert!(packed.len() < plain.body.len() / 3, "{} {}", packed.len(), plain.body.len());
            let mut text = String::new();
            match coding {
                "gzip" => drop(flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut text).unwrap()),
                _ => text = String::from_utf8(zstd::decode_all(&packed[..]).unwrap()).unwrap(),
            }
            assert_eq!(text, plain.body);
        }
    }
    assert_eq!(tags[1], tags[2]);
    tags.dedup();
    assert_eq!(tags.len(), 3, "{tags:?}");
    for tag in &tags {
        let weak = format!("\"x\", W/{tag}");
        for known in [tag.as_str(), "*", weak.as_str()] {
            let unchanged = server.send("GET", &target, &[("If-None-Match", known)], b"");
            assert_eq!((unchanged.status, unchanged.body.as_str()), (304, ""), "{known}");
            assert_eq!(unchanged.header("etag"), tags[0]);
            assert_eq!(unchanged.header("cache-control"), plain.header("cache-control"));
            assert_eq!(unchanged.header("vary"), plain.header("vary"));
        }
    }
    assert_eq!((found(&server, "not-modified"), found(&server, "miss")), (9, 1));
    let changed = server.send("GET", &target, &[("If-None-Match", "\"x\"")], b"");
    assert_eq!((changed.status, &changed.body), (200, &plain.body));
    // Whoever has it is told so also where it must be executed to know, and where nothing is kept.
    publish(&app, HERE, "2026-12-01", 2).await;
    look(&app, &server).await;
    let tag = [("If-None-Match", tags[0].as_str())];
    assert_eq!(server.send("GET", &target, &tag, b"").status, 304);
    assert_eq!(found(&server, "outdated"), 1);
    assert_eq!(off.send("GET", &target, &tag, b"").status, 304);
    // By POST nobody has it, for nobody may keep it.
    let posted = server.send(
        "POST",
        "/graphql",
        &[("Content-Type", "application/json"), ("If-None-Match", "*"), ("Accept-Encoding", "gzip;q=0")],
        br#"{"query":"{ items(first: 30) { nodes { code name elements { label text } } } }"}"#,
    );
    assert_eq!((posted.status, &posted.body, posted.header("etag")), (200, &plain.body, String::new()));
    assert_eq!(posted.header("cache-control"), "no-store");
}

#[tokio::test]
async fn an_answer_is_one_whoever_asks_and_however_it_is_written() {
    let app = TestApp::new(Backend::Sqlite).await;
    publish(&app, HERE, "2026-01-01", 3).await;
    let server = Server::with(&app, &[]);
    let query = "query Some($first: Int, $filter: ItemFilter) { items(first: $first, filter: $filter) { totalCount } }";
    let written =
        |variables: &str, more: &str| format!(r#"{{"query":"{query}","variables":{variables}{more}}}"#);
    let one = written(r#"{"first":2,"filter":{"division":"513230","domain":["12"]}}"#, "");
    let body = server.ask(&one).body;
    for other in [
        written(r#"{ "filter": {"domain":["12"], "division":"513230"}, "first": 2 }"#, ""),
        written(r#"{"first":2,"filter":{"division":"513230","domain":["12"]}}"#, r#","extensions":{"x":1}"#),
    ] {
        assert_eq!(server.ask(&other).body, body);
    }
    let json = [("Content-Type", "application/json"), ("Accept", "application/json")];
    let reply = server.send("POST", "/graphql", &json, one.as_bytes());
    assert_eq!(
        (&reply.body, reply.header("content-type").as_str()),
        (&body, "application/json; charset=utf-8")
    );
    assert_eq!(counts(&server), [3, 1, 0]);
    let cost = [json[0], ("X-Mulu-Cost", "1")];
    for _ in 0..2 {
        let reply = server.send("POST", "/graphql", &cost, one.as_bytes());
        assert!(reply.json()["extensions"]["cost"].is_u64(), "{}", reply.body);
    }
    assert_eq!(server.ask(&one).body, body);
    server.ask(&written(r#"{"first":3,"filter":{"division":"513230","domain":["12"]}}"#, ""));
    server.ask(&written(
        r#"{"first":2,"filter":{"division":"513230","domain":["12"]}}"#,
        r#","operationName":"Some""#,
    ));
    assert_eq!(counts(&server), [5, 4, 0]);
}

#[tokio::test]
async fn what_failed_is_not_kept() {
    let app = TestApp::new(Backend::Sqlite).await;
    publish(&app, HERE, "2026-01-01", 3).await;
    let server = Server::with(&app, &[]);
    for (question, status) in [
        ("{ nothing }", 400),
        ("mutation { nothing }", 400),
        ("{ items(after: \"x\") { totalCount } }", 200),
        ("{ at(revision: 1000) { items { totalCount } } }", 200),
    ] {
        for _ in 0..2 {
            let reply = server.ask(&json!({ "query": question }).to_string());
            assert_eq!(reply.status, status, "{question}: {}", reply.body);
            reply.code();
        }
    }
    // What may do more than read is none of those that may be kept.
    assert_eq!(counts(&server), [0, 6, 0]);
    assert_eq!(metric(&server, "mulu_cache_entries{cache=\"responses\"}"), 0);
    assert_eq!(server.send("GET", &link("mutation { nothing }"), &[], b"").status, 405);
    // What was beyond the head is asked anew when it is there.
    let next = app.store.head().await.unwrap() + 1;
    let question =
        json!({ "query": format!("{{ at(revision: {next}) {{ items {{ totalCount }} }} }}") }).to_string();
    assert_eq!(server.ask(&question).code(), "UNKNOWN_REVISION");
    publish(&app, HERE, "2026-02-01", 4).await;
    assert_eq!(server.ask(&question).json()["data"]["at"]["items"]["totalCount"], 4);
}

#[tokio::test]
async fn answers_that_are_kept_have_a_bound_or_none_are() {
    let app = TestApp::new(Backend::Sqlite).await;
    publish(&app, HERE, "2026-01-01", 30).await;
    let server = Server::with(&app, &[("MULU_CACHE_RESPONSES", "100000")]);
    for number in 1..=150 {
        let question =
            format!("{{ items(first: 30) {{ nodes {{ code name a{number}: name elements {{ text }} }} }} }}");
        ask(&server, &question);
        server.get_with(&link(&question), &[("Accept-Encoding", "gzip")]);
    }
    let bytes = metric(&server, "mulu_cache_bytes{cache=\"responses\"}");
    let entries = metric(&server, "mulu_cache_entries{cache=\"responses\"}");
    assert!((10_000..=100_000).contains(&bytes) && (1..20).contains(&entries), "{bytes} {entries}");

    let off = Server::with(&app, &[("MULU_CACHE_RESPONSES", "0")]);
    let once = ask(&off, "{ items { totalCount } }");
    assert_eq!(ask(&off, "{ items { totalCount } }"), once);
    let packed = off.get_with(
        &link("{ items(first: 30) { nodes { elements { text } } } }"),
        &[("Accept-Encoding", "gzip")],
    );
    assert!(packed.headers().get("content-encoding").is_none());
    assert_eq!((counts(&off), metric(&off, "mulu_cache_bytes{cache=\"responses\"}")), ([0, 0, 0], 0));
}
