//! The cells of columns of which a row is one value: a register's, and those of changes.

use serde_json::Value;

use crate::{
    catalogue::{
        changed::ChangeRow,
        column::{Cell, Column},
    },
    error::{Error, Result},
};

/// What the cell of a declared column says of a state of a record, or of a change.
pub(super) fn of_state<'a>(column: &Column<String>, state: &'a Value) -> Cell<'a> {
    match member(column, state) {
        None | Some(Value::Null) => Cell::Empty,
        Some(Value::String(text)) => Cell::Text(text.into()),
        Some(Value::Bool(yes)) => Cell::Boolean(*yes),
        Some(Value::Number(number)) => number.as_u64().map_or(Cell::Empty, Cell::Integer),
        Some(list) => Cell::Json(list.to_string()),
    }
}

/// The member that a declared column is taken from; `None` where the state has none. A source is what the value is, and
/// the path in it.
pub(super) fn member<'a>(column: &Column<String>, state: &'a Value) -> Option<&'a Value> {
    column.source().split('.').skip(1).try_fold(state, |value, step| value.get(step))
}

/// Changes as values.
pub(super) fn of_changes(rows: &[ChangeRow]) -> Result<Vec<Value>> {
    rows.iter().map(|row| serde_json::to_value(row).map_err(Error::internal)).collect()
}
