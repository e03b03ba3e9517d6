//! Parts of items as text (部分的文本): what files are made of. One part stands in the rows of many places, so what was read
//! lately is kept, whoever reads; its bytes are what their digest says, which is looked at once.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{BlobKey, Reader};
use crate::{
    cache::{self, Cache},
    catalogue::{digest::Digest, format::Format},
    error::{Error, Result},
    store::projection,
};

/// What one takes beside its text, about.
const OVERHEAD: usize = 200;

/// The canonical JSON of a part without its format; `None` once redacted.
type Text = Option<Arc<str>>;

/// Parts by their digests.
pub(super) type Texts = HashMap<Digest, Text>;

/// Those that were read lately; `None` where none are kept.
#[derive(Clone)]
pub(super) struct Kept(Option<Cache<BlobKey, Text>>);

impl Kept {
    /// So many bytes of them at most; 0: none.
    pub(super) fn new(bytes: u64) -> Self {
        let weight = |_: &BlobKey, text: &Text| {
            u32::try_from(OVERHEAD + text.as_ref().map_or(0, |text| text.len())).unwrap_or(u32::MAX)
        };
        Self((bytes > 0).then(|| cache::weighed(bytes, weight)))
    }

    /// Drops all of them.
    pub(super) fn forget(&self) {
        self.0.iter().for_each(Cache::invalidate_all);
    }

    /// How many are kept.
    pub(super) fn count(&self) -> u64 {
        self.0.as_ref().map_or(0, Cache::entry_count)
    }

    fn get(&self, key: &BlobKey) -> Option<Text> {
        self.0.as_ref()?.get(key)
    }

    fn keep(&self, key: BlobKey, text: &Text) {
        if let Some(kept) = &self.0 {
            kept.insert(key, text.clone());
        }
    }
}

impl Reader {
    /// Some parts, each of which has to be there: one that is not, or whose bytes are not what its digest says, is an
    /// error.
    pub(super) async fn texts<T: Format>(&self, digests: Vec<Digest>) -> Result<Texts> {
        let epoch = self.redacted();
        let (mut found, mut missing) = (Texts::new(), HashSet::new());
        for digest in digests {
            if !found.contains_key(&digest) && !missing.contains(&digest) {
                match self.shared.texts.get(&(epoch, digest)) {
                    Some(text) => drop(found.insert(digest, text)),
                    None => drop(missing.insert(digest)),
                }
            }
        }
        let missing: Vec<Digest> = missing.into_iter().collect();
        let mut read = projection::objects(&self.shared.store.passing, &missing).await?;
        for digest in missing {
            let bytes = read.remove(&digest).ok_or_else(|| projection::missing(digest))?;
            let text = bytes.map(|bytes| text::<T>(digest, bytes)).transpose()?;
            self.shared.texts.keep((epoch, digest), &text);
            found.insert(digest, text);
        }
        Ok(found)
    }
}

fn text<T: Format>(digest: Digest, bytes: Vec<u8>) -> Result<Arc<str>> {
    let broken = || Error::Inconsistent(format!("object {digest} has other bytes"));
    if Digest::of(&bytes) != digest {
        return Err(broken());
    }
    let text = String::from_utf8(bytes).map_err(|_| broken())?;
    Ok(bare(text, T::FORMAT).ok_or_else(broken)?.into())
}

/// Canonical JSON without its member `format`. Quotes within texts are escaped, so where its words stand once they are
/// that member; elsewhere the text is read to tell them apart.
fn bare(mut text: String, format: &str) -> Option<String> {
    let member = format!("\"format\":\"{format}\"");
    let place = text.find(&member)?;
    let end = place + member.len();
    if text[end..].contains(&member) {
        let mut members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).ok()?;
        members.remove("format");
        return String::from_utf8(crate::catalogue::canonical::to_bytes(&members).ok()?).ok();
    }
    if text[end..].starts_with(',') {
        text.replace_range(place..=end, "");
    } else {
        let before = usize::from(text[..place].ends_with(','));
        text.replace_range(place - before..end, "");
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn only_the_format_of_the_object_is_taken_out() {
        let bare = |text: &str| bare(text.to_owned(), "mulu.local/1").unwrap();
        assert_eq!(bare(r#"{"format":"mulu.local/1"}"#), "{}");
        assert_eq!(bare(r#"{"domain":"01","format":"mulu.local/1"}"#), r#"{"domain":"01"}"#);
        assert_eq!(bare(r#"{"format":"mulu.local/1","units":[]}"#), r#"{"units":[]}"#);
        let twice = r#"{"extensions":{"format":"mulu.local/1"},"format":"mulu.local/1"}"#;
        assert_eq!(bare(twice), r#"{"extensions":{"format":"mulu.local/1"}}"#);
        let quoted = r#"{"extensions":{"a":"\"format\":\"mulu.local/1\""},"format":"mulu.local/1"}"#;
        assert_eq!(bare(quoted), r#"{"extensions":{"a":"\"format\":\"mulu.local/1\""}}"#);
    }
}
