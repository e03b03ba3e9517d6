//! Metadata by plain links, beside the files that they are about, and the names of things, which lead to what is said of
//! them.

use std::str::FromStr;

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::NaiveDate;

use super::{
    KEPT, RawQuery,
    body::{self, repr_digest},
    coding::Coding,
    licence,
    range::is_known,
    send::REPR_DIGEST,
    under,
};
use crate::{
    catalogue::{
        code::CatalogueCode,
        dataset::{Dataset, NoDataset},
        digest::Digest,
        scope::{Revision, Scope, ScopeRequest},
    },
    error::{Error, Result},
    export::{
        data::Files,
        metadata::{Catalog, Document, Extent, PinnedDocument, Subject, manifest, package},
        rdf::Syntax,
    },
    http::{App, account::Account, failure::Answer},
};

/// A link below `/data/` to metadata.
#[derive(Debug)]
pub(super) enum Asked {
    /// `latest/…`, and `catalog.ttl` for short: what holds now.
    Latest(Latest),
    /// `REVISION/DAY/…`: what held under a scope.
    Pinned { revision: Revision, effective_on: NaiveDate, document: Document },
    /// `versions/CATALOGUE/NUMBER.datapackage.json`.
    Version(Document),
    /// The name of a thing, as linked data have it.
    Thing(Thing),
}

/// What can be asked for as of now.
#[derive(Debug)]
pub(super) enum Latest {
    /// `catalogues/CODE.datapackage.json`: of its version in force.
    Catalogue(CatalogueCode, fn(Subject) -> Document),
    /// Any document but that of a version, which is of no time.
    Document(Document),
}

/// What has a name.
#[derive(Debug)]
pub(super) enum Thing {
    /// `catalog`.
    Catalog,
    /// A dataset; that of a division is the series of its government.
    Dataset(Dataset),
}

impl FromStr for Asked {
    type Err = NoDataset;

    fn from_str(path: &str) -> std::result::Result<Self, NoDataset> {
        if let Ok(thing) = path.parse() {
            return Ok(Self::Thing(thing));
        }
        if let Ok(document @ Document::Catalog { page: None, .. }) = path.parse() {
            return Ok(Self::Latest(Latest::Document(document)));
        }
        let (first, rest) = path.split_once('/').ok_or(NoDataset)?;
        if first == "versions" {
            return path.parse().map(Self::Version);
        }
        let of_catalogue = rest.strip_prefix("catalogues/").and_then(Document::of_catalogue);
        if let Some((code, document)) = of_catalogue.filter(|_| first == "latest") {
            let code = code.parse().map_err(|_| NoDataset)?;
            return Ok(Self::Latest(Latest::Catalogue(code, document)));
        }
        let of_now = |name: &str| {
            let document: Document = name.parse()?;
            let of_no_time = matches!(document.subject(), Some(Subject::Dataset(Dataset::Version { .. })));
            if of_no_time { Err(NoDataset) } else { Ok(document) }
        };
        if first == "latest" {
            return of_now(rest).map(|document| Self::Latest(Latest::Document(document)));
        }
        let (day, name) = rest.split_once('/').ok_or(NoDataset)?;
        let (Ok(revision), Ok(effective_on)) = (first.parse::<Revision>(), day.parse::<NaiveDate>()) else {
            return Err(NoDataset);
        };
        let same = revision.to_string() == first && effective_on.to_string() == day;
        if !same {
            return Err(NoDataset);
        }
        Ok(Self::Pinned { revision, effective_on, document: of_now(name)? })
    }
}

impl FromStr for Thing {
    type Err = NoDataset;

    fn from_str(path: &str) -> std::result::Result<Self, NoDataset> {
        if path == "catalog" {
            return Ok(Self::Catalog);
        }
        match path.parse()? {
            Dataset::Division { below: true, .. } | Dataset::Domain(_) | Dataset::Changes { .. } => {
                Err(NoDataset)
            }
            dataset => Ok(Self::Dataset(dataset)),
        }
    }
}

