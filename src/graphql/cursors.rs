//! Which cursors an answer has, told by its document alone. A cursor holds the revision under which it was given, so an
//! answer that has one says another when the log has grown, also where nothing else of it has changed.

use async_graphql::{
    Positioned,
    parser::types::{ExecutableDocument, Field, Selection, SelectionSet},
};

use super::limits;

/// The fields whose values are cursors.
pub(crate) const CURSORS: [&str; 3] = ["cursor", "startCursor", "endCursor"];

/// The arguments that may lead to another scope than the request's, by a cursor or an id that holds one.
const ANCHORS: [&str; 7] = ["after", "before", "id", "ids", "base", "head", "representations"];

/// What a document asks of cursors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cursors {
    /// It asks for none.
    #[default]
    None,
    /// They are those of the request's scope, under the names of their fields.
    Plain,
    /// Some may be of another scope.
    Anchored,
    /// Some may stand under other names.
    Hidden,
}

impl Cursors {
    /// What a document asks.
    pub(super) fn of(document: &ExecutableDocument) -> Self {
        let mut asked = Asked::default();
        limits::sets(document).for_each(|set| asked.set(set));
        match asked {
            Asked { cursors: false, .. } => Self::None,
            Asked { hidden: true, .. } => Self::Hidden,
            Asked { anchored: true, .. } => Self::Anchored,
            Asked { .. } => Self::Plain,
        }
    }
}

#[derive(Default)]
struct Asked {
    cursors: bool,
    hidden: bool,
    anchored: bool,
}

impl Asked {
    fn set(&mut self, set: &SelectionSet) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => self.field(field),
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node),
                // Those of the document are looked at by themselves.
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn field(&mut self, field: &Positioned<Field>) {
        let field = &field.node;
        let is_cursor = CURSORS.contains(&field.name.node.as_str());
        let like_one = CURSORS.contains(&field.response_key().node.as_str());
        self.cursors |= is_cursor;
        self.hidden |= is_cursor != like_one || (is_cursor && field.alias.is_some());
        let anchor = |name: &str| ANCHORS.contains(&name);
        self.anchored |=
            field.name.node == "at" || field.arguments.iter().any(|(name, _)| anchor(&name.node));
        self.set(&field.selection_set.node);
    }
}
