//! Keys seen lately.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::time::Duration;

use kernel::Timestamp;

use crate::SortKey;
use crate::rank::{HIGH, LOW};

/// What was not used for so long is wiped at the next use, as opened keys are.
const IDLE: Duration = Duration::from_mins(5);

/// Some ranks of an order and what lies there: a search begins between two of them. It is right as long as the order bears the
/// stamp it was filled under; a record that has left a rank may still be in it, since the order around that place is the same.
#[derive(Debug)]
pub struct Pivots {
    keys: BTreeSet<(SortKey, i64)>,
    most: usize,
    stamp: Option<i64>,
    used: Timestamp,
}

impl Pivots {
    /// Starts without any; it will hold so many at most.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { keys: BTreeSet::new(), most: most.max(2), stamp: None, used: Timestamp::from_micros(0) }
    }

    /// Keeps what it holds only if the order bears the stamp that it was left with, and not too long ago. From now on it belongs to
    /// the stamp `next`.
    pub fn turn(&mut self, former: i64, next: i64, now: Timestamp) {
        if self.stamp != Some(former) || now.since(self.used) >= IDLE {
            self.keys.clear();
        }
        self.stamp = Some(next);
        self.used = now;
    }

    /// Wipes everything.
    pub fn clear(&mut self) {
        self.keys.clear();
        self.stamp = None;
    }

    /// Returns how many it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Tells whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Returns the ranks between which a key belongs, behind those that weigh the same.
    pub(crate) fn around(&self, key: &SortKey) -> (i64, i64) {
        let at = (key.clone(), i64::MAX);
        let below = self.keys.range((Bound::Unbounded, Bound::Included(&at))).next_back();
        let above = self.keys.range((Bound::Excluded(&at), Bound::Unbounded)).next();
        (below.map_or(LOW, |(_, rank)| *rank), above.map_or(HIGH, |(_, rank)| *rank))
    }

    /// Takes what lies at a rank. When there are too many, every other one goes.
    pub(crate) fn put(&mut self, key: SortKey, rank: i64) {
        if self.keys.len() >= self.most {
            let mut stays = false;
            self.keys.retain(|_| {
                stays = !stays;
                stays
            });
        }
        self.keys.insert((key, rank));
    }

    /// Forgets the ranks of a window.
    pub(crate) fn forget(&mut self, (from, to): (i64, i64)) {
        self.keys.retain(|(_, rank)| *rank < from || *rank > to);
    }
}
