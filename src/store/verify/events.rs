//! What an event leads to, and whether it says the same.

use sea_orm::ConnectionTrait;

use super::{differs, replay::Replayed};
use crate::{
    catalogue::{
        canonical,
        digest::Digest,
        event::{EventBody, Published},
        format::{Chunk, Chunks, Format},
        merkle::{self, Frontier},
        object::leaves,
        version::{Entry, Version},
    },
    error::{Error, Result},
    store::projection,
};

/// What an event leads to: objects that are there (or redacted), and say the same as the event.
pub(super) async fn verify<C: ConnectionTrait>(connection: &C, replayed: &Replayed) -> Result<()> {
    let event = &replayed.event;
    let place = |what: &str| differs(format!("event {}: {what}", event.revision));
    match &event.body {
        EventBody::Published(published) => {
            let checked = verify_version(connection, published, replayed.previous).await;
            checked.map_err(|error| match error {
                Error::Inconsistent(what) => place(&what),
                other => other,
            })
        }
        EventBody::Reference(load) => {
            let Some(index) = projection::object(connection, load.records).await? else { return Ok(()) };
            let index =
                Chunks::from_object(&index).map_err(|_| place("its records are of another format"))?;
            let mut tree = Frontier::default();
            for chunk in &index.chunks {
                let Some(bytes) = projection::object(connection, chunk.object).await? else { return Ok(()) };
                let chunk: Chunk = projection::parsed(chunk.object, &bytes)?;
                for record in chunk.records {
                    tree.push(merkle::leaf_hash(&canonical::to_bytes(&record)?));
                }
            }
            if tree.root() == load.root && tree.size() == load.count {
                Ok(())
            } else {
                Err(place("its root differs"))
            }
        }
        EventBody::Redacted(redacted) => match projection::object(connection, redacted.object).await? {
            None => Ok(()),
            Some(_) => Err(place("the object still has its bytes")),
        },
        EventBody::Genesis(_) | EventBody::Withdrawn(_) | EventBody::Closed(_) | EventBody::Key(_) => Ok(()),
    }
}

async fn verify_version<C: ConnectionTrait>(
    connection: &C,
    published: &Published,
    previous: Option<(u32, Digest)>,
) -> Result<()> {
    if published.number != previous.map_or(1, |(number, _)| number + 1) {
        return Err(differs("its number does not follow the one before"));
    }
    if let Some(bytes) = projection::object(connection, published.version).await? {
        let header = Version::from_object(&bytes)
            .map_err(|error| differs(format!("{}: {error}", published.version)))?;
        if header.previous != previous.map(|(_, digest)| digest) {
            return Err(differs("the header names another version before it"));
        }
        let said = (&header.catalogue, header.number, header.entries, header.size, header.effective_from);
        let event = (
            &published.catalogue,
            published.number,
            published.entries,
            published.size,
            published.effective_from,
        );
        if said != event {
            return Err(differs("the header says something else"));
        }
        let schemas = projection::objects(connection, &header.element_schemas).await?;
        if let Some(lost) = header.element_schemas.iter().find(|digest| !schemas.contains_key(*digest)) {
            return Err(projection::missing(*lost));
        }
    }
    let Some(list) = projection::object(connection, published.entries).await? else { return Ok(()) };
    let leaves = leaves(published.entries, &list).ok_or_else(|| differs("its entries are no list"))?;
    if leaves.len() != published.size as usize {
        return Err(differs("its entries are not as many as it says"));
    }
    let entries = projection::objects(connection, &leaves).await?;
    let parts: Vec<Digest> = entries
        .values()
        .flatten()
        .filter_map(|bytes| Entry::from_object(bytes).ok())
        .flat_map(|entry| [entry.content, entry.local])
        .collect();
    let stored = projection::objects(connection, &parts).await?;
    parts
        .iter()
        .find(|part| !stored.contains_key(*part))
        .map_or(Ok(()), |lost| Err(projection::missing(*lost)))
}
