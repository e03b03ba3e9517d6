//! One walk in place of thousands of small resolvers: what is asked of an object whose fields can all be told from
//! memory is written as text of JSON, once, in the order of the selection. It is what the derived resolvers answer, byte
//! for byte; they stay for everything else, and as the measure in a test.
//!
//! - A [`Plan`] says what is selected of an object ([`plan`]). There is none where a field has arguments or is in no
//!   [`table!`]: then the derived resolvers answer, and what stands below them may be walked again.
//! - A [`Look`] is how a walk looks something up ([`look`]), and holds what it found ([`kept`]). What is not in memory is
//!   noted, all of it is loaded together, and the walk begins anew; so a page takes as many rounds as its parts lie one
//!   behind another, however many rows it has. What fails is left to the derived resolvers, which say how.
//! - [`Walked`] stands in the types of fields for what may be walked.
//! - A [`Trunk`] is what the library still has to execute of a document that was walked before ([`trunk`]). Where that is
//!   one field, its walk writes the whole answer, and nobody copies it.
//!
//! The text goes through the library as [`Value::Binary`], which nobody but [`write`] may write out: a request says with
//! [`Walks`] that this is done.

mod kept;
mod look;
mod plan;
mod table;
mod text;
mod trunk;
mod writing;

use std::{borrow::Cow, sync::Arc};

use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, ServerResult, Value, parser::types::Field,
    registry::Registry,
};

pub use self::text::write;
use self::trunk::Begun;
pub(super) use self::{
    kept::ChannelNames,
    look::Look,
    plan::{PICK, Plan},
    table::{Lines, Object, Table, Written, choice, of, table},
    trunk::{Grown, Trunk, Walks},
    writing::Walk,
};
use crate::store::Reader;

/// How often a walk may find that something is missing. Parts of what is asked lie behind one another as deep as a question
/// may nest, and each takes one round; what would take more is left to the derived resolvers.
const ROUNDS: usize = 16;

/// A value that is walked where that can be, and otherwise resolved as it is without this.
#[derive(Clone, Debug)]
pub(super) struct Walked<T>(pub T);

impl<T: Object + OutputType> OutputType for Walked<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.0.introspection_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        if let Some(walks) = ctx.data_opt::<Arc<Walks>>() {
            if let Some(text) = walked(&self.0, walks, ctx, field).await {
                return Ok(Value::Binary(text.into()));
            }
            if walks.miss(ctx.path_node.as_ref()) {
                return Ok(Value::Null);
            }
        }
        self.0.resolve(ctx, field).await
    }
}

/// What is selected of a value; `None` where it cannot be walked.
async fn walked<T: Object>(
    value: &T,
    walks: &Walks,
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
) -> Option<Vec<u8>> {
    let begun = begun::<T>(walks, ctx)?;
    let frame = ctx.path_node.as_ref().and_then(|node| walks.frame(&begun, node));
    let ctx = ctx.with_field(field);
    let mut walk = Walk::new(Look::new(ctx.data_unchecked::<Reader>()), begun.room(), frame.unwrap_or(""));
    for _ in 0..ROUNDS {
        value.write(begun.plan(), &mut walk);
        if walk.look.has_failed() {
            return None;
        }
        if !walk.look.load(&ctx).await.ok()? {
            let mut text = walk.into_text();
            if frame.is_some() {
                walks.end(&mut text);
            }
            begun.wrote(text.len());
            return Some(text);
        }
        walk.begin_anew();
    }
    None
}

/// The walk that begins at a value: as it did before, or planned now.
fn begun<T: Object>(walks: &Walks, ctx: &ContextSelectionSet<'_>) -> Option<Arc<Begun>> {
    let path = ctx.path_node.as_ref()?;
    if let Some(known) = walks.known(T::NAME, path) {
        return Some(known);
    }
    let env = ctx.query_env;
    let plan = Plan::of(T::NAME, &[&ctx.item.node], &env.fragments)?;
    // The library resolves a field that stands twice in a selection twice, and would lose the second text.
    let keys = plan::keys(path);
    let alone = plan::is_alone(&keys, &env.operation.node.selection_set.node, &env.fragments);
    alone.then(|| walks.begin(Begun::new(&keys, T::NAME, plan)))
}
