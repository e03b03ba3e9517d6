//! Operations that the operator knows beforehand (登记操作): the `operations.*` settings.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

settings! {
    /// Which operations are registered, and whether others are answered.
    "operations." Operations: PartialEq Eq;
    /// The folder whose `.graphql` files are the registered operations; they are read and checked when the server starts.
    /// Empty: none.
    folder: PathBuf = PathBuf::new(), "MULU_OPERATIONS_FOLDER";
    /// Whether registered operations are the only ones that are answered.
    only: bool = false, "MULU_OPERATIONS_ONLY";
}

impl Operations {
    /// Refuses what would answer nobody.
    pub(super) fn check(&self) -> Result<()> {
        if self.only && self.folder.as_os_str().is_empty() {
            return Err(Error::bad_input(
                "operations.only 为 true 时，须以 operations.folder 指定登记操作的文件夹",
                "`operations.only` needs a folder of operations, `operations.folder`",
            ));
        }
        Ok(())
    }
}
