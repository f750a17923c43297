//! Files that wait to be taken may hold anybody: when somebody is erased, none of them is kept.

use db::WriteTx;
use intake::{State, import_object, store};
use ledger::{Line, verbs};

use crate::Records;
use crate::fault::RecordFault;

impl Records {
    /// Stops every import that has not ended, removes its file, and takes the sample rows out of all plans: nobody can tell of
    /// whom a file speaks without reading it. Returns how many imports were stopped. Whether that may be done was decided
    /// where the person was erased.
    ///
    /// # Errors
    /// [`RecordFault`] of the database or the vault.
    pub fn withdraw_imports(&self, tx: &mut WriteTx<'_>) -> Result<u64, RecordFault> {
        let mut stopped = 0;
        for (id, state) in store::open(tx)? {
            if store::turn(tx, id, state, State::Stopped, Some("import-withdrawn"))? {
                let line = Line::done(verbs::IMPORT, import_object().clone()).about(id);
                tx.note(line.fact("state", State::Stopped.word()).fact("why", "somebody was erased"));
                self.intake.discard(id);
                stopped += 1;
            }
        }
        for planned in store::plans(tx)? {
            let mut plan = self.intake.open_plan(planned.id, &planned.sealed)?;
            if !plan.samples.is_empty() {
                plan.samples.clear();
                store::rewrite_plan(tx, planned.id, &self.intake.seal_plan(planned.id, &plan)?)?;
            }
        }
        Ok(stopped)
    }
}
