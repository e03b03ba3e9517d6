//! What it costs to ask about the schema. Its types lead to fields, these to types, and so on without an end: what is
//! listed once is as large as the schema, what is listed again below each of its elements is not.

use async_graphql::parser::types::{ExecutableDocument, Field as Asked, Selection, SelectionSet};

use super::{
    cost::Values,
    table::{Size, Table},
};

/// Where a selection stands, with how many of them there are at most.
#[derive(Clone, Copy, Debug)]
enum Place {
    Schema,
    /// All types, each once.
    Types,
    /// All fields of all types, each once.
    Fields,
    /// So many types, fields or others, any of them.
    Some(u64),
}

/// About as much as what tools ask about the schema.
const WHOLE: u64 = 34_000;

/// At least how many fields and objects `__schema` or `__type` will give; past `most` it does not matter.
pub(super) fn cost(asked: &Asked, document: &ExecutableDocument, values: Values<'_>, most: u64) -> u64 {
    let costing = Costing { size: Table::published().size, document, values, most };
    let place = match asked.name.node.as_str() {
        "__schema" => Place::Schema,
        // The whole schema as text, printed anew for everyone who asks.
        "_service" => return WHOLE,
        _ => Place::Some(1),
    };
    costing.set(&asked.selection_set.node, place).saturating_add(1)
}

struct Costing<'a> {
    size: Size,
    document: &'a ExecutableDocument,
    values: Values<'a>,
    most: u64,
}

impl Costing<'_> {
    fn set(&self, set: &SelectionSet, place: Place) -> u64 {
        let mut sum = 0u64;
        for selection in &set.items {
            if sum > self.most {
                return sum;
            }
            if self.values.skip(selection.node.directives()) {
                continue;
            }
            let cost = match &selection.node {
                Selection::Field(field) => self.field(&field.node, place),
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node, place),
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.node.fragment_name.node);
                    fragment.map_or(0, |fragment| self.set(&fragment.node.selection_set.node, place))
                }
            };
            sum = sum.saturating_add(cost);
        }
        sum
    }

    /// The field itself, once for each object that it stands on, its objects, and what is selected of them.
    fn field(&self, asked: &Asked, place: Place) -> u64 {
        let below = &asked.selection_set.node;
        let here = self.many(place);
        if below.items.is_empty() {
            return here;
        }
        let below_place = self.below(asked.name.node.as_str(), place, here);
        here.saturating_add(self.many(below_place)).saturating_add(self.set(below, below_place))
    }

    fn below(&self, name: &str, place: Place, here: u64) -> Place {
        let size = &self.size;
        let times = |most: u64| Place::Some(here.saturating_mul(most));
        match (name, place) {
            ("types", Place::Schema) => Place::Types,
            ("fields", Place::Types) => Place::Fields,
            ("inputFields", Place::Types) => Place::Some(size.inputs),
            ("enumValues", Place::Types) => Place::Some(size.values),
            ("args", Place::Fields) => Place::Some(size.arguments),
            ("possibleTypes" | "interfaces", Place::Types) => Place::Some(size.possible),
            ("fields", _) => times(size.most_fields),
            ("inputFields", _) => times(size.most_inputs),
            ("enumValues", _) => times(size.most_values),
            ("args", _) => times(size.most_arguments),
            ("possibleTypes" | "interfaces", _) => times(size.most_possible),
            ("directives", _) => times(5),
            // A type, or a type within it: one at most.
            _ => times(1),
        }
    }

    fn many(&self, place: Place) -> u64 {
        match place {
            Place::Schema => 1,
            Place::Types => self.size.types,
            Place::Fields => self.size.fields,
            Place::Some(many) => many,
        }
    }
}
