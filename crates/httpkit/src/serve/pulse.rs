//! What one connection is doing, as the gate and its own watch see it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::limits::Limits;

/// What one connection is doing.
pub(crate) struct Pulse {
    born: Instant,
    /// When a byte moved last, in milliseconds since birth.
    moved: AtomicU64,
    /// Requests for which the client waits, not the server.
    working: AtomicI64,
    talk: Mutex<Talk>,
    evicted: Notify,
}

struct Talk {
    /// Requests in flight.
    open: usize,
    /// When the last of them ended.
    rested: Instant,
    /// Answers whose next piece the client has to take, and by when.
    stalls: HashMap<u64, Instant>,
    next: u64,
}

/// What the watch makes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It may stay.
    Well,
    /// It has asked for nothing for too long.
    Idle,
    /// The client does not take its answer.
    Stalled,
}

impl Pulse {
    pub(crate) fn new() -> Self {
        let born = Instant::now();
        let talk = Talk { open: 0, rested: born, stalls: HashMap::new(), next: 0 };
        Self {
            born,
            moved: AtomicU64::new(0),
            working: AtomicI64::new(0),
            talk: Mutex::new(talk),
            evicted: Notify::new(),
        }
    }

    fn talk(&self) -> MutexGuard<'_, Talk> {
        self.talk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a byte moved.
    pub(crate) fn moved(&self) {
        let millis = u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved.store(millis, Ordering::Relaxed);
    }

    /// Returns since when nothing moves, if it is the client that is waited for.
    pub(crate) fn silent_since(&self) -> Option<Instant> {
        let waits = self.working.load(Ordering::Relaxed) <= 0;
        waits.then(|| self.born + Duration::from_millis(self.moved.load(Ordering::Relaxed)))
    }

    /// Notes that the server begins (1) or ceases (-1) to be the one who is waited for.
    pub(crate) fn work(&self, change: i64) {
        self.working.fetch_add(change, Ordering::Relaxed);
    }

    /// Notes that a request came; returns its number.
    pub(crate) fn open(&self) -> u64 {
        let mut talk = self.talk();
        talk.open += 1;
        talk.next += 1;
        talk.next
    }

    /// Notes that a request ended.
    pub(crate) fn close(&self, number: u64) {
        let mut talk = self.talk();
        talk.stalls.remove(&number);
        talk.open = talk.open.saturating_sub(1);
        talk.rested = Instant::now();
    }

    /// Notes that the client has until `by` to take what it was given; nothing waits for it when `by` is none.
    pub(crate) fn expect(&self, number: u64, by: Option<Instant>) {
        let mut talk = self.talk();
        match by {
            Some(by) => talk.stalls.insert(number, by),
            None => talk.stalls.remove(&number),
        };
    }

    pub(crate) fn verdict(&self, limits: &Limits) -> Verdict {
        let (talk, now) = (self.talk(), Instant::now());
        if talk.stalls.values().any(|by| *by <= now) {
            Verdict::Stalled
        } else if talk.open == 0 && now.duration_since(talk.rested) >= limits.idle {
            Verdict::Idle
        } else {
            Verdict::Well
        }
    }

    /// Asks the connection to make place.
    pub(crate) fn evict(&self) {
        self.evicted.notify_one();
    }

    /// Waits until it is asked to make place.
    pub(crate) async fn evicted(&self) {
        self.evicted.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_idle_only_without_a_request() {
        let limits = Limits { idle: Duration::ZERO, ..Limits::default() };
        let pulse = Pulse::new();
        assert_eq!(pulse.verdict(&limits), Verdict::Idle);
        let number = pulse.open();
        assert_eq!(pulse.verdict(&limits), Verdict::Well);
        pulse.expect(number, Some(Instant::now()));
        assert_eq!(pulse.verdict(&limits), Verdict::Stalled);
        pulse.expect(number, None);
        assert_eq!(pulse.verdict(&limits), Verdict::Well);
        pulse.close(number);
        assert_eq!(pulse.verdict(&limits), Verdict::Idle);
    }

    #[test]
    fn who_waits_for_us_is_not_silent() {
        let pulse = Pulse::new();
        assert!(pulse.silent_since().is_some());
        pulse.work(1);
        assert!(pulse.silent_since().is_none());
    }
}
