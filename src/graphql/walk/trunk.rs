//! The trunk of a document (主干): what is left of it without what lies below values that are walked. What is below them has
//! no arguments and, where it has no conditions either, is the same for all variables; so a document that was answered
//! once is executed by its trunk from then on, and its walks go by the plans that were made then. The library copies and
//! validates a few fields in place of all of them, and whatever variables say is validated as before.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use async_graphql::{
    Name, Pos, Positioned, QueryPathNode, QueryPathSegment, Value,
    parser::types::{DocumentOperations, ExecutableDocument, Field, Selection, SelectionSet},
};

use bytes::Bytes;

use super::plan::{Fragments, Plan};
use crate::graphql::{
    connection::LOOKED_FOR,
    limits::{ROOT, Table, sets},
};

/// A walk of a document: where it begins, and what is selected there of an object of a type.
#[derive(Debug)]
pub(super) struct Begun {
    /// The keys on the way there.
    path: Vec<Name>,
    on: &'static str,
    plan: Plan,
    /// How many bytes were written last.
    wrote: AtomicUsize,
}

impl Begun {
    pub fn new(path: &[&str], on: &'static str, plan: Plan) -> Self {
        Self { path: path.iter().map(Name::new).collect(), on, plan, wrote: AtomicUsize::new(0) }
    }

    /// How much room its text may take: a bit more than the last time.
    pub fn room(&self) -> usize {
        self.wrote.load(Ordering::Relaxed) / 8 * 9
    }

    pub fn wrote(&self, bytes: usize) {
        self.wrote.store(bytes, Ordering::Relaxed);
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    fn is_at(&self, node: &QueryPathNode<'_>) -> bool {
        let mut keys = self.path.iter().rev();
        let mut node = Some(node);
        while let Some(here) = node {
            if let QueryPathSegment::Name(key) = here.segment
                && keys.next().is_none_or(|known| known.as_str() != key)
            {
                return false;
            }
            node = here.parent;
        }
        keys.next().is_none()
    }
}

/// The trunk of a document, with the walks that begin on it.
#[derive(Debug)]
pub(in crate::graphql) struct Trunk {
    pub document: ExecutableDocument,
    walks: Vec<Arc<Begun>>,
    /// Those of them below which it has nothing.
    cut: Vec<Arc<Begun>>,
    /// The one that is all that is answered, and how such an answer begins.
    only: Option<(Arc<Begun>, Box<str>)>,
}

/// What stands before the data in an answer, and behind its only field and them.
const DATA: &str = "{\"data\":";
const END: &str = "}}";

impl Trunk {
    /// `None` where a document has no operation.
    fn of(document: &ExecutableDocument, walks: Vec<Arc<Begun>>) -> Option<Self> {
        let (mut document, mut cut_off) = (document.clone(), Vec::new());
        let operation = match &mut document.operations {
            DocumentOperations::Single(operation) => operation,
            DocumentOperations::Multiple(operations) => operations.values_mut().next()?,
        };
        for walk in &walks {
            // What a fragment has stands elsewhere, too: it is left as it is, and walked all the same.
            if cut(&mut operation.node.selection_set.node, ROOT, &walk.path, walk) {
                cut_off.push(walk.clone());
            }
        }
        let mut spread = HashSet::new();
        spreads(&operation.node.selection_set.node, &document.fragments, &mut spread);
        let only = only(&operation.node.selection_set.node, &cut_off);
        document.fragments.retain(|name, _| spread.contains(name));
        Some(Self { document, walks, cut: cut_off, only })
    }
}

/// The walk that begins at the only field of the root.
fn only(root: &SelectionSet, cut: &[Arc<Begun>]) -> Option<(Arc<Begun>, Box<str>)> {
    let [Positioned { node: Selection::Field(field), .. }] = root.items.as_slice() else { return None };
    let key = &field.node.response_key().node;
    let walk = cut.iter().find(|walk| walk.path == [key.clone()])?;
    Some((walk.clone(), format!("{DATA}{{\"{key}\":").into()))
}

fn has_conditions(set: &SelectionSet) -> bool {
    set.items.iter().any(|selection| {
        let below = match &selection.node {
            Selection::Field(field) => Some(&field.node.selection_set.node),
            Selection::InlineFragment(inline) => Some(&inline.node.selection_set.node),
            Selection::FragmentSpread(_) => None,
        };
        !selection.node.directives().is_empty() || below.is_some_and(has_conditions)
    })
}

/// Leaves of what lies below a path nothing but what its resolver looks for; `false` where another type can be there, too, or a
/// fragment is on the way.
fn cut(set: &mut SelectionSet, on: &str, path: &[Name], walk: &Begun) -> bool {
    let Some((key, rest)) = path.split_first() else { return false };
    for selection in &mut set.items {
        let Selection::Field(field) = &mut selection.node else { continue };
        if field.node.response_key().node != *key {
            continue;
        }
        let known = Table::published().get(on).and_then(|on| on.field(&field.node.name.node));
        let Some(target) = known.map(|known| known.target()) else { return false };
        if !rest.is_empty() {
            return cut(&mut field.node.selection_set.node, target, rest, walk);
        }
        if target == walk.on {
            let fields = Table::published().get(target);
            let below =
                |name| fields.and_then(|on| on.field(name)).is_some_and(|it| is_composite(it.target()));
            let looked_for = LOOKED_FOR.into_iter().filter(|name| walk.plan.asks_for(name));
            let left = looked_for.map(|name| selected(name, field.pos, below(name)));
            field.node.selection_set.node.items = left.chain([selected(TYPE, field.pos, false)]).collect();
        }
        return target == walk.on;
    }
    false
}

/// What every object can be asked.
const TYPE: &str = "__typename";

fn is_composite(name: &str) -> bool {
    Table::published().get(name).is_some()
}

/// A field without arguments, and as little as may be below it.
fn selected(name: &str, pos: Pos, has_below: bool) -> Positioned<Selection> {
    let items = if has_below { vec![selected(TYPE, pos, false)] } else { Vec::new() };
    let field = Field {
        alias: None,
        name: Positioned::new(Name::new(name), pos),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet { items }, pos),
    };
    Positioned::new(Selection::Field(Positioned::new(field, pos)), pos)
}

