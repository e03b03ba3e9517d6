//! What is wrong with an operation of a folder, and where.

use std::{collections::HashSet, fmt};

use async_graphql::{
    Name, Pos, ServerError, Value,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};
use serde::Serialize;

use super::RegisteredOperation;
use crate::catalogue::check::Message;

/// One thing that is wrong.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// Whose operations: the one in which it stands, or those that spread the fragment in which it stands. None where
    /// the file cannot be read so far.
    pub operations: Vec<String>,
    /// What is wrong.
    #[serde(flatten)]
    pub message: Message,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, operations, message: Message { zh, en } } = self;
        let operations = operations.join(", ");
        let between = if operations.is_empty() { "" } else { " " };
        write!(f, "{file}:{line}:{column}{between}{operations}: {zh} · {en}")
    }
}

impl Finding {
    pub(super) fn new(file: &str, place: Pos, operation: Option<&str>, zh: &str, en: &str) -> Self {
        Self {
            file: file.to_owned(),
            line: place.line,
            column: place.column,
            operations: operation.map(str::to_owned).into_iter().collect(),
            message: Message::new(zh, en),
        }
    }

    /// A file whose text cannot be read as a document.
    pub(super) fn unread(file: &str, error: &ServerError) -> Self {
        let place = error.locations.first().copied().unwrap_or(Pos { line: 1, column: 1 });
        Self { message: words(error), ..Self::new(file, place, None, "", "") }
    }

    /// An error of a document, at its own place or else at that of an operation.
    pub(super) fn of(
        file: &str,
        error: &ServerError,
        document: &ExecutableDocument,
        (operation, place): (&str, Pos),
    ) -> Self {
        let finding = match error.locations.first() {
            Some(place) => {
                Self { operations: operations_at(document, *place), ..Self::new(file, *place, None, "", "") }
            }
            None => Self::new(file, place, Some(operation), "", ""),
        };
        Self { message: words(error), ..finding }
    }

    /// A name that another operation has already.
    pub(super) fn duplicate(operation: &RegisteredOperation, first: &RegisteredOperation) -> Self {
        let RegisteredOperation { name, document, place, .. } = operation;
        let there = format!("{}:{}", first.document.file, first.place.line);
        Self::new(
            &document.file,
            *place,
            Some(name),
            &format!("操作名 {name} 已用于 {there}"),
            &format!("the name {name} is taken by the operation at {there}"),
        )
    }
}

/// What an error says. Those of the library speak English, and of what cannot be parsed in many lines, whose last tells
/// what was expected.
fn words(error: &ServerError) -> Message {
    let zh = error.extensions.as_ref().and_then(|extensions| extensions.get("zh"));
    if let Some(Value::String(zh)) = zh {
        return Message::new(zh, &error.message);
    }
    match error.message.rsplit_once("= ") {
        Some((_, expected)) if error.message.contains('\n') => {
            let expected = expected.trim();
            Message::new(
                format!("不是 GraphQL 文档：{expected}"),
                format!("not a GraphQL document: {expected}"),
            )
        }
        _ => Message::new(format!("与 GraphQL 模式不符：{}", error.message), &error.message),
    }
}

/// Whose a place of a document is: definitions stand one behind the other.
fn operations_at(document: &ExecutableDocument, place: Pos) -> Vec<String> {
    let fragments = document.fragments.iter().filter(|(_, it)| it.pos <= place);
    let fragment = fragments.max_by_key(|(_, it)| it.pos);
    let operations = document.operations.iter().filter(|(_, it)| it.pos <= place);
    let operation = operations.max_by_key(|(_, it)| it.pos);
    let behind = |place: Pos| fragment.is_none_or(|(_, fragment)| fragment.pos < place);
    match (operation, fragment) {
        (Some((name, operation)), _) if behind(operation.pos) => {
            name.map(ToString::to_string).into_iter().collect()
        }
        (_, Some((fragment, _))) => {
            let spread = document.operations.iter().filter(|(_, operation)| {
                let set = &operation.node.selection_set.node;
                reaches(set, fragment, document, &mut HashSet::new())
            });
            let mut names: Vec<_> = spread.filter_map(|(name, _)| name.map(ToString::to_string)).collect();
            names.sort();
            names
        }
        _ => Vec::new(),
    }
}

/// Whether a selection set spreads a fragment, by itself or through others.
fn reaches<'a>(
    set: &'a SelectionSet,
    wanted: &Name,
    document: &'a ExecutableDocument,
    seen: &mut HashSet<&'a Name>,
) -> bool {
    set.items.iter().any(|selection| match &selection.node {
        Selection::Field(field) => reaches(&field.node.selection_set.node, wanted, document, seen),
        Selection::InlineFragment(inline) => reaches(&inline.node.selection_set.node, wanted, document, seen),
        Selection::FragmentSpread(spread) => {
            let name = &spread.node.fragment_name.node;
            let further = document.fragments.get(name).filter(|_| seen.insert(name));
            name == wanted
                || further.is_some_and(|it| reaches(&it.node.selection_set.node, wanted, document, seen))
        }
    })
}
