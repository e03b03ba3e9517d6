//! The cells of a register's columns.

use serde_json::Value;

use crate::catalogue::column::{Cell, Column};

/// What the cell of a declared column says of a state of a record.
pub(super) fn of_state<'a>(column: &Column<String>, state: &'a Value) -> Cell<'a> {
    match member(column, state) {
        None | Some(Value::Null) => Cell::Empty,
        Some(Value::String(text)) => Cell::Text(text.into()),
        Some(Value::Bool(yes)) => Cell::Boolean(*yes),
        Some(Value::Number(number)) => number.as_u64().map_or(Cell::Empty, Cell::Integer),
        Some(list) => Cell::Json(list.to_string()),
    }
}

/// The member that a declared column is taken from; `None` where the state has none.
pub(super) fn member<'a>(column: &Column<String>, state: &'a Value) -> Option<&'a Value> {
    column.source().split('.').next_back().and_then(|member| state.get(member))
}
