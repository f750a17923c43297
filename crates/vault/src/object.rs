//! Keys of objects: one that seals, and former ones that only open.
//!
//! A former key is kept, because the ledger holds what it sealed and is never rewritten. Which key sealed something does not stand in the
//! seal: the one in use is tried first.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use crypto::Zeroizing;
use kernel::{KeyId, ObjectName};

use crate::keys::{self, Purpose};
use crate::{Aad, KeyOf, Vault, VaultFault};

/// The keys of objects: which one seals, and behind it the former ones.
#[derive(Default)]
pub(crate) struct Objects(Mutex<HashMap<ObjectName, Arc<[KeyId]>>>);

impl Objects {
    fn get(&self, object: &ObjectName) -> Option<Arc<[KeyId]>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(object).map(Arc::clone)
    }

    fn put(&self, object: &ObjectName, ids: &Arc<[KeyId]>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(object.clone(), Arc::clone(ids));
    }

    fn forget(&self, object: &ObjectName) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(object);
    }

    /// Lets everything be asked of the keyring again.
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Vault {
    /// Returns the keys of an object, the one that seals first; it is made if there is none.
    pub(crate) fn object_keys(&self, object: &ObjectName) -> Result<Arc<[KeyId]>, VaultFault> {
        let inner = &*self.0;
        if let Some(ids) = inner.objects.get(object) {
            return Ok(ids);
        }
        let at = (inner.clock.now(), &*inner.chance);
        let (id, key) = keys::named(&inner.keyring, &inner.epochs, (Purpose::Object, object.as_str()), at)?;
        inner.cache.put(id, Arc::new(key));
        let former = keys::former(&inner.keyring, Purpose::Object, object.as_str())?;
        let ids: Arc<[KeyId]> = std::iter::once(id).chain(former.into_iter().filter(|other| *other != id)).collect();
        inner.objects.put(object, &ids);
        Ok(ids)
    }

    /// Opens what one of the keys of an object sealed, and says which. The one in use is tried first; those that another process made
    /// meanwhile are learnt of before it is given up.
    fn open_by(
        &self,
        object: &ObjectName,
        aad: &Aad<'_>,
        sealed: &[u8],
    ) -> Result<(KeyId, Zeroizing<Vec<u8>>), VaultFault> {
        let mut tried = HashSet::new();
        for again in [false, true] {
            if again {
                self.0.objects.forget(object);
            }
            for id in self.object_keys(object)?.iter().filter(|id| tried.insert(**id)) {
                let key = self.key_of((Purpose::Object, *id))?;
                if let Ok(opened) = crypto::open(&key, &aad.spell(&self.0.workspace, *id), sealed) {
                    return Ok((*id, opened));
                }
            }
        }
        Err(VaultFault::Tampered)
    }

    /// Opens what one of the keys of an object sealed.
    pub(crate) fn open_of(
        &self,
        object: &ObjectName,
        aad: &Aad<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultFault> {
        self.open_by(object, aad, sealed).map(|(_, plain)| plain)
    }

    /// Seals anew, with the key in use, what a former key of an object sealed; nothing if that one sealed it.
    ///
    /// # Errors
    /// [`VaultFault::Tampered`] if it was altered or belongs elsewhere; [`VaultFault::Keyring`].
    pub fn seal_anew(&self, object: &ObjectName, aad: &Aad<'_>, sealed: &[u8]) -> Result<Option<Vec<u8>>, VaultFault> {
        let (by, plain) = self.open_by(object, aad, sealed)?;
        if self.object_keys(object)?.first() == Some(&by) {
            return Ok(None);
        }
        self.seal(KeyOf::Object(object), aad, &plain).map(Some)
    }

    /// Lists the objects that have keys, and how many each.
    ///
    /// # Errors
    /// [`VaultFault::Keyring`].
    pub fn object_labels(&self) -> Result<Vec<ObjectKeys>, VaultFault> {
        keys::objects(&self.0.keyring)
    }

    /// Makes a new key for an object, which seals from now on; the one there is only opens any more. Returns the former one and the new
    /// one; nothing if the object has no key to change.
    ///
    /// # Errors
    /// [`VaultFault::Keyring`].
    pub fn renew_object(&self, object: &ObjectName) -> Result<Option<(KeyId, KeyId)>, VaultFault> {
        let inner = &*self.0;
        let at = (inner.clock.now(), &*inner.chance);
        let renewed = keys::make(&inner.keyring, &inner.epochs, |tx, wrapper| {
            keys::renew(tx, wrapper, (Purpose::Object, object.as_str()), at)
        })?;
        inner.objects.forget(object);
        Ok(renewed)
    }
}

/// How the keys of an object stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectKeys {
    /// The object.
    pub object: ObjectName,
    /// Since when the present key seals.
    pub since: kernel::Timestamp,
    /// How many former keys only open.
    pub former: u64,
}
