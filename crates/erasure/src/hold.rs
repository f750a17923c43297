//! A legal hold: one record that is not to be erased for a time.

use std::time::Duration;

use authz::Cx;
use crypto::Zeroizing;
use db::{Bare, ReadTx, WriteTx};
use kernel::{RecordId, SubjectId, Timestamp, UserId};
use ledger::Line;
use records::RecordRef;
use vault::{Aad, KeyOf, VaultFault};

use crate::act::there;
use crate::model::{HoldId, hold_object};
use crate::{ErasureFault, Erasures, store};

/// The most characters of a reason.
const LONGEST: usize = 1000;
/// The longest a hold stands: whoever needs it longer places it again, and has looked.
pub const LONGEST_HOLD: Duration = Duration::from_secs(3660 * 24 * 60 * 60);
const PURPOSE: &str = "hold";
/// The verbs of the ledger.
const HOLD: &str = "hold";
const LIFT: &str = "hold-lift";

/// A hold that stands.
#[derive(Clone, Debug)]
pub struct Hold {
    /// Why.
    pub reason: String,
    /// Who placed it.
    pub by: UserId,
    /// When.
    pub placed_at: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// A hold as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) id: HoldId,
    pub(crate) subject: SubjectId,
    pub(crate) reason: Vec<u8>,
    pub(crate) by: UserId,
    pub(crate) placed_at: Timestamp,
    pub(crate) until: Timestamp,
}

// Ids, times and ciphertext; what is in it is shown to whoever may erase.
impl Bare for Kept {}

impl Erasures {
    /// Places a hold over a record.
    ///
    /// # Errors
    /// Denied without the right to erase, a session or a fresh proof; [`ErasureFault::Reason`]; [`ErasureFault::Until`];
    /// `Exists`, if one stands.
    pub async fn hold(&self, cx: &Cx, at: RecordRef, reason: &str, until: Timestamp) -> Result<HoldId, ErasureFault> {
        let reason = kernel::text::clean(reason, LONGEST).map_err(|_| ErasureFault::Reason)?;
        if reason.is_empty() {
            return Err(ErasureFault::Reason);
        }
        let this = self.clone();
        self.db.write(cx, move |tx| this.hold_now(tx, &at, &reason, until)).await
    }

    fn hold_now(
        &self,
        tx: &mut WriteTx<'_>,
        at: &RecordRef,
        reason: &str,
        until: Timestamp,
    ) -> Result<HoldId, ErasureFault> {
        let by = there(tx, at)?;
        // Of a hold and an erasing at the same moment one sees the other.
        tx.take_turns()?;
        let subject = self.subject(&self.open(tx, at)?)?;
        let now = tx.now();
        if until <= now || until > now.plus(LONGEST_HOLD) {
            return Err(ErasureFault::Until);
        }
        let id: HoldId = tx.new_id();
        let object = hold_object();
        let aad = Aad { object: &object, record: id.uuid(), purpose: PURPOSE };
        let reason = self.vault.seal(KeyOf::Subject(subject), &aad, &Zeroizing::new(reason.as_bytes().to_vec()))?;
        store::hold(tx, (&Kept { id, subject, reason, by, placed_at: now, until }, at))?;
        tx.note(Line::done(HOLD, at.object.clone()).about(at.id).about(id).fact("until", until.to_rfc3339()));
        Ok(id)
    }

    /// Lifts the hold over a record.
    ///
    /// # Errors
    /// Denied without the right to erase, a session or a fresh proof; [`ErasureFault::Unheld`].
    pub async fn lift(&self, cx: &Cx, at: RecordRef) -> Result<(), ErasureFault> {
        let this = self.clone();
        let lifting = self.db.write(cx, move |tx| -> Result<_, ErasureFault> {
            let by = there(tx, &at)?;
            let _record = this.open(tx, &at)?;
            if !store::lift(tx, at.id, by)? {
                return Err(ErasureFault::Unheld);
            }
            tx.note(Line::done(LIFT, at.object.clone()).about(at.id));
            Ok(())
        });
        lifting.await
    }

    /// Returns until when a record is held: whoever sees the record sees that, and not why.
    ///
    /// # Errors
    /// [`ErasureFault`] of the engine.
    pub fn held_until(&self, tx: &ReadTx<'_>, record: RecordId) -> Result<Option<Timestamp>, ErasureFault> {
        Ok(store::hold_of(tx, record)?.map(|kept| kept.until))
    }

    /// Opens the hold over a record, for whoever may erase it.
    pub(crate) fn hold_in(&self, tx: &ReadTx<'_>, record: RecordId) -> Result<Option<Hold>, ErasureFault> {
        let Some(kept) = store::hold_of(tx, record)? else { return Ok(None) };
        let object = hold_object();
        let aad = Aad { object: &object, record: kept.id.uuid(), purpose: PURPOSE };
        let plain = self.vault.open_seal(KeyOf::Subject(kept.subject), &aad, &kept.reason)?;
        let reason = String::from_utf8(plain.to_vec()).map_err(|_| VaultFault::Tampered)?;
        Ok(Some(Hold { reason, by: kept.by, placed_at: kept.placed_at, until: kept.until }))
    }
}
