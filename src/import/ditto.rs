//! Stale 同上: rows above it were deleted, and it now points at other words than the catalogue above has for its item.

use std::collections::HashMap;

use super::{
    assemble::{Assembled, Said},
    cell::clean::fold,
    finding::{Code, Note},
    run::Found,
    table::How,
};
use crate::catalogue::{
    adopt::{Edition, Printed},
    layout::{Layout, Part},
};

/// What may stand otherwise than above for good reasons: names and units are each place's own.
fn compared(part: &Part) -> bool {
    matches!(part, Part::Content | Part::Basis | Part::TimeLimit | Part::Channel)
}

/// Whether a cell of these tables says 同上.
pub(super) fn any(tables: &[Found]) -> bool {
    let mut values = tables.iter().flat_map(|one| &one.table.rows).flat_map(|row| &row.values);
    values.any(|value| value.how == How::Ditto)
}

/// W307 for each 同上 whose words are not those of the same item upstream.
pub(super) fn stale(rows: &[Assembled], tables: &[Found], upstream: Option<(Edition, Layout)>) -> Vec<Said> {
    let Some((edition, layout)) = upstream else { return Vec::new() };
    let above: HashMap<String, &Printed> = edition
        .rows
        .iter()
        .map(|row| (fold(&Assembled::names_in_print(&layout, row).concat()), row))
        .collect();
    let mut said = Vec::new();
    for row in rows {
        let Some(other) = above.get(&fold(&row.name())) else { continue };
        let own = tables[row.table].table.row(row.at);
        let values = own.into_iter().flat_map(|own| &own.values).filter(|value| value.how == How::Ditto);
        for value in values {
            let cell = row.cells.iter().position(|cell| *cell == (value.row, value.at));
            let Some((part, words)) = cell.and_then(|cell| row.words.get(cell)) else { continue };
            let there = layout.cell(part, other);
            if compared(part) && !there.trim().is_empty() && fold(words) != fold(&there) {
                let note = Note::new(Code::StaleDitto, "同上").understood(words.as_str());
                said.push(row.say_of(part, note.expected(there.clone(), there)));
            }
        }
    }
    said
}
