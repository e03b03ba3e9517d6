//! The Merkle tree of RFC 6962, section 2.1: over the events of the log and over the entries of a version.

use super::digest::Digest;

/// The hash of one leaf: SHA-256 of `0x00` and its bytes.
pub fn leaf_hash(bytes: &[u8]) -> Digest {
    Digest::of_parts(&[&[0], bytes])
}

/// The hash of an inner node: SHA-256 of `0x01` and its two children.
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Digest::of_parts(&[&[1], left.as_bytes(), right.as_bytes()])
}

/// The tree hash over leaf hashes in order.
pub fn root(leaves: impl IntoIterator<Item = Digest>) -> Digest {
    let mut frontier = Frontier::default();
    leaves.into_iter().for_each(|leaf| frontier.push(leaf));
    frontier.root()
}

/// The right edge of a growing tree: the roots of its perfect subtrees, largest first.
///
/// It is all that appending needs; a log of n events keeps at most 64 of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Digest>,
}

impl Frontier {
    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf. Each trailing one bit of the old size is a perfect subtree that the leaf completes.
    pub fn push(&mut self, leaf: Digest) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The tree hash; of the empty tree the SHA-256 of nothing.
    pub fn root(&self) -> Digest {
        let mut peaks = self.peaks.iter().rev().copied();
        let Some(last) = peaks.next() else { return Digest::of(b"") };
        peaks.fold(last, |right, left| node_hash(&left, &right))
    }

    /// The tree hash over the last `leaves` leaves and one more that is no part of the tree yet, if any; `None` where
    /// the last peaks do not stand for just so many leaves.
    pub fn root_of_last(&self, leaves: u64, further: Option<Digest>) -> Option<Digest> {
        let (mut left, mut hash) = (leaves, further);
        let mut sizes = self.size;
        for peak in self.peaks.iter().rev() {
            if left == 0 {
                break;
            }
            // The lowest bit that is set is the size of the last peak.
            let size = sizes & sizes.wrapping_neg();
            left = left.checked_sub(size)?;
            sizes -= size;
            hash = Some(hash.map_or(*peak, |right| node_hash(peak, &right)));
        }
        hash.filter(|_| left == 0)
    }

    /// The peaks as bytes, for a row of the store.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.peaks.iter().flat_map(|peak| *peak.as_bytes()).collect()
    }

    /// Reads what [`Frontier::to_bytes`] wrote; `None` when the number of peaks does not fit the size.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let peaks: Vec<Digest> = bytes.chunks(32).map(Digest::from_bytes).collect::<Option<_>>()?;
        (peaks.len() == size.count_ones() as usize).then_some(Self { size, peaks })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree as RFC 6962 defines it, split at the largest power of two below n.
    fn defined(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => Digest::of(b""),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                node_hash(&defined(left), &defined(right))
            }
        }
    }

    #[test]
    fn frontier_gives_the_tree_of_the_definition_at_every_size() {
        let leaves: Vec<Digest> = (0u8..130).map(|i| leaf_hash(&[i])).collect();
        for size in 0..=leaves.len() {
            assert_eq!(root(leaves[..size].iter().copied()), defined(&leaves[..size]), "size {size}");
        }
    }

    #[test]
    fn frontier_survives_its_bytes() {
        let mut frontier = Frontier::default();
        for i in 0u8..40 {
            frontier.push(leaf_hash(&[i]));
            let again = Frontier::from_bytes(frontier.size(), &frontier.to_bytes());
            assert_eq!(again.as_ref(), Some(&frontier));
            assert!(Frontier::from_bytes(frontier.size() + 64, &frontier.to_bytes()).is_none());
        }
    }
}
