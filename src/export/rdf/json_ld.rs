//! JSON-LD 1.1, a line a node. Nothing in its context says what a value is: that stands beside each value, as in Turtle.

use serde_json::{Map, Value, json};

use super::{Iri, Node, Object, TYPE, Write, prefixes};
use crate::error::{Error, Result};

pub(in crate::export) struct JsonLd {
    namespace: String,
    /// Whether a node was written.
    some: bool,
}

impl JsonLd {
    pub(super) fn new(namespace: &str) -> Self {
        Self { namespace: namespace.to_owned(), some: false }
    }
}

impl Write for JsonLd {
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<()> {
        let context: Map<String, Value> = prefixes(&self.namespace)
            .into_iter()
            .map(|(prefix, namespace)| (prefix.to_owned(), Iri::new(namespace).as_str().into()))
            .collect();
        out.extend(b"{\"@context\":");
        put(&Value::Object(context), out)?;
        out.extend(b",\"@graph\":[");
        Ok(())
    }

    fn node(&mut self, node: &Node, out: &mut Vec<u8>) -> Result<()> {
        out.extend(if std::mem::replace(&mut self.some, true) { ",\n" } else { "\n" }.as_bytes());
        put(&value(node), out)
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<()> {
        out.extend(b"\n]}\n");
        Ok(())
    }
}

fn put(value: &Value, out: &mut Vec<u8>) -> Result<()> {
    serde_json::to_writer(out, value).map_err(Error::internal)
}

fn value(node: &Node) -> Value {
    let mut members = Map::new();
    members.extend(node.id.as_ref().map(|id| ("@id".to_owned(), id.as_str().into())));
    for (predicate, objects) in &node.statements {
        let name = if predicate == TYPE { "@type" } else { predicate };
        members.insert(name.to_owned(), objects.iter().map(|object| said(object, name)).collect());
    }
    Value::Object(members)
}

fn said(object: &Object, predicate: &str) -> Value {
    match object {
        Object::Iri(iri) if predicate == "@type" => iri.as_str().into(),
        Object::Iri(iri) => json!({ "@id": iri.as_str() }),
        Object::Text(words, None) => json!({ "@value": words }),
        Object::Text(words, Some(language)) => json!({ "@value": words, "@language": language }),
        Object::Typed(text, kind) => json!({ "@value": text, "@type": kind }),
        Object::Node(node) => value(node),
    }
}
