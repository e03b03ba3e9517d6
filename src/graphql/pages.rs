//! Questions that are run to their end (批量查询): page after page of one list, each within the limits of a question, so that
//! memory holds a page however long the list is.

use async_graphql::{Name, Request, Value, Variables, parser::parse_query};

use super::{Answer, Cursors, Failure, Now, Schema, Terms, operation::selected, refused, walk};
use crate::{
    error::{Error, Result},
    store::Reader,
};

/// The variable that takes the cursor from one page to the next.
const AFTER: &str = "after";
/// The only error beside which a page still says all that there is: whatever was erased is null.
const LASTING: &str = "REDACTED";

/// A question that is run to its end.
pub struct Pages {
    schema: Schema,
    reader: Reader,
    now: Now,
    document: String,
    operation: Option<String>,
    variables: Variables,
    /// The cursor after which the next page begins; `None` before the first.
    after: Option<String>,
    ended: bool,
    written: u64,
}

/// A page of an answer.
struct Page<'a> {
    nodes: Vec<&'a Value>,
    /// Where the next page begins; `None` where there is none.
    next: Option<String>,
}

impl Pages {
    /// A question, of which nothing was asked yet. The head of the log and the day are those of now until its end.
    pub fn new(
        schema: Schema,
        reader: Reader,
        document: String,
        operation: Option<String>,
        variables: Variables,
    ) -> Self {
        let now = Now::of(&reader);
        Self { schema, reader, now, document, operation, variables, after: None, ended: false, written: 0 }
    }

    /// The lines of the next page, one a node, as JSON; `None` at the end. What is wrong, with the question or with a
    /// page of it, is an answer with errors.
    pub async fn next(&mut self) -> std::result::Result<Option<Vec<u8>>, Box<Answer>> {
        if self.ended {
            return Ok(None);
        }
        let mut variables = self.variables.clone();
        if let Some(after) = &self.after {
            variables.insert(Name::new(AFTER), Value::from(after.as_str()));
        }
        let mut request = Request::new(&*self.document).variables(variables);
        request.operation_name.clone_from(&self.operation);
        // What is walked is text already, in which no page can be told from its nodes.
        let terms = Terms { now: self.now, only_reads: true, announce_cost: false, walks: false };
        let answer = super::answer(&self.schema, &self.reader, request, terms).await;
        if !answer.response.errors.iter().all(is_lasting) {
            return Err(Box::new(answer));
        }
        self.page(&answer.response.data).map(Some).map_err(|error| refusal(error, &answer))
    }

    /// How many nodes there were so far.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// The lines of a page, after which the next one is known.
    fn page(&mut self, data: &Value) -> Result<Vec<u8>> {
        let Page { nodes, next } = page(data)?;
        if next.is_some() && !self.takes_cursor() {
            return Err(Error::bad_input(
                "查询须声明变量 $after: String，并写在所要的列表上：after: $after",
                "the question has to declare the variable `$after: String` and give it to its list: `after: $after`",
            ));
        }
        if next.is_some() && next == self.after {
            return Err(Error::bad_input(
                "变量 $after 须写在所要的列表上：after: $after",
                "the variable `$after` has to be given to the list: `after: $after`",
            ));
        }
        let mut lines = Vec::new();
        for node in &nodes {
            walk::write(node, &mut lines).map_err(Error::internal)?;
            lines.push(b'\n');
        }
        self.written += nodes.len() as u64;
        self.ended = next.is_none();
        self.after = next;
        Ok(lines)
    }

    fn takes_cursor(&self) -> bool {
        let document = parse_query(&self.document).ok();
        let operation = document.as_ref().and_then(|document| selected(document, self.operation.as_deref()));
        operation.is_some_and(|(_, operation)| {
            operation.variable_definitions.iter().any(|variable| variable.node.name.node == AFTER)
        })
    }
}

fn is_lasting(error: &async_graphql::ServerError) -> bool {
    error.extensions.as_ref().and_then(|all| all.get("code")) == Some(&Value::from(LASTING))
}

fn refusal(error: Error, answer: &Answer) -> Box<Answer> {
    let response = refused(Failure::from(error).into());
    Box::new(Answer::refused(response, answer.operation.clone(), Cursors::None))
}

/// The only list of an answer that has pages.
fn page(data: &Value) -> Result<Page<'_>> {
    let mut lists = Vec::new();
    lists_of(data, &mut lists);
    let [list] = lists.as_slice() else {
        return Err(Error::bad_input(
            "查询须恰有一个分页列表，写明 pageInfo { hasNextPage endCursor } 和 nodes 或 edges",
            "the question has exactly one list with pages: `pageInfo { hasNextPage endCursor }` and `nodes` or `edges`",
        ));
    };
    let member = |name: &str| list.get(name);
    let nodes = match (member("nodes"), member("edges")) {
        (Some(Value::List(nodes)), _) => nodes.iter().collect(),
        (_, Some(Value::List(edges))) => {
            edges.iter().map(|edge| within(edge, "node").unwrap_or(edge)).collect()
        }
        _ => Vec::new(),
    };
    let info = member("pageInfo");
    let more = info.and_then(|info| within(info, "hasNextPage")) == Some(&Value::Boolean(true));
    let cursor = match info.and_then(|info| within(info, "endCursor")) {
        Some(Value::String(cursor)) => Some(cursor.clone()),
        _ => None,
    };
    Ok(Page { nodes, next: cursor.filter(|_| more) })
}

type Members = async_graphql::indexmap::IndexMap<Name, Value>;

/// The objects with a `pageInfo` that are in no list.
fn lists_of<'a>(value: &'a Value, lists: &mut Vec<&'a Members>) {
    let Value::Object(members) = value else { return };
    let has = |name: &str| members.get("pageInfo").and_then(|info| within(info, name)).is_some();
    if has("hasNextPage") && has("endCursor") {
        lists.push(members);
    } else {
        members.values().for_each(|member| lists_of(member, lists));
    }
}

fn within<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => members.get(name),
        _ => None,
    }
}
