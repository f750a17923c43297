//! Destroyed keys that lie in the keyring again, because somebody put a copy of their row back.
//!
//! The keyring names every key that was destroyed, and none that is named is opened, wherever it is looked for. So what is done
//! here is not what keeps it shut: it takes away what lies there again.

use db::Keyring;
use kernel::KeyId;

use crate::{Vault, VaultFault};

/// So many are taken at a time.
const MOST: u32 = 200;

impl Vault {
    /// Lists destroyed keys that lie in the keyring again, some of them if there are many; none of them opens.
    ///
    /// # Errors
    /// [`VaultFault::Keyring`].
    pub fn returned(&self) -> Result<Vec<KeyId>, VaultFault> {
        // From the few that were destroyed to the many that are there, in this order.
        let sql = "select d.id from keyring_destroyed d cross join keyring_key k where k.id = d.id limit ?1";
        Ok(self.0.keyring.rows(sql, &[MOST.into()], |row| row.get(0))?)
    }

    /// Deletes keys again that were destroyed, and wipes what the keyring's files hold of them. Another one is left alone.
    ///
    /// # Errors
    /// [`VaultFault::Keyring`].
    pub fn banish(&self, keys: &[KeyId]) -> Result<(), VaultFault> {
        let inner = &*self.0;
        inner.keyring.aside(|tx| {
            let sql = "delete from keyring_key where id = ?1 and exists (select 1 from keyring_destroyed d where d.id = keyring_key.id)";
            keys.iter().try_for_each(|id| tx.run(sql, &[(*id).into()]).map(|_| ()))
        })?;
        for id in keys {
            inner.cache.forget(*id);
            inner.index.forget(*id);
        }
        self.scrub()
    }
}

/// Takes the name of a key from one that was destroyed and lies there again under it: nobody could make the key of that name.
pub(crate) fn unname(keyring: &Keyring, purpose: &'static str, label: &str) -> Result<(), VaultFault> {
    let sql = "update keyring_key set label = '' where purpose = ?1 and label = ?2 \
               and exists (select 1 from keyring_destroyed d where d.id = keyring_key.id)";
    keyring.within(|tx| tx.run(sql, &[purpose.into(), label.into()]))?;
    Ok(())
}
