//! The types of columns, from their shapes. Every value may be absent.

use std::sync::Arc;

use parquet::{
    basic::{LogicalType, Repetition, TimeUnit, Type as Physical},
    errors::Result,
    schema::types::{Type, TypePtr},
};

use crate::catalogue::column::Shape;

/// The schema of rows with such columns.
pub(super) fn of(columns: &[(&str, Shape)]) -> Result<TypePtr> {
    let columns: Vec<TypePtr> =
        columns.iter().map(|(name, shape)| optional(name, shape)).collect::<Result<_>>()?;
    Ok(Arc::new(Type::group_type_builder("mulu").with_fields(columns).build()?))
}

fn optional(name: &str, shape: &Shape) -> Result<TypePtr> {
    let fields = match shape {
        Shape::List(element) => vec![repeated("list", vec![optional("element", element)?])?],
        Shape::Map(value) => {
            let key = leaf("key", &Shape::Text, Repetition::REQUIRED)?;
            vec![repeated("key_value", vec![key, optional("value", value)?])?]
        }
        Shape::Group(members) => {
            members.iter().map(|(name, shape)| optional(name, shape)).collect::<Result<_>>()?
        }
        _ => return leaf(name, shape, Repetition::OPTIONAL),
    };
    let kind = match shape {
        Shape::List(_) => Some(LogicalType::List),
        Shape::Map(_) => Some(LogicalType::Map),
        _ => None,
    };
    let group = Type::group_type_builder(name)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(kind)
        .with_fields(fields);
    Ok(Arc::new(group.build()?))
}

fn repeated(name: &str, fields: Vec<TypePtr>) -> Result<TypePtr> {
    let group = Type::group_type_builder(name).with_repetition(Repetition::REPEATED).with_fields(fields);
    Ok(Arc::new(group.build()?))
}

fn leaf(name: &str, shape: &Shape, repetition: Repetition) -> Result<TypePtr> {
    let (physical, logical) = match shape {
        Shape::Integer => (Physical::INT64, None),
        Shape::Boolean => (Physical::BOOLEAN, None),
        Shape::Date => (Physical::INT32, Some(LogicalType::Date)),
        Shape::Instant => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MILLIS))),
        Shape::Json => (Physical::BYTE_ARRAY, Some(LogicalType::Json)),
        _ => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    let leaf = Type::primitive_type_builder(name, physical).with_repetition(repetition);
    Ok(Arc::new(leaf.with_logical_type(logical).build()?))
}
