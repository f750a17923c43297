//! Sealing records about nobody anew, under a new key of their object, batch by batch, while everybody goes on.
//!
//! What a record holds stays as it is, and so do its version and its times: nobody did anything to it, and the ledger goes on speaking of
//! the same one. Only the seals are others, and the mark over the row.

use std::sync::Arc;

use db::{Resealed, WriteTx};
use kernel::ObjectName;

use super::model::{Record, SealedRecord};
use super::{seal, store};
use crate::Records;
use crate::fault::RecordFault;

impl Records {
    /// Seals the next records of an object anew that are about nobody. Those of people are under their own keys, and stay.
    ///
    /// # Errors
    /// [`RecordFault`] of the database or the vault.
    pub fn reseal_some(&self, tx: &mut WriteTx<'_>, name: &ObjectName, most: u64) -> Result<Resealed, RecordFault> {
        let (Some(going), Ok(object)) = (tx.reseal_turn(name)?, self.object(name.as_str())) else {
            // There are no such records: it is what the program keeps for itself.
            return Ok(Resealed::Done);
        };
        let table = store::table_name(&object);
        let ids = tx.reseal_behind(&table, going.behind, most)?;
        tx.reseal_batch((name, &table), ids, |tx, free| {
            for row in tx.select(&store::select_some(&object, free), |row| self.row(&object, row))? {
                tx.reseal(row, |_, sealed: SealedRecord| self.sealed_anew(sealed))?;
            }
            Ok(())
        })
    }

    /// Seals a record anew. One that was altered outside of the program, or is somebody's by now, is left as it is.
    fn sealed_anew(&self, sealed: SealedRecord) -> Result<Option<Record>, RecordFault> {
        if !sealed.whole || sealed.head.subject.is_some() {
            return Ok(None);
        }
        let plain = match seal::plain(&self.vault, &sealed) {
            Err(RecordFault::Damaged) => return Ok(None),
            plain => plain?,
        };
        let object = Arc::clone(&sealed.object);
        let mut record = seal::open(sealed, plain, &object)?;
        seal::close(&self.vault, &mut record)?;
        match seal::remask(&self.vault, &mut record, None) {
            Err(RecordFault::Vault(vault::VaultFault::Tampered)) => Ok(None),
            other => other.map(|()| Some(record)),
        }
    }
}
