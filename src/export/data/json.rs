//! JSON: one nested value, with all that is known of a version beside its rows. Each version begins a line and each row is
//! a line of its own, so that tools that go by lines can follow.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{About, Encode, ndjson};
use crate::{
    catalogue::{
        canonical::CanonicalError,
        changed::ChangeRow,
        code::{CatalogueCode, ItemCode},
        content::Content,
        dataset::{
            CHANGES_FORMAT, DATA_FORMAT, Dataset, Notice, REGISTER_FORMAT, RecordLine, Titles, VersionHead,
        },
        digest::Digest,
        draft::Header,
        lineage::{Origin, Relation},
        local::Local,
        reference::Register,
        text::Text,
    },
    error::{Error, Result},
    store::Slice,
};

/// `mulu.data/1`: the items of a dataset, version by version.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("additionalProperties" = false))]
pub struct DataFile {
    /// `mulu.data/1`.
    #[schemars(regex(pattern = r"^mulu\.data/1$"))]
    pub format: String,
    /// What it holds, as in its link: `divisions/530115000000`.
    pub dataset: String,
    /// The revision of the log under which it was made.
    pub revision: u64,
    /// The day under which it was made.
    pub effective_on: chrono::NaiveDate,
    /// Who gives the data away, and on which terms.
    #[serde(flatten)]
    pub notice: Notice,
    /// The versions, by the code of their catalogue.
    pub versions: Vec<DataVersion>,
}

/// A version and its rows.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DataVersion {
    /// 目录代码.
    pub catalogue: CatalogueCode,
    /// 版本号.
    pub number: u32,
    /// 版本摘要.
    pub digest: Digest,
    /// The revision of the log at which it was published.
    pub revision: u64,
    /// When it was published (RFC 3339, UTC).
    pub published_at: String,
    /// 行政区划: the name of the place; absent where the register does not know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub division_name: Option<String>,
    /// 领域: the name of the domain; absent in a catalogue of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain_name: Option<String>,
    /// The header in the canonical form; absent once redacted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// The rows in table order.
    pub rows: Vec<DataRow>,
}

/// A row in the canonical form, and what the log knows beside it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DataRow {
    /// 序号: its place in the table, from 1.
    pub position: u32,
    /// How it stands to its origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
    /// 事项代码.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemCode>,
    /// What is meant to be the same everywhere; absent once redacted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// Who and where; absent once redacted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local: Option<Local>,
    /// The upstream item that it was taken from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Why it differs from its origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
    /// Index into the header's sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<u32>,
    /// 已涂除: the parts that were erased, `entry`, `content`, `local`; absent where none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redacted: Option<Vec<String>>,
}

/// `mulu.register/1`: the records of a register as last recorded.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("additionalProperties" = false))]
pub struct RegisterFile {
    /// `mulu.register/1`.
    #[schemars(regex(pattern = r"^mulu\.register/1$"))]
    pub format: String,
    /// What it holds, as in its link: `registers/division`.
    pub dataset: String,
    /// The revision of the log under which it was made.
    pub revision: u64,
    /// Who gives the data away, and on which terms.
    #[serde(flatten)]
    pub notice: Notice,
    /// The records by code.
    pub records: Vec<RegisterRecord>,
}

/// A record.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterRecord {
    /// The stable key.
    pub code: String,
    /// Its states, the earliest first, by the schema of its register; absent once redacted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub states: Option<Vec<serde_json::Map<String, Value>>>,
    /// 已涂除: the object that held it; absent where nothing was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redacted: Option<Digest>,
}

/// `mulu.changes/1`: what became of what is in force, from one scope to another.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("additionalProperties" = false))]
pub struct ChangesFile {
    /// `mulu.changes/1`.
    #[schemars(regex(pattern = r"^mulu\.changes/1$"))]
    pub format: String,
    /// What it holds, as in its link: `since/81/2026-11-21/platform`.
    pub dataset: String,
    /// The scope that is compared with.
    pub since: Since,
    /// The revision of the log of the scope that is compared.
    pub revision: u64,
    /// The day of the scope that is compared.
    pub effective_on: chrono::NaiveDate,
    /// Who gives the data away, and on which terms.
    #[serde(flatten)]
    pub notice: Notice,
    /// The rows by the code of their catalogue: its own, then those of its items.
    pub changes: Vec<ChangeRow>,
}

