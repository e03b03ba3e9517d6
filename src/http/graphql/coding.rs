//! Content codings (压缩编码): in which one an answer goes out, and how it gets there.

use std::io::Write;

use axum::http::{HeaderMap, HeaderValue, header};

/// How an answer is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Zstd,
    Gzip,
}

/// Fast and small enough: what is kept is compressed once and sent often, but somebody waits for the first time.
const ZSTD_LEVEL: i32 = 6;
const GZIP_LEVEL: u32 = 6;

impl Coding {
    /// All of them, the one first that we would rather send.
    pub(super) const ALL: [Self; 2] = [Self::Zstd, Self::Gzip];

    /// The coding that a request admits with the greatest weight (RFC 9110, 12.5.3); `None`: as it is.
    pub(super) fn accepted(headers: &HeaderMap) -> Option<Self> {
        let values = headers.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|it| it.to_str().ok());
        let mut weights = [None; 2];
        let mut any = None;
        for member in values.flat_map(|value| value.split(',')) {
            let (name, weight) = member.split_once(';').unwrap_or((member, ""));
            let weight = weight.trim().strip_prefix("q=").map_or(Some(1.0), |text| text.parse::<f32>().ok());
            let weight = weight.filter(|weight| (0.0..=1.0).contains(weight)).unwrap_or_default();
            match name.trim() {
                "*" => any = Some(weight),
                name => {
                    let which = Self::ALL.iter().position(|known| name.eq_ignore_ascii_case(known.name()));
                    which.into_iter().for_each(|which| weights[which] = Some(weight));
                }
            }
        }
        let weighed = Self::ALL.into_iter().zip(weights).map(|(coding, weight)| (coding, weight.or(any)));
        let wanted = weighed.filter_map(|(coding, weight)| Some((coding, weight.filter(|it| *it > 0.0)?)));
        // Of equals the first.
        wanted.reduce(|best, other| if other.1 > best.1 { other } else { best }).map(|(coding, _)| coding)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    /// The `Content-Encoding`.
    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from_static(self.name())
    }

    /// The entity tag of bytes in this coding whose own, without quotation marks, is `tag`.
    pub(super) fn tag(this: Option<Self>, tag: &str) -> String {
        match this {
            None => format!("\"{tag}\""),
            Some(coding) => format!("\"{tag}-{}\"", coding.name()),
        }
    }

    /// Bytes in this coding; `None` where that does not halve them, and so is not worth its while.
    pub(super) fn pack(self, bytes: &[u8]) -> Option<Vec<u8>> {
        let packed = match self {
            Self::Zstd => zstd::bulk::compress(bytes, ZSTD_LEVEL),
            Self::Gzip => {
                let mut writer =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(GZIP_LEVEL));
                writer.write_all(bytes).and_then(|()| writer.finish())
            }
        };
        packed.ok().filter(|packed| packed.len() <= bytes.len() / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weight_decides_and_of_equals_zstd_comes_first() {
        let accepted = |value: &str| {
            Coding::accepted(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, value.parse().unwrap())]))
        };
        let (zstd, gzip) = (Some(Coding::Zstd), Some(Coding::Gzip));
        for (value, coding) in [
            ("gzip", gzip),
            ("gzip, deflate, br, zstd", zstd),
            ("GZIP;q=0.9, zstd;q=0.8", gzip),
            ("gzip ; q=1.0", gzip),
            ("*", zstd),
            ("zstd;q=0, *;q=0.5", gzip),
            ("gzip;q=0", None),
            ("gzip;q=0.000, br", None),
            ("gzip;q=2", None),
            ("identity", None),
            ("x-gzip", None),
            ("", None),
        ] {
            assert_eq!(accepted(value), coding, "{value}");
        }
        assert_eq!(Coding::accepted(&HeaderMap::new()), None);
    }

    #[test]
    fn what_does_not_get_smaller_is_left_as_it_is() {
        let text = "目录".repeat(200);
        for coding in Coding::ALL {
            assert!(coding.pack(text.as_bytes()).is_some_and(|packed| packed.len() < 200));
            assert_eq!(coding.pack(b"{\"data\":{}}"), None);
        }
    }
}
