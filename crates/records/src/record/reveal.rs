//! Masked fields, shown one at a time, with a reason.

use authz::Reveal;
use db::ReadTx;
use ledger::{Line, verbs};

use super::model::RecordRef;
use super::seal;
use crate::Records;
use crate::fault::RecordFault;
use crate::object::FieldClass;
use crate::value::Value;

/// A reason has at most this many characters.
const LONGEST_REASON: usize = 300;

impl Records {
    /// Shows a sensitive field. The line with the reason is written before the value is handed over.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] if the actor may not; [`RecordFault::Reason`] without a reason; [`RecordFault::NotFound`] for a
    /// field that is never shown.
    pub fn reveal_field(
        &self,
        tx: &ReadTx<'_>,
        at: &RecordRef,
        field: &str,
        reason: &str,
    ) -> Result<Option<Value>, RecordFault> {
        let object = self.object(at.object.as_str())?;
        let seen = self.seen(tx.cx(), &object);
        let field =
            seen.field(field).filter(|field| field.class == FieldClass::Sensitive).ok_or(RecordFault::NotFound)?;
        let reason = kernel::text::clean(reason, LONGEST_REASON).map_err(|_| RecordFault::Reason)?;
        if reason.is_empty() {
            return Err(RecordFault::Reason);
        }
        let record = self.find(tx, &object, at.id)?.open::<Reveal>(tx)?;
        // What only the roles of whoever looks cover lies beside what is shown.
        let value = if object.field(field.name.as_str()).is_some_and(crate::Field::is_masked) {
            self.believed(tx, &record.at(), seal::unmask(&self.vault, &record, &field.name))?
        } else {
            let record = record.turn(|sealed| self.unseal(tx, sealed, &seen))?;
            record.values.get(field.name.as_str()).cloned()
        };
        tx.note(
            Line::done(verbs::REVEAL, object.name.clone()).about(at.id).fields([field.name.clone()]).because(reason),
        );
        Ok(value)
    }
}
