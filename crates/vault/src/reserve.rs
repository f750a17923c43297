//! Subject keys made ahead, so that storing a person does not wait for the keyring's disk.
//!
//! Every key in the reserve is already durable: a key is written before the first row that uses it. What is left over when
//! the process ends are keys that seal nothing.

use std::sync::{Mutex, PoisonError};

use crypto::Key;
use kernel::KeyId;

use crate::VaultFault;

const FIRST: usize = 16;
const MOST: usize = 1024;

pub(crate) struct Reserve {
    inner: Mutex<Inner>,
}

struct Inner {
    keys: Vec<(KeyId, Key)>,
    next: usize,
}

impl Reserve {
    pub(crate) const fn new() -> Self {
        Self { inner: Mutex::new(Inner { keys: Vec::new(), next: FIRST }) }
    }

    /// Takes a key; an empty reserve is filled by `make`, each time with twice as many.
    pub(crate) fn take(
        &self,
        make: impl FnOnce(usize) -> Result<Vec<(KeyId, Key)>, VaultFault>,
    ) -> Result<(KeyId, Key), VaultFault> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.keys.is_empty() {
            inner.keys = make(inner.next)?;
            inner.next = (inner.next * 2).min(MOST);
        }
        inner.keys.pop().ok_or(VaultFault::Destroyed)
    }
}
