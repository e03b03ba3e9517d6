//! Turtle 1.1.

use super::{Iri, Node, Object, TYPE, Write, prefixes};
use crate::error::Result;

pub(in crate::export) struct Turtle {
    namespace: String,
}

impl Turtle {
    pub(super) fn new(namespace: &str) -> Self {
        Self { namespace: namespace.to_owned() }
    }
}

impl Write for Turtle {
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<()> {
        for (prefix, namespace) in prefixes(&self.namespace) {
            out.extend(format!("@prefix {prefix}: <{}> .\n", Iri::new(namespace)).as_bytes());
        }
        Ok(())
    }

    fn node(&mut self, node: &Node, out: &mut Vec<u8>) -> Result<()> {
        let mut text = String::from("\n");
        match &node.id {
            Some(id) => text.push_str(&format!("<{id}>")),
            None => text.push_str("[]"),
        }
        statements(node, 1, &mut text);
        text.push_str(" .\n");
        out.extend(text.as_bytes());
        Ok(())
    }

    fn end(&mut self, _: &mut Vec<u8>) -> Result<()> {
        Ok(())
    }
}

/// What is said of a node, a line a predicate.
fn statements(node: &Node, depth: usize, text: &mut String) {
    for (place, (predicate, objects)) in node.statements.iter().enumerate() {
        if place > 0 {
            text.push_str(" ;");
        }
        text.push('\n');
        text.push_str(&"    ".repeat(depth));
        text.push_str(if predicate == TYPE { "a" } else { predicate });
        for (place, object) in objects.iter().enumerate() {
            text.push_str(if place > 0 { ", " } else { " " });
            put(object, depth, text);
        }
    }
}

fn put(object: &Object, depth: usize, text: &mut String) {
    match object {
        Object::Iri(iri) => text.push_str(&format!("<{iri}>")),
        Object::Text(words, language) => {
            quoted(words, text);
            if let Some(language) = language {
                text.push('@');
                text.push_str(language);
            }
        }
        Object::Typed(value, kind) => {
            quoted(value, text);
            text.push_str("^^");
            text.push_str(kind);
        }
        Object::Node(node) => {
            text.push('[');
            statements(node, depth + 1, text);
            text.push_str(" ]");
        }
    }
}

/// A text between quotes, on one line.
fn quoted(words: &str, text: &mut String) {
    text.push('"');
    for c in words.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            c if c.is_control() => text.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => text.push(c),
        }
    }
    text.push('"');
}
