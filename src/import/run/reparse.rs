//! The last version of a catalogue, its wording read anew: what a newer reader makes of the same table.

use super::registers;
use crate::{
    catalogue::{
        adopt::Edition, code::CatalogueCode, digest::Digest, draft::Document, layout::Layout,
        scope::ScopeRequest,
    },
    error::{Error, Result},
    import::{document::Wanted, reread},
    store::Store,
};

/// A document that says what the last version prints, as it is read now.
#[derive(Clone, Debug)]
pub struct Reparsed {
    /// The document; of the label, the day and the remark what was wanted, else those of the last version.
    pub document: Document,
    /// The last version.
    pub last: Digest,
    /// Its number.
    pub number: u32,
    /// Whether the document says just what the last version says.
    pub unchanged: bool,
}

/// Reads the last version of a catalogue anew; nothing is written. `NOT_FOUND` where none was published, `REDACTED`
/// where a part of it was erased.
pub async fn reparse(store: &Store, code: &CatalogueCode, wanted: &Wanted) -> Result<Reparsed> {
    let scope = store.scope(ScopeRequest::default()).await?;
    let unknown = || Error::not_found("目录", "catalogue", code);
    let view = store.catalogue(code, scope).await?.ok_or_else(unknown)?;
    let number = view.history.known(scope).map(|version| version.number).max().ok_or_else(unknown)?;
    let last = store.edition(&view, number, scope).await?;
    let layout = Layout::of(&last, store.glossary(code, scope).await?);
    let vocabulary = registers::vocabulary(store, scope).await?;
    let mut rows = last.rows.clone();
    reread::rows(&mut rows, &layout, &vocabulary);
    let before = last.document();
    let mut document = Edition { rows, ..last.clone() }.document();
    let header = &mut document.header;
    header.label = wanted.label.clone().unwrap_or_else(|| header.label.clone());
    header.effective_from = wanted.effective_from.unwrap_or(header.effective_from);
    header.note = wanted.note.clone().or_else(|| header.note.clone());
    let unchanged = document.rows == before.rows;
    Ok(Reparsed { document, last: last.digest, number, unchanged })
}
