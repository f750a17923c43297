//! Keys seen lately.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::time::Duration;

use kernel::Timestamp;

use crate::rank::{HIGH, LOW};
use crate::{Gap, SortKey};

/// What was not used for so long is wiped at the next use, as opened keys are.
const IDLE: Duration = Duration::from_mins(5);

/// Some ranks of an order and what lies there: a search begins between two of them. It is right as long as the order bears the
/// stamp it was filled under; a record that has left a rank may still be in it, since the order around that place is the same.
#[derive(Debug)]
pub struct Pivots {
    /// Each with whether it is known that nothing lies between it and the next one here, or the end: nobody has to look there.
    keys: BTreeMap<(SortKey, i64), bool>,
    most: usize,
    stamp: Option<i64>,
    used: Timestamp,
}

impl Pivots {
    /// Starts without any; it will hold so many at most, and more only while keys are placed.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { keys: BTreeMap::new(), most: most.max(2), stamp: None, used: Timestamp::from_micros(0) }
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

    /// Returns the ranks between which a key belongs, behind those that weigh the same, and whether nothing lies between them.
    pub(crate) fn around(&self, key: &SortKey) -> (Gap, bool) {
        let at = (key.clone(), i64::MAX);
        let below = self.keys.range((Bound::Unbounded, Bound::Included(&at))).next_back();
        let above = self.keys.range((Bound::Excluded(&at), Bound::Unbounded)).next();
        let gap = Gap { lo: below.map_or(LOW, |((_, rank), _)| *rank), hi: above.map_or(HIGH, |((_, rank), _)| *rank) };
        (gap, below.is_some_and(|(_, closed)| *closed))
    }

    /// Takes what lies at a rank.
    pub(crate) fn put(&mut self, key: SortKey, rank: i64) {
        self.keys.insert((key, rank), false);
    }

    /// Takes keys that fill a gap in which nothing else lies.
    pub(crate) fn fill(&mut self, gap: Gap, keys: impl Iterator<Item = (SortKey, i64)>) {
        for (nth, at) in keys.enumerate() {
            if nth == 0
                && let Some(((_, rank), closed)) = self.keys.range_mut(..&at).next_back()
            {
                *closed = *rank == gap.lo;
            }
            self.keys.insert(at, true);
        }
    }

    /// Forgets every eighth one if there are too many: between most of the others it stays known that nothing lies.
    pub(crate) fn thin(&mut self) {
        while self.keys.len() > self.most {
            let mut of_eight = (0..8).cycle();
            self.keys.retain(|_, closed| {
                let nth = of_eight.next();
                // The second goes, and the first has another one behind it then.
                *closed &= nth != Some(0);
                nth != Some(1)
            });
        }
    }

    /// Forgets the ranks of a window.
    pub(crate) fn forget(&mut self, (from, to): (i64, i64)) {
        let mut below: Option<&mut bool> = None;
        for ((_, rank), closed) in &mut self.keys {
            if *rank >= from {
                break;
            }
            below = Some(closed);
        }
        if let Some(closed) = below {
            *closed = false;
        }
        self.keys.retain(|(_, rank), _| *rank < from || *rank > to);
    }
}
