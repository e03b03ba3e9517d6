//! Linked data (关联数据): one small model of statements, written as Turtle or as JSON-LD. Both are written from the same
//! nodes, so they say the same.

mod json_ld;
mod turtle;

use std::fmt;

pub(super) use self::{json_ld::JsonLd, turtle::Turtle};
use crate::error::Result;

/// What things are: `a` in Turtle, `@type` in JSON-LD.
const TYPE: &str = "rdf:type";

/// The prefixes that names are written with. That of our own vocabulary depends on where we are.
const PREFIXES: [(&str, &str); 15] = [
    ("adms", "http://www.w3.org/ns/adms#"),
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dct", "http://purl.org/dc/terms/"),
    ("eli", "http://data.europa.eu/eli/ontology#"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("hydra", "http://www.w3.org/ns/hydra/core#"),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("prov", "http://www.w3.org/ns/prov#"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("spdx", "http://spdx.org/rdf/terms#"),
    ("vann", "http://purl.org/vocab/vann/"),
    ("vcard", "http://www.w3.org/2006/vcard/ns#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// The prefix of our own vocabulary.
pub(super) const OWN: &str = "mulu";

/// How statements are written (关联数据格式).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// Turtle 1.1.
    Turtle,
    /// JSON-LD 1.1.
    JsonLd,
}

impl Syntax {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Turtle, Self::JsonLd];

    /// What names of such files end with, after the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Turtle => "ttl",
            Self::JsonLd => "jsonld",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Turtle => "text/turtle; charset=utf-8",
            Self::JsonLd => "application/ld+json",
        }
    }

    /// What writes it; names of our own vocabulary begin with `namespace`.
    pub(super) fn writer(self, namespace: &str) -> Box<dyn Write> {
        match self {
            Self::Turtle => Box::new(Turtle::new(namespace)),
            Self::JsonLd => Box::new(JsonLd::new(namespace)),
        }
    }
}

/// An address that stands in a statement: what must not stand in one is coded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Iri(String);

impl Iri {
    pub(super) fn new(text: impl AsRef<str>) -> Self {
        let mut safe = String::with_capacity(text.as_ref().len());
        for c in text.as_ref().chars() {
            match c {
                '\0'..=' ' | '<' | '>' | '"' | '{' | '}' | '|' | '^' | '`' | '\\' => {
                    safe.push_str(&format!("%{:02X}", u32::from(c)));
                }
                _ => safe.push(c),
            }
        }
        Self(safe)
    }

    /// A name with one of the prefixes, in full.
    pub(super) fn of(name: &str) -> Self {
        let known = name.split_once(':').and_then(|(prefix, local)| {
            let (_, namespace) = PREFIXES.iter().find(|(known, _)| *known == prefix)?;
            Some(format!("{namespace}{local}"))
        });
        Self::new(known.as_deref().unwrap_or(name))
    }

    /// The same with something behind it.
    pub(super) fn with(&self, more: &str) -> Self {
        Self::new(format!("{}{more}", self.0))
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Iri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is said of a thing by one statement.
#[derive(Clone, Debug)]
pub(super) enum Object {
    /// Another thing.
    Iri(Iri),
    /// A text, and its language where it has one.
    Text(String, Option<&'static str>),
    /// A value, and its type as a name with a prefix.
    Typed(String, &'static str),
    /// A thing without a name, described on the spot.
    Node(Node),
}

impl From<Iri> for Object {
    fn from(iri: Iri) -> Self {
        Self::Iri(iri)
    }
}

impl From<&Iri> for Object {
    fn from(iri: &Iri) -> Self {
        Self::Iri(iri.clone())
    }
}

impl From<Node> for Object {
    fn from(node: Node) -> Self {
        Self::Node(node)
    }
}

/// A text in Chinese.
pub(super) fn zh(text: impl Into<String>) -> Object {
    Object::Text(text.into(), Some("zh"))
}

/// A text in English.
pub(super) fn en(text: impl Into<String>) -> Object {
    Object::Text(text.into(), Some("en"))
}

/// A text in no language, such as a code.
pub(super) fn plain(text: impl Into<String>) -> Object {
    Object::Text(text.into(), None)
}

/// A value of a type.
pub(super) fn typed(value: impl ToString, kind: &'static str) -> Object {
    Object::Typed(value.to_string(), kind)
}

/// A thing and what is said of it (节点).
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    id: Option<Iri>,
    /// Predicates as names with a prefix, each once, with what is said by them.
    statements: Vec<(String, Vec<Object>)>,
}

impl Node {
    /// A thing with a name.
    pub(super) fn new(id: impl Into<Iri>) -> Self {
        Self { id: Some(id.into()), statements: Vec::new() }
    }

    /// A thing without one.
    pub(super) fn blank() -> Self {
        Self::default()
    }

    /// What it is, as a name with a prefix.
    pub(super) fn is(self, class: &str) -> Self {
        self.with(TYPE, Iri::of(class))
    }

    /// One more statement.
    pub(super) fn with(mut self, predicate: impl Into<String>, object: impl Into<Object>) -> Self {
        let (predicate, object) = (predicate.into(), object.into());
        match self.statements.iter_mut().find(|(known, _)| *known == predicate) {
            Some((_, objects)) => objects.push(object),
            None => self.statements.push((predicate, vec![object])),
        }
        self
    }

    /// One more statement for each of some.
    pub(super) fn with_all<T: Into<Object>>(
        self,
        predicate: &str,
        objects: impl IntoIterator<Item = T>,
    ) -> Self {
        objects.into_iter().fold(self, |node, object| node.with(predicate, object))
    }
}

impl From<&Iri> for Iri {
    fn from(iri: &Iri) -> Self {
        iri.clone()
    }
}

/// Writes nodes, one after the other.
pub(super) trait Write: Send + Sync {
    /// What stands before all nodes.
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<()>;
    /// A thing with a name, or one that nothing leads to.
    fn node(&mut self, node: &Node, out: &mut Vec<u8>) -> Result<()>;
    /// What stands after all nodes.
    fn end(&mut self, out: &mut Vec<u8>) -> Result<()>;
}

/// The prefixes with their namespaces, in order.
fn prefixes(own: &str) -> Vec<(&str, &str)> {
    let mut all: Vec<(&str, &str)> = PREFIXES.into_iter().chain([(OWN, own)]).collect();
    all.sort_unstable();
    all
}
