//! How a request names its document (文档), and where that is then found. By its text; by the hash of a text that was
//! sent before (Apollo's automatic persisted queries); or by the identifier of one that is registered (trusted documents
//! of GraphQL over HTTP). A further way to name one is a further variant here.

use std::sync::Arc;

use async_graphql::{Name, Value, indexmap::IndexMap};
use sha2::{Digest as _, Sha256};

use crate::{
    cache::{self, Cache},
    graphql::{Hash, Registered},
    http::{OPERATIONS, refusal::Refusal},
};

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
    /// By the hash of a registered one.
    Registered(Hash),
}

impl Named {
    /// By a request's `query`, its `documentId` and its `extensions.persistedQuery`.
    pub(super) fn of(
        query: Option<String>,
        id: Option<String>,
        persisted: IndexMap<Name, Value>,
    ) -> Result<Self, Refusal> {
        if let Some(id) = id {
            return Self::identified(&id, query.is_none() && persisted.is_empty());
        }
        if persisted.is_empty() {
            return query.map(Self::Text).ok_or_else(|| {
                Refusal::bad_input(
                    "缺少 query：GraphQL 文档，或 documentId：登记文档的标识",
                    "`query` is missing, the text of a GraphQL document; or `documentId` of a registered one",
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

    /// By a `documentId`, which must be the only way in which it is named.
    fn identified(id: &str, alone: bool) -> Result<Self, Refusal> {
        if !alone {
            return Err(Refusal::bad_input(
                "documentId 不能与 query 或 persistedQuery 同时使用",
                "`documentId` takes the place of `query` and `persistedQuery`",
            ));
        }
        let hash = id.strip_prefix("sha256:").and_then(parsed);
        hash.map(Self::Registered).ok_or_else(|| {
            Refusal::bad_input(
                "documentId 应为 sha256: 加 64 位十六进制数",
                "`documentId` should be `sha256:` and 64 hexadecimal digits",
            )
        })
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
    /// Whether it is a registered one, however it was named.
    pub registered: bool,
    /// Under which hash it is to be kept once it has turned out to be valid.
    hash: Option<Hash>,
}

/// The documents that are known by a hash: registered ones, and those sent before, of which those asked for least make
/// room for others.
#[derive(Clone, Debug)]
pub(crate) struct Documents {
    registered: Arc<Registered>,
    /// Whether no others are answered.
    only: bool,
    persisted: Cache<Hash, Arc<str>>,
}

impl Documents {
    /// Registered ones, whether they are the only ones, and how many bytes of others are kept at most.
    pub(crate) fn new(registered: Arc<Registered>, only: bool, bytes: u64) -> Self {
        let weight = |_: &Hash, text: &Arc<str>| u32::try_from(text.len() + OVERHEAD).unwrap_or(u32::MAX);
        Self { registered, only, persisted: cache::weighed(bytes, weight) }
    }

    /// The document that is named, if it is known.
    pub(super) fn find(&self, named: Named) -> Result<Document, Refusal> {
        if let Some(text) = self.registered_text(&named) {
            return Ok(Document { text, registered: true, hash: None });
        }
        let other = |text, hash| Ok(Document { text, registered: false, hash });
        match named {
            Named::Registered(_) => Err(Refusal::unknown_operation(OPERATIONS)),
            _ if self.only => Err(Refusal::not_registered(OPERATIONS)),
            Named::Text(text) => other(text.into(), None),
            Named::Kept(hash, text) => other(text.into(), Some(hash)),
            Named::Hash(hash) => {
                other(self.persisted.get(&hash).ok_or_else(Refusal::persisted_not_found)?, None)
            }
        }
    }

    /// The text of a document that is registered, however it is named.
    fn registered_text(&self, named: &Named) -> Option<Arc<str>> {
        if self.registered.is_empty() {
            return None;
        }
        let hash = match named {
            Named::Text(text) => Sha256::digest(text).into(),
            Named::Hash(hash) | Named::Kept(hash, _) | Named::Registered(hash) => *hash,
        };
        self.registered.document(&hash).map(|document| document.text.clone())
    }

    /// The registered ones.
    pub(super) fn registered(&self) -> &Registered {
        &self.registered
    }

    /// Whether no others are answered.
    pub(super) fn only(&self) -> bool {
        self.only
    }

    /// Keeps a document that is valid, where its sender asked for that.
    pub(super) fn keep(&self, document: &Document) {
        if let Some(hash) = document.hash {
            self.persisted.insert(hash, document.text.clone());
        }
    }

    /// How many are kept.
    pub(crate) fn count(&self) -> u64 {
        // What was put in last is counted, and what is too much put out, when there is time for it.
        self.persisted.run_pending_tasks();
        self.persisted.entry_count()
    }
}