/// Answers a link to metadata.
pub(super) async fn get(app: &App, asked: Asked, query: RawQuery, headers: &HeaderMap) -> Answer {
    match asked {
        Asked::Latest(latest) => lead(app, latest, query).await,
        Asked::Pinned { revision, effective_on, document } => {
            let request =
                ScopeRequest { revision: Some(revision), effective_on: Some(effective_on), known_at: None };
            let scope = app.store.scope(request).await?;
            send(app, PinnedDocument { document, scope }, headers).await
        }
        Asked::Version(document) => {
            let scope = app.store.scope(ScopeRequest::default()).await?;
            let scope = settled(app, &document, scope).await?;
            send(app, PinnedDocument { document, scope }, headers).await
        }
        Asked::Thing(thing) => describe(app, thing, headers).await,
    }
}

/// The scope under which a document is always read.
async fn settled(app: &App, document: &Document, scope: Scope) -> Result<Scope> {
    match document.subject() {
        Some(Subject::Dataset(dataset)) => app.reader.settled(dataset, scope).await,
        _ => Ok(scope),
    }
}

/// Leads to the link of what holds now. Only what has a publisher, a licence and an attribution is open data.
async fn lead(app: &App, latest: Latest, query: RawQuery) -> Answer {
    app.files.must_be_open()?;
    let scope = under(app, query).await?;
    let document = match latest {
        Latest::Catalogue(catalogue, document) => {
            let number = app.store.in_force(&catalogue, scope).await?;
            document(Subject::Dataset(Dataset::Version { catalogue, number }))
        }
        Latest::Document(document) => document,
    };
    let scope = settled(app, &document, scope).await?;
    // What is not there is said here, not behind the link.
    if let Document::Catalog { page, syntax } = document {
        Catalog::open(&app.files, scope, page, syntax).await?;
    }
    Ok(led(StatusCode::TEMPORARY_REDIRECT, &PinnedDocument { document, scope }))
}

/// Leads from a thing to the page that describes it, in the syntax that the client would rather have.
async fn describe(app: &App, thing: Thing, headers: &HeaderMap) -> Answer {
    app.files.must_be_open()?;
    let scope = app.store.scope(ScopeRequest::default()).await?;
    let page = match &thing {
        Thing::Catalog | Thing::Dataset(Dataset::Platform | Dataset::Register(_)) => 1,
        Thing::Dataset(version @ Dataset::Version { catalogue, .. }) => {
            // One that is not there is not on the page of its place.
            app.reader.settled(version, scope).await?;
            app.reader.page_of(&catalogue.division, scope).await?
        }
        Thing::Dataset(Dataset::Division { code, .. }) => app.reader.page_of(code, scope).await?,
        Thing::Dataset(nameless @ (Dataset::Domain(_) | Dataset::Changes { .. })) => {
            return Err(Error::not_found("数据", "thing", nameless).into());
        }
    };
    let document = Document::Catalog { page: Some(page), syntax: wanted(headers) };
    let mut response = led(StatusCode::SEE_OTHER, &PinnedDocument { document, scope });
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

fn led(status: StatusCode, to: &PinnedDocument) -> Response {
    let headers = [(header::LOCATION, to.to_string()), (header::CACHE_CONTROL, "no-cache".to_owned())];
    let mut response = (status, headers).into_response();
    response.extensions_mut().insert(Account { revision: Some(to.scope.revision), ..Account::default() });
    response
}

/// The syntax that a client would rather have, RFC 9110, 12.5.1: by weight, then Turtle.
fn wanted(headers: &HeaderMap) -> Syntax {
    let json = weight(headers, &["application/ld+json", "application/json"]);
    if json > weight(headers, &["text/turtle"]) { Syntax::JsonLd } else { Syntax::Turtle }
}

/// How much a client would like one of these media types: what it says of them by name.
pub(in crate::http) fn weight(headers: &HeaderMap, names: &[&str]) -> f32 {
    let fields = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let of = |field: &str| {
        let mut parts = field.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok());
        names.contains(&name.as_str()).then(|| weight.unwrap_or(0.0))
    };
    fields.flat_map(|value| value.split(',')).filter_map(of).fold(0.0, f32::max)
}

