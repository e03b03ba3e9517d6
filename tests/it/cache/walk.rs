//! Whatever happens to the log and whatever day it becomes: a server that keeps answers says, byte for byte, what one
//! says that keeps none; and so does one that holds few catalogues of many.

use std::io::Read;

use mulu::{catalogue::text::Text, import::File, store::Then};
use proptest::{prelude::*, strategy::ValueTree};
use serde_json::{Value, json};

use crate::{
    history::{Player, Step, step},
    kit::{Serving, TestApp, Told, cases, document, runner},
};

/// Something that happens, or a question.
#[derive(Clone, Debug)]
enum Event {
    /// What histories consist of: publishing, withdrawing, closing, loading a register, erasing, and time that passes.
    Log(Step),
    /// A place has a version, mostly for the first time.
    Place(u8),
    /// A person decides what a printed name means, everywhere or in one place.
    Alias(bool),
    /// A place declares a further element.
    Declare(u8),
    /// What an item says is erased.
    Erase(usize),
    /// A town comes under another county on a day, or goes back.
    Moves(i64),
    /// Days pass.
    Days(i64),
    /// Questions, in a form each.
    Ask(Vec<(usize, Form)>),
}

/// How a question is asked.
#[derive(Clone, Copy, Debug)]
struct Form {
    get: bool,
    coding: &'static str,
    cost: bool,
    again: bool,
}

fn event() -> impl Strategy<Value = Event> {
    let form = (
        any::<bool>(),
        prop_oneof![Just("identity"), Just("gzip"), Just("zstd")],
        any::<bool>(),
        any::<bool>(),
    );
    let form = form.prop_map(|(get, coding, cost, again)| Form { get, coding, cost, again });
    prop_oneof![
        3 => step().prop_map(Event::Log),
        1 => (0u8..4).prop_map(Event::Place),
        1 => any::<bool>().prop_map(Event::Alias),
        1 => (0u8..3).prop_map(Event::Declare),
        1 => any::<usize>().prop_map(Event::Erase),
        1 => (-30i64..30).prop_map(Event::Moves),
        1 => (1i64..20).prop_map(Event::Days),
        12 => proptest::collection::vec((any::<usize>(), form), 1..6).prop_map(Event::Ask),
    ]
}

/// Catalogues that histories know nothing of; their days are others, too, so that what is erased of them is not erased of
/// theirs.
const PLACES: [&str; 4] = ["513230000000-01", "510000000000-12", "513230100000-20", "513200000000-12"];

