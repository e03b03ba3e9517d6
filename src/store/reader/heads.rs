//! What the log and the headers say of versions, for files.

use std::{collections::HashMap, sync::Arc};

use super::{Reader, dataset::Held};
use crate::{
    catalogue::{
        dataset::VersionHead, digest::Digest, division::DivisionState, draft::Header, element::ElementSchema,
        reference::Register, scope::Scope, version::Version,
    },
    error::{Error, Result},
    store::projection,
};

/// Versions by their digests.
pub(super) type Heads = HashMap<Digest, Arc<VersionHead>>;

impl Reader {
    /// What is said of some versions, beside those that are known already. Names are those of the scope.
    pub(super) async fn heads(&self, held: &[&Held], known: Heads, scope: Scope) -> Result<Heads> {
        let mut heads = known;
        let missing: Vec<&Held> =
            held.iter().copied().filter(|held| !heads.contains_key(&held.version.digest)).collect();
        let connection = &self.store().passing;
        let digests: Vec<Digest> = missing.iter().map(|held| held.version.digest).collect();
        let mut versions: HashMap<Digest, Version> = HashMap::new();
        for (digest, bytes) in projection::objects(connection, &digests).await? {
            versions.extend(
                bytes
                    .map(|bytes| Ok::<_, Error>((digest, projection::stored(digest, &bytes)?)))
                    .transpose()?,
            );
        }
        let declared: Vec<Digest> =
            versions.values().flat_map(|version| version.element_schemas.iter().copied()).collect();
        let elements = projection::objects(connection, &declared).await?;
        let places: Vec<String> = missing.iter().map(|held| held.code.division.to_string()).collect();
        let places = self.recorded(Register::Division, &places).await?;
        for held in missing {
            let version = versions.get(&held.version.digest);
            let place = places.get(held.code.division.as_str());
            // A name that was erased is not shown.
            let place = place.and_then(|place| place.state::<DivisionState>(scope).ok().flatten());
            let head = VersionHead {
                code: held.code.clone(),
                number: held.number,
                digest: held.version.digest,
                revision: held.version.revision,
                published_at: held.version.published_at,
                effective_from: held.version.effective_from,
                header: version.map(|version| header(version, &elements)).transpose()?.flatten(),
                division_name: place.map(|place| place.name.to_string()),
            };
            heads.insert(head.digest, Arc::new(head));
        }
        Ok(heads)
    }
}

/// A version's header, as a document has it; `None` where a declaration of it was redacted.
fn header(version: &Version, objects: &HashMap<Digest, Option<Vec<u8>>>) -> Result<Option<Header>> {
    let mut elements: Vec<ElementSchema> = Vec::with_capacity(version.element_schemas.len());
    for digest in &version.element_schemas {
        match objects.get(digest).ok_or_else(|| projection::missing(*digest))? {
            Some(bytes) => elements.push(projection::stored(*digest, bytes)?),
            None => return Ok(None),
        }
    }
    Ok(Some(Header::of(version, elements)))
}
