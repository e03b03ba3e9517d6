//! Questions to the published schema, out of a row of numbers: when these run out, the simplest choice is taken, so that
//! a shorter row is a simpler question.

use std::collections::HashMap;

use async_graphql::{
    Name, Request, Variables,
    parser::{
        parse_schema,
        types::{BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition},
    },
};
use serde_json::{Value, json};

/// Fields of one question, and how deep they go.
const FIELDS: usize = 40;
const DEPTH: usize = 7;

/// The published schema, read by the tests themselves.
pub struct Schema {
    fields: HashMap<Name, Vec<FieldDefinition>>,
    choices: HashMap<Name, Vec<Name>>,
    implementors: Vec<Name>,
}

impl Schema {
    pub fn published() -> Self {
        let text = std::fs::read_to_string(crate::kit::source("schema/schema.graphql")).unwrap();
        let mut schema = Self { fields: HashMap::new(), choices: HashMap::new(), implementors: Vec::new() };
        for definition in parse_schema(text).unwrap().definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let name = definition.node.name.node;
            match definition.node.kind {
                TypeKind::Object(object) => {
                    if !object.implements.is_empty() {
                        schema.implementors.push(name.clone());
                    }
                    schema.fields.insert(name, object.fields.into_iter().map(|field| field.node).collect());
                }
                TypeKind::Interface(interface) => {
                    let fields = interface.fields.into_iter().map(|field| field.node).collect();
                    schema.fields.insert(name, fields);
                }
                TypeKind::Enum(choice) => {
                    let values = choice.values.into_iter().map(|value| value.node.value.node).collect();
                    schema.choices.insert(name, values);
                }
                _ => {}
            }
        }
        schema
    }
}

/// Real codes and ids to ask with.
pub struct Known {
    pub ids: Vec<String>,
    pub versions: Vec<String>,
    pub items: Vec<String>,
    pub catalogues: Vec<String>,
    pub revision: u64,
}

/// A question being made.
pub struct Generator<'a> {
    schema: &'a Schema,
    known: &'a Known,
    choices: std::slice::Iter<'a, u16>,
    fields: usize,
    aliases: usize,
    /// Finished fragments: type and text.
    fragments: Vec<(Name, String)>,
    variables: Vec<&'static str>,
    /// Which fields of the root are asked for; none: all.
    roots: &'static [&'static str],
    /// Whether only the root's fields are given arguments.
    plain: bool,
}

/// Every variable there may be: its definition, and what the request gives for it.
const VARIABLES: [(&str, &str, Option<i64>); 6] = [
    ("yes", "$yes: Boolean! = true", None),
    ("no", "$no: Boolean! = false", None),
    ("few", "$few: Int = 3", None),
    ("some", "$some: Int = 50", Some(4)),
    ("usual", "$usual: Int", None),
    ("none", "$none: Int!", Some(0)),
];

impl<'a> Generator<'a> {
    pub fn new(schema: &'a Schema, known: &'a Known, choices: &'a [u16]) -> Self {
        Self {
            schema,
            known,
            choices: choices.iter(),
            fields: 0,
            aliases: 0,
            fragments: Vec::new(),
            variables: Vec::new(),
            roots: &[],
            plain: false,
        }
    }

