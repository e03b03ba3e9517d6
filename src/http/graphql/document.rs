//! How a request names its document (文档), and where that is then found. By its text, or by the hash of a text that was
//! sent before (Apollo's automatic persisted queries). A further way to name one is a further variant here.

use std::sync::Arc;

use async_graphql::{Name, Value, indexmap::IndexMap};
use moka::sync::Cache;
use sha2::{Digest as _, Sha256};

use crate::http::refusal::Refusal;

/// The SHA-256 of a document's text.
type Hash = [u8; 32];

/// What one kept document costs beside its text, about.
const OVERHEAD: usize = 200;

/// How a request names its document.
#[derive(Debug)]
pub(super) enum Named {
    /// By its text.
    Text(String),
    /// By the hash of its text, which was sent before.
    Hash(Hash),
    /// By its text, to be named by the hash from then on.
    Kept(Hash, String),
}

impl Named {
    /// By a request's `query` and its `extensions.persistedQuery`.
    pub(super) fn of(query: Option<String>, persisted: IndexMap<Name, Value>) -> Result<Self, Refusal> {
        if persisted.is_empty() {
            return query.map(Self::Text).ok_or_else(|| {
                Refusal::bad_input(
                    "缺少 query：GraphQL 文档",
                    "`query` is missing: the text of a GraphQL document",
                )
            });
        }
        if persisted.get("version") != Some(&Value::from(1)) {
            return Err(Refusal::bad_input(
                "extensions.persistedQuery.version 应为 1",
                "extensions.persistedQuery.version should be 1",
            ));
        }
        let hash = match persisted.get("sha256Hash") {
            Some(Value::String(text)) => parsed(text),
            _ => None,
        };
        let hash = hash.ok_or_else(|| {
            Refusal::bad_input(
                "extensions.persistedQuery.sha256Hash 应为 64 位十六进制数",
                "extensions.persistedQuery.sha256Hash should be 64 hexadecimal digits",
            )
        })?;
        match query {
            None => Ok(Self::Hash(hash)),
            Some(text) if Hash::from(Sha256::digest(&text)) == hash => Ok(Self::Kept(hash, text)),
            Some(_) => Err(Refusal::bad_input(
                "sha256Hash 不是 query 的 SHA-256",
                "sha256Hash is not the SHA-256 of `query`",
            )),
        }
    }
}

fn parsed(text: &str) -> Option<Hash> {
    let digits = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut hash = Hash::default();
    for (byte, place) in hash.iter_mut().zip((0..64).step_by(2)).filter(|_| digits) {
        *byte = u8::from_str_radix(&text[place..place + 2], 16).ok()?;
    }
    digits.then_some(hash)
}

/// A document that was found.
#[derive(Debug)]
pub(super) struct Document {
    pub text: Arc<str>,
    /// Under which hash it is to be kept once it has turned out to be valid.
    hash: Option<Hash>,
}

/// The documents that are known by a hash: those asked for least make room for others.
#[derive(Clone, Debug)]
pub(crate) struct Documents {
    persisted: Cache<Hash, Arc<str>>,
}

impl Documents {
    /// So many bytes of documents at most.
    pub(crate) fn new(bytes: u64) -> Self {
        let weight = |_: &Hash, text: &Arc<str>| u32::try_from(text.len() + OVERHEAD).unwrap_or(u32::MAX);
        Self { persisted: Cache::builder().max_capacity(bytes).weigher(weight).build() }
    }

    /// The document that is named, if it is known.
    pub(super) fn find(&self, named: Named) -> Result<Document, Refusal> {
        match named {
            Named::Text(text) => Ok(Document { text: text.into(), hash: None }),
            Named::Kept(hash, text) => Ok(Document { text: text.into(), hash: Some(hash) }),
            Named::Hash(hash) => {
                let text = self.persisted.get(&hash).ok_or_else(Refusal::persisted_not_found)?;
                Ok(Document { text, hash: None })
            }
        }
    }

    /// Keeps a document that is valid, where its sender asked for that.
    pub(super) fn keep(&self, document: Document) {
        if let Some(hash) = document.hash {
            self.persisted.insert(hash, document.text);
        }
    }

    /// How many are kept.
    pub(crate) fn count(&self) -> u64 {
        // What was put in last is counted, and what is too much put out, when there is time for it.
        self.persisted.run_pending_tasks();
        self.persisted.entry_count()
    }
}
