//! Paths through a Merkle tree, RFC 6962, sections 2.1.1 and 2.1.2: that a leaf is in a tree (inclusion), that one
//! tree is the beginning of another (consistency).
//!
//! A proof is made in two steps, so that whoever holds the tree is asked once: [`inclusion`] and [`consistency`] say
//! which runs of leaves are wanted, and the hash of each run comes from the leaves ([`super::merkle::root`]) or from
//! what the log keeps of its tree ([`rows_of`], [`hash_of`]). Checking follows RFC 9162, sections 2.1.3.2 and 2.1.4.2.

use std::ops::Range;

use super::{
    digest::Digest,
    merkle::{Frontier, node_hash},
};

/// The runs of leaves whose hashes, in this order, prove that leaf `index` is in the tree of `size` leaves; `None`
/// where it is not.
pub fn inclusion(index: u64, size: u64) -> Option<Vec<Range<u64>>> {
    if index >= size {
        return None;
    }
    let (mut begin, mut end, mut path) = (0, size, Vec::new());
    while end - begin > 1 {
        let split = begin + split(end - begin);
        if index < split {
            path.push(split..end);
            end = split;
        } else {
            path.push(begin..split);
            begin = split;
        }
    }
    path.reverse();
    Some(path)
}

/// The runs of leaves whose hashes, in this order, prove that the tree of `from` leaves is the beginning of that of
/// `to`; `None` unless 0 < `from` <= `to`. The empty tree is the beginning of every tree, which proves nothing.
pub fn consistency(from: u64, to: u64) -> Option<Vec<Range<u64>>> {
    if from == 0 || from > to {
        return None;
    }
    let (mut begin, mut end, mut path) = (0, to, Vec::new());
    while from != end {
        let split = begin + split(end - begin);
        if from <= split {
            path.push(split..end);
            end = split;
        } else {
            path.push(begin..split);
            begin = split;
        }
    }
    // The old tree itself is known to whoever asks.
    if begin > 0 {
        path.push(begin..end);
    }
    path.reverse();
    Some(path)
}

/// The largest power of two below `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// What a log keeps of its tree at one size: the hash of its last leaf, and its right edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The hash of the last leaf.
    pub leaf: Digest,
    /// The roots of its perfect subtrees.
    pub frontier: Frontier,
}

/// The sizes at which the log's edge is needed to hash a run that [`inclusion`] or [`consistency`] asks for: one, or
/// two where the run is a right child. So a proof in a tree of n leaves takes at most 2 log n rows.
pub fn rows_of(run: &Range<u64>) -> impl Iterator<Item = u64> {
    let size = run.end - run.start;
    let right = size.is_power_of_two() && size > 1 && (run.start / size) % 2 == 1;
    [Some(run.end), right.then(|| run.end - 1)].into_iter().flatten()
}

/// The hash of a run, given the edges at the sizes that [`rows_of`] names; `None` where one is missing.
///
/// A left child is the last peak of the tree that ends with it, and so is the ragged end of the tree a fold of its
/// last peaks. A right child has been merged with its sibling by then; one leaf earlier its left halves still stand
/// as peaks, and the missing leaf completes them.
pub fn hash_of<'a>(run: &Range<u64>, edge: impl Fn(u64) -> Option<&'a Edge>) -> Option<Digest> {
    let size = run.end - run.start;
    let last = edge(run.end)?;
    if let Some(hash) = last.frontier.root_of_last(size, None) {
        return Some(hash);
    }
    if size == 1 {
        return Some(last.leaf);
    }
    edge(run.end - 1)?.frontier.root_of_last(size - 1, Some(last.leaf))
}

/// Whether the path proves that `leaf` is at `index` in the tree of `size` leaves with this root.
pub fn is_included(leaf: Digest, index: u64, size: u64, path: &[Digest], root: Digest) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if place % 2 == 1 || place == last {
            hash = node_hash(sibling, &hash);
            skip_to_right_child(&mut place, &mut last);
        } else {
            hash = node_hash(&hash, sibling);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    last == 0 && hash == root
}

