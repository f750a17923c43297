//! The right edge of the tree: all that is needed to append a leaf and to name the root.

use super::{Hash, node_hash};
use crate::LedgerFault;

const FORMAT: u8 = 1;

/// The size of a tree and the roots of its complete subtrees, largest first: one per set bit of the size.
///
/// Appending costs at most log2(size) hashes and two on average, so that a sequencer can keep it in one row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Starts an empty tree.
    #[must_use]
    pub const fn new() -> Self {
        Self { size: 0, peaks: Vec::new() }
    }

    /// Returns the number of leaves, which is also the position of the next one.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf and returns its position, counted from zero.
    pub fn append(&mut self, leaf: Hash) -> u64 {
        let position = self.size;
        let mut peak = leaf;
        for _ in 0..position.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                peak = node_hash(&left, &peak);
            }
        }
        self.peaks.push(peak);
        self.size = position.saturating_add(1);
        position
    }

    /// Returns the root of the tree; that of an empty one is the hash of nothing.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else {
            return crypto::sha256(b"");
        };
        peaks.fold(*last, |right, left| node_hash(left, &right))
    }

    /// Returns the bytes to store: format, size, peaks; at most 2,057.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(9 + 32 * self.peaks.len());
        bytes.push(FORMAT);
        bytes.extend_from_slice(&self.size.to_be_bytes());
        bytes.extend(self.peaks.iter().flatten());
        bytes
    }

    /// Takes what [`Frontier::to_bytes`] stored.
    ///
    /// # Errors
    /// [`LedgerFault::FormatUnknown`] or [`LedgerFault::FrontierDamaged`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LedgerFault> {
        let (&format, rest) = bytes.split_first().ok_or(LedgerFault::FrontierDamaged)?;
        if format != FORMAT {
            return Err(LedgerFault::FormatUnknown(format));
        }
        let (size, rest) = rest.split_first_chunk().ok_or(LedgerFault::FrontierDamaged)?;
        let size = u64::from_be_bytes(*size);
        let (peaks, spare) = rest.as_chunks::<32>();
        if !spare.is_empty() || peaks.len() != size.count_ones() as usize {
            return Err(LedgerFault::FrontierDamaged);
        }
        Ok(Self { size, peaks: peaks.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::vectors;
    use super::*;

    #[test]
    fn the_roots_are_those_of_certificate_transparency() {
        let mut frontier = Frontier::new();
        let roots = vectors::roots();
        assert_eq!(frontier.root(), roots[0]);
        for (at, leaf) in vectors::leaves().into_iter().enumerate() {
            assert_eq!(frontier.append(leaf), at as u64);
            assert_eq!(frontier.root(), roots[at + 1], "size {}", at + 1);
        }
    }

    #[test]
    fn a_damaged_frontier_is_refused() {
        let mut frontier = Frontier::new();
        for leaf in vectors::leaves().into_iter().take(7) {
            frontier.append(leaf);
        }
        let bytes = frontier.to_bytes();
        for len in 0..bytes.len() {
            assert!(Frontier::from_bytes(&bytes[..len]).is_err(), "{len} bytes");
        }
        let mut newer = bytes.clone();
        newer[0] = 9;
        assert_eq!(Frontier::from_bytes(&newer), Err(LedgerFault::FormatUnknown(9)));
        let mut smaller = bytes;
        smaller[8] = 3;
        assert_eq!(Frontier::from_bytes(&smaller), Err(LedgerFault::FrontierDamaged));
    }

    proptest! {
        #[test]
        fn a_stored_frontier_goes_on_where_it_stopped(leaves: Vec<Hash>, cut in 0_usize..64) {
            let mut whole = Frontier::new();
            let mut stored = Frontier::new();
            for (at, leaf) in leaves.iter().enumerate() {
                if at == cut {
                    stored = Frontier::from_bytes(&stored.to_bytes()).unwrap();
                }
                whole.append(*leaf);
                stored.append(*leaf);
            }
            prop_assert_eq!(whole.root(), stored.root());
            prop_assert_eq!(Frontier::from_bytes(&whole.to_bytes()), Ok(whole));
        }

        #[test]
        fn hostile_bytes_never_panic(bytes: Vec<u8>) {
            if let Ok(frontier) = Frontier::from_bytes(&bytes) {
                prop_assert_eq!(frontier.to_bytes(), bytes);
            }
        }
    }
}