/// The fragments that a selection set spreads, and those that these spread.
fn spreads(set: &SelectionSet, fragments: &Fragments, found: &mut HashSet<Name>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => spreads(&field.node.selection_set.node, fragments, found),
            Selection::InlineFragment(inline) => spreads(&inline.node.selection_set.node, fragments, found),
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                if found.insert(name.clone())
                    && let Some(fragment) = fragments.get(name)
                {
                    spreads(&fragment.node.selection_set.node, fragments, found);
                }
            }
        }
    }
}

/// A document's trunk, once something of it was walked; `None` where it can have none.
#[derive(Debug)]
pub(in crate::graphql) struct Grown(Option<RwLock<Option<Arc<Trunk>>>>);

impl Grown {
    /// Of a document of which nothing was walked yet. With several operations, or conditions, what is selected is not always
    /// the same.
    pub fn new(document: &ExecutableDocument) -> Self {
        let fit = document.operations.iter().count() == 1 && !sets(document).any(has_conditions);
        Self(fit.then(RwLock::default))
    }

    pub fn get(&self) -> Option<Arc<Trunk>> {
        self.0.as_ref()?.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes up the walks of a document that were not known when it was executed.
    pub fn add(&self, document: &ExecutableDocument, walks: &Walks) {
        let Some(trunk) = &self.0 else { return };
        let begun = std::mem::take(&mut *walks.begun.lock().unwrap_or_else(PoisonError::into_inner));
        if begun.is_empty() {
            return;
        }
        let mut grown = trunk.write().unwrap_or_else(PoisonError::into_inner);
        let mut all = grown.as_ref().map(|trunk| trunk.walks.clone()).unwrap_or_default();
        for new in begun {
            if !all.iter().any(|known| (&known.path, known.on) == (&new.path, new.on)) {
                all.push(new);
            }
        }
        *grown = Trunk::of(document, all).map(Arc::new);
    }
}

/// Whoever answers a request with this writes the answer with [`super::write`].
#[derive(Debug, Default)]
pub(in crate::graphql) struct Walks {
    /// What is executed; `None`: the document itself.
    trunk: Option<Arc<Trunk>>,
    /// Those that are not known of it.
    begun: Mutex<Vec<Arc<Begun>>>,
    missed: AtomicBool,
    /// Whether what was written is the whole answer.
    whole: AtomicBool,
}

impl Walks {
    /// Along a trunk.
    pub fn along(trunk: Arc<Trunk>) -> Self {
        Self { trunk: Some(trunk), ..Self::default() }
    }

    /// Whether something could not be walked that the trunk does not have: then the document itself has to be executed.
    pub fn have_missed(&self) -> bool {
        self.missed.load(Ordering::Relaxed)
    }

    /// What is here could not be walked; whether the trunk has nothing below it either.
    pub(super) fn miss(&self, node: Option<&QueryPathNode<'_>>) -> bool {
        let here = |walk: &Arc<Begun>| node.is_some_and(|node| walk.is_at(node));
        let missed = self.trunk.as_ref().is_some_and(|trunk| trunk.cut.iter().any(here));
        self.missed.fetch_or(missed, Ordering::Relaxed);
        missed
    }

    /// The walk that begins here, if it did so before.
    pub(super) fn known(&self, on: &str, node: &QueryPathNode<'_>) -> Option<Arc<Begun>> {
        let at = |walk: &&Arc<Begun>| walk.on == on && walk.is_at(node);
        let of_trunk = self.trunk.as_ref().and_then(|trunk| trunk.walks.iter().find(at).cloned());
        of_trunk
            .or_else(|| self.begun.lock().unwrap_or_else(PoisonError::into_inner).iter().find(at).cloned())
    }

    /// How the text of a walk begins that is written as the whole answer; `None` for a part of one.
    pub(super) fn frame(&self, begun: &Arc<Begun>, node: &QueryPathNode<'_>) -> Option<&str> {
        let (only, begin) = self.trunk.as_ref()?.only.as_ref()?;
        // An element of a list is not all of it.
        let fits = Arc::ptr_eq(only, begun) && matches!(node.segment, QueryPathSegment::Name(_));
        fits.then_some(begin)
    }

    /// Ends the text of such a walk.
    pub(super) fn end(&self, text: &mut Vec<u8>) {
        text.extend_from_slice(END.as_bytes());
        self.whole.store(true, Ordering::Relaxed);
    }

    /// The whole answer as it is sent, where a walk has written that; the data are a part of it then.
    pub fn whole(&self, data: &mut Value) -> Option<Bytes> {
        if !self.whole.load(Ordering::Relaxed) {
            return None;
        }
        let Value::Object(members) = data else { return None };
        let Some(Value::Binary(body)) = members.pop().map(|(_, only)| only) else { return None };
        *data = Value::Binary(body.slice(DATA.len()..body.len() - 1));
        Some(body)
    }

    /// Remembers a walk.
    pub(super) fn begin(&self, begun: Begun) -> Arc<Begun> {
        let begun = Arc::new(begun);
        self.begun.lock().unwrap_or_else(PoisonError::into_inner).push(begun.clone());
        begun
    }
}