/// What is asked over and over. `REVISION` stands for a position in the log, `CURSOR` and `ID` for what an answer had.
const QUESTIONS: [&str; 39] = [
    "{ item(code: \"513230000000-12-0001\") { name elements { label text } responsibleUnits { text unit { name } } } }",
    "{ item(code: \"513230000000-12-0002\") { id digest version { number state label } history { totalCount } } }",
    "{ item(code: \"513230100000-12V-0001\") { name division { fullName } domain { name } catalogue { title } } }",
    "{ items(first: 5) { totalCount nodes { code name } pageInfo { endCursor hasNextPage } } }",
    "{ items(first: 2, after: CURSOR) { totalCount nodes { code name } pageInfo { endCursor hasNextPage } } }",
    "{ items(filter: { division: \"513230\", domain: [\"12\"] }) { totalCount nodes { code name } } }",
    "{ items(filter: { division: \"513230100\", includeAncestors: true }) { totalCount edges { cursor node { code } } } }",
    "{ items(filter: { division: \"51\", includeDescendants: true, level: [COUNTY] }) { totalCount nodes { code } } }",
    "{ items(filter: { name: \"事项2\" }, orderBy: RECENTLY_CHANGED) { nodes { code version { number } } } }",
    "{ items { facets { units { text unit { name } count } domains { domain { code } count } levels { level count } } } }",
    "{ catalogue(code: \"513230000000-12\") { title version { number itemCount } versions { nodes { number state } } } }",
    "{ catalogue(code: \"513230000000-20\") { elements { key label validFrom } version { label items { totalCount } } } }",
    "{ catalogue(code: \"513230000000-01\") { code title } none: catalogue(code: \"510000000000-01\") { code } }",
    "{ catalogues { totalCount nodes { code } } }",
    "{ catalogues(division: \"5132\", includeDescendants: true) { totalCount nodes { code version { number } } } }",
    "{ catalogues(domain: \"20\") { nodes { code } pageInfo { endCursor } } }",
    "{ domain(code: \"12\") { catalogues { totalCount } elements { key } } domains { totalCount nodes { name } } }",
    "{ division(code: \"513230\") { name units { nodes { name formerNames } } catalogues { totalCount } elements { key } } }",
    "{ divisions(level: TOWNSHIP) { totalCount nodes { fullName } } channels { nodes { name } } }",
    "{ units(name: \"县文化局\") { totalCount nodes { id name } } }",
    "{ legalBases { totalCount nodes { title citedBy { totalCount } } } }",
    "{ alignments(division: \"51\", includeDescendants: true) { totalCount } }",
    "{ platform { revision digest checkpoint } }",
    "{ changes(since: REVISION, first: 5) { totalCount nodes { revision kind reason catalogue { code } } } }",
    "{ changes(since: 3, division: \"513230100\", last: 3) { nodes { revision kind version { number } } } }",
    "{ at(revision: REVISION) { catalogue(code: \"513230000000-12\") { id version { number } } items { totalCount } } }",
    "{ at(revision: REVISION, effectiveOn: \"2026-11-30\") { items { totalCount nodes { id name } pageInfo { endCursor } } units { nodes { id name } } } }",
    "{ at(effectiveOn: \"2026-12-15\") { items { totalCount nodes { code name } } } now: items { totalCount } }",
    "{ at(knownAt: \"2026-11-25T00:00:00Z\") { platform { revision } catalogues { totalCount nodes { id } } } }",
    "{ at(knownAt: \"2026-11-25T00:00:00Z\", effectiveOn: \"2026-11-25\") { catalogues { totalCount nodes { id } } } }",
    "{ node(id: ID) { id ... on Item { name } ... on Catalogue { version { number } } ... on Unit { name } } }",
    "{ at(revision: REVISION, effectiveOn: \"2026-11-30\") { node(id: ID) { id ... on Item { name code } } } }",
    "{ catalogue(code: \"513230000000-12\") { version(number: 1) { label changes { added } items(first: 2) { nodes { name } } } version2: version(number: 2) { label changes { changed added } } } }",
    "{ items(filter: { division: \"513231\", includeDescendants: true }) { totalCount nodes { code } } catalogues(division: \"513230\", includeDescendants: true, last: 2) { totalCount nodes { code } pageInfo { hasPreviousPage startCursor } } }",
    "{ at(effectiveOn: \"2026-11-01\") { items(filter: { division: \"513230\", includeDescendants: true, includeAncestors: true }) { totalCount nodes { code } } alignments(division: \"513230\", includeDescendants: true) { totalCount } } }",
    "{ catalogues(kind: VILLAGE) { totalCount nodes { code } } catalogues2: catalogues(kind: STANDARD, domain: \"12\", first: 1) { totalCount nodes { code title } pageInfo { hasNextPage endCursor } } }",
    "{ catalogues(first: 2, after: CURSOR) { nodes { code upstream { code } } pageInfo { hasNextPage endCursor } } }",
    "{ changes(since: 2, last: 4) { nodes { kind catalogue { code version { number } } version { number state } successor { code } } } }",
    "{ __type(name: \"Item\") { name fields { name } } __typename }",
];

/// How many catalogues the server holds that holds few: soon there are more.
const FEW: u64 = 3;

/// The servers and what questions are made of.
struct Pair {
    kept: Serving,
    few: Serving,
    fresh: Serving,
    revision: u64,
    head: u64,
    cursor: Value,
    id: Value,
}

impl Pair {
    async fn new(app: &TestApp) -> Self {
        let kept = Serving::with(app, |_| {}).await;
        let fresh = Serving::with(app, |config| {
            config.cache.responses = 0;
            config.cache.documents = 0;
        });
        let few = Serving::with(app, |config| config.cache.catalogues = FEW).await;
        let (fresh, cursor, id) = (fresh.await, json!("x"), json!("x"));
        let mut pair = Self { kept, few, fresh, revision: 0, head: 0, cursor, id };
        pair.look(app).await;
        pair.revision = pair.head;
        pair
    }

