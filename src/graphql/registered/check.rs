//! Whether the operations of a file can be registered: held to the schema and the limits as a request would be, without
//! anything being executed.

use std::sync::Arc;

use async_graphql::{
    Pos, Request, Response, async_trait,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute},
    parser::types::OperationType,
};
use sha2::{Digest as _, Sha256};

use super::{
    finding::Finding,
    folder::File,
    operation::{Document, RegisteredOperation},
    positions::Positions,
};
use crate::{
    config::Limits,
    graphql::{
        Schema, builder,
        limits::{self, Admitted},
        sdl,
    },
};

/// Ends every request when it has been validated: the library validates only what it is about to execute.
struct OnlyValidate;

impl ExtensionFactory for OnlyValidate {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for OnlyValidate {
    async fn execute(&self, _: &ExtensionContext<'_>, _: Option<&str>, _: NextExecute<'_>) -> Response {
        Response::default()
    }
}

/// What checks documents.
pub(super) struct Checker {
    schema: Schema,
    positions: Positions,
    limits: Limits,
}

impl Checker {
    pub(super) fn new(limits: Limits) -> Self {
        Self { schema: builder().extension(OnlyValidate).finish(), positions: Positions::of(&sdl()), limits }
    }

    /// The operations of a file, if nothing is wrong with it; else what is.
    pub(super) async fn document(&self, file: &File) -> (Vec<RegisteredOperation>, Vec<Finding>) {
        let text = match &file.text {
            Ok(text) => text,
            Err(valid) => {
                let (zh, en) =
                    (format!("不是 UTF-8：第 {valid} 字节之后"), format!("not UTF-8 behind byte {valid}"));
                let place = Pos { line: 1, column: 1 };
                return (Vec::new(), vec![Finding::new(&file.name, place, None, &zh, &en)]);
            }
        };
        let (operations, findings) = self.text(&file.name, text).await;
        if findings.is_empty() { (operations, findings) } else { (Vec::new(), findings) }
    }

    async fn text(&self, file: &str, text: &str) -> (Vec<RegisteredOperation>, Vec<Finding>) {
        let parsed = match limits::parse(&mut Request::new(text), &self.limits) {
            Ok(parsed) => parsed,
            Err(error) => return (Vec::new(), vec![Finding::unread(file, &error)]),
        };
        let hash = Sha256::digest(text).into();
        let document = Arc::new(Document { file: file.to_owned(), text: text.into(), hash });
        let (mut operations, mut findings) = (Vec::new(), Vec::new());
        let mut defined: Vec<_> = parsed.operations.iter().collect();
        defined.sort_by_key(|(_, operation)| operation.pos);
        for (name, operation) in defined {
            let (place, name) = (operation.pos, name.map(ToString::to_string));
            let mut refuse = |zh: &str, en: &str| {
                findings.push(Finding::new(file, place, name.as_deref(), zh, en));
            };
            if operation.node.ty != OperationType::Query {
                refuse("只能登记查询（query）", "only queries can be registered");
                continue;
            }
            let Some(name) = &name else {
                refuse(
                    "操作须有名称，如 query Item { … }",
                    "an operation has a name, as in `query Item { … }`",
                );
                continue;
            };
            match limits::admit(&mut Request::new(text).operation_name(name), &self.limits, None) {
                Ok(Admitted { cost, .. }) => {
                    operations.push(RegisteredOperation::new(
                        name,
                        (place, &operation.node),
                        &document,
                        cost,
                    ));
                }
                Err(error) => findings.push(Finding::of(file, &error, &parsed, (name, place))),
            }
            let misplaced = self.positions.misplaced(&operation.node, &parsed);
            findings.extend(
                misplaced.into_iter().map(|(at, zh, en)| Finding::new(file, at, Some(name), &zh, &en)),
            );
        }
        // What is beyond the limits is not validated, for that goes through all that a document comes to as well. One
        // operation will do: all of the document is validated with it.
        if let Some(first) = operations.first() {
            let response = self.schema.execute(Request::new(text).operation_name(&first.name)).await;
            let of = |error| Finding::of(file, error, &parsed, (&first.name, first.place));
            findings.extend(response.errors.iter().map(of));
        }
        findings.sort_by_key(|finding| (finding.line, finding.column));
        (operations, findings)
    }
}
