//! How pairs become groups.

use kernel::Uuid;

use crate::group::grouped;
use crate::store::Pair;
use crate::why::{Strength, Why};

fn pair(why: &Why, one: u128, other: u128) -> Pair {
    Pair::of(why, Uuid::from_u128(one), Uuid::from_u128(other)).unwrap()
}

fn told(pairs: &[Pair]) -> Vec<(Strength, Vec<u128>)> {
    let mut pairs = pairs.to_vec();
    pairs.sort();
    let sets = grouped(&pairs, &pairs);
    sets.iter().map(|set| (set.strength, set.ids.iter().map(|id| id.as_u128()).collect())).collect()
}

#[test]
fn everybody_of_one_address_is_one_group_that_stands_once() {
    let email = Why::Field("email".to_owned());
    let clique = [(1, 2), (1, 3), (2, 3), (3, 4), (1, 4), (2, 4)].map(|(one, other)| pair(&email, one, other));
    assert_eq!(told(&clique), [(Strength::Certain, vec![1, 2, 3, 4])]);
}

#[test]
fn a_pair_that_is_surer_by_something_else_is_not_told_twice() {
    let email = Why::Field("email".to_owned());
    let pairs =
        [pair(&email, 1, 2), pair(&Why::Colleague, 1, 2), pair(&Why::Spelling, 1, 2), pair(&Why::Spelling, 2, 3)];
    assert_eq!(told(&pairs), [(Strength::Certain, vec![1, 2]), (Strength::Possible, vec![2, 3])]);
}

#[test]
fn two_ends_that_only_share_a_middle_are_no_group() {
    let pairs = [pair(&Why::Spelling, 1, 2), pair(&Why::Spelling, 2, 3)];
    assert_eq!(told(&pairs), [(Strength::Possible, vec![1, 2]), (Strength::Possible, vec![2, 3])]);
}

#[test]
fn a_pair_is_the_same_whichever_comes_first() {
    let email = Why::Field("email".to_owned());
    assert_eq!(pair(&email, 2, 1), pair(&email, 1, 2));
    assert!(Pair::of(&email, Uuid::from_u128(1), Uuid::from_u128(1)).is_none());
}