    /// Has all look at the log: whoever asks for a revision that is not followed yet has it followed.
    async fn look(&mut self, app: &TestApp) {
        self.head = app.store.head().await.unwrap();
        let question = format!("{{ at(revision: {}) {{ platform {{ software }} }} }}", self.head);
        let body = json!({ "query": question }).to_string();
        for server in [&self.kept, &self.few, &self.fresh] {
            server.post(body.clone(), &[]).await;
            let told = server.post(body.clone(), &[]).await;
            assert_eq!((told.status, told.header("x-mulu-revision")), (200, self.head.to_string().as_str()));
        }
    }

    fn question(&self, which: usize) -> String {
        let question = QUESTIONS[which % QUESTIONS.len()];
        let question = question.replace("REVISION", &self.revision.to_string());
        question.replace("CURSOR", &self.cursor.to_string()).replace("ID", &self.id.to_string())
    }

    /// Asks all and compares what they say.
    async fn ask(&mut self, which: usize, form: Form) -> Value {
        let question = self.question(which);
        let cost = if form.cost { "1" } else { "0" };
        let plain = Form { coding: "identity", ..form };
        let mut told = Vec::new();
        for (server, form) in [(&self.fresh, plain), (&self.kept, form), (&self.few, form)] {
            let headers = [("accept-encoding", form.coding), ("x-mulu-cost", cost)];
            told.push(if form.get {
                let query: String = question.bytes().map(|byte| format!("%{byte:02x}")).collect();
                server.get(&format!("/graphql?query={query}"), &headers).await
            } else {
                server.post(json!({ "query": question }).to_string(), &headers).await
            });
        }
        let (fresh, others) = told.split_first().unwrap();
        let expected = unpacked(fresh);
        let tag = |told: &Told| told.header("etag").replace("-gzip", "").replace("-zstd", "");
        for (which, other) in ["kept", "few"].into_iter().zip(others) {
            assert_eq!(unpacked(other), expected, "{which}: {question} {form:?}");
            for header in ["x-mulu-revision", "cache-control", "content-type", "vary"] {
                let (said, expected) = (other.header(header), fresh.header(header));
                assert_eq!(said, expected, "{which}: {header} of {question} {form:?}");
            }
            assert_eq!(tag(other), tag(fresh), "{which}: {question} {form:?}");
            assert_eq!(other.status, fresh.status, "{which}: {question}");
        }
        serde_json::from_str(&expected).unwrap()
    }

    /// Takes a cursor and an id out of an answer, for questions to come.
    fn learn(&mut self, answer: &Value) {
        match answer {
            Value::Object(members) => {
                for (name, value) in members {
                    match (name.as_str(), value) {
                        ("endCursor" | "cursor", Value::String(_)) => self.cursor = value.clone(),
                        ("id", Value::String(_)) => self.id = value.clone(),
                        _ => self.learn(value),
                    }
                }
            }
            Value::Array(values) => values.iter().for_each(|value| self.learn(value)),
            _ => {}
        }
    }
}

fn unpacked(told: &Told) -> String {
    let mut text = String::new();
    match told.header("content-encoding") {
        "gzip" => drop(flate2::read::GzDecoder::new(&told.body[..]).read_to_string(&mut text).unwrap()),
        "zstd" => text = String::from_utf8(zstd::decode_all(&told.body[..]).unwrap()).unwrap(),
        _ => text = String::from_utf8(told.body.clone()).unwrap(),
    }
    text
}

fn csv(name: &str, text: String) -> Vec<File> {
    vec![File { name: name.to_owned(), bytes: text.into_bytes() }]
}

