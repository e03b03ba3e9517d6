//! Batch loaders: the misses of one request are loaded together. A key type a lookup.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_graphql::{
    Context, QueryPathSegment,
    dataloader::{DataLoader, Loader},
    parser::types::Selection,
};
use tokio::task::AbortHandle;

use super::at::View;
use crate::{
    catalogue::{
        content::Content,
        digest::Digest,
        element::ElementSchema,
        local::Local,
        reference::{Register, State},
        version::Version,
    },
    error::Error,
    store::{Held, Reader, Recorded, Shelf, Tree, WithTree, spawn_counted},
};

pub(super) type Loaders = DataLoader<Reader>;

/// So many fields at the root of a question are few.
const FEW: usize = 4;

/// Whether a field stands in no list, and the root of its question has few: then it reads at once what it lacks. Otherwise
/// others lack something beside it, which is read together, and to know of them takes until the next tick of the clock.
pub(super) fn stands_alone(ctx: &Context<'_>) -> bool {
    let roots = &ctx.query_env.operation.node.selection_set.node.items;
    let named = roots.iter().all(|root| matches!(root.node, Selection::Field(_)));
    let mut path = std::iter::successors(ctx.path_node.as_ref(), |node| node.parent);
    named && roots.len() <= FEW && path.all(|node| !matches!(node.segment, QueryPathSegment::Index(_)))
}

/// Loaders for one request, and what they are doing, which ends when it is dropped.
pub(super) fn new(reader: Reader) -> (Loaders, Running) {
    let running = Running::default();
    let tasks = running.0.clone();
    let spawn = move |task| {
        let handle = spawn_counted(task).abort_handle();
        let mut tasks = tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.retain(|task: &AbortHandle| !task.is_finished());
        tasks.push(handle);
    };
    // Whoever lacks something does so before the next tick of the clock, which is as long as anybody waits for others.
    (DataLoader::new(reader, spawn).delay(Duration::ZERO).max_batch_size(1000), running)
}

/// The batches that are being loaded for a request: nobody waits for them once it has been given up.
#[derive(Debug, Default)]
pub(super) struct Running(Arc<Mutex<Vec<AbortHandle>>>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(AbortHandle::abort);
    }
}

/// A key whose value may be in memory already: then nobody waits for a batch.
pub(super) trait Cached: Send + Sync + Hash + Eq + Clone + 'static {
    type Value: Send + Sync + Clone + 'static;

    fn cached(&self, reader: &Reader) -> Option<Self::Value>;
}

/// One value: from memory, else with the next batch.
pub(super) async fn one<K: Cached>(ctx: &Context<'_>, key: K) -> super::error::Result<Option<K::Value>>
where
    Reader: Loader<K, Value = K::Value, Error = Arc<Error>>,
{
    if let Some(value) = key.cached(ctx.data_unchecked::<Reader>()) {
        return Ok(Some(value));
    }
    Ok(ctx.data_unchecked::<Loaders>().load_one(key).await?)
}

/// Several values by key: from memory, the rest with the next batch.
pub(super) async fn many<K: Cached>(
    ctx: &Context<'_>,
    keys: impl Iterator<Item = K>,
) -> super::error::Result<HashMap<K, K::Value>>
where
    Reader: Loader<K, Value = K::Value, Error = Arc<Error>>,
{
    let (mut found, missing) = in_memory(ctx, keys);
    if !missing.is_empty() {
        found.extend(ctx.data_unchecked::<Loaders>().load_many(missing).await?);
    }
    Ok(found)
}

/// All values of their kind that a field needs for now: as [`many`], but read at once where it [`stands_alone`].
pub(super) async fn all<K: Cached>(
    ctx: &Context<'_>,
    keys: impl Iterator<Item = K>,
) -> super::error::Result<HashMap<K, K::Value>>
where
    Reader: Loader<K, Value = K::Value, Error = Arc<Error>>,
{
    let (mut found, missing) = in_memory(ctx, keys);
    if missing.is_empty() {
        return Ok(found);
    }
    // Put aside: nearly always nothing is missing, and what waits for it is small then.
    found.extend(if stands_alone(ctx) {
        Box::pin(Loader::load(ctx.data_unchecked::<Reader>(), &missing)).await?
    } else {
        Box::pin(ctx.data_unchecked::<Loaders>().load_many(missing)).await?
    });
    Ok(found)
}

/// What is in memory of several values, and what is not.
pub(super) fn in_memory<K: Cached>(
    ctx: &Context<'_>,
    keys: impl Iterator<Item = K>,
) -> (HashMap<K, K::Value>, Vec<K>) {
    let reader = ctx.data_unchecked::<Reader>();
    let (mut found, mut missing) = (HashMap::new(), Vec::new());
    for key in keys {
        match key.cached(reader) {
            Some(value) => drop(found.insert(key, value)),
            None => missing.push(key),
        }
    }
    (found, missing)
}

macro_rules! by_digest {
    ($key:ident, $value:ty, $load:ident, $cached:ident) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(super) struct $key(pub Digest);

        impl Cached for $key {
            type Value = Arc<$value>;

            fn cached(&self, reader: &Reader) -> Option<Self::Value> {
                reader.$cached(self.0)
            }
        }

        impl Loader<$key> for Reader {
            type Value = Arc<$value>;
            type Error = Arc<Error>;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, Self::Value>, Self::Error> {
                let digests: Vec<Digest> = keys.iter().map(|key| key.0).collect();
                let found = self.$load(&digests).await.map_err(Arc::new)?;
                Ok(found.into_iter().map(|(digest, value)| ($key(digest), value)).collect())
            }
        }
    };
}

