//! Failed fields as the GraphQL specification has them (6.4.4): null, or, where that may not be, the nearest object or
//! list around it that may. The library leaves the field out, and makes null of an object that has no other field left.

use async_graphql::{
    Name, PathSegment, Positioned, ServerError, Value,
    indexmap::IndexMap,
    parser::types::{
        BaseType, ExecutableDocument, FragmentDefinition, OperationDefinition, Selection, SelectionSet, Type,
    },
};

use super::limits::{ROOT, Table, base};

type Fragments = std::collections::HashMap<Name, Positioned<FragmentDefinition>>;

/// Puts null where a field of an operation failed.
pub(super) fn put(
    data: &mut Value,
    errors: &[ServerError],
    operation: &OperationDefinition,
    document: &ExecutableDocument,
) {
    let failed = errors.iter().filter(|error| !error.path.is_empty());
    let mut places: Vec<&[PathSegment]> =
        failed.map(|error| &error.path[..nullable(&error.path, operation, &document.fragments)]).collect();
    // Those further out last: what they make null stays so.
    places.sort_by_key(|place| std::cmp::Reverse(place.len()));
    places.into_iter().for_each(|place| put_at(data, place));
}

/// How much of the path of a failed field leads to what becomes null.
fn nullable(path: &[PathSegment], operation: &OperationDefinition, fragments: &Fragments) -> usize {
    let mut sets = vec![(&operation.selection_set.node, ROOT)];
    let (mut around, mut within) = (0, None::<&Type>);
    for (place, segment) in path.iter().enumerate() {
        let ty = match segment {
            PathSegment::Index(_) => match within.map(|list| &list.base) {
                Some(BaseType::List(element)) => Some(&**element),
                _ => None,
            },
            PathSegment::Field(key) => {
                let mut below = Vec::new();
                let mut found = None;
                for (set, on) in sets {
                    find(set, on, key, fragments, &mut below, &mut found);
                }
                sets = below;
                found
            }
        };
        // What is not in the table is part of introspection, which never fails.
        let Some(ty) = ty else { return around };
        if ty.nullable {
            around = place + 1;
        }
        within = Some(ty);
    }
    around
}

/// The type of the fields under a key, all of which agree, and what is selected below them.
fn find<'a>(
    set: &'a SelectionSet,
    on: &'a str,
    key: &str,
    fragments: &'a Fragments,
    below: &mut Vec<(&'a SelectionSet, &'a str)>,
    found: &mut Option<&'static Type>,
) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) if field.node.response_key().node == key => {
                let known = Table::published().get(on).and_then(|on| on.field(&field.node.name.node));
                if let Some(known) = known {
                    *found = Some(&known.ty);
                    below.push((&field.node.selection_set.node, base(&known.ty)));
                }
            }
            Selection::Field(_) => {}
            Selection::InlineFragment(inline) => {
                let on = inline.node.type_condition.as_ref().map_or(on, |it| it.node.on.node.as_str());
                find(&inline.node.selection_set.node, on, key, fragments, below, found);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = fragments.get(&spread.node.fragment_name.node) {
                    let on = fragment.node.type_condition.node.on.node.as_str();
                    find(&fragment.node.selection_set.node, on, key, fragments, below, found);
                }
            }
        }
    }
}

/// Makes null what a path leads to. Objects on the way were there when the field failed, so one that is null had no
/// other field left.
fn put_at(value: &mut Value, path: &[PathSegment]) {
    match (path.split_first(), value) {
        (None, value) => *value = Value::Null,
        (Some((PathSegment::Field(key), rest)), value) => {
            if *value == Value::Null {
                *value = Value::Object(IndexMap::new());
            }
            if let Value::Object(object) = value {
                put_at(object.entry(Name::new(key)).or_insert(Value::Null), rest);
            }
        }
        (Some((PathSegment::Index(index), rest)), Value::List(values)) => {
            if let Some(value) = values.get_mut(*index) {
                put_at(value, rest);
            }
        }
        _ => {}
    }
}
