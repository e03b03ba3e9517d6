//! What the terms of our linked data mean, at the address that their names begin with: `GET /ns`, for people, as Turtle or
//! as JSON-LD.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};

use super::{App, data, failure::Answer};
use crate::{
    error::Result,
    export::{
        metadata::{context_file, vocabulary, vocabulary_page},
        rdf::Syntax,
    },
};

/// Terms change with the program only.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// `GET /ns`: as the client would rather have it; a page for those who do not say.
pub(super) async fn any(State(app): State<App>, headers: HeaderMap) -> Answer {
    let turtle = data::weight(&headers, &["text/turtle"]);
    let json = data::weight(&headers, &["application/ld+json", "application/json"]);
    let html = data::weight(&headers, &["text/html"]);
    let mut response = if json > turtle && json > html {
        document(&app, Syntax::JsonLd)?
    } else if turtle > html {
        document(&app, Syntax::Turtle)?
    } else {
        kept("text/html; charset=utf-8", vocabulary_page().into_bytes())
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

/// `GET /ns.ttl`.
pub(super) async fn turtle(State(app): State<App>) -> Answer {
    Ok(document(&app, Syntax::Turtle)?)
}

/// `GET /ns.jsonld`.
pub(super) async fn json_ld(State(app): State<App>) -> Answer {
    Ok(document(&app, Syntax::JsonLd)?)
}

/// `GET /ns/context.jsonld`: the context that JSON-LD of data is read by.
pub(super) async fn context(State(app): State<App>) -> Answer {
    let text = context_file(app.files.publication())?;
    Ok(kept(Syntax::JsonLd.media_type(), text.into_bytes()))
}

fn document(app: &App, syntax: Syntax) -> Result<Response> {
    Ok(kept(syntax.media_type(), vocabulary(app.files.publication(), syntax)?))
}

fn kept(media_type: &'static str, bytes: Vec<u8>) -> Response {
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(media_type)), (header::CACHE_CONTROL, KEPT)];
    (headers, bytes).into_response()
}
