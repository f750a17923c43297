//! Records that were altered outside of the program: refused, and told of.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use db::ReadTx;
use kernel::{RecordId, Timestamp};
use ledger::{Line, verbs};

use super::model::{Record, RecordRef, SealedRecord};
use super::seal;
use crate::Records;
use crate::fault::RecordFault;
use crate::object::Object;

/// One is told of again after so long.
const QUIET: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);
/// So many are remembered at most; then all are told of anew.
const REMEMBERED: usize = 10_000;

/// Which were told of, and when.
#[derive(Debug, Default)]
pub(crate) struct Told(Mutex<HashMap<RecordId, Timestamp>>);

impl Told {
    /// Tells whether it is time to tell of one; if so, it is remembered.
    fn is_news(&self, id: RecordId, now: Timestamp) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.get(&id).is_some_and(|at| now.since(*at) < QUIET) {
            return false;
        }
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(id, now);
        true
    }
}

impl Records {
    /// Opens a record; what was altered is refused, and leaves a line that a refusal does not take away.
    pub(crate) fn unseal(
        &self,
        tx: &ReadTx<'_>,
        sealed: SealedRecord,
        seen: &Arc<Object>,
    ) -> Result<Record, RecordFault> {
        let plain = self.believed(tx, &sealed.at(), seal::plain(&self.vault, &sealed))?;
        seal::open(sealed, plain, seen)
    }

    /// Opens a record of a list: one that was altered stands in it as such, so that the others are still seen.
    pub(crate) fn unseal_listed(
        &self,
        tx: &ReadTx<'_>,
        sealed: SealedRecord,
        seen: &Arc<Object>,
    ) -> Result<Record, RecordFault> {
        match seal::plain(&self.vault, &sealed) {
            Ok(plain) => seal::open(sealed, plain, seen),
            Err(fault) => match self.believed::<()>(tx, &sealed.at(), Err(fault)) {
                Err(RecordFault::Damaged) => Ok(seal::damaged(sealed, seen)),
                refused => refused.map(|()| seal::damaged(sealed, seen)),
            },
        }
    }

    /// Hands a result on; of one that is not to be believed a line is left, once a day.
    pub(crate) fn believed<T>(
        &self,
        tx: &ReadTx<'_>,
        at: &RecordRef,
        result: Result<T, RecordFault>,
    ) -> Result<T, RecordFault> {
        if matches!(result, Err(RecordFault::Damaged)) && self.told.is_news(at.id, tx.now()) {
            tx.note_denial(Line::failed(verbs::DAMAGE, at.object.clone(), "tampered").about(at.id));
        }
        result
    }
}
