//! Content codings (内容编码): gzip and zstd, piece by piece.

use std::io::{self, Write};

use axum::http::{HeaderMap, header};
use flate2::{Compression, write::GzEncoder};

/// How the bytes of a file are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Identity,
    Gzip,
    Zstd,
}

/// How much work zstd does: about as much as gzip, and more comes of it.
const ZSTD_LEVEL: i32 = 3;

impl Coding {
    /// Its name in headers; `None` for bytes as they are.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Zstd => Some("zstd"),
        }
    }

    /// The one that a client would rather have, RFC 9110, 12.5.3: by weight, then zstd before gzip.
    pub(super) fn accepted(headers: &HeaderMap) -> Self {
        let fields = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        let mut best = (0.0, Self::Identity);
        for field in fields.flat_map(|value| value.split(',')) {
            let mut parts = field.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let weight =
                parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse::<f32>().ok());
            let coding = match name.to_ascii_lowercase().as_str() {
                "zstd" => Self::Zstd,
                "gzip" | "x-gzip" => Self::Gzip,
                _ => continue,
            };
            let weight = weight.unwrap_or(0.0);
            if weight > best.0 || weight == best.0 && weight > 0.0 && coding == Self::Zstd {
                best = (weight, coding);
            }
        }
        best.1
    }

    /// Begins to code.
    pub(super) fn coder(self) -> io::Result<Coder> {
        Ok(match self {
            Self::Identity => Coder::Identity,
            Self::Gzip => Coder::Gzip(GzEncoder::new(Vec::new(), Compression::default())),
            Self::Zstd => Coder::Zstd(zstd::stream::write::Encoder::new(Vec::new(), ZSTD_LEVEL)?),
        })
    }
}

/// Codes what comes.
pub(super) enum Coder {
    Identity,
    Gzip(GzEncoder<Vec<u8>>),
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
}

impl Coder {
    /// Takes the next bytes; what can be sent by now.
    pub(super) fn add(&mut self, bytes: Vec<u8>) -> io::Result<Vec<u8>> {
        match self {
            Self::Identity => Ok(bytes),
            Self::Gzip(coder) => {
                coder.write_all(&bytes)?;
                Ok(std::mem::take(coder.get_mut()))
            }
            Self::Zstd(coder) => {
                coder.write_all(&bytes)?;
                Ok(std::mem::take(coder.get_mut()))
            }
        }
    }

    /// What is left at the end.
    pub(super) fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Identity => Ok(Vec::new()),
            Self::Gzip(coder) => coder.finish(),
            Self::Zstd(coder) => coder.finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heavier_coding_wins_and_none_is_none() {
        for (accept, expected) in [
            ("", Coding::Identity),
            ("gzip", Coding::Gzip),
            ("gzip, zstd", Coding::Zstd),
            ("zstd;q=0.1, gzip;q=0.5", Coding::Gzip),
            ("zstd;q=0, gzip;q=0", Coding::Identity),
            ("br, x-gzip;q=0.3", Coding::Gzip),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, accept.parse().unwrap());
            assert_eq!(Coding::accepted(&headers), expected, "{accept}");
        }
    }
}
