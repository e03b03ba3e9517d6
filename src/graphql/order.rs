//! Answers in the order of the question (GraphQL specification, 3.6 and 7.2.2): the library puts a field where its
//! resolver happened to finish, so that one question would have different bytes from one time to the next.

use async_graphql::{
    Name, Positioned, Value, Variables,
    indexmap::IndexMap,
    parser::types::{ExecutableDocument, FragmentDefinition, OperationDefinition, Selection, SelectionSet},
};

use super::limits::Values;

type Object = IndexMap<Name, Value>;
type Fragments = std::collections::HashMap<Name, Positioned<FragmentDefinition>>;

/// Puts what an operation of a valid document was answered into the order of its selections. What is skipped has no
/// say in it (6.3.2).
pub(super) fn as_asked(
    data: &mut Value,
    operation: &OperationDefinition,
    document: &ExecutableDocument,
    variables: &Variables,
) {
    if let Value::Object(answer) = data
        && !is_settled(answer)
    {
        let values = Values { given: variables, defined: &operation.variable_definitions };
        let asked = Document { fragments: &document.fragments, values };
        arrange(vec![answer], &[&operation.selection_set.node], &asked);
    }
}

/// Whether there is but one order for it, as for one field that was walked.
fn is_settled(answer: &Object) -> bool {
    let is_leaf = |value: &Value| !matches!(value, Value::Object(_) | Value::List(_));
    answer.len() < 2 && answer.values().all(is_leaf)
}

/// What selections refer to.
struct Document<'a> {
    fragments: &'a Fragments,
    values: Values<'a>,
}

/// All objects at one place of the answer at once, so that the selections there are gone through once.
fn arrange(mut objects: Vec<&mut Object>, sets: &[&SelectionSet], asked: &Document<'_>) {
    let mut fields: IndexMap<&Name, Vec<&SelectionSet>> = IndexMap::new();
    let mut spread = Vec::new();
    sets.iter().for_each(|set| collect(set, asked, &mut spread, &mut fields));
    for object in &mut objects {
        let mut left = std::mem::take(*object);
        object.extend(fields.keys().filter_map(|key| left.shift_remove_entry(*key)));
        object.extend(left);
    }
    for (key, sets) in fields {
        let mut below = Vec::new();
        objects.iter_mut().filter_map(|object| object.get_mut(key)).for_each(|value| find(value, &mut below));
        if !below.is_empty() {
            arrange(below, &sets, asked);
        }
    }
}

/// The fields that a selection set asks for, in order; a fragment that was spread here already adds nothing.
fn collect<'a>(
    set: &'a SelectionSet,
    asked: &Document<'a>,
    spread: &mut Vec<&'a Name>,
    fields: &mut IndexMap<&'a Name, Vec<&'a SelectionSet>>,
) {
    for selection in set.items.iter().filter(|selection| !asked.values.skip(selection.node.directives())) {
        match &selection.node {
            Selection::Field(field) => {
                let key = &field.node.response_key().node;
                fields.entry(key).or_default().push(&field.node.selection_set.node);
            }
            Selection::InlineFragment(inline) => {
                collect(&inline.node.selection_set.node, asked, spread, fields);
            }
            Selection::FragmentSpread(named) => {
                let name = &named.node.fragment_name.node;
                if let Some(fragment) = asked.fragments.get(name).filter(|_| !spread.contains(&name)) {
                    spread.push(name);
                    collect(&fragment.node.selection_set.node, asked, spread, fields);
                }
            }
        }
    }
}

/// The objects in a value, through lists of lists.
fn find<'a>(value: &'a mut Value, objects: &mut Vec<&'a mut Object>) {
    match value {
        Value::Object(object) => objects.push(object),
        Value::List(values) => values.iter_mut().for_each(|value| find(value, objects)),
        _ => {}
    }
}
