//! The root key in parts, for the day on which it is lost.

use std::path::Path;

use crypto::{Key, Share};
use db::Keyring;

use crate::root::{self, Mark};
use crate::{Vault, VaultFault, keyfile};

impl Vault {
    /// Splits the root key into `of` shares, of which any `needed` give it back. Of a passphrase it is the key that was stretched
    /// from it.
    ///
    /// # Errors
    /// [`VaultFault::Share`] for numbers that do not go together; [`VaultFault`] if the root key cannot be asked for.
    pub fn escrow(&self, numbers: (u8, u8)) -> Result<Vec<Share>, VaultFault> {
        let (_, rooted) = self.0.epochs.rooted()?;
        Ok(crypto::split(rooted.key()?, numbers, &*self.0.chance)?)
    }
}

/// A root key that was put together and proved to be that of its keyring.
pub struct Recovered {
    keyring: Keyring,
    key: Key,
    mark: Mark,
}

impl Recovered {
    /// Puts shares together and proves that they give the root key of this keyring. Blocks.
    ///
    /// # Errors
    /// [`VaultFault::Share`] if they do not go together; [`VaultFault::OtherShares`] if they give another key.
    pub fn prove(keyring: Keyring, shares: &[Share]) -> Result<Self, VaultFault> {
        let key = crypto::combine(shares)?;
        let mark = root::mark(&keyring)?.ok_or(VaultFault::WrongRoot)?;
        if mark.is_of(&key) { Ok(Self { keyring, key, mark }) } else { Err(VaultFault::OtherShares(mark.since)) }
    }

    /// Returns what the root key came from until now.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.mark.provider
    }

    /// Writes the key file, for its owner only, from which the keyring is opened from now on. A file that is there is not
    /// touched. Blocks.
    ///
    /// # Errors
    /// [`VaultFault::File`] if it cannot be written or is there; [`VaultFault::Keyring`].
    pub fn keep(self, path: &Path) -> Result<(), VaultFault> {
        keyfile::write(path, &self.key)?;
        self.keyring.within(|tx| tx.run("update keyring_root set provider = ?1", &[root::KEY_FILE.into()]))?;
        Ok(())
    }
}
