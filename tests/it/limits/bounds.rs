//! The question just inside each limit, and the one just outside.

use std::time::Duration;

use async_graphql::{Request, Variables};
use mulu::config::Limits;
use serde_json::{Value, json};

use crate::kit::{Asking, Backend, TestApp};

/// How much of the processor a refusal may take, in the unoptimised build of the tests.
const REFUSAL: Duration = Duration::from_millis(10);

/// A question that has just so much of what is limited.
type Ask = fn(usize) -> Request;

/// Every limit on what is asked, with its code and what makes it speak.
const BOUNDS: [(&str, &str, Ask); 18] = [
    ("document_bytes", "QUERY_TOO_LARGE", |n| {
        let text = "{ platform { revision } } #";
        Request::new(format!("{text}{}", "x".repeat(n - text.len())))
    }),
    ("tokens", "QUERY_TOO_LARGE", |n| {
        let domains = "\"12\" ".repeat(100);
        let items = format!("items(filter: {{ domain: [{domains}] }}, first: 0) {{ totalCount }} ");
        let (lists, rest) = ((n - 6) / 117, (n - 6) % 117);
        Request::new(format!("{{ platform {{ {} }} {} }}", "revision ".repeat(1 + rest), items.repeat(lists)))
    }),
    ("nesting", "QUERY_TOO_DEEP", |n| {
        let (open, close) = ("... { ".repeat(n - 2), "} ".repeat(n - 2));
        Request::new(format!("{{ {open} platform {{ revision }} {close} }}"))
    }),
    ("name_bytes", "INPUT_TOO_LARGE", |n| {
        Request::new(format!("{{ {}: platform {{ revision }} }}", "a".repeat(n)))
    }),
    ("literal_bytes", "INPUT_TOO_LARGE", |n| {
        Request::new(format!("{{ catalogue(code: \"{}\") {{ code }} }}", "x".repeat(n - 2)))
    }),
    ("operations", "QUERY_TOO_LARGE", |n| {
        Request::new(each(n, |i| format!("query Q{i} {{ platform {{ revision }} }}"))).operation_name("Q0")
    }),
    ("fragments", "QUERY_TOO_LARGE", |n| {
        let fragments = each(n, |i| format!("fragment F{i} on Platform {{ revision }}"));
        Request::new(format!("{{ platform {{ {} }} }} {fragments}", each(n, |i| format!("...F{i}"))))
    }),
    ("spreads", "QUERY_TOO_LARGE", |n| {
        Request::new(format!("{{ platform {{ {} }} }}", "... { revision } ".repeat(n)))
    }),
    ("directives", "QUERY_TOO_LARGE", |n| {
        Request::new(format!("{{ platform {{ {} }} }}", "revision @include(if: true) ".repeat(n)))
    }),
    ("depth", "QUERY_TOO_DEEP", |n| {
        let (open, close) = ("parent { ".repeat(n - 2), "} ".repeat(n - 2));
        Request::new(format!("{{ division(code: \"513230\") {{ {open} code {close} }} }}"))
    }),
    ("fields", "QUERY_TOO_LARGE", |n| {
        Request::new(format!("{{ platform {{ {} }} }}", "__typename ".repeat(n - 1)))
    }),
    ("aliases", "QUERY_TOO_LARGE", |n| {
        Request::new(format!("{{ platform {{ {} }} }}", each(n, |i| format!("a{i}: revision"))))
    }),
    ("root_fields", "QUERY_TOO_LARGE", |n| {
        Request::new(format!("{{ {} }}", "platform { revision } ".repeat(n)))
    }),
    ("variables", "QUERY_TOO_LARGE", |n| {
        let defined = each(n, |i| format!("$v{i}: Boolean = true"));
        let used = each(n, |i| format!("revision @include(if: $v{i})"));
        Request::new(format!("query({defined}) {{ platform {{ {used} }} }}"))
    }),
    ("variable_bytes", "INPUT_TOO_LARGE", |n| {
        // A name of one byte with quotation marks and colon, the list's brackets, and a comma for each text.
        let (texts, rest) = ((n - 6) / 1_001, (n - 6) % 1_001);
        let mut list = vec!["x".repeat(1_000); texts];
        if rest > 0 {
            list.push("x".repeat(rest - 1));
        }
        with_variable(json!(list))
    }),
    ("value_depth", "INPUT_TOO_LARGE", |n| with_variable((0..n).fold(json!(1), |within, _| json!([within])))),
    ("list_length", "INPUT_TOO_LARGE", |n| with_variable(json!(vec![1; n]))),
    ("page", "PAGE_TOO_LARGE", |n| {
        Request::new("query($n: Int) { catalogues(first: $n) { totalCount } }")
            .variables(Variables::from_json(json!({ "n": n })))
    }),
];

fn each(n: usize, part: impl Fn(usize) -> String) -> String {
    (0..n).map(|i| part(i) + " ").collect()
}

fn with_variable(value: Value) -> Request {
    Request::new("{ platform { revision } }").variables(Variables::from_json(json!({ "v": value })))
}

