//! The execution of what is asked (执行): by the trunk of its document where that is known, else by all of it.

use std::{sync::Arc, time::Duration};

use async_graphql::{Request, Response, Variables, parser::types::ExecutableDocument};
use bytes::Bytes;

use super::{
    Schema, Validated,
    error::Failure,
    loaders, nulls,
    operation::{Terms, selected},
    order,
    parsed::Known,
    variables,
    walk::{Trunk, Walks},
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
    /// What GraphQL says, whichever way, and all of it as it is sent where that is written already.
    pub async fn response(&self) -> (Response, Option<Bytes>) {
        match tokio::time::timeout(self.time, self.executed()).await {
            Ok(executed) => executed,
            Err(_) => (Response::from_errors(vec![Failure::from(Error::Timeout).into()]), None),
        }
    }

    async fn executed(&self) -> (Response, Option<Bytes>) {
        if !self.terms.walks {
            return (self.of(self.schema, &self.known.document, None).await, None);
        }
        if let Some(trunk) = &self.known.trunk() {
            let walks = Arc::new(Walks::along(trunk.clone()));
            let mut response = self.of(self.trusting(trunk), &trunk.document, Some(walks.clone())).await;
            // What fails is told of the document as it is written.
            if response.errors.is_empty() && !walks.have_missed() {
                self.known.grow(&walks);
                let whole = walks.whole(&mut response.data);
                return (response, whole);
            }
        }
        let walks = Arc::new(Walks::default());
        let response = self.of(self.schema, &self.known.document, Some(walks.clone())).await;
        if response.errors.is_empty() {
            self.known.grow(&walks);
        }
        (response, None)
    }

    /// The schema that a trunk is executed by. Its document was valid when it was executed first, so nothing but the values
    /// of variables could be wrong with it; where these are plain to see, it is not validated again.
    fn trusting(&self, trunk: &Trunk) -> &Schema {
        let validated = self.schema.data::<Validated>().filter(|_| {
            selected(&trunk.document, self.name)
                .is_some_and(|(_, operation)| variables::are_plain(operation, self.variables))
        });
        validated.map_or(self.schema, |Validated(schema)| schema)
    }

    /// Executes a document. It has loaders of its own, so that its misses are loaded together, and one head and day.
    async fn of(
        &self,
        schema: &Schema,
        document: &ExecutableDocument,
        walks: Option<Arc<Walks>>,
    ) -> Response {
        let (loaders, _running) = loaders::new(self.reader.clone());
        // It is parsed already, so nobody looks at its text.
        let mut request = Request::new("").variables(self.variables.clone());
        request.operation_name = self.name.map(str::to_owned);
        request.set_parsed_query(document.clone());
        request = request.data(loaders).data(self.terms.now).data(self.reader.clone());
        if let Some(walks) = walks {
            request = request.data(walks);
        }
        let mut response = schema.execute(request).await;
        if let Some((_, asked)) = selected(document, self.name) {
            nulls::put(&mut response.data, &response.errors, asked, document);
            order::as_asked(&mut response.data, asked, document, self.variables);
        }
        response
    }
}
