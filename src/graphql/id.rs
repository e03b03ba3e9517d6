//! Global ids: kind and key; read under a pinned view also the scope, so that one id never has two values.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::at::View;
use crate::catalogue::scope::Scope;

/// The id of a node.
pub(super) fn write(kind: &str, key: &str, view: View) -> async_graphql::ID {
    let scope = view.is_pinned().then_some((view.scope.revision, view.scope.effective_on));
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&(kind, key, scope)).unwrap_or_default()).into()
}

/// Kind, key and view of an id; `None` for a text that is no id of ours.
pub(super) fn read(id: &str, view: View) -> Option<(String, String, View)> {
    let bytes = URL_SAFE_NO_PAD.decode(id).ok()?;
    let (kind, key, scope): (String, String, Option<(u64, chrono::NaiveDate)>) =
        serde_json::from_slice(&bytes).ok()?;
    let view = scope.map_or(view, |(revision, effective_on)| View {
        scope: Scope { revision, effective_on },
        asked: true,
        revision_given: true,
        day_given: true,
    });
    Some((kind, key, view))
}
