//! The published schema as a table: what a field leads to, how many it gives, what it costs. Made from the SDL that is
//! checked in, because the library shows nobody its own.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use async_graphql::{
    Name, Value,
    parser::{
        parse_schema,
        types::{BaseType, FieldDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition},
    },
};

use super::weight::{LENGTHS, WEIGHTS};

/// The name of the type that questions begin at.
pub(in crate::graphql) const ROOT: &str = "Query";

/// The types that have fields, by name.
#[derive(Debug)]
pub(in crate::graphql) struct Table {
    types: HashMap<String, Composite>,
    /// The names of the input objects.
    inputs: HashSet<String>,
    /// The names of the values of enums.
    choices: HashMap<String, HashSet<String>>,
    pub(super) size: Size,
}

/// An object type or an interface.
#[derive(Debug)]
pub(in crate::graphql) struct Composite {
    fields: HashMap<String, Field>,
    /// The object types that an object of it may have: itself, or those that implement it.
    pub possible: Vec<String>,
}

/// A field of a type.
#[derive(Debug)]
pub(in crate::graphql) struct Field {
    pub ty: Type,
    /// What it costs by itself.
    pub weight: u64,
    pub count: Count,
}

/// How many objects a field gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::graphql) enum Count {
    /// A value, or one object.
    One,
    /// A connection: a page of as many as `first` or `last` say.
    Page,
    /// What is on the page of the connection above.
    OnPage,
    /// One for each element of an argument.
    Asked,
    /// At most so many.
    Most(u64),
}

/// How many of each there are in the schema, with its own types for introspection: at most, and in all.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Size {
    pub types: u64,
    pub fields: u64,
    pub arguments: u64,
    pub values: u64,
    pub inputs: u64,
    pub most_fields: u64,
    pub most_arguments: u64,
    pub most_values: u64,
    pub most_inputs: u64,
    pub possible: u64,
    pub most_possible: u64,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("../../../schema/schema.graphql")));

impl Table {
    /// The table of the published schema.
    pub(in crate::graphql) fn published() -> &'static Self {
        &TABLE
    }

    /// A type that has fields.
    pub(in crate::graphql) fn get(&self, name: &str) -> Option<&Composite> {
        self.types.get(name)
    }

    /// Whether an object of a type is of another one as well.
    pub(in crate::graphql) fn is(&self, object: &str, wanted: &str) -> bool {
        object == wanted || self.get(wanted).is_some_and(|it| it.possible.iter().any(|name| name == object))
    }

    /// Whether a name is that of an input object.
    pub(in crate::graphql) fn is_input(&self, name: &str) -> bool {
        self.inputs.contains(name)
    }

    /// Whether an enum has a value of a name.
    pub(in crate::graphql) fn has_choice(&self, of: &str, name: &str) -> bool {
        self.choices.get(of).is_some_and(|choices| choices.contains(name))
    }

    fn read(sdl: &str) -> Self {
        let document = parse_schema(sdl).expect("the SDL is what the library printed, which a test compares");
        let definitions: Vec<TypeDefinition> = document
            .definitions
            .into_iter()
            .filter_map(|definition| match definition {
                TypeSystemDefinition::Type(definition) => Some(definition.node),
                _ => None,
            })
            .collect();
        let composite =
            |it: &&TypeDefinition| matches!(it.kind, TypeKind::Object(_) | TypeKind::Interface(_));
        let names: HashSet<&str> =
            definitions.iter().filter(composite).map(|it| it.name.node.as_str()).collect();
        let registered = implementors(&definitions, "Node");
        let types = definitions.iter().filter_map(|definition| {
            let name = definition.name.node.as_str();
            let (fields, possible) = match &definition.kind {
                TypeKind::Object(object) => (&object.fields, vec![name.to_owned()]),
                TypeKind::Interface(interface) => (&interface.fields, implementors(&definitions, name)),
                _ => return None,
            };
            let fields = fields.iter().map(|field| {
                let made = Field::new(name, &field.node, &names, &registered);
                (field.node.name.node.to_string(), made)
            });
            Some((name.to_owned(), Composite { fields: fields.collect(), possible }))
        });
        let inputs = definitions.iter().filter(|it| matches!(it.kind, TypeKind::InputObject(_)));
        let inputs = inputs.map(|it| it.name.node.to_string()).collect();
        let choices = definitions.iter().filter_map(|definition| match &definition.kind {
            TypeKind::Enum(choices) => {
                let names = choices.values.iter().map(|value| value.node.value.node.to_string());
                Some((definition.name.node.to_string(), names.collect()))
            }
            _ => None,
        });
        let choices = choices.collect();
        let mut table = Self { types: types.collect(), inputs, choices, size: Size::of(&definitions) };
        table.federate();
        table
    }

    /// Adds what is there for routers, which the published SDL leaves out.
    fn federate(&mut self) {
        let found = ["Catalogue", "Channel", "Division", "Domain", "Item", "LegalBasis", "Unit"];
        let entity = Composite { fields: HashMap::new(), possible: found.map(str::to_owned).into() };
        self.types.insert("_Entity".to_owned(), entity);
        let element = Type { base: BaseType::Named(Name::new("_Entity")), nullable: true };
        let list = Type { base: BaseType::List(Box::new(element)), nullable: false };
        if let Some(root) = self.types.get_mut(ROOT) {
            root.fields.insert("_entities".to_owned(), Field { ty: list, weight: 10, count: Count::Asked });
        }
    }
}

