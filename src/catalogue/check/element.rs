//! Rules on further elements (扩展要素): their declarations, and values held against them.

use std::collections::{BTreeMap, HashSet};

use jsonschema::Validator;
use serde_json::Value;

use super::{
    expected::expected,
    rule::{Finding, Message, Rule},
};
use crate::catalogue::{
    canonical::{CanonicalError, escape},
    declaration::{DeclaredElement, TextSchema},
    draft::Row,
    element::{ElementPart, ElementSchema},
    format::Format,
    text::{Text, folded},
};

/// A declared element with its compiled schema.
#[derive(Clone, Debug)]
pub struct Declared {
    /// The declaration.
    pub element: ElementSchema,
    /// Whether every row must have it.
    pub required: bool,
    validator: Validator,
}

impl Declared {
    /// Compiles what the register declares; `None` for what is not valid, which the register's rules refuse.
    pub fn of(declared: &DeclaredElement) -> Option<Self> {
        let element = declared.to_schema().ok()?;
        let validator = compile(&element.schema).ok()?;
        Some(Self { element, required: declared.required, validator })
    }

    /// Compiles what a document's header declares.
    pub(super) fn of_header(
        index: usize,
        element: &ElementSchema,
        findings: &mut Vec<Finding>,
    ) -> Option<Self> {
        if let Err(CanonicalError::Refused { pointer, what }) = element.to_object() {
            let expected =
                Message::new(format!("规范形式的值（{what}）"), format!("a value in canonical form: {what}"));
            let pointer = format!("/elements/{index}{pointer}");
            findings.push(Finding::header(Rule::ElementSchema, pointer, &element.key, expected));
            return None;
        }
        match compile(&element.schema) {
            Ok(validator) => Some(Self { element: element.clone(), required: false, validator }),
            Err(path) => {
                let expected =
                    Message::new("有效的 JSON Schema(2020-12)", "a valid JSON Schema (draft 2020-12)");
                let pointer = format!("/elements/{index}/schema{path}");
                findings.push(Finding::header(Rule::ElementSchema, pointer, &element.key, expected));
                None
            }
        }
    }

    /// What a row says of it; `None` where the row lacks it.
    pub fn value<'r>(&self, row: &'r Row) -> Option<&'r Text> {
        let members = match self.element.part {
            ElementPart::Content => &row.content.extensions,
            ElementPart::Local => &row.local.extensions,
        };
        members.as_ref()?.get(&self.element.key)
    }

    /// What was expected in the place of a text that does not fit; `None` for one that fits.
    pub fn refuses(&self, text: &str) -> Option<Message> {
        let value = Value::from(text);
        if self.validator.is_valid(&value) {
            return None;
        }
        let wanted: Vec<Message> =
            self.validator.iter_errors(&value).map(|error| expected(error.kind())).collect();
        let (zh, en): (Vec<String>, Vec<String>) = wanted.into_iter().map(|one| (one.zh, one.en)).unzip();
        let example = self.element.schema.pointer("/examples/0").and_then(Value::as_str);
        let (such, as_in) = example
            .map_or_else(Default::default, |one| (format!("\u{ff0c}如 {one}"), format!(", such as {one}")));
        Some(Message::new(
            format!("{}\u{ff1a}{}{such}", self.element.label, zh.join("\u{ff1b}")),
            format!("{}: {}{as_in}", self.element.label, en.join("; ")),
        ))
    }

    /// What was expected where a row lacks it.
    pub fn wanted(&self) -> Message {
        let label = &self.element.label;
        Message::new(format!("必填要素{label}"), format!("the required element {label}"))
    }

    /// Where it stands in a row.
    pub(super) fn pointer(&self) -> String {
        format!("/{}/extensions/{}", self.element.part.name(), escape(self.element.key.as_str()))
    }
}

/// The compiled schema, or the pointer to what is wrong with it. References to elsewhere are never followed.
fn compile(schema: &Value) -> Result<Validator, String> {
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(schema)
        .map_err(|error| error.instance_path().to_string())
}

