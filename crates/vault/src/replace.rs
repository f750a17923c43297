//! Another root key: the epoch keys are wrapped by it, and the keyring says how it is found, in one transaction.
//!
//! Three steps, and after each the program may be killed: the new key is on disk beside the old one; the keyring says that it is the
//! root key; the files are put in order. Before the second the old key opens the house, behind it the new one, and where a key lies
//! is said by its name. Servers may run: they go on with the epoch keys that they hold, and none of them can wrap anything by
//! a root key that is no longer one, because whoever does looks at the keyring's proof in the same transaction.

use std::path::PathBuf;
use std::sync::Arc;

use crypto::Key;
use db::{KeyringTx, Val};
use kernel::Timestamp;

use crate::root::{self, RootKey, Rooted};
use crate::{Root, Vault, VaultFault, epoch, keyfile};

/// What becomes of the key file that is no longer the root key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Former {
    /// It is kept beside: it opens copies of the keyring that were made before.
    Kept,
    /// It is overwritten and removed.
    Destroyed,
}

/// A change of the root key, until the ledger knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootMove {
    /// What the root key came from.
    pub from: String,
    /// What it comes from now.
    pub to: String,
    /// Since when.
    pub since: Timestamp,
}

/// A root key that is ready to become the keyring's.
pub struct NextRoot {
    vault: Vault,
    old: Rooted,
    former: Arc<Root>,
    root: Root,
    next: Rooted,
    stretch_salt: [u8; 16],
}

/// A root key that is the keyring's since a moment ago; files are still to be put in order.
pub struct NewRoot {
    vault: Vault,
    old: Vec<u8>,
    former: Arc<Root>,
    proof: Vec<u8>,
}

impl Vault {
    /// Makes ready what is to become the root key; a key file is made, and lies beside the present one. Blocks.
    ///
    /// # Errors
    /// [`VaultFault::SameRoot`] if it is the root key already; [`VaultFault`] if the present one cannot be asked for, or a file cannot
    /// be written.
    pub fn next_root(&self, root: Root) -> Result<NextRoot, VaultFault> {
        let inner = &*self.0;
        let (former, old) = inner.epochs.rooted()?;
        let mark = root::mark(&inner.keyring)?.ok_or(VaultFault::WrongRoot)?;
        let stretch_salt: [u8; 16] = kernel::chance::array(&*inner.chance);
        let key = match &root {
            Root::KeyFile(path) => {
                // What is there and is no key is not put aside without a word.
                match keyfile::read(path) {
                    Ok(_) | Err(VaultFault::Missing(_)) => RootKey::Bytes(Key::generate(&*inner.chance)),
                    Err(fault) => return Err(fault),
                }
            }
            Root::Passphrase(secret) => {
                if mark.provider == root.provider() && mark.is_of(&crypto::stretch(secret, &mark.stretch_salt)?) {
                    return Err(VaultFault::SameRoot);
                }
                RootKey::Bytes(crypto::stretch(secret, &stretch_salt)?)
            }
            Root::Token(token) => {
                let key = RootKey::Token(token.make()?);
                if mark.provider == root.provider() && mark.fits(&key)? {
                    return Err(VaultFault::SameRoot);
                }
                key
            }
        };
        let next = Rooted::of(key, old.salt, &*inner.chance)?;
        if let Some(path) = root.file() {
            keyfile::write(&keyfile::beside(path, &next.proof), next.key()?)?;
        }
        Ok(NextRoot { vault: self.clone(), old, former, root, next, stretch_salt })
    }

    /// Returns the change of the root key of which the ledger does not know yet.
    ///
    /// # Errors
    /// [`VaultFault::Keyring`].
    pub fn untold_root(&self) -> Result<Option<RootMove>, VaultFault> {
        let sql = "select untold_from, provider, since from keyring_root where untold_from is not null";
        let moved = |row: &db::Row<'_>| Ok(RootMove { from: row.get(0)?, to: row.get(1)?, since: row.get(2)? });
        Ok(self.0.keyring.rows(sql, &[], moved)?.into_iter().next())
    }

