//! The execution of what is asked (执行): by the trunk of its document where that is known, else by all of it.

use std::{sync::Arc, time::Duration};

use async_graphql::{Request, Response, Variables, parser::types::ExecutableDocument};

use super::{
    Schema,
    error::Failure,
    loaders, nulls,
    operation::{Terms, selected},
    order,
    parsed::Known,
    walk::Walks,
};
use crate::{error::Error, store::Reader};

/// A question that is within the limits.
pub(super) struct Asked<'a> {
    pub schema: &'a Schema,
    pub reader: &'a Reader,
    pub known: &'a Known,
    /// The operation, where one is named.
    pub name: Option<&'a str>,
    pub variables: &'a Variables,
    pub terms: Terms,
    /// How long it may take.
    pub time: Duration,
}

impl Asked<'_> {
    /// What GraphQL says, whichever way.
    pub async fn response(&self) -> Response {
        match tokio::time::timeout(self.time, self.executed()).await {
            Ok(response) => response,
            Err(_) => Response::from_errors(vec![Failure::from(Error::Timeout).into()]),
        }
    }

    async fn executed(&self) -> Response {
        if !self.terms.walks {
            return self.of(&self.known.document, None).await;
        }
        if let Some(trunk) = self.known.trunk() {
            let walks = Arc::new(Walks::along(trunk.clone()));
            let response = self.of(&trunk.document, Some(walks.clone())).await;
            // What fails is told of the document as it is written.
            if response.errors.is_empty() && !walks.have_missed() {
                self.known.grow(&walks);
                return response;
            }
        }
        let walks = Arc::new(Walks::default());
        let response = self.of(&self.known.document, Some(walks.clone())).await;
        if response.errors.is_empty() {
            self.known.grow(&walks);
        }
        response
    }

    /// Executes a document. It has loaders of its own, so that its misses are loaded together, and one head and day.
    async fn of(&self, document: &ExecutableDocument, walks: Option<Arc<Walks>>) -> Response {
        let (loaders, _running) = loaders::new(self.reader.clone());
        // It is parsed already, so nobody looks at its text.
        let mut request = Request::new("").variables(self.variables.clone());
        request.operation_name = self.name.map(str::to_owned);
        request.set_parsed_query(document.clone());
        request = request.data(loaders).data(self.terms.now).data(self.reader.clone());
        if let Some(walks) = walks {
            request = request.data(walks);
        }
        let mut response = self.schema.execute(request).await;
        if let Some((_, asked)) = selected(document, self.name) {
            nulls::put(&mut response.data, &response.errors, asked, document);
            order::as_asked(&mut response.data, asked, document, self.variables);
        }
        response
    }
}
