//! Conditional requests (RFC 9110, 13) and how long others may keep an answer (RFC 9111, RFC 5861).

use axum::http::{HeaderMap, HeaderValue, header};

use super::{coding::Coding, said::Said};
use crate::clock::Clock;

/// For answers that nobody between us and the client may keep.
pub(super) const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
/// For answers that may be kept and are asked for again each time.
const CHECKED: HeaderValue = HeaderValue::from_static("no-cache");
/// For answers under a scope that is pinned: they never change.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// For answers about now: a change of the log is seen at most a minute late through caches between.
const SHORT: HeaderValue = HeaderValue::from_static("public, max-age=10, stale-while-revalidate=50");

/// How many seconds [`SHORT`] lasts: fresh, and beyond that while it is asked for anew.
const FRESH_S: u64 = 10;
const STALE_S: u64 = 50;

/// How long an answer to a question by GET may be kept by others.
pub(super) fn keeping(said: &Said, clock: &Clock) -> HeaderValue {
    match &said.basis {
        _ if !said.codes.is_empty() => NO_STORE,
        None => CHECKED,
        Some(basis) if basis.is_pinned() => FOR_EVER,
        Some(basis) if basis.is_of_today() => until(clock.seconds_of_today_left()),
        Some(_) => SHORT,
    }
}

/// An answer about today is not kept beyond it.
fn until(left: u64) -> HeaderValue {
    if left >= FRESH_S + STALE_S {
        return SHORT;
    }
    let fresh = left.min(FRESH_S);
    let value = format!("public, max-age={fresh}, stale-while-revalidate={}", left - fresh);
    HeaderValue::try_from(value).unwrap_or(CHECKED)
}

/// Whether a request is one that wants an answer only where that differs from what it has.
pub(super) fn asks(headers: &HeaderMap) -> bool {
    headers.contains_key(header::IF_NONE_MATCH)
}

/// Whether a request names bytes whose digest is `tag`, in any coding.
pub(super) fn has(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get_all(header::IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    let mut known = known.flat_map(|value| value.split(',')).map(str::trim);
    let tags = std::iter::once(None).chain(Coding::ALL.map(Some)).map(|coding| Coding::tag(coding, tag));
    let tags: Vec<String> = tags.collect();
    known.any(|known| known == "*" || tags.iter().any(|tag| known.trim_start_matches("W/") == tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_today_ends_with_it() {
        for (left, header) in [
            (86_400, "public, max-age=10, stale-while-revalidate=50"),
            (60, "public, max-age=10, stale-while-revalidate=50"),
            (59, "public, max-age=10, stale-while-revalidate=49"),
            (7, "public, max-age=7, stale-while-revalidate=0"),
            (0, "public, max-age=0, stale-while-revalidate=0"),
        ] {
            assert_eq!(until(left), header, "{left}");
        }
    }
}
