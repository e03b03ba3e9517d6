//! Plans: what is selected of an object, field by field, with fragments in their places.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, QueryPathNode, QueryPathSegment,
    parser::types::{Field, FragmentDefinition, Selection, SelectionSet},
};

use super::table;
use crate::graphql::limits::Table;

pub(super) type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// What is selected of an object; nothing of a value that is no object.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Plan {
    pub(super) type_name: &'static str,
    pub(super) picks: Vec<Pick>,
}

/// A field that is selected.
#[derive(Debug)]
pub(super) struct Pick {
    /// What stands before its value: a comma but for the first, its key, a colon.
    pub key: String,
    /// Which field of the table; `None`: `__typename`.
    pub slot: Option<usize>,
    pub plan: Plan,
}

/// What a field that is planned takes in memory, about.
pub(in crate::graphql) const PICK: usize = size_of::<Pick>() + 32;

impl Plan {
    /// What selection sets together ask of an object of a type. `None` where one field of it, or below it, is in no table
    /// or has arguments, or where nothing is left of a selection. `@skip` and `@include` were heeded by the library
    /// before, for variables too; no other directive is known.
    pub fn of(name: &str, sets: &[&SelectionSet], fragments: &Fragments) -> Option<Self> {
        let (type_name, slots) = table::find(name)?;
        let fields = Table::published().get(name)?;
        let mut asked = Asked { on: name, fragments, spread: Vec::new(), fields: Vec::new() };
        sets.iter().try_for_each(|set| asked.collect(set))?;
        let mut picks = Vec::with_capacity(asked.fields.len());
        for (key, field, sets) in &asked.fields {
            let comma = if picks.is_empty() { "" } else { "," };
            let key = format!("{comma}\"{key}\":");
            if *field == "__typename" {
                picks.push(Pick { key, slot: None, plan: Self::default() });
                continue;
            }
            let slot = Some(slots.iter().position(|known| known == field)?);
            let target = fields.field(field)?.target();
            let plan = match Table::published().get(target) {
                Some(_) => Self::of(target, sets, fragments)?,
                None => Self::default(),
            };
            picks.push(Pick { key, slot, plan });
        }
        (!picks.is_empty()).then_some(Self { type_name, picks })
    }

    /// Whether a field of the object is selected.
    pub(super) fn asks_for(&self, field: &str) -> bool {
        let slots = table::find(self.type_name).map_or(&[][..], |(_, slots)| slots);
        self.picks.iter().any(|pick| pick.slot.and_then(|slot| slots.get(slot)) == Some(&field))
    }
}

/// The fields that selections ask of an object, in the order in which their keys come first.
struct Asked<'a> {
    on: &'a str,
    fragments: &'a Fragments,
    /// Fragments that were spread here already: they add nothing.
    spread: Vec<&'a Name>,
    fields: Vec<(&'a str, &'a str, Vec<&'a SelectionSet>)>,
}

impl<'a> Asked<'a> {
    /// `None` where a field has arguments.
    fn collect(&mut self, set: &'a SelectionSet) -> Option<()> {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => self.add(&field.node)?,
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    if on.is_none_or(|on| Table::published().is(self.on, on)) {
                        self.collect(&inline.node.selection_set.node)?;
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let fragment = self.fragments.get(name)?;
                    let fits = Table::published().is(self.on, &fragment.node.type_condition.node.on.node);
                    if fits && !self.spread.contains(&name) {
                        self.spread.push(name);
                        self.collect(&fragment.node.selection_set.node)?;
                    }
                }
            }
        }
        Some(())
    }

    fn add(&mut self, field: &'a Field) -> Option<()> {
        if !field.arguments.is_empty() {
            return None;
        }
        let (key, set) = (field.response_key().node.as_str(), &field.selection_set.node);
        match self.fields.iter_mut().find(|(known, ..)| *known == key) {
            Some((_, _, sets)) => sets.push(set),
            None => self.fields.push((key, field.name.node.as_str(), vec![set])),
        }
        Some(())
    }
}

/// The keys on the way to a value.
pub(super) fn keys<'a>(path: &QueryPathNode<'a>) -> Vec<&'a str> {
    let mut keys = Vec::new();
    let mut node = Some(path);
    while let Some(here) = node {
        if let QueryPathSegment::Name(key) = here.segment {
            keys.push(key);
        }
        node = here.parent;
    }
    keys.reverse();
    keys
}

/// Whether each field on the way to a value stands once in its selection. Conditions on types are not heeded: where
/// they would tell two apart, one more value is resolved the slow way.
pub(super) fn is_alone(keys: &[&str], root: &SelectionSet, fragments: &Fragments) -> bool {
    let mut set = root;
    for key in keys {
        let mut found = Vec::new();
        under(key, set, fragments, &mut found);
        match found.as_slice() {
            [only] => set = &only.selection_set.node,
            _ => return false,
        }
    }
    true
}

/// The fields of a selection that have a key.
fn under<'a>(key: &str, set: &'a SelectionSet, fragments: &'a Fragments, found: &mut Vec<&'a Field>) {
    for selection in &set.items {
        // Two are too many already.
        if found.len() > 1 {
            return;
        }
        match &selection.node {
            Selection::Field(field) if field.node.response_key().node == key => found.push(&field.node),
            Selection::Field(_) => {}
            Selection::InlineFragment(inline) => {
                under(key, &inline.node.selection_set.node, fragments, found)
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = fragments.get(&spread.node.fragment_name.node) {
                    under(key, &fragment.node.selection_set.node, fragments, found);
                }
            }
        }
    }
}
