//! One document, or one draft, in a transaction of the log.

use std::collections::BTreeMap;

use super::{Filled, Staged, Then, known};
use crate::{
    catalogue::{
        check::{self, Finding, Severity},
        declaration::DeclaredElement,
        digest::Digest,
        draft::{Base, Document, Draft},
        element::ElementSchema,
        event::{EventBody, Published},
        scope::Revision,
        version::Version,
    },
    error::{Error, Result},
    store::{log::Writing, projection, read},
};

impl Writing {
    /// Checks a document and makes of it what is asked; `None` where a rule refuses it.
    pub(super) async fn stage_document(
        &mut self,
        mut document: Document,
        then: Then,
        filled: Filled,
    ) -> Result<(Option<Staged>, Vec<Finding>)> {
        let base = known::base(self, &document).await?;
        let mut known = known::registers(self, &document, &base).await?;
        known.to_fill = filled == Filled::ToFill;
        document.mint(&base);
        let found = check::check(&document, &base, &known);
        if found.iter().any(|finding| finding.severity() == Severity::Error) {
            return Ok((None, found));
        }
        Ok((Some(self.stage_one(document, &base, &known.declared, then).await?), found))
    }

    async fn stage_one(
        &mut self,
        mut document: Document,
        base: &Base,
        declared: &[DeclaredElement],
        then: Then,
    ) -> Result<Staged> {
        document.header.elements = document.elements(declared)?;
        let draft = document.assemble(base)?;
        if let Some(unchanged) = self.unchanged(&draft, declared).await? {
            return Ok(unchanged);
        }
        match then {
            Then::Publish => self.publish(&draft.version, draft.digest, &draft.objects).await,
            Then::Keep => {
                let made = staged(&draft.version, draft.digest, None, false);
                self.keep_draft(draft).await?;
                Ok(made)
            }
            Then::Forget => {
                let made = staged(&draft.version, draft.digest, None, false);
                Ok(Staged { draft: Some(Box::new(draft)), ..made })
            }
        }
    }

    /// The last version, where the draft says just what it says. What the place or the domain declares otherwise since is
    /// no news of the rows.
    async fn unchanged(&self, draft: &Draft, declared: &[DeclaredElement]) -> Result<Option<Staged>> {
        let code = draft.version.catalogue.as_str();
        let Some(last) = read::last_version(&self.transaction, code).await? else { return Ok(None) };
        let digest = read::digest(&last.digest, "version")?;
        let Some(bytes) = projection::object(&self.transaction, digest).await? else { return Ok(None) };
        let last: Version = projection::parsed(digest, &bytes)?;
        let mut renumbered =
            Version { number: last.number, previous: last.previous, ..draft.version.clone() };
        if renumbered.element_schemas != last.element_schemas {
            let here = |key: &Digest| draft.objects.get(key).cloned();
            let own = besides(&draft.version.element_schemas, declared, here)?;
            let stored = projection::objects(&self.transaction, &last.element_schemas).await?;
            let there = |key: &Digest| stored.get(key).cloned().flatten();
            if own == besides(&last.element_schemas, declared, there)? {
                renumbered.element_schemas.clone_from(&last.element_schemas);
            }
        }
        Ok((renumbered == last).then(|| staged(&last, digest, None, true)))
    }

    pub(super) async fn publish(
        &mut self,
        version: &Version,
        digest: Digest,
        objects: &BTreeMap<Digest, Vec<u8>>,
    ) -> Result<Staged> {
        let last = read::last_version(&self.transaction, version.catalogue.as_str()).await?;
        let last_digest = last.as_ref().map(|row| read::digest(&row.digest, "version")).transpose()?;
        if last_digest != version.previous {
            let last = last.map_or(0, |row| row.number.unsigned_abs());
            return Err(Error::Conflict { catalogue: version.catalogue.clone(), last });
        }
        self.put(objects).await?;
        let event = Published {
            catalogue: version.catalogue.clone(),
            number: version.number,
            version: digest,
            entries: version.entries,
            size: version.size,
            effective_from: version.effective_from,
        };
        let revision = self.append(EventBody::Published(event)).await?;
        Ok(staged(version, digest, Some(revision), false))
    }
}

/// Which of a version's declarations are its own, not those of its place or domain; one that was redacted is its own.
fn besides(
    schemas: &[Digest],
    declared: &[DeclaredElement],
    bytes: impl Fn(&Digest) -> Option<Vec<u8>>,
) -> Result<Vec<Digest>> {
    let mut own = Vec::new();
    for key in schemas {
        let element =
            bytes(key).map(|bytes| projection::parsed::<ElementSchema>(*key, &bytes)).transpose()?;
        let is_declared = element.is_some_and(|element| declared.iter().any(|one| one.is_of(&element)));
        if !is_declared {
            own.push(*key);
        }
    }
    Ok(own)
}

fn staged(version: &Version, digest: Digest, revision: Option<Revision>, unchanged: bool) -> Staged {
    let (catalogue, number, size) = (version.catalogue.clone(), version.number, version.size);
    Staged { catalogue, number, digest, size, revision, unchanged, draft: None, difference: None }
}
