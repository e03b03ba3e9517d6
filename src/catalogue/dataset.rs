//! Datasets (数据集): what can be had as files, and the lines that such files are made of.

use std::{collections::BTreeMap, fmt, str::FromStr, sync::Arc};

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    code::{CatalogueCode, DivisionCode, DomainCode},
    digest::Digest,
    draft::Header,
    event::Instant,
    reference::Register,
    scope::{Revision, Scope},
    version::Entry,
};

/// The format of a JSON file of items.
pub const DATA_FORMAT: &str = "mulu.data/1";
/// The format of a JSON file of a register.
pub const REGISTER_FORMAT: &str = "mulu.register/1";
/// The format of a JSON file of changes.
pub const CHANGES_FORMAT: &str = "mulu.changes/1";

/// The address of a server that nobody gave one.
pub const DEFAULT_ADDRESS: &str = "http://localhost:8790";

/// What a file holds (数据集). Its text is the path of its link, `divisions/530115000000`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Dataset {
    /// One version of a catalogue (目录版本), `versions/CATALOGUE/NUMBER`.
    Version {
        /// Whose.
        catalogue: CatalogueCode,
        /// Which.
        number: u32,
    },
    /// What is in force in a place (行政区划), `divisions/CODE`; with all below it `divisions/CODE/all`.
    Division {
        /// The place.
        code: DivisionCode,
        /// Whether with all below it (含下级).
        below: bool,
    },
    /// What is in force of a domain in all places (领域), `domains/CODE`: its catalogues, and its rows in catalogues of
    /// several domains.
    Domain(DomainCode),
    /// All that is in force (全平台), `platform`.
    Platform,
    /// A register (名录), `registers/NAME`: all states of its records, as last recorded.
    Register(Register),
    /// What became of what is in force (变化), `since/REVISION/DAY/…` with the path of a division, a domain or the
    /// platform: from what was in force there under that scope to what is under the scope of the question.
    Changes {
        /// Of what.
        of: Box<Dataset>,
        /// The scope that is compared with.
        since: Scope,
    },
}

impl Dataset {
    /// What became of this dataset since a scope; `None` of a version, which never changes, and of what has no items of
    /// its own.
    pub fn changes_since(self, since: Scope) -> Option<Self> {
        match self {
            Self::Division { .. } | Self::Domain(_) | Self::Platform => {
                Some(Self::Changes { of: Box::new(self), since })
            }
            Self::Version { .. } | Self::Register(_) | Self::Changes { .. } => None,
        }
    }

    /// Whether it is known beforehand how many rows it has.
    pub fn is_counted(&self) -> bool {
        !matches!(self, Self::Domain(_) | Self::Changes { .. })
    }
}

impl fmt::Display for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version { catalogue, number } => write!(f, "versions/{catalogue}/{number}"),
            Self::Division { code, below: false } => write!(f, "divisions/{code}"),
            Self::Division { code, below: true } => write!(f, "divisions/{code}/all"),
            Self::Domain(code) => write!(f, "domains/{code}"),
            Self::Platform => f.write_str("platform"),
            Self::Register(register) => write!(f, "registers/{register}"),
            Self::Changes { of, since: Scope { revision, effective_on } } => {
                write!(f, "since/{revision}/{effective_on}/{of}")
            }
        }
    }
}

/// A path that leads to no dataset.
#[derive(Debug, thiserror::Error)]
#[error("no dataset has this path")]
pub struct NoDataset;

impl FromStr for Dataset {
    type Err = NoDataset;

    /// Only the one way in which a path is written leads to a dataset: codes in full, numbers without zeros before.
    fn from_str(path: &str) -> Result<Self, NoDataset> {
        fn read<T: FromStr>(text: &str) -> Result<T, NoDataset> {
            text.parse().map_err(|_| NoDataset)
        }
        let dataset = match path.split('/').collect::<Vec<_>>().as_slice() {
            ["versions", catalogue, number] => {
                Self::Version { catalogue: read(catalogue)?, number: read(number)? }
            }
            ["divisions", code] => Self::Division { code: read(code)?, below: false },
            ["divisions", code, "all"] => Self::Division { code: read(code)?, below: true },
            ["domains", code] => Self::Domain(read(code)?),
            ["platform"] => Self::Platform,
            ["registers", name] => Self::Register(read(name)?),
            ["since", revision, day, of @ ..] => {
                let since = Scope { revision: read(revision)?, effective_on: read(day)? };
                read::<Self>(&of.join("/"))?.changes_since(since).ok_or(NoDataset)?
            }
            _ => return Err(NoDataset),
        };
        if dataset.to_string() == path { Ok(dataset) } else { Err(NoDataset) }
    }
}

