//! Checkpoints and proofs by plain links: `GET /checkpoint`, `GET /proof/…`.

use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::NaiveDate;
use serde::Deserialize;

use super::{account::Account, failure::Answer};
use crate::{
    catalogue::{
        code::{CatalogueCode, ItemCode},
        scope::{Revision, ScopeRequest},
    },
    error::{Error, Result},
    store::{Store, Subject, unsealed},
};

/// An answer that was found under a head of the log which was just asked for.
fn under(head: Option<Revision>, mut answer: Response) -> Response {
    answer.extensions_mut().insert(Account { revision: head, ..Account::default() });
    answer
}

/// The revision that was asked for, else the head; and the head where that was looked up.
async fn or_head(store: &Store, asked: Option<Revision>) -> Result<(Revision, Option<Revision>)> {
    match asked {
        Some(revision) => Ok((revision, None)),
        None => store.head().await.map(|head| (head, Some(head))),
    }
}

/// What is asked in a link, or `BAD_INPUT`.
fn asked<T>(query: std::result::Result<Query<T>, QueryRejection>) -> Result<T> {
    let refuse = |error: QueryRejection| Error::bad_input("链接中的参数有误", error.body_text());
    query.map(|Query(asked)| asked).map_err(refuse)
}

/// What is named in a link, or `BAD_INPUT`.
fn named<T>(path: std::result::Result<Path<T>, PathRejection>) -> Result<T> {
    let refuse = |error: PathRejection| Error::bad_input("链接有误", error.body_text());
    path.map(|Path(named)| named).map_err(refuse)
}

/// A code in a link: one that cannot be is one that is not there.
fn code<T: std::str::FromStr>(text: &str, zh: &str, en: &str) -> Result<T> {
    text.parse().map_err(|_| Error::not_found(zh, en, text))
}

/// `GET /checkpoint`: the newest, as text.
pub(super) async fn newest(State(store): State<Store>) -> Answer {
    let head = store.head().await?;
    let newest = store.checkpoint(head).await?;
    Ok(under(Some(head), note(newest.map(|(_, note)| note))))
}

/// `GET /checkpoint/{revision}`.
pub(super) async fn checkpoint(
    State(store): State<Store>,
    revision: std::result::Result<Path<Revision>, PathRejection>,
) -> Answer {
    Ok(note(store.checkpoint_of(named(revision)?).await?))
}

/// A signed note; where there is none a word about why.
fn note(note: Option<String>) -> Response {
    let (status, text) = match note {
        Some(note) => (StatusCode::OK, note),
        None => (StatusCode::NOT_FOUND, NONE.to_owned()),
    };
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

const NONE: &str = "此处没有检查点：日志未配置签名密钥，或该修订号未签名。\n\
                    There is no checkpoint here: the log has no signing key, or this revision was not signed.\n";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Inclusion {
    revision: Revision,
    r#in: Option<Revision>,
}

/// `GET /proof/inclusion?revision=&in=`.
pub(super) async fn inclusion(
    State(store): State<Store>,
    query: std::result::Result<Query<Inclusion>, QueryRejection>,
) -> Answer {
    let Inclusion { revision, r#in } = asked(query)?;
    let (size, head) = or_head(&store, r#in).await?;
    Ok(under(head, Json(store.inclusion(revision, size).await?).into_response()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Between {
    from: Revision,
    to: Option<Revision>,
}

/// `GET /proof/consistency?from=&to=`.
pub(super) async fn consistency(
    State(store): State<Store>,
    query: std::result::Result<Query<Between>, QueryRejection>,
) -> Answer {
    let Between { from, to } = asked(query)?;
    let (to, head) = or_head(&store, to).await?;
    Ok(under(head, Json(store.consistency(from, to).await?).into_response()))
}

/// `GET /proof/checkpoints?from=&to=`: `mulu.consistency/1`; without `to` up to the newest checkpoint.
pub(super) async fn checkpoints(
    State(store): State<Store>,
    query: std::result::Result<Query<Between>, QueryRejection>,
) -> Answer {
    let Between { from, to } = asked(query)?;
    let to = match to {
        Some(to) => to,
        None => store.checkpoint(store.head().await?).await?.ok_or_else(unsealed)?.0,
    };
    Ok(file(store.consistency_file(from, to).await?))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Scoped {
    revision: Option<Revision>,
    effective_on: Option<NaiveDate>,
}

/// `GET /proof/item/{code}?revision=&effectiveOn=`: `mulu.proof/1` of the item in the version in force.
pub(super) async fn item(
    State(store): State<Store>,
    path: std::result::Result<Path<String>, PathRejection>,
    query: std::result::Result<Query<Scoped>, QueryRejection>,
) -> Answer {
    let item: ItemCode = code(&named(path)?, "事项", "item")?;
    let Scoped { revision, effective_on } = asked(query)?;
    let scope = store.scope(ScopeRequest { effective_on, revision, known_at: None }).await?;
    let head = revision.is_none().then_some(scope.revision);
    let number = store.in_force(&item.catalogue, scope).await?;
    let proof = store.proof(item.catalogue.as_str(), number, Subject::Item(&item), scope.revision).await?;
    Ok(under(head, file(proof.ok_or_else(unsealed)?)))
}

/// `GET /proof/version/{catalogue}/{number}`: `mulu.proof/1` of a whole version.
pub(super) async fn version(
    State(store): State<Store>,
    path: std::result::Result<Path<(String, u32)>, PathRejection>,
) -> Answer {
    let (catalogue, number) = named(path)?;
    let catalogue: CatalogueCode = code(&catalogue, "目录", "catalogue")?;
    let head = store.head().await?;
    let proof = store.proof(catalogue.as_str(), number, Subject::Version, head).await?;
    Ok(under(Some(head), file(proof.ok_or_else(unsealed)?)))
}

/// A file to the byte.
fn file(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}
