//! The file that `mulu import --report` writes. It is opened before anything is published, so that a place that
//! cannot be written to is found out in time.

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use crate::{
    error::{Error, Result},
    import::{Outcome, ReportKind},
};

/// A report that is yet to be written. Until then, what stood in the file stays.
#[derive(Debug)]
pub(super) struct ReportFile {
    path: PathBuf,
    kind: ReportKind,
    file: File,
    /// Whether the file was not there before, and so should not be left behind empty.
    fresh: bool,
}

impl ReportFile {
    /// Opens the file. It must be none of those that are imported: it would take their place.
    pub(super) fn open(path: &Path, kind: ReportKind, imported: &[PathBuf]) -> Result<Self> {
        let place = path.canonicalize().ok();
        if place.is_some() && imported.iter().any(|other| other.canonicalize().ok() == place) {
            return Err(Error::bad_input(
                format!("报告会覆盖要导入的文件 {}", path.display()),
                format!("the report would overwrite {}, which is to be imported", path.display()),
            ));
        }
        let created = OpenOptions::new().write(true).create_new(true).open(path);
        let fresh = created.is_ok();
        let file = match created {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                OpenOptions::new().write(true).open(path)
            }
            other => other,
        };
        let file = file.map_err(|error| cannot_write(path, &error))?;
        Ok(Self { path: path.to_owned(), kind, file, fresh })
    }

    /// Writes the report and gives back where it is.
    pub(super) fn write(mut self, outcome: &Outcome) -> Result<PathBuf> {
        let bytes = self.kind.write(outcome)?;
        let written = self.file.set_len(0).and_then(|()| self.file.write_all(&bytes));
        written.map_err(|error| cannot_write(&self.path, &error))?;
        self.fresh = false;
        Ok(std::mem::take(&mut self.path))
    }
}

impl Drop for ReportFile {
    fn drop(&mut self) {
        if self.fresh {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Error {
    Error::bad_input(
        format!("无法写入报告 {}\u{ff1a}{error}", path.display()),
        format!("cannot write the report {}: {error}", path.display()),
    )
}