/// The scope that is compared with.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("additionalProperties" = false))]
pub struct Since {
    /// The revision of the log.
    pub revision: u64,
    /// The day.
    pub effective_on: chrono::NaiveDate,
}

#[derive(Default)]
pub(super) struct Tree {
    /// The version that is being written.
    version: Option<Digest>,
    /// Whether something stands in the list that is being written.
    some: bool,
}

impl Tree {
    /// A comma after what stands in the list already, and a line.
    fn next(&mut self, out: &mut Vec<u8>) {
        out.extend(if std::mem::replace(&mut self.some, true) { ",\n" } else { "\n" }.as_bytes());
    }

    fn version(&mut self, head: &VersionHead, titles: &Titles, out: &mut Vec<u8>) -> Result<()> {
        if self.version.replace(head.digest).is_some() {
            out.extend(b"\n]}");
            self.some = true;
        }
        self.next(out);
        let domain = head.code.domain.as_ref().and_then(|code| titles.domains.get(code));
        let version = DataVersion {
            catalogue: head.code.clone(),
            number: head.number,
            digest: head.digest,
            revision: head.revision,
            published_at: head.published_at.to_string(),
            division_name: head.division_name.clone(),
            domain_name: domain.cloned(),
            header: head.header.clone(),
            rows: Vec::new(),
        };
        opened(&version, out)?;
        self.some = false;
        Ok(())
    }
}

impl Encode for Tree {
    fn begin(&mut self, about: &About, out: &mut Vec<u8>) -> Result<()> {
        let dataset = about.dataset.to_string();
        let notice = about.publication.notice.clone();
        let (revision, effective_on) = (about.scope.revision, about.scope.effective_on);
        match &about.dataset {
            Dataset::Register(_) => opened(
                &RegisterFile {
                    format: REGISTER_FORMAT.to_owned(),
                    dataset,
                    revision,
                    notice,
                    records: Vec::new(),
                },
                out,
            ),
            Dataset::Changes { since, .. } => opened(
                &ChangesFile {
                    format: CHANGES_FORMAT.to_owned(),
                    dataset,
                    since: Since { revision: since.revision, effective_on: since.effective_on },
                    revision,
                    effective_on,
                    notice,
                    changes: Vec::new(),
                },
                out,
            ),
            _ => opened(
                &DataFile {
                    format: DATA_FORMAT.to_owned(),
                    dataset,
                    revision,
                    effective_on,
                    notice,
                    versions: Vec::new(),
                },
                out,
            ),
        }
    }

    fn items(&mut self, slice: &Slice, titles: &Titles, out: &mut Vec<u8>) -> Result<()> {
        if self.version != Some(slice.head.digest) {
            self.version(&slice.head, titles, out)?;
        }
        for line in &slice.lines {
            self.next(out);
            out.extend(format!("{{\"position\":{}", line.position + 1).as_bytes());
            if let Some(entry) = &line.entry {
                out.extend(b",\"relation\":");
                ndjson::put(&entry.relation, out)?;
            }
            out.push(b',');
            ndjson::row(line, out)?;
            out.push(b'}');
        }
        Ok(())
    }

    fn records(&mut self, _: Register, lines: &[RecordLine], out: &mut Vec<u8>) -> Result<()> {
        for line in lines {
            self.next(out);
            let record = match &line.states {
                Some(states) => json!({ "code": line.code, "states": states }),
                None => json!({ "code": line.code, "redacted": line.object }),
            };
            ndjson::put(&record, out)?;
        }
        Ok(())
    }

    fn changes(&mut self, rows: &[ChangeRow], out: &mut Vec<u8>) -> Result<()> {
        for row in rows {
            self.next(out);
            ndjson::put(row, out)?;
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<()> {
        out.extend(if self.version.is_some() { "\n]}\n]}\n" } else { "\n]}\n" }.as_bytes());
        Ok(())
    }
}

/// A value up to the list at its end, which is empty so far and stays open.
fn opened<T: Serialize>(value: &T, out: &mut Vec<u8>) -> Result<()> {
    let text = serde_json::to_string(value).map_err(|error| Error::from(CanonicalError::from(error)))?;
    let open = text.strip_suffix("]}").ok_or_else(|| Error::internal("a list is its last member"))?;
    out.extend(open.as_bytes());
    Ok(())
}
