//! What a document that is kept costs (已知成本): once it was counted it is counted again only for other values of the
//! variables that it depends on, which are those of pages, of lists of ids and of what is below a place.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Mutex, PoisonError},
};

use async_graphql::{
    Name, Value, Variables,
    parser::types::{ExecutableDocument, Field, Selection, SelectionSet},
};

use super::{document::sets, refusal::Refusal, weight::DESCENDANTS};

/// The arguments that say how many objects a field gives.
const COUNTED: [&str; 4] = ["first", "last", "ids", "representations"];
/// How many different values are remembered of a document.
const MOST: usize = 256;

/// What a document costs.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Costs {
    /// The variables that it depends on; `None` where more than their values tell.
    on: Option<Box<[Name]>>,
    known: Mutex<HashMap<String, u64>>,
}

impl Costs {
    /// Of a document of which nothing was counted yet. With several operations, or conditions, any variable may count, and
    /// what is asked of the schema itself is counted each time.
    pub fn new(document: &ExecutableDocument) -> Self {
        let (mut on, mut fixed) = (Vec::new(), document.operations.iter().count() == 1);
        sets(document).for_each(|set| fixed &= look(set, &mut on));
        on.sort();
        on.dedup();
        Self { on: fixed.then(|| on.into()), known: Mutex::default() }
    }

    /// What it costs with some variables, which are those given with the defaults of the operation.
    pub fn of(
        &self,
        variables: &Variables,
        count: impl FnOnce() -> Result<u64, Refusal>,
    ) -> Result<u64, Refusal> {
        let Some(on) = &self.on else { return count() };
        let key = key(on, variables);
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cost) = known().get(&key) {
            return Ok(*cost);
        }
        let cost = count()?;
        let mut known = known();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, cost);
        Ok(cost)
    }
}

fn key(on: &[Name], variables: &Variables) -> String {
    let mut key = String::new();
    for name in on {
        match variables.get(name) {
            // Long ones are lists of ids, of which the number counts.
            Some(Value::List(values)) => key.push_str(&values.len().to_string()),
            Some(Value::Object(members)) => {
                key.extend(members.get(DESCENDANTS).map(ToString::to_string));
            }
            Some(value) => key.push_str(&value.to_string()),
            None => key.push('-'),
        }
        key.push(',');
    }
    key
}

/// Notes the variables on which a selection set's cost depends; `false` where others may count as well.
fn look(set: &SelectionSet, on: &mut Vec<Name>) -> bool {
    set.items.iter().all(|selection| {
        let below = match &selection.node {
            Selection::Field(field) => argued(&field.node, on) && look(&field.node.selection_set.node, on),
            Selection::InlineFragment(inline) => look(&inline.node.selection_set.node, on),
            Selection::FragmentSpread(_) => true,
        };
        below && selection.node.directives().is_empty()
    })
}

fn argued(field: &Field, on: &mut Vec<Name>) -> bool {
    for (name, value) in &field.arguments {
        let mut variables = Vec::new();
        // Variables are known again by their names, which stand in their places.
        let marked = value.node.clone().into_const_with(|name| {
            variables.push(name.clone());
            Ok::<_, Infallible>(Value::Enum(name))
        });
        match (name.node.as_str(), marked) {
            ("filter", Ok(Value::Object(members))) => match members.get(DESCENDANTS) {
                Some(Value::Enum(name)) if variables.contains(name) => on.push(name.clone()),
                _ => {}
            },
            ("filter" | DESCENDANTS, _) => on.append(&mut variables),
            (name, _) if COUNTED.contains(&name) => on.append(&mut variables),
            _ => {}
        }
    }
    !field.name.node.starts_with('_') || field.name.node == "__typename"
}
