//! JSON Schemas (draft 2020-12) of the core's types, made from the types themselves.

use schemars::{JsonSchema, Schema, generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::Value;

/// The schema of `T`. An optional member may be absent but is never `null`: absent is how we say unknown.
pub fn of<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(without_null));
    settings.into_generator().into_root_schema_for::<T>()
}

fn without_null(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(branches)) = schema.get_mut("anyOf") {
        branches.retain(|branch| branch.get("type").is_none_or(|kind| kind != "null"));
        if let [Value::Object(only)] = branches.as_slice() {
            let only = only.clone();
            schema.remove("anyOf");
            only.into_iter().for_each(|(keyword, value)| drop(schema.insert(keyword, value)));
        }
    }
}

/// The schema of the member at `path`, `content.names`; `None` where the schema has none there.
pub fn at<'a>(root: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(root, |schema, step| {
        let schema = resolve(root, schema)?;
        let member = schema.get("properties").and_then(|members| members.get(step));
        let any = || schema.get("additionalProperties").filter(|any| any.is_object());
        let element = || schema.get("items").filter(|_| step.parse::<usize>().is_ok());
        member.or_else(any).or_else(element)
    })
}

/// What a schema refers to; itself where it refers to nothing.
pub fn resolve<'a>(root: &'a Value, schema: &'a Value) -> Option<&'a Value> {
    match schema.get("$ref").and_then(Value::as_str) {
        None => Some(schema),
        Some(reference) => root.pointer(reference.strip_prefix('#')?),
    }
}
