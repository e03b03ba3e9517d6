//! Registered operations (登记操作): questions that the operator knows beforehand, from a folder of `.graphql` files. The
//! document is the file: its id is the SHA-256 of its bytes, as `sha256sum` prints it.

mod check;
mod finding;
mod folder;
mod operation;
mod positions;

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::Arc,
};

pub use self::{
    finding::Finding,
    operation::{Document, Form, Hash, RegisteredOperation, Variable},
};
use crate::{
    config::Limits,
    error::{Error, Result},
};

/// The registered operations, by name and by the hash of their documents.
#[derive(Debug, Default)]
pub struct Registered {
    operations: BTreeMap<String, RegisteredOperation>,
    documents: HashMap<Hash, Arc<Document>>,
}

impl Registered {
    /// The operations of a folder that are valid within limits, and what is wrong with the others. Neither a database nor
    /// a server is needed. The error is a folder that cannot be read.
    pub async fn read(folder: &Path, limits: &Limits) -> Result<(Self, Vec<Finding>)> {
        let checker = check::Checker::new(*limits);
        let mut registered = Self::default();
        let mut findings = Vec::new();
        for file in folder::files(folder)? {
            let (operations, found) = checker.document(&file).await;
            findings.extend(found);
            for operation in operations {
                registered.add(operation, &mut findings);
            }
        }
        if registered.operations.is_empty() && findings.is_empty() {
            let folder = folder.display();
            return Err(Error::bad_input(
                format!("文件夹 {folder} 中没有 .graphql 文件"),
                format!("there is no .graphql file in {folder}"),
            ));
        }
        Ok((registered, findings))
    }

    /// The operations of a folder, all or none: of a path that is empty none.
    pub async fn load(folder: &Path, limits: &Limits) -> Result<Self> {
        if folder.as_os_str().is_empty() {
            return Ok(Self::default());
        }
        let (registered, findings) = Self::read(folder, limits).await?;
        if findings.is_empty() {
            return Ok(registered);
        }
        let lines = findings.iter().map(|finding| format!("\n{finding}")).collect::<String>();
        Err(Error::bad_input("登记操作有误", format!("registered operations:{lines}")))
    }

    /// Adds an operation whose name is free.
    fn add(&mut self, operation: RegisteredOperation, findings: &mut Vec<Finding>) {
        if let Some(first) = self.operations.get(&operation.name) {
            findings.push(Finding::duplicate(&operation, first));
            return;
        }
        self.documents.insert(operation.document.hash, operation.document.clone());
        self.operations.insert(operation.name.clone(), operation);
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// All of them, by name.
    pub fn operations(&self) -> impl Iterator<Item = &RegisteredOperation> {
        self.operations.values()
    }

    /// The one of a name.
    pub fn named(&self, name: &str) -> Option<&RegisteredOperation> {
        self.operations.get(name)
    }

    /// The document of a hash.
    pub fn document(&self, hash: &Hash) -> Option<&Document> {
        self.documents.get(hash).map(Arc::as_ref)
    }
}
