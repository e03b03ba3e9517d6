//! Cursors in the bytes of an answer that is kept: whether there are any of the head, and how the answer reads when the
//! head has moved on and nothing else has changed.

use crate::{catalogue::scope::Scope, graphql};

/// Whether bytes have a cursor of a revision under the name of such a field; one that cannot be read counts as well.
pub(super) fn has_cursors(body: &str, scope: Scope) -> bool {
    cursors(body).any(|(start, end)| {
        graphql::cursor_scope(&body[start..end]).is_none_or(|it| it.revision == scope.revision)
    })
}

/// The same bytes with all cursors of a scope moved to another; `None` where there is one of a third scope.
pub(super) fn moved(body: &str, from: Scope, to: Scope) -> Option<String> {
    let mut text = String::with_capacity(body.len() + 64);
    let mut done = 0;
    for (start, end) in cursors(body) {
        text.push_str(&body[done..start]);
        text.push_str(&graphql::cursor_moved(&body[start..end], from, to)?);
        done = end;
    }
    text.push_str(&body[done..]);
    Some(text)
}

/// Where cursors stand in a text of JSON. What is a name there cannot be part of a text, whose quotation marks have a
/// backslash before them.
fn cursors(body: &str) -> impl Iterator<Item = (usize, usize)> {
    const END: &str = "ursor\":\"";
    body.match_indices(END).filter_map(move |(at, _)| {
        let is_name = ["\"c", "\"startC", "\"endC"].iter().any(|name| body[..at].ends_with(name));
        let start = at + END.len();
        let length = body[start..].find('"')?;
        is_name.then_some((start, start + length))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_values_of_these_fields_are_cursors() {
        let body = r#"{"data":{"a":"\"cursor\":\"x","cursor":"Y1","b":["cursor","Z"],"pageInfo":{"startCursor":null,"endCursor":"Y2"},"precursor":"Z"}}"#;
        let found: Vec<&str> = cursors(body).map(|(start, end)| &body[start..end]).collect();
        assert_eq!(found, ["Y1", "Y2"]);
    }
}
