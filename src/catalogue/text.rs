//! Text in canonical form: NFC, trimmed, LF line ends.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Words of a table or a register, always in canonical form (NFC, trimmed, LF).
///
/// Normalising happens at the only door, so two texts that differ in encoding alone have one digest.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Text(#[schemars(regex(pattern = r"\S"))] Box<str>);

impl Text {
    /// The canonical form of `raw`.
    pub fn new(raw: &str) -> Self {
        // Most of what is read was written by us.
        Self(if is_normal(raw) { raw.into() } else { normalize(raw).into() })
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is left after trimming.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// NFC, LF line ends, no white space at either end.
pub fn normalize(raw: &str) -> String {
    let lf = raw.replace("\r\n", "\n").replace('\r', "\n");
    lf.nfc().collect::<String>().trim().to_owned()
}

/// Whether `text` already has the form that [`normalize`] gives.
pub fn is_normal(text: &str) -> bool {
    let nfc = text.chars().all(is_plain)
        || match is_nfc_quick(text.chars()) {
            IsNormalized::Yes => true,
            IsNormalized::No => false,
            IsNormalized::Maybe => text.nfc().eq(text.chars()),
        };
    nfc && !text.contains('\r') && text.trim().len() == text.len()
}

/// Whether a character is one of those of which nearly all of our texts consist, and which NFC leaves as they are whatever
/// stands beside them: letters below the combining marks, ideographs, and their punctuation. No table is asked for them.
fn is_plain(character: char) -> bool {
    matches!(character, '\0'..='\u{2ff}' | '\u{3000}'..='\u{3029}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

/// Words without white space and with half-width signs, for comparing only.
pub fn folded(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).collect()
}

impl From<&str> for Text {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let text = if is_normal(&text) { Self(text.into()) } else { Self::new(&text) };
        if text.is_empty() { Err(serde::de::Error::custom("a text is not empty")) } else { Ok(text) }
    }
}

#[cfg(test)]
mod tests {
    use unicode_normalization::char::canonical_combining_class;

    use super::*;

    #[test]
    fn nothing_plain_is_composed_or_moved() {
        let plain = ('\0'..=char::MAX).filter(|character| is_plain(*character));
        for character in plain {
            assert_eq!(is_nfc_quick(std::iter::once(character)), IsNormalized::Yes, "{character:?}");
            assert_eq!(canonical_combining_class(character), 0, "{character:?}");
        }
        for (text, normal) in
            [("公开", true), ("é", true), ("e\u{301}", false), ("が", true), ("か\u{3099}", false)]
        {
            assert_eq!(is_normal(text), normal, "{text:?}");
        }
    }
}
