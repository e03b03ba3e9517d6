//! Blobs (对象): headers, contents, local parts and declarations by their digest, whatever their kinds by one statement.

use std::{collections::HashMap, sync::Arc};

use super::{BlobKey, Reader};
use crate::{
    cache::Cache,
    catalogue::{
        content::Content, digest::Digest, element::ElementSchema, format::Format, local::Local,
        scope::Revision, version::Version,
    },
    error::Result,
    store::projection,
};

/// Which blobs are wanted.
#[derive(Clone, Debug, Default)]
pub struct BlobKeys {
    /// Headers of versions.
    pub headers: Vec<Digest>,
    /// Shared parts of items.
    pub contents: Vec<Digest>,
    /// Local parts of items.
    pub locals: Vec<Digest>,
    /// Declarations of further elements.
    pub elements: Vec<Digest>,
}

/// Blobs that were found; those redacted are missing.
#[derive(Debug, Default)]
pub struct Blobs {
    /// Headers of versions.
    pub headers: HashMap<Digest, Arc<Version>>,
    /// Shared parts of items.
    pub contents: HashMap<Digest, Arc<Content>>,
    /// Local parts of items.
    pub locals: HashMap<Digest, Arc<Local>>,
    /// Declarations of further elements.
    pub elements: HashMap<Digest, Arc<ElementSchema>>,
}

/// What the database has of the digests that were missing.
type Read = HashMap<Digest, Option<Vec<u8>>>;

impl Reader {
    /// Blobs of all kinds: those in memory, the rest by one statement.
    pub async fn blobs(&self, wanted: &BlobKeys) -> Result<Blobs> {
        let (epoch, shared) = (self.redacted(), &self.shared);
        let (mut headers, more) = split(&shared.headers, epoch, &wanted.headers);
        let mut missing = more;
        let (mut contents, more) = split(&shared.contents, epoch, &wanted.contents);
        missing.extend(more);
        let (mut locals, more) = split(&shared.locals, epoch, &wanted.locals);
        missing.extend(more);
        let (mut elements, more) = split(&shared.elements, epoch, &wanted.elements);
        missing.extend(more);
        if !missing.is_empty() {
            missing.sort_unstable();
            missing.dedup();
            let read = projection::objects(&shared.store.reader, &missing).await?;
            fill(&shared.headers, epoch, &wanted.headers, &read, &mut headers)?;
            fill(&shared.contents, epoch, &wanted.contents, &read, &mut contents)?;
            fill(&shared.locals, epoch, &wanted.locals, &read, &mut locals)?;
            fill(&shared.elements, epoch, &wanted.elements, &read, &mut elements)?;
        }
        Ok(Blobs { headers, contents, locals, elements })
    }

    /// Headers by digest; those redacted are missing.
    pub async fn headers(&self, digests: &[Digest]) -> Result<HashMap<Digest, Arc<Version>>> {
        let wanted = BlobKeys { headers: digests.to_vec(), ..BlobKeys::default() };
        Ok(self.blobs(&wanted).await?.headers)
    }

    /// Contents by digest; those redacted are missing.
    pub async fn contents(&self, digests: &[Digest]) -> Result<HashMap<Digest, Arc<Content>>> {
        let wanted = BlobKeys { contents: digests.to_vec(), ..BlobKeys::default() };
        Ok(self.blobs(&wanted).await?.contents)
    }

    /// Local parts by digest; those redacted are missing.
    pub async fn locals(&self, digests: &[Digest]) -> Result<HashMap<Digest, Arc<Local>>> {
        let wanted = BlobKeys { locals: digests.to_vec(), ..BlobKeys::default() };
        Ok(self.blobs(&wanted).await?.locals)
    }

    /// Declarations of further elements by digest; those redacted are missing.
    pub async fn elements(&self, digests: &[Digest]) -> Result<HashMap<Digest, Arc<ElementSchema>>> {
        let wanted = BlobKeys { elements: digests.to_vec(), ..BlobKeys::default() };
        Ok(self.blobs(&wanted).await?.elements)
    }

    /// A header in memory.
    pub fn header(&self, digest: Digest) -> Option<Arc<Version>> {
        self.shared.headers.get(&(self.redacted(), digest))
    }

    /// A content in memory.
    pub fn content(&self, digest: Digest) -> Option<Arc<Content>> {
        self.shared.contents.get(&(self.redacted(), digest))
    }

    /// A local part in memory.
    pub fn local(&self, digest: Digest) -> Option<Arc<Local>> {
        self.shared.locals.get(&(self.redacted(), digest))
    }

    /// A declaration in memory.
    pub fn element(&self, digest: Digest) -> Option<Arc<ElementSchema>> {
        self.shared.elements.get(&(self.redacted(), digest))
    }
}

/// What a cache holds of the digests, and what it lacks.
pub(super) fn split<T: Send + Sync + 'static>(
    cache: &Cache<BlobKey, Arc<T>>,
    epoch: Revision,
    digests: &[Digest],
) -> (HashMap<Digest, Arc<T>>, Vec<Digest>) {
    let mut found = HashMap::with_capacity(digests.len());
    let mut missing = Vec::new();
    for digest in digests {
        match cache.get(&(epoch, *digest)) {
            Some(value) => drop(found.insert(*digest, value)),
            None => missing.push(*digest),
        }
    }
    (found, missing)
}

/// Reads what was missing of one kind, and keeps it.
fn fill<T: Format + Clone + Send + Sync + 'static>(
    cache: &Cache<BlobKey, Arc<T>>,
    epoch: Revision,
    digests: &[Digest],
    read: &Read,
    found: &mut HashMap<Digest, Arc<T>>,
) -> Result<()> {
    for digest in digests {
        let Some(bytes) = read.get(digest).and_then(Option::as_ref) else { continue };
        if !found.contains_key(digest) {
            found.insert(*digest, keep(cache, epoch, *digest, bytes)?);
        }
    }
    Ok(())
}

/// Reads a blob and keeps it.
pub(super) fn keep<T: Format + Clone + Send + Sync + 'static>(
    cache: &Cache<BlobKey, Arc<T>>,
    epoch: Revision,
    digest: Digest,
    bytes: &[u8],
) -> Result<Arc<T>> {
    // What was read has room for more; a copy of it has none.
    let value = Arc::new(projection::stored::<T>(digest, bytes)?.clone());
    cache.insert((epoch, digest), value.clone());
    Ok(value)
}