async fn happen(app: &TestApp, pair: &mut Pair, player: &mut Player, event: &Event) {
    match event {
        Event::Log(step) => player.play(app, step).await,
        Event::Place(which) => {
            let day = chrono::NaiveDate::from_yo_opt(2026, 1 + (pair.head % 250) as u32).unwrap();
            let document = document(PLACES[*which as usize], &day.to_string(), 1 + pair.head as usize % 3);
            let staged = app.store.stage(vec![document], Then::Publish, || {}).await;
            // What was erased cannot be said again.
            assert!(staged.is_ok() || staged.is_err_and(|error| error.code() == "REDACTED"));
        }
        Event::Alias(everywhere) => {
            let place = if *everywhere { "" } else { "513230" };
            let text = format!("register,division,text,target\nunit,{place},县文化局,513230000000-U001\n");
            app.load(csv("aliases.csv", text)).await;
        }
        Event::Declare(which) => {
            let schema = format!(
                "{{\"type\":\"object\",\"properties\":{{\"k{}\":{{\"title\":\"要素{}\",\"type\":\"string\"}}}}}}",
                pair.head, pair.head
            );
            let file = app.file("schema.json", &schema);
            let whose: &[&str] = [
                &["--division", "513230"][..],
                &["--domain", "20"],
                &["--division", "5132", "--domain", "20"],
            ][*which as usize];
            app.ok(&[&["elements", "set", &file], whose].concat());
        }
        Event::Erase(pick) => {
            let question = json!({ "query": "{ items(first: 100) { nodes { code contentDigest } } }" });
            let told = pair.fresh.post(question.to_string(), &[]).await;
            let answer: Value = serde_json::from_slice(&told.body).unwrap();
            let nodes = answer.pointer("/data/items/nodes").and_then(Value::as_array);
            let erasable = |node: &&Value| {
                let code = node["code"].as_str().unwrap_or_default();
                PLACES.iter().any(|place| code.starts_with(&format!("{place}-")))
            };
            let nodes: Vec<&Value> = nodes.into_iter().flatten().filter(erasable).collect();
            let digest = nodes.get(pick % nodes.len().max(1)).and_then(|node| node["contentDigest"].as_str());
            if let Some(digest) = digest {
                let erased = app.store.redact(digest.parse().unwrap(), Text::new("个人信息")).await;
                assert!(erased.is_ok() || erased.is_err_and(|error| error.code() == "REDACTED"));
            }
        }
        Event::Moves(day) => {
            let day = app.clock.today() + chrono::TimeDelta::days(*day);
            let other = if pair.head.is_multiple_of(2) { "513231" } else { "513230" };
            let text = format!(
                "code,name,level,parent,validFrom\n513231,另一县,COUNTY,5132,\n513230100,壤柯镇,TOWNSHIP,513230,\n\
                 513230100,壤柯镇,TOWNSHIP,{other},{day}\n"
            );
            app.load(csv("divisions.csv", text)).await;
        }
        Event::Days(days) => app.clock.advance(chrono::TimeDelta::days(*days)),
        Event::Ask(questions) => {
            for (which, form) in questions {
                let answer = pair.ask(*which, *form).await;
                if form.again {
                    pair.ask(*which, Form { get: !form.get, ..*form }).await;
                } else {
                    pair.learn(&answer);
                    pair.revision = pair.head;
                }
            }
            return;
        }
    }
    pair.look(app).await;
}

on_both_stores! {
    async fn what_is_kept_is_what_would_be_said_anew(app: TestApp) {
        let mut player = Player::default();
        player.play(&app, &Step::Publish { catalogue: 0, day: -40, rows: 3 }).await;
        let mut pair = Box::pin(Pair::new(&app)).await;
        let mut runner = runner(&format!("cache on {:?}", app.database.backend), 1000);
        for _ in 0..cases(1000) {
            let event = event().new_tree(&mut runner).unwrap().current();
            happen(&app, &mut pair, &mut player, &event).await;
        }
        let metrics = pair.kept.get("/metrics", &[]).await.body;
        let metrics = String::from_utf8(metrics).unwrap();
        for found in ["hit", "outdated", "miss"] {
            let line = format!("mulu_graphql_answers_total{{found=\"{found}\"}} ");
            let count = metrics.lines().find_map(|known| known.strip_prefix(&line)).unwrap_or("0");
            eprintln!("{found}: {count}");
            assert!(count.parse::<u64>().unwrap() > 0, "{found}: {metrics}");
        }
    }
}
