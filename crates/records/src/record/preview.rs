//! What a change would make of a record, without making it.

use authz::Read;
use db::{Permitted, ReadTx};
use kernel::SubjectId;

use super::model::{Record, RecordRef};
use crate::Records;
use crate::fault::RecordFault;
use crate::value::{FieldFault, Why};
use objects::change::Change;
use objects::change::rules::{self, Altered, Altering};

impl Records {
    /// Returns a record that the actor may read, and what a change would make of it. Whether they may make it is not asked.
    ///
    /// # Errors
    /// As [`update_record`](Self::update_record); masked fields are not written unseen.
    pub fn preview_change(
        &self,
        tx: &ReadTx<'_>,
        at: &RecordRef,
        change: Change,
    ) -> Result<(Permitted<Record, Read>, Vec<Altering>), RecordFault> {
        let object = self.object(at.object.as_str())?;
        let found = self.find(tx, &object, at.id)?;
        let record = found.open::<Read>(tx)?.turn(|sealed| self.unseal(tx, sealed, &self.seen(tx.cx(), &object)))?;
        if record.deleted_at().is_some() {
            return Err(RecordFault::Binned);
        }
        let altered = rules::alter(&object, &record.values, change, &self.terms(tx, &object))?;
        self.check_links(tx, &object, &altered)?;
        Ok((record, unmasked(altered)?))
    }

    /// Returns what a new record would hold, and whose key would seal it if that is somebody who is there already.
    ///
    /// # Errors
    /// As [`create_record`](Self::create_record), for whoever may read such records.
    pub fn preview_new(
        &self,
        tx: &ReadTx<'_>,
        object: &str,
        change: Change,
    ) -> Result<(Vec<Altering>, Option<SubjectId>), RecordFault> {
        let object = self.object(object)?;
        let _ = authz::scope::<Read>(tx.cx(), &object.name)?;
        let made = rules::make(&object, change, &self.terms(tx, &object))?;
        self.check_links(tx, &object, &made)?;
        let subject = if object.subject { None } else { self.subject_of(tx, &object, &made.values)? };
        Ok((unmasked(made)?, subject))
    }
}

/// What is masked is shown to nobody, so nobody could agree to it.
fn unmasked(altered: Altered) -> Result<Vec<Altering>, RecordFault> {
    let locked = |field: &kernel::FieldName| FieldFault { field: field.to_string(), why: Why::Locked };
    let faults: Vec<FieldFault> = altered.masked.iter().map(|(field, _)| locked(field)).collect();
    if faults.is_empty() { Ok(altered.changed) } else { Err(faults.into()) }
}
