//! The file that is written: there as a whole or not at all.

use std::{
    fs::File,
    io::{self, BufWriter, ErrorKind, Write},
    path::PathBuf,
};

use crate::error::{Error, Result};

/// What stands for standard output.
const STANDARD_OUTPUT: &str = "-";

/// Where a file goes.
pub(super) struct Target {
    /// `None`: to the working directory, under its usual name.
    pub path: Option<PathBuf>,
    /// Whether it may replace one that is there.
    pub force: bool,
}

/// A file that is being written.
pub(super) enum Writing {
    /// To standard output, which takes what comes.
    Output,
    /// Under a name of its own until it is whole.
    File { path: PathBuf, part: PathBuf, file: BufWriter<File>, whole: bool },
}

impl Target {
    /// Begins to write. One that is there already is replaced where that is wanted, and only in the end.
    pub(super) fn open(self, usual: &str) -> Result<Writing> {
        let path = self.path.unwrap_or_else(|| PathBuf::from(usual));
        if path.as_os_str() == STANDARD_OUTPUT {
            return Ok(Writing::Output);
        }
        if path.exists() && !self.force {
            let path = path.display();
            return Err(Error::bad_input(
                format!("{path} 已存在\u{ff08}覆盖请加 --force\u{ff09}"),
                format!("{path} is there already (--force replaces it)"),
            ));
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = path.with_file_name(name);
        match File::create(&part) {
            Ok(file) => Ok(Writing::File { path, part, file: BufWriter::new(file), whole: false }),
            Err(error) => Err(refused(&path.display().to_string(), &error)),
        }
    }
}

impl Writing {
    /// Writes what comes next. Whoever reads standard output and goes away has had enough: that ends the command.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        match self {
            Self::Output => {
                if let Err(error) = io::stdout().write_all(bytes) {
                    if error.kind() == ErrorKind::BrokenPipe {
                        std::process::exit(0);
                    }
                    return Err(refused(STANDARD_OUTPUT, &error));
                }
                Ok(())
            }
            Self::File { path, file, .. } => {
                file.write_all(bytes).map_err(|error| refused(&path.display().to_string(), &error))
            }
        }
    }

    /// Ends the file; its path, `None` for standard output.
    pub(super) fn finish(mut self) -> Result<Option<PathBuf>> {
        let Self::File { path, part, file, whole } = &mut self else {
            return io::stdout().flush().map(|()| None).map_err(|error| refused(STANDARD_OUTPUT, &error));
        };
        let done = file.flush().and_then(|()| std::fs::rename(&part, &path));
        done.map_err(|error| refused(&path.display().to_string(), &error))?;
        *whole = true;
        Ok(Some(path.clone()))
    }
}

impl Drop for Writing {
    /// What did not become whole goes.
    fn drop(&mut self) {
        if let Self::File { part, whole: false, .. } = self {
            let _ = std::fs::remove_file(part);
        }
    }
}

fn refused(path: &str, error: &io::Error) -> Error {
    Error::bad_input(format!("无法写入 {path}\u{FF1A}{error}"), format!("cannot write {path}: {error}"))
}
