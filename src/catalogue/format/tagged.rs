//! Reading an object that names its format: member by member into its type, with no tree of JSON between them.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserializer,
    de::{
        DeserializeSeed, Error, MapAccess, Visitor,
        value::{CowStrDeserializer, MapAccessDeserializer},
    },
};

use super::Format;
use crate::catalogue::canonical::CanonicalError;

/// The member that names the format.
const FORMAT: &str = "format";

/// What an object says, all but its format, which must be that of the type.
pub(super) fn read<T: Format>(bytes: &[u8]) -> Result<T, CanonicalError> {
    let mut text = serde_json::Deserializer::from_slice(bytes);
    let (value, format) = text.deserialize_map(Tagged(PhantomData))?;
    text.end()?;
    if format == T::FORMAT { Ok(value) } else { Err(CanonicalError::NotCanonical) }
}

/// Visits an object of a type, and gives its format beside it; the empty text where it names none.
struct Tagged<T>(PhantomData<T>);

impl<'de, T: Format> Visitor<'de> for Tagged<T> {
    type Value = (T, String);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object of {}", T::FORMAT)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        let mut others = Others { members, format: None };
        let value = T::deserialize(MapAccessDeserializer::new(&mut others))?;
        Ok((value, others.format.unwrap_or_default()))
    }
}

/// The members of an object but its format, which is taken out on the way.
struct Others<A> {
    members: A,
    format: Option<String>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Others<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, mut seed: K) -> Result<Option<K::Value>, A::Error> {
        loop {
            match self.members.next_key_seed(Name(seed))? {
                None => return Ok(None),
                Some(Named::Other(key)) => return Ok(Some(key)),
                Some(Named::Format(_)) if self.format.is_some() => {
                    return Err(A::Error::duplicate_field(FORMAT));
                }
                Some(Named::Format(unused)) => {
                    self.format = Some(self.members.next_value()?);
                    seed = unused;
                }
            }
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.members.next_value_seed(seed)
    }
}

/// Reads a member's name for whoever asked for the next.
struct Name<K>(K);

/// Whose name was read.
enum Named<K, V> {
    /// That of the format, which nobody asked for.
    Format(K),
    Other(V),
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for Name<K> {
    type Value = Named<K, K::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for Name<K> {
    type Value = Named<K, K::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        if name == FORMAT {
            return Ok(Named::Format(self.0));
        }
        self.0.deserialize(CowStrDeserializer::new(Cow::Borrowed(name))).map(Named::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{digest::Digest, format::ChunkRef, format::Chunks};

    #[test]
    fn an_object_is_read_wherever_its_format_stands_and_nothing_else_is() {
        let object = Digest::of(b"chunk");
        let chunks = Chunks { chunks: vec![ChunkRef { object, codes: vec!["01".to_owned()] }] };
        let list = format!(r#""chunks":[{{"codes":["01"],"object":"{object}"}}]"#);
        let format = r#""format":"mulu.records/1""#;
        for text in [format!("{{{list},{format}}}"), format!("{{{format},{list}}} ")] {
            assert_eq!(read::<Chunks>(text.as_bytes()).unwrap(), chunks, "{text}");
        }
        for (text, refusal) in [
            (format!("{{{list}}}"), "the bytes are not in canonical form"),
            (format!(r#"{{{list},"format":"mulu.records/2"}}"#), "the bytes are not in canonical form"),
            (format!(r#"{{{list},"format":null}}"#), "invalid type: null"),
            (format!("{{{format},{list},{format}}}"), "duplicate field `format`"),
            (format!(r#"{{{list},{format},"more":1}}"#), "unknown field `more`"),
            (format!("{{{list},{format}}}{{}}"), "trailing characters"),
            ("[]".to_owned(), "an object of mulu.records/1"),
        ] {
            let error = read::<Chunks>(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(refusal), "{text}: {error}");
        }
    }
}
