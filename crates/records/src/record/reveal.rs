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
use objects::change::Altering;

/// A reason has at most this many characters.
const LONGEST_REASON: usize = 300;
/// Reasons that are chosen from a list: words that say nothing of anybody, so that they stand in the ledger as they are.
pub const REASONS: [&str; 5] = ["call", "contract", "correct", "request", "check"];

impl Records {
    /// Shows a sensitive field. The line with the reason is written before the value is handed over. What somebody says in words of
    /// their own may name the person: it is sealed like the person's data, and goes with it.
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
        let record = self.find(tx, &object, at.id)?.open::<Reveal>(tx)?;
        let reason = kernel::text::clean(reason, LONGEST_REASON).map_err(|_| RecordFault::Reason)?;
        if reason.is_empty() {
            return Err(RecordFault::Reason);
        }
        let line = Line::done(verbs::REVEAL, object.name.clone()).about(at.id).fields([field.name.clone()]);
        let line = if REASONS.contains(&&*reason) {
            line.because(reason)
        } else {
            let said = Altering { field: field.name.clone(), before: None, after: Some(Value::Text(reason)) };
            line.sealed(seal::payload_of(&self.vault, (&object.name, at.id, record.head.subject), &[said])?)
        };
        // What only the roles of whoever looks cover lies beside what is shown.
        let value = if object.field(field.name.as_str()).is_some_and(crate::Field::is_masked) {
            self.believed(tx, &record.at(), seal::unmask(&self.vault, &record, &field.name))?
        } else {
            let record = record.turn(|sealed| self.unseal(tx, sealed, &seen))?;
            record.values.get(field.name.as_str()).cloned()
        };
        tx.note(line);
        Ok(value)
    }
}
