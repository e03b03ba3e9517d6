//! An answer as bytes (应答字节), with what is known of it: so it is sent, and so it is kept.

use std::sync::OnceLock;

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, StatusCode},
};
use sha2::{Digest as _, Sha256};

use super::{coding::Coding, conditional, media::Media, renewal, reply};
use crate::{
    catalogue::scope::{Revision, Scope},
    graphql::{Answer, Cursors, Operation},
    http::refusal::Refusal,
    store::{Basis, Reader},
};

/// The only error that an answer may have and be kept: whatever was erased stays so.
const LASTING: &str = "REDACTED";

/// An answer.
#[derive(Debug)]
pub(super) struct Said {
    body: Bytes,
    /// The status for those who accept `application/graphql-response+json`.
    status: StatusCode,
    /// The head of the log and the day under which it was asked.
    pub asked: Scope,
    /// The codes of what went wrong.
    pub codes: Vec<String>,
    /// The operation that was selected; `None` where the document has none such.
    pub operation: Option<Operation>,
    /// Whether the document turned out to be valid.
    pub valid: bool,
    /// What it was read from; `None` where it may not be kept.
    pub basis: Option<Basis>,
    /// How its cursors hold the head.
    cursors: Held,
    /// The SHA-256 of the bytes, in hexadecimal digits.
    tag: OnceLock<String>,
    /// The bytes in each coding, once somebody asked for it.
    packed: [OnceLock<Option<Bytes>>; 2],
}

/// How cursors hold the head of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    /// There are none, or they are of other revisions.
    Not,
    /// They do, and can be told from everything else.
    Plainly,
    /// They do.
    Somewhere,
}

impl Held {
    fn of(asked: Cursors, basis: Option<&Basis>, body: &Bytes, scope: Scope) -> Self {
        let there = || std::str::from_utf8(body).is_ok_and(|body| renewal::has_cursors(body, scope));
        match asked {
            Cursors::None => Self::Not,
            _ if !basis.is_some_and(Basis::follows_head) => Self::Not,
            Cursors::Hidden => Self::Somewhere,
            Cursors::Plain | Cursors::Anchored if !there() => Self::Not,
            Cursors::Plain => Self::Plainly,
            Cursors::Anchored => Self::Somewhere,
        }
    }
}

/// How bytes go out.
pub(super) struct Form {
    pub body: Bytes,
    pub coding: Option<Coding>,
}

impl Said {
    /// An answer of GraphQL that was read from this.
    pub(super) fn new(answer: &Answer, asked: Scope, basis: Option<Basis>) -> Self {
        let Answer { response, body, operation, cursors } = answer;
        let refused = reply::is_refused(response);
        let written = || reply::written(response, refused).map(Bytes::from);
        let (body, status) = match body.clone().map_or_else(written, Ok) {
            Ok(body) => (body, if refused { reply::status(response) } else { StatusCode::OK }),
            Err(error) => {
                tracing::error!(%error, "an answer cannot be written");
                return Self::failed(asked);
            }
        };
        let codes = reply::codes(response);
        let lasting = codes.len() == response.errors.len() && codes.iter().all(|code| code == LASTING);
        let reads = operation.as_ref().is_some_and(Operation::only_reads);
        let basis = basis.filter(|_| reads && lasting && !refused);
        Self {
            cursors: Held::of(*cursors, basis.as_ref(), &body, asked),
            body,
            status,
            asked,
            codes,
            operation: operation.clone(),
            valid: !refused,
            basis,
            tag: OnceLock::new(),
            packed: Default::default(),
        }
    }

    fn failed(asked: Scope) -> Self {
        let refusal = Refusal::internal();
        Self {
            body: refusal.graphql().to_string().into(),
            status: refusal.status,
            asked,
            codes: vec![refusal.code.to_owned()],
            operation: None,
            valid: false,
            basis: None,
            cursors: Held::Not,
            tag: OnceLock::new(),
            packed: Default::default(),
        }
    }

    /// Whether it would be wrong to execute it by GET.
    pub(super) fn does_more_than_read(&self) -> bool {
        self.operation.as_ref().is_some_and(|operation| !operation.only_reads())
    }

    /// The head of the log under which it stands; `None` where it does not, or may not be given to others.
    pub(super) fn stands(&self, reader: &Reader) -> Option<Revision> {
        let revision = reader.stands(self.basis.as_ref()?, reader.clock().today())?;
        (self.cursors == Held::Not || revision == self.asked.revision).then_some(revision)
    }

    /// As it reads at the head of the log, where only that has moved on; `None` where it must be asked anew to know.
    pub(super) fn renewed(&self, reader: &Reader) -> Option<Self> {
        let basis = self.basis.as_ref().filter(|_| self.cursors == Held::Plainly)?;
        let asked = Scope { revision: reader.stands(basis, reader.clock().today())?, ..self.asked };
        let body = renewal::moved(std::str::from_utf8(&self.body).ok()?, self.asked, asked)?;
        Some(Self {
            body: body.into(),
            status: self.status,
            asked,
            codes: self.codes.clone(),
            operation: self.operation.clone(),
            valid: self.valid,
            basis: Some(basis.at(asked.revision)),
            cursors: self.cursors,
            tag: OnceLock::new(),
            packed: Default::default(),
        })
    }

    /// The status in a media type.
    pub(super) fn status(&self, media: Media) -> StatusCode {
        match media {
            Media::GraphQl => self.status,
            Media::Json => StatusCode::OK,
        }
    }

    /// Its bytes in the coding that a request would rather have. What is not kept is not compressed either: that is worth
    /// its while only once.
    pub(super) fn form(&self, headers: &HeaderMap, kept: bool) -> Form {
        let wanted = Coding::accepted(headers).filter(|_| kept && self.basis.is_some());
        let packed = wanted.and_then(|coding| {
            let slot = &self.packed[coding as usize];
            let packed = slot.get_or_init(|| coding.pack(&self.body).map(Bytes::from));
            Some((packed.clone()?, coding))
        });
        match packed {
            Some((body, coding)) => Form { body, coding: Some(coding) },
            None => Form { body: self.body.clone(), coding: None },
        }
    }

    /// The entity tag of its bytes in a coding.
    pub(super) fn tag(&self, coding: Option<Coding>) -> Option<HeaderValue> {
        HeaderValue::try_from(Coding::tag(coding, self.digest())).ok()
    }

    /// Whether whoever asks has it already, in whichever coding.
    pub(super) fn is_known_to(&self, headers: &HeaderMap) -> bool {
        conditional::asks(headers) && conditional::has(headers, self.digest())
    }

    fn digest(&self) -> &str {
        self.tag.get_or_init(|| Sha256::digest(&self.body).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// What it takes in memory at most: compressed forms are at most half as large each.
    pub(super) fn size(&self) -> usize {
        let basis = self.basis.as_ref().map_or(0, Basis::size);
        size_of::<Self>() + 2 * self.body.len() + basis + 100
    }
}