by_digest!(HeaderKey, Version, headers, header);
by_digest!(TreeKey, Tree, trees, tree);
by_digest!(ContentKey, Content, contents, content);
by_digest!(LocalKey, Local, locals, local);
by_digest!(ElementKey, ElementSchema, elements, element);

/// A version, with its entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct WithTreeKey(pub Digest);

impl Cached for WithTreeKey {
    type Value = WithTree;

    fn cached(&self, reader: &Reader) -> Option<Self::Value> {
        Some((Some(reader.header(self.0)?), reader.tree(self.0)?))
    }
}

impl Loader<WithTreeKey> for Reader {
    type Value = WithTree;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[WithTreeKey]) -> Result<HashMap<WithTreeKey, WithTree>, Self::Error> {
        let digests: Vec<Digest> = keys.iter().map(|key| key.0).collect();
        let found = self.with_trees(&digests, None).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|(digest, version)| (WithTreeKey(digest), version)).collect())
    }
}

/// What the log says about the catalogues of a division.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ShelfKey(pub String);

impl Cached for ShelfKey {
    type Value = Arc<Shelf>;

    fn cached(&self, reader: &Reader) -> Option<Self::Value> {
        reader.shelf(&self.0)
    }
}

impl Loader<ShelfKey> for Reader {
    type Value = Arc<Shelf>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[ShelfKey]) -> Result<HashMap<ShelfKey, Self::Value>, Self::Error> {
        let divisions: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        let found = self.shelves(&divisions).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|(division, shelf)| (ShelfKey(division), shelf)).collect())
    }
}

macro_rules! by_register {
    ($(#[$doc:meta])* $key:ident, $value:ty, $load:ident, $cached:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub(super) struct $key(pub Register, pub String);

        impl Cached for $key {
            type Value = Arc<$value>;

            fn cached(&self, reader: &Reader) -> Option<Self::Value> {
                reader.$cached(self.0, &self.1)
            }
        }

        impl Loader<$key> for Reader {
            type Value = Arc<$value>;
            type Error = Arc<Error>;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, Self::Value>, Self::Error> {
                let mut asked: HashMap<Register, Vec<String>> = HashMap::new();
                for $key(register, key) in keys {
                    asked.entry(*register).or_default().push(key.clone());
                }
                let mut found = HashMap::with_capacity(keys.len());
                for (register, keys) in asked {
                    let loaded = self.$load(register, &keys).await.map_err(Arc::new)?;
                    found.extend(loaded.into_iter().map(|(key, value)| ($key(register, key), value)));
                }
                Ok(found)
            }
        }
    };
}

by_register!(
    /// A record of a register by its code.
    RecordKey,
    Recorded,
    recorded,
    record
);
by_register!(
    /// The codes of a register below a parent; the empty text stands for the whole register.
    ListedKey,
    [String],
    listed,
    list
);
by_register!(
    /// The codes of a register's records that had a name.
    NamedKey,
    [String],
    named,
    name
);

/// The numbers of the versions in which an item changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct HistoryKey(pub String);

impl Loader<HistoryKey> for Reader {
    type Value = Vec<u32>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[HistoryKey]) -> Result<HashMap<HistoryKey, Self::Value>, Self::Error> {
        let items: Vec<&str> = keys.iter().map(|key| key.0.as_str()).collect();
        let found = self.histories(&items).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|(item, numbers)| (HistoryKey(item), numbers)).collect())
    }
}

/// The state of a record under a view; `None` where it is not known.
pub(super) async fn state<S: State>(
    ctx: &Context<'_>,
    view: View,
    code: &str,
) -> super::error::Result<Option<Held<S>>> {
    let recorded = one(ctx, RecordKey(S::REGISTER, code.to_owned())).await?;
    Ok(recorded.map(|recorded| recorded.state(view.scope)).transpose()?.flatten())
}

/// The states of several records in the order of their codes as given; those not known are left out.
pub(super) async fn states<S: State>(
    ctx: &Context<'_>,
    view: View,
    codes: &[String],
) -> super::error::Result<Vec<Held<S>>> {
    let keys = codes.iter().map(|code| RecordKey(S::REGISTER, code.clone()));
    let recorded = many(ctx, keys).await?;
    let mut states = Vec::with_capacity(codes.len());
    for code in codes {
        let known = recorded.get(&RecordKey(S::REGISTER, code.clone()));
        if let Some(state) = known.map(|recorded| recorded.state(view.scope)).transpose()?.flatten() {
            states.push(state);
        }
    }
    Ok(states)
}

/// The codes of a register below `parent` that were recorded at the view's revision, in order.
pub(super) async fn known(
    ctx: &Context<'_>,
    view: View,
    register: Register,
    parent: Option<&str>,
) -> super::error::Result<Vec<String>> {
    let reader = ctx.data_unchecked::<Reader>();
    let key = ListedKey(register, parent.unwrap_or_default().to_owned());
    let codes = one(ctx, key).await?.unwrap_or_default();
    if view.scope.revision >= reader.revision() {
        return Ok(codes.to_vec());
    }
    let keys = codes.iter().map(|code| RecordKey(register, code.clone()));
    let recorded = many(ctx, keys).await?;
    let known = |code: &&String| {
        let key = RecordKey(register, (*code).clone());
        recorded.get(&key).is_some_and(|recorded| recorded.known_at(view.scope.revision))
    };
    Ok(codes.iter().filter(known).cloned().collect())
}
