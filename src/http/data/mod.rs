//! Data files by plain links: `GET /data/…`. Links with a revision and a day, and those of versions, always lead to the
//! same bytes, redactions apart; `/data/latest/…` leads to such a link.

mod asked;
mod body;
mod coding;
mod metadata;
mod range;
mod send;

use axum::{
    extract::{Path, Query, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use serde::Deserialize;

use self::asked::Asked;
pub(super) use self::{body::held, metadata::weight, send::REPR_DIGEST};
use super::{App, account::Account, failure::Answer};
use crate::{
    catalogue::{
        dataset::Dataset,
        scope::{Scope, ScopeRequest},
    },
    error::{Error, Result},
    export::data::{FileName, Pinned},
};

/// How long caches may keep a file. It never changes but for a redaction, and that has to reach everybody within a day.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// `GET /data`: leads to the catalogue of all of them.
pub(super) async fn catalog(State(app): State<App>, query: RawQuery, headers: HeaderMap) -> Answer {
    metadata::get(&app, metadata::Asked::Thing(metadata::Thing::Catalog), query, &headers).await
}

/// `GET /data/{path}`.
pub(super) async fn get(
    State(app): State<App>,
    path: std::result::Result<Path<String>, axum::extract::rejection::PathRejection>,
    query: RawQuery,
    headers: HeaderMap,
) -> Answer {
    let Ok(Path(path)) = path else { return Err(nothing("").into()) };
    if let Ok(asked) = path.parse() {
        return metadata::get(&app, asked, query, &headers).await;
    }
    match path.parse::<Asked>().map_err(|_| nothing(&path))? {
        Asked::Latest { dataset, format } => latest(&app, dataset, format, query).await,
        Asked::Pinned { revision, effective_on, name } => {
            let request =
                ScopeRequest { revision: Some(revision), effective_on: Some(effective_on), known_at: None };
            let scope = app.store.scope(request).await?;
            send::file(&app, Pinned { name, scope }, &headers).await
        }
        Asked::Version(name) => {
            let scope = app.store.scope(ScopeRequest::default()).await?;
            let scope = app.reader.settled(&name.dataset, scope).await?;
            send::file(&app, Pinned { name, scope }, &headers).await
        }
    }
}

fn nothing(path: &str) -> Error {
    Error::not_found("数据文件", "data file", path)
}

/// The scope that `/data/latest/…` is asked under, as of now where nothing is said.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Under {
    effective_on: Option<chrono::NaiveDate>,
    known_at: Option<chrono::DateTime<chrono::Utc>>,
    revision: Option<u64>,
}

/// Leads to the link of what holds now. Only what has a publisher, a licence and an attribution is open data.
async fn latest(
    app: &App,
    what: asked::Latest,
    format: crate::export::data::DataFormat,
    query: RawQuery,
) -> Answer {
    app.files.must_be_open()?;
    let scope = under(app, query).await?;
    let dataset = match what {
        asked::Latest::Catalogue(catalogue) => {
            let number = app.store.in_force(&catalogue, scope).await?;
            Dataset::Version { catalogue, number }
        }
        asked::Latest::Dataset(dataset) => dataset,
    };
    let scope = app.reader.settled(&dataset, scope).await?;
    let file = Pinned { name: FileName { dataset, format }, scope };
    // What is not there is said here, not behind the link.
    app.files.open(&file).await?;
    let headers = [(header::LOCATION, file.to_string()), (header::CACHE_CONTROL, "no-cache".to_owned())];
    let mut response = (StatusCode::TEMPORARY_REDIRECT, headers).into_response();
    response.extensions_mut().insert(Account { revision: Some(scope.revision), ..Account::default() });
    Ok(response)
}

async fn under(app: &App, RawQuery(query): RawQuery) -> Result<Scope> {
    let uri = format!("/?{}", query.unwrap_or_default()).parse();
    let uri = uri.map_err(|_| Error::bad_input("链接有误", "this is no link"))?;
    let asked: Query<Under> =
        Query::try_from_uri(&uri).map_err(|error| Error::bad_input("链接中的参数有误", error.body_text()))?;
    let Under { effective_on, known_at, revision } = asked.0;
    app.store.scope(ScopeRequest { effective_on, revision, known_at }).await
}

/// The header that says on which terms a file is given away.
fn licence(app: &App) -> Option<HeaderValue> {
    let licence = app.files.notice().licence.as_ref()?;
    HeaderValue::from_str(&format!("<{licence}>; rel=\"license\"")).ok()
}
