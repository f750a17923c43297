//! Telling security officers: of what a run found, and of what people met who opened something.

use std::time::Duration;

use authz::{Cx, Role};
use db::{DbFault, WriteTx};
use ledger::{ActorRef, Line, Outcome, verbs};
use notices::{Kind as What, Notice};
use sequence::outbox;

use crate::model::{self, Kind};
use crate::{Integrity, IntegrityFault, store};

/// Officers were told; the verb of the line.
const TOLD: &str = "integrity-told";
/// Under which name the ledger keeps how far the watch is.
const READER: &str = "integrity";
/// They are told so often at most, of everything since.
const QUIET: Duration = Duration::from_secs(10 * 60);

impl Integrity {
    /// Reads in the ledger what was met since the last time, and tells security officers. Blocks; only for the program itself.
    ///
    /// # Errors
    /// [`IntegrityFault`] of the machine.
    pub fn watch(&self, cx: &Cx) -> Result<(), IntegrityFault> {
        let since = self.db.now().minus(QUIET);
        let waiting = self.db.read_now(cx, move |tx| {
            let met = sequence::is_spoken_of(tx, sequence::DAMAGED, outbox::place(tx, READER)?)?;
            Ok::<_, DbFault>(met || (store::untold(tx)? > 0 && !store::was_told(tx, since)?))
        });
        if waiting? {
            let its = self.clone();
            self.db.write_now(cx, move |tx| its.watch_in(tx))?;
        }
        Ok(())
    }

    fn watch_in(&self, tx: &mut WriteTx<'_>) -> Result<(), IntegrityFault> {
        let (from, size) = (outbox::place(tx, READER)?, sequence::size(tx)?);
        if !outbox::skip(tx, READER, from, size)? {
            return Ok(());
        }
        // What a run found stands written already.
        let acts = sequence::acts_about(tx, sequence::DAMAGED, from..size)?;
        let lines = acts.iter().filter(|act| act.actor != ActorRef::System).flat_map(|act| &act.lines);
        let mut met = false;
        for line in lines.filter(|line| line.verb == verbs::DAMAGE && line.outcome != Outcome::Done) {
            // Of a file on a record: the record stands in front, and is not what was altered.
            let (object, ids) = match line.fact_of("file") {
                Some(_) => (model::files(), line.ids.get(1..).unwrap_or_default()),
                None => (line.object.clone(), line.ids.as_slice()),
            };
            // Tables that bear one mark together have no id.
            let whole = [kernel::Uuid::nil()];
            for id in if ids.is_empty() { whole.as_slice() } else { ids } {
                met = true;
                store::found(tx, (Kind::Altered, &object, *id))?;
            }
        }
        self.tell(tx, met)
    }

    fn tell(&self, tx: &mut WriteTx<'_>, met: bool) -> Result<(), IntegrityFault> {
        let untold = store::untold(tx)?;
        if untold == 0 || store::was_told(tx, tx.now().minus(QUIET))? {
            // What was met is written down; officers hear of it with the next.
            if met {
                tx.note(Line::done(TOLD, model::object()).fact("waiting", untold.to_string()));
            }
            return Ok(());
        }
        let mut officers = self.accounts.holders(tx, &[Role::SecurityOfficer])?;
        if officers.is_empty() {
            officers = self.accounts.guardians(tx)?;
        }
        let notice = Notice::new(What::RowsAltered).what(untold.to_string());
        for (officer, subject) in officers {
            notices::tell(tx, &self.vault, officer, subject, &notice)?;
        }
        store::told(tx)?;
        tx.note(Line::done(TOLD, model::object()).fact("found", untold.to_string()));
        Ok(())
    }
}
