//! Pages for people.

mod explorer;

use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};

pub(crate) use explorer::{explorer, explorer_file};

use crate::{
    catalogue::{reference::Register, scope::ScopeRequest},
    error::Result,
    store::{CatalogueFilter, Store},
};

/// `GET /`: what runs here, with live counts, in Chinese and English.
pub(crate) async fn home(State(store): State<Store>) -> Response {
    match page(&store).await {
        Ok(page) => Html(page).into_response(),
        Err(error) => {
            tracing::error!(error = ?error, "home page");
            let message = error.message();
            (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n{}\n", message.zh, message.en)).into_response()
        }
    }
}

async fn page(store: &Store) -> Result<String> {
    let scope = store.scope(ScopeRequest::default()).await?;
    let catalogues = store.catalogues(&CatalogueFilter::default(), scope).await?;
    let in_force = catalogues.iter().filter(|catalogue| catalogue.in_force.is_some()).count();
    let count = async |register| store.record_count(register, scope).await;
    Ok(format!(
        include_str!("home.html"),
        version = env!("CARGO_PKG_VERSION"),
        backend = store.backend(),
        revision = scope.revision,
        day = scope.effective_on,
        catalogues = catalogues.len(),
        in_force = in_force,
        divisions = count(Register::Division).await?,
        units = count(Register::Unit).await?,
        domains = count(Register::Domain).await?,
    ))
}
