//! Opened keys, for minutes.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crypto::Key;
use kernel::{Clock, KeyId, Timestamp};

/// A key stays at least this long after its last use, and at most twice as long.
const GENERATION: Duration = Duration::from_secs(150);
/// At most twice this many keys are kept.
const CAPACITY: usize = 32_768;

/// Two generations of keys: what is used moves to the young one, the old one is dropped as a whole.
pub(crate) struct Cache {
    clock: Arc<dyn Clock>,
    inner: Mutex<Generations>,
}

struct Generations {
    young: HashMap<KeyId, Arc<Key>>,
    old: HashMap<KeyId, Arc<Key>>,
    /// Keys that were destroyed. Whoever found one a moment before must not bring it back.
    gone: HashSet<KeyId>,
    since: Timestamp,
}

impl Cache {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let since = clock.now();
        let (young, old, gone) = (HashMap::new(), HashMap::new(), HashSet::new());
        Self { clock, inner: Mutex::new(Generations { young, old, gone, since }) }
    }

    pub(crate) fn get(&self, id: KeyId) -> Option<Arc<Key>> {
        let now = self.clock.now();
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.turn(now);
        if let Some(key) = inner.young.get(&id) {
            return Some(Arc::clone(key));
        }
        let key = inner.old.remove(&id)?;
        inner.young.insert(id, Arc::clone(&key));
        Some(key)
    }

    pub(crate) fn put(&self, id: KeyId, key: Arc<Key>) {
        let now = self.clock.now();
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.turn(now);
        if !inner.gone.contains(&id) {
            inner.young.insert(id, key);
        }
    }

    /// Forgets a key for good; false if that was done before.
    pub(crate) fn forget(&self, id: KeyId) -> bool {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.young.remove(&id);
        inner.old.remove(&id);
        inner.gone.insert(id)
    }

    /// Drops what nobody used for long: while nothing is asked, nothing else does.
    pub(crate) fn age(&self) {
        let now = self.clock.now();
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).turn(now);
    }
}

impl Generations {
    fn turn(&mut self, now: Timestamp) {
        if self.young.len() < CAPACITY && now.since(self.since) < GENERATION {
            return;
        }
        // Idle for two generations: nothing in either was used lately.
        if now.since(self.since) >= GENERATION * 2 {
            self.young.clear();
        }
        self.old = std::mem::take(&mut self.young);
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{FixedClock, SeededChance};

    /// Fails when: a key that was destroyed comes back by whoever read it just before.
    #[test]
    fn a_destroyed_key_does_not_come_back() {
        let clock = Arc::new(FixedClock::at(Timestamp::from_micros(0)));
        let cache = Cache::new(clock.clone());
        let chance = SeededChance::new(1);
        let id = KeyId::new(clock.now(), &chance);
        let found = Arc::new(Key::generate(&chance));
        cache.put(id, Arc::clone(&found));
        cache.forget(id);
        cache.put(id, found);
        assert!(cache.get(id).is_none());
    }

    /// Fails when: keys stay in the memory of a program of which nothing is asked.
    #[test]
    fn a_key_goes_when_nothing_is_asked() {
        let clock = Arc::new(FixedClock::at(Timestamp::from_micros(0)));
        let cache = Cache::new(clock.clone());
        let chance = SeededChance::new(1);
        let key = Arc::new(Key::generate(&chance));
        cache.put(KeyId::new(clock.now(), &chance), Arc::clone(&key));
        for kept in [2, 2, 1] {
            assert_eq!(Arc::strong_count(&key), kept);
            clock.advance(GENERATION);
            cache.age();
        }
    }

    #[test]
    fn a_key_goes_when_nobody_uses_it() {
        let clock = Arc::new(FixedClock::at(Timestamp::from_micros(0)));
        let cache = Cache::new(clock.clone());
        let chance = SeededChance::new(1);
        let (used, idle) = (KeyId::new(clock.now(), &chance), KeyId::new(clock.now(), &chance));
        for id in [used, idle] {
            cache.put(id, Arc::new(Key::generate(&chance)));
        }
        for _ in 0..4 {
            clock.advance(GENERATION);
            assert!(cache.get(used).is_some());
        }
        assert!(cache.get(idle).is_none());
        clock.advance(GENERATION * 3);
        assert!(cache.get(used).is_none());
    }
}
