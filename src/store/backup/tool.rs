//! PostgreSQL's own programs: where they are, which version they have, what they say.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::error::{Error, Result};

/// Where Debian keeps the programs of each version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// A program and the major version that it is of.
#[derive(Debug)]
pub(in crate::store) struct Tool {
    path: PathBuf,
    major: u32,
}

impl Tool {
    /// The oldest that is not older than the server: an older one refuses it, and what a newer one writes may be too
    /// new for the `pg_restore` that belongs to the server.
    pub fn for_server(name: &str, server: u32) -> Result<Self> {
        fitting(name, all(name), server)
    }

    /// The newest: it reads what every older one wrote.
    pub fn newest(name: &str) -> Result<Self> {
        all(name).pop().ok_or_else(|| missing(name, "postgresql-client"))
    }

    /// The program, not yet started.
    pub fn command(&self) -> Command {
        Command::new(&self.path)
    }

    /// Runs a command of it to its end, away from the threads that answer.
    pub async fn run(&self, mut command: Command) -> Result<()> {
        let done = tokio::task::spawn_blocking(move || command.output());
        let done = done.await.map_err(Error::internal)?.map_err(|error| self.failed(error))?;
        if done.status.success() {
            Ok(())
        } else {
            Err(self.failed(String::from_utf8_lossy(&done.stderr).trim()))
        }
    }

    fn failed(&self, why: impl std::fmt::Display) -> Error {
        let path = self.path.display();
        Error::bad_input(format!("{path} 失败：{why}"), format!("{path} failed: {why}"))
    }
}

/// The first that is of the server's version or newer; the tools are sorted by version.
fn fitting(name: &str, tools: Vec<Tool>, server: u32) -> Result<Tool> {
    let newest = tools.last().map(|tool| tool.major);
    tools.into_iter().find(|tool| tool.major >= server).ok_or_else(|| match newest {
        None => missing(name, &format!("postgresql-client-{server}")),
        Some(found) => Error::bad_input(
            format!(
                "服务器是 PostgreSQL {server}，找到的 {name} 只是 {found}：\
                 请安装 postgresql-client-{server}，或将其 {name} 放入 PATH"
            ),
            format!(
                "the server is PostgreSQL {server}, {name} is {found}: install postgresql-client-{server} \
                 or put its {name} on PATH"
            ),
        ),
    })
}

fn missing(name: &str, package: &str) -> Error {
    Error::bad_input(
        format!("未找到 {name}：请安装 {package}，或将 {name} 放入 PATH"),
        format!("{name} was not found: install {package} or put {name} on PATH"),
    )
}

/// All programs of that name, by version. Debian's own directories come first among equals, because what it puts on
/// PATH is a script that guesses a version anew at every call.
fn all(name: &str) -> Vec<Tool> {
    let versions =
        fs::read_dir(DEBIAN).into_iter().flatten().flatten().map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = versions.chain(std::env::split_paths(&path)).map(|directory| directory.join(name));
    let mut tools: Vec<Tool> = found.filter_map(|path| Some(Tool { major: major(&path)?, path })).collect();
    tools.sort_by_key(|tool| tool.major);
    tools
}

/// What `pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` says.
fn major(path: &Path) -> Option<u32> {
    if !path.is_file() {
        return None;
    }
    let said = Command::new(path).arg(OsStr::new("--version")).output().ok()?.stdout;
    let said = String::from_utf8(said).ok()?;
    let version = said.split_once("(PostgreSQL) ")?.1;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Tool, fitting};

    #[test]
    fn the_tool_is_never_older_than_the_server() {
        let tools = || [13, 16, 17].map(|major| Tool { path: format!("/{major}").into(), major }).into();
        let major = |server| fitting("pg_dump", tools(), server).map(|tool| tool.major);
        assert_eq!((major(13).unwrap(), major(14).unwrap(), major(17).unwrap()), (13, 16, 17));
        let old = major(18).unwrap_err().message();
        assert!(old.en.contains("pg_dump is 17: install postgresql-client-18"), "{}", old.en);
        let none = fitting("pg_dump", Vec::new(), 15).unwrap_err().message();
        assert!(none.en.contains("was not found: install postgresql-client-15"), "{}", none.en);
    }
}
