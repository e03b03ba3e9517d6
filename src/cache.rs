//! What is kept in memory under a bound (缓存), and how maps in memory find their keys.

use std::{collections::HashMap, hash::Hash};

use foldhash::quality::RandomState;

/// How keys are hashed: seeded anew for each map, and in a few instructions where the standard library's takes hundreds
/// for the text of a question. It withstands less than that one does, so only what is bounded, or made of our own data,
/// is found by it: whoever made a cache's keys collide would slow down a lookup in it by no more than it holds.
pub(crate) type Hashing = RandomState;

/// A map in memory of our own data.
pub(crate) type Map<K, V> = HashMap<K, V, Hashing>;

/// Values by their keys, of which those asked for least make room for others.
pub(crate) type Cache<K, V> = moka::sync::Cache<K, V, Hashing>;

/// A cache of so many values.
pub(crate) fn counted<K, V>(most: u64) -> Cache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    moka::sync::Cache::builder().max_capacity(most).build_with_hasher(Hashing::default())
}

/// A cache of values that weigh so much together.
pub(crate) fn weighed<K, V>(most: u64, weight: impl Fn(&K, &V) -> u32 + Send + Sync + 'static) -> Cache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    moka::sync::Cache::builder().max_capacity(most).weigher(weight).build_with_hasher(Hashing::default())
}
