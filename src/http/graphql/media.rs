//! Media types: which of the two an answer has (RFC 9110, 12.5.1), and whether a body is JSON.

use axum::http::{HeaderMap, HeaderValue, header};

/// The media type of an answer (应答的媒体类型).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/graphql-response+json`: the status tells whether there is data.
    GraphQl,
    /// `application/json`: whatever GraphQL says has status 200, for clients that know no better.
    Json,
}

/// In the order of preference where a client has none: what most that do not ask can read.
const OFFERED: [(Media, &str); 2] = [(Media::Json, "json"), (Media::GraphQl, "graphql-response+json")];

impl Media {
    /// What a request admits; the one with the greatest weight, and of equals the one that is named most precisely, then
    /// the one named first. `None`: neither.
    pub(super) fn accepted(headers: &HeaderMap) -> Option<Self> {
        let values = || headers.get_all(header::ACCEPT).iter();
        // What most clients say, where they say nothing else.
        let mut others = values();
        match (others.next().map(HeaderValue::as_bytes), others.next()) {
            (None | Some(b"application/json" | b"*/*"), None) => return Some(Self::Json),
            (Some(b"application/graphql-response+json"), None) => return Some(Self::GraphQl),
            _ => {}
        }
        let ranges: Vec<Range> = values()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| split(value, ','))
            .filter_map(Range::parse)
            .collect();
        let weighed = OFFERED.iter().filter_map(|(media, subtype)| {
            // The most precise range that fits says the weight; what is named twice has the first one's.
            let fits = ranges.iter().enumerate().filter(|(_, range)| range.fits(subtype));
            let (place, range) =
                fits.max_by_key(|(place, range)| (range.precision, std::cmp::Reverse(*place)))?;
            let rank = (range.weight, range.precision, std::cmp::Reverse(place));
            (range.weight > 0).then_some((rank, *media))
        });
        // Of equals the first: `max_by_key` would take the last.
        let best = weighed.reduce(|best, other| if other.0 > best.0 { other } else { best });
        best.map(|(_, media)| media)
    }

    /// The `Content-Type`.
    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphQl => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }
}

/// A member of `Accept`.
struct Range {
    /// `None`: `*/*`; `Some(None)`: `application/*`.
    subtype: Option<Option<String>>,
    /// In thousandths.
    weight: u16,
    /// Whatever names more of the media type is more precise.
    precision: u8,
}

impl Range {
    /// `None` where it is not of this form or of another kind of thing.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = split(text, ';').map(str::trim);
        let name = parts.next()?.to_ascii_lowercase();
        let (subtype, precision) = match name.split_once('/')? {
            ("*", "*") => (None, 0),
            ("application", "*") => (Some(None), 1),
            ("application", subtype) => (Some(Some(subtype.to_owned())), 2),
            _ => return None,
        };
        let mut range = Self { subtype, weight: 1000, precision };
        for part in parts.filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            let value = value.trim().trim_matches('"');
            if name.trim().eq_ignore_ascii_case("q") {
                range.weight = weight(value)?;
                // What follows the weight says nothing about the media type.
                break;
            }
            // We have UTF-8 without further parameters, and a range that wants something else is not fulfilled.
            if !(name.trim().eq_ignore_ascii_case("charset") && is_utf8(value)) {
                return None;
            }
            range.precision = 3;
        }
        Some(range)
    }

    fn fits(&self, offered: &str) -> bool {
        self.subtype.as_ref().is_none_or(|subtype| subtype.as_ref().is_none_or(|name| name == offered))
    }
}

/// A weight as RFC 9110, 12.4.2 has it: at most three decimals, 0 to 1.
fn weight(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = decimals.bytes().all(|byte| byte.is_ascii_digit());
    if !matches!(whole, "0" | "1") || decimals.len() > 3 || !digits {
        return None;
    }
    let thousandths = format!("{whole}{decimals:0<3}").parse().ok()?;
    (thousandths <= 1000).then_some(thousandths)
}

/// Splits at a sign outside quotation marks.
fn split(text: &str, sign: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |character| {
        let ends = character == sign && !quoted;
        match character {
            '"' if !escaped => quoted = !quoted,
            '\\' if quoted && !escaped => {
                escaped = true;
                return false;
            }
            _ => {}
        }
        escaped = false;
        ends
    })
}

fn is_utf8(charset: &str) -> bool {
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

/// Whether a body is JSON in UTF-8 as it stands, without a content coding. Other parameters are ignored.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let only = |name| {
        let mut values = headers.get_all(name).iter();
        values.next().filter(|_| values.next().is_none()).map(|value| value.to_str().unwrap_or_default())
    };
    let coded = headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity");
    let Some(value) = only(header::CONTENT_TYPE).filter(|_| !coded) else { return false };
    let mut parts = split(value, ';').map(str::trim);
    let json = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("application/json"));
    json && parts.filter_map(|part| part.split_once('=')).all(|(name, value)| {
        !name.trim().eq_ignore_ascii_case("charset") || is_utf8(value.trim().trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(accept: &str) -> Option<Media> {
        Media::accepted(&HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]))
    }

    #[test]
    fn the_weight_decides_then_precision_then_what_comes_first() {
        let (graphql, json) = (Some(Media::GraphQl), Some(Media::Json));
        for (accept, media) in [
            ("application/json", json),
            ("application/graphql-response+json", graphql),
            ("APPLICATION/GraphQL-Response+JSON; charset=UTF-8", graphql),
            ("application/graphql-response+json, application/json;q=0.9", graphql),
            ("application/json;q=0.9, application/graphql-response+json", graphql),
            ("application/graphql-response+json;q=0.8, application/json;q=0.9", json),
            ("application/graphql-response+json, application/json", graphql),
            ("application/json, application/graphql-response+json", json),
            ("*/*", json),
            ("application/*", json),
            ("application/*;q=0.5, application/graphql-response+json;q=0.4", json),
            ("*/*, application/json;q=0", graphql),
            ("*/*;q=0.1, application/graphql-response+json", graphql),
            ("application/json;q=0, */*;q=0.5", graphql),
            ("text/html, application/xhtml+xml, */*;q=0.8", json),
            ("text/html;x=\",*/*\", application/graphql-response+json", graphql),
            ("application/json;q=1.000", json),
            ("application/json; charset=utf-8; q=0.5", json),
            ("application/json;q=0", None),
            ("application/json;q=0.000", None),
            ("application/json;q=2", None),
            ("application/json;q=0.1234", None),
            ("application/json; charset=gbk", None),
            ("application/json; profile=x", None),
            ("text/html", None),
            ("*/json", None),
            ("json", None),
            ("", None),
        ] {
            assert_eq!(accepted(accept), media, "{accept}");
        }
        assert_eq!(Media::accepted(&HeaderMap::new()), json);
    }

    #[test]
    fn a_body_is_json_in_utf_8() {
        let json =
            |kind: &str| is_json(&HeaderMap::from_iter([(header::CONTENT_TYPE, kind.parse().unwrap())]));
        for kind in
            ["application/json", "Application/JSON ; Charset=\"UTF-8\"", "application/json;charset=utf8;x=y"]
        {
            assert!(json(kind), "{kind}");
        }
        for kind in
            ["", "text/plain", "application/json; charset=gbk", "application/graphql", "multipart/form-data"]
        {
            assert!(!json(kind), "{kind}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
