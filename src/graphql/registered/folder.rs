//! The files of a folder: those named `*.graphql`, without folders in it, in the order of their names.

use std::path::Path;

use crate::error::{Error, Result};

/// A file as it was found.
pub(super) struct File {
    /// Its path as a person named the folder.
    pub name: String,
    /// Its text; where it is none in UTF-8, the place of the first byte that is not.
    pub text: std::result::Result<String, usize>,
}

pub(super) fn files(folder: &Path) -> Result<Vec<File>> {
    let refuse = |path: &Path, error: std::io::Error| {
        let path = path.display();
        Error::bad_input(format!("无法读取 {path}：{error}"), format!("cannot read {path}: {error}"))
    };
    let entries = std::fs::read_dir(folder).map_err(|error| refuse(folder, error))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| refuse(folder, error))?.path();
        if path.extension().is_some_and(|extension| extension == "graphql") {
            paths.push(path);
        }
    }
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let bytes = std::fs::read(path).map_err(|error| refuse(path, error))?;
        let text = String::from_utf8(bytes).map_err(|error| error.utf8_error().valid_up_to());
        Ok(File { name: path.display().to_string(), text })
    };
    paths.iter().map(read).collect()
}