    /// Asks for some fields of the root alone, and for few that take arguments below them.
    pub fn of_roots(mut self, roots: &'static [&'static str]) -> Self {
        self.plain = self.choose(4) != 3;
        Self { roots, ..self }
    }

    pub fn question(mut self) -> Request {
        let set = self.set(&Name::new("Query"), 0);
        let defined = VARIABLES.iter().filter(|(name, ..)| self.variables.contains(name));
        let defined: Vec<&str> = defined.map(|(_, definition, _)| *definition).collect();
        let head = if defined.is_empty() { String::new() } else { format!("query({}) ", defined.join(", ")) };
        let given =
            VARIABLES.iter().filter_map(|(name, _, value)| Some(((*name).to_owned(), json!((*value)?))));
        let used = self.fragments.iter().enumerate().filter(|(i, _)| {
            set.contains(&format!("...F{i} "))
                || self.fragments.iter().any(|(_, text)| text.contains(&format!("...F{i} ")))
        });
        let fragments: String =
            used.map(|(i, (on, text))| format!("fragment F{i} on {on} {text}\n")).collect();
        let given: serde_json::Map<String, Value> = given.collect();
        Request::new(format!("{head}{set}\n{fragments}")).variables(Variables::from_json(given.into()))
    }

    fn choose(&mut self, of: usize) -> usize {
        usize::from(self.choices.next().copied().unwrap_or_default()) % of.max(1)
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        let chosen = self.choose(all.len());
        all[chosen].clone()
    }

    /// A selection set on a type.
    fn set(&mut self, on: &Name, depth: usize) -> String {
        let mut text = "{ ".to_owned();
        let wanted = 1 + self.choose(5);
        for _ in 0..wanted {
            text += &self.selection(on, depth);
            if self.fields > FIELDS {
                break;
            }
        }
        text + "__typename }"
    }

    fn selection(&mut self, on: &Name, depth: usize) -> String {
        let condition = match self.choose(12) {
            9 => format!("@include(if: ${}) ", self.variable("yes")),
            10 => format!("@skip(if: ${}) ", self.variable("yes")),
            11 => format!("@include(if: ${}) ", self.variable("no")),
            _ => String::new(),
        };
        match self.choose(8) {
            6 if depth < DEPTH => {
                let wanted = if on == "Node" {
                    let implementors = self.schema.implementors.clone();
                    self.of(&implementors)
                } else {
                    on.clone()
                };
                let set = self.set(&wanted, depth);
                if wanted == *on && self.choose(2) == 1 {
                    format!("... {condition}{set} ")
                } else {
                    format!("... on {wanted} {condition}{set} ")
                }
            }
            7 if depth < DEPTH => {
                let finished: Vec<usize> =
                    (0..self.fragments.len()).filter(|i| self.fragments[*i].0 == *on).collect();
                let fragment = match finished.first() {
                    Some(known) if self.choose(2) == 1 => *known,
                    _ => {
                        let set = self.set(on, depth);
                        self.fragments.push((on.clone(), set));
                        self.fragments.len() - 1
                    }
                };
                format!("...F{fragment} {condition}")
            }
            _ => self.field(on, depth, &condition),
        }
    }

    fn field(&mut self, on: &Name, depth: usize, condition: &str) -> String {
        self.fields += 1;
        let composite = |field: &FieldDefinition| self.schema.fields.contains_key(target(&field.ty.node));
        let all = &self.schema.fields[on];
        let leaves_only = depth >= DEPTH || self.fields > FIELDS;
        let asked = |field: &&FieldDefinition| match on.as_str() {
            "Query" => self.roots.is_empty() || self.roots.contains(&field.name.node.as_str()),
            // To tell them all files of a list are made, which takes longer than a question may here.
            "Download" => !matches!(field.name.node.as_str(), "bytes" | "digest"),
            _ => !self.plain || field.arguments.is_empty(),
        };
        let fit: Vec<FieldDefinition> =
            all.iter().filter(|field| !leaves_only || !composite(field)).filter(asked).cloned().collect();
        if fit.is_empty() {
            // The library does not see the variables of a condition on the name of a type.
            return format!("... {condition}{{ __typename }} ");
        }
        let field = self.of(&fit);
        let name = field.name.node.clone();
        let arguments: Vec<String> =
            field.arguments.iter().filter_map(|argument| self.argument(&name, &argument.node)).collect();
        // Two of one name must have the same arguments, so those with arguments have names of their own.
        let alias = if arguments.is_empty() && self.choose(4) != 3 {
            String::new()
        } else {
            self.aliases += 1;
            format!("a{}: ", self.aliases)
        };
        let arguments =
            if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        let below = target(&field.ty.node);
        let set =
            if self.schema.fields.contains_key(below) { self.set(below, depth + 1) } else { String::new() };
        format!("{alias}{name}{arguments} {condition}{set} ")
    }

    fn variable(&mut self, name: &'static str) -> &'static str {
        if !self.variables.contains(&name) {
            self.variables.push(name);
        }
        name
    }

    /// An argument with a value; `None` where it may be left out and is.
    fn argument(&mut self, field: &str, argument: &InputValueDefinition) -> Option<String> {
        let name = argument.name.node.as_str();
        let required = !argument.ty.node.nullable && argument.default_value.is_none();
        if matches!(name, "after" | "before" | "knownAt" | "last") || (!required && self.choose(2) == 0) {
            return None;
        }
        let value = match (name, field) {
            ("first", _) => match self.choose(8) {
                0..=2 => self.choose(6).to_string(),
                3 => format!("${}", self.variable("few")),
                4 => format!("${}", self.variable("some")),
                5 => format!("${}", self.variable("usual")),
                6 => format!("${}", self.variable("none")),
                _ => "100".to_owned(),
            },
            ("code", "catalogue") => quoted(&self.of(&self.known.catalogues)),
            ("code", "item") => quoted(&self.of(&self.known.items)),
            ("code" | "domain", "domain" | "catalogues" | "alignments" | "changes") => {
                quoted(self.of(&["12", "20", "04", "01"]))
            }
            ("code" | "division" | "parent", _) => {
                quoted(self.of(&["513230", "530115", "51", "530115001", "100000000000"]))
            }
            ("id", _) => quoted(&self.of(&self.known.ids)),
            ("ids", _) => {
                let ids: Vec<String> =
                    (0..self.choose(6)).map(|_| quoted(&self.of(&self.known.ids))).collect();
                format!("[{}]", ids.join(", "))
            }
            ("base" | "head", _) => quoted(&self.of(&self.known.versions)),
            ("number", _) => self.of(&["1", "2"]).to_owned(),
            ("since" | "from", _) => (1 + self.choose(20)).to_string(),
            ("revision" | "to" | "in", _) => {
                let revision = usize::try_from(self.known.revision).unwrap();
                (20 + self.choose(revision - 20)).to_string()
            }
            ("effectiveOn" | "sinceEffectiveOn", _) => {
                quoted(self.of(&["2026-11-21", "2026-11-20", "2027-01-01"]))
            }
            ("name", "divisions") => quoted("鼓楼区"),
            ("name" | "text", _) => quoted(self.of(&["局", "政府信息公开条例"])),
            ("filter", _) => self.filter(),
            _ => match self.schema.choices.get(target(&argument.ty.node)) {
                Some(values) => self.of(values).to_string(),
                None => self.of(&["true", "false"]).to_owned(),
            },
        };
        Some(format!("{name}: {value}"))
    }

    fn filter(&mut self) -> String {
        self.of(&[
            "{}",
            r#"{ division: "51", includeDescendants: true }"#,
            r#"{ domain: ["12", "20"] }"#,
            r#"{ level: [COUNTY], name: "检查" }"#,
            r#"{ channel: ["GOV_WEBSITE"], wholeSociety: true }"#,
            r#"{ division: "530115001", includeAncestors: true }"#,
        ])
        .to_owned()
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn target(ty: &Type) -> &Name {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(within) => target(within),
    }
}
