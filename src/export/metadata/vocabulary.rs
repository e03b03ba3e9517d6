//! The vocabulary (词汇): what the columns are called in linked data. Each declared column is a property, and says there
//! what it says in its declaration; nothing else is declared but what things are.

use serde_json::{Map, Value, json};

use super::terms::Names;
use crate::{
    catalogue::{
        column::{Column, ColumnType, Columns, ItemSource},
        dataset::Publication,
        reference::Register,
    },
    error::{Error, Result},
    export::{
        escape,
        rdf::{Iri, Node, OWN, Syntax, en, plain, zh},
    },
};

/// A kind of thing.
struct Class {
    name: &'static str,
    zh: &'static str,
    en: &'static str,
    /// What it is by a vocabulary of others.
    other: Option<&'static str>,
}

/// Every kind of thing.
const CLASSES: [Class; 11] = [
    class(
        "Version",
        "目录版本",
        "a numbered state of a catalogue, which never changes",
        Some("dcat:Dataset"),
    ),
    class(
        "Item",
        "公开事项",
        "a row of a version: what is disclosed, on what basis, when, how and to whom",
        None,
    ),
    class("State", "记录的状态", "what a record of a register was from a day on", None),
    class("Domain", "领域", "a domain of grassroots open government", Some("skos:Concept")),
    class("Channel", "公开渠道和载体", "where something is disclosed", None),
    class("Division", "行政区划", "a place with a government or a committee", Some("dct:Location")),
    class("Unit", "公开主体", "an office that discloses", Some("foaf:Agent")),
    class("Assignment", "领域责任分工", "which unit answers for a domain in a place", None),
    class(
        "LegalBasis",
        "公开依据",
        "a law, a regulation or a document that rows cite",
        Some("eli:LegalResource"),
    ),
    class("Alias", "别名", "what a printed name means", None),
    class("Element", "扩展要素", "which elements beyond the template a place or a domain has", None),
];

const fn class(name: &'static str, zh: &'static str, en: &'static str, other: Option<&'static str>) -> Class {
    Class { name, zh, en, other }
}

/// The kind of thing that a register's records are.
pub(in crate::export) fn class_of(register: Register) -> &'static str {
    match register {
        Register::Domain => "Domain",
        Register::Channel => "Channel",
        Register::Division => "Division",
        Register::Unit => "Unit",
        Register::Assignment => "Assignment",
        Register::LegalBasis => "LegalBasis",
        Register::Alias => "Alias",
        Register::Element => "Element",
    }
}

/// The name of a register's column: columns of two registers may have one name and mean two things.
pub(in crate::export) fn of_register(register: Register, column: &Column<String>) -> String {
    format!("{register}.{}", column.name())
}

/// Whether a column of items says something of the version, and not of the row.
pub(in crate::export) fn is_of_version(column: &Column<ItemSource>) -> bool {
    column.source().is_of_version()
}

/// The citation that is described on the spot, where other columns have JSON.
pub(in crate::export) fn is_citation(column: &Column<ItemSource>) -> bool {
    *column.source() == ItemSource::Basis
}

/// Properties that no column has: name, what it is of where that is one kind of thing, Chinese, English.
const MORE: [[&str; 4]; 4] = [
    ["record.state", "", "记录的一个状态", "a state of the record"],
    ["content.basis.text", "", "引文的写法", "the wording of a citation"],
    ["content.basis.kind", "", "引文前所印的类别", "the kind that is printed before a citation"],
    ["version", "Item", "该行所在的版本", "the version that the row is of"],
];

/// The document at the namespace's address: every class and every property.
pub fn vocabulary(publication: &Publication, syntax: Syntax) -> Result<Vec<u8>> {
    let names = Names::new(publication);
    let mut writer = syntax.writer(&names.namespace());
    let mut out = Vec::new();
    writer.begin(&mut out)?;
    for node in nodes(&names) {
        writer.node(&node, &mut out)?;
    }
    writer.end(&mut out)?;
    Ok(out)
}

/// The same for people: a page with a line for each term, at which its name leads there.
pub fn vocabulary_page() -> String {
    let mut rows = String::new();
    let mut add = |name: &str, kind: &str, label: &str, zh: &str, en: &str| {
        let [name, label, zh, en] = [name, label, zh, en].map(escape);
        rows.push_str(&format!(
            "<tr id=\"{name}\"><td><code>{name}</code></td><td>{label}</td><td>{kind}</td><td>{zh}</td><td lang=\"en\">{en}</td></tr>\n"
        ));
    };
    for class in &CLASSES {
        add(class.name, "类 class", class.zh, "", class.en);
    }
    let columns = Columns::declared();
    for column in &columns.item {
        add(column.name(), column.kind().name(), column.label(), column.zh(), column.en());
    }
    for register in Register::ALL {
        for column in columns.of(register) {
            let name = of_register(register, column);
            add(&name, column.kind().name(), column.label(), column.zh(), column.en());
        }
    }
    for [name, _, zh, en] in MORE {
        add(name, "", zh, "", en);
    }
    format!(
        "<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>mulu 词汇 · vocabulary</title>\n\
         <link rel=\"alternate\" type=\"text/turtle\" href=\"/ns.ttl\">\n\
         <link rel=\"alternate\" type=\"application/ld+json\" href=\"/ns.jsonld\">\n\
         <style>body{{font:1rem/1.5 sans-serif;margin:1rem auto;max-width:70rem;padding:0 1rem}}\
         table{{border-collapse:collapse}}td,th{{border:1px solid #ccc;padding:.2rem .5rem;text-align:left;vertical-align:top}}\
         tr:target{{background:#ffc}}</style>\n</head>\n<body>\n<h1>mulu 词汇 <span lang=\"en\">vocabulary</span></h1>\n\
         <p><a href=\"/ns.ttl\">Turtle</a> · <a href=\"/ns.jsonld\">JSON-LD</a> · \
         <a href=\"/ns/context.jsonld\">JSON-LD context</a></p>\n\
         <table>\n<tr><th>名称 name</th><th>中文</th><th>类型 type</th><th>含义</th><th lang=\"en\">meaning</th></tr>\n\
         {rows}</table>\n</body>\n</html>\n"
    )
}