/// What the rules say of a row's further elements. Where the row is yet `to_fill`, what it lacks is only said.
pub(super) fn check_row(row: &Row, elements: &[Declared], to_fill: bool, report: &mut super::row::Report) {
    for (part, members) in
        [(ElementPart::Content, &row.content.extensions), (ElementPart::Local, &row.local.extensions)]
    {
        extensions(part, members.as_ref(), elements, report);
    }
    let rule = if to_fill { Rule::ElementToFill } else { Rule::RequiredElement };
    for declared in elements.iter().filter(|declared| declared.required) {
        if declared.value(row).is_none() {
            report(rule, declared.pointer(), String::new(), declared.wanted());
        }
    }
}

fn extensions(
    part: ElementPart,
    members: Option<&BTreeMap<Text, Text>>,
    elements: &[Declared],
    report: &mut super::row::Report,
) {
    for (key, text) in members.into_iter().flatten() {
        let declared =
            elements.iter().find(|declared| declared.element.key == *key && declared.element.part == part);
        match declared {
            None => {
                let pointer = format!("/{}/extensions/{}", part.name(), escape(key.as_str()));
                let expected = Message::new(
                    "在文件头 elements 中或由本地、领域声明的要素（mulu elements set）",
                    "an element that the header declares in `elements`, or the place or domain (mulu elements set)",
                );
                report(Rule::Extension, pointer, key.to_string(), expected);
            }
            Some(declared) => {
                if let Some(expected) = declared.refuses(text.as_str()) {
                    report(Rule::Extension, declared.pointer(), text.to_string(), expected);
                }
            }
        }
    }
}

/// What is wrong with a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which of its elements.
    pub element: usize,
    /// RFC 6901 pointer inside the [`DeclaredElement`].
    pub pointer: String,
    /// What stands there.
    pub value: String,
    /// What was expected.
    pub expected: Message,
}

/// What is wrong with declared elements beyond what a JSON Schema of them says.
pub fn problems(elements: &[DeclaredElement]) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut keys = HashSet::new();
    let mut headings = HashSet::new();
    for (at, element) in elements.iter().enumerate() {
        let mut say = |pointer: String, value: &str, expected: Message| {
            found.push(Problem { element: at, pointer, value: value.to_owned(), expected });
        };
        if !keys.insert(&element.key) {
            say("/key".to_owned(), element.key.as_str(), Message::new("每个键只出现一次", "each key once"));
        }
        let mut own = HashSet::new();
        for (place, heading) in element.headings().enumerate() {
            let words = folded(heading.as_str());
            // Saying its own label twice does no harm.
            if own.insert(words.clone()) && !headings.insert(words) {
                let pointer =
                    if place == 0 { "/label".to_owned() } else { format!("/aliases/{}", place - 1) };
                let expected =
                    Message::new("每个列名只指一个要素", "words over a column that mean one element only");
                say(pointer, heading.as_str(), expected);
            }
        }
        schema_problems(&element.schema, &mut say);
    }
    found
}

fn schema_problems(schema: &TextSchema, say: &mut impl FnMut(String, &str, Message)) {
    let valid = Message::new("有效的 JSON Schema(2020-12)", "a valid JSON Schema (draft 2020-12)");
    let Ok(value) = schema.to_value() else { return say("/schema".to_owned(), "", valid) };
    let validator = match compile(&value) {
        Ok(validator) => validator,
        Err(path) => {
            let regex = Message::new("有效的正则表达式(ECMA-262)", "a valid regular expression (ECMA-262)");
            let stands = value.pointer(&path).and_then(Value::as_str).unwrap_or_default().to_owned();
            let expected = if path == "/pattern" { regex } else { valid };
            return say(format!("/schema{path}"), &stands, expected);
        }
    };
    if let Some((least, most)) = schema.min_length.zip(schema.max_length).filter(|(least, most)| least > most)
    {
        let expected =
            Message::new(format!("不小于 minLength {least}"), format!("at least minLength, {least}"));
        say("/schema/maxLength".to_owned(), &most.to_string(), expected);
    }
    let listed = schema.values.iter().flatten().enumerate().map(|(at, text)| (format!("enum/{at}"), text));
    let shown = schema.examples.iter().enumerate().map(|(at, text)| (format!("examples/{at}"), text));
    for (place, text) in listed.chain(shown) {
        let value = Value::from(text.as_str());
        if let Err(error) = validator.validate(&value) {
            let expected = expected(error.kind());
            say(format!("/schema/{place}"), text.as_str(), expected);
        }
    }
}
