//! What can go wrong, in words for whoever asked; one stable code each, one conversion per face.

use chrono::NaiveDate;
use sea_orm::{DbErr, RuntimeErr, sqlx};

use crate::catalogue::{
    canonical::CanonicalError, check::Message, code::CatalogueCode, digest::Digest, scope::Revision,
};

/// Everything that mulu answers instead of a result. Nothing found is `None` or an empty list, never this.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A question or a file that cannot be taken as it is.
    #[error("{}", .0.en)]
    BadInput(Message),
    /// Something named by its key that is not there.
    #[error("{}", .0.en)]
    NotFound(Message),
    /// The draft was made from a version that is no longer the last.
    #[error("{catalogue} has moved on to version {last}; make the draft again from that one")]
    Conflict {
        /// Whose draft.
        catalogue: CatalogueCode,
        /// The number of the last version now.
        last: u32,
    },
    /// A position beyond the head of the log.
    #[error("revision {asked} is beyond the head of the log, {head}")]
    UnknownRevision {
        /// The position asked for.
        asked: Revision,
        /// The last one.
        head: Revision,
    },
    /// The bytes were erased; the digest stays.
    #[error("{0} was redacted")]
    Redacted(Digest),
    /// The database lacks tables or the first event.
    #[error("the database is not ready: run `mulu migrate`")]
    NotMigrated,
    /// The database cannot be reached or is too busy.
    #[error("the database is not available")]
    Unavailable(#[source] DbErr),
    /// It took longer than a question may take, and was given up.
    #[error("this takes longer than it may; ask for less")]
    Timeout,
    /// The database holds what mulu never wrote.
    #[error("the database contradicts itself: {0}")]
    Inconsistent(String),
    /// A mistake of ours.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// The stable code that clients act on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadInput(_) => "BAD_INPUT",
            Self::NotFound(_) => "NOT_FOUND",
            Self::Conflict { .. } => "CONFLICT",
            Self::UnknownRevision { .. } => "UNKNOWN_REVISION",
            Self::Redacted(_) => "REDACTED",
            Self::NotMigrated => "NOT_MIGRATED",
            Self::Unavailable(_) => "UNAVAILABLE",
            Self::Timeout => "TIMEOUT",
            Self::Inconsistent(_) => "INCONSISTENT",
            Self::Internal(_) => "INTERNAL",
        }
    }

    /// What a person reads, without internals.
    pub fn message(&self) -> Message {
        let zh = match self {
            Self::BadInput(message) | Self::NotFound(message) => message.zh.clone(),
            Self::Conflict { catalogue, last } => format!("{catalogue} 已有第 {last} 版，请据此重新生成草案"),
            Self::UnknownRevision { asked, head } => format!("修订号 {asked} 超过日志末尾 {head}"),
            Self::Redacted(digest) => format!("{digest} 已被涂除"),
            Self::NotMigrated => "数据库尚未初始化：请运行 mulu migrate".to_owned(),
            Self::Unavailable(_) => "数据库暂不可用".to_owned(),
            Self::Timeout => "用时超过限制，请减少所问的内容".to_owned(),
            Self::Inconsistent(what) => format!("数据库内容自相矛盾：{what}"),
            Self::Internal(_) => "内部错误".to_owned(),
        };
        Message::new(zh, self.to_string())
    }

    /// Bad input, said in both languages.
    pub fn bad_input(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::BadInput(Message::new(zh, en))
    }

    /// Something named by its key that is not there: `草案`/`draft` and its key.
    pub fn not_found(zh: &str, en: &str, key: impl std::fmt::Display) -> Self {
        Self::NotFound(Message::new(format!("{zh} {key} 不存在"), format!("{en} {key} does not exist")))
    }

    /// A catalogue without a version in force on a day.
    pub fn none_in_force(code: &CatalogueCode, day: NaiveDate) -> Self {
        Self::NotFound(Message::new(
            format!("{code} 在 {day} 没有现行有效的版本"),
            format!("no version of {code} is in force on {day}"),
        ))
    }

    /// A mistake of ours with its cause.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }
}

/// Bytes that we write ourselves and that have no canonical form are a mistake of ours.
impl From<CanonicalError> for Error {
    fn from(error: CanonicalError) -> Self {
        Self::internal(error)
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        let Some(cause) = sqlx_error(&error) else {
            return match error {
                DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => Self::Unavailable(error),
                _ => Self::internal(error),
            };
        };
        match cause {
            sqlx::Error::Database(cause) => match cause.code().as_deref() {
                // PostgreSQL: undefined table.
                Some("42P01") => Self::NotMigrated,
                _ if cause.message().starts_with("no such table") => Self::NotMigrated,
                // What was stopped at its deadline. SQLite: interrupted. PostgreSQL: cancelled.
                Some("9" | "57014") => Self::Timeout,
                // SQLite: busy, locked. PostgreSQL: connection, resources, shutdown, lock timeout.
                Some("5" | "6" | "517") => Self::Unavailable(error),
                Some(code) if ["08", "53", "57", "55P03"].iter().any(|class| code.starts_with(class)) => {
                    Self::Unavailable(error)
                }
                _ => Self::internal(error),
            },
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
                Self::Unavailable(error)
            }
            _ => Self::internal(error),
        }
    }
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => Some(cause),
        _ => None,
    }
}

/// The result of everything that asks the store.
pub type Result<T> = std::result::Result<T, Error>;