/// What the first error says of a limit.
fn said(answer: &Value) -> (&str, &str) {
    let extensions = &answer["errors"][0]["extensions"];
    (extensions["limit"].as_str().unwrap_or_default(), extensions["code"].as_str().unwrap_or_default())
}

/// The processor time of this thread so far.
fn processor() -> Duration {
    // What runs at this moment is added when the thread gives way.
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())
}

#[tokio::test]
async fn just_inside_is_answered_and_just_outside_is_refused_at_once() {
    let app = TestApp::new(Backend::Sqlite).await;
    let asking = Asking::new(&app).await;
    let limits = serde_json::to_value(Limits::default()).unwrap();
    for (key, code, ask) in BOUNDS {
        let most = limits[key].as_u64().unwrap();
        let count = usize::try_from(most).unwrap();
        let inside = asking.answer(ask(count)).await;
        assert_eq!(inside["errors"], Value::Null, "{key}");
        assert!(inside["data"].is_object(), "{key}");
        let mut least = Duration::MAX;
        for _ in 0..5 {
            let (request, before) = (ask(count + 1), processor());
            let outside = asking.answer(request).await;
            least = least.min(processor() - before);
            assert_eq!(said(&outside), (key, code), "{outside}");
            let error = &outside["errors"][0];
            assert_eq!((&error["extensions"]["most"], &outside["data"]), (&json!(most), &Value::Null));
            let asked = error["extensions"]["asked"].as_u64().unwrap();
            assert_eq!(asked, most + 1, "{key}");
            for text in [error["message"].as_str().unwrap(), error["extensions"]["zh"].as_str().unwrap()] {
                let says = |part: &str| assert!(text.contains(part), "{key}: {text}");
                says(&asked.to_string());
                says(&most.to_string());
                says(&format!("limits.{key}"));
            }
        }
        eprintln!("{key}: {least:?}");
        assert!(least < REFUSAL, "{key} took {least:?}");
    }
}

#[tokio::test]
async fn every_limit_is_tried() {
    let limits = serde_json::to_value(Limits::default()).unwrap();
    let elsewhere = ["cost", "introspection", "time_ms"];
    for key in limits.as_object().unwrap().keys() {
        let tried = BOUNDS.iter().any(|(tried, ..)| tried == key) || elsewhere.contains(&key.as_str());
        assert!(tried, "{key}");
    }
}

#[tokio::test]
async fn what_costs_just_as_much_as_may_be_is_answered() {
    let app = TestApp::new(Backend::Sqlite).await;
    let question = "{ items(first: 7) { nodes { code elements { text } } } }";
    let cost = Asking::new(&app).await.answer(Request::new(question)).await["extensions"]["cost"].clone();
    let cost = cost.as_u64().unwrap();
    let inside = Asking::within(&app, Limits { cost, ..Limits::default() }).await;
    assert_eq!(inside.answer(Request::new(question)).await["errors"], Value::Null);
    let outside = Asking::within(&app, Limits { cost: cost - 1, ..Limits::default() }).await;
    let refused = outside.answer(Request::new(question)).await;
    assert_eq!(said(&refused), ("cost", "QUERY_TOO_COSTLY"), "{refused}");
    assert_eq!(refused["errors"][0]["extensions"]["asked"], cost);
}

#[tokio::test]
async fn tools_may_ask_for_the_whole_schema_and_nobody_for_more() {
    let app = TestApp::new(Backend::Sqlite).await;
    let asking = Asking::new(&app).await;
    let whole = asking.answer(Request::new(INTROSPECTION)).await;
    assert_eq!(whole["errors"], Value::Null);
    assert!(whole["data"]["__schema"]["types"].as_array().unwrap().len() > 50);
    let around = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
    assert_eq!(said(&asking.answer(Request::new(around)).await), ("introspection", "QUERY_TOO_COSTLY"));
}

#[tokio::test]
async fn a_fragment_that_spreads_itself_is_refused() {
    let app = TestApp::new(Backend::Sqlite).await;
    let asking = Asking::new(&app).await;
    for question in [
        "{ ...F } fragment F on Query { ...F }",
        "{ at { ...F } } fragment F on Query { at { ...G } } fragment G on Query { ...F platform { revision } }",
        "{ platform { revision } } fragment F on Query { at { ...F } }",
    ] {
        assert_eq!(asking.refused(question).await, "BAD_INPUT", "{question}");
    }
}

/// What GraphiQL and code generators ask.
const INTROSPECTION: &str = "query IntrospectionQuery {
  __schema {
    description queryType { name kind } mutationType { name kind } subscriptionType { name kind }
    types { ...FullType }
    directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } }
  }
}
fragment FullType on __Type {
  kind name description specifiedByURL
  fields(includeDeprecated: true) {
    name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason
  }
  inputFields(includeDeprecated: true) { ...InputValue }
  interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...TypeRef }
}
fragment InputValue on __InputValue {
  name description type { ...TypeRef } defaultValue isDeprecated deprecationReason
}
fragment TypeRef on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType {
  kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } }
}";
