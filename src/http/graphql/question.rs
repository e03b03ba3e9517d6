//! What is asked (提问), as a key: two questions that differ only in how their variables are written are one.

use std::sync::Arc;

use async_graphql::{Name, Request, Value, Variables};

/// A question: whatever its answer depends on but the state of the log and the day.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Question {
    document: Arc<str>,
    operation: Option<String>,
    /// The variables in canonical form: names in order.
    variables: String,
    /// Whether the answer is to say what it costs.
    pub announce_cost: bool,
}

impl Question {
    pub(super) fn new(document: Arc<str>, operation: Option<String>, variables: &Variables) -> Self {
        let mut text = String::new();
        if !variables.is_empty() {
            write_members(variables.iter(), &mut text);
        }
        Self { document, operation, variables: text, announce_cost: false }
    }

    /// The same, with what it costs.
    pub(super) fn announcing(&self) -> Self {
        Self { announce_cost: true, ..self.clone() }
    }

    /// The request as GraphQL executes it.
    pub(super) fn request(&self, variables: &Variables) -> Request {
        let mut request = Request::new(&*self.document).variables(variables.clone());
        request.operation_name.clone_from(&self.operation);
        request
    }

    /// What it takes in memory, about.
    pub(super) fn size(&self) -> usize {
        let operation = self.operation.as_ref().map_or(0, String::len);
        size_of::<Self>() + self.document.len() + operation + self.variables.len()
    }
}

fn write_members<'a>(members: impl Iterator<Item = (&'a Name, &'a Value)>, text: &mut String) {
    let mut members: Vec<(&Name, &Value)> = members.collect();
    members.sort_by_key(|(name, _)| *name);
    text.push('{');
    for (name, value) in members {
        // Those that a document can have need no quotation marks to be told from what stands beside them.
        if name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric()) {
            text.push_str(name);
        } else {
            write(&Value::String(name.to_string()), text);
        }
        text.push(':');
        write(value, text);
        text.push(',');
    }
    text.push('}');
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => write_members(members.iter(), text),
        Value::List(values) => {
            text.push('[');
            for value in values {
                write(value, text);
                text.push(',');
            }
            text.push(']');
        }
        // As a constant of GraphQL it is written: texts in quotation marks, numbers as they are.
        other => text.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(variables: &str) -> Question {
        let variables = Variables::from_json(serde_json::from_str(variables).unwrap());
        Question::new("{ a }".into(), None, &variables)
    }

    #[test]
    fn the_order_of_names_is_none_of_the_question_and_everything_else_is() {
        assert_eq!(
            question(r#"{"b":[1,{"y":null,"x":"\""}],"a":2}"#),
            question(r#"{"a":2,"b":[1,{"x":"\"","y":null}]}"#)
        );
        for (one, other) in [
            (r#"{"a":1}"#, r#"{"a":"1"}"#),
            (r#"{"a":1}"#, r#"{"a":1.0}"#),
            (r#"{"a":null}"#, "{}"),
            (r#"{"a":null}"#, r#"{"a":"null"}"#),
            (r#"{"a":[1,2]}"#, r#"{"a":[2,1]}"#),
            (r#"{"a":"b\",\"c\":\"d"}"#, r#"{"a":"b","c":"d"}"#),
            (r#"{"a":["b,","c"]}"#, r#"{"a":["b",",c"]}"#),
            (r#"{"a":{}}"#, r#"{"a":[]}"#),
            (r#"{"a":1,"b":2}"#, r#"{"a:1,b":2}"#),
            (r#"{"a":1}"#, r#"{"\"a\"":1}"#),
        ] {
            assert_ne!(question(one), question(other), "{one} {other}");
        }
    }
}
