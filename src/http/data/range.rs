//! Parts of a file (断点续传): RFC 9110, 14.

use axum::http::{HeaderMap, header};

/// Which bytes are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// From one to another, both counted, or to the end.
    From(u64, Option<u64>),
    /// The last ones.
    Last(u64),
}

impl Part {
    /// The one part that is asked for, of the file with this tag. Several parts, parts of another state of the file and
    /// what is no part are left alone: then the whole is sent.
    pub(super) fn asked(headers: &HeaderMap, tag: &str) -> Option<Self> {
        if let Some(of) = headers.get(header::IF_RANGE)
            && of != tag
        {
            return None;
        }
        let (first, last) =
            headers.get(header::RANGE)?.to_str().ok()?.strip_prefix("bytes=")?.split_once('-')?;
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse::<u64>().ok()).flatten()
        };
        if first.is_empty() {
            return Some(Self::Last(number(last)?));
        }
        let first = number(first)?;
        let last = if last.is_empty() { None } else { Some(number(last)?) };
        last.is_none_or(|last| first <= last).then_some(Self::From(first, last))
    }

    /// The bytes of a file of this length, from and to, both counted; `None` where it has none of them.
    pub(super) fn within(self, length: u64) -> Option<(u64, u64)> {
        let end = length.checked_sub(1)?;
        match self {
            Self::From(first, last) => {
                (first <= end).then(|| (first, last.map_or(end, |last| last.min(end))))
            }
            Self::Last(0) => None,
            Self::Last(count) => Some((length.saturating_sub(count), end)),
        }
    }
}

/// Whether a client has the file with this tag already, RFC 9110, 13.1.2.
pub(super) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let tags = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    tags.flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_cut_at_the_end_and_others_are_left_alone() {
        let asked = |range: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, range.parse().unwrap());
            Part::asked(&headers, "\"a\"").map(|part| part.within(10))
        };
        assert_eq!(asked("bytes=0-"), Some(Some((0, 9))));
        assert_eq!(asked("bytes=3-4"), Some(Some((3, 4))));
        assert_eq!(asked("bytes=3-400"), Some(Some((3, 9))));
        assert_eq!(asked("bytes=-4"), Some(Some((6, 9))));
        assert_eq!(asked("bytes=-40"), Some(Some((0, 9))));
        assert_eq!(asked("bytes=10-"), Some(None));
        assert_eq!(asked("bytes=-0"), Some(None));
        for other in ["bytes=4-3", "bytes=0-1,3-4", "lines=0-1", "bytes=", "bytes=+1-2", "bytes=a-"] {
            assert_eq!(asked(other), None, "{other}");
        }
    }
}
