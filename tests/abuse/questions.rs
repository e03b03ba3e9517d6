//! Requests whose question is the trouble, and the code that each is answered with; empty: it is answered.

use serde_json::{Value, json};

/// A question by its name, and its code.
type Question = (&'static str, fn() -> Value, &'static str);

/// Every question.
pub const ALL: &[Question] = &[
    // Fragments.
    ("fragments that double 23 times", || ask(doubling(23, "__typename")), "QUERY_TOO_LARGE"),
    ("fragments that double within fields", || ask(doubling(18, "at { __typename }")), "QUERY_TOO_LARGE"),
    ("fragments that each spread all that follow", || ask(wide(90)), "QUERY_TOO_LARGE"),
    ("a chain of 99 fragments", || ask(chain(99)), "QUERY_TOO_DEEP"),
    ("a chain of a thousand fragments", || ask(chain(1_000)), "QUERY_TOO_LARGE"),
    ("a fragment in itself", || ask("{ ...F } fragment F on Query { ...F }"), "BAD_INPUT"),
    (
        "two fragments in each other",
        || ask("{ ...F } fragment F on Query { at { ...G } } fragment G on Query { ...F ...F }"),
        "BAD_INPUT",
    ),
    (
        "a thousand fragments for nothing",
        || {
            ask(format!(
                "{{ __typename }} {}",
                each(1_000, |i| format!("fragment F{i} on Query {{ __typename }}"))
            ))
        },
        "QUERY_TOO_LARGE",
    ),
    (
        "ninety fragments for nothing",
        || {
            ask(format!(
                "{{ __typename }} {}",
                each(90, |i| format!("fragment F{i} on Query {{ __typename }}"))
            ))
        },
        "BAD_INPUT",
    ),
    (
        "four hundred spreads of nothing",
        || ask(format!("{{ {} }}", each(400, |i| format!("...F{i}")))),
        "BAD_INPUT",
    ),
    (
        "four hundred spreads on unknown types",
        || ask(format!("{{ {} }}", each(400, |i| format!("... on T{i} {{ x }}")))),
        "BAD_INPUT",
    ),
    (
        "inline fragments in one another",
        || ask(format!("{}__typename{}", "{ ...".repeat(8_000), "}".repeat(8_000))),
        "QUERY_TOO_DEEP",
    ),
    // Floods.
    (
        "a thousand aliases",
        || ask(format!("{{ {} }}", each(1_000, |i| format!("a{i}: __typename")))),
        "QUERY_TOO_LARGE",
    ),
    (
        "the dearest field by ninety aliases",
        || {
            ask(format!(
                "{{ {} }}",
                each(90, |i| format!(
                    "a{i}: alignments(division: \"51\", includeDescendants: true) {{ totalCount }}"
                ))
            ))
        },
        "QUERY_TOO_LARGE",
    ),
    ("five thousand __typename", || ask(format!("{{ {} }}", "__typename ".repeat(5_000))), "QUERY_TOO_LARGE"),
    (
        "three thousand __typename",
        || ask(format!("{{ {} }}", "__typename ".repeat(3_000))),
        "QUERY_TOO_LARGE",
    ),
    (
        "as many __typename as there may be",
        || ask(format!("{{ platform {{ {} }} }}", "__typename ".repeat(999))),
        "",
    ),
    (
        "three hundred fields of the root",
        || ask(format!("{{ {} }}", "platform { revision } ".repeat(300))),
        "QUERY_TOO_LARGE",
    ),
    (
        "a thousand directives on a field",
        || ask(format!("{{ __typename {} }}", "@include(if: true) ".repeat(1_000))),
        "QUERY_TOO_LARGE",
    ),
    (
        "ninety unknown directives",
        || ask(format!("query {} {{ __typename }}", each(90, |i| format!("@d{i}")))),
        "BAD_INPUT",
    ),
    (
        "two thousand operations",
        || named(each(2_000, |i| format!("query Q{i} {{ __typename }}")), "Q7"),
        "QUERY_TOO_LARGE",
    ),
    (
        "fields that cannot be merged",
        || ask(format!("{{ platform {{ {} }} }}", "a: revision a: digest ".repeat(49))),
        "BAD_INPUT",
    ),
    (
        "fields that cannot be merged, in fragments",
        || {
            let spreads = each(90, |i| format!("...F{i}"));
            let fragments = each(90, |i| format!("fragment F{i} on Platform {{ a: revision revision }}"));
            ask(format!("{{ platform {{ a: digest {spreads} }} }} {fragments}"))
        },
        "BAD_INPUT",
    ),
    (
        "the same field nine hundred times",
        || ask(format!("{{ platform {{ {} }} }}", "revision ".repeat(900))),
        "",
    ),
    (
        "the same object two hundred times",
        || ask(format!("{{ division(code: \"51\") {{ {} }} }}", "parent { name } ".repeat(200))),
        "",
    ),
    (
        "unknown fields of two thousand letters",
        || ask(format!("{{ {} }}", each(30, |i| format!("{}{i}", "x".repeat(2_000))))),
        "INPUT_TOO_LARGE",
    ),
    (
        "unknown fields of a hundred letters, in a fragment for nothing",
        || {
            let fields = each(500, |i| format!("{}{i}", "x".repeat(100)));
            ask(format!("{{ __typename }} fragment F on Item {{ {fields} }}"))
        },
        "BAD_INPUT",
    ),
    (
        "unknown arguments of a hundred letters",
        || {
            ask(format!(
                "{{ items({}) {{ totalCount }} }}",
                each(500, |i| format!("{}{i}: 1", "x".repeat(100)))
            ))
        },
        "BAD_INPUT",
    ),
    (
        "nine hundred unknown fields",
        || ask(format!("{{ platform {{ {} }} }}", each(900, |i| format!("revisio{i}")))),
        "BAD_INPUT",
    ),
    (
        "nine hundred unknown arguments",
        || ask(format!("{{ division({}) {{ name }} }}", each(900, |i| format!("cod{i}: 1")))),
        "BAD_INPUT",
    ),
    // Depth.
    (
        "at within at",
        || ask(format!("{{ {} platform {{ revision }} {} }}", "at { ".repeat(30), "} ".repeat(30))),
        "QUERY_TOO_DEEP",
    ),
    (
        "at within at, as deep as may be",
        || ask(format!("{{ {} platform {{ revision }} {} }}", "at { ".repeat(18), "} ".repeat(18))),
        "",
    ),
    (
        "parents of parents",
        || {
            ask(format!(
                "{{ division(code: \"51\") {{ {} name {} }} }}",
                "parent { ".repeat(40),
                "} ".repeat(40)
            ))
        },
        "QUERY_TOO_DEEP",
    ),
    ("sixty thousand braces", || ask("{".repeat(60_000)), "QUERY_TOO_DEEP"),
    ("sixty thousand closing braces", || ask("}".repeat(60_000)), "QUERY_TOO_LARGE"),
    (
        "lists of lists of lists",
        || ask(format!("{{ node(id: {}{}) {{ id }} }}", "[".repeat(20_000), "]".repeat(20_000))),
        "QUERY_TOO_DEEP",
    ),
    (
        "objects in objects",
        || {
            ask(format!(
                "{{ items(filter: {}1{}) {{ totalCount }} }}",
                "{a:".repeat(10_000),
                "}".repeat(10_000)
            ))
        },
        "QUERY_TOO_DEEP",
    ),
    (
        "types of lists of lists",
        || ask(format!("query($v: {}Int{}) {{ __typename }}", "[".repeat(20_000), "]".repeat(20_000))),
        "QUERY_TOO_DEEP",
    ),
    // Values.
    (
        "twenty thousand elements",
        || ask(format!("{{ items(filter: {{ domain: [{}] }}) {{ totalCount }} }}", "1 ".repeat(20_000))),
        "QUERY_TOO_LARGE",
    ),
    (
        "twenty thousand ids",
        || {
            with(
                "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
                json!({ "ids": vec!["WyJEaXZpc2lvbiIsIjUx"; 20_000] }),
            )
        },
        "INPUT_TOO_LARGE",
    ),
    (
        "a hundred and one ids",
        || with("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": vec!["x"; 101] })),
        "PAGE_TOO_LARGE",
    ),
    (
        "a hundred lists around a variable",
        || with("{ __typename }", json!({ "v": (0..100).fold(json!(1), |it, _| json!([it])) })),
        "INPUT_TOO_LARGE",
    ),
    (
        "a variable of 400 KB",
        || with("query($v: String!) { domain(code: $v) { name } }", json!({ "v": "x".repeat(400_000) })),
        "INPUT_TOO_LARGE",
    ),
    (
        "ten thousand variables given",
        || {
            with(
                "{ __typename }",
                (0..10_000).map(|i| (format!("v{i}"), json!(1))).collect::<serde_json::Map<_, _>>().into(),
            )
        },
        "QUERY_TOO_LARGE",
    ),
    (
        "three thousand variables defined",
        || ask(format!("query({}) {{ __typename }}", each(3_000, |i| format!("$v{i}: Int")))),
        "QUERY_TOO_LARGE",
    ),
    (
        "a number of 400 000 digits",
        || ask(format!("{{ items(first: {}) {{ totalCount }} }}", "9".repeat(400_000))),
        "QUERY_TOO_LARGE",
    ),
    (
        "a number of ten thousand digits",
        || ask(format!("{{ items(first: {}) {{ totalCount }} }}", "9".repeat(10_000))),
        "INPUT_TOO_LARGE",
    ),
    (
        "a number of a thousand digits",
        || ask(format!("{{ items(first: {}) {{ totalCount }} }}", "9".repeat(1_000))),
        "BAD_INPUT",
    ),
    ("1e400", || ask("{ items(first: 1e400) { totalCount } }"), "BAD_INPUT"),
    ("a page without an end", || ask("{ items(first: 2147483647) { totalCount } }"), "PAGE_TOO_LARGE"),
    (
        "a page beyond 64 bits",
        || with("query($n: Int) { items(first: $n) { totalCount } }", json!({ "n": 1e30 })),
        "BAD_INPUT",
    ),
    ("a page of less than none", || ask("{ items(first: -1) { totalCount } }"), "BAD_INPUT"),
    ("a page that is no number", || ask("{ items(first: NaN) { totalCount } }"), "BAD_INPUT"),
    ("a name of sixty thousand letters", || ask(format!("{{ {} }}", "x".repeat(60_000))), "INPUT_TOO_LARGE"),
    (
        "an operation's name of 400 KB",
        || named("{ __typename }".to_owned(), &"x".repeat(400_000)),
        "INPUT_TOO_LARGE",
    ),
    // Text.
    ("a comment of 400 KB", || ask(format!("{{ __typename }} #{}", "x".repeat(400_000))), "QUERY_TOO_LARGE"),
    ("sixty thousand commas", || ask(format!("{{ __typename {} }}", ",".repeat(60_000))), ""),
    ("a text without an end", || ask(format!("{{ domain(code: \"{}", "x".repeat(60_000))), "BAD_INPUT"),
    (
        "a block of text without an end, and brackets",
        || ask(format!("{{ domain(code: \"\"\"x\"{}", "[".repeat(60_000))),
        "BAD_INPUT",
    ),
    ("backslashes without an end", || ask(format!("{{ domain(code: \"{}", "\\".repeat(60_001))), "BAD_INPUT"),
    ("a byte order mark", || ask("\u{FEFF}{ platform { revision } }"), ""),
    ("NUL", || ask("{ platform\0 { revision } }"), "BAD_INPUT"),
    ("half a character", || ask(r#"{ domain(code: "\uD800") { name } }"#), "BAD_INPUT"),
    ("the other half first", || ask(r#"{ domain(code: "\uDC00\uD800") { name } }"#), "BAD_INPUT"),
    ("nothing", || ask(""), "BAD_INPUT"),
    // The schema.
    (
        "types of fields of types of fields",
        || {
            ask(format!(
                "{{ __schema {{ types {{ {} name {} }} }} }}",
                "fields { type { ".repeat(4),
                "} } ".repeat(4)
            ))
        },
        "QUERY_TOO_COSTLY",
    ),
    (
        "what types are within",
        || {
            ask(format!(
                "{{ __schema {{ types {{ {} name {} }} }} }}",
                "ofType { ".repeat(60),
                "} ".repeat(60)
            ))
        },
        "QUERY_TOO_DEEP",
    ),
    (
        "possible types of interfaces of possible types",
        || {
            ask(format!(
                "{{ __schema {{ types {{ {} name {} }} }} }}",
                "possibleTypes { interfaces { ".repeat(4),
                "} } ".repeat(4)
            ))
        },
        "QUERY_TOO_COSTLY",
    ),
    (
        "the schema forty times",
        || {
            ask(format!(
                "{{ {} }}",
                each(40, |i| format!(
                    "s{i}: __schema {{ types {{ fields {{ name args {{ name type {{ name }} }} }} }} }}"
                ))
            ))
        },
        "QUERY_TOO_COSTLY",
    ),
    (
        "the schema as text forty times",
        || ask(format!("{{ {} }}", each(40, |i| format!("s{i}: _service {{ sdl }}")))),
        "QUERY_TOO_COSTLY",
    ),
    // Cost.
    (
        "pages of pages of pages",
        || {
            ask(
                "{ catalogues(first: 100) { nodes { versions(first: 100) { nodes { items(first: 100) { nodes { code } } } } } } }",
            )
        },
        "QUERY_TOO_COSTLY",
    ),
    (
        "adoptions of adoptions",
        || {
            ask(format!(
                "{{ items(first: 100) {{ nodes {{ {} code {} }} }} }}",
                "adoptions(first: 100) { nodes { ".repeat(3),
                "} } ".repeat(3)
            ))
        },
        "QUERY_TOO_COSTLY",
    ),
    (
        "successors of successors",
        || {
            ask(format!(
                "{{ divisions(first: 100) {{ nodes {{ {} code {} }} }} }}",
                "successors { ancestors { ".repeat(4),
                "} } ".repeat(4)
            ))
        },
        "QUERY_TOO_COSTLY",
    ),
    (
        "every count of everything",
        || {
            ask(format!(
                "{{ {} }}",
                each(40, |i| format!(
                    "f{i}: items {{ facets {{ units {{ unit {{ name division {{ name }} }} count }} channels {{ channel {{ name }} count }} domains {{ domain {{ name }} count }} }} }}"
                ))
            ))
        },
        "QUERY_TOO_COSTLY",
    ),
    (
        "through fragments and variables",
        || {
            with(
                "query($n: Int) { catalogues(first: $n) { nodes { ...C } } } fragment C on Catalogue { versions(first: $n) { nodes { ...V } } } fragment V on Version { items(first: $n) { nodes { code name } } }",
                json!({ "n": 100 }),
            )
        },
        "QUERY_TOO_COSTLY",
    ),
    // What there is not.
    ("a mutation", || ask("mutation { publish { revision } }"), "BAD_INPUT"),
    ("a subscription", || ask("subscription { changes { revision } }"), "BAD_INPUT"),
];

fn ask(query: impl Into<String>) -> Value {
    json!({ "query": query.into() })
}

fn with(query: &str, variables: Value) -> Value {
    json!({ "query": query, "variables": variables })
}

fn named(query: String, name: &str) -> Value {
    json!({ "query": query, "operationName": name })
}

fn each(n: usize, part: impl Fn(usize) -> String) -> String {
    (0..n).map(|i| part(i) + " ").collect()
}

/// Fragments that each spread the next one twice.
fn doubling(n: usize, last: &str) -> String {
    let fragments = each(n, |i| format!("fragment F{i} on Query {{ ...F{} ...F{} }}", i + 1, i + 1));
    format!("{{ ...F0 }} {fragments} fragment F{n} on Query {{ {last} }}")
}

/// Fragments that each spread all that come after.
fn wide(n: usize) -> String {
    let after = |i: usize| (i + 1..n).map(|j| format!("...F{j} ")).collect::<String>();
    let fragments = each(n, |i| format!("fragment F{i} on Query {{ {} __typename }}", after(i)));
    format!("{{ ...F0 }} {fragments}")
}

/// Fragments that each spread the next one.
fn chain(n: usize) -> String {
    let fragments = each(n, |i| format!("fragment F{i} on Query {{ ...F{} }}", i + 1));
    format!("{{ ...F0 }} {fragments} fragment F{n} on Query {{ __typename }}")
}
