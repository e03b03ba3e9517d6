//! Fields that answer under one key have to be one field with the same arguments (GraphQL specification, 5.3.2). The
//! library looks for others within one selection set only, and where a fragment brings them it answers one of the two.

use async_graphql::{
    Name, Positioned,
    indexmap::IndexMap,
    parser::types::{
        ExecutableDocument, Field, FragmentDefinition, OperationDefinition, Selection, SelectionSet,
    },
};

use super::{
    refusal::Refusal,
    table::{ROOT, Table},
};

type Fragments = std::collections::HashMap<Name, Positioned<FragmentDefinition>>;
type Sets<'a> = Vec<(&'a SelectionSet, &'a str)>;
/// Fields with the types that they are selected on.
type Found<'a> = Vec<(&'a str, &'a Field)>;

/// Refuses an operation in which two fields have one key. Its fields are few enough to go through them one by one.
pub(super) fn check(operation: &OperationDefinition, document: &ExecutableDocument) -> Result<(), Refusal> {
    check_sets(&vec![(&operation.selection_set.node, ROOT)], &document.fragments)
}

/// Selection sets of which one object answers all.
fn check_sets(sets: &Sets<'_>, fragments: &Fragments) -> Result<(), Refusal> {
    let (mut fields, mut spread) = (IndexMap::new(), Vec::new());
    sets.iter().for_each(|(set, on)| collect(set, on, fragments, &mut spread, &mut fields));
    for (key, found) in &fields {
        for together in of_one_object(found) {
            let (_, first) = together[0];
            if let Some((_, other)) = together.iter().find(|(_, other)| !same(first, other)) {
                return Err(conflict(key, first, other));
            }
            let below: Sets<'_> = together.iter().filter_map(|(on, field)| below(on, field)).collect();
            if !below.is_empty() {
                check_sets(&below, fragments)?;
            }
        }
    }
    Ok(())
}

fn collect<'a>(
    set: &'a SelectionSet,
    on: &'a str,
    fragments: &'a Fragments,
    spread: &mut Vec<&'a Name>,
    fields: &mut IndexMap<&'a Name, Found<'a>>,
) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                fields.entry(&field.node.response_key().node).or_default().push((on, &field.node));
            }
            Selection::InlineFragment(inline) => {
                let on = inline.node.type_condition.as_ref().map_or(on, |it| it.node.on.node.as_str());
                collect(&inline.node.selection_set.node, on, fragments, spread, fields);
            }
            Selection::FragmentSpread(named) => {
                let name = &named.node.fragment_name.node;
                if let Some(fragment) = fragments.get(name).filter(|_| !spread.contains(&name)) {
                    spread.push(name);
                    let on = fragment.node.type_condition.node.on.node.as_str();
                    collect(&fragment.node.selection_set.node, on, fragments, spread, fields);
                }
            }
        }
    }
}

/// The fields in groups of which one object may answer all: an object is of one type, and of the interfaces of it.
fn of_one_object<'a>(found: &Found<'a>) -> Vec<Found<'a>> {
    let is_object = |on: &str| Table::published().get(on).is_some_and(|on| on.possible.len() == 1);
    let mut objects: Vec<&str> = found.iter().map(|(on, _)| *on).filter(|on| is_object(on)).collect();
    objects.sort_unstable();
    objects.dedup();
    if objects.len() < 2 {
        return vec![found.clone()];
    }
    let of = |object: &str| found.iter().copied().filter(|(on, _)| *on == object || !is_object(on)).collect();
    objects.into_iter().map(of).collect()
}

/// What is selected of a field, and the type of that; introspection has none that is known here.
fn below<'a>(on: &str, field: &'a Field) -> Option<(&'a SelectionSet, &'static str)> {
    let known = Table::published().get(on)?.field(&field.name.node)?;
    let set = &field.selection_set.node;
    (!set.items.is_empty()).then_some((set, known.target()))
}

fn same(one: &Field, other: &Field) -> bool {
    let has = |name: &Name, value| other.get_argument(name).is_some_and(|argument| argument.node == value);
    one.name.node == other.name.node
        && one.arguments.len() == other.arguments.len()
        && one.arguments.iter().all(|(name, value)| has(&name.node, value.node.clone()))
}

fn conflict(key: &Name, one: &Field, other: &Field) -> Refusal {
    let (one, other) = (&one.name.node, &other.name.node);
    if one == other {
        return Refusal::bad(
            format!("{key} 有两种不同的参数，请用不同的别名"),
            format!("`{key}` is asked for with different arguments: give them different aliases"),
        );
    }
    Refusal::bad(
        format!("{key} 既指 {one} 又指 {other}，请用不同的别名"),
        format!("`{key}` means both `{one}` and `{other}`: give them different aliases"),
    )
}
