//! Fields that there are not. The validation compares the name of each, letter by letter, with all that there are, to
//! propose what may have been meant: that is a help for a few, and a burden for a document full of them.

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

use super::{
    refusal::Refusal,
    table::{ROOT, Table},
};

/// How many the validation may look at.
const MOST: usize = 20;

/// Refuses a document with more unknown fields than anybody mistypes, wherever they stand.
pub(super) fn check(document: &ExecutableDocument) -> Result<(), Refusal> {
    let mut unknown = 0;
    for (_, operation) in document.operations.iter() {
        check_set(&operation.node.selection_set.node, Some(ROOT), &mut unknown)?;
    }
    for fragment in document.fragments.values() {
        let on = fragment.node.type_condition.node.on.node.as_str();
        check_set(&fragment.node.selection_set.node, Some(on), &mut unknown)?;
    }
    Ok(())
}

/// What is selected on a type; `None` where that is not known here, as below introspection.
fn check_set(set: &SelectionSet, on: Option<&str>, unknown: &mut usize) -> Result<(), Refusal> {
    let composite = on.and_then(|on| Table::published().get(on));
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                let name = field.node.name.node.as_str();
                let known = composite.and_then(|composite| composite.field(name));
                let own = matches!(name, "__typename" | "__schema" | "__type" | "_service");
                if composite.is_some() && known.is_none() && !own {
                    *unknown += 1;
                    if *unknown > MOST {
                        return Err(refuse(name, on));
                    }
                }
                check_set(&field.node.selection_set.node, known.map(|known| known.target()), unknown)?;
            }
            Selection::InlineFragment(inline) => {
                let condition = inline.node.type_condition.as_ref();
                let on = condition.map_or(on, |condition| Some(condition.node.on.node.as_str()));
                check_set(&inline.node.selection_set.node, on, unknown)?;
            }
            Selection::FragmentSpread(_) => {}
        }
    }
    Ok(())
}

fn refuse(name: &str, on: Option<&str>) -> Refusal {
    let on = on.unwrap_or_default();
    Refusal::bad(
        format!("有 {MOST} 个以上未知字段，如 {on} 的 {name}"),
        format!("there are more than {MOST} unknown fields, as `{name}` on `{on}`"),
    )
}
