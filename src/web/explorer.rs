//! GraphiQL (查询工具) at `/graphiql`: what `make explorer` bundled, carried by the binary.

use axum::{
    extract::Path,
    http::{
        HeaderMap, StatusCode,
        header::{self, HeaderName},
    },
    response::{Html, IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

/// `explorer/dist/`: empty where mulu was built without it.
#[derive(RustEmbed)]
#[folder = "explorer/dist/"]
#[allow_missing = true]
struct Bundle;

/// What the page may do: anything with this server, nothing with another. Its editor writes styles into elements,
/// its style sheet has fonts and images as `data:`.
const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; \
                      style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// May be kept, if it is asked for again each time.
const CHECKED: &str = "no-cache";
/// The name carries a hash of what is in the file.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// `GET /graphiql`: the page, or how to get it.
pub(crate) async fn explorer(asked: HeaderMap) -> Response {
    page(Bundle::get("index.html"), &asked)
}

/// `GET /graphiql/{file}`: what the page consists of.
pub(crate) async fn explorer_file(Path(name): Path<String>, asked: HeaderMap) -> Response {
    // The page itself is not among them: its links would lead elsewhere from here.
    let (kind, keep) = match name.rsplit_once('.') {
        Some((_, "js")) => ("text/javascript; charset=utf-8", FOR_EVER),
        Some((_, "css")) => ("text/css; charset=utf-8", FOR_EVER),
        Some((_, "txt")) => ("text/plain; charset=utf-8", CHECKED),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let zipped = takes_gzip(&asked).then(|| Bundle::get(&format!("{name}.gz"))).flatten();
    let coding = zipped.is_some().then_some([(header::CONTENT_ENCODING, "gzip")]);
    let Some(found) = zipped.or_else(|| Bundle::get(&name)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    (coding, [(header::VARY, "accept-encoding")], file(found, kind, keep, &asked)).into_response()
}

fn page(found: Option<EmbeddedFile>, asked: &HeaderMap) -> Response {
    match found {
        Some(found) => file(found, "text/html; charset=utf-8", CHECKED, asked),
        // Not 503: this binary has no such page, and waiting does not change that.
        None => {
            let page = Html(include_str!("explorer_missing.html"));
            (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")], page).into_response()
        }
    }
}

/// A file under its digest as entity tag, or 304 for whoever has it.
fn file(found: EmbeddedFile, kind: &'static str, keep: &'static str, asked: &HeaderMap) -> Response {
    let digest = found.metadata.sha256_hash();
    let tag: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    let has_it = listed(asked, &header::IF_NONE_MATCH).any(|known| known == "*" || known.ends_with(&tag));
    let headers = [
        (header::ETAG, tag.as_str()),
        (header::CACHE_CONTROL, keep),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    match has_it {
        true => (StatusCode::NOT_MODIFIED, headers).into_response(),
        false => (headers, [(header::CONTENT_TYPE, kind)], found.data).into_response(),
    }
}

/// Whether an answer may be compressed. A weight of zero is a refusal.
fn takes_gzip(asked: &HeaderMap) -> bool {
    listed(asked, &header::ACCEPT_ENCODING).any(|coding| match coding.split_once(';') {
        None => coding.eq_ignore_ascii_case("gzip"),
        Some((coding, weight)) => {
            let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
            coding.trim().eq_ignore_ascii_case("gzip") && weight.is_some_and(|weight| weight > 0.0)
        }
    })
}

/// The members of a header that is a list.
fn listed<'a>(asked: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = asked.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binary_without_the_bundle_says_how_to_get_it() {
        let answer = page(None, &HeaderMap::new());
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
        let page = include_str!("explorer_missing.html");
        for part in ["make explorer", "本程序编译时没有", "was built without"] {
            assert!(page.contains(part), "{part}");
        }
    }

    #[test]
    fn gzip_is_given_to_those_who_ask_for_it() {
        let takes = |value: &'static str| {
            takes_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, value.parse().unwrap())]))
        };
        assert!(takes("gzip") && takes("deflate, GZIP;q=0.5, br") && takes("br, gzip ; q=1"));
        assert!(!takes("gzip;q=0") && !takes("gzip; q=0.000, br") && !takes("identity") && !takes(""));
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
