//! A backup of PostgreSQL: `pg_dump` in its custom format, of a snapshot that we took.

use std::path::Path;

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr,
    IsolationLevel, Statement, TransactionOptions, TransactionTrait,
};

use super::Tool;
use crate::{
    catalogue::{digest::Digest, scope::Revision},
    error::{Error, Result},
    store::verify,
};

/// Fills the file with a dump of the database; the position of the log in it.
///
/// `pg_dump` reads what our own transaction sees, so the position that is computed here is that of the dump, whatever
/// is published in between.
pub(super) async fn dump(writer: &DatabaseConnection, url: &str, into: &Path) -> Result<(Revision, Digest)> {
    let options = TransactionOptions {
        isolation_level: Some(IsolationLevel::RepeatableRead),
        access_mode: Some(AccessMode::ReadOnly),
        ..Default::default()
    };
    let snapshot = writer.begin_with_options(options).await?;
    // It is idle for as long as pg_dump takes.
    snapshot.execute_unprepared("SET LOCAL idle_in_transaction_session_timeout = 0").await?;
    let version = text(&snapshot, "SELECT current_setting('server_version_num')").await?;
    let version: u32 = version.parse().map_err(Error::internal)?;
    let tool = Tool::for_server("pg_dump", version / 10_000)?;
    let id = text(&snapshot, "SELECT pg_export_snapshot()").await?;
    let position = verify::position(&snapshot).await?;
    let (address, password) = split_password(url);
    let mut command = tool.command();
    command.args(["--format=custom", "--encoding=UTF8", "--no-password"]);
    command.arg(format!("--snapshot={id}")).arg(format!("--dbname={address}"));
    command.arg("--file").arg(into);
    // Bytes as hexadecimal digits, whatever the database is set to: `restore` reads no other form.
    let options = std::env::var("PGOPTIONS").unwrap_or_default();
    command.env("PGOPTIONS", format!("{options} -c bytea_output=hex"));
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    tool.run(command).await?;
    snapshot.rollback().await?;
    Ok(position)
}

async fn text(transaction: &DatabaseTransaction, question: &str) -> Result<String> {
    let row = transaction.query_one_raw(Statement::from_string(DatabaseBackend::Postgres, question)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound(question.to_owned()))?;
    Ok(row.try_get_by_index(0)?)
}

/// An address without its password, which must not stand on a command line that everybody can read, and the password.
fn split_password(url: &str) -> (String, Option<String>) {
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    let mut address = before.to_owned();
    let mut password = None;
    if let (Some(scheme), Some(at)) = (before.find("://"), before.rfind('@'))
        && let Some((user, secret)) = before.get(scheme + 3..at).and_then(|user| user.split_once(':'))
    {
        address = format!("{}{user}{}", &before[..scheme + 3], &before[at..]);
        password = Some(decoded(secret));
    }
    let mut others = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.strip_prefix("password=") {
            Some(secret) => password = Some(decoded(secret)),
            None => others.push(pair),
        }
    }
    if !others.is_empty() {
        address = format!("{address}?{}", others.join("&"));
    }
    (address, password)
}

/// Text of which bytes are written as `%` and two hexadecimal digits.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::split_password;

    #[test]
    fn a_password_leaves_the_address() {
        for (url, address, password) in [
            ("postgres://mulu@db/mulu", "postgres://mulu@db/mulu", None),
            ("postgres://mulu:a%40b%3Ac@db:5433/mulu", "postgres://mulu@db:5433/mulu", Some("a@b:c")),
            (
                "postgres://mulu:100%@db/mulu?sslmode=require",
                "postgres://mulu@db/mulu?sslmode=require",
                Some("100%"),
            ),
            ("postgres:///mulu?password=x&host=/run", "postgres:///mulu?host=/run", Some("x")),
            ("postgres://[::1]:5432/mulu", "postgres://[::1]:5432/mulu", None),
        ] {
            assert_eq!(split_password(url), (address.to_owned(), password.map(str::to_owned)), "{url}");
        }
    }
}
