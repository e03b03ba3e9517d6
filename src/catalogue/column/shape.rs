//! Shapes: what the JSON of a column is made of, told from the JSON Schema of the member that it is taken from. So formats
//! with types of their own need no declaration beside `schema/columns.toml`.

use std::{collections::BTreeMap, sync::LazyLock};

use serde_json::Value;

use super::{Column, ColumnType, ItemSource};
use crate::catalogue::{
    changed::ChangeRow,
    dataset::Dataset,
    draft::{Header, Row},
    reference::Register,
    schema,
};

/// What a value is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
    /// A day.
    Date,
    /// An instant.
    Instant,
    /// Any JSON.
    Json,
    /// A list.
    List(Box<Shape>),
    /// Values by keys that are texts.
    Map(Box<Shape>),
    /// Members by name, each of which may be absent.
    Group(Vec<(String, Shape)>),
}

/// The schemas in which members of items are found.
static ITEM: LazyLock<[Value; 2]> =
    LazyLock::new(|| [schema::of::<Header>().to_value(), schema::of::<Row>().to_value()]);

/// The schemas of the states of registers.
static STATES: LazyLock<BTreeMap<Register, Value>> =
    LazyLock::new(|| Register::ALL.map(|register| (register, register.state_schema().to_value())).into());

/// The schema of the rows of changes.
static CHANGE: LazyLock<Value> = LazyLock::new(|| schema::of::<ChangeRow>().to_value());

impl Shape {
    /// The shape of a column of a dataset of which a row is one value.
    pub fn of_values(dataset: &Dataset, column: &Column<String>) -> Self {
        match dataset {
            Dataset::Register(register) => Self::of_register(*register, column),
            _ => Self::of_kind(column.kind()).unwrap_or_else(|| {
                let member = column.source().split_once('.').map(|(_, path)| path);
                let found = member.and_then(|member| schema::at(&CHANGE, member));
                found.map_or(Self::Json, |schema| Self::of(&CHANGE, schema))
            }),
        }
    }

    /// The shape of a column of items.
    pub fn of_item(column: &Column<ItemSource>) -> Self {
        Self::of_kind(column.kind()).unwrap_or_else(|| {
            let found = ITEM.iter().find_map(|root| Some((root, schema::at(root, column.name())?)));
            found.map_or(Self::Json, |(root, schema)| Self::of(root, schema))
        })
    }

    /// The shape of a column of a register.
    pub fn of_register(register: Register, column: &Column<String>) -> Self {
        Self::of_kind(column.kind()).unwrap_or_else(|| {
            let root = STATES.get(&register);
            let member = column.source().split('.').next_back();
            let found = root.zip(member).and_then(|(root, member)| Some((root, schema::at(root, member)?)));
            found.map_or(Self::Json, |(root, schema)| Self::of(root, schema))
        })
    }

    /// The shape of a column that is one value; `None` for JSON.
    fn of_kind(kind: ColumnType) -> Option<Self> {
        Some(match kind {
            ColumnType::String => Self::Text,
            ColumnType::Integer => Self::Integer,
            ColumnType::Boolean => Self::Boolean,
            ColumnType::Date => Self::Date,
            ColumnType::Instant => Self::Instant,
            ColumnType::Json => return None,
        })
    }

    /// The shape of what fits a schema.
    fn of(root: &Value, schema: &Value) -> Self {
        let Some(schema) = schema::resolve(root, schema) else { return Self::Json };
        let member = |name: &str| schema.get(name);
        let consts = member("oneOf")
            .and_then(Value::as_array)
            .is_some_and(|all| all.iter().all(|one| one.get("const").is_some_and(Value::is_string)));
        match member("type").and_then(Value::as_str) {
            Some("string") if member("format").is_some_and(|format| format == "date") => Self::Date,
            Some("string") => Self::Text,
            Some("integer") => Self::Integer,
            Some("boolean") => Self::Boolean,
            Some("array") => match member("items") {
                Some(items) => Self::List(Box::new(Self::of(root, items))),
                None => Self::Json,
            },
            Some("object") => Self::of_object(root, schema),
            _ if consts => Self::Text,
            _ => Self::Json,
        }
    }

    fn of_object(root: &Value, schema: &Value) -> Self {
        let members = |name: &str| schema.get(name).and_then(Value::as_object);
        if let Some(members) = members("properties") {
            let mut group: Vec<(String, Self)> =
                members.iter().map(|(name, schema)| (name.clone(), Self::of(root, schema))).collect();
            group.sort_by(|one, other| one.0.cmp(&other.0));
            return Self::Group(group);
        }
        let any = schema.get("additionalProperties").filter(|any| any.is_object());
        let value =
            any.or_else(|| members("patternProperties").and_then(|patterns| patterns.values().next()));
        value.map_or(Self::Json, |value| Self::Map(Box::new(Self::of(root, value))))
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::catalogue::{column::Columns, scope::Scope};

    #[test]
    fn lists_and_objects_have_the_shapes_of_their_members() {
        let shape = |name: &str| {
            let columns = &Columns::declared().item;
            Shape::of_item(columns.iter().find(|column| column.name() == name).unwrap())
        };
        let group = |members: &[(&str, Shape)]| {
            Shape::Group(members.iter().map(|(name, shape)| ((*name).to_owned(), shape.clone())).collect())
        };
        let list = |shape: Shape| Shape::List(Box::new(shape));
        assert_eq!(
            shape("content.points"),
            list(group(&[("required", Shape::Boolean), ("text", Shape::Text)]))
        );
        assert_eq!(shape("local.levels"), Shape::Map(Box::new(Shape::Boolean)));
        assert_eq!(shape("content.extensions"), Shape::Map(Box::new(Shape::Text)));
        assert_eq!(shape("content.openEnded"), list(Shape::Text));
        let groups = list(group(&[("code", Shape::Text), ("text", Shape::Text)]));
        assert_eq!(shape("content.audience"), group(&[("groups", groups), ("wholeSociety", Shape::Boolean)]));
        assert!(
            matches!(shape("sources"), Shape::List(source) if matches!(&*source, Shape::Group(members) if members.contains(&("retrievedOn".to_owned(), Shape::Date))))
        );
        assert_eq!(shape("effectiveFrom"), Shape::Date);
    }

    #[test]
    fn no_column_is_of_any_shape() {
        let columns = Columns::declared();
        assert!(columns.item.iter().all(|column| Shape::of_item(column) != Shape::Json));
        let since = Scope { revision: 1, effective_on: NaiveDate::default() };
        let changes = Dataset::Platform.changes_since(since).unwrap();
        assert!(columns.change.iter().all(|column| Shape::of_values(&changes, column) != Shape::Json));
        for register in Register::ALL {
            assert!(
                columns.of(register).iter().all(|column| Shape::of_register(register, column) != Shape::Json)
            );
        }
    }
}
