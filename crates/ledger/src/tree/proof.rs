//! Proofs that a leaf is in a tree, and that one tree is the beginning of another.

use super::{Hash, node_hash, root};
use crate::LedgerFault;

/// Returns the proof that the leaf at `position` is in the tree over `leaves` (RFC 9162 §2.1.3.1), nearest node first.
///
/// # Errors
/// [`LedgerFault::OutsideTree`] if there is no such leaf.
pub fn inclusion_proof(leaves: &[Hash], position: u64) -> Result<Vec<Hash>, LedgerFault> {
    let mut at = usize::try_from(position).map_err(|_| LedgerFault::OutsideTree)?;
    if at >= leaves.len() {
        return Err(LedgerFault::OutsideTree);
    }
    let mut path = Vec::new();
    let mut part = leaves;
    while let Some((left, right)) = halves(part) {
        if at < left.len() {
            path.push(root(right));
            part = left;
        } else {
            path.push(root(left));
            at -= left.len();
            part = right;
        }
    }
    path.reverse();
    Ok(path)
}

/// Returns the proof that the tree over the first `size` leaves is the beginning of the one over `leaves`
/// (RFC 9162 §2.1.4.1). It is empty for a size of nothing and of all.
///
/// # Errors
/// [`LedgerFault::OutsideTree`] if there are not so many leaves.
pub fn consistency_proof(leaves: &[Hash], size: u64) -> Result<Vec<Hash>, LedgerFault> {
    let mut size = usize::try_from(size).map_err(|_| LedgerFault::OutsideTree)?;
    if size > leaves.len() {
        return Err(LedgerFault::OutsideTree);
    }
    let mut path = Vec::new();
    if size == 0 {
        return Ok(path);
    }
    let (mut part, mut whole) = (leaves, true);
    while size < part.len()
        && let Some((left, right)) = halves(part)
    {
        if size <= left.len() {
            path.push(root(right));
            part = left;
        } else {
            path.push(root(left));
            size -= left.len();
            part = right;
            whole = false;
        }
    }
    // The verifier knows the old root: it is sent only when the old tree is not one complete subtree.
    if !whole {
        path.push(root(part));
    }
    path.reverse();
    Ok(path)
}

/// Tells whether `path` proves that `leaf` stands at `position` in the tree of `size` leaves whose root is `root`
/// (RFC 9162 §2.1.3.2).
#[must_use]
pub fn verify_inclusion(leaf: &Hash, position: u64, size: u64, root: &Hash, path: &[Hash]) -> bool {
    if position >= size {
        return false;
    }
    let mut edge = Edge { node: position, last: size - 1 };
    let mut hash = *leaf;
    for sibling in path {
        if edge.last == 0 {
            return false;
        }
        hash = if edge.climb() { node_hash(sibling, &hash) } else { node_hash(&hash, sibling) };
    }
    edge.last == 0 && hash == *root
}

/// Tells whether `path` proves that the tree `old` (size and root) is the beginning of the tree `new`
/// (RFC 9162 §2.1.4.2). The empty tree is the beginning of every tree.
#[must_use]
pub fn verify_consistency(old: (u64, &Hash), new: (u64, &Hash), path: &[Hash]) -> bool {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size == 0 || old_size == new_size {
        let same = old_root == if old_size == 0 { &EMPTY_ROOT } else { new_root };
        return same && path.is_empty();
    }
    if old_size > new_size {
        return false;
    }
    let (first, rest) = if old_size.is_power_of_two() {
        (old_root, path)
    } else {
        match path.split_first() {
            Some(split) => split,
            None => return false,
        }
    };
    let mut edge = Edge { node: old_size - 1, last: new_size - 1 };
    edge.skip(edge.node.trailing_ones());
    let (mut before, mut after) = (*first, *first);
    for sibling in rest {
        if edge.last == 0 {
            return false;
        }
        if edge.climb() {
            before = node_hash(sibling, &before);
            after = node_hash(sibling, &after);
        } else {
            after = node_hash(&after, sibling);
        }
    }
    edge.last == 0 && before == *old_root && after == *new_root
}

/// The root of a tree without leaves: SHA-256 of nothing.
const EMPTY_ROOT: Hash = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41,
    0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

/// A node on its way up, and the last node of its level.
struct Edge {
    node: u64,
    last: u64,
}

impl Edge {
    /// Goes up `levels` levels.
    fn skip(&mut self, levels: u32) {
        self.node = self.node.checked_shr(levels).unwrap_or(0);
        self.last = self.last.checked_shr(levels).unwrap_or(0);
    }

    /// Goes past the next sibling; tells whether that sibling stands on the left.
    fn climb(&mut self) -> bool {
        let left = self.node & 1 == 1 || self.node == self.last;
        if left {
            // A last node without a right neighbour rises unchanged to the level where it is one.
            self.skip(self.node.trailing_zeros());
        }
        self.skip(1);
        left
    }
}

/// Splits a tree of two leaves or more at the largest power of two below its size.
fn halves(part: &[Hash]) -> Option<(&[Hash], &[Hash])> {
    let half = part.len().checked_next_power_of_two()? / 2;
    if half == 0 { None } else { part.split_at_checked(half) }
}

#[cfg(test)]
mod tests;
