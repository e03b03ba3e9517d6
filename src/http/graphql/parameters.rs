//! The variables of a registered operation out of a link: each by its own name, written as its type has it.

use std::collections::HashMap;

use async_graphql::{Name, Value, Variables, parser::types::BaseType};

use super::{json, link};
use crate::{
    graphql::{Form, RegisteredOperation, Variable},
    http::refusal::Refusal,
};

/// The variables that a link gives an operation. A value that is empty is the same as none: a form sends those for all
/// that was not filled in.
pub(super) fn variables(operation: &RegisteredOperation, query: &str) -> Result<Variables, Refusal> {
    let mut given: HashMap<String, Vec<String>> = HashMap::new();
    for (name, value) in link::pairs(query)? {
        if !operation.variables.iter().any(|variable| variable.name == name) {
            return Err(unknown(operation, &name));
        }
        let values = given.entry(name).or_default();
        values.extend(Some(value).filter(|value| !value.is_empty()));
    }
    let mut variables = Variables::default();
    for variable in &operation.variables {
        let values = given.remove(&variable.name).unwrap_or_default();
        if !values.is_empty() {
            variables.insert(Name::new(&variable.name), value(variable, &values)?);
        }
    }
    Ok(variables)
}

fn unknown(operation: &RegisteredOperation, name: &str) -> Refusal {
    let shown: String = name.chars().take(40).collect();
    let RegisteredOperation { name, variables, .. } = operation;
    let known: Vec<String> =
        variables.iter().map(|variable| format!("{}: {}", variable.name, variable.kind)).collect();
    if known.is_empty() {
        let zh = format!("{name} 没有变量 {shown}，它不接受任何变量");
        return Refusal::bad_input(zh, format!("{name} has no variable {shown:?}; it takes none"));
    }
    let known = known.join(", ");
    Refusal::bad_input(
        format!("{name} 没有变量 {shown}，只有：{known}"),
        format!("{name} has no variable {shown:?}; it has {known}"),
    )
}

/// What a variable is given: one value; or a list, by its name again for each element or as one array of JSON.
fn value(variable: &Variable, values: &[String]) -> Result<Value, Refusal> {
    let Some(element) = variable.elements() else {
        return match values {
            [only] => single(variable, only),
            _ => Err(Refusal::bad_input(
                format!("变量 {} 出现多次，它的类型是 {}", variable.name, variable.kind),
                format!(
                    "the variable {} stands there more than once; it is {}",
                    variable.name, variable.kind
                ),
            )),
        };
    };
    if let [only] = values
        && only.trim_start().starts_with('[')
    {
        return parsed(variable, only, |value| matches!(value, Value::List(_)));
    }
    if let BaseType::List(_) = element.base {
        return Err(refuse(variable));
    }
    values.iter().map(|text| single(variable, text)).collect::<Result<_, _>>().map(Value::List)
}

/// One value that is no list.
fn single(variable: &Variable, text: &str) -> Result<Value, Refusal> {
    match variable.form() {
        Form::Text => Ok(Value::String(text.to_owned())),
        Form::Whole => parsed(
            variable,
            text,
            |value| matches!(value, Value::Number(number) if number.is_i64() || number.is_u64()),
        ),
        Form::Number => parsed(variable, text, |value| matches!(value, Value::Number(_))),
        Form::Truth => parsed(variable, text, |value| matches!(value, Value::Boolean(_))),
        Form::Object => parsed(variable, text, |value| matches!(value, Value::Object(_))),
    }
}

fn parsed(variable: &Variable, text: &str, fits: impl Fn(&Value) -> bool) -> Result<Value, Refusal> {
    json::parse(text.as_bytes()).ok().filter(fits).ok_or_else(|| refuse(variable))
}

fn refuse(variable: &Variable) -> Refusal {
    let (zh, en) = match variable.form() {
        Form::Text => ("文本", "a text"),
        Form::Whole => ("整数", "a whole number"),
        Form::Number => ("数字", "a number"),
        Form::Truth => ("true 或 false", "`true` or `false`"),
        Form::Object => ("JSON 对象", "an object of JSON"),
    };
    let (list_zh, list_en) = match variable.elements() {
        Some(_) => (
            "；列表写作 JSON 数组，或逐个重复变量名",
            "; a list is an array of JSON, or the name again for each",
        ),
        None => ("", ""),
    };
    let (name, kind) = (&variable.name, &variable.kind);
    Refusal::bad_input(
        format!("变量 {name}（{kind}）应为{zh}{list_zh}"),
        format!("the variable {name} ({kind}) should be {en}{list_en}"),
    )
}
