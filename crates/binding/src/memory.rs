//! Who was recognised within the last second, so that a page's dozen requests ask the database once.
//!
//! A second is the longest that a session ended by another process goes on; one ended by this process is forgotten when the
//! transaction that ended it has committed, and an answer that was read before then is not taken in any more.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::{Timestamp, UserId};

const FRESH: Duration = Duration::from_secs(1);
const MOST: usize = 16_384;

/// Values that are good for a second.
pub struct Memory<K, V>(Mutex<Inner<K, V>>);

struct Inner<K, V> {
    /// Counts how often something was forgotten.
    generation: u64,
    entries: HashMap<K, (Timestamp, UserId, Arc<V>)>,
}

/// The state of the memory before the database was asked.
#[derive(Clone, Copy)]
pub struct Before {
    generation: u64,
    at: Timestamp,
}

impl<K, V> Default for Memory<K, V> {
    fn default() -> Self {
        Self(Mutex::new(Inner { generation: 0, entries: HashMap::new() }))
    }
}

impl<K: Eq + Hash, V> Memory<K, V> {
    fn lock(&self) -> MutexGuard<'_, Inner<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what is remembered, or what to hand to [`put`](Self::put) after asking the database.
    pub fn get(&self, key: &K, now: Timestamp) -> Result<Arc<V>, Before> {
        let inner = self.lock();
        match inner.entries.get(key) {
            Some((at, _, value)) if fresh(*at, now) => Ok(Arc::clone(value)),
            _ => Err(Before { generation: inner.generation, at: now }),
        }
    }

    /// Remembers what the database said, unless something was forgotten since it was asked.
    pub fn put(&self, before: Before, key: K, user: UserId, value: Arc<V>) {
        let mut inner = self.lock();
        if inner.generation != before.generation {
            return;
        }
        if inner.entries.len() >= MOST {
            inner.entries.retain(|_, (at, _, _)| fresh(*at, before.at));
        }
        if inner.entries.len() < MOST {
            inner.entries.insert(key, (before.at, user, value));
        }
    }

    /// Forgets some.
    pub fn forget(&self, which: impl Fn(&K, UserId) -> bool) {
        let mut inner = self.lock();
        inner.generation += 1;
        inner.entries.retain(|key, (_, user, _)| !which(key, *user));
    }
}

/// A clock that was put back makes nothing fresh.
fn fresh(at: Timestamp, now: Timestamp) -> bool {
    at <= now && now.since(at) < FRESH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_good_for_a_second_and_not_after_a_forgetting() {
        let memory = Memory::<u8, u8>::default();
        let (one, other) =
            (UserId::from_uuid(kernel::Uuid::from_u128(1)), UserId::from_uuid(kernel::Uuid::from_u128(2)));
        let at = |millis: i64| Timestamp::from_micros(millis * 1_000);
        let ask = |key| memory.get(&key, at(5_000)).err().unwrap();
        memory.put(ask(7), 7, one, Arc::new(70));
        memory.put(ask(8), 8, other, Arc::new(80));
        assert_eq!(memory.get(&7, at(5_999)).ok().as_deref(), Some(&70));
        assert!(memory.get(&7, at(6_000)).is_err());
        assert!(memory.get(&7, at(4_999)).is_err());
        let asked_before = memory.get(&9, at(5_000)).err().unwrap();
        memory.forget(|_, user| user == one);
        assert!(memory.get(&7, at(5_001)).is_err());
        assert!(memory.get(&8, at(5_001)).is_ok());
        memory.put(asked_before, 9, one, Arc::new(90));
        assert!(memory.get(&9, at(5_001)).is_err());
    }
}
