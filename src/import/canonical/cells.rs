//! From the cells of a CSV file to JSON, as the JSON Schema says: no column is declared twice.
//!
//! A column is named by the path of its member, `content.names` or `local.levels.COUNTY`. An empty cell is absent
//! (not known). The schema's type decides: text stays text, of other types a cell that begins with `[` or `{` is JSON,
//! `true`/`false` and integers are read as such, and a list has one element a line; where its elements are objects
//! with one required member, the line is that member (a point's `text`, a channel's `code`).

use serde_json::{Map, Value, json};

use crate::catalogue::{check::Message, schema::resolve};

pub(super) use crate::catalogue::schema::at as schema_at;

/// What a cell says, by the schema of its column; `None` for an empty one.
pub(super) fn value(root: &Value, schema: &Value, cell: &str) -> Result<Option<Value>, Message> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Ok(None);
    }
    let schema = resolve(root, schema).unwrap_or(schema);
    let kind = schema.get("type").and_then(Value::as_str);
    if kind != Some("string") && cell.starts_with(['[', '{']) {
        let read = serde_json::from_str(cell);
        return read
            .map(Some)
            .map_err(|error| Message::new(format!("合法的 JSON({error})"), format!("valid JSON ({error})")));
    }
    Ok(Some(match kind {
        Some("array") => {
            let element = schema.get("items").and_then(|items| resolve(root, items));
            cell.lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(|line| one(element, line))
                .collect()
        }
        Some("boolean") => match cell {
            "true" | "TRUE" => Value::Bool(true),
            "false" | "FALSE" => Value::Bool(false),
            _ => return Err(Message::new("true 或 false", "true or false")),
        },
        Some("integer") => match cell.parse::<i64>() {
            Ok(number) => number.into(),
            Err(_) => return Err(Message::new("整数", "an integer")),
        },
        _ => cell.into(),
    }))
}

fn one(element: Option<&Value>, line: &str) -> Value {
    let required = element.and_then(|element| element.get("required")).and_then(Value::as_array);
    match required.map(Vec::as_slice) {
        Some([Value::String(member)]) => json!({ member: line }),
        _ => line.into(),
    }
}

/// Puts a value at a path, making the objects and lists on the way.
pub(super) fn put(target: &mut Value, path: &str, value: Value) {
    let place = path.split('.').fold(target, |target, step| match step.parse::<usize>() {
        Ok(index) => {
            if !target.is_array() {
                *target = Value::Array(Vec::new());
            }
            let Value::Array(items) = target else { return target };
            if items.len() <= index {
                items.resize(index + 1, Value::Object(Map::new()));
            }
            &mut items[index]
        }
        Err(_) => {
            if !target.is_object() {
                *target = Value::Object(Map::new());
            }
            &mut target[step]
        }
    });
    *place = value;
}