fn nodes(names: &Names) -> Vec<Node> {
    let columns = Columns::declared();
    let ontology = Node::new(names.vocabulary())
        .is("owl:Ontology")
        .with("dct:title", zh("mulu 词汇"))
        .with("dct:title", en("The vocabulary of mulu"))
        .with("dct:description", zh("由 schema/columns.toml 所声明的数据列得出。"))
        .with("dct:description", en("Made from the columns that schema/columns.toml declares."))
        .with("owl:versionInfo", plain(columns.version.to_string()))
        .with("vann:preferredNamespacePrefix", plain(OWN))
        .with("vann:preferredNamespaceUri", plain(names.namespace()));
    let mut nodes = vec![ontology];
    nodes.extend(CLASSES.iter().map(|class| {
        let node = term(names, class.name, class.zh).is("rdfs:Class").with("rdfs:comment", en(class.en));
        node.with_all("rdfs:subClassOf", class.other.map(Iri::of))
    }));
    for column in &columns.item {
        let of = if is_of_version(column) { "Version" } else { "Item" };
        nodes.push(property(names, column.name(), of, column, is_citation(column)));
    }
    for register in Register::ALL {
        for column in columns.of(register) {
            let name = of_register(register, column);
            let of = if is_of_record(column) { class_of(register) } else { "State" };
            nodes.push(property(names, &name, of, column, false));
        }
    }
    for [name, of, label, comment] in MORE {
        let node = term(names, name, label).is("rdf:Property").with("rdfs:comment", en(comment));
        nodes.push(node.with_all("rdfs:domain", own(names, of)));
    }
    nodes
}

/// Whether a column of a register says something of the record, whatever its state.
pub(in crate::export) fn is_of_record(column: &Column<String>) -> bool {
    column.source().starts_with("record.")
}

fn own(names: &Names, name: &str) -> Option<Iri> {
    (!name.is_empty()).then(|| Iri::new(format!("{}{name}", names.namespace())))
}

fn term(names: &Names, name: &str, label: &str) -> Node {
    Node::new(Iri::new(format!("{}{name}", names.namespace())))
        .with("rdfs:label", zh(label))
        .with("rdfs:isDefinedBy", names.vocabulary())
}

fn property<S>(names: &Names, name: &str, of: &str, column: &Column<S>, is_citation: bool) -> Node {
    let (kind, range) = match is_citation {
        true => ("owl:ObjectProperty", "eli:LegalResource"),
        false => ("owl:DatatypeProperty", datatype(column.kind())),
    };
    term(names, name, column.label())
        .is(kind)
        .with("rdfs:comment", zh(column.zh()))
        .with("rdfs:comment", en(column.en()))
        .with_all("rdfs:domain", own(names, of))
        .with("rdfs:range", Iri::of(range))
}

/// What cells of a type are as literals.
pub(in crate::export) fn datatype(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::String => "xsd:string",
        ColumnType::Integer => "xsd:integer",
        ColumnType::Boolean => "xsd:boolean",
        ColumnType::Date => "xsd:date",
        ColumnType::Instant => "xsd:dateTime",
        ColumnType::Json => "rdf:JSON",
    }
}

/// The context that JSON-LD of data is read by: names of columns as they are elsewhere.
pub fn context(publication: &Publication) -> Value {
    let names = Names::new(publication);
    let mut terms = Map::new();
    terms.insert("@version".to_owned(), json!(1.1));
    terms.insert(OWN.to_owned(), names.namespace().into());
    for prefix in ["dct", "eli", "rdf", "xsd"] {
        terms.insert(prefix.to_owned(), Iri::of(&format!("{prefix}:")).to_string().into());
    }
    for class in &CLASSES {
        terms.insert(class.name.to_owned(), format!("{OWN}:{}", class.name).into());
    }
    let columns = Columns::declared();
    for column in &columns.item {
        let said = if is_citation(column) { Value::Null } else { datatype(column.kind()).into() };
        terms.insert(column.name().to_owned(), meant(column.name(), said));
    }
    for register in Register::ALL {
        for column in columns.of(register) {
            let name = of_register(register, column);
            let meant = meant(&name, datatype(column.kind()).into());
            terms.insert(name, meant);
        }
    }
    for [name, ..] in MORE {
        let said = if name == "version" { "@id".into() } else { Value::Null };
        terms.insert(name.to_owned(), meant(name, said));
    }
    json!({ "@context": terms })
}

fn meant(name: &str, kind: Value) -> Value {
    let id = format!("{OWN}:{name}");
    match kind {
        // A text is one without saying so.
        Value::Null => json!({ "@id": id }),
        kind if kind == "xsd:string" => json!({ "@id": id }),
        kind => json!({ "@id": id, "@type": kind }),
    }
}

/// The same as a file.
pub fn context_file(publication: &Publication) -> Result<String> {
    Ok(serde_json::to_string_pretty(&context(publication)).map_err(Error::internal)? + "\n")
}