/// Who gives the data away, and on which terms (发布声明). It stands in every file whose format has a place for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    /// 发布者: who gives the data away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// 许可协议: the address of the licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// 署名方式: what whoever uses the data has to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribution: Option<String>,
}

impl Notice {
    /// Whether all is said that open data must say.
    pub fn is_whole(&self) -> bool {
        self.publisher.is_some() && self.licence.is_some() && self.attribution.is_some()
    }
}

/// Where the data are given away, by whom, and on which terms (发布信息): what metadata say beside the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// By whom, and on which terms.
    pub notice: Notice,
    /// The address under which the world reaches the server, without a slash at the end. Names in linked data begin so.
    pub address: String,
    /// Where those who use the data can ask, `https://…` or `mailto:…`.
    pub contact: Option<String>,
}

impl Default for Publication {
    fn default() -> Self {
        Self { notice: Notice::default(), address: DEFAULT_ADDRESS.to_owned(), contact: None }
    }
}

/// What the log and the header say of a version in a file.
#[derive(Clone, Debug)]
pub struct VersionHead {
    /// Whose.
    pub code: CatalogueCode,
    /// Which.
    pub number: u32,
    /// Its digest.
    pub digest: Digest,
    /// The position in the log at which it was published.
    pub revision: Revision,
    /// When it was published.
    pub published_at: Instant,
    /// 施行日期.
    pub effective_from: NaiveDate,
    /// Its header, as a document has it; `None` once redacted.
    pub header: Option<Header>,
    /// The name of the place; `None` where the register does not know it.
    pub division_name: Option<String>,
}

/// One row of a version in a file.
#[derive(Clone, Debug)]
pub struct ItemLine {
    /// Its place in the table, from 0.
    pub position: u32,
    /// The entry; `None` once redacted whole.
    pub entry: Option<Entry>,
    /// The canonical JSON of the shared part, without its format; `None` once redacted.
    pub content: Option<Arc<str>>,
    /// The same of the local part.
    pub local: Option<Arc<str>>,
}

impl ItemLine {
    /// Which parts were erased (涂除): the entry, which leads to the others, or one of these.
    pub fn redacted(&self) -> Vec<&'static str> {
        if self.entry.is_none() {
            return vec!["entry"];
        }
        let parts = [("content", self.content.is_none()), ("local", self.local.is_none())];
        parts.into_iter().filter_map(|(part, gone)| gone.then_some(part)).collect()
    }
}

/// A record of a register in a file.
#[derive(Clone, Debug)]
pub struct RecordLine {
    /// The stable key.
    pub code: String,
    /// The object that holds it.
    pub object: Digest,
    /// Its states, the earliest first; `None` once redacted.
    pub states: Option<Vec<Value>>,
}

/// The names that rows are shown with, as the registers have them under one scope.
#[derive(Clone, Debug, Default)]
pub struct Titles {
    /// Names of domains.
    pub domains: BTreeMap<DomainCode, String>,
    /// Names of channels.
    pub channels: BTreeMap<String, String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_one_dataset_and_a_dataset_has_one_path() {
        for path in [
            "versions/530115000000-04/2",
            "divisions/530115000000",
            "divisions/530115000000/all",
            "domains/04",
            "platform",
            "registers/legalBasis",
            "since/81/2026-11-21/platform",
            "since/81/2026-11-21/divisions/530115000000/all",
        ] {
            assert_eq!(path.parse::<Dataset>().unwrap().to_string(), path);
        }
        for path in [
            "",
            "divisions/5301",
            "versions/530115000000-04/02",
            "versions/530115000000-04/+2",
            "platform/",
            "since/81/2026-11-21",
            "since/081/2026-11-21/platform",
            "since/81/2026-11-1/platform",
            "since/81/2026-11-21/registers/unit",
            "since/81/2026-11-21/versions/530115000000-04/2",
            "since/81/2026-11-21/since/80/2026-11-21/platform",
        ] {
            assert!(path.parse::<Dataset>().is_err(), "{path}");
        }
    }
}
