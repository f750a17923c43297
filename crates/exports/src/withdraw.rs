//! Taking back what waits to be fetched, when somebody in it is erased.

use std::collections::BTreeSet;

use db::WriteTx;
use kernel::{RecordId, Uuid};
use ledger::{Line, verbs};

use crate::model::{ExportRun, PART, Part, object, open};
use crate::{ExportFault, Exports, mark, store};

impl Exports {
    /// Destroys the rows of every export that holds one of these records, whether it is ready or under way, and returns how
    /// many there were. What was fetched already is out of reach.
    ///
    /// # Errors
    /// [`ExportFault`] of the machine.
    pub fn withdraw(&self, tx: &mut WriteTx<'_>, ids: &BTreeSet<RecordId>) -> Result<u64, ExportFault> {
        let mut withdrawn = 0;
        for run in store::waiting(tx)? {
            if self.holds(tx, &run, ids)? {
                store::destroy(tx, run.id)?;
                tx.note(Line::done(verbs::DELETE, object()).about(run.id).fact("why", "somebody in it was erased"));
                withdrawn += 1;
            }
        }
        Ok(withdrawn)
    }

    fn holds(&self, tx: &WriteTx<'_>, run: &ExportRun, ids: &BTreeSet<RecordId>) -> Result<bool, ExportFault> {
        for number in 0..run.parts {
            let Some(sealed) = store::part(tx, run.id, number)? else { continue };
            let part: Part = open(&self.vault, (run.id, PART), &sealed.0)?;
            // The first cell of a row is its id, with our mark behind it.
            let of = |text: &str| text.get(..mark::ID).and_then(|id| Uuid::try_parse(id).ok()).map(RecordId::from_uuid);
            let held = part.rows.iter().filter_map(|row| of(&row.first()?.text)).any(|id| ids.contains(&id));
            if held {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
