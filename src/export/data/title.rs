//! What people call a file.

use crate::{
    catalogue::{
        code::DomainCode, dataset::Dataset, division::DivisionState, domain::DomainState, scope::Scope,
    },
    error::Result,
    store::Store,
};

/// The title of a dataset under a scope (标题): place, domain and kind, and the version or the day.
pub(super) async fn of(store: &Store, dataset: &Dataset, scope: Scope) -> Result<String> {
    let place = async |code: &str| {
        let state = store.record::<DivisionState>(code, scope).await;
        state.map(|state| state.map_or_else(|| code.to_owned(), |state| state.name.to_string()))
    };
    let domain = async |code: &DomainCode| {
        let state = store.record::<DomainState>(code.as_str(), scope).await;
        state.map(|state| state.map_or_else(|| code.to_string(), |state| state.name.to_string()))
    };
    let day = scope.effective_on;
    Ok(match dataset {
        Dataset::Version { catalogue, number } => {
            let of = match &catalogue.domain {
                Some(code) => format!("{}领域", domain(code).await?),
                None => String::new(),
            };
            let (place, kind) = (place(catalogue.division.as_str()).await?, catalogue.kind.label());
            format!("{place}{of}基层政务公开{kind}-第{number}版")
        }
        Dataset::Division { code, below } => {
            let below = if *below { "（含下级）" } else { "" };
            format!("{}基层政务公开目录{below}-{day}", place(code.as_str()).await?)
        }
        Dataset::Domain(code) => format!("{}领域基层政务公开目录-{day}", domain(code).await?),
        Dataset::Platform => format!("基层政务公开目录-{day}"),
        Dataset::Changes { of, since } => {
            let of = Box::pin(self::of(store, of, scope)).await?;
            format!("{of}-自修订{}（{}）以来的变化", since.revision, since.effective_on)
        }
        Dataset::Register(register) => format!("{}-修订{}", register.label(), scope.revision),
    })
}
