//! Tokens of the index, and the keys they are made with.
//!
//! Which key is in use stands beside the tokens, in the data; the keys themselves lie here. Each transaction asks for them once.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crypto::{Key, MacKey};
use db::{Blind, IndexKey, IndexKeyState, ReadTx};
use kernel::KeyId;

use crate::keys::{self, Purpose};
use crate::{Vault, VaultFault};

/// The label of the key that the index is made with.
pub(crate) const CURRENT: &str = "current";
/// The label of one that is to come.
const NEXT: &str = "next";

/// The keys of the index as a transaction found them.
#[derive(Clone)]
pub struct IndexKeys {
    current: Used,
    /// That of tokens that were not replaced yet.
    going: Option<Used>,
    changing: bool,
}

#[derive(Clone)]
struct Used {
    id: KeyId,
    key: Arc<MacKey>,
    /// There may be records without terms that are made today.
    fewer: bool,
}

/// The terms since which words of names are known with letters beside them, and tokens of whole values are shorter than those of words.
const PAIRED: i64 = 2;

impl Used {
    /// Returns the tokens of a whole value: where it may be known by a long one, that too.
    fn values(&self, scope: &str, value: &str) -> [Option<u64>; 2] {
        let long = self.fewer.then(|| self.key.word_token(scope, value));
        [Some(self.key.value_token(scope, value)), long]
    }
}

impl IndexKeys {
    /// Returns how the index knows a normalised value: equal values of a field have equal tokens, and nothing else shows.
    #[must_use]
    pub fn blind(&self, field: &str, normal: &str) -> Blind {
        let former = self.going.as_ref().map(|going| going.key.blind(field, normal));
        Blind { token: self.current.key.blind(field, normal), former }
    }

    /// Returns the token of a word that is written.
    #[must_use]
    pub fn word(&self, scope: &str, word: &str) -> u64 {
        self.current.key.word_token(scope, word)
    }

    /// Returns the tokens of a word that is asked for.
    #[must_use]
    pub fn words(&self, scope: &str, word: &str) -> Vec<u64> {
        self.used().map(|used| used.key.word_token(scope, word)).collect()
    }

    fn used(&self) -> impl Iterator<Item = &Used> {
        [Some(&self.current), self.going.as_ref()].into_iter().flatten()
    }

    /// Returns the token of a whole value that is written.
    #[must_use]
    pub fn value(&self, scope: &str, value: &str) -> u64 {
        self.current.key.value_token(scope, value)
    }

    /// Returns the tokens of a whole value that is asked for.
    #[must_use]
    pub fn values(&self, scope: &str, value: &str) -> Vec<u64> {
        self.used().flat_map(|used| used.values(scope, value)).flatten().collect()
    }

    /// Tells whether all names are known with the letters beside their words.
    #[must_use]
    pub const fn is_paired(&self) -> bool {
        !self.changing && !self.current.fewer
    }

    /// Tells whether the index is being made anew.
    #[must_use]
    pub const fn is_changing(&self) -> bool {
        self.changing
    }

    /// Tells whether tokens of one are tokens of the other.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let id = |keys: &Self| keys.going.as_ref().map(|going| going.id);
        self.current.id == other.current.id && id(self) == id(other)
    }
}

/// Opened keys of the index.
pub(crate) struct Opened(RwLock<HashMap<KeyId, Arc<MacKey>>>);

impl Opened {
    pub(crate) fn new() -> Self {
        Self(RwLock::default())
    }

    pub(crate) fn forget(&self, id: KeyId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    fn get(&self, id: KeyId) -> Option<Arc<MacKey>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&id).map(Arc::clone)
    }

    fn put(&self, id: KeyId, key: &Key) -> Arc<MacKey> {
        let key = Arc::new(MacKey::new(key));
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&key));
        key
    }
}

impl Vault {
    /// Returns the keys of the index, as they stay for this transaction.
    ///
    /// # Errors
    /// [`VaultFault::Keyring`] of either database; [`VaultFault::Destroyed`] if the keyring does not have the key.
    pub fn index_keys(&self, tx: &ReadTx<'_>) -> Result<IndexKeys, VaultFault> {
        let (mut current, mut going, mut changing) = (None, None, false);
        for key in tx.index_keys()? {
            match key.state {
                IndexKeyState::Current => current = Some(self.used(&key)?),
                IndexKeyState::Going => {
                    changing = true;
                    // Of one that is lost nothing can be asked.
                    going = match self.used(&key) {
                        Err(VaultFault::Destroyed) => None,
                        used => Some(used?),
                    };
                }
                IndexKeyState::Gone => {}
            }
        }
        Ok(IndexKeys { current: current.ok_or(VaultFault::Destroyed)?, going, changing })
    }

    fn used(&self, key: &IndexKey) -> Result<Used, VaultFault> {
        Ok(Used { id: key.id, key: self.index_key(key.id)?, fewer: key.terms < PAIRED })
    }

    fn index_key(&self, id: KeyId) -> Result<Arc<MacKey>, VaultFault> {
        let inner = &*self.0;
        if let Some(key) = inner.index.get(id) {
            return Ok(key);
        }
        Ok(inner.index.put(id, &keys::find(&inner.keyring, &inner.epochs, Purpose::Index, id)?))
    }

    /// Returns the key that the index is to be made with, by the keyring.
    ///
    /// # Errors
    /// [`VaultFault::Keyring`].
    pub fn current_index_key(&self) -> Result<KeyId, VaultFault> {
        self.named_index_key(CURRENT)
    }

    /// Tells whether the keyring holds a key of the index.
    ///
    /// # Errors
    /// [`VaultFault`]: the keyring, or a key that does not open.
    pub fn has_index_key(&self, id: KeyId) -> Result<bool, VaultFault> {
        match self.index_key(id) {
            Err(VaultFault::Destroyed) => Ok(false),
            opened => opened.map(|_| true),
        }
    }

    /// Makes the key that the index is to be made with next, or returns the one that was made before and is not in use yet.
    ///
    /// # Errors
    /// [`VaultFault::Keyring`].
    pub fn next_index_key(&self) -> Result<KeyId, VaultFault> {
        self.named_index_key(NEXT)
    }

    fn named_index_key(&self, label: &str) -> Result<KeyId, VaultFault> {
        let inner = &*self.0;
        let at = (inner.clock.now(), &*inner.chance);
        let (id, key) = keys::named(&inner.keyring, &inner.epochs, (Purpose::Index, label), at)?;
        inner.index.put(id, &key);
        Ok(id)
    }

    /// Destroys a key of the index of which nothing is left; `current` takes its place. What was done before is not done again.
    ///
    /// # Errors
    /// [`VaultFault::Keyring`].
    pub fn destroy_index_key(&self, id: KeyId, current: KeyId) -> Result<(), VaultFault> {
        keys::replace(&self.0.keyring, (Purpose::Index, CURRENT), (id, current), self.0.clock.now())?;
        self.0.index.forget(id);
        Ok(())
    }
}