    /// Notes that a change of the root key stands in the ledger.
    ///
    /// # Errors
    /// [`VaultFault::Keyring`].
    pub fn root_told(&self, moved: &RootMove) -> Result<(), VaultFault> {
        let values = [moved.since.into()];
        self.0.keyring.aside(|tx| tx.run("update keyring_root set untold_from = null where since = ?1", &values))?;
        Ok(())
    }
}

impl NextRoot {
    /// Makes it the root key: in one transaction every epoch key is wrapped by it and the keyring says so. Blocks.
    ///
    /// # Errors
    /// [`VaultFault::Moving`] if another process changed the root key meanwhile; [`VaultFault`] of the keyring.
    pub fn commit(self) -> Result<NewRoot, VaultFault> {
        let inner = &*self.vault.0;
        let now = inner.clock.now();
        let done = inner.keyring.aside(|tx| self.write(tx, now));
        if let Err(fault) = done {
            // What was answered with a fault may have been done all the same: only what the keyring says counts.
            match root::mark(&inner.keyring)? {
                Some(mark) if mark.proof == self.next.proof => {}
                _ => {
                    self.withdraw();
                    return Err(fault);
                }
            }
        }
        inner.epochs.take_root(self.root);
        Ok(NewRoot { old: self.old.proof, former: self.former, proof: self.next.proof, vault: self.vault })
    }

    fn write(&self, tx: &KeyringTx<'_>, now: Timestamp) -> Result<(), VaultFault> {
        let values = [
            self.root.provider().into(),
            Val::Bytes(self.next.proof.clone()),
            Val::Bytes(self.stretch_salt.to_vec()),
            now.into(),
            Val::Bytes(self.old.proof.clone()),
        ];
        // First of all: whoever makes an epoch key at this moment waits here, or is waited for.
        let changed = tx.run(
            "update keyring_root set provider = ?1, proof = ?2, stretch_salt = ?3, since = ?4, \
             untold_from = coalesce(untold_from, provider) where proof = ?5",
            &values,
        )?;
        if changed != 1 {
            return Err(VaultFault::Moving);
        }
        for (id, wrapped) in epoch::wrapped(tx)? {
            let binding = epoch::binding(id);
            let key = self.old.unwrap_key(&binding, &wrapped)?;
            let anew = self.next.wrap_key(&binding, &key, &*self.vault.0.chance)?;
            // An epoch key that did not open again would take everything with it.
            if self.next.unwrap_key(&binding, &anew)?.expose_bytes() != key.expose_bytes() {
                return Err(VaultFault::Tampered);
            }
            tx.run("update keyring_epoch set wrapped = ?2 where id = ?1", &[id.into(), Val::Bytes(anew)])?;
        }
        Ok(())
    }

    /// Removes the key that became nothing.
    fn withdraw(&self) {
        if let Some(path) = self.root.file() {
            let _ = keyfile::destroy(&keyfile::beside(path, &self.next.proof));
        }
    }
}

impl NewRoot {
    /// Puts the files in order, and removes what the keyring's files still hold of the old wrappings. Returns where the former key
    /// is kept, if it is. Blocks.
    ///
    /// # Errors
    /// [`VaultFault::File`]: the root key is changed all the same, and the next start puts the new key in its place.
    pub fn settle(self, former: Former) -> Result<Option<PathBuf>, VaultFault> {
        let root = self.vault.0.epochs.root();
        let strange = match (root.file(), self.former.file()) {
            (Some(path), _) => root::put_home(path, &self.proof)?,
            (None, Some(path)) => Some(keyfile::retire(path, &self.old)?),
            (None, None) => None,
        };
        // Somebody who reads an old state may be in the way of it; the next change of an epoch key does it too.
        let _ = self.vault.scrub();
        // Whoever opened the keyring at this moment may have been faster; and a stranger's key is not ours to destroy.
        let ours = self.former.file().map(|path| keyfile::beside(path, &self.old)).filter(|path| path.exists());
        match (ours, former) {
            (Some(path), Former::Destroyed) => keyfile::destroy(&path).map(|()| None),
            (kept, _) => Ok(kept.or(strange)),
        }
    }
}
