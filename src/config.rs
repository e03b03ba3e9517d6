//! Settings: defaults < TOML file < `MULU_*` environment < flags. Unknown keys are refused.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::{
    catalogue::key::{BadKey, SigningKey},
    clock::Clock,
    error::{Error, Result},
};

/// The file that is read when none is named and it is there.
pub const DEFAULT_FILE: &str = "mulu.toml";

/// Declares settings once: the group with its place in the file and what it derives, the groups within it, and for each
/// setting name, type, default, environment variable, meaning.
macro_rules! settings {
    (
        $(#[doc = $about:literal])+ $place:literal $group:ident: $($derive:ident)*; $($inner:ident: $within:ty;)*
        $($(#[doc = $doc:literal])+ $name:ident: $type:ty = $default:expr, $variable:literal;)*
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, Serialize, Deserialize $(, $derive)*)]
        #[serde(default, deny_unknown_fields)]
        pub struct $group {
            $($(#[doc = $doc])+ pub $name: $type,)*
            $(#[doc = concat!("The settings `", stringify!($inner), ".*`.")] pub $inner: $within,)*
        }

        impl Default for $group {
            fn default() -> Self {
                Self { $($name: $default,)* $($inner: <$within>::default(),)* }
            }
        }

        impl $group {
            /// Every setting of its own: its key in the file, its environment variable, what it means.
            pub(crate) const OWN: &'static [(&'static str, &'static str, &'static str)] =
                &[$((concat!($place, stringify!($name)), $variable, concat!($($doc),+)),)*];
        }
    };
}

mod cache;
mod data;
mod exposure;
mod http;
mod limits;
mod operations;

pub use cache::Cache;
pub use data::Data;
pub use exposure::Exposure;
pub use http::Http;
pub use limits::{LARGEST_PAGE, Limits, USUAL_PAGE};
pub use operations::Operations;

settings! {
    /// Every setting with its value.
    "" Config:; http: Http; limits: Limits; operations: Operations; cache: Cache; data: Data;
    /// Where the data is: `sqlite://FILE` or `postgres://USER@HOST/DATABASE`.
    database_url: String = "sqlite://mulu.db".to_owned(), "MULU_DATABASE_URL";
    /// The address that `mulu serve` listens at, IPv4 or IPv6; port 0 takes a free one.
    listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8790)), "MULU_LISTEN";
    /// The name of this log, unique among all, as a host name without scheme; it is fixed when the log begins.
    origin: String = "localhost/mulu".to_owned(), "MULU_ORIGIN";
    /// The file of the key that signs a checkpoint at every change of the log, from `mulu key generate`; empty: no
    /// checkpoints are made here.
    signing_key: PathBuf = PathBuf::new(), "MULU_SIGNING_KEY";
    /// How the log is written: `human` or `json`.
    log_format: LogFormat = LogFormat::Human, "MULU_LOG_FORMAT";
    /// What is logged, as in `info,mulu=debug`.
    log_filter: String = "info,sea_orm_migration=warn,sqlx=warn".to_owned(), "MULU_LOG_FILTER";
    /// The proxies before this server, as networks: only they are believed when `X-Forwarded-For` says who asks.
    trusted_proxies: Vec<IpNet> = Vec::new(), "MULU_TRUSTED_PROXIES";
    /// Whose pages may read answers in a browser (CORS): `*`, or a list of origins as in `https://www.example.gov.cn`.
    cors_origins: Vec<String> = vec!["*".to_owned()], "MULU_CORS_ORIGINS";
    /// Where metrics are: `on`, at `/metrics` of `listen`; an address of their own, as in `127.0.0.1:9464`; or `off`.
    metrics: Exposure = Exposure::On, "MULU_METRICS";
    /// How many seconds a request may take.
    request_timeout_s: u64 = 30, "MULU_REQUEST_TIMEOUT_S";
    /// How many seconds open requests have when the server is told to stop.
    shutdown_timeout_s: u64 = 10, "MULU_SHUTDOWN_TIMEOUT_S";
    /// A fixed instant (RFC 3339) in place of the machine's clock, for reproducible databases; empty: the clock.
    now: String = String::new(), "MULU_NOW";
}

/// The settings that are lists; an environment variable has their elements with commas between.
const LISTS: [&str; 2] = ["trusted_proxies", "cors_origins"];

/// The groups whose settings are numbers.
const NUMBERS: [&str; 3] = ["http.", "limits.", "cache."];

