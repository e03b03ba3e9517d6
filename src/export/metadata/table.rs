//! Table Schema: the declared columns in the words of Data Package 2.0.

use serde_json::{Map, Value, json};

use crate::catalogue::{
    column::{Column, ColumnType, Columns, Container},
    dataset::Dataset,
    reference::Register,
};

const PROFILE: &str = "https://datapackage.org/profiles/2.0/tableschema.json";

/// The schema of the table that a dataset is as CSV. Tables of registers refer to those named as `siblings`, which the
/// same package has, and to themselves.
pub(super) fn plain(dataset: &Dataset, siblings: &[Register]) -> Value {
    match dataset {
        Dataset::Register(register) => {
            let columns = Columns::declared().of(*register);
            let mut schema = schema(columns.iter().map(|column| field(column, column.name(), true)));
            let named = |name: &str| columns.iter().any(|column| column.name() == name);
            // Two states of a record begin on two days, one of which may be unknown: no primary key.
            if named("code") {
                schema.insert("uniqueKeys".to_owned(), json!([["code", "validFrom"]]));
            }
            let refers = |column: &Column<String>| {
                let to = column.refers()?;
                let resource = if to == *register { "" } else { to.name() };
                let there = to == *register || siblings.contains(&to);
                there.then(|| {
                    json!({ "fields": [column.name()], "reference": { "resource": resource, "fields": ["code"] } })
                })
            };
            let keys: Vec<Value> = columns.iter().filter_map(refers).collect();
            if !keys.is_empty() {
                schema.insert("foreignKeys".to_owned(), keys.into());
            }
            schema.into()
        }
        Dataset::Changes { .. } => {
            let columns = Columns::declared().change.iter();
            schema(columns.map(|column| field(column, column.name(), true))).into()
        }
        _ => {
            let columns = &Columns::declared().item;
            let mut schema = schema(columns.iter().map(|column| field(column, column.name(), true)));
            let key: Vec<&str> = columns.iter().filter(|column| column.is_key()).map(Column::name).collect();
            schema.insert("primaryKey".to_owned(), json!(key));
            schema.into()
        }
    }
}

/// The same of CSV for spreadsheets: Chinese names, no JSON, and no rules on texts, which may have a sign before them.
pub(super) fn for_spreadsheets(dataset: &Dataset) -> Value {
    fn fields<S>(columns: &[Column<S>]) -> Map<String, Value> {
        let shown = columns.iter().filter(|column| column.kind() != ColumnType::Json);
        schema(shown.map(|column| field(column, column.label(), false)))
    }
    match Columns::declared().of_values(dataset) {
        Some(columns) => fields(columns).into(),
        None => fields(&Columns::declared().item).into(),
    }
}

fn schema(fields: impl Iterator<Item = Value>) -> Map<String, Value> {
    let fields: Vec<Value> = fields.collect();
    let members = [("$schema", json!(PROFILE)), ("fields", fields.into()), ("missingValues", json!([""]))];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn field<S>(column: &Column<S>, name: &str, with_rules: bool) -> Value {
    let mut constraints = Map::new();
    if column.is_required() {
        constraints.insert("required".to_owned(), true.into());
    }
    if with_rules {
        constraints.extend(column.pattern().map(|pattern| ("pattern".to_owned(), pattern.into())));
        if !column.values().is_empty() {
            constraints.insert("enum".to_owned(), column.values().into());
        }
    }
    let mut field = json!({
        "name": name,
        "type": kind(column),
        "title": column.label(),
        "description": format!("{} · {}", column.zh(), column.en()),
    });
    if !constraints.is_empty() {
        field["constraints"] = constraints.into();
    }
    field
}

/// What Table Schema calls the type of a column.
fn kind<S>(column: &Column<S>) -> &'static str {
    match (column.kind(), column.container()) {
        (ColumnType::String, _) => "string",
        (ColumnType::Integer, _) => "integer",
        (ColumnType::Boolean, _) => "boolean",
        (ColumnType::Date, _) => "date",
        (ColumnType::Instant, _) => "datetime",
        (ColumnType::Json, Some(Container::List)) => "array",
        (ColumnType::Json, Some(Container::Object)) => "object",
        (ColumnType::Json, None) => "any",
    }
}
