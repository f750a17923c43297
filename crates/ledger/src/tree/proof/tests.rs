use proptest::prelude::*;

use super::super::{leaf_hash, vectors};
use super::*;

fn forest(size: usize) -> Vec<Hash> {
    (0..size).map(|at| leaf_hash(&at.to_be_bytes())).collect()
}

/// Does one kind of damage to a proof; returns nothing when that kind does not apply.
fn damage(path: &[Hash], kind: usize, spot: usize) -> Option<Vec<Hash>> {
    let mut path = path.to_vec();
    match kind {
        0 if !path.is_empty() => {
            let at = spot % path.len();
            path[at][spot % 32] ^= 1 << (spot % 8);
        }
        1 if !path.is_empty() => {
            path.remove(spot % path.len());
        }
        2 => path.insert(spot % (path.len() + 1), [7; 32]),
        3 if path.len() > 1 => path.rotate_left(1),
        _ => return None,
    }
    Some(path)
}

#[test]
fn the_empty_root_is_the_hash_of_nothing() {
    assert_eq!(EMPTY_ROOT, crypto::sha256(b""));
    assert_eq!(root(&[]), EMPTY_ROOT);
}

#[test]
fn the_proofs_are_those_of_rfc_6962() {
    // RFC 6962 §2.1.3 names the proofs of a tree of seven leaves by its letters: a..d, f, j are lower nodes,
    // g = (a, b), h = (c, d), i = (e, f'), k = (g, h), l = (i, j).
    let leaves = &vectors::leaves()[..7];
    let pair = |at: usize| node_hash(&leaves[at], &leaves[at + 1]);
    let (g, h, i, j) = (pair(0), pair(2), pair(4), leaves[6]);
    let (k, l) = (node_hash(&g, &h), node_hash(&i, &j));
    assert_eq!(inclusion_proof(leaves, 0), Ok(vec![leaves[1], h, l]));
    assert_eq!(inclusion_proof(leaves, 3), Ok(vec![leaves[2], g, l]));
    assert_eq!(inclusion_proof(leaves, 4), Ok(vec![leaves[5], j, k]));
    assert_eq!(inclusion_proof(leaves, 6), Ok(vec![i, k]));
    assert_eq!(consistency_proof(leaves, 3), Ok(vec![leaves[2], leaves[3], g, l]));
    assert_eq!(consistency_proof(leaves, 4), Ok(vec![l]));
    assert_eq!(consistency_proof(leaves, 6), Ok(vec![i, j, k]));
}

#[test]
fn every_proof_of_the_reference_tree_verifies_against_its_roots() {
    let (leaves, roots) = (vectors::leaves(), vectors::roots());
    for size in 1..=leaves.len() {
        let tree = &leaves[..size];
        for (at, leaf) in tree.iter().enumerate() {
            let path = inclusion_proof(tree, at as u64).unwrap();
            assert!(verify_inclusion(leaf, at as u64, size as u64, &roots[size], &path), "{at} of {size}");
        }
        for old in 0..=size {
            let path = consistency_proof(tree, old as u64).unwrap();
            assert!(
                verify_consistency((old as u64, &roots[old]), (size as u64, &roots[size]), &path),
                "{old} to {size}"
            );
        }
    }
}

#[test]
fn there_is_no_proof_outside_the_tree() {
    let leaves = forest(3);
    assert_eq!(inclusion_proof(&leaves, 3), Err(LedgerFault::OutsideTree));
    assert_eq!(inclusion_proof(&[], 0), Err(LedgerFault::OutsideTree));
    assert_eq!(consistency_proof(&leaves, 4), Err(LedgerFault::OutsideTree));
    assert!(!verify_inclusion(&leaves[0], 0, 0, &EMPTY_ROOT, &[]));
    assert!(!verify_consistency((4, &root(&leaves)), (3, &root(&leaves)), &[]));
    assert!(!verify_consistency((3, &root(&leaves)), (5, &root(&leaves)), &[]));
}

proptest! {
    #[test]
    fn an_inclusion_proof_verifies_and_a_tampered_one_does_not(
        size in 1_usize..200, at in any::<prop::sample::Index>(), other in any::<prop::sample::Index>(),
        kind in 0_usize..4, spot: usize,
    ) {
        let leaves = forest(size);
        let (at, other) = (at.index(size), other.index(size));
        let (whole, size, position) = (root(&leaves), size as u64, at as u64);
        let path = inclusion_proof(&leaves, position).unwrap();
        prop_assert!(verify_inclusion(&leaves[at], position, size, &whole, &path));
        if at != other {
            prop_assert!(!verify_inclusion(&leaves[other], position, size, &whole, &path));
            prop_assert!(!verify_inclusion(&leaves[at], other as u64, size, &whole, &path));
        }
        prop_assert!(!verify_inclusion(&leaves[at], position, size, &[9; 32], &path));
        if let Some(path) = damage(&path, kind, spot) {
            prop_assert!(!verify_inclusion(&leaves[at], position, size, &whole, &path));
        }
    }

    #[test]
    fn a_consistency_proof_verifies_and_a_tampered_one_does_not(
        size in 1_usize..200, old in any::<prop::sample::Index>(), kind in 0_usize..4, spot: usize,
    ) {
        let leaves = forest(size);
        let old = old.index(size + 1);
        let path = consistency_proof(&leaves, old as u64).unwrap();
        let (before, after) = (root(&leaves[..old]), root(&leaves));
        let (old, new) = (old as u64, size as u64);
        prop_assert!(verify_consistency((old, &before), (new, &after), &path));
        prop_assert!(!verify_consistency((old, &[9; 32]), (new, &after), &path));
        if old > 0 {
            prop_assert!(!verify_consistency((old, &before), (new, &[9; 32]), &path));
        }
        if let Some(path) = damage(&path, kind, spot) {
            prop_assert!(!verify_consistency((old, &before), (new, &after), &path));
        }
    }

    #[test]
    fn hostile_proofs_never_panic(position: u64, size: u64, old: u64, path in prop::collection::vec(any::<Hash>(), 0..80)) {
        prop_assert!(!verify_inclusion(&[1; 32], position, size, &[2; 32], &path));
        prop_assert!(!verify_consistency((old, &[1; 32]), (size, &[2; 32]), &path));
    }
}