/// Sends a document.
async fn send(app: &App, link: PinnedDocument, headers: &HeaderMap) -> Answer {
    let files = &app.files;
    let coding = Coding::accepted(headers);
    // All that a catalogue says follows from its scope; what is said of files grows as they are made.
    let (mut response, keep) = match &link.document {
        Document::Catalog { page, syntax } => {
            let tag = coded(files.tag_of(&link.to_string()), coding);
            let catalog = Catalog::open(files, link.scope, *page, *syntax).await?;
            (self::catalog(files, catalog, page.is_some(), coding, &tag, headers).await?, KEPT)
        }
        Document::Manifest(subject) => {
            // Files that take long go on being made when the client does not wait.
            let (all, subject, scope) = (files.clone(), subject.clone(), link.scope);
            let made = tokio::spawn(async move { manifest(&all, &subject, scope).await });
            let bytes = made.await.map_err(Error::internal)??;
            let tag = coded(Digest::of(&bytes).hex()[..32].to_owned(), coding);
            (whole(bytes, coding, &tag, headers)?, HeaderValue::from_static("no-cache"))
        }
        Document::Package(subject) => {
            let bytes = package(files, subject, link.scope, Extent::Small).await?;
            let tag = coded(Digest::of(&bytes).hex()[..32].to_owned(), coding);
            (whole(bytes, coding, &tag, headers)?, HeaderValue::from_static("no-cache"))
        }
    };
    let about = response.headers_mut();
    about.insert(header::CACHE_CONTROL, keep);
    about.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    about.extend(licence(app).map(|licence| (header::LINK, licence)));
    if response.status() == StatusCode::OK {
        let about = response.headers_mut();
        about.insert(header::CONTENT_TYPE, HeaderValue::from_static(link.document.media_type()));
        let coding = coding.name().map(|name| (header::CONTENT_ENCODING, HeaderValue::from_static(name)));
        about.extend(coding);
    }
    response.extensions_mut().insert(Account::default());
    Ok(response)
}

fn coded(tag: String, coding: Coding) -> String {
    coding.name().map_or(tag.clone(), |name| format!("{tag}-{name}"))
}

/// A page is made first, so that what fails is told by a status; all of a catalogue is made while it is sent.
async fn catalog(
    files: &Files,
    mut catalog: Catalog,
    is_page: bool,
    coding: Coding,
    tag: &str,
    headers: &HeaderMap,
) -> Result<Response> {
    let etag = format!("\"{tag}\"");
    if is_known(headers, &etag) {
        return Ok(tagged(StatusCode::NOT_MODIFIED.into_response(), tag));
    }
    if is_page {
        let mut bytes = Vec::new();
        while let Some(piece) = catalog.next().await? {
            bytes.extend(piece);
        }
        return whole(bytes, coding, tag, headers);
    }
    let body = body::whole(catalog, coding, files.clone(), tag.to_owned(), None).map_err(Error::internal)?;
    let mut response = (StatusCode::OK, body).into_response();
    response.headers_mut().insert(header::TRAILER, HeaderValue::from_static("repr-digest"));
    Ok(tagged(response, tag))
}

/// What is there as a whole.
fn whole(bytes: Vec<u8>, coding: Coding, tag: &str, headers: &HeaderMap) -> Result<Response> {
    if is_known(headers, &format!("\"{tag}\"")) {
        return Ok(tagged(StatusCode::NOT_MODIFIED.into_response(), tag));
    }
    let mut coder = coding.coder().map_err(Error::internal)?;
    let mut sent = coder.add(bytes).map_err(Error::internal)?;
    sent.extend(coder.finish().map_err(Error::internal)?);
    let digest = repr_digest(Digest::of(&sent));
    let mut response = (StatusCode::OK, sent).into_response();
    response.headers_mut().extend(digest.map(|digest| (REPR_DIGEST, digest)));
    Ok(tagged(response, tag))
}

fn tagged(mut response: Response, tag: &str) -> Response {
    let tag = HeaderValue::from_str(&format!("\"{tag}\"")).ok();
    response.headers_mut().extend(tag.map(|tag| (header::ETAG, tag)));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heavier_syntax_wins_and_turtle_else() {
        for (accept, expected) in [
            ("", Syntax::Turtle),
            ("*/*", Syntax::Turtle),
            ("application/ld+json", Syntax::JsonLd),
            ("text/turtle;q=0.5, application/ld+json;q=0.9", Syntax::JsonLd),
            ("text/turtle, application/ld+json", Syntax::Turtle),
            ("text/html, application/json;q=0.1", Syntax::JsonLd),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            assert_eq!(wanted(&headers), expected, "{accept}");
        }
    }
}
