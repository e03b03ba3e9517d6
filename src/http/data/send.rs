//! A file over HTTP: whole or in part, coded or as it is, or a word that the client has it already.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    KEPT,
    body::{self, repr_digest},
    coding::Coding,
    licence,
    range::{Part, is_known},
};
use crate::{
    error::Error,
    export::{
        data::{Download, Files, Finished, Measured, Measuring, Pinned, SMALL},
        metadata::{Document, PinnedDocument, Subject},
    },
    http::{App, account::Account, failure::Answer},
};

/// The digest of a file, RFC 9530.
pub(in crate::http) const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");

/// What stands as it is in a file name of a header, RFC 8187.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// Sends a file.
pub(super) async fn file(app: &App, file: Pinned, headers: &HeaderMap) -> Answer {
    // Parts are of the bytes as they are: whoever resumes counts those.
    let as_it_is = headers.contains_key(header::RANGE) || file.name.format.is_compressed();
    let coding = if as_it_is { Coding::Identity } else { Coding::accepted(headers) };
    let tag = coded(app.files.tag(&file), coding);
    let etag = format!("\"{tag}\"");
    let asked = (!is_known(headers, &etag)).then(|| Part::asked(headers, &etag));
    let answer = match (app.files.finished(&tag), asked) {
        (Some(file), Some(part)) => Some(finished(file, part)),
        (Some(_), None) => None,
        (None, asked) => {
            let download = app.files.open(&file).await?;
            match asked {
                Some(part) if download.most() <= SMALL => Some(small(download, coding, part).await?),
                Some(part) => Some(large(app, &file, download, coding, &tag, part).await?),
                None => None,
            }
        }
    };
    let mut response = match answer {
        Some(mut response) => {
            describe(app, &file, coding, response.headers_mut()).await?;
            response
        }
        None => StatusCode::NOT_MODIFIED.into_response(),
    };
    let about = response.headers_mut();
    about.extend(HeaderValue::from_str(&etag).ok().map(|tag| (header::ETAG, tag)));
    about.insert(header::CACHE_CONTROL, KEPT);
    about.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    response.extensions_mut().insert(Account::default());
    Ok(response)
}

/// The tag of a file in a coding.
fn coded(tag: String, coding: Coding) -> String {
    coding.name().map_or(tag.clone(), |name| format!("{tag}-{name}"))
}

/// A file of a few rows is made first, so that what fails is told by a status.
async fn small(mut download: Download, coding: Coding, part: Option<Part>) -> crate::error::Result<Response> {
    let mut coder = coding.coder().map_err(Error::internal)?;
    let mut bytes = Vec::new();
    while let Some(piece) = download.next().await? {
        bytes.extend(coder.add(piece).map_err(Error::internal)?);
    }
    bytes.extend(coder.finish().map_err(Error::internal)?);
    let mut measuring = Measuring::default();
    measuring.add(&bytes);
    let measured = measuring.measured()?;
    let Some(part) = part else { return Ok(answer(StatusCode::OK, bytes.into(), Some(measured))) };
    Ok(match part.within(measured.bytes) {
        None => unsatisfiable(measured),
        Some((first, last)) => {
            let place = |at: u64| usize::try_from(at).unwrap_or(bytes.len());
            let bytes = bytes[place(first)..=place(last)].to_vec();
            partial(bytes.into(), first, last, measured)
        }
    })
}

/// A file of any size is made while it is sent, and kept where files are. For a part of it the whole must be known; where
/// it is not, it is made once for that, and goes on being made when the client does not wait.
async fn large(
    app: &App,
    file: &Pinned,
    download: Download,
    coding: Coding,
    tag: &str,
    part: Option<Part>,
) -> crate::error::Result<Response> {
    let Some(part) = part else {
        let known = app.files.known(tag);
        let (files, growing) = (app.files.clone(), app.files.growing());
        let body = body::whole(download, coding, files, tag.to_owned(), growing).map_err(Error::internal)?;
        let mut response = answer(StatusCode::OK, body, known);
        let about = response.headers_mut();
        match known {
            Some(known) => drop(about.insert(header::CONTENT_LENGTH, known.bytes.into())),
            None => drop(about.insert(header::TRAILER, HeaderValue::from_static("repr-digest"))),
        }
        return Ok(response);
    };
    let (files, whole): (Files, Pinned) = (app.files.clone(), file.clone());
    let measured =
        tokio::spawn(async move { files.measure(&whole).await }).await.map_err(Error::internal)??;
    if let Some(file) = app.files.finished(tag) {
        return Ok(finished(file, Some(part)));
    }
    Ok(match part.within(measured.bytes) {
        None => unsatisfiable(measured),
        Some((first, last)) => partial(body::part(download, first, last), first, last, measured),
    })
}

/// A file that was made before, or a part of it.
fn finished(file: Arc<Finished>, part: Option<Part>) -> Response {
    let measured = file.measured();
    let Some(part) = part else {
        let mut response = answer(StatusCode::OK, body::finished(file, 0..measured.bytes), Some(measured));
        response.headers_mut().insert(header::CONTENT_LENGTH, measured.bytes.into());
        return response;
    };
    match part.within(measured.bytes) {
        None => unsatisfiable(measured),
        Some((first, last)) => partial(body::finished(file, first..last + 1), first, last, measured),
    }
}

fn answer(status: StatusCode, body: Body, measured: Option<Measured>) -> Response {
    let mut response = (status, body).into_response();
    let digest = measured.and_then(|measured| repr_digest(measured.digest));
    response.headers_mut().extend(digest.map(|digest| (REPR_DIGEST, digest)));
    response
}

fn partial(body: Body, first: u64, last: u64, measured: Measured) -> Response {
    let mut response = answer(StatusCode::PARTIAL_CONTENT, body, Some(measured));
    let range = HeaderValue::from_str(&format!("bytes {first}-{last}/{}", measured.bytes)).ok();
    response.headers_mut().extend(range.map(|range| (header::CONTENT_RANGE, range)));
    response.headers_mut().insert(header::CONTENT_LENGTH, (last + 1 - first).into());
    response
}

fn unsatisfiable(measured: Measured) -> Response {
    let range = format!("bytes */{}", measured.bytes);
    (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, range)]).into_response()
}

/// What a file is called, how it is written, on which terms it is given away.
async fn describe(
    app: &App,
    file: &Pinned,
    coding: Coding,
    headers: &mut HeaderMap,
) -> crate::error::Result<()> {
    let (format, title) = (file.name.format, app.files.title(file).await?);
    let plain = file.name.to_string().replace('/', "-");
    let named = format!("{title}.{}", format.extension());
    let disposition =
        format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(&named, PLAIN));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let disposition = HeaderValue::from_str(&disposition).ok();
    headers.extend(disposition.map(|disposition| (header::CONTENT_DISPOSITION, disposition)));
    headers.extend(coding.name().map(|name| (header::CONTENT_ENCODING, HeaderValue::from_static(name))));
    headers.extend(licence(app).map(|licence| (header::LINK, licence)));
    let document = Document::Package(Subject::Dataset(file.name.dataset.clone()));
    let package = PinnedDocument { document, scope: file.scope };
    let package = format!("<{package}>; rel=\"describedby\"; type=\"application/json\"");
    // Beside the licence, not in its place.
    if let Ok(package) = HeaderValue::from_str(&package) {
        headers.append(header::LINK, package);
    }
    Ok(())
}
