//! Bodies that are made while they are sent. What fails half-way breaks the transfer, so that nobody takes a part for the
//! whole.

use std::{
    io,
    ops::Range,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::{StreamExt, TryStreamExt, stream};
use http_body_util::StreamBody;
use hyper::body::{Body as _, Frame, SizeHint};

use super::{
    coding::{Coder, Coding},
    send::REPR_DIGEST,
};
use crate::{
    catalogue::digest::Digest,
    error::{Error, Result},
    export::data::{Download, Files, Finished, Growing, Measuring, Pieces},
    http::places::Place,
};

/// A digest as RFC 9530 writes it.
pub(super) fn repr_digest(digest: Digest) -> Option<HeaderValue> {
    let digest = BASE64_STANDARD.encode(digest.as_bytes());
    HeaderValue::from_str(&format!("sha-256=:{digest}:")).ok()
}

/// How many bytes of a finished file are read at once.
const PIECE: u64 = 1 << 19;

/// A file on its way, whole: coded, measured, and remembered when it has come to its end.
struct Sending<P> {
    download: P,
    /// `None` once all was coded.
    coder: Option<Coder>,
    measuring: Option<Measuring>,
    /// What is kept of it, where files are.
    growing: Option<Growing>,
    files: Files,
    tag: String,
}

impl<P: Pieces> Sending<P> {
    async fn next(&mut self) -> Result<Option<Frame<Bytes>>> {
        loop {
            let Some(coder) = &mut self.coder else { return self.trailers() };
            let bytes = match self.download.next().await? {
                Some(piece) => coder.add(piece),
                None => self.coder.take().map_or(Ok(Vec::new()), Coder::finish),
            };
            let bytes = bytes.map_err(Error::internal)?;
            if let Some(measuring) = &mut self.measuring {
                measuring.add(&bytes);
            }
            self.growing.iter_mut().for_each(|growing| growing.add(&bytes));
            if !bytes.is_empty() {
                return Ok(Some(Frame::data(bytes.into())));
            }
        }
    }

    /// What was not known before.
    fn trailers(&mut self) -> Result<Option<Frame<Bytes>>> {
        let Some(measuring) = self.measuring.take() else { return Ok(None) };
        let measured = measuring.measured()?;
        self.files.finish(&self.tag, measured, self.growing.take());
        let mut trailers = HeaderMap::new();
        trailers.extend(repr_digest(measured.digest).map(|digest| (REPR_DIGEST, digest)));
        Ok(Some(Frame::trailers(trailers)))
    }
}

/// The whole of a file, which is kept on disk, where `growing` is there.
pub(super) fn whole<P: Pieces + 'static>(
    download: P,
    coding: Coding,
    files: Files,
    tag: String,
    growing: Option<Growing>,
) -> io::Result<Body> {
    let coder = Some(coding.coder()?);
    let sending = Sending { download, coder, measuring: Some(Measuring::default()), growing, files, tag };
    let frames = stream::unfold(Some(sending), async |sending| {
        let mut sending = sending?;
        match sending.next().await {
            Ok(Some(frame)) => Some((Ok(frame), Some(sending))),
            Ok(None) => None,
            Err(error) => Some((Err(broken(error)), None)),
        }
    });
    Ok(Body::new(StreamBody::new(Box::pin(frames))))
}

/// The bytes of a file from one to another, both counted. Those before are made and thrown away.
pub(super) fn part(download: Download, first: u64, last: u64) -> Body {
    let frames = stream::unfold(Some((download, first, last + 1 - first)), async |going| {
        let (mut download, mut skip, mut left) = going?;
        while left > 0 {
            let mut piece = match download.next().await {
                Ok(Some(piece)) => piece,
                Ok(None) => {
                    return Some((
                        Err(broken(Error::Inconsistent("a file is shorter than it was".to_owned()))),
                        None,
                    ));
                }
                Err(error) => return Some((Err(broken(error)), None)),
            };
            let before = usize::try_from(skip).unwrap_or(usize::MAX).min(piece.len());
            skip -= before as u64;
            piece.drain(..before);
            piece.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            if piece.is_empty() {
                continue;
            }
            left -= piece.len() as u64;
            return Some((Ok(Frame::data(Bytes::from(piece))), Some((download, skip, left))));
        }
        None
    });
    Body::new(StreamBody::new(Box::pin(frames)))
}

/// Some bytes of a file that is finished: while one piece is sent, the next is read.
pub(super) fn finished(file: Arc<Finished>, bytes: Range<u64>) -> Body {
    let starts = (bytes.start..bytes.end).step_by(PIECE as usize);
    let read = move |start| file.clone().read(start..bytes.end.min(start + PIECE));
    Body::from_stream(stream::iter(starts).map(read).buffered(2).map_err(broken))
}

/// What ends a transfer. The client sees that it broke; why is in the log.
fn broken(error: Error) -> io::Error {
    tracing::error!(?error, code = error.code(), "a data file broke off");
    io::Error::other(error.code())
}

/// A body that holds a place until it was sent.
struct Held {
    body: Body,
    _place: Place,
}

/// A body that is still being made holds the place of its request; others give it back at once.
pub(in crate::http) fn held(body: Body, place: Option<Place>) -> Body {
    match place {
        Some(place) if body.size_hint().exact().is_none() => Body::new(Held { body, _place: place }),
        _ => body,
    }
}

impl hyper::body::Body for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
