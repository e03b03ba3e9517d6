//! Canonical form: the one way in which an object is written before it is hashed.
//!
//! UTF-8 of RFC 8785 JSON, with four promises more: every string is NFC, trimmed and has LF line ends; every
//! number is an integer that a double holds exactly; `null` never occurs (absent is how we say unknown);
//! no member name is empty.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::text;

/// The largest integer that every JSON reader keeps exact (RFC 8785, 3.2.2.3).
const MAX_SAFE: i64 = (1 << 53) - 1;

/// Why a value has no canonical form, or bytes are not in it.
#[derive(Debug, thiserror::Error)]
pub enum CanonicalError {
    /// A value that the form does not admit, with its JSON pointer.
    #[error("{pointer}: {what}")]
    Refused {
        /// RFC 6901 pointer of the value.
        pointer: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The bytes are not JSON, or JSON of another shape.
    #[error("not the expected JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// JSON of the right shape, written in another way.
    #[error("the bytes are not in canonical form")]
    NotCanonical,
}

/// The canonical bytes of `value`.
pub fn to_bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    let value = serde_json::to_value(value)?;
    admit(&value, &text::is_normal, &mut String::new())?;
    Ok(serde_json_canonicalizer::to_vec(&value)?)
}

/// As [`to_bytes`], for what carries text of a form of its own, as a signed note: strings stand as they are.
pub fn to_bytes_verbatim(value: &Value) -> Result<Vec<u8>, CanonicalError> {
    admit(value, &|_| true, &mut String::new())?;
    Ok(serde_json_canonicalizer::to_vec(value)?)
}

/// Reads `bytes`, which must be the canonical form of what they say.
pub fn from_bytes<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, CanonicalError> {
    let value: T = serde_json::from_slice(bytes)?;
    if to_bytes(&value)? == bytes { Ok(value) } else { Err(CanonicalError::NotCanonical) }
}

fn admit(value: &Value, fits: &impl Fn(&str) -> bool, pointer: &mut String) -> Result<(), CanonicalError> {
    let refuse = |pointer: &str, what| Err(CanonicalError::Refused { pointer: pointer.to_owned(), what });
    match value {
        Value::Null => refuse(pointer, "null never occurs; leave the member out"),
        Value::Number(n) if !n.as_i64().is_some_and(|n| (-MAX_SAFE..=MAX_SAFE).contains(&n)) => {
            refuse(pointer, "numbers are integers between -(2^53-1) and 2^53-1")
        }
        Value::String(s) if !fits(s) => refuse(pointer, "text is NFC, trimmed, with LF line ends"),
        Value::Array(items) => {
            items.iter().enumerate().try_for_each(|(i, item)| within(pointer, &i.to_string(), fits, item))
        }
        Value::Object(members) => members.iter().try_for_each(|(name, member)| {
            if name.is_empty() || !fits(name) {
                return refuse(pointer, "a member name is not empty, NFC and trimmed");
            }
            within(pointer, &escape(name), fits, member)
        }),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

fn within(
    pointer: &mut String,
    step: &str,
    fits: &impl Fn(&str) -> bool,
    value: &Value,
) -> Result<(), CanonicalError> {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(step);
    let result = admit(value, fits, pointer);
    pointer.truncate(length);
    result
}

/// One step of a JSON pointer (RFC 6901, 4).
pub fn escape(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

/// The name of a variant as it stands in JSON, which is also its name in a table.
pub fn variant_name<T: Serialize>(variant: &T) -> String {
    serde_json::to_value(variant).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