/// Whether the path proves that the tree of `from` leaves and root `old` is the beginning of that of `to` and `new`.
pub fn is_consistent(from: u64, old: Digest, to: u64, new: Digest, path: &[Digest]) -> bool {
    if from == 0 || from > to {
        return false;
    }
    if from == to {
        return path.is_empty() && old == new;
    }
    // A whole left subtree is its own first step.
    let known = from.is_power_of_two().then_some(old);
    let mut steps = known.into_iter().chain(path.iter().copied());
    let Some(first) = steps.next().filter(|_| !path.is_empty()) else { return false };
    let ones = (from - 1).trailing_ones();
    let (mut place, mut last) = ((from - 1) >> ones, (to - 1) >> ones);
    let (mut before, mut after) = (first, first);
    for sibling in steps {
        if last == 0 {
            return false;
        }
        if place % 2 == 1 || place == last {
            before = node_hash(&sibling, &before);
            after = node_hash(&sibling, &after);
            skip_to_right_child(&mut place, &mut last);
        } else {
            after = node_hash(&after, &sibling);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    last == 0 && before == old && after == new
}

/// At the ragged edge a node stands for itself on several levels: up to the one where it has a left sibling.
fn skip_to_right_child(place: &mut u64, last: &mut u64) {
    while place.is_multiple_of(2) && *place != 0 {
        (*place, *last) = (*place >> 1, *last >> 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::merkle::{self, leaf_hash};

    const SIZE: u64 = 200;

    fn leaves() -> Vec<Digest> {
        (0..SIZE).map(|leaf| leaf_hash(&leaf.to_be_bytes())).collect()
    }

    fn edges(leaves: &[Digest]) -> Vec<Edge> {
        let mut frontier = Frontier::default();
        let edge = |leaf: &Digest| {
            frontier.push(*leaf);
            Edge { leaf: *leaf, frontier: frontier.clone() }
        };
        leaves.iter().map(edge).collect()
    }

    /// From the edges, of which only those that were announced can be seen.
    fn hashes(runs: &[Range<u64>], edges: &[Edge]) -> Vec<Digest> {
        let hash = |run: &Range<u64>| {
            let rows: Vec<u64> = rows_of(run).collect();
            let seen = |size: u64| rows.contains(&size).then(|| &edges[size as usize - 1]);
            hash_of(run, seen).expect("the announced rows suffice")
        };
        runs.iter().map(hash).collect()
    }

    #[test]
    fn every_leaf_of_every_size_is_proved_and_no_other_place_of_it() {
        let leaves = leaves();
        let edges = edges(&leaves);
        for size in 1..=SIZE {
            let root = edges[size as usize - 1].frontier.root();
            for index in 0..size {
                let runs = inclusion(index, size).expect("it is in the tree");
                assert!(runs.iter().flat_map(rows_of).count() as u32 <= 2 * (size.ilog2() + 1));
                let path = hashes(&runs, &edges);
                let leaves_of =
                    |run: &Range<u64>| leaves[run.start as usize..run.end as usize].iter().copied();
                assert!(
                    size > 70 || path == runs.iter().map(leaves_of).map(merkle::root).collect::<Vec<_>>()
                );
                let leaf = leaves[index as usize];
                assert!(is_included(leaf, index, size, &path, root), "{index} of {size}");
                assert!(!is_included(leaf, index ^ 1, size, &path, root), "{index} of {size}");
                assert!(!is_included(leaf_hash(b""), index, size, &path, root));
                assert!(!is_included(leaf, index, size, &[&path[..], &[leaf]].concat(), root));
            }
            assert_eq!(inclusion(size, size), None);
        }
    }

    #[test]
    fn every_pair_of_sizes_is_consistent_and_a_fork_is_not() {
        let leaves = leaves();
        let mut forked = leaves.clone();
        forked[3] = leaf_hash(b"another");
        let (edges, fork) = (edges(&leaves), self::edges(&forked));
        let roots: Vec<Digest> = edges.iter().map(|edge| edge.frontier.root()).collect();
        let forks: Vec<Digest> = fork.iter().map(|edge| edge.frontier.root()).collect();
        for from in 1..=SIZE {
            let old = roots[from as usize - 1];
            for to in from..=SIZE {
                let (new, other) = (roots[to as usize - 1], forks[to as usize - 1]);
                let runs = consistency(from, to).expect("from is before to");
                let path = hashes(&runs, &edges);
                assert!(is_consistent(from, old, to, new, &path), "{from} to {to}");
                assert!(!is_consistent(from, new, to, old, &path) || from == to);
                assert!(!is_consistent(from, old, to, new, &[&path[..], &[old]].concat()));
                assert!(path.is_empty() || !is_consistent(from, old, to, new, &path[1..]));
                for path in [path, hashes(&runs, &fork)] {
                    assert!(from < 4 || !is_consistent(from, old, to, other, &path), "{from} to {to}");
                }
            }
        }
        assert_eq!(consistency(0, 5), None);
        assert_eq!(consistency(6, 5), None);
    }
}
