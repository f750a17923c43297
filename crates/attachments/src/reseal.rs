//! Sealing the keys of files anew, under a new key of their object, batch by batch, while everybody goes on.
//!
//! A file has a key of its own, which lies sealed beside it: only that is sealed anew. What is in the file stays as it is, and whoever fetches
//! it meanwhile notices nothing. Files about people are under those people's keys, and stay.

use db::{Resealed, WriteTx};
use kernel::ObjectName;
use vault::VaultFault;

use crate::model::{Kept, purpose};
use crate::{AttachmentFault, Attachments, model, store};

impl Attachments {
    /// Seals the keys of the next files anew that are on records of an object and about nobody.
    ///
    /// # Errors
    /// [`AttachmentFault`] of the machine.
    pub fn reseal_some(&self, tx: &mut WriteTx<'_>, of: &ObjectName, most: u64) -> Result<Resealed, AttachmentFault> {
        let Some(going) = tx.reseal_turn(of)? else { return Ok(Resealed::Done) };
        let ids = store::about_nobody(tx, of, (going.behind, most))?;
        tx.reseal_batch((of, &model::object()), ids, |tx, free| {
            for id in free {
                if let Some(kept) = store::seek(tx, *id)? {
                    self.seal_anew(tx, of, kept)?;
                }
            }
            Ok(())
        })
    }

    /// Seals the key of a file anew. One that was altered outside of the program is left as it is.
    fn seal_anew(&self, tx: &mut WriteTx<'_>, of: &ObjectName, mut kept: Kept) -> Result<(), AttachmentFault> {
        if !kept.is_whole(&self.vault) {
            return Ok(());
        }
        kept.sealed = match self.vault.seal_anew(of, &kept.place.aad(purpose::META), &kept.sealed) {
            Ok(Some(sealed)) => sealed,
            Ok(None) | Err(VaultFault::Tampered) => return Ok(()),
            Err(fault) => return Err(fault.into()),
        };
        Ok(store::seal_anew(tx, self.vault.marker(), &kept)?)
    }
}
