//! Formats: the `"format":"mulu.<kind>/<n>"` member that every hashed object has.
//!
//! A format grows only by optional members that old objects lack, so old digests never change.

mod tagged;

use serde::{Deserialize, Serialize};

use super::{
    canonical::{self, CanonicalError},
    content::Content,
    digest::Digest,
    element::ElementSchema,
    local::Local,
    object::{self, Object},
    version::{Entry, ItemParts, Version},
};

/// A type that is hashed under a format of its own.
pub trait Format: Sized + Serialize + for<'de> Deserialize<'de> {
    /// Its name and number.
    const FORMAT: &'static str;

    /// As an object of the store.
    fn to_object(&self) -> Result<Object, CanonicalError> {
        Object::json(&Tagged { format: Self::FORMAT, value: self })
    }

    /// Reads what [`Format::to_object`] wrote, and nothing else.
    fn from_object(bytes: &[u8]) -> Result<Self, CanonicalError> {
        read(bytes)
    }

    /// Reads the JSON of an object that [`Format::from_object`] read when it came into the store: that it is canonical is
    /// not looked at once more, which is half of the work.
    fn from_stored(bytes: &[u8]) -> Result<Self, CanonicalError> {
        tagged::read(bytes)
    }
}

#[derive(Serialize)]
struct Tagged<'a, T> {
    format: &'a str,
    #[serde(flatten)]
    value: &'a T,
}

fn read<T: Format>(bytes: &[u8]) -> Result<T, CanonicalError> {
    let value: T = tagged::read(bytes)?;
    let again = canonical::to_bytes(&Tagged { format: T::FORMAT, value: &value })?;
    if again == bytes { Ok(value) } else { Err(CanonicalError::NotCanonical) }
}

impl Format for Content {
    const FORMAT: &'static str = "mulu.content/1";
}

impl Format for Local {
    const FORMAT: &'static str = "mulu.local/1";
}

impl Format for ItemParts {
    const FORMAT: &'static str = "mulu.item/1";
}

impl Format for Version {
    const FORMAT: &'static str = "mulu.version/1";
}

impl Format for ElementSchema {
    const FORMAT: &'static str = "mulu.element/1";
}

impl Format for Chunks {
    const FORMAT: &'static str = "mulu.records/1";
}

/// An entry is a leaf of its version's tree, so its object carries RFC 6962's leaf byte.
impl Format for Entry {
    const FORMAT: &'static str = "mulu.entry/1";

    fn to_object(&self) -> Result<Object, CanonicalError> {
        Object::leaf(&Tagged { format: Self::FORMAT, value: self })
    }

    fn from_object(bytes: &[u8]) -> Result<Self, CanonicalError> {
        read(object::leaf_content(bytes).ok_or(CanonicalError::NotCanonical)?)
    }

    fn from_stored(bytes: &[u8]) -> Result<Self, CanonicalError> {
        tagged::read(object::leaf_content(bytes).ok_or(CanonicalError::NotCanonical)?)
    }
}

/// `mulu.records/1`: where the records of one load are, by code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chunks {
    /// The chunks, in order.
    pub chunks: Vec<ChunkRef>,
}

/// One chunk, and the codes of its records: they stay when the chunk is redacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChunkRef {
    /// Digest of the [`Chunk`].
    pub object: Digest,
    /// The codes, in order.
    pub codes: Vec<String>,
}

/// `mulu.chunk/1`: some records of one load.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chunk {
    /// The records in canonical form, by code.
    pub records: Vec<serde_json::Value>,
}

impl Format for Chunk {
    const FORMAT: &'static str = "mulu.chunk/1";
}

impl ItemParts {
    /// The item's digest (事项摘要): that of [`Format::to_object`], whose two digests are written out here, since every row
    /// of a file has one.
    pub fn digest(&self) -> Digest {
        let (Self { content, local }, format) = (self, Self::FORMAT);
        let text = format!("{{\"content\":\"{content}\",\"format\":\"{format}\",\"local\":\"{local}\"}}");
        Digest::of(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_an_item_is_that_of_its_object() {
        let parts = ItemParts { content: Digest::of(b"content"), local: Digest::of(b"local") };
        assert_eq!(parts.digest(), parts.to_object().unwrap().digest);
        assert_eq!(parts.content.to_string().parse::<Digest>().unwrap(), parts.content);
    }
}
