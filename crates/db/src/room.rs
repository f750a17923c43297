//! Whether there is room on the disk, as the last write found out.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use kernel::Timestamp;

use crate::DbFault;

/// After this time it counts no more. Until then small writes that still fit prove nothing.
const AGAIN: Duration = Duration::from_secs(10);

/// When a write was lost for want of room, in microseconds; 0 if none was.
#[derive(Default)]
pub(crate) struct Room(AtomicI64);

impl Room {
    /// Takes note of how a commit went.
    pub(crate) fn note(&self, committed: &Result<(), DbFault>, now: Timestamp) {
        if matches!(committed, Err(DbFault::Full)) {
            self.0.store(now.micros(), Ordering::Relaxed);
        }
    }

    /// Tells whether a write was lost lately.
    pub(crate) fn is_full(&self, now: Timestamp) -> bool {
        let since = self.0.load(Ordering::Relaxed);
        since != 0 && now.since(Timestamp::from_micros(since)) < AGAIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_write_counts_for_a_while() {
        let (room, at) = (Room::default(), Timestamp::from_micros(5_000_000));
        assert!(!room.is_full(at));
        room.note(&Err(DbFault::Full), at);
        assert!(room.is_full(at) && room.is_full(at.plus(Duration::from_secs(9))));
        assert!(!room.is_full(at.plus(AGAIN)));
        let later = Room::default();
        later.note(&Err(DbFault::Stale), at);
        later.note(&Ok(()), at);
        assert!(!later.is_full(at));
    }
}