impl Composite {
    /// A field by its name.
    pub(in crate::graphql) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.get(name)
    }
}

impl Field {
    fn new(on: &str, field: &FieldDefinition, composite: &HashSet<&str>, registered: &[String]) -> Self {
        let key = format!("{on}.{}", field.name.node);
        let listed = |list: &[(&str, u64)]| list.iter().find(|(name, _)| *name == key).map(|(_, it)| *it);
        let ty = field.ty.node.clone();
        let target = base(&ty);
        let has = |name: &str| field.arguments.iter().any(|argument| argument.node.name.node == name);
        let count = if !composite.contains(target) {
            Count::One
        } else if has("first") {
            Count::Page
        } else if !matches!(ty.base, BaseType::List(_)) {
            Count::One
        } else if on.ends_with("Connection") {
            Count::OnPage
        } else if has("ids") {
            Count::Asked
        } else {
            // One that nobody has thought of counts as much as a page.
            Count::Most(listed(LENGTHS).unwrap_or(crate::config::LARGEST_PAGE))
        };
        let usual = match count {
            Count::Page => 10,
            _ if target == "Node" || registered.iter().any(|name| name == target) => 5,
            _ => 1,
        };
        Self { ty, weight: listed(WEIGHTS).unwrap_or(usual), count }
    }

    /// The name of the type that it leads to, without lists.
    pub(in crate::graphql) fn target(&self) -> &str {
        base(&self.ty)
    }
}

/// The name in a type, without lists.
pub(in crate::graphql) fn base(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(within) => base(within),
    }
}

fn implementors(definitions: &[TypeDefinition], interface: &str) -> Vec<String> {
    let implements = |definition: &&TypeDefinition| match &definition.kind {
        TypeKind::Object(object) => object.implements.iter().any(|name| name.node == interface),
        _ => false,
    };
    definitions.iter().filter(implements).map(|definition| definition.name.node.to_string()).collect()
}

impl Size {
    /// The types of introspection, five scalars and three directives are not in the SDL.
    const OWN_TYPES: u64 = 16;
    const OWN_FIELDS: u64 = 60;
    const OWN_VALUES: u64 = 40;

    fn of(definitions: &[TypeDefinition]) -> Self {
        let mut size = Self {
            types: definitions.len() as u64 + Self::OWN_TYPES,
            fields: Self::OWN_FIELDS,
            arguments: Self::OWN_FIELDS,
            values: Self::OWN_VALUES,
            most_values: Self::OWN_VALUES,
            ..Self::default()
        };
        for definition in definitions {
            match &definition.kind {
                TypeKind::Object(object) => {
                    let arguments = object.fields.iter().map(|field| field.node.arguments.len() as u64);
                    size.arguments += arguments.clone().sum::<u64>();
                    size.most_arguments = size.most_arguments.max(arguments.max().unwrap_or_default());
                    size.fields += object.fields.len() as u64;
                    size.most_fields = size.most_fields.max(object.fields.len() as u64);
                }
                TypeKind::Interface(interface) => {
                    size.fields += interface.fields.len() as u64;
                    let possible = implementors(definitions, &definition.name.node).len() as u64;
                    size.possible += possible;
                    size.most_possible = size.most_possible.max(possible);
                }
                TypeKind::InputObject(input) => {
                    size.inputs += input.fields.len() as u64;
                    size.most_inputs = size.most_inputs.max(input.fields.len() as u64);
                }
                TypeKind::Enum(choice) => {
                    size.values += choice.values.len() as u64;
                    size.most_values = size.most_values.max(choice.values.len() as u64);
                }
                _ => {}
            }
        }
        size
    }
}

/// A whole number that is not negative.
pub(super) fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exception_is_a_field_of_the_schema() {
        let table = Table::published();
        for (key, _) in LENGTHS.iter().chain(WEIGHTS) {
            let (on, field) = key.split_once('.').unwrap();
            assert!(table.get(on).and_then(|it| it.field(field)).is_some(), "{key}");
        }
    }

    #[test]
    fn every_list_of_objects_has_a_length() {
        let listed: HashSet<&str> = LENGTHS.iter().map(|(key, _)| *key).collect();
        let mut found = HashSet::new();
        for (on, composite) in &Table::published().types {
            for (name, field) in &composite.fields {
                if let Count::Most(_) = field.count {
                    found.insert(format!("{on}.{name}"));
                }
            }
        }
        assert_eq!(found.iter().map(String::as_str).collect::<HashSet<_>>(), listed);
    }
}
