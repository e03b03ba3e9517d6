//! How large a document is once its fragments are put in their places. A fragment that spreads the next one twice, and
//! that again, makes billions of fields out of a few lines, and everything that comes later goes through each of them:
//! so each fragment is measured once, and the sums do the rest.

use std::collections::HashMap;

use async_graphql::{
    Name,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};

use super::{
    bound::{ALIASES, DEPTH, FIELDS, FRAGMENTS, NESTING, OPERATIONS, SPREADS, VARIABLES},
    refusal::Refusal,
};
use crate::config::Limits;

/// What a selection set comes to with all that is spread in it.
#[derive(Clone, Copy, Debug, Default)]
struct Measure {
    fields: u64,
    aliases: u64,
    spreads: u64,
    /// Fields one in another.
    depth: u64,
    /// Selection sets one in another.
    nesting: u64,
}

/// Refuses a document that is too large or whose fragments spread themselves. Afterwards all its fields can be gone
/// through one by one.
pub(super) fn check(document: &ExecutableDocument, limits: &Limits) -> Result<(), Refusal> {
    OPERATIONS.hold(document.operations.iter().count() as u64, limits.operations)?;
    FRAGMENTS.hold(document.fragments.len() as u64, limits.fragments)?;
    let mut measuring = Measuring { document, known: HashMap::new() };
    for (_, operation) in document.operations.iter() {
        VARIABLES.hold(operation.node.variable_definitions.len() as u64, limits.variables)?;
        hold(measuring.set(&operation.node.selection_set.node)?, limits)?;
    }
    // Those that nobody spreads are validated as well.
    for name in document.fragments.keys() {
        hold(measuring.fragment(name)?, limits)?;
    }
    Ok(())
}

fn hold(measured: Measure, limits: &Limits) -> Result<(), Refusal> {
    NESTING.hold(measured.nesting, limits.nesting)?;
    DEPTH.hold(measured.depth, limits.depth)?;
    FIELDS.hold(measured.fields, limits.fields)?;
    ALIASES.hold(measured.aliases, limits.aliases)?;
    Ok(SPREADS.hold(measured.spreads, limits.spreads)?)
}

struct Measuring<'a> {
    document: &'a ExecutableDocument,
    /// What each fragment comes to; `None` while that is being found out.
    known: HashMap<&'a Name, Option<Measure>>,
}

impl<'a> Measuring<'a> {
    fn set(&mut self, set: &'a SelectionSet) -> Result<Measure, Refusal> {
        let mut sum = Measure { nesting: 1, ..Measure::default() };
        for selection in &set.items {
            let (fields, aliases, spreads, below) = match &selection.node {
                Selection::Field(field) => {
                    let below = &field.node.selection_set.node;
                    let below = if below.items.is_empty() { Measure::default() } else { self.set(below)? };
                    (1, u64::from(field.node.alias.is_some()), 0, below)
                }
                Selection::InlineFragment(inline) => (0, 0, 1, self.set(&inline.node.selection_set.node)?),
                Selection::FragmentSpread(spread) => {
                    (0, 0, 1, self.fragment(&spread.node.fragment_name.node)?)
                }
            };
            sum.fields = sum.fields.saturating_add(fields).saturating_add(below.fields);
            sum.aliases = sum.aliases.saturating_add(aliases).saturating_add(below.aliases);
            sum.spreads = sum.spreads.saturating_add(spreads).saturating_add(below.spreads);
            sum.depth = sum.depth.max(fields + below.depth);
            sum.nesting = sum.nesting.max(1 + below.nesting);
        }
        Ok(sum)
    }

    /// One that is not there comes to nothing: the validation says so.
    fn fragment(&mut self, name: &'a Name) -> Result<Measure, Refusal> {
        match self.known.get(name) {
            Some(Some(measured)) => return Ok(*measured),
            Some(None) => {
                return Err(Refusal::bad(
                    format!("片段 {name} 引用了自身"),
                    format!("the fragment `{name}` spreads itself"),
                ));
            }
            None => {}
        }
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Measure::default()) };
        self.known.insert(name, None);
        let measured = self.set(&fragment.node.selection_set.node)?;
        self.known.insert(name, Some(measured));
        Ok(measured)
    }
}

/// The outermost selection sets: of operations and of fragments.
pub(in crate::graphql) fn sets(document: &ExecutableDocument) -> impl Iterator<Item = &SelectionSet> {
    let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
    operations.chain(document.fragments.values().map(|fragment| &fragment.node.selection_set.node))
}
