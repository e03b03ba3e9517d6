//! From documents to drafts, and from drafts to the log.

mod known;
mod making;

use chrono::NaiveDate;

use super::{Store, read};
use crate::{
    catalogue::{
        check::{Finding, Severity},
        code::CatalogueCode,
        compared::Compared,
        digest::Digest,
        draft::{Document, Draft},
        event::{Closed, EventBody, Withdrawn},
        scope::Revision,
        text::Text,
    },
    error::{Error, Result},
};

/// What became of one document.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Staged {
    /// Whose version.
    pub catalogue: CatalogueCode,
    /// Its number.
    pub number: u32,
    /// Its digest.
    pub digest: Digest,
    /// How many entries.
    pub size: u32,
    /// The revision at which it was published; absent for a draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
    /// The document says what the last version says: nothing was made.
    pub unchanged: bool,
    /// The draft, where nothing was to be kept of it.
    #[serde(skip)]
    pub draft: Option<Box<Draft>>,
    /// What the draft would change of the last version, where somebody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<Compared>,
}

/// What is withdrawn.
#[derive(Clone, Debug)]
pub struct Withdrawal {
    /// Whose version.
    pub catalogue: CatalogueCode,
    /// Its number.
    pub number: u32,
    /// The first day on which it is void.
    pub from: NaiveDate,
    /// Why.
    pub reason: Text,
}

/// What to do with documents that pass the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Nothing: say what would happen.
    Forget,
    /// Keep drafts.
    Keep,
    /// Publish at once.
    Publish,
}

/// Whether a document says all that it is to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filled {
    /// It does.
    Whole,
    /// Its place is yet to fill in what is its own.
    ToFill,
}

impl Store {
    /// Makes drafts of documents and keeps or publishes them, all or none. Where a rule refuses one of them nothing
    /// changes, and the first value is empty. Findings name the document by its index.
    pub async fn stage(
        &self,
        documents: Vec<Document>,
        then: Then,
        mut progress: impl FnMut(),
    ) -> Result<(Vec<Staged>, Vec<(usize, Finding)>)> {
        self.write(async |writing| {
            let (mut staged, mut findings) = (Vec::new(), Vec::new());
            for (index, document) in documents.into_iter().enumerate() {
                let (made, found) = writing.stage_document(document, then, Filled::Whole).await?;
                findings.extend(found.into_iter().map(|finding| (index, finding)));
                staged.extend(made);
                progress();
            }
            if findings.iter().any(|(_, finding)| finding.severity() == Severity::Error) {
                writing.undo();
                staged.clear();
            } else if then == Then::Forget {
                writing.undo();
            }
            Ok((staged, findings))
        })
        .await
    }

    /// Makes a draft of a document that was made from the version `last`, and keeps or publishes it. `CONFLICT` where that
    /// is no longer the last one. Where a rule refuses it nothing changes, and the first value is `None`. Nobody filled
    /// in anything since, so what is required may be missing.
    pub async fn stage_next(
        &self,
        document: &Document,
        last: Option<Digest>,
        then: Then,
    ) -> Result<(Option<Staged>, Vec<Finding>)> {
        self.write(async |writing| {
            let catalogue = document.header.catalogue.clone();
            let row = read::last_version(&writing.transaction, catalogue.as_str()).await?;
            let known = row.as_ref().map(|row| read::digest(&row.digest, "version")).transpose()?;
            if known != last {
                let last = row.map_or(0, |row| row.number.unsigned_abs());
                return Err(Error::Conflict { catalogue, last });
            }
            let (staged, findings) = writing.stage_document(document.clone(), then, Filled::ToFill).await?;
            if staged.is_none() || then == Then::Forget {
                writing.undo();
            }
            Ok((staged, findings))
        })
        .await
    }

    /// Publishes drafts, all or none. `CONFLICT` where one was made from a version that is no longer the last.
    pub async fn publish(&self, drafts: &[Digest]) -> Result<Vec<Staged>> {
        self.write(async |writing| {
            let mut published = Vec::new();
            for digest in drafts {
                let (version, objects) = writing.take_draft(*digest).await?;
                published.push(writing.publish(&version, *digest, &objects).await?);
            }
            Ok(published)
        })
        .await
    }

    /// Declares a version void from a day on. `NOT_FOUND` where there is no such version.
    pub async fn withdraw(&self, withdrawal: Withdrawal) -> Result<Revision> {
        let Withdrawal { catalogue, number, from, reason } = withdrawal;
        let reason = stated(reason)?;
        self.write(async |writing| {
            let row = read::version_row(&writing.transaction, catalogue.as_str(), number).await?;
            let unknown = || Error::not_found("目录版本", "version", format!("{catalogue} #{number}"));
            let version = read::digest(&row.ok_or_else(unknown)?.digest, "version")?;
            writing.append(EventBody::Withdrawn(Withdrawn { catalogue, number, version, from, reason })).await
        })
        .await
    }

    /// Declares that a catalogue has nothing in force from a day on. `NOT_FOUND` where it or its successor is not
    /// published.
    pub async fn close_catalogue(&self, closed: Closed) -> Result<Revision> {
        let closed = Closed { reason: stated(closed.reason)?, ..closed };
        self.write(async |writing| {
            for code in [Some(&closed.catalogue), closed.successor.as_ref()].into_iter().flatten() {
                if read::last_version(&writing.transaction, code.as_str()).await?.is_none() {
                    return Err(Error::not_found("目录", "catalogue", code));
                }
            }
            writing.append(EventBody::Closed(closed)).await
        })
        .await
    }
}

pub(super) fn stated(reason: Text) -> Result<Text> {
    if reason.is_empty() {
        Err(Error::bad_input("须说明理由", "a reason is needed"))
    } else {
        Ok(reason)
    }
}
