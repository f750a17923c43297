//! One record, opened to a colleague or a team.

use authz::Share;
use db::{Permitted, ReadTx, WriteTx};
use kernel::Timestamp;
use roles::share::{self, ShareId, With};

use super::SealedRecord;
use super::model::RecordRef;
use super::seal;
use crate::Records;
use crate::fault::RecordFault;

impl Records {
    /// Opens a record to somebody until a day: to be seen, or to be changed too.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] if the actor may not; [`RecordFault::Role`] if it cannot be shared so.
    pub fn share(
        &self,
        tx: &mut WriteTx<'_>,
        at: &RecordRef,
        with: With,
        change: bool,
        until: Timestamp,
    ) -> Result<(), RecordFault> {
        let record = self.open_to_share(tx, at)?;
        if record.head.deleted_at.is_some() {
            return Err(RecordFault::Binned);
        }
        Ok(share::open(tx, &record, with, change, until)?)
    }

    /// Ends a share.
    ///
    /// # Errors
    /// As [`share`](Self::share).
    pub fn unshare(&self, tx: &mut WriteTx<'_>, at: &RecordRef, id: ShareId) -> Result<(), RecordFault> {
        let record = self.open_to_share(tx, at)?;
        Ok(share::end(tx, &record, id)?)
    }

    /// Asks whether a record may be shared.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] if not.
    pub fn may_share(&self, tx: &ReadTx<'_>, at: &RecordRef) -> Result<(), RecordFault> {
        self.open_to_share(tx, at).map(|_| ())
    }

    fn open_to_share(&self, tx: &ReadTx<'_>, at: &RecordRef) -> Result<Permitted<SealedRecord, Share>, RecordFault> {
        let object = self.object(at.object.as_str())?;
        let record = self.find(tx, &object, at.id)?.open::<Share>(tx)?;
        self.believed(tx, at, seal::whole(&record))?;
        Ok(record)
    }
}