/// The settings that are `true` or `false`.
const SWITCHES: [&str; 1] = ["operations.only"];

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for people.
    Human,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// Reads the settings. `file` must be there; without it `mulu.toml` is read where it is there.
    pub fn load(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Result<Self> {
        let mut table = match file {
            Some(path) => read(path)?,
            None if Path::new(DEFAULT_FILE).exists() => read(Path::new(DEFAULT_FILE))?,
            None => toml::Table::new(),
        };
        let given: BTreeMap<String, String> =
            environment.filter(|(name, _)| name.starts_with("MULU_")).collect();
        for (name, text) in given {
            // Settings of the tests and of other tools of ours.
            if name.starts_with("MULU_TEST_") || matches!(name.as_str(), "MULU_CASES" | "MULU_SEED") {
                continue;
            }
            let (key, ..) = Self::settings().find(|(_, variable, _)| *variable == name).ok_or_else(|| {
                Error::bad_input(
                    format!("未知的环境变量 {name}"),
                    format!("unknown environment variable {name}"),
                )
            })?;
            let is_number = key.ends_with("_s") || NUMBERS.iter().any(|group| key.starts_with(group));
            let value = match text.parse::<i64>() {
                Ok(number) if is_number => number.into(),
                _ if SWITCHES.contains(&key) => match text.parse::<bool>() {
                    Ok(on) => on.into(),
                    Err(_) => text.into(),
                },
                _ if LISTS.contains(&key) => {
                    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                    toml::Value::Array(parts.map(toml::Value::from).collect())
                }
                _ => toml::Value::from(text),
            };
            insert(&mut table, key, value);
        }
        let config: Self = table.try_into().map_err(|error: toml::de::Error| {
            Error::bad_input(
                format!("设置有误：{}", error.message()),
                format!("settings: {}", error.message()),
            )
        })?;
        config.http.check()?;
        config.limits.check()?;
        config.operations.check()?;
        config.data.check()?;
        Ok(config)
    }

    /// Every setting: its key in the file, its environment variable, what it means.
    pub fn settings() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
        let groups = [Http::OWN, Limits::OWN, Operations::OWN, Cache::OWN, Data::OWN];
        Self::OWN.iter().chain(groups.into_iter().flatten()).copied()
    }

    /// The clock that the settings ask for.
    pub fn clock(&self) -> Result<Clock> {
        if self.now.is_empty() {
            return Ok(Clock::System);
        }
        let at = DateTime::parse_from_rfc3339(&self.now).map_err(|_| {
            let value = &self.now;
            Error::bad_input(
                format!("now 应为 RFC 3339 时刻：{value}"),
                format!("`now` is an instant as in RFC 3339, not `{value}`"),
            )
        })?;
        Ok(Clock::fixed(at.with_timezone(&Utc)))
    }

    /// The key that signs checkpoints; `None` where there is none. Errors never repeat what the file holds.
    pub fn signer(&self) -> Result<Option<SigningKey>> {
        if self.signing_key.as_os_str().is_empty() {
            return Ok(None);
        }
        let refuse = |why: String| {
            let path = self.signing_key.display();
            Error::bad_input(format!("签名密钥文件 {path}：{why}"), format!("signing key {path}: {why}"))
        };
        let text = std::fs::read_to_string(&self.signing_key).map_err(|error| refuse(error.to_string()))?;
        let text = zeroize::Zeroizing::new(text);
        text.trim_end_matches('\n').parse().map(Some).map_err(|error: BadKey| refuse(error.to_string()))
    }

    /// The settings as a TOML file with the meaning of each; a password in the database's address is left out.
    pub fn to_toml(&self) -> String {
        let shown = Self { database_url: without_password(&self.database_url), ..self.clone() };
        let values = toml::Table::try_from(&shown).unwrap_or_default();
        let mut group = "";
        let lines = Self::settings().map(|(key, variable, meaning)| {
            let (place, name) = key.rsplit_once('.').unwrap_or(("", key));
            let (head, among) = match values.get(place) {
                Some(toml::Value::Table(within)) if place == group => (String::new(), within),
                Some(toml::Value::Table(within)) => (format!("[{place}]\n"), within),
                _ => (String::new(), &values),
            };
            group = place;
            let value = among.get(name).map(ToString::to_string).unwrap_or_default();
            format!("{head}#{meaning}\n# {variable}\n{name} = {value}\n")
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// Puts a value at its key, `name` or `group.name`. What stands in the way of a group is left for the reader to refuse.
fn insert(table: &mut toml::Table, key: &str, value: toml::Value) {
    let Some((group, name)) = key.split_once('.') else {
        table.insert(key.to_owned(), value);
        return;
    };
    let within = table.entry(group).or_insert_with(|| toml::Table::new().into());
    if let toml::Value::Table(within) = within {
        within.insert(name.to_owned(), value);
    }
}

fn read(path: &Path) -> Result<toml::Table> {
    let refuse = |why: String| {
        let path = path.display();
        Error::bad_input(format!("设置文件 {path}:{why}"), format!("settings file {path}: {why}"))
    };
    let text = std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
    text.parse().map_err(|error: toml::de::Error| refuse(error.to_string()))
}

/// A database's address as it may be shown.
pub fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 <= at => match url[scheme + 3..at].split_once(':') {
            Some((user, _)) => format!("{}{user}:***{}", &url[..scheme + 3], &url[at..]),
            None => url.to_owned(),
        },
        _ => url.to_owned(),
    }
}
