//! Whether every variable stands where its type may stand (GraphQL specification, 5.8.5). The library has that rule and never
//! asks it (7.2), so that a text for a number is found only when it is given.

use std::{
    collections::{HashMap, HashSet},
    convert::Infallible,
};

use async_graphql::{
    Name, Pos, Positioned, Value,
    parser::{
        parse_schema,
        types::{
            BaseType, Directive, ExecutableDocument, InputValueDefinition, OperationDefinition, Selection,
            SelectionSet, Type, TypeKind, TypeSystemDefinition, VariableDefinition,
        },
    },
};

use crate::graphql::limits::{ROOT, Table};

/// Where a value may stand: its type, and whether nothing may stand there because there is a default.
#[derive(Debug)]
struct Place {
    kind: Type,
    defaulted: bool,
}

type Places = HashMap<Name, Place>;

/// The arguments of the fields of each type, and the fields of each input object.
#[derive(Debug, Default)]
pub(super) struct Positions {
    arguments: HashMap<String, HashMap<String, Places>>,
    inputs: HashMap<String, Places>,
}

/// A variable that stands where it may not: where, and the words in Chinese and English.
pub(super) type Misplaced = (Pos, String, String);

/// A value of a document in which bytes, which no document can contain, stand for each variable: the library shows nobody
/// the type that has variables in it.
macro_rules! marked {
    ($value:expr) => {{
        let mark = |name: Name| Ok::<_, Infallible>(Value::Binary(name.as_bytes().to_vec().into()));
        $value.node.clone().into_const_with(mark).unwrap_or_default()
    }};
}

fn places(defined: &[Positioned<InputValueDefinition>]) -> Places {
    let place = |it: &Positioned<InputValueDefinition>| {
        let kind = it.node.ty.node.clone();
        (it.node.name.node.clone(), Place { kind, defaulted: it.node.default_value.is_some() })
    };
    defined.iter().map(place).collect()
}

impl Positions {
    /// Those of the SDL, which the library printed itself.
    pub(super) fn of(sdl: &str) -> Self {
        let mut positions = Self::default();
        for definition in parse_schema(sdl).map(|document| document.definitions).unwrap_or_default() {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let name = definition.node.name.node.to_string();
            let fields = match &definition.node.kind {
                TypeKind::Object(object) => &object.fields,
                TypeKind::Interface(interface) => &interface.fields,
                TypeKind::InputObject(input) => {
                    positions.inputs.insert(name, places(&input.fields));
                    continue;
                }
                _ => continue,
            };
            let of = fields.iter().map(|it| (it.node.name.node.to_string(), places(&it.node.arguments)));
            positions.arguments.insert(name, of.collect());
        }
        positions
    }

    /// The variables of an operation that stand where they may not, also in the fragments that it spreads.
    pub(super) fn misplaced(
        &self,
        operation: &OperationDefinition,
        document: &ExecutableDocument,
    ) -> Vec<Misplaced> {
        let (defined, found) = (&operation.variable_definitions[..], Vec::new());
        let mut walk = Walk { positions: self, document, defined, seen: HashSet::new(), found };
        walk.set(&operation.selection_set.node, Some(ROOT));
        walk.found
    }
}

struct Walk<'a> {
    positions: &'a Positions,
    document: &'a ExecutableDocument,
    defined: &'a [Positioned<VariableDefinition>],
    seen: HashSet<&'a Name>,
    found: Vec<Misplaced>,
}

impl<'a> Walk<'a> {
    /// What is selected on a type; `None` where that is not known here, as below introspection.
    fn set(&mut self, set: &'a SelectionSet, on: Option<&str>) {
        for selection in &set.items {
            selection.node.directives().iter().for_each(|directive| self.directive(directive));
            match &selection.node {
                Selection::Field(field) => {
                    let name = field.node.name.node.as_str();
                    let known = on.and_then(|on| self.positions.arguments.get(on)?.get(name));
                    for (argument, value) in &field.node.arguments {
                        if let Some(place) = known.and_then(|known| known.get(&argument.node)) {
                            self.value(&marked!(value), place, value.pos);
                        }
                    }
                    let below = on.and_then(|on| Table::published().get(on)?.field(name));
                    self.set(&field.node.selection_set.node, below.map(|below| below.target()));
                }
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref();
                    let on = condition.map_or(on, |condition| Some(condition.node.on.node.as_str()));
                    self.set(&inline.node.selection_set.node, on);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.document.fragments.get(name)
                        && self.seen.insert(name)
                    {
                        let on = fragment.node.type_condition.node.on.node.as_str();
                        self.set(&fragment.node.selection_set.node, Some(on));
                    }
                }
            }
        }
    }

    /// `@skip` and `@include`, the only directives that there are.
    fn directive(&mut self, directive: &'a Positioned<Directive>) {
        let kind = Type { base: BaseType::Named(Name::new("Boolean")), nullable: false };
        let place = Place { kind, defaulted: false };
        for (_, value) in &directive.node.arguments {
            self.value(&marked!(value), &place, value.pos);
        }
    }

    /// A value with its variables marked.
    fn value(&mut self, value: &Value, place: &Place, at: Pos) {
        match (value, &place.kind.base) {
            (Value::Binary(name), _) => self.variable(name, place, at),
            (Value::List(values), BaseType::List(element)) => {
                let place = Place { kind: (**element).clone(), defaulted: false };
                values.iter().for_each(|value| self.value(value, &place, at));
            }
            (Value::Object(members), BaseType::Named(input)) => {
                let Some(places) = self.positions.inputs.get(input.as_str()) else { return };
                for (name, value) in members {
                    places.get(name).into_iter().for_each(|place| self.value(value, place, at));
                }
            }
            _ => {}
        }
    }

    fn variable(&mut self, name: &[u8], place: &Place, at: Pos) {
        let is_it = |it: &&Positioned<VariableDefinition>| it.node.name.node.as_bytes() == name;
        let Some(defined) = self.defined.iter().find(is_it) else { return };
        let name = &defined.node.name.node;
        let kind = &defined.node.var_type.node;
        let default = defined.node.default_value.as_ref();
        let never_null = place.defaulted || default.is_some_and(|value| value.node != Value::Null);
        let wanted = Type { nullable: place.kind.nullable || never_null, ..place.kind.clone() };
        if !fits(kind, &wanted) {
            let place = &place.kind;
            self.found.push((
                at,
                format!("变量 ${name} 的类型是 {kind}，此处应为 {place}"),
                format!("the variable ${name} is {kind}, but {place} is expected here"),
            ));
        }
    }
}

/// Whether every value of a type is one of another.
fn fits(kind: &Type, wanted: &Type) -> bool {
    let base = match (&kind.base, &wanted.base) {
        (BaseType::List(kind), BaseType::List(wanted)) => fits(kind, wanted),
        (BaseType::Named(kind), BaseType::Named(wanted)) => kind == wanted,
        _ => false,
    };
    base && (wanted.nullable || !kind.nullable)
}
